#!/bin/sh
# upstream.sh [NAME] - prints the path of NAME's own tarball as the machine's
# package mirror keeps it; hello when nothing is named.  Fetched once, by a
# private apt whose lists and cache lie below the build folder.
set -eu
top=$(cd "${0%/*}/.." && pwd)
B=${B:-build}
case $B in /*) ;; *) B=$top/$B ;; esac
dir=$B/upstream name=${1:-hello}

say() { echo "upstream.sh: $*" >&2; }

case $name in
hello)
	tarball=hello_2.10.orig.tar.gz
	sum=31e066137a962676e89f69d1b65382de95a7ef7d914b8cb956f41ea72e0f516b ;;
figlet)
	tarball=figlet_2.2.5.orig.tar.gz
	sum=bf88c40fd0f077dab2712f54f8d39ac952e4e9f2e1882f1195be9e5e4257417d ;;
*) say "$name: not one of those it knows"; exit 64 ;;
esac

. "$top/scripts/lib/debian.sh"
PATH=$B/bin:$PATH	# for aoinb-doctor

# upstream_apt PROG ARG... - one of apt's programs, away from the machine's state
upstream_apt() {
	prog=$1; shift
	"$prog" -q -o Dir::Etc::SourceList="$dir/apt/sources" -o Dir::Etc::SourceParts=/dev/null \
	    -o Dir::State::Lists="$dir/apt/lists" -o Dir::Cache="$dir/apt/cache" \
	    -o APT::Sandbox::User=root "$@" >&2
}

upstream_get() {
	mkdir -p "$dir/apt/lists/partial" "$dir/apt/cache/archives/partial"
	sources=$(debian_sources debian '')
	printf '%s\n' "$sources" | sed 's/^deb /deb-src /' >"$dir/apt/sources"
	upstream_apt apt-get update
	(cd "$dir/apt" && upstream_apt apt-get source --download-only "$name")
	echo "$sum  $dir/apt/$tarball" | sha256sum --quiet -c >&2
	mv "$dir/apt/$tarball" "$dir/$tarball"
	rm -rf "$dir/apt"
}

mkdir -p "$dir"
exec 9>"$dir.lock"
flock 9
[ -f "$dir/$tarball" ] || upstream_get
echo "$dir/$tarball"
