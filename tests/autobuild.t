#!/bin/sh
# The toolbox's autobuild beside autobuild4: back ends, variables, hooks, and what is in
# the package.  What it has not is refused by name.
# shellcheck disable=SC2016 # for the shell in the container to expand
. "${0%/*}/lib.sh"
need_root
need aoinb-mount aoinb-run dpkg-deb flock python3 readelf
base=$(sh "$top/tests/base.sh") || skip_all 'no Debian root'
arch=$(dpkg --print-architecture)
. "$top/tests/toolbox-words.sh"
tools_layer autobuild-tools autoconf automake cargo cmake debconf dune golang-go \
    libfindlib-ocaml-dev ninja-build nodejs npm ocaml-findlib ocaml-nox passwd python3-build python3-installer \
    python3-setuptools python3-wheel qt5-qmake ruby || skip_all 'the tools could not be installed'
boxed_over tools

# of NAME FILE - what FILE of the package that the bundle NAME made says
of() {
	dpkg-deb --fsys-tarfile "$1.box/output/$1"_*.deb | tar -xO "./$2"
}
# control NAME FIELD
control() {
	dpkg-deb -f "$1.box/output/$1"_*.deb "$2"
}
# script NAME FILE - of DEBIAN/
script() {
	dpkg-deb --ctrl-tarfile "$1.box/output/$1"_*.deb | tar -xO "./$2"
}
# files NAME - what lies in it, with modes and where links lead
files() {
	dpkg-deb -c "$1.box/output/$1"_*.deb | sed 's/^\(.\).* \.\//\1 /'
}
# made CODE NAME TEXT - the bundle NAME is built, of NAME.src where there is one
made() {
	rm -rf --one-file-system "$2.box"
	boxed_table /dev/null
	if [ -d "$2.src" ]; then
		source_make "$2-1.0" "$2.src"
		table "$2" "tarball $2-1.0.tar.gz"
		boxed_table "$2.table"
	fi
	try "$1" "$3" boxed "$2.box" "$2" /buildroot/toolbox/build.sh
	boxed_table ''
}
# new NAME [DEFINES] - a bundle of the architecture's, called NAME, version 1.0; its hooks
# and sources are made by who calls
new() {
	rm -rf "$1" "$1.src"
	mkdir -p "$1/autobuild"
	printf 'VER=1.0\nSRCS=tbl::https://sources.invalid/%s-$VER.tar.gz\nCHKSUMS=SKIP\n' "$1" >"$1/spec"
	printf 'PKGNAME=%s\nPKGSEC=misc\nPKGDES="A thing"\n%s\n' "$1" "${2-}" >"$1/autobuild/defines"
}
# hook NAME HOOK - of the bundle NAME, from stdin
hook() {
	mkdir -p "$(dirname "$1/autobuild/$2")"
	cat >"$1/autobuild/$2"
}
# src NAME FILE - of its source, from stdin
src() {
	mkdir -p "$(dirname "$1.src/$2")"
	cat >"$1.src/$2"
}

# --- how much of the tree ------------------------------------------------------

features=$top/tests/autobuild-features list=$top/tests/autobuild-features.list
try 0 'a tree in the proportions of AOSC'\''s' "$features" --make "$list" tree
try 0 '99.5 per cent of its packages use nothing that is lacking' "$features" "$list" "$top/toolbox" tree
sed 's/^/# /' out
says out '^ *25 value ABHOST=optenv32$' 'what is lacking is named'
try 0 'its features are counted' "$features" --count "$list" tree
is 'as they were made' "$(sed -n 's/^ *\([0-9]* \(type\|word\) \)/\1/p' out)" "$(grep -E '^[0-9]+ (type|word) ' "$list")"
cp -r "$top/toolbox" lesser
rm lesser/ab/type/ruby.sh
try 1 'without one back end it is less' "$features" "$list" lesser tree
says out '^ *29 type ruby$' 'which is named'
cp "$top/toolbox/ab/type/ruby.sh" lesser/ab/type/
sed -i 's/alternatives/alternates/' lesser/ab/scripts.sh
try 1 'and without one file of the bundle' "$features" "$list" lesser tree
says out '^ *50 file alternatives$' 'which is named, too'

# --- refused by name -----------------------------------------------------------

# refused CODE DEFINES PATTERN - the bundle "bad", whose hooks are there already
refused() {
	printf 'PKGNAME=bad\nPKGSEC=misc\nPKGDES="A thing"\nABHOST=noarch\n%s\n' "$2" >bad/autobuild/defines
	made "$1" bad "refused: $3"
	says err "$3" 'and says so'
}
new bad
printf 'VER=1.0\nDUMMYSRC=1\n' >bad/spec
refused 69 'AB_HWCAPS=1' 'AB_HWCAPS: this autobuild cannot do that, it takes a base system that has autobuild4: '
refused 69 'X="$AB/arch/amd64.sh"' ' AB: this autobuild cannot'
refused 1 'ALLOW_ARCH=m68k' 'ALLOW_ARCH: bad is for m68k only'
refused 65 'ALLOW_ARCH=* FAIL_ARCH=m68k' 'only one of them'
refused 65 'AB_SKIP_MAINTSCRIPTS=(postrun)' "'postrun' is no script"
hook bad prepare <<'X'
# abfp_lambda in a comment is nothing
abfp_lambda one two
X
refused 69 '' 'abfp_lambda: this autobuild cannot'
rm bad/autobuild/prepare
mkdir bad/autobuild/hwcaps
refused 69 '' 'hwcaps: this autobuild cannot'
rm -r bad/autobuild/hwcaps
printf 'one.patch -R\n' | hook bad patches/series
refused 65 '' "series: one.patch: '-R ' is not known"
echo 'one.patch' | hook bad patches/series
refused 66 '' 'series: one.patch: there is no such patch'
rm -r bad/autobuild/patches
printf '#!/usr/bin/perl\n' | hook bad postinst
echo 'alternative /usr/bin/x /usr/bin/y' | hook bad alternatives
refused 65 '' "alternatives: '/usr/bin/x /usr/bin/y': wants LINK PATH PRIORITY"
echo 'alternative /usr/bin/x /usr/bin/y 1' | hook bad alternatives
refused 65 '' 'autobuild/postinst: .*no shell script'
refused 65 'AB_SKIP_ALLMAINTSCRIPTS=1' 'AB_SKIP_MAINTSCRIPTS: postinst: the bundle has one'
rm bad/autobuild/alternatives bad/autobuild/postinst
refused 65 'ABTYPE=python NOPYTHON2=1 NOPYTHON3=1' 'one python has to be left'
refused 69 'ABTYPE=python NOPYTHON2=0' 'python2 is not installed'

# --- what is in the package ----------------------------------------------------

new rich 'PKGDEP="bash libc6_ dash|zsh @SOMETHING_ELSE@ perl-base>=1 @AB_AUTO_SO_DEPS@"
PKGPRDEP=dpkg
PKGRECOM=bash
PKGPROV="riches_ @SPIRAL@"
PKGFTR="gold silver"
DPKGXTRACTRL="X-Other: yes"
ABTYPE=self'
echo 'X-Tree: a tree' | hook rich extra-dpkg-control
echo 'int main(void) { return 0; }' | src rich main.c
echo one | src rich one
echo two | src rich two
echo 'All rights given' | src rich COPYING
printf -- '--- a/one\n+++ b/one\n@@ -1 +1 @@\n-zero\n+one\n' | hook rich patches/one.rpatch
printf -- '--- a/two\n+++ b/two\n@@ -1 +1 @@\n-two\n+three\n' | hook rich patches/two.patch
echo 'echo general >>said' | hook rich prepare
echo 'echo group >>said' | hook rich mainline/prepare
hook rich build <<'X'
gcc $CPPFLAGS $CFLAGS $LDFLAGS main.c -o rich
install -D rich "$PKGDIR/usr/bin/rich"
ln "$PKGDIR/usr/bin/rich" "$PKGDIR/usr/bin/rich2"
gcc -shared $CFLAGS main.c -o librich.so && install -D librich.so "$PKGDIR/usr/lib/librich.so"
gcc -c main.c && ar rc librich.a main.o && install -m 644 librich.a "$PKGDIR/usr/lib/"
: >"$PKGDIR/usr/lib/librich.la"
cd "$PKGDIR"
mkdir -p usr/share/man/man1 usr/share/man/de/man1 usr/share/info etc/rich usr/lib/perl5
echo page | tee usr/share/man/man1/rich.1 >usr/share/man/de/man1/rich.1
ln -s rich.1 usr/share/man/man1/poor.1
ln -s ../../man1/rich.1 usr/share/man/de/man1/poor.1
gzip -nc usr/share/man/man1/rich.1 >usr/share/man/man1/old.1.gz
ln -s old.1.gz usr/share/man/man1/older.1
echo node >usr/share/info/rich.info; : >usr/share/info/dir
: >usr/lib/perl5/perllocal.pod
: >etc/rich/conf
: >usr/lib/rich.pdb
X
echo 'cp said one two "$PKGDIR"/usr/lib/' | hook rich beyond
: | hook rich overrides/usr/lib/keep.a
echo 'alternative /usr/bin/wealth /usr/bin/rich 50 /usr/bin/gain /usr/bin/rich2 7' | hook rich alternatives
echo 'abpaxctl m /usr/bin/rich{,2}' | hook rich pax
hook rich usergroup <<'X'
group gilded 777
user gilded 778 gilded /var/gilded "A rich one" /bin/false daemon
X
hook rich postinst <<'X'
. /usr/share/debconf/confmodule
db_get rich/much
echo "$(id -u gilded) $RET" >/var/lib/rich.state
X
echo 'echo "@PKGNAME@ goes" >/var/lib/rich.gone' | hook rich postrm.in
printf 'Template: rich/much\nType: boolean\nDefault: true\nDescription: How much?\n' | hook rich templates
printf '. /usr/share/debconf/confmodule\ndb_input low rich/much || true\n' | hook rich config
echo 'interest-noawait /usr/lib/rich' | hook rich triggers
made 0 rich 'a package of everything is built'
# version_of PACKAGE - as the base has it
version_of() {
	rm -rf --one-file-system version
	boxed version / dpkg-query -W -f '${Version}' "$1" </dev/null
}
bash=$(version_of bash) libc=$(version_of libc6) dpkg=$(version_of dpkg)
is 'a version without the revision 0'      "$(control rich Version)" 1.0
ok 'which its file has'                    test -e "rich.box/output/rich_1.0-0_$arch.deb"
is 'dependencies have the installed version, but for choices and "name_"' "$(control rich Depends)" \
    "bash (>= $bash), libc6, dash | zsh, perl-base (>= 1), libc6 (>= $libc)"
is 'Pre-Depends, too'                      "$(control rich Pre-Depends)" "dpkg (>= $dpkg)"
is 'the other fields have not'             "$(control rich Recommends)" bash
is 'nor words with @'                      "$(control rich Provides)" riches
is 'the sum of the description'            "$(control rich Description-md5)" "$(echo 'A thing' | md5sum | cut -d ' ' -f 1)"
is 'more fields'                           "$(control rich X-Other) $(control rich X-Tree) $(control rich X-AOSC-Features)" \
    'yes a tree gold silver'
is 'of one architecture'                   "$(control rich Multi-Arch)" no
files rich >list
says list '^- usr/share/doc/rich/COPYING$' 'the licence'
says list '^- usr/share/man/man1/rich.1.xz$' 'manual pages are compressed'
is 'as they were'                          "$(of rich usr/share/man/de/man1/rich.1.xz | xz -d)" page
says list '^l usr/share/man/man1/poor.1.xz -> rich.1.xz$' 'links to them follow'
says list '^l usr/share/man/de/man1/poor.1.xz -> ../../man1/rich.1.xz$' 'in any language'
says list '^- usr/share/man/man1/old.1.gz$' 'what is compressed stays'
says list '^l usr/share/man/man1/older.1.gz -> old.1.gz$' 'with the links to it'
says list '^- usr/share/info/rich.info.xz$' 'texinfo'
is 'what packages must not share is gone, and static libraries' \
    "$(grep -E 'info/dir|perllocal|librich\.l?a|pdb' list)" ''
says list '^- usr/lib/keep.a$'             'what overrides bring is left alone'
is 'patches are applied and taken back'    "$(of rich usr/lib/one) $(of rich usr/lib/two)" 'zero three'
is 'the folder of a group goes over the general file' "$(of rich usr/lib/said)" group
is 'conffiles'                             "$(script rich conffiles)" /etc/rich/conf
is 'triggers'                              "$(script rich triggers)" 'interest-noawait /usr/lib/rich'
is 'questions'                             "$(script rich templates | sed -n 1p)" 'Template: rich/much'
is 'and who asks them'                     "$(script rich config | sed -n 1p)" '#!/bin/bash'
dpkg-deb --fsys-tarfile "rich.box/output/rich_1.0-0_$arch.deb" | tar -x ./usr/bin/rich
readelf -n usr/bin/rich | sed -n 's/.*Build ID: //p' >id
is 'the debug symbols have a package'      "$(dpkg-deb -f "rich.box/output/rich-dbg_1.0-0_$arch.deb" Package Version Section Depends)" \
    'Package: rich-dbg
Version: 1.0
Section: debug
Depends: rich (= 1.0)'
dpkg-deb -c "rich.box/output/rich-dbg_1.0-0_$arch.deb" >dbg
says dbg "usr/lib/debug/.build-id/$(sed 's/^\(..\)\(.*\)/\1\/\2/' id)\\.debug\$" 'by the number of the build'
says dbg ' ./usr/lib/rich.pdb$'            'and those of Windows'
is 'each file once'                        "$(grep -c '\.debug$' dbg)" 2
mkdir debs
cp rich.box/output/rich*.deb debs/
try 0 'it is installed and removed' boxed install debs sh -c '
	dpkg -i --force-depends /buildroot/bundle/*.deb >&2
	cat /var/lib/rich.state; id -nG gilded; getent passwd gilded
	readlink /etc/alternatives/wealth /etc/alternatives/gain
	rich2
	gdb=$(find /usr/lib/debug/.build-id -name "*.debug" | wc -l); echo "$gdb symbols"
	dpkg -r rich-dbg rich >&2
	ls /etc/alternatives/wealth 2>&1 >/dev/null | wc -l; cat /var/lib/rich.gone'
is 'with its user, alternatives and questions' "$(cat out)" '778 true
gilded daemon
gilded:x:778:777:A rich one:/var/gilded:/bin/false
/usr/bin/rich
/usr/bin/rich2
2 symbols
1
rich goes'

new plain 'PKGDEP="bash dash_"
PKGBREAK="old<=1"
VER_NONE=1
ABHOST=noarch
ABMANCOMPRESS=0
NOSTATIC=0 NOLIBTOOL=0
PKGDES="Two
lines"'
printf 'VER=1.0\nREL=2\nDUMMYSRC=1\n' >plain/spec
echo 'false' | hook plain build
hook plain build.stage2 <<'X'
mkdir -p "$PKGDIR"/usr/share/man/man1 "$PKGDIR"/etc
: >"$PKGDIR"/usr/share/man/man1/plain.1
: >"$PKGDIR"/etc/plain
: >"$PKGDIR"/usr/share/plain.a; : >"$PKGDIR"/usr/share/plain.la
X
echo CONFIG_NOTHING=y | hook plain config
boxed_env ABSTAGE2=1 VERSTAMP='~pre1' ABMODIFIERS=-pkgbreak
made 0 plain 'the second stage has hooks of its own'
boxed_env
is 'VER_NONE: no versions'                 "$(control plain Depends)" 'bash, dash'
is 'VERSTAMP'                              "$(control plain Version) $(cd plain.box/output && ls -- *.deb)" '1.0-2~pre1 plain_1.0-2~pre1_noarch.deb'
is 'for all architectures'                 "$(control plain Architecture) $(control plain Multi-Arch)" 'all foreign'
is 'two lines become one'                  "$(control plain Description)" 'Two lines'
is 'a modifier leaves out Breaks'          "$(control plain Breaks)" ''
files plain >list
says list 'man1/plain.1$'                  'ABMANCOMPRESS=0'
is 'NOSTATIC=0 and NOLIBTOOL=0'            "$(grep -c 'plain\.l\?a$' list)" 2
is 'no conffiles and no config'            "$(dpkg-deb --ctrl-tarfile plain.box/output/*.deb | tar -t | grep -c conf)" 0
says out 'autobuild/config is not for debconf' 'which is said'

# --- variables, flags and words ------------------------------------------------

new vars 'AB_FLAGS_O3=1 AB_FLAGS_SSP=0 AB_FLAGS_NOW=0 AB_FLAGS_ATOMIC=1 AB_FLAGS_Y2038=1
AB_FLAGS_EXC=0 NOLTO=0 USECLANG=1 NOPARALLEL=1 ABSPLITDBG=0
LIST=(a b c)
BUILD_START() { echo started >>"$SRCDIR/said"; }'
printf 'VER=1.0\nDUMMYSRC=1\n' >vars/spec
echo 'echo "$CFLAGS|$CPPFLAGS|$LDFLAGS|$CC|$MAKEFLAGS|$ABTHREADS"' | hook vars say
hook vars build <<'X'
{
	. autobuild/say
	echo "${ARCH_TARGET[$ARCH]} $HOST ${ARCH_TARGET[m68k]} $PYTHON $ABPY3VER $ABPY3SHORTVER"
	echo "$LIBEXEC $SYDDIR ${QTPROJ_DEF[0]} ${MAKE_INSTALL_DEF[0]} ${MAKE_INSTALL_DEF[1]}"
	ab_match_archgroup '+(mainline|retro)' && echo in a group
	ab_match_arch '@(m68k|amd64|arm64)' && echo matches
	abisarray LIST && ! abisarray ARCH && abisdefined ARCH && ! abisdefined NONE && echo arrays
	ab_remove_args LIST b && echo "${LIST[*]}"
	ab_join_elements LIST ', '; echo
	arch_findfile -2 say found && echo "${found##*/}"
	ab_typecheck -f BUILD_READY && ab_typecheck -a LIST && ! ab_typecheck -a ARCH && echo types
	make -pn -f /dev/null | grep '^MAKEFLAGS'
} >>said
install -D said "$PKGDIR/usr/share/said"
X
made 0 vars 'variables and words'
case $arch in amd64) cfp=' -fcf-protection=full' ;; arm64) cfp=' -mbranch-protection=standard' ;; *) cfp='' ;; esac
rm -rf --one-file-system version
triple=$(boxed version / gcc -dumpmachine </dev/null)
rm -rf --one-file-system version
python=$(boxed version / python3 -c 'import sys; print("%s.%s" % sys.version_info[:2])' </dev/null)
is 'are those that the defines settle' "$(of vars usr/share/said)" "started
-O3 -pipe -latomic -fPIC -fstack-clash-protection$cfp -flto|-D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 -D_FORTIFY_SOURCE=2|-latomic -pie -Wl,-z,relro -flto|clang|-j1|1
$triple $triple m68k-aosc-linux-gnu /usr/bin/python3 $python $(echo "$python" | tr -d .)
/usr/libexec /usr/lib/systemd/system PREFIX=/usr PREFIX=/usr prefix=/usr
in a group
matches
arrays
a c
a, c
say
types
MAKEFLAGS = np -j1"
sed -i 1,2d vars/autobuild/defines
printf 'PKGNAME=vars\nPKGSEC=misc\nABSPLITDBG=0\nABTHREADS=3\nNOLTO=1\n' >>vars/autobuild/defines
sed -i '/^AB_FLAGS/d; /^NOLTO=0/d' vars/autobuild/defines
hook vars build <<'X'
. autobuild/say | install -D /dev/stdin "$PKGDIR/usr/share/said"
X
sed -i 's/^AB_.*//' vars/autobuild/defines
made 0 vars 'and without'
is 'the usual ones' "$(of vars usr/share/said)" \
    "-O2 -pipe -fexceptions -fstack-protector-strong -fstack-clash-protection$cfp|-D_FORTIFY_SOURCE=2|-Wl,-z,relro -Wl,-z,now -fno-lto|gcc|-j3|3"

new fuzzy 'ABHOST=noarch ABTYPE=dummy'
printf '%s\n' a b c d e f g | src fuzzy text
printf -- '--- a/text\n+++ b/text\n@@ -1,5 +1,5 @@\n other\n b\n-c\n+C\n d\n e\n' | hook fuzzy patches/text.patch
made 1 fuzzy 'a patch whose surroundings differ does not apply'
echo 'ABPATCHLAX=1' >>fuzzy/autobuild/defines
made 0 fuzzy 'but for ABPATCHLAX=1'
hook fuzzy patch <<'X'
ab_apply_patches autobuild/patches/*.patch autobuild/patches/none.diff
ab_reverse_patches autobuild/patches/*.patch
X
echo '[ "$(sed -n 3p text)" = c ]' | hook fuzzy beyond
made 0 fuzzy 'a hook applies them and takes them back'
says err 'none.diff: there is no such file, it is not applied' 'what is not there is named'

# --- back ends -----------------------------------------------------------------

# says_type NAME TYPE TEXT
says_type() {
	made 0 "$1" "$3"
	says out "^\[INFO\]:  type $2\$" "it is $2"
}

new greet-ninja 'CMAKE_AFTER="-DGREET_LOUD=OFF"'
cp -r "$top/tests/bundles/cmake/src" greet-ninja.src
says_type greet-ninja cmakeninja 'CMake, with ninja'
says out 'ninja\|\[1/' 'which builds'
files greet-ninja >list
says list ' usr/bin/greet-cmake$' 'the program is there'
hook greet-ninja build <<'X'
CMAKE_AFTER+=" -DMORE=1"
build_cmakeninja_configure
build_cmakeninja_build
build_cmakeninja_install
grep -q 'MORE:UNINITIALIZED=1' "$BLDDIR/CMakeCache.txt"
grep -q -e '-D_FORTIFY_SOURCE' "$BLDDIR/CMakeCache.txt"
X
says_type greet-ninja self 'a hook that calls the back end'
files greet-ninja >list
says list ' usr/bin/greet-cmake$' 'the program is there, too'

new greet-rust 'NOCARGOAUDIT=1'
printf '[package]\nname = "greet-rust"\nversion = "1.0.0"\nedition = "2021"\n' | src greet-rust Cargo.toml
echo 'fn main() { println!("greetings from rust"); }' | src greet-rust src/main.rs
says_type greet-rust rust 'a package of Rust'
files greet-rust >list
is 'its program, and nothing of cargo' "$(grep -v '^d' list)" '- usr/bin/greet-rust'
ok 'and its symbols' test -e "greet-rust.box/output/greet-rust-dbg_1.0-0_$arch.deb"
new greet-crates
printf '[workspace]\nmembers = ["one", "two"]\n' | src greet-crates Cargo.toml
for name in one two; do
	printf '[package]\nname = "%s"\nversion = "1.0.0"\nedition = "2021"\n' "$name" | src greet-crates "$name/Cargo.toml"
	echo 'fn main() { }' | src greet-crates "$name/src/main.rs"
done
printf '[lib]\ncrate-type = ["cdylib"]\n' >>greet-crates.src/two/Cargo.toml
echo '#[no_mangle] pub extern "C" fn two() { }' | src greet-crates two/src/lib.rs
sed -i 's/^name = "two"/name = "second"/' greet-crates.src/two/Cargo.toml
says_type greet-crates rust 'a workspace'
says err 'cargo audit cannot run here' 'without the look at what it is made of, which is said'
files greet-crates >list
is 'all of its programs and libraries' "$(sed -n 's/^- //p' list)" 'usr/bin/one
usr/bin/second
usr/lib/libsecond.so'

new greet-go 'GO_LDFLAGS=("-X main.word=hello")
GO_PACKAGES=(. cmd/two)'
printf 'module greet\ngo 1.18\n' | src greet-go go.mod
printf 'package main\nvar word = "x"\nfunc main() { println(word) }\n' | src greet-go main.go
printf 'package main\nfunc main() { }\n' | src greet-go cmd/two/main.go
says_type greet-go gomod 'Go'
files greet-go >list
is 'its programs' "$(sed -n 's/^- //p' list)" 'usr/bin/greet
usr/bin/two'
dpkg-deb --fsys-tarfile greet-go.box/output/greet-go_*.deb | tar -x ./usr/bin/greet
is 'as the linker was told' "$(usr/bin/greet 2>&1)" hello

new greet-qt 'ABTYPE=qtproj QT_SELECT=5 QTPROJ_AFTER="DEFINES+=GREET"'
echo 'int main(void) { GREET; return 0; }' | src greet-qt main.c
src greet-qt greet.pro <<'X'
TEMPLATE = app
TARGET = greet-qt
CONFIG -= qt
SOURCES = main.c
target.path = $$PREFIX/bin
INSTALLS += target
X
sed -i 's/GREET; //' greet-qt.src/main.c
says_type greet-qt qtproj 'Qt'
files greet-qt >list
says list ' usr/bin/greet-qt$' 'its program'
ok 'and its symbols' test -e "greet-qt.box/output/greet-qt-dbg_1.0-0_$arch.deb"

new greet-dune 'ABSTRIP=0'
echo '(lang dune 2.0)
(package (name greet-dune))' | src greet-dune dune-project
echo '(executable (name main) (public_name greet-dune) (package greet-dune))' | src greet-dune dune
: | src greet-dune greet-dune.opam
echo 'print_endline "greetings from dune"' | src greet-dune main.ml
sed -i 's/ABSTRIP=0/DUNE_PACKAGES=greet-dune/' greet-dune/autobuild/defines
says_type greet-dune dune 'OCaml'
files greet-dune >list
says list ' usr/bin/greet-dune$' 'its program'

new greet-waf 'ABHOST=noarch WAF_AFTER="--loud" MAKE_AFTER="--all"'
src greet-waf waf <<'X'
import os, sys
with open("log", "a") as log:
    print(*sys.argv[1:], file=log)
if sys.argv[1] == "install":
    to = sys.argv[2].split("=")[1] + "/usr/share"
    os.makedirs(to)
    os.rename("log", to + "/greet-waf.log")
X
says_type greet-waf waf 'waf'
is 'is told what it needs' "$(of greet-waf usr/share/greet-waf.log | sed "s/-j[0-9]*/-jN/; s/=.*abdist/=abdist/")" \
    'configure --prefix=/usr --configdir=/etc --libdir=/usr/lib --loud
build --all -jN
install --destdir=abdist'

new greet-autosetup 'ABHOST=noarch AUTOSETUP_AFTER="--quiet"'
: | src greet-autosetup autosetup/autosetup
: | src greet-autosetup auto.def
src greet-autosetup configure <<'X'
#!/bin/sh
echo "$*" >said
printf 'all:\ninstall:\n\tinstall -D said $(DESTDIR)/usr/share/said\n' >Makefile
X
chmod 755 greet-autosetup.src/configure
says_type greet-autosetup autosetup 'autosetup'
is 'is told what it needs' "$(of greet-autosetup usr/share/said)" "--build=$triple --prefix=/usr --quiet"

new greet-perl 'ABHOST=noarch'
src greet-perl Build.PL <<'X'
open my $build, '>', 'Build';
print $build 'my ($to) = map { /--destdir=(.*)/ } @ARGV; system("install", "-D", "Build.PL", "$to/usr/share/Build.PL") if $to';
X
says_type greet-perl perl 'perl with a Build.PL'
files greet-perl >list
says list ' usr/share/Build.PL$' 'is installed'

new greet-wheel 'ABHOST=noarch'
cp -r "$top/tests/bundles/python/src/." greet-wheel.src
ls greet-wheel.src >list
[ -e greet-wheel.src/pyproject.toml ] || src greet-wheel pyproject.toml <<'X'
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
X
says_type greet-wheel pep517 'a pyproject.toml'
files greet-wheel >list
says list ' usr/bin/greet-python$' 'its program'

new greet-gem 'ABTYPE=ruby ABHOST=noarch'
printf 'VER=1.0\nSRCS=tbl::https://sources.invalid/greet-gem-$VER.gem\nCHKSUMS=SKIP\n' >greet-gem/spec
mkdir -p gem/bin
printf '#!/usr/bin/env ruby\nputs "greetings from ruby"\n' >gem/bin/greet-gem
chmod 755 gem/bin/greet-gem
tar -C gem -czf data.tar.gz bin
gzip -nc >metadata.gz <<'X'
--- !ruby/object:Gem::Specification
name: greet-gem
version: !ruby/object:Gem::Version
  version: '1.0'
platform: ruby
authors: [a]
bindir: bin
date: 2023-11-14 00:00:00.000000000 Z
executables: [greet-gem]
files: [bin/greet-gem]
require_paths: [lib]
required_ruby_version: !ruby/object:Gem::Requirement
  requirements: [[">=", !ruby/object:Gem::Version {version: '0'}]]
required_rubygems_version: !ruby/object:Gem::Requirement
  requirements: [[">=", !ruby/object:Gem::Version {version: '0'}]]
specification_version: 4
summary: Greets
X
tar -cf cache/greet-gem-1.0.gem data.tar.gz metadata.gz
table greet-gem 'tarball greet-gem-1.0.gem'
boxed_table greet-gem.table
try 0 'a gem' boxed greet-gem.box greet-gem /buildroot/toolbox/build.sh
files greet-gem >list
says list ' usr/bin/greet-gem$' 'its program'
says list '/specifications/greet-gem-1.0.gemspec$' 'what ruby knows of it'
is 'and no copy of the gem' "$(grep '\.gem$\|\.rid' list)" ''

new greet-npm 'ABHOST=noarch NONPMAUDIT=1'
printf 'VER=1.0\nSRCS=tbl::https://sources.invalid/greet-npm-$VER.tgz\nCHKSUMS=SKIP\n' >greet-npm/spec
mkdir -p npm/package
echo '{ "name": "greet-npm", "version": "1.0.0", "bin": { "greet-npm": "main.js" } }' >npm/package/package.json
printf '#!/usr/bin/env node\nconsole.log("greetings from node")\n' >npm/package/main.js
tar -C npm -czf cache/greet-npm-1.0.tgz package
table greet-npm 'tarball greet-npm-1.0.tgz'
boxed_table greet-npm.table
try 0 'a package of node' boxed greet-npm.box greet-npm /buildroot/toolbox/build.sh
files greet-npm >list
says list ' usr/bin/greet-npm -> ' 'its program'
boxed_table ''

new greet-conf 'ABHOST=noarch'
printf 'AC_INIT([greet-conf], [1.0])\nAM_INIT_AUTOMAKE([foreign])\nAC_CONFIG_FILES([Makefile])\nAC_OUTPUT\n' | src greet-conf configure.ac
echo 'dist_data_DATA = old' | src greet-conf Makefile.am
echo old | src greet-conf old
src greet-conf configure <<'X'
#!/bin/sh
printf 'all:\ninstall:\n\tinstall -D configure $(DESTDIR)/usr/share/brought\n' >Makefile
cp "$0" configure
X
chmod 755 greet-conf.src/configure
find greet-conf.src -exec touch -d 2020-02-02 {} +
says_type greet-conf autotools 'a configure that is brought'
files greet-conf >list
says list ' usr/share/brought$' 'is used'
echo 'sed -i s/old/new/ Makefile.am && mv old new' | hook greet-conf prepare
made 0 greet-conf 'what a hook changes'
files greet-conf >list
says list ' usr/share/new$' 'makes a new one'
rm greet-conf/autobuild/prepare
echo 'RECONF=1' >>greet-conf/autobuild/defines
made 0 greet-conf 'so does RECONF=1'
files greet-conf >list
says list ' usr/share/old$' 'which installs'
echo 'AUTOTOOLS_AFTER=--with-nonsense' >>greet-conf/autobuild/defines
made 1 greet-conf 'an option that configure does not know'
says err 'nonsense' 'is named'
echo 'AUTOTOOLS_STRICT=0' >>greet-conf/autobuild/defines
made 0 greet-conf 'but for AUTOTOOLS_STRICT=0'

finish
