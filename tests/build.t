#!/bin/sh
# aoinb build: from a bundle to a package, and everything that can go wrong
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
nl='
'
need_root
need jq dpkg-deb python3 setpriv

world_new w
bundle_tiny tiny

# result KEY - of the newest job
result() {
	jq -r "$1" "$(find "$work/jobs" -name result.json -printf '%T@ %p\n' | sort -n |
		tail -n 1 | cut -d ' ' -f 2-)"
}

echo '# a build'
try 0 'a tiny package builds'              aoinb -c "$conf" build tiny stable
deb=$(cat out)
is 'its path is all that stdout says'      "$deb" "$work/output/stable/tiny_1-0_noarch.deb"
is 'stderr is one line'                    "$(sed 's/[0-9]:[0-9][0-9], [0-9]*[KM],/T, M,/; s/[^ ]*tiny /tiny /' err)" \
    "aoinb: tiny 1-0: ok, T, M, job $(ls "$work/jobs")"
is 'and it holds what it should'           "$(dpkg-deb --fsys-tarfile "$deb" | tar -xO ./usr/share/tiny/version)" 1
is 'result.json has the verdict'           "$(result '"\(.verdict) \(.code) \(.branch)"')" 'ok 0 stable'
is 'the package with its digest'           "$(result '.packages[0] | "\(.digest) \(.file)"')" \
    "sha256::$(sha256sum <"$deb" | cut -d ' ' -f 1) tiny_1-0_noarch.deb"
is 'the layers'                            "$(result '.layers | length')" 2
is 'and what was used'                     "$(result '.usage | (.wall_us > 0) and (.cpu_us > 0) and (.peak_kib > 0)')" true
is 'the workspace is gone'                 "$(find "$work/jobs" -name upper)" ''
ok 'the log stays'                         grep -q 'tiny_1-0_noarch.deb' "$work"/jobs/*/log
try 0 '-n changes nothing'                 aoinb -n -c "$conf" build tiny stable
says out '^aoinb-rusage .*aoinb-mount .*aoinb-run .*/buildroot/toolbox/build.sh$' 'and prints the chain'
is 'and makes no job'                      "$(find "$work/jobs" -mindepth 1 -maxdepth 1 | wc -l)" 1
try 0 '-v shows it as it runs'             aoinb -v -c "$conf" build tiny stable
says err '^aoinb-rusage '                  'the commands on stderr'

echo '# GNU hello, twice and in both containers'
tarball=$(sh "$top/tests/upstream.sh" 2>upstream.log) || sed 's/^/# /' upstream.log
sum=sha256::31e066137a962676e89f69d1b65382de95a7ef7d914b8cb956f41ea72e0f516b
try 0 'the tarball is imported'            aoinb-fetch -c "$work/cache/sources" --import="$tarball" --digest="$sum"
hello=$top/tests/bundles/hello
try 0 'native'                             aoinb -c "$conf" build "$hello" stable
deb=$(grep -v -e -dbg_ out)
is 'makes the package'                     "${deb##*/}" "hello_2.10-0_$(dpkg --print-architecture).deb"
first=$(sha256sum <"$deb")
is 'from the cache, with its digest'       "$(result '.sources[0].digest')" "$sum"
try 0 'once more'                          aoinb -c "$conf" build "$hello" stable
is 'is the same to the byte'               "$(sha256sum <"$deb")" "$first"
if command -v systemd-nspawn >/dev/null; then
	try 0 'nspawn'                     aoinb -c "$conf" build --backend=nspawn "$hello" stable
	is 'is the same to the byte too'   "$(sha256sum <"$deb")" "$first"
else
	skip 2 'no systemd-nspawn'
fi
mkdir clean clean/up clean/work clean/root
base=$work/layers/$(cat "$work/ref/baseos")/tree
try 0 'it installs in a clean root, and runs' aoinb-mount -l "$base" -u clean/up -w clean/work \
    -b "$work/output/stable:/mnt:ro" clean/root aoinb-run --network=no clean/root \
    sh -c 'dpkg -i /mnt/hello_*.deb >/dev/null && hello'
is 'and says what it should'               "$(cat out)" 'Hello, world!'

echo '# what 2020 left'
mkdir -p old/conf/source_lists old/bundle/autobuild served/two-1.0
printf 'work_dir = "%s"\narch = "%s"\n[fetch]\nprivate = "127.0.0.0/8"\n' "$PWD/old/work" "$(dpkg --print-architecture)" >old/conf/config.toml
cp "$conf"/source_lists/stable.list old/conf/source_lists/
printf 'all:\ninstall:\n\tinstall -D two.txt $(DESTDIR)/usr/share/two/two.txt\n' >served/two-1.0/Makefile
echo two >served/two-1.0/two.txt
tar -C served -czf served/two-1.0.tar.gz two-1.0
python3 -u -m http.server --bind 127.0.0.1 --directory served 0 >http.log 2>&1 &
http=$!
later "kill $http"
wait_for 10 grep -q 'port [0-9]' http.log
url=http://127.0.0.1:$(sed -n 's/.*port \([0-9]*\).*/\1/p' http.log)
printf 'VER=1.0\nREL=2\nSRCTBL="%s/two-$VER.tar.gz"\nCHKSUM="sha256::%s"\n' "$url" \
    "$(sha256sum <served/two-1.0.tar.gz | cut -d ' ' -f 1)" >old/bundle/spec
printf 'PKGNAME=two\nPKGSEC=misc\nPKGDES="Two"\nABHOST=noarch\n' >old/bundle/autobuild/defines
# Its instance would want the network; it is tested elsewhere.  Here it gets ours.
mkdir -p old/work
cp -a "$work/ref" old/work/
cp -al "$work/layers" old/work/ 2>/dev/null || cp -a "$work/layers" old/work/
try 0 'its folder, bundle and command line work' aoinb -c old/conf build old/bundle stable
is 'and make the package'                  "$(cat out)" "$PWD/old/work/output/stable/two_1.0-2_noarch.deb"
rm -rf old/work/layers

echo "# a base that has an autobuild of its own"
cat >autobuild <<'X'
#!/bin/bash
# Writes down what it was given, and ends as the bundle says.
{
	pwd
	env | LC_ALL=C sort
	cat autobuild/defines
} >/buildroot/output/given
[[ ! -e autobuild/code ]] || exit "$(cat autobuild/code)"
[[ ! -e autobuild/nothing ]] || exit 0
mkdir -p pkg/DEBIAN
printf 'Package: own\nVersion: %s-%s\nArchitecture: all\nMaintainer: a <a@b>\nDescription: x\n' \
    "$PKGVER" "$PKGREL" >pkg/DEBIAN/control
dpkg-deb -b pkg "own_$PKGVER-${PKGREL}_noarch.deb"
X
mkdir -p own/autobuild
printf 'VER=3.1\nREL=4\nDUMMYSRC=y\n__FLAVOUR="plain vanilla"\n' >own/spec
printf 'PKGNAME=own\nPKGSEC=misc\nPKGDES="Own"\n' >own/autobuild/defines
try 0 'it is committed into the instance'  sh -c 'aoinb -c "$1" run --keep stable -- sh -c "cat >/usr/bin/autobuild; chmod 755 /usr/bin/autobuild" <autobuild >job' sh "$conf"
job=$(cat job)
try 0 'a layer'                            aoinb -c "$conf" commit "$job"
try 0 'the build runs it'   env ABMODIFIERS=+x aoinb -c "$conf" build --keep own stable
is 'its package is collected'              "$(cat out)" "$work/output/stable/own_3.1-4_noarch.deb"
given=$(find "$work/jobs" -path '*output/given' | tail -n 1)
for line in PKGVER=3.1 PKGREL=4 PKGEPOCH=0 VERSTAMP= '__FLAVOUR=plain vanilla' ABMODIFIERS=+x; do
	ok "it is given $line"             grep -qx "$line" "$given"
done
is 'and the defines, with the version'     "$(tail -n 3 "$given" | tr '\n' ' ')" "PKGREL='4' PKGVER='3.1' PKGEPOCH=\"\${PKGEPOCH:-0}\" "
for code in 77 100 1; do
	echo "$code" >own/autobuild/code
	try 1 "its code $code fails the build" aoinb -c "$conf" build own stable
	says err "failed (code $code); the log is " 'and is said'
	is 'and recorded'                  "$(result '"\(.verdict) \(.usage.exit)"')" "failed $code"
done
rm own/autobuild/code; : >own/autobuild/nothing
try 1 'success without a package is failure' aoinb -c "$conf" build own stable
aoinb -c "$conf" rollback stable >/dev/null
aoinb -c "$conf" cleanup jobs

echo '# builds that fail'
bundle_tiny fails
echo 'echo on the way; touch /root/left; exit 9' >fails/autobuild/build
try 1 'a failing build'                    aoinb -c "$conf" build fails stable
is 'says so, and why'                 "$(sed 's/^aoinb: .*:\( failed\).*/aoinb:\1/; s/line [0-9]*/line N/; s/20[0-9]*-[0-9]*-fails/JOB/' err)" \
    "aoinb: failed${nl}aoinb: failed${nl}  line N: on the way${nl}  line N: build.sh: autobuild failed with 9${nl}  more: aoinb log JOB"
says err 'failed (code 9)'                 'with the code'
ok 'its log is there'                      grep -q 'on the way' "$work"/jobs/*fails/log
is 'its workspace is not'                  "$(find "$work/jobs" -name upper)" ''
aoinb-conf -c "$conf" -D clean_keep=failed ini >next && mkdir -p keep && cp -a "$conf/source_lists" keep/ && mv next keep/aoinb.ini
try 1 'with keep = failed'                 aoinb -c keep build fails stable
try 0 'the workspace can be entered'       aoinb -c keep run last -- ls /root/left
try 0 'again and again'                    aoinb -c keep run last -- ls /root/left
try 0 'while a good build keeps none'      aoinb -c keep build tiny stable
try 66 'so there is nothing to enter'      aoinb -c keep run last -- true
says err 'was not kept; build with --keep' 'and the remedy is named'
try 1 'several bundles: the good ones are built' aoinb -c "$conf" build --rebuild tiny fails tiny stable
is 'once, and printed'                     "$(grep -c tiny_1-0 out)" 1

aoinb -c "$conf" cleanup jobs
mkdir limits && cp -a "$conf/source_lists" limits/
# limit SETTING - tiny with a limit, and slow
limit() {
	aoinb-conf -c "$conf" -D "$1" ini >next && mv next limits/aoinb.ini
}
bundle_tiny slow
echo 'sleep 60' >>slow/autobuild/build
limit limit_time=1s
try 124 'past the time limit'              aoinb -c limits build slow stable
is 'the verdict is timeout'                "$(result .verdict)" timeout
limit limit_silence=1s
try 125 'silent'                           aoinb -c limits build slow stable
is 'the verdict is silent'                 "$(result .verdict)" silent
limit limit_disk_free=900T
try 122 'a full disk'                      aoinb -c limits build slow stable
says err 'free'                            'is said before anything runs'
limit limit_memory=64M
bundle_tiny hog
echo 'head -c 300M /dev/zero | tail -c 300M | wc -c' >>hog/autobuild/build
try 123 'out of memory'                    aoinb -c limits build hog stable
is 'the verdict is oom'                    "$(result .verdict)" oom
is 'no workspace is left'                  "$(find "$work/jobs" -name upper)" ''

echo '# bad input'
# refused CODE PATTERN TEXT - as the bundle bad is
refused() {
	try "$1" "$3"                      aoinb -c "$conf" build bad stable
	says err "$2"                      'and the line says so'
}
try 66 'no bundle'                         aoinb -c "$conf" build nowhere stable
says err 'nowhere: no such folder'         'is named'
bundle_tiny bad; rm bad/spec
refused 66 'bad: there is no spec'         'no spec'
ln -s /etc/shadow bad/spec
refused 66 'bad: there is no spec'         'a spec that is a link'
bundle_tiny bad2; rm -r bad2/autobuild; rm -r bad; mv bad2 bad
refused 66 'no autobuild'                  'no autobuild'
bundle_tiny bad; echo 'DUMMYSRC=1' >bad/spec
refused 65 'VER'                           'no VER'
printf 'VER=1\nSRCS="tbl::%s/a.tar.gz tbl::%s/b.tar.gz"\nCHKSUMS="SKIP"\n' "$url" "$url" >bad/spec
refused 65 'CHKSUMS'                       'CHKSUMS of another length'
printf 'VER=1\nX=$(touch ran)\nDUMMYSRC=1\n' >bad/spec
refused 65 'spec:2'                        'a command in the spec'
ok 'which never runs'                      test ! -e ran
printf 'VER=1\nSRCS="file:///etc/passwd"\nCHKSUMS="SKIP"\n' >bad/spec
refused 65 'file'                          'a file: URL'
zeros=$(printf '%064d' 0)
printf 'VER=1\nSRCS="tbl::%s/two-1.0.tar.gz"\nCHKSUMS="sha256::%s"\n' "$url" "$zeros" >bad/spec
refused 65 "$zeros"                        'a wrong digest'
says err "$(sha256sum <served/two-1.0.tar.gz | cut -d ' ' -f 1)" 'both digests'
says err "$url/two-1.0.tar.gz"             'and the URL'
printf 'VER=1\nSRCS="tbl::%s/none.tar.gz"\nCHKSUMS="SKIP"\n' "$url" >bad/spec
refused 66 'none.tar.gz'                   'a source that is not there'
try 66 'an unknown branch'                 aoinb -c "$conf" build tiny unstable
says err 'source_lists/unstable.list'      'names the file it wants'
try 64 'a branch that is a path'           aoinb -c "$conf" build tiny ../stable
try 64 'no target'                         aoinb -c "$conf" build
try 64 'an unknown option'                 aoinb -c "$conf" build --kept tiny stable
try 64 'an unknown command'                aoinb -c "$conf" biuld tiny stable
try 64 'a backend that is none'            aoinb -c "$conf" build --backend=docker tiny stable
mkdir -p empty/source_lists && cp "$conf/source_lists/stable.list" empty/source_lists/
aoinb-conf -f /dev/null -D work_dir="$PWD/empty/work" ini >empty/aoinb.ini
try 66 'no base system'                    aoinb -c empty build tiny stable
says err 'aoinb load-baseos'               'names the command'
try 77 'not root'                          setpriv --reuid=65534 --clear-groups aoinb -c "$conf" build tiny stable
says err 'needs root'                      'says so'

echo '# a build that makes strange things'
bundle_tiny odd
cat >>odd/autobuild/build <<'X'
mkdir -p /buildroot/output
ln -s /etc/passwd /buildroot/output/link.deb
mkfifo /buildroot/output/pipe.deb
: >"/buildroot/output/a b.deb"
X
try 0 'only packages are collected'        aoinb -c "$conf" build odd stable
is 'as regular files'                      "$(cat out)" "$work/output/stable/odd_1-0_noarch.deb"

echo '# Ctrl-C'
aoinb -c "$conf" cleanup jobs
group aoinb -c "$conf" build slow stable
wait_for 30 sh -c 'grep -qs "hook build" "$1"/jobs/*slow*/log' sh "$work"
group_kill INT
is 'the code is 130'                       "$code" 130
is 'the verdict is stopped'                "$(result .verdict)" stopped
nothing_left

finish
