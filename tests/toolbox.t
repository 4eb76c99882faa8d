#!/bin/sh
# The toolbox, in real containers: sources, the contract with autobuild, the
# packages that our own autobuild makes, and what goes wrong.
# shellcheck disable=SC2016 # for the shell in the container to expand
. "${0%/*}/lib.sh"
need_root
need aoinb-mount aoinb-run dpkg-deb flock git
base=$(sh "$top/tests/base.sh") || skip_all 'no Debian root'
hello=$(sh "$top/tests/upstream.sh") || skip_all 'no tarball of GNU hello'
arch=$(dpkg --print-architecture)
. "$top/tests/toolbox-words.sh"
tools_layer || skip_all 'the tools could not be installed'

# --- the packages of tests/bundles --------------------------------------------

# Two builds of each: on other numbers of jobs, at other times, by another back
# end where there is one, and from a checkout with other modes and times.
other=native
command -v systemd-nspawn >/dev/null && other=nspawn
cache_add "$hello" hello-2.10.tar.gz
table hello 'tarball hello-2.10.tar.gz'
for name in autogen cmake meson perl python make; do
	version=$(sed -n 's/^VER=//p' "$top/tests/bundles/$name/spec")
	source_make "greet-$name-$version" "$top/tests/bundles/$name/src"
	table "$name" "tarball greet-$name-$version.tar.gz"
done
echo 'extra, extra' >extra
cache_add extra extra.txt
table make 'file extra.txt' 'tarball greet-make-2.0.tar.gz'
: >multi.table

bundles='hello autogen cmake meson perl python make multi'
cp -r "$top/tests/bundles" bundles.first
cp -r bundles.first bundles.second
chmod -R go= bundles.second
find bundles.second -exec touch -d 2020-02-02 {} +
(for name in $bundles; do build "$name" first 1 native; done) &
for name in $bundles; do build "$name" second 3 "$other"; done
wait $!

for name in $bundles; do
	is "$name is built" "$(cat "$name.first.code" "$name.second.code")" '0
0'
	[ "$(cat "$name.first.code")" = 0 ] || tail -n 30 "$name.first.log" | sed 's/^/# /'
	is "$name: two builds, native and $other, have the same contents" \
	    "$(cd "$name.second/output" && sha256sum -- *.deb)" \
	    "$(cd "$name.first/output" && sha256sum -- *.deb)"
done
is 'nothing but packages and the report is left' "$(ls -A hello.first/output)" \
    "hello-dbg_2.10-0_$arch.deb
hello_2.10-0_$arch.deb
report"
is 'the report' "$(cat hello.first/output/report)" "version=2.10-0
autobuild=/buildroot/toolbox/autobuild
package=hello-dbg_2.10-0_$arch.deb
package=hello_2.10-0_$arch.deb
exit=0"
is 'the names say noarch' "$(cd multi.first/output && ls -- *.deb)" \
    'greet-all_1.0-0_noarch.deb
greet-tool_1.0-0_noarch.deb
greet-words_1.0-0_noarch.deb'
is 'sub-packages are built in the order of their numbers' \
    "$(sed -n 's/^package=\([a-z-]*\).*/\1/p' multi.first/output/report)" \
    'greet-words
greet-tool
greet-all'

mkdir debs
cp ./*.first/output/*.deb debs/
try 0 'the packages install in a clean root, and work' \
    boxed clean debs sh -c '
	dpkg -i /buildroot/bundle/hello_*.deb /buildroot/bundle/greet-[acmtw]*.deb /buildroot/bundle/greet-perl*.deb >&2 &&
	hello && greet-autogen && greet-cmake && greet-meson && greet-perl && greet-tool && greet-make &&
	cat /var/lib/greet-make.state && cat /usr/share/greet-make/extra.txt &&
	dpkg -P greet-make-dbg greet-make >&2 && test ! -e /var/lib/greet-make.state &&
	test ! -e /etc/greet-make'
case $arch in amd64) third=amd64 ;; *) third=three ;; esac
case $arch in amd64 | arm64) loud='GREETINGS FROM CMAKE' ;; *) loud='greetings from cmake' ;; esac
is 'and say what they were patched, hooked and configured to' "$(cat out)" "Hello, world!
greetings from autogen
$loud
greetings from meson
greetings from perl
hello from greet-words 1.0
uno
from the spec
$third
configured configure
extra, extra"
boxed_over tools
try 0 'the python package too' boxed python debs sh -c \
    'dpkg -i /buildroot/bundle/greet-python*.deb >&2 && greet-python'
is 'with its program' "$(cat out)" 'greetings from python'
boxed_over base

# --- control ------------------------------------------------------------------

deb=debs/greet-make_2.0-1_$arch.deb
dpkg-deb -f "$deb" | sed '/^Installed-Size/d' >control
is 'control' "$(cat control)" "Package: greet-make
Version: 2.0-1
Architecture: $arch
Maintainer: A Tester <tester@example.org>
Section: utils
Depends: libc6 (>= 2.1), bash | dash
Recommends: hello
Suggests: cowsay
Breaks: greet-old (<= 1:1.0-1), greet-older (<< 0.1)
Conflicts: greet-other
Provides: greeter
Replaces: greet-old (<= 1:1.0-1)
Description: A greeting built by make
Description-md5: $(echo 'A greeting built by make' | md5sum | cut -d ' ' -f 1)"
is 'an epoch' "$(dpkg-deb -f "debs/greet-cmake_1.0+git~1-2_$arch.deb" Version)" '1:1.0+git~1-2'
is 'noarch is all' "$(dpkg-deb -f debs/greet-tool_1.0-0_noarch.deb Architecture)" all
mkdir tree
dpkg-deb -R "$deb" tree
is 'conffiles as given' "$(cat tree/DEBIAN/conffiles)" /etc/greet-make/greet.c
dpkg-deb --ctrl-tarfile "debs/greet-meson_0.3-0_$arch.deb" | tar -xO ./conffiles >conffiles
is 'or all below /etc' "$(cat conffiles)" /etc/greet.conf
is 'a script without #! gets one' "$(head -n 1 tree/DEBIAN/postinst)" '#!/bin/bash'
is 'a script made from .in' "$(sed -n 2p tree/DEBIAN/postrm)" '# of greet-make'
ok 'md5sums hold' env -C tree md5sum --quiet -c DEBIAN/md5sums
is 'and are sorted, and whole' "$(sed 's/^[0-9a-f]*  //' tree/DEBIAN/md5sums)" \
    "$(cd tree && find . -path ./DEBIAN -prune -o -type f -printf '%P\n' | LC_ALL=C sort)"
is 'a hard link is counted once' "$(dpkg-deb -f "$deb" Installed-Size)" \
    "$(find tree -mindepth 1 -path tree/DEBIAN -prune -o -printf '%y %s %f\n' |
	awk '$3 == "hardlink.txt" { next } $1 == "f" { k += int(($2 + 1023) / 1024); next } { k++ } END { print k }')"
is 'libtool files are gone' "$(find tree -name '*.la')" ''
ok 'overrides are there' test -f tree/etc/greet-make/other.conf
says tree/usr/share/greet-make/flags DPREPARED 'a hook changes the flags'
ok 'without the modifier' test ! -e tree/usr/share/greet-make/modified
if command -v readelf >/dev/null; then
	readelf -SW tree/usr/bin/greet-make >sections
	ok 'programs are stripped' sh -c '! grep -q symtab sections'
else
	skip 1 'needs readelf'
fi
is 'nothing is newer than SOURCE_DATE_EPOCH' \
    "$(find tree -mindepth 1 -path tree/DEBIAN -prune -o -newermt @1700000001 -print)" ''

# --- the contract with a base's own autobuild ---------------------------------

# base_autobuild BOX - gives the container BOX one
base_autobuild() {
	mkdir -p "$1/upper/usr/bin"
	cp "$top/tests/toolbox-autobuild" "$1/upper/usr/bin/autobuild"
}
# foreign CODE NAME TEXT - build the bundle NAME where the base has one
foreign() {
	rm -rf --one-file-system foreign
	base_autobuild foreign
	table=$2.table; [ -e "$table" ] || table=/dev/null
	boxed_table "$table"
	try "$1" "$3" boxed foreign "$2" /buildroot/toolbox/build.sh
	boxed_table ''
}

bundle thing 'VER=1.2
REL=3
SRCS="tbl::https://sources.invalid/thing-$VER.tar.gz"
CHKSUMS=SKIP
__SHARED="a b"'
mkdir thing.src && : >thing.src/file
source_make thing-1.2 thing.src
table thing 'tarball thing-1.2.tar.gz'
boxed_env ABMODIFIERS=+x,-y
foreign 0 thing 'the base'\''s own autobuild runs'
boxed_env
is 'with the directory, the environment and the defines of the contract' \
    "$(cat foreign/output/seen)" "arguments 0
in /buildroot/build/thing-1.2
holds autobuild file
ABMODIFIERS=+x,-y
PKGEPOCH=0
PKGREL=3
PKGVER=1.2
SOURCE_DATE_EPOCH=1700000000
VERSTAMP=
__SHARED=a b
for A Tester <tester@example.org>
PKGNAME=thing
PKGREL='3'
PKGVER='1.2'
PKGEPOCH=\"\${PKGEPOCH:-0}\""
says foreign/output/report '^autobuild=/usr/bin/autobuild$' 'and the report says which it was'
is 'its package is handed out' "$(cd foreign/output && ls -- *.deb)" thing_1.2-3_noarch.deb

for code in 77 100 1; do
	echo "$code" >thing/autobuild/code
	foreign "$code" thing "its exit code $code is passed on"
	says foreign/output/report "^exit=$code\$" 'and reported'
	is 'and nothing is handed out' "$(find foreign/output -name '*.deb*')" ''
done
echo none >thing/autobuild/code
foreign 1 thing 'no package is a failure, whatever it says'
says err '^build.sh: .*no .deb' 'and is named'
rm thing/autobuild/code

printf 'EPOCH=2\n' >>thing/spec
echo 'PKGNAME=thing-stage2' >thing/autobuild/defines.stage2
boxed_env ABSTAGE2=1
foreign 0 thing 'the second stage'
boxed_env
is 'has its own defines, and a spec may have an epoch' "$(tail -n 4 foreign/output/seen)" \
    "PKGNAME=thing-stage2
PKGREL='3'
PKGVER='1.2'
PKGEPOCH='2'"
ok 'the bundle itself is not changed' \
    sh -c 'test "$(cat thing/autobuild/defines)" = PKGNAME=thing'

# --- what the host has read of a spec -----------------------------------------

printf 'exit 9\n' >thing/spec
cat >thing.env <<'END'
ver=1.2
rel=3
epoch=''
subdir='thing-1.2'
dummysrc=''
export __SHARED='a  "b"'
END
boxed_spec thing.env
foreign 0 thing 'a spec is not evaluated where the host has done so'
is 'what it says holds' "$(grep -E '^(in|PKGREL=3|PKGVER|PKGEPOCH|__)' foreign/output/seen)" \
    'in /buildroot/build/thing-1.2
PKGEPOCH=0
PKGREL=3
PKGVER=1.2
__SHARED=a  "b"
PKGVER='\''1.2'\''
PKGEPOCH="${PKGEPOCH:-0}"'
boxed_spec ''
foreign 65 thing 'it is where the host has not'
says err 'spec: cannot be evaluated' 'and is wrong'

# --- sources ------------------------------------------------------------------

# placed NAME - what the bundle of that name finds when it is built
placed() {
	(cd foreign/output && sed -n 's/^holds //p' seen)
}

bundle git 'VER=1
SRCS=
CHKSUMS='
git_make git/repo
boxed_env GIT_ALLOW_PROTOCOL=file
table git "git repo commit=tags/v1 file:///buildroot/bundle/repo"
foreign 0 git 'a tag of a git repository'
is 'is checked out, without the repository' "$(placed)" 'autobuild first'
table git "git renamed commit=$(cat git/repo.lost) file:///buildroot/bundle/repo"
foreign 0 git 'a full hash that is on no branch'
is 'is found' "$(placed)" 'autobuild first lost'
table git "git repo branch=side;submodule=recursive file:///buildroot/bundle/repo"
foreign 0 git 'a branch with submodules'
is 'has them' "$(placed)" '.gitmodules autobuild first sub sub/.gitmodules sub/inner sub/inner/inner sub/sub'
table git "git repo commit=tags/v1;copy-repo=true file:///buildroot/bundle/repo"
cat >git/autobuild/ask <<'END'
git log --format='log %s'
END
foreign 0 git 'copy-repo=true'
is 'leaves the repository' "$(sed -n 's/^log //p' foreign/output/seen)" 'one'
table git "git repo commit=tags/v1 file:///buildroot/bundle/repo"
cat >git/autobuild/ask <<'END'
. autobuild/defines
acbs_copy_git
git log --format='log %s'
END
foreign 0 git 'acbs_copy_git'
is 'copies it when asked' "$(sed -n 's/^log //p' foreign/output/seen)" 'one'
table git "git repo commit=no-such file:///buildroot/bundle/repo"
foreign 65 git 'a commit that is not there'
says err 'has no commit no-such' 'is named'
boxed_env
foreign 65 git 'a file: URL that nobody has allowed'
says err 'git sources come by http' 'is refused'
table git "svn repo commit=1 http://127.0.0.1:1/repo"
foreign 69 git 'no client'
says err 'svn is not installed' 'is named'

bundle many 'VER=1
SRCS=
CHKSUMS='
source_make one thing.src
source_make two thing.src
table many 'tarball one.tar.gz' 'tarball two.tar.gz'
foreign 65 many 'two directories and no SUBDIR'
says err 'SUBDIR.*one two' 'both are named'
echo 'SUBDIR=three' >>many/spec
foreign 65 many 'a SUBDIR that is not there'
says err 'three' 'is named'
printf '<!DOCTYPE html>\n<p>Not Found\n' >page
cache_add page one.tar.gz
foreign 65 many 'a web page in place of an archive'
says err 'one.tar.gz: .*web page' 'is named'
head -c 3000 "$hello" >half
cache_add half one.tar.gz
foreign 65 many 'half an archive'
says err '^build.sh: one.tar.gz: ' 'is named'
rm "$scratch/cache/one.tar.gz"
foreign 66 many 'a source that the cache has not'
says err 'one.tar.gz' 'is named'

# --- bad bundles, and builds that fail ----------------------------------------

# fails CODE TEXT PATTERN - the bundle "bad" with our own autobuild
fails() {
	rm -rf --one-file-system bad.box
	boxed_table /dev/null
	try "$1" "$2" boxed bad.box bad /buildroot/toolbox/build.sh
	boxed_table ''
	says err "$3" 'and says so'
}

dummy='VER=1.0
DUMMYSRC=1'
bundle bad 'REL=1';                     fails 65 'no VER' 'VER is not set'
rm bad/spec;                            fails 66 'no spec' 'spec: cannot be read'
bundle bad 'VER="1';                    fails 65 'a spec that is not shell' 'not shell'
bundle bad "$dummy"
rm bad/autobuild/defines;               fails 66 'no defines' 'neither autobuild/defines nor'
bundle bad "$dummy" 'PKGNAME=';         fails 65 'no PKGNAME' 'PKGNAME is not set'
bundle bad "$dummy" 'PKGNAME=a_b';      fails 65 'a bad PKGNAME' "'a_b'"
bundle bad 'VER=v/1
DUMMYSRC=1';                            fails 65 'a VER that dpkg cannot have' "'v/1'"
bundle bad "$dummy" 'FAIL_ARCH="!(m68k|retro)"'
fails 1 'an architecture that is not in !()' 'FAIL_ARCH: thing is for m68k retro only'
bundle bad "$dummy" "FAIL_ARCH=\"($arch|m68k)\""
fails 1 'an architecture that is known to fail' 'FAIL_ARCH: .* known to fail'
for words in "$arch" "@(m68k|$arch)"; do
	bundle bad "$dummy" "FAIL_ARCH=\"$words\""
	fails 1 "written $words" 'FAIL_ARCH: .* known to fail'
done
bundle bad "$dummy" 'ABHOST=m68k';      fails 65 'another architecture' "ABHOST: 'm68k': "
bundle bad "$dummy" 'ABHOST=optenv32'
case $arch in
amd64) fails 69 'what fits and is more than this autobuild can do' 'ABHOST: .*optenv32: it takes a base .* autobuild4' ;;
*) fails 65 'what does not fit' "ABHOST: 'optenv32': " ;;
esac
bundle bad "$dummy" "FAIL_ARCH=${box_groups%% *}"
fails 1 'a group that the host has named' 'FAIL_ARCH: .* known to fail'
bundle bad "$dummy" 'ABTYPE=cobol';     fails 65 'an unknown ABTYPE' 'cobol'
bundle bad "$dummy" 'BUILDDEP="bash no-such-package|none"'
boxed_env AOINB_NETWORK=no
fails 69 'a dependency, and no network' 'no network to install: no-such-package$'
boxed_env
bundle bad "$dummy"
printf 'true\n(exit 42)\necho not reached\n' >bad/autobuild/prepare
fails 42 'a hook that fails' 'prepare: autobuild/prepare, line 2: exit 42'
ok 'ends the build there' sh -c '! grep -q "not reached" out'
rm bad/autobuild/prepare
printf 'all:\n\t@exit 3\n' >bad/autobuild/Makefile
echo 'make -f autobuild/Makefile' >bad/autobuild/build
fails 2 'a make that fails' 'build: autobuild/build, line 1: exit 2: make'
echo 'abdie "no luck today" 9' >bad/autobuild/build
fails 9 'abdie' 'build: no luck today'
echo : >bad/autobuild/build
fails 1 'a build that installs nothing' 'nothing'
rm bad/autobuild/build
mkdir bad/autobuild/patches && echo nonsense >bad/autobuild/patches/a.patch
fails 2 'a patch that does not apply' 'prepare: .*exit 2: patch'

rm -rf bad && cp -r "$top/tests/bundles/multi" bad
echo 'exit 5' >bad/02-tool/build
fails 5 'a sub-package that fails' '^build.sh: autobuild of 02-tool failed with 5$'
is 'ends it there, and leaves the one before' "$(cd bad.box/output && ls)" \
    'greet-words_1.0-0_noarch.deb
report'

boxed_over tools
rm -rf bad && cp -r "$top/tests/bundles/make" bad
sed -i 's/^PKGDEP=.*/PKGDEP="libc6" BUILDDEP="tree|no-such"/' bad/autobuild/defines
echo 'command -v tree' >>bad/autobuild/beyond
rm -rf --one-file-system bad.box
boxed_table make.table
boxed_env ABMODIFIERS=+modified,-other
try 0 'a dependency is installed' boxed bad.box bad /buildroot/toolbox/build.sh
boxed_env
boxed_table ''
dpkg-deb -c bad.box/output/greet-make_*.deb >list
says list 'greet-make/modified$' 'and a modifier heard'
boxed_over base

for prog in build.sh download_source.sh downloader autobuild; do
	try 0 "$prog -h" "$top/toolbox/$prog" -h
	says out "^$prog" 'tells how it is used'
done

# --- by hand ------------------------------------------------------------------

# by_hand CODE TEXT COMMANDS - in a container that has the tools, in /tmp; $url
# is a loopback server which cannot continue, $here and $sum are GNU hello's
by_hand() {
	rm -rf --one-file-system hand.box
	try "$1" "$2" boxed hand.box hand bash -c '
		PATH=/buildroot/toolbox:$PATH here=file:///buildroot/bundle/hello.tar.gz
		sum=sha256::31e066137a962676e89f69d1b65382de95a7ef7d914b8cb956f41ea72e0f516b
		same() { cmp "$1" /buildroot/bundle/hello.tar.gz; }
		cd /tmp
		eval "$1"' bash "$3"
}
serve='python3 -u -m http.server -b 127.0.0.1 -d /buildroot/bundle 0 >served 2>&1 &
	until url=$(grep -o "http://[^/]*" served); do sleep 0.05; done
	url=$url/hello.tar.gz;'

bundle hand 'VER=2.10
SRCTBL=file:///buildroot/bundle/hello.tar.gz
CHKSUM=sha256::31E066137A962676E89F69D1B65382DE95A7EF7D914B8CB956F41EA72E0F516B'
cp "$hello" hand/hello.tar.gz
boxed_over tools

by_hand 0 'downloader' 'downloader -d $sum $here f && same f && test ! -e f.part'
by_hand 0 'a file that is right is not fetched again' \
    'cp /buildroot/bundle/hello.tar.gz f; downloader -d $sum file:///gone f'
by_hand 0 'a part is continued' '
	head -c 1000 /buildroot/bundle/hello.tar.gz >f.part
	downloader -d $sum $here f && same f'
by_hand 0 'a part of another file is thrown away' \
    'echo other >f.part; downloader -d $sum $here f && same f'
by_hand 0 'so is one that a server cannot continue' "$serve"'
	head -c 1000 /buildroot/bundle/hello.tar.gz >f.part
	downloader -d $sum $url f && same f'
by_hand 0 'with wget where there is no curl' "$serve"'
	rm /usr/bin/curl; downloader -d $sum $url f && same f'
by_hand 69 'neither' 'rm /usr/bin/curl /usr/bin/wget; downloader -d $sum $here f'
by_hand 69 'a file that the server has not' "$serve"'downloader -d $sum $url.gone f'
says err 'gone: could not be fetched' 'is named'
by_hand 65 'a wrong digest' 'downloader -d sha512::00 $here f'
says err 'hello.tar.gz: its digest is [0-9a-f]\{128\}, and 00 is wanted' 'both are named'
by_hand 0 'a digest that only openssl knows' '
	: >empty; downloader -d whirlpool::19FA61D75522A4669B44E39C1D2E1726C530232130D407F89AFEE0964997F7A73E83BE698B288FEBCF88E3E03C4F0757EA8964E59B63D93708B138CC42A66EB3 file:///tmp/empty f'
by_hand 0 'download_source.sh, and a spec of 2020' \
    'download_source.sh /buildroot/bundle/spec here >&2 && ls here'
is 'what it unpacks' "$(cat out)" 'hello-2.10
hello.tar.gz'
sed -i 's,^SRCTBL=.*,SRCTBL=file:///gone.tar.gz,' hand/spec
mkdir cache/sha256
cp "$hello" cache/sha256/31e066137a962676e89f69d1b65382de95a7ef7d914b8cb956f41ea72e0f516b
by_hand 0 'what the cache has is not fetched' \
    'download_source.sh /buildroot/bundle/spec here >&2 && ls here'
is 'but unpacked' "$(cat out)" 'gone.tar.gz
hello-2.10'
by_hand 0 'zip, 7z and cpio are unpacked too' '
	mkdir in && echo text >in/text
	bsdtar --format zip -cf a.zip in
	bsdtar --format 7zip -cf b.7z in
	bsdtar --format newc -czf c.cpio.gz in
	for a in a.zip b.7z c.cpio.gz; do
		printf "VER=1\nSRCS=tbl::file:///tmp/%s\nCHKSUMS=SKIP\n" $a >spec
		download_source.sh spec of-$a && cmp of-$a/in/text in/text || exit
	done'
by_hand 0 'build.sh without a table of the host' '
	/buildroot/toolbox/build.sh && ls /buildroot/output'
says out '^thing_2.10-0_' 'makes its own'

finish
