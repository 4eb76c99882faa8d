# shellcheck shell=sh
# The base system: an image becomes a layer, and the ref baseos moves to it.

# conf_load - finds and reads the configuration; sets conf_dir and every key
conf_load() {
	settings=$(aoinb-conf ${conf_opt:+--conf="$conf_opt"} "$@" shell) || exit $?
	eval "$settings"
}

# cache_fetch LIST RECORDS - fetches LIST (a file as of aoinb-fetch(1)) into the
# cache; what it says goes to RECORDS
cache_fetch() {
	fetch_in=$1 fetch_out=$2
	set -- aoinb-fetch --die-with-parent --cache="$work_dir/cache/sources" \
	    --user="$fetch_user" --jobs="$fetch_jobs" \
	    --per-host="$fetch_per_host" --retries="$fetch_retries" \
	    --connect-timeout="$fetch_connect_timeout" \
	    --stall-timeout="$fetch_stall_timeout" --max-size="$fetch_max_size"
	set -f
	for template in $fetch_mirror; do
		set -- "$@" --mirror="$template"
	done
	for template in $fetch_fallback; do
		set -- "$@" --fallback="$template"
	done
	set +f
	if [ "$dry" ]; then
		run "$@"
		return 0
	fi
	[ -d "$work_dir/cache/sources" ] || mkdir -p "$work_dir/cache/sources"
	run "$@" <"$fetch_in" >"$fetch_out"
}

# fetch_one URL DIGEST - sets fetched, the path of the verified file.  The caller
# holds the lock baseos.
fetch_one() {
	fetched=$work_dir/$1
	[ ! "$dry" ] || { run aoinb-fetch "$1"; return 0; }
	mkdir -p "$work_dir/tmp"
	printf '%s\t%s\n' "$1" "$2" >"$work_dir/tmp/fetch"
	code=0
	cache_fetch "$work_dir/tmp/fetch" "$work_dir/tmp/fetched" || code=$?
	fetched=$work_dir/cache/sources/$(cut -f 4 "$work_dir/tmp/fetched")
	rm -f "$work_dir/tmp/fetch" "$work_dir/tmp/fetched"
	return "$code"
}

# base_from_manifest - fetches the newest image of our variant; sets image
base_from_manifest() {
	need_tool jq jq
	fetch_one "$base_manifest" SKIP ||
		die $? "release manifest $base_manifest could not be fetched; give load-baseos an image, or --debian SUITE"
	[ ! "$dry" ] || { image=IMAGE; return 0; }
	found=$(jq -r --arg v "$base_variant" --arg a "$arch" '
		[.variants[] | select(.name == $v) | (.squashfs // [])[], (.tarballs // [])[]]
		| map(select(.arch == $a)) | sort_by(.date) | last
		| if . then "\(.sha256sum) \(.path)" else empty end' "$fetched" 2>/dev/null) ||
		die 65 "$base_manifest: not a release manifest"
	[ "$found" ] || die 65 "$base_manifest: no image of $base_variant for $arch"
	digest=${found%% *} path=${found#* }
	case $digest in
	*[!0-9a-fA-F]*|'') die 65 "$base_manifest: the image has no sha256sum" ;;
	esac
	site=$(printf '%s' "$base_manifest" | sed 's|^\([a-z]*://[^/]*\).*|\1|')
	say "base system: $site/${path#/}"
	fetch_one "$site/${path#/}" "sha256::$digest" || exit $?
	image=$fetched
}

# base_image_in_work_dir - an image that somebody placed there; sets image
base_image_in_work_dir() {
	for image in "$work_dir/buildkit_$arch".tar* "$work_dir/buildkit_$arch.squashfs"; do
		[ ! -f "$image" ] || return 0
	done
	return 1
}

# base_commit FROM - the finished tree becomes the base
base_commit() {
	[ -e "$layer_new/tree/usr/bin/dpkg" ] && [ -d "$layer_new/tree/etc" ] || {
		trash "$layer_new"; trash_empty
		die 65 "$1: not a base system: there is no usr/bin/dpkg in it"
	}
	layer_commit base '' from="$1"
	ref_set baseos "$layer_id"
}
