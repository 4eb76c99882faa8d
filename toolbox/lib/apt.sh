# shellcheck shell=bash
# apt where it works on a layer: asks nobody, and leaves what it downloaded to the
# host.

export DEBIAN_FRONTEND=noninteractive

# apt_get ARG... - apt-get(8).  Its key, not what it calls itself, says whose a mirror is;
# only another Codename is another release.
apt_get() {
	apt-get -q -y \
	    -o Acquire::Retries=3 \
	    -o APT::Update::Error-Mode=any \
	    -o Acquire::AllowReleaseInfoChange::Origin=true \
	    -o Acquire::AllowReleaseInfoChange::Label=true \
	    -o Acquire::AllowReleaseInfoChange::Version=true \
	    -o Acquire::AllowReleaseInfoChange::Suite=true \
	    -o APT::Keep-Downloaded-Packages=true \
	    -o Dpkg::Options::=--force-confdef \
	    -o Dpkg::Options::=--force-confold "$@"
}

# apt_clean - the archives are the host's to clean: only the layer's own part goes
apt_clean() {
	apt_get -o Dir::Cache::archives=/tmp/ clean
}

# apt_ask - options with which apt_get does nothing, but says what it would do.  The
# archives are elsewhere, so that it names also the files that it need not fetch.
apt_ask=(--print-uris -o Acquire::ForceHash=SHA256 -o Dir::Cache::archives=/tmp/)

# apt_files - of what apt said, "'URI' FILE SIZE HASH": file and hash
apt_files() {
	awk '/^\047/ { print $2, $4 }'
}
