# shellcheck shell=sh
# The cache of .deb files that apt downloads, outside the layers.  Each container
# has an archives folder of its own, so apt's lock is never in the way: it sees
# the shared cache read-only at /buildroot/debs, and its archives folder begins
# with a link to each file there.  What it downloaded goes back afterwards, but
# only files whose SHA256 the instance's own package lists know, since a root is
# not to be trusted with a cache that others install from.

# archives_begin FOLDER - an archives folder that knows all that we have
archives_begin() {
	debs=$work_dir/cache/debs
	mkdir -p "$debs" "$1/partial"
	find "$debs" -maxdepth 1 -type f -name '*.deb' -printf '/buildroot/debs/%f\0' |
		xargs -0 -r ln -s -t "$1"
}

# archives_new FOLDER - the names of the files that apt added
archives_new() {
	find "$1" -maxdepth 1 -type f -name '*.deb' -links 1 -printf '%f\n'
}

# archives_end FOLDER STACK - what apt added goes into the cache, verified in a
# container on STACK
archives_end() {
	[ "$(archives_new "$1")" ] || return 0
	known=$1/../known
	mkdir -p "$known/root" "$known/upper" "$known/work" "$known/output"
	root_begin "$known" "$2"
	root_bind "$1" /buildroot/archives ro
	root_bind "$known/output" /buildroot/output
	root_network=no
	root_log=$known/log
	in_root /buildroot/toolbox/known_debs || {
		note "apt's downloads could not be verified, and are not kept"
		rm -f "$known/output/known"
	}
	[ ! -e "$known/output/known" ] || while read -r deb; do
		case $deb in
		*/*|.*|*[!a-zA-Z0-9._+~%@:-]*) continue ;;
		esac
		[ -f "$1/$deb" ] && [ ! -L "$1/$deb" ] || continue
		chmod 644 "$1/$deb"
		mv -T "$1/$deb" "$work_dir/cache/debs/$deb"
	done <"$known/output/known"
	rm -rf --one-file-system "$known"
}
