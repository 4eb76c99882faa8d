#!/bin/bash
# download_source.sh SPEC [DIR]
#
# Fetches and unpacks every source of SPEC into DIR, the current folder when
# there is none.  What lies in /buildroot/cache is taken from there.
set -eu
toolbox=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
. "$toolbox/lib/say.sh"
. "$toolbox/lib/spec.sh"
. "$toolbox/lib/vcs.sh"
. "$toolbox/lib/source.sh"

case ${1--h} in
-h | --help) usage "$0"; exit 0 ;;
-*) die 64 "$1: unknown option" ;;
esac
spec=$1 dir=${2-.}
[ -r "$spec" ] || die 66 "$spec: cannot be read"
cache=${AOINB_BUILDROOT:-/buildroot}/cache

spec_read "$spec" "${AOINB_ARCH:-$(dpkg --print-architecture)}"
spec_dummy && exit 0
mkdir -p "$dir"
cd "$dir"
fetched=$PWD.fetched
mkdir -p "$fetched"
table=$fetched/table
spec_table "$cache" >"$table"
source_all "$table" "$cache"
