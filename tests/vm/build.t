#!/bin/sh
# one whole build in the second world, which has no network: apt has no sources
. "${0%/*}/../lib.sh"
. "$top/tests/world.sh"
need jq dpkg-deb

base=$(sh "$top/tests/base.sh")
aoinb_() { aoinb -c "$PWD/conf" "$@"; }

try 0 'a configuration from the machine'  aoinb_ init --work-dir="$PWD/work"
echo '# none' >conf/source_lists/stable.list
mkdir -p work
tar --xattrs --xattrs-include='*' --numeric-owner -C "$base" \
    -cf "work/buildkit_$(aoinb_ conf arch).tar" .
try 0 'a base system from an image'       aoinb_ load-baseos
bundle_tiny tiny
for backend in native nspawn; do
	try 0 "a package, by $backend"    aoinb_ build --no-update --backend="$backend" tiny stable
	deb=$(cat out)
	is 'its path on stdout'           "$deb" "$PWD/work/output/stable/tiny_1-0_noarch.deb"
	is 'and in it what was built'     "$(dpkg-deb --fsys-tarfile "$deb" | tar -xO ./usr/share/tiny/version)" 1
	job=$(find work/jobs -mindepth 1 -maxdepth 1 -name '*tiny*' | sort | tail -n 1)
	ok 'cgroup v2 counted'            grep -q '^source=cgroup2' "$job/rusage"
	rm -f "$deb"
done

finish
