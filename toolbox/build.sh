#!/bin/bash
# build.sh
#
# Builds the bundle that the host has put at /buildroot/bundle, from inside
# the container: unpacks its sources in /buildroot/build, runs autobuild there
# and leaves the packages in /buildroot/output.  aoinb-toolbox(7) tells what it
# expects and what autobuild can rely on.
#
#   -h    print this
set -eu
toolbox=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
. "$toolbox/lib/say.sh"
. "$toolbox/lib/spec.sh"
. "$toolbox/lib/vcs.sh"
. "$toolbox/lib/source.sh"
. "$toolbox/lib/package.sh"
. "$toolbox/lib/repo.sh"

case ${1-} in
'') ;;
-h | --help) usage "$0"; exit 0 ;;
*) die 64 "$1: no arguments are wanted" ;;
esac
root=${AOINB_BUILDROOT:-/buildroot}
bundle=$root/bundle output=$root/output build=$root/build fetched=$root/fetched

[ -r "$bundle/spec" ] || die 66 "$bundle/spec: cannot be read"
export AOINB_ARCH=${AOINB_ARCH:-$(dpkg --print-architecture)}
spec_read "$bundle/spec" "$AOINB_ARCH"
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(stat -c %Y "$bundle/spec")}
parts=$(package_parts)
mkdir -p "$output" "$build" "$fetched"
trap 'report_end $?' EXIT

section "$ver-$rel: sources"
cd "$build"
if ! spec_dummy; then
	table=$root/sources
	if [ ! -e "$table" ]; then
		table=$fetched/table
		spec_table "$root/cache" >"$table"
	fi
	source_all "$table" "$root/cache"
fi
[ -n "$subdir" ] || subdir=$(source_subdir)
cd "$subdir" || die 65 "spec: SUBDIR: the sources hold no $subdir"
say "builds in $PWD"

autobuild=$(package_autobuild)
report "version=$ver-$rel" "autobuild=$autobuild"
export PKGVER=$ver PKGREL=$rel PKGEPOCH=${epoch:-0} VERSTAMP=${VERSTAMP-} ABMODIFIERS=${ABMODIFIERS-}
[ -z "${AOINB_JOBS-}" ] || export ABTHREADS=$AOINB_JOBS
package_config
[ "${AOINB_DEPS-}" = 'done' ] || repo_use
for part in $parts; do
	package_build "$part"
	[ "$part" = "${parts##*$'\n'}" ] || package_install
done
