#!/bin/bash
# update.sh - bring this root up to date from /buildroot/source.list.
#
# Writes to /buildroot/output/state a digest of the installed packages, the apt
# sources and the package lists: the same state means that nothing changed.
set -eu
. "${BASH_SOURCE[0]%/*}/lib/apt.sh"

if [[ -e /buildroot/source.list ]]; then
	cat /buildroot/source.list >/etc/apt/sources.list
	rm -f /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources
fi

# A container has no init: packages must not start their services.
if [[ ! -e /usr/sbin/policy-rc.d ]]; then
	printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
	chmod 755 /usr/sbin/policy-rc.d
fi

apt_get update
apt_get dist-upgrade
apt_clean

{
	cat /var/lib/dpkg/status
	cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || :
	cd /var/lib/apt/lists
	find . -maxdepth 1 -type f ! -name lock -printf '%f %s %T@\n' | LC_ALL=C sort
} | sha256sum | cut -d ' ' -f 1 >/buildroot/output/state
