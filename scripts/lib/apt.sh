# shellcheck shell=sh
# What apt downloads, outside the layers: each container has an archives folder of its
# own, so apt's lock is never in the way.  Where apt runs for us, in what nobody but the
# branch's own mirrors has touched, the files that it is about to install come from the
# cache as far as they are there: by name and SHA256, as that very apt has said before
# anything else ran.  What it downloaded goes back under the SHA256 that aoinb-layer(1)
# computes of it.  A build has no part in that: nothing of the cache, and nothing into it.

# apt_lend FOLDER [SET] - an empty archives folder in FOLDER; with SET, lines of file and
# SHA256, one that has these as far as we have them
apt_lend() {
	[ ! "$dry" ] || return 0
	layer_do debs-lend -- "$@" || exit
}

# apt_own FOLDER - the same for who runs what he likes
apt_own() {
	[ "$dry" ] || [ -d "$1/archives/partial" ] || folders "$1/archives/partial"
}

# apt_bind FILE FOLDER - the container described by FILE sees it
apt_bind() {
	root_bind "$1" "$2/archives" /var/cache/apt/archives
	[ ! -d "$2/debs" ] || root_bind "$1" "$2/debs" /buildroot/debs ro
}

# apt_keep FOLDER - what apt added goes into the cache, and the folder goes
apt_keep() {
	[ ! "$dry" ] && [ -d "$1/archives" ] || return 0
	layer_do debs-keep --debs-max-size="$conf_apt_max_size_kib" -- "$1" ||
		note 'what apt downloaded will be downloaded again'
}

# apt_drop FOLDER - the folder goes, and all that is in it
apt_drop() {
	[ "$dry" ] || rm -rf --one-file-system "$1/archives"
}
