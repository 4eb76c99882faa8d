#!/bin/sh
# make install, uninstall, a Debian package, and a bundle with which aoinb builds itself
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need git dpkg-buildpackage lintian dpkg-deb python3
MAKEFLAGS='' MAKELEVEL=''	# of who runs the tests
export MAKEFLAGS MAKELEVEL

# make_ ARG... - of ours, with what the tests have compiled already
make_() { make -s -C "$top" B="$B" "$@"; }

# installed DIR - what lies below DIR, with modes
installed() { (cd "$1" && find . ! -type d -printf '%P %M\n' | LC_ALL=C sort); }

echo '# install and uninstall'
try 0 'make install'                       make_ DESTDIR="$PWD/dest" PREFIX=/usr install
for unit in "$top"/conf/*.service; do
	ok "${unit##*/} starts what is installed" grep -q '^ExecStart=/usr/bin/aoinb' "dest/usr/lib/systemd/system/${unit##*/}"
done
is 'nothing of /usr/local is left'         "$(grep -rl /usr/local dest/usr/lib/systemd dest/usr/lib/sysusers.d dest/usr/lib/tmpfiles.d)" ''
mkdir -p here/lib/mine && echo mine >here/lib/mine/file && ln -s bin here/bin-link
try 0 'to another place'                   make_ PREFIX="$PWD/here" install
try 0 'the front-end finds its parts'      env PATH=/usr/bin:/bin here/bin/aoinb --version
says out '^aoinb [0-9]' 'it says its version'
try 0 'and a helper finds itself'          env PATH=/usr/bin:/bin here/bin/aoinb help build
installed here >before
try 0 'make install again'                 make_ PREFIX="$PWD/here" install
is 'changes nothing'                       "$(installed here | diff before -)" ''

echo '# an upgrade while a build runs'
world_new w
bundle_tiny tiny
# shellcheck disable=SC2016 # for autobuild to expand
echo 'touch /buildroot/output/begun; for i in {1..300}; do [ ! -e /buildroot/output/go ] || break; sleep 0.1; done' >>tiny/autobuild/build
env PATH=/usr/bin:/bin here/bin/aoinb -c "$conf" build --no-update tiny stable >build.out 2>build.err &
build=$!
begun() { [ "$(find "$work"/jobs -name begun | wc -l)" -eq 1 ]; }
ok 'a build begins'                        wait_for 60 begun
try 0 'everything is put in place anew'    make_ PREFIX="$PWD/here" install
find "$work"/jobs -name begun -execdir sh -c 'rm begun; touch go' \;
code=0; wait "$build" || code=$?
is 'the build ends well'                   "$code $(tail -n 1 build.err)" "0 $(sed -n '/ ok, /p' build.err)"
ok 'with its package'                      test -s "$(tail -n 1 build.out)"

try 0 'make uninstall'                     make_ PREFIX="$PWD/here" uninstall
is 'only what is not ours is left'         "$(installed here | cut -d ' ' -f 1 | tr '\n' ' ')" 'bin-link lib/mine/file '
ok 'no folder of ours'                     test ! -e here/lib/aoinb

echo '# a Debian package'
# list NAME - the packages that quickstart installs for that
list() { sh -c "$(sed -n "/^for_build=/,/^\$/p" "$top/scripts/quickstart"); printf '%s\n' \$$1" | LC_ALL=C sort; }
# field NAME - the packages in that field of control
field() { sed -n "/^$1:/,/^[A-Z]/p" "$top/conf/debian/control" | sed "1s/^[^:]*://; /^[A-Z]/d" | tr -s ', \n' '\n' |
	sed '/^[$(]/d; /^=$/d; /)$/d; /^$/d' | LC_ALL=C sort; }
is 'it is built with what quickstart installs' "$(field Build-Depends | grep -vx debhelper-compat)" \
    "$(list for_build | grep -vx 'gcc\|make')"
is 'and needs what that installs to run'   "$({ field Depends; field Recommends; } | LC_ALL=C sort)" \
    "$(list for_run)"
is 'its version is ours'                   "$(sed -n '1s/.*(\(.*\)).*/\1/p' "$top/conf/debian/changelog")" \
    "$(sed -n 's/^VERSION = //p' "$top/Makefile")"
mkdir b
try 0 'make deb'                           make -s -j2 -C "$top" B="$PWD/b" deb
deb=$(echo b/deb/aoinb_*.deb)
try 0 'lintian finds no error'             lintian --allow-root --fail-on error b/deb/aoinb_*.changes
is 'it holds what make install puts'       "$(dpkg-deb --fsys-tarfile "$deb" | tar -t | sed 's,^\./,,; s/\.gz$//; /^$/d; /\/$/d; /share\/doc/d' | LC_ALL=C sort)" \
    "$(installed dest | cut -d ' ' -f 1 | sed '/share\/doc/d' | LC_ALL=C sort)"
base=$work/layers/$(cat "$work/ref/baseos")/tree
mkdir -p up upwork root up/root
cp "$deb" up/root/aoinb.deb
mkdir -p up/etc/apt; cp "$conf/source_lists/stable.list" up/etc/apt/sources.list
try 0 'apt installs it, and it goes again' aoinb-mount -l "$base" -u up -w upwork root \
    aoinb-run --network=host -e DEBIAN_FRONTEND=noninteractive root sh -ec 'apt-get -q update
	apt-get -q -y --no-install-recommends install /root/aoinb.deb
	getent passwd aoinb-fetch aoinb
	aoinb --version
	aoinb-run --version
	dpkg --verify aoinb
	apt-get -q -y purge aoinb
	test ! -e /usr/lib/aoinb'
says out '^aoinb [0-9]' 'and says its version there'

echo '# aoinb builds itself'
try 2 'make abbs has to know an address'   make -s -C "$top" B="$PWD/b" abbs
says err 'DIST_URL' 'and says so'
python3 -u -m http.server --bind 127.0.0.1 --directory b 0 >http.log 2>&1 &
later "kill $!"
wait_for 10 grep -q 'port [0-9]' http.log
try 0 'make abbs'                          make -s -C "$top" B="$PWD/b" \
    DIST_URL="http://127.0.0.1:$(sed -n 's/.*port \([0-9]*\).*/\1/p' http.log)" abbs
bundle=b/abbs/app-devel/aoinb
try 0 'the bundle has no fault'            aoinb-spec --packages -a "$(aoinb -c "$conf" conf arch)" "$bundle"
# The names of Debian, whose packages the test base has.
sed -i "s/^BUILDDEP=.*/BUILDDEP=\"$(list for_build | grep -vx 'gcc\|make' | tr '\n' ' ')\"/; /^PKGDEP=/d" "$bundle/autobuild/defines"
try 0 'it is built'                        aoinb -c "$conf" build --no-update "$bundle" stable
ok 'and has the front-end'                 sh -c 'dpkg-deb -c "$1" | grep -q usr/bin/aoinb' sh "$(tail -n 1 out)"

finish
