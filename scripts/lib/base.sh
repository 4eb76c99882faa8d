# shellcheck shell=sh
# The base system: where its image comes from.

# base_fetch URL DIGEST - sets image, the path of the verified file.  The caller holds
# the lock baseos.  Not for a subshell: a download ends with the shell that began it.
# The host is one that the administrator named, so it may be anywhere.
base_fetch() {
	image=IMAGE
	base_plain "$1"
	base_host=${1#*://} base_host=${base_host%%[/?#]*} base_host=${base_host##*@}
	[ ! "$dry" ] || { run aoinb-fetch "$1" >&2; return 0; }
	aoinb-layer -w "$conf_work_dir" folder tmp || exit
	base_code=0
	printf '%s\t%s\n' "$1" "$2" >"$conf_work_dir/tmp/fetch" ||
		die 74 "$conf_work_dir/tmp/fetch: cannot be written"
	sources_with ${base_host:+--private="$base_host"} <"$conf_work_dir/tmp/fetch" >"$conf_work_dir/tmp/fetched" || base_code=$?
	base_path=$(cut -f 4 "$conf_work_dir/tmp/fetched")
	rm -rf "$conf_work_dir/tmp"
	[ "$base_code" -eq 0 ] || return "$base_code"
	image=$conf_work_dir/cache/sources/$base_path
}

# base_plain URL - dies unless it is a word of one line.  It goes into a list: more lines
# would be other files, and a blank would put a digest of its own in place of ours.
base_plain() {
	case $1 in
	*[[:space:][:cntrl:]]*)
		die 65 "$(printf '%s' "$1" | tr '[:cntrl:]' '?'): the URL of an image holds a blank or control character" ;;
	esac
}

# base_from_manifest - fetches the newest image of our variant: sets image
base_from_manifest() {
	need_tool jq jq
	base_fetch "$conf_base_manifest" SKIP ||
		die $? "release manifest $conf_base_manifest could not be fetched; give load-baseos an image, or --debian SUITE"
	[ ! "$dry" ] || return 0
	found=$(jq -r --arg v "$conf_base_variant" --arg a "$conf_arch" '
		[.variants[] | select(.name == $v) | (.squashfs // [])[], (.tarballs // [])[]]
		| map(select(.arch == $a)) | sort_by(.date) | last
		| if . then "\(.sha256sum) \(.path)" else empty end' "$image" 2>/dev/null) ||
		die 65 "$conf_base_manifest: not a release manifest"
	[ "$found" ] || die 65 "$conf_base_manifest: no image of $conf_base_variant for $conf_arch"
	digest=${found%% *} path=${found#* }
	case $digest in
	*[!0-9a-fA-F]*|'') die 65 "$conf_base_manifest: the image has no sha256sum" ;;
	esac
	site=${conf_base_manifest#*://} site=${conf_base_manifest%%://*}://${site%%/*}
	base_plain "$site/${path#/}"
	say "base system: $site/${path#/}"
	base_fetch "$site/${path#/}" "sha256::$digest" || exit
}

# base_in_work_dir - an image that somebody placed there: sets image; 1 when there is none
base_in_work_dir() {
	for image in "$conf_work_dir/buildkit_$conf_arch".tar* "$conf_work_dir/buildkit_$conf_arch.squashfs"; do
		[ ! -f "$image" ] || return 0
	done
	return 1
}

# base_verify IMAGE HEX
base_verify() {
	[ -f "$1" ] || die 66 "$1: no such image"
	[ "$2" ] && [ ! "$dry" ] || return 0
	progress_begin "verify $1"
	digest=$(sha256sum <"$1") || exit 74
	progress_end
	[ "${digest%% *}" = "$(echo "$2" | tr A-F a-f)" ] ||
		die 65 "$1: sha256 is ${digest%% *}, wanted $2"
}
