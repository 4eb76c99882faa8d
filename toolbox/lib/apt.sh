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
