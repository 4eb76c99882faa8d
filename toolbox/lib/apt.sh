# shellcheck shell=bash
# apt where it works on a layer: asks nobody, and leaves what it downloaded to the
# host.

export DEBIAN_FRONTEND=noninteractive

# apt_get ARG... - apt-get(8)
apt_get() {
	apt-get -q -y \
	    -o Acquire::Retries=3 \
	    -o APT::Update::Error-Mode=any \
	    -o APT::Keep-Downloaded-Packages=true \
	    -o Dpkg::Options::=--force-confdef \
	    -o Dpkg::Options::=--force-confold "$@"
}

# apt_clean - the archives are the host's to clean: only the layer's own part goes
apt_clean() {
	apt_get -o Dir::Cache::archives=/tmp/ clean
}

# apt_asked PROG ARG... - PROG, which is or ends with apt_get, does not do it, but says
# what it would do; that with the archives elsewhere, so that it names also the files
# that it need not fetch
apt_asked() {
	"$1" --print-uris -o Acquire::ForceHash=SHA256 -o Dir::Cache::archives=/tmp/ "${@:2}"
}

# apt_files - of what apt said, "'URI' FILE SIZE HASH": file and hash
apt_files() {
	awk '/^\047/ { print $2, $4 }'
}
