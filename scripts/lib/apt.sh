# shellcheck shell=sh
# The cache of .deb files that apt downloads, outside the layers.  Each container has
# an archives folder of its own, so apt's lock is never in the way: it sees the shared
# cache read-only at /buildroot/debs, and its archives folder begins with a link to each
# file there.  What it downloaded goes back afterwards, but only files whose SHA256 the
# instance's own package lists know, since a root is not to be trusted with a cache that
# others install from.

# apt_begin FOLDER - an archives folder that knows all that we have
apt_begin() {
	[ ! "$dry" ] || return 0
	[ -d "$conf_work_dir/cache/debs" ] && [ -d "$1/partial" ] ||
		folders "$conf_work_dir/cache/debs" "$1/partial"
	set -- "$1" "$conf_work_dir"/cache/debs/*.deb
	[ -e "$2" ] || return 0
	apt_folder=$1; shift
	for deb; do
		printf '/buildroot/debs/%s\0' "${deb##*/}"
	done | xargs -0 ln -s -t "$apt_folder" || die 74 "$apt_folder: cannot be filled"
}

# apt_bind FILE FOLDER - the container described by FILE sees both
apt_bind() {
	root_bind "$1" "$conf_work_dir/cache/debs" /buildroot/debs ro
	root_bind "$1" "$2" /var/cache/apt/archives
}

# apt_added FOLDER - whether apt added files
apt_added() {
	for deb in "$1"/*.deb; do
		[ ! -f "$deb" ] || [ -L "$deb" ] || return 0
	done
	return 1
}

# apt_end FOLDER STACK - apt_keep, and FOLDER goes
apt_end() {
	[ ! "$dry" ] && [ -d "$1" ] || return 0
	apt_keep "$@"
	rm -rf --one-file-system "$1"
}

# apt_keep FOLDER STACK - what apt added goes into the cache, verified in a container on
# STACK
apt_keep() {
	apt_added "$1" || return 0
	apt_known=$1.known
	folders "$apt_known/root" "$apt_known/upper" "$apt_known/work" "$apt_known/output"
	root_begin "$apt_known/container" "$apt_known" "$2" no
	root_records "$apt_known/container" "$apt_known/log" "$apt_known/rusage"
	root_bind "$apt_known/container" "$1" /buildroot/archives ro
	root_bind "$apt_known/container" "$apt_known/output" /buildroot/output
	in_root "$apt_known/container" /buildroot/toolbox/known_debs || {
		note "apt's downloads could not be verified, and are not kept"
		rm -f "$apt_known/output/known"
	}
	[ ! -f "$apt_known/output/known" ] || [ -L "$apt_known/output/known" ] ||
		while read -r deb; do
		case $deb in
		*/*|.*|*[!a-zA-Z0-9._+~%@:-]*) continue ;;
		esac
		[ -f "$1/$deb" ] && [ ! -L "$1/$deb" ] || continue
		chmod 644 "$1/$deb"
		mv -T "$1/$deb" "$conf_work_dir/cache/debs/$deb"
	done <"$apt_known/output/known"
	rm -rf --one-file-system "$apt_known"
}
