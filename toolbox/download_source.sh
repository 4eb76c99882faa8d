#!/bin/bash
# download_source.sh SPEC [DIR]
#
# Fetches and unpacks every source of SPEC into DIR, the current folder when
# there is none.  What lies in /buildroot/cache is taken from there.
set -eu
toolbox=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
. "$toolbox/lib/say.sh"
. "$toolbox/lib/spec.sh"
. "$toolbox/lib/source.sh"

case ${1--h} in
-h | --help) usage "$0"; exit 0 ;;
-*) die 64 "$1: unknown option" ;;
esac
spec=$(realpath -- "$1") dir=${2-.} bundle=${spec%/*}
cache=${AOINB_BUILDROOT:-/buildroot}/cache

mkdir -p -- "$dir"
cd -- "$dir"
fetched=$PWD.fetched
mkdir -p "$fetched"
subdir=''
spec_make "$spec" "${AOINB_ARCH:-$(dpkg --print-architecture)}" "$fetched" "$cache"
# shellcheck source=/dev/null
. "$fetched/spec.env"
source_all "$fetched/sources" "$cache" "$fetched"
