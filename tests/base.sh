#!/bin/sh
# Prints the folder of a Debian root for tests, made once by mmdebstrap(1) and
# kept below the build folder.  Read-only by custom: put an overlay on it.
set -eu
top=$(cd "${0%/*}/.." && pwd)
B=${B:-build}
case $B in /*) ;; *) B=$top/$B ;; esac
base=${AOINB_TEST_BASE:-$top/build/base}

PATH=$B/bin:$PATH
say() { echo "base.sh: $*" >&2; }

[ "$(id -u)" -eq 0 ] || { say 'needs root'; exit 77; }
. "$top/scripts/lib/debian.sh"
mkdir -p "${base%/*}"
exec 9>"$base.lock"
flock 9
if [ ! -d "$base" ]; then
	. /etc/os-release
	rm -rf --one-file-system "$base.part"
	debian_root "$VERSION_CODENAME" "$base.part" "$base.log" 3600 600 >&2
	mv "$base.part" "$base"
	rm "$base.log"
fi
echo "$base"
