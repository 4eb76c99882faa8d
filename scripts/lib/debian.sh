# shellcheck shell=sh
# Debian as a base system: the machine's own package sources, and a root made
# from them by mmdebstrap(1).

# What autobuild and the toolbox need besides "Priority: required" and apt.
debian_packages='build-essential bzip2 ca-certificates curl file git libarchive-tools patch unzip xz-utils zstd'

# debian_sources ORIGIN SUITE - this machine's own apt sources as one-line entries,
# whatever form they are kept in: those of SUITE, which may be empty for any, and its
# -updates and -security, whose Release says that they are ORIGIN's, as os-release(5) calls
# it.  A base has no keys of others; what is left out for that is named.  Signed-By stays
# behind.
debian_sources() {
	# shellcheck disable=SC2016 # apt-get's own words, not ours
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)|$(ORIGIN)|$(LABEL)' \
	    'Created-By: Packages' | LC_ALL=C sort -u | aoinb-doctor --apt-sources="$1" --suite="$2"
}

# debian_elsewhere SUITE - SUITE, which none of them has, at the mirror of this machine's
# own release.  As ever, mmdebstrap takes what Debian's keys have signed.
debian_elsewhere() {
	# shellcheck disable=SC2016 # apt-get's own words, not ours
	apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' \
	    'Origin: Debian' 'Label: Debian' 'Component: main' | LC_ALL=C sort | awk -v suite="$1" '
		$1 !~ /^(file|copy|cdrom):/ && !found++ { print "deb " $1, suite, "main" }
		END { exit !found }'
}

# debian_root SUITE DIR LOG TIME SILENCE - a root of SUITE in DIR, which must be empty or
# missing, within limits in seconds; what mmdebstrap says goes to LOG
debian_root() {
	sources=$(debian_sources debian "$1") || sources=$(debian_elsewhere "$1") || {
		say "$1: no apt source of this machine offers that suite, or is a mirror of Debian's"
		return 69
	}
	# A pid namespace of its own: when we are killed, so is all of it, and its
	# mounts go with it.
	printf '%s\n' "$sources" |
	    aoinb-rusage --die-with-parent --log="$3" --time="$4" --silence="$5" \
	    unshare --mount --pid --fork --kill-child --mount-proc \
	    mmdebstrap --verbose --variant=minbase --mode=root \
	        --include="$(echo "$debian_packages" | tr ' ' ,)" \
	        --aptopt='APT::Install-Recommends "false"' \
	        --dpkgopt=path-exclude=/usr/share/man/* --dpkgopt=path-exclude=/usr/share/doc/* \
	        --dpkgopt=path-exclude=/usr/share/locale/* "$1" "$2" - || {
		code=$?
		[ "$code" -lt 128 ] || return "$code"
		grep -a '^[EW]: ' "$3" | tail -n 5 | tr -c '[:print:]\n' '?' >&2
		debian_why="code $code"
		[ "$code" -ne 124 ] || debian_why='it took longer than [limit] setup_time allows'
		[ "$code" -ne 125 ] || debian_why='nothing came for as long as [limit] silence says; is the mirror there?'
		say "mmdebstrap could not make a root of $1: $debian_why"
		return 69
	}
}
