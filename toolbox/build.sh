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
toolbox=${BASH_SOURCE[0]%/*}
[[ $toolbox == /* ]] || toolbox=$PWD/$toolbox
. "$toolbox/lib/say.sh"
. "$toolbox/lib/source.sh"
. "$toolbox/lib/package.sh"
. "$toolbox/lib/report.sh"

case ${1-} in
'') ;;
-h | --help) usage "$0"; exit 0 ;;
*) die 64 "$1: no arguments are wanted" ;;
esac
root=${AOINB_BUILDROOT:-/buildroot}
bundle=$root/bundle output=$root/output build=$root/build fetched=$root/fetched

# What the host has read of the spec; where it has not, by hand, we do.
spec=$root/spec.env table=$root/sources
export AOINB_ARCH=${AOINB_ARCH:-$(dpkg --print-architecture)}
if [ ! -e "$spec" ]; then
	. "$toolbox/lib/spec.sh"
	spec=$fetched/spec.env
	mkdir -p "$fetched"
	if [ -e "$table" ]; then
		spec_make "$bundle/spec" "$AOINB_ARCH" "$fetched"
	else
		table=$fetched/sources
		spec_make "$bundle/spec" "$AOINB_ARCH" "$fetched" "$root/cache"
	fi
fi
ver='' rel='' epoch='' subdir='' dummysrc=''
# shellcheck source=/dev/null
. "$spec"
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(stat -c %Y "$bundle/spec")}
package_parts
for dir in "$output" "$build"; do
	[ -d "$dir" ] || mkdir -p "$dir"
done
trap 'report_end $?' EXIT

section "$ver-$rel: sources"
cd "$build"
[ -n "$dummysrc" ] || source_all "$table" "$root/cache" "$fetched"
[ -n "$subdir" ] || subdir=$(source_subdir)
cd "$subdir" || die 65 "spec: SUBDIR: the sources hold no $subdir"
say "builds in $PWD"

package_autobuild
report_add "version=$ver-$rel" "autobuild=$autobuild"
export PKGVER=$ver PKGREL=$rel PKGEPOCH=${epoch:-0} VERSTAMP=${VERSTAMP-} ABMODIFIERS=${ABMODIFIERS-}
package_stage
package_jobs
package_config
if [ "${AOINB_DEPS-}" != 'done' ]; then
	. "$toolbox/lib/repo.sh"
	repo_use
fi
for part in "${parts[@]}"; do
	package_build "$part"
	[ "$part" = "${parts[-1]}" ] || package_install
done
