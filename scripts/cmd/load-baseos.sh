# load-baseos [FILE|URL] - load the base system that every build stands on
#
#   --sha256=HEX     what the image must be; a URL wants it
#   --debian=SUITE   make a Debian root with mmdebstrap instead
#
# Without an image: work_dir/buildkit_ARCH.tar.* or .squashfs when there is one,
# else the newest one of the release manifest.

use need progress lock layer sources base debian
[ $# -le 1 ] || bad 'load-baseos takes one image'
[ ! "$opt_debian" ] || [ $# -eq 0 ] || bad 'load-baseos: an image, or --debian'
[ ! "$opt_sha256" ] || [ $# -eq 1 ] || bad 'load-baseos: --sha256 goes with an image'
need_root
conf_load
if [ ! "$dry" ]; then
	aoinb-doctor --fit="$conf_work_dir" || exit
	lock_take baseos now 'another load-baseos or update-baseos is running'
	rm -rf "$conf_work_dir/tmp"	# of one that was killed
fi

# Everything that can be refused is refused before anything is written.
image=''
if [ "$opt_debian" ]; then
	name_ok "$opt_debian" || bad "$opt_debian: not a suite"
	need_tool mmdebstrap mmdebstrap
	from=debian:$opt_debian
elif [ $# -eq 1 ]; then
	from=$1
	case $1 in
	*://*)
		[ "$opt_sha256" ] || bad "load-baseos: a URL wants --sha256=HEX"
		base_fetch "$1" "sha256::$opt_sha256" || exit ;;
	*) base_verify "$1" "$opt_sha256"; image=$1 ;;
	esac
else
	base_in_work_dir || base_from_manifest
	from=$image
fi
if [ "$dry" ]; then
	if [ "$opt_debian" ]; then set -- mmdebstrap "$opt_debian"; else set -- aoinb-unpack --devices "$image"; fi
	words "$@" "$conf_work_dir/layers"
	exit 0
fi

layer_begin baseos
code=0
if [ "$opt_debian" ]; then
	progress_begin "make a Debian root ($opt_debian)" "$layer_new/log"
	debian_root "$opt_debian" "$layer_new/tree" "$layer_new/log" "$conf_limit_setup_time_s" "$conf_limit_silence_s" || code=$?
	rm -f "$layer_new/log"
else
	setpriv --pdeathsig KILL aoinb-unpack ${verbose:+-v} --devices "$image" "$layer_new/tree" || code=$?
fi
progress_end
[ "$code" -eq 0 ] || exit "$code"
[ -e "$layer_new/tree/usr/bin/dpkg" ] && [ -d "$layer_new/tree/etc" ] ||
	die 65 "$from: not a base system: there is no usr/bin/dpkg in it"
layer_commit baseos base - "from=$from" >/dev/null
