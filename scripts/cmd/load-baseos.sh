# load-baseos [FILE|URL] - load the base system that every build stands on
#
#   --sha256=HEX     what the image must be; a URL wants it
#   --debian=SUITE   make a Debian root with mmdebstrap instead
#
# Without an image: work_dir/buildkit_ARCH.tar.* or .squashfs when there is one,
# else the newest one of the release manifest.

[ $# -le 1 ] || bad 'load-baseos takes one image'
[ ! "$opt_debian" ] || [ $# -eq 0 ] || bad 'load-baseos: an image, or --debian'
[ ! "$opt_sha256" ] || [ $# -eq 1 ] || bad 'load-baseos: --sha256 goes with an image'
need_root
conf_load
if [ ! "$dry" ]; then
	lock_take 8 baseos now 'another load-baseos or update-baseos is running'
	rm -rf "$work_dir/tmp"	# of one that was killed
fi

# Everything that can be refused is refused before anything is written.
if [ "$opt_debian" ]; then
	name_ok "$opt_debian" || bad "$opt_debian: not a suite"
	need_tool mmdebstrap mmdebstrap
	from=debian:$opt_debian
elif [ $# -eq 1 ]; then
	case $1 in
	*://*)
		[ "$opt_sha256" ] || bad "load-baseos: a URL wants --sha256=HEX"
		fetch_one "$1" "sha256::$opt_sha256" || exit $?
		image=$fetched ;;
	*)
		[ -f "$1" ] || die 66 "$1: no such image"
		image=$1
		if [ "$opt_sha256" ] && [ ! "$dry" ]; then
			progress_begin "verify $1"
			digest=$(sha256sum <"$1")
			progress_end
			[ "${digest%% *}" = "$(echo "$opt_sha256" | tr A-F a-f)" ] ||
				die 65 "$1: sha256 is ${digest%% *}, wanted $opt_sha256"
		fi ;;
	esac
	from=$1
elif base_image_in_work_dir; then
	from=$image
else
	base_from_manifest
	from=$image
fi
if [ "$dry" ]; then
	if [ "$opt_debian" ]; then
		words mmdebstrap "$opt_debian" "$work_dir/layers"
	else
		words aoinb-unpack --devices "$image" "$work_dir/layers"
	fi
	exit 0
fi

layer_begin baseos
code=0
if [ "$opt_debian" ]; then
	progress_begin "make a Debian root ($opt_debian)"
	debian_root "$opt_debian" "$layer_new/tree" || code=$?
else
	setpriv --pdeathsig KILL aoinb-unpack ${verbose:+-v} --devices "$image" "$layer_new/tree" || code=$?
fi
progress_end
[ "$code" -eq 0 ] || {
	trash "$layer_new"; trash_empty
	exit "$code"
}
base_commit "$from"
trash_empty
note "base system: $layer_id"
