#!/bin/sh
# What the README tells a newcomer to paste, from a tree to a package that apt installs
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need jq apt-ftparchive

# pasted N - the Nth block of code below "Many packages"
pasted() {
	awk -v n="$1" '
		/^## / { inside = $0 == "## Many packages"; next }
		inside && /^    / { if (!code++) at++; if (at == n) print substr($0, 5); next }
		inside && !/^$/ { code = 0 }
		inside && /^$/ && at == n && code { print "" }' "$top/README.md"
}

world_new w
# Not below /tmp, which a container has one of its own for.
mkdir "$work/checkout"
cd "$work/checkout" || exit 1
mkdir quickstart
ln -s "$conf" quickstart/conf
ln -s "$work" quickstart/work
pasted 1 >build.sh
pasted 2 >install.sh
ok 'there is something to paste'           grep -q 'aoinb build' build.sh
try 0 'the group is built'                 sh -e build.sh
ok 'its packages are printed'              grep -q "^$work/output/stable/greet_1.0-0_.*\.deb$" out
is 'each was built once'                   "$(aoinb -c "$conf" history | cut -f 2,6 | tr '\n' ' ')" 'demo/words	ok demo/greet	ok '

# The machine that installs is a root of its own, which has the output at its place.
mkdir -p up work root
layer=$work/layers/$(cat "$work/ref/instance/stable")/tree
base=$work/layers/$(cat "$work/ref/baseos")/tree
try 0 'apt installs from the repository'   aoinb-mount -l "$layer" -l "$base" -u up -w work \
    -b "$work/output/stable:$PWD/quickstart/work/output/stable:ro" root \
    aoinb-run --network=yes root sh -ec "mkdir -p '$PWD'; cd '$PWD'; $(cat install.sh)"
is 'and it greets'                         "$(tail -n 1 out)" 'Good morning'

nothing_left
finish
