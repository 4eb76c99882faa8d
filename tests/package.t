#!/bin/sh
# aoinb-spec --packages: what it says of a bundle, a tree and a hostile tree
# shellcheck disable=SC2016 # most strings here are for aoinb-spec
. "${0%/*}/lib.sh"

tab=$(printf '\t')
nl='
'

# bundle DIR SPEC DEFINES - with printf's escapes
bundle() {
	mkdir -p "$1/autobuild"
	printf %b "$2" >"$1/spec"
	printf %b "$3" >"$1/autobuild/defines"
}

# packages [ARG]... - what is printed for amd64, tabs shown as "|"
packages() {
	aoinb-spec --packages -a amd64 "$@" 2>err | tr '\t' ';'
}

# line TEXT SPEC DEFINES WANTED - all that is said of one bundle, without DIR
line() {
	bundle b "$2" "$3"
	is "$1" "$(packages b | cut -d ';' -f 2-)" "$4"
}

# field N TEXT SPEC DEFINES WANTED - one field of its package
field() {
	n=$1 text=$2; shift 2
	bundle b "$1" "$2"
	is "$text" "$(packages b | cut -d ';' -f "$n")" "$3"
}

# --- a line

v='VER=1.0\n' p='PKGNAME=foo\n'
line 'a package'         "$v" "$p" '.;foo;1.0-0;amd64;ok;-;-;-'
line 'all of it'         'VER=1.0\nREL=2\n__V=x\n' \
    'PKGNAME=foo\nPKGDEP="a b-$__V"\nBUILDDEP="c d"\nPKGPROV="e"\nABHOST=noarch\nPKGEPOCH=3\n' \
    '.;foo;3:1.0-2;noarch;ok;c d;a b-x;e'
field 4 'the epoch of the spec'      'VER=1 EPOCH=2\n' "$p"            2:1-0
field 4 'goes over that of the defines, as in a build' 'VER=1 EPOCH=2\n' "${p}PKGEPOCH=1" 2:1-0
field 4 'and takes it away'          'VER=1 EPOCH=0\n' "${p}PKGEPOCH=1" 1-0
field 4 'an empty one does not'      'VER=1 EPOCH=\n'  "${p}PKGEPOCH=1" 1:1-0
field 4 'no epoch for 0'             "$v" "${p}PKGEPOCH=0"             1.0-0
field 4 'odd versions'               'VER=1.0~rc/1+git\n' "$p"         '1.0~rc/1+git-0'
field 8 'the defines see PKGVER, PKGREL, PKGEPOCH and the architecture' 'VER=1 EPOCH=4 REL=5\n' \
    "${p}"'PKGDEP="$PKGVER $PKGREL $PKGEPOCH $ARCH ${OTHER}x"' '1 5 4 amd64 x'
field 8 'but no other variable of the spec' 'VER=1 X=2 _Y=3\n' "${p}"'PKGDEP="a$X$_Y$VER"' a
field 7 'white space'                "$v" "${p}"'BUILDDEP="  a\t b \\\n  c\n\nd "' 'a b c d'
field 7 'alternatives and versions'  "$v" "${p}"'BUILDDEP="a | b |c  d >= 1 e<=2 | f = 3 g"' 'a|b|c d>=1 e<=2|f=3 g'
field 8 'blanks alone are nothing'   "$v" "${p}PKGDEP=\" \t \""        -
field 8 'a backslash is escaped'     "$v" "${p}PKGDEP='a\\\\b'"        'a\\b'
field 8 'of the architecture'        "$v" "${p}PKGDEP__AMD64=a\nPKGDEP__MAINLINE=m\nPKGDEP=b\n" a
field 8 'of its group'               "$v" "${p}PKGDEP__ARM64=a\nPKGDEP__MAINLINE=m\nPKGDEP=b\n" m
field 8 'of no other'                "$v" "${p}PKGDEP__ARM64=a\nPKGDEP__RETRO=m\nPKGDEP=b\n" b
field 3 'CRLF'                       'VER=1\r\nREL=1\r\n' 'PKGNAME=foo\r\nPKGDEP=a\r\n' foo
field 5 'ABHOST of a group'          "$v" "${p}ABHOST__MAINLINE=noarch\n" noarch

# --- is it for this architecture

field 6 'optenv32 is for amd64'      "$v" "${p}ABHOST=optenv32"        ok
field 6 'another ABHOST is not'      "$v" "${p}ABHOST=arm64"           ABHOST=arm64
field 6 'FAIL_ARCH says so'          "$v" "${p}FAIL_ARCH=\"!( arm64 | i486 )\"" 'FAIL_ARCH=!( arm64|i486 )'
bundle b "$v" "${p}ABHOST=optenv32"
is 'optenv32 is not for arm64' "$(aoinb-spec --packages -a arm64 b | cut -f 6)" ABHOST=optenv32

# FAIL_ARCH TAB architectures that the package is built on
cat >fail <<END
amd64${tab}arm64 i486
(amd64|i486)${tab}arm64
@(amd64|i486)${tab}arm64
@(amd64)${tab}arm64 i486
!(amd64|i486)${tab}amd64 i486
!(amd64)${tab}amd64
!amd64${tab}amd64
!(ppc64el)${tab}
!()${tab}
()${tab}amd64 arm64 i486
a*${tab}i486
(a[a-m]*|i?86)${tab}arm64
!(*64)${tab}amd64 arm64
retro${tab}amd64 arm64
!(retro)${tab}i486
!(Mainline|i486)${tab}amd64 arm64 i486
amd${tab}amd64 arm64 i486
amd64 i486${tab}arm64
(amd64 | i486)${tab}arm64
END
while IFS=$tab read -r value wanted; do
	bundle b "$v" "${p}FAIL_ARCH=\"$value\"\n"
	got=''
	for arch in amd64 arm64 i486; do
		[ "$(aoinb-spec --packages -a "$arch" b | cut -f 6)" != ok ] || got="$got $arch"
	done
	is "FAIL_ARCH=$value" "${got# }" "$wanted"
done <fail
cat >ab_check <<'END'
cd "$top/toolbox" && . ab/words.sh && . ab/defines.sh
abdie() { exit 1; }
while IFS=$'\t' read -r FAIL_ARCH wanted; do
	got=()
	for ARCH in amd64 arm64 i486; do
		mapfile -t AB_GROUPS < <(aoinb-spec --groups -a "$ARCH")
		(ab_check_arch) && got+=("$ARCH")
	done
	[ "${got[*]}" = "$wanted" ] || echo "$FAIL_ARCH: ${got[*]}, and not $wanted"
done
END
is 'the toolbox says the same' "$(PKGNAME=foo bash ab_check <fail)" ''

# --- what cannot be evaluated

d='.;!;autobuild/defines:'
line 'an array is told, and left out' "$v" 'A=1\nPKGNAME=foo\nBUILDDEP=(a b)\nPKGDEP=c\n' \
    "${d}3: cannot evaluate the array BUILDDEP${nl}.;foo;1.0-0;amd64;ok;-;c;-"
line 'a command is not run'  "$v" "PKGNAME=foo\nPKGDEP=\$(touch $PWD/ran)\ntouch ran\n" \
    "${d}2: cannot evaluate a command substitution: \$(...)${nl}${d}3: cannot evaluate the command touch${nl}.;foo;1.0-0;amd64;ok;-;-;-"
ok 'indeed' test ! -e ran
line 'no PKGNAME'            "$v" 'PKGDEP=a\n' "$d no PKGNAME"
line 'one that is not literal' "$v" 'PKGNAME=`hostname`\n' \
    "${d}1: cannot evaluate a command substitution: \`...\`${nl}$d no PKGNAME"
for name in 'a b' 'a\\tb' Foo ../x -a a_b 'a\nb'; do
	line 'no name for dpkg' "$v" "PKGNAME=\"$name\"\n" \
	    "$d PKGNAME: not a name for dpkg: lower-case letters, digits and + - . only"
done
line 'a bad epoch'           "$v" "${p}PKGEPOCH=1a\n" "$d PKGEPOCH: not a number"
line 'no VER'                'REL=1\n' "$p" '.;!;spec: no VER'
line 'a VER of two words'    'VER="1 2"\n' "$p" '.;!;spec: VER: not one word'
line 'a REL of two words'    'VER=1\nREL="1\t2"\n' "$p" '.;!;spec: REL: not one word'
line 'a spec with more than assignments' 'VER=1\nif true; then REL=1; fi\nX=(a)\n' "$p" \
    '.;!;spec:2: cannot evaluate the command if
.;!;spec:3: cannot evaluate the array X'
line 'a NUL'                 "$v" 'PKGNAME=foo\0\n' "${d}1: a NUL byte: this is no text"
awk 'BEGIN { print "PKGNAME=foo\nA=aaaaaaaaaaaaaaaa"; for (i = 0; i < 13; i++) print "A=$A$A"; print "PKGDEP=$A PKGPROV=a" }' >b/autobuild/defines
is 'a list without end' "$(packages b | cut -d ';' -f 2-)" "$d PKGDEP: more than 64 KiB${nl}.;foo;1.0-0;amd64;ok;-;-;a"
head -c 5000000 /dev/zero | tr '\0' '#' >b/autobuild/defines
is 'a file without end' "$(packages b | cut -d ';' -f 2-)" "$d more than 4 MiB"
bundle b '' "$p"
awk 'BEGIN { print "VER=1"; for (i = 0; i < 4095; i++) print "__" i "=" i }' >b/spec
is 'a spec of many variables' "$(packages b | cut -d ';' -f 2-)" "$d too many variables in the spec"
rm -r b
mkdir b; echo VER=1 >b/spec
is 'no defines' "$(packages b)" 'b;.;!;.: neither autobuild/defines nor 01-NAME/defines'

# --- sub-packages

for part in 01-lib 2-tool 10-all 010-again 1-first nodigit 03x; do
	mkdir -p "b/$part"
	echo "PKGNAME=p-$part" >"b/$part/defines"
done
mkdir b/05-empty; : >b/06-file
is 'sub-packages, in the order of their numbers' "$(packages b | cut -d ';' -f 2-4)" '01-lib;p-01-lib;1-0
1-first;p-1-first;1-0
2-tool;p-2-tool;1-0
010-again;p-010-again;1-0
10-all;p-10-all;1-0'
cat >parts <<'END'
die() { exit 1; }
bundle=b
. "$top/toolbox/lib/package.sh"
package_parts
echo "${parts[@]}"
END
is 'in which the toolbox builds them' "$(bash parts) " "$(packages b | cut -d ';' -f 2 | tr '\n' ' ')"
rm -r b/[01]*
mkdir "b/3-a${nl}b${tab}\\"
echo 'PKGNAME=Bad' >"b/3-a${nl}b${tab}\\/defines"
is 'one with a hostile name' "$(packages b)" \
    'b;2-tool;p-2-tool;1-0;amd64;ok;-;-;-
b;3-a\nb\t\\;!;3-a\nb\t\\/defines: PKGNAME: not a name for dpkg: lower-case letters, digits and + - . only'
mkdir b/autobuild; echo PKGNAME=one >b/autobuild/defines
is 'autobuild goes over them' "$(packages b | cut -d ';' -f 2,3)" '.;one'
is 'many bundles, each as it is given' "$(packages ./b "$PWD/b" | cut -d ';' -f 1-3)" "./b;.;one
$PWD/b;.;one"

# --- what is no file

rm -r b
for what in spec autobuild/defines; do
	# nofile TEXT WHY COMMAND - COMMAND makes it
	nofile() {
		rm -rf b
		bundle b "$v" "$p"
		rm "b/$what"
		(cd b && eval "$3")
		is "$what: $1" "$(timeout 10 aoinb-spec --packages -a amd64 b | tr '\t' ';')" "b;.;!;$what: $2"
	}
	nofile 'a FIFO'           'not a file' "mkfifo $what"
	nofile 'a folder'         'not a file' "mkdir $what"
	nofile 'a socket'         'not a file' "python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' $what"
	nofile 'a link'           'a symbolic link, which is not followed' "ln -s /etc/passwd $what"
	nofile 'a link to nowhere' 'a symbolic link, which is not followed' "ln -s nowhere $what"
	nofile 'a link to itself' 'a symbolic link, which is not followed' "ln -s ${what##*/} $what"
done
rm -r b; bundle b "$v" "$p"; mv b/autobuild b/other; ln -s other b/autobuild
is 'a link for autobuild' "$(packages b)" 'b;.;!;autobuild/defines: a symbolic link, which is not followed'
rm b/autobuild; mv b/other b/01-a; ln -s 01-a b/02-b
is 'a link for a sub-package' "$(packages b | cut -d ';' -f 1-4)" 'b;01-a;foo;1.0-0
b;02-b;!;02-b/defines: a symbolic link, which is not followed'
mkdir none
try 66 'no bundle, one without a spec, and a good one' aoinb-spec --packages -a amd64 nowhere none b
says err 'nowhere: No such file' 'the first is named'
says err 'none: there is no spec in it' 'and the second'
is 'and the third printed' "$(cut -f 3 out)" "foo$nl!"
try 66 'no tree' aoinb-spec --packages -a amd64 --tree=nowhere
for args in '-a amd64' '-a amd64 --tree=. b' 'b' '-a amd64 -s b' '-a amd64 -f json b' \
    '-a amd64 -D A=1 b' '-a amd64 -k spec b' '-a amd64 -l b'; do
	# shellcheck disable=SC2086 # options
	try 64 "usage: $args" aoinb-spec --packages $args
done
try 64 'a tree, and no --packages' aoinb-spec --tree=.

# --- a tree

mkdir -p tree/groups/x tree/.git/x tree/a-b tree/a tree/empty tree/a/empty
cp -r b tree/groups/x/b; cp -r b tree/.git/x/b
bundle tree/groups/x "$v" "$p"; bundle tree/.git/x "$v" "$p"; bundle tree/a/.hidden "$v" "$p"
for name in a-b/x a/x a/x-y a/x.y a.b/z Z/z; do
	bundle "tree/$name" "$v" "PKGNAME=p-${name##*/}\n"
done
bundle "tree/a/new${nl}line" "$v" "$p"; bundle "tree/ta${tab}b/c\\d" "$v" "$p"
bundle tree/c/parts "$v" ''; rm -r tree/c/parts/autobuild
mkdir tree/c/parts/01-a tree/c/parts/02-b; echo PKGNAME=c-a >tree/c/parts/01-a/defines
ln -s a tree/link; ln -s x tree/a/link; : >tree/file; : >tree/a/file; mkfifo tree/a/fifo
try 0 'a tree' timeout 10 aoinb-spec --packages -a amd64 --tree=tree
is 'each bundle by its path, sorted, none by a link, in groups or hidden' "$(cut -f 1,3 out | tr '\t' ' ')" 'Z/z p-z
a-b/x p-x
a.b/z p-z
a/new\nline foo
a/x p-x
a/x-y p-x-y
a/x.y p-x.y
c/parts c-a
ta\tb/c\\d foo'
ok 'as sort(1) does' env LC_ALL=C sort -c out
try 0 'no words' test ! -s err

# --- many categories, more than there are threads; and a tree that changes

rm -rf tree/ta* b
bundle b "$v" "$p"
n=0
while [ "$n" -lt 40 ]; do
	mkdir -p "tree/k$n"
	cp -r b "tree/k$n/b"
	cp -r b "tree/k$n/c"
	n=$((n + 1))
done
try 0 'forty categories more' aoinb-spec -v --packages -a amd64 --tree=tree
is 'all of them' "$(grep -c '^k' out)" 80
ok 'in their order' env LC_ALL=C sort -c out
says err 'tree: 88 bundles$' 'are counted'
(
	while :; do
		mv tree/k7 tree/j7; mv tree/j7/b tree/j7/d; mv tree/j7 tree/k7; mv tree/k7/d tree/k7/b
	done
) 2>/dev/null &
mover=$!
wrong=0
for _ in 1 2 3 4 5 6 7 8 9 10; do
	aoinb-spec --packages -a amd64 --tree=tree >out 2>&1 || wrong=$((wrong + 1))
	[ "$(grep -vc '^[jk]7/' out)" -eq 86 ] || wrong=$((wrong + 1))
done
kill "$mover"; wait "$mover" 2>/dev/null
is 'what moves meanwhile takes nothing else away' "$wrong" 0

# --- against bash

if command -v python3 >/dev/null; then
	"$top/tests/spec-gen" --tree 150 --categories 5 generated
	bundle generated/category0/words 'VER=2.1~rc3\nEPOCH=1\n__CUT="${VER%\\\\~*}"\n__X=a\n' \
	    "PKGNAME=words\nPKGDEP='a | b  c >=  1\n\td<=2|e'\nPKGDEP+=\" f-\$__CUT g>=\${PKGVER/\\\\~/.}\"\nBUILDDEP__AMD64=\"x\$__X \${PKGDEP%% *} y\"\n"
	cat >theirs <<'END'
. "$top/toolbox/ab/defines.sh"
. "$top/toolbox/ab/relation.sh"
mapfile -t AB_GROUPS < <(aoinb-spec --groups -a "$1")
words() {
	set -- $(ab_words "$1")
	[ $# -gt 0 ] && printf '\t%s' "$*" || printf '\t-'
}
cd generated
dirs=(category*/*)
set -f
for dir in "${dirs[@]}"; do
	for part in . 01-part 02-part 03-part; do
		defines=$dir/$part/defines
		[ "$part" != . ] || defines=$dir/autobuild/defines
		[ -e "$defines" ] || continue
		(
			. <(tr -d '\r' <"$dir/spec")
			ARCH=$1 ABHOST=$1 ABBUILD=$1 PKGVER=$VER PKGREL=${REL:-0} PKGEPOCH=${EPOCH:-0}
			. <(tr -d '\r' <"$defines")
			PKGEPOCH=${EPOCH:-${PKGEPOCH:-0}}
			ab_overriding
			epoch=$PKGEPOCH:
			[ "$PKGEPOCH" != 0 ] || epoch=
			printf '%s\t%s\t%s\t%s\t%s' "$dir" "$part" "$PKGNAME" "$epoch$PKGVER-$PKGREL" "$ABHOST"
			words "$BUILDDEP"
			words "$PKGDEP"
			words "$PKGPROV"
			echo
		)
	done
done
END
	for arch in amd64 arm64 i486 sparc64; do
		bash theirs "$arch" | LC_ALL=C sort >theirs.out
		aoinb-spec --packages -a "$arch" --tree=generated | cut -f 1-5,7-9 | LC_ALL=C sort >ours.out
		diff theirs.out ours.out | sed 's/^/# /' | head -n 20
		ok "on $arch bash says the same of 150 generated bundles and one more" cmp -s theirs.out ours.out
		is "and of all of them" "$(cut -f 1 ours.out | uniq | wc -l)" 151
	done
else
	skip 8 'needs python3'
fi

finish
