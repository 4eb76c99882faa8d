#!/bin/bash
# update.sh lists|upgrade
#
# Brings this root up to date, from /buildroot/source.list where that is there.
#
# lists fetches the package lists, and writes to /buildroot/output/set the files of
# the packages that are to be installed, with their SHA256, a line each: so the host
# can put those that it has into the archives.
#
# upgrade installs them, and writes to /buildroot/output/state a digest of the
# installed packages, the apt sources and the package lists: the same state means
# that nothing changed.
#
#   -h    print this
set -eu -o pipefail
toolbox=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
. "$toolbox/lib/say.sh"
. "$toolbox/lib/apt.sh"
output=${AOINB_BUILDROOT:-/buildroot}/output

sources() {
	local list=${AOINB_BUILDROOT:-/buildroot}/source.list
	[ -e "$list" ] || return 0
	cat "$list" >/etc/apt/sources.list
	rm -f /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources
}

# no_services - a container has no init: packages must not start their services
no_services() {
	[ ! -e /usr/sbin/policy-rc.d ] || return 0
	printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
	chmod 755 /usr/sbin/policy-rc.d
}

# plan - what an upgrade would install; when apt cannot tell, upgrade will say why
plan() {
	local answer
	answer=$(apt_get "${apt_ask[@]}" dist-upgrade) || return 0
	apt_files <<<"$answer"
}

state() {
	{
		cat /var/lib/dpkg/status
		cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || :
		cd /var/lib/apt/lists
		find . -maxdepth 1 -type f ! -name lock -printf '%f %s %T@\n' | LC_ALL=C sort
	} | sha256sum | cut -d ' ' -f 1
}

case ${1-} in
lists)
	sources
	no_services
	apt_get update
	plan >"$output/set" ;;
upgrade)
	apt_get dist-upgrade
	apt_clean
	state >"$output/state" ;;
-h | --help) usage "$0" ;;
*) die 64 "${1-}: neither lists nor upgrade" ;;
esac
