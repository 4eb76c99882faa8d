#!/bin/sh
# aoinb build: from a bundle to a package, and everything that can go wrong
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need jq dpkg-deb

world_new w
bundle_tiny tiny

try 0 'a tiny package builds'              aoinb -c "$conf" build tiny stable
deb=$(cat out)
is 'its path is all that stdout says'      "$deb" "$work/output/stable/tiny_1-0_noarch.deb"
is 'and it holds what it should'           "$(dpkg-deb --fsys-tarfile "$deb" | tar -xO ./usr/share/tiny/version)" 1

finish
