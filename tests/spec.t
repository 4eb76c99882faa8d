#!/bin/sh
# aoinb-spec: it says what bash says, runs nothing, and names what it cannot do
# shellcheck disable=SC2016 # most strings here are for aoinb-spec
. "${0%/*}/lib.sh"

tab=$(printf '\t')

# same TEXT SCRIPT WANTED - A after SCRIPT is WANTED
same() {
	printf '%s' "$2" >script
	aoinb-spec -k defines script >assigned
	# shellcheck disable=SC1091 # just written
	is "$1" "$(. ./assigned; printf '%s' "$A")" "$3"
}

# refuses TEXT SCRIPT PATTERN - exit 65, and the reason matches
refuses() {
	printf '%s' "$2" >script
	try 65 "$1" aoinb-spec -k defines script
	says err "$3" "$1: named"
}

# --- the language, one construct a line

same 'quotes side by side'   "A=a'b c'\"d\"\\ e" 'ab cd e'
same 'a dollar left alone'   'A=a$%"$"' 'a$%$'
same 'escapes in quotes'     'A="a\b\\\"\$\`"' 'a\b\"$`'
same 'lines are joined'      'A="a\
b"c\
d' abcd
same 'but not in single quotes' "A='a\\
b'" "a\\
b"
same 'several lines'         'A="a
b"' "a
b"
same 'C escapes'             "A=\$'a\\tb\\x41\\u00e9\\''" "a${tab}bAé'"
same 'comments'              '# A=0 "
A=1#2 # 3' '1#2'
same 'several on a line'     'B=1 A=$B; C=2' 1
same 'appended to'           'A=a
A+=b A+=$A' abab
same 'export'                'export A="b c"' 'b c'
same 'export of a name'      'A=1; export A' 1
same 'an empty one'          'A=' ''
same 'no splitting'          'B="a  b *"
A=$B' 'a  b *'
same 'CR at line ends goes'  "$(printf 'B="x\r\ny" \r\nA=$B\r\n#\r')" "x
y"
same 'other CRs stay'        "$(printf 'A=a\rb')" "a$(printf '\r')b"
same 'unset is empty'        'A=x$B${C}y' xy
same 'the environment is not seen' 'A=x$HOME$PATH' x
same 'longest name'          'B=1
BC=2
A=$BC-${B}C' 2-1C

v='V=1.22.333
'
same 'substring'             "$v"'A=${V:2:2}' 22
same 'from the end'          "$v"'A=${V: -3}' 333
same 'negative length'       "$v"'A=${V:0:-4}' 1.22
same 'offset by variable'    "$v"'N=5 A=${V:$N}' 333
same 'offset by arithmetic'  "$v"'A=${V:0:${#V}-1}' 1.22.33
same 'behind the end'        "$v"'A=${V:99}' ''
same 'when no length is looked at' "$v"'A=${V:99:${W:=+}}$W' ''
same 'first prefix'          "$v"'A=${V#*.}' 22.333
same 'longest prefix'        "$v"'A=${V##*.}' 333
same 'first suffix'          "$v"'A=${V%.*}' 1.22
same 'longest suffix'        "$v"'A=${V%%.*}' 1
same 'replaced once'         "$v"'A=${V/./_}' 1_22.333
same 'replaced throughout'   "$v"'A=${V//./_}' 1_22_333
same 'taken out'             "$v"'A=${V//.}' 122333
same 'at the beginning'      "$v"'A=${V/#1/x}${V/#2/x}' x.22.3331.22.333
same 'at the end'            "$v"'A=${V/%3*/x}' 1.22.x
same 'length'                "$v"'A=${#V}' 8
same 'an escaped tilde'      'V=1.0~rc1
A=${V/\~/-}' 1.0-rc1
same 'a tilde in its place'  'V=0.2-b
A=${V/-/~}' '0.2~b'
same 'a tilde looked for'    'V=0.2~b
A=${V%%~*}${V/~/-}${V#*~}' 0.20.2-bb
same 'a tilde by default'    'A=${V:-~}' '~'
same 'a tilde first'         'A=~/x B=a:~root:~' '~'/x
same 'nor is there a home'   'B=~
A=a:~root:$B' 'a:~root:~'
same 'a slash'               'V=a/b/c
A=${V////-}${V/\//+}${V/"/"/=}' a-b-ca+b/ca=b/c
same 'the match itself'      'V=abc
A=${V/b/[&]}${V/b/\&}${V/b/"&"}' 'a[b]ca&ca&c'
same 'the longest match'     'V=xaaay
A=${V/a*a/-}${V/a*/-}' x-yx-
same 'nested'                'V=a.b.c
A=${V%".${V##*.}"}' a.b
same 'a quoted pattern'      'V="a*b" P="*"
A=${V#a"$P"}${V#a$P}' 'b*b'
same 'case'                  'V=aBc
A=${V^}${V^^}${V,,}${V^^[a]}' ABcABCabcABc
same 'case beyond ASCII'     'V=éa
A=${V^^}${#V}${V:1}' ÉA2a
same 'defaults'              'E= V=v
A=${U:-a}${E:-b}${E-c}${V:+d}${U+e}${V:?f}' abdv
same 'a default set'         'A=${U:=x}$U' xx
same 'a default with quotes' 'A="${U:-"a b"'"'c'"'}"' "a b'c'"
same 'what is not needed is not looked at' 'V=v
A=${V:-$(touch ran)}' v
same 'classes'               'V=aB1é-]
A=${V//[[:upper:]]/u}${V//[!a-z]}${V#*[]]}${V%[-]]*}' 'au1é-]aaB1é'
same 'a pattern in a value'  'V=abc P="?b"
A=${V/$P/x}' xc
same 'an anchor in a value'  'V="a#a" P="#a"
A=${V/$P/x}${V//$P/x}' 'x#aax'
same 'a bracket unclosed'    'V="a[b"
A=${V#a[}' b
same 'a star behind one'     "V='axb[cde'
"'A=${V/b[*}.${V/#axb[*}.${V/%d*}.${V/%[*}.${V/x*[*}.${V#a*[*}.${V//[*/-}' 'axde.de.axb[c.axb[cde.a.cde.axb-de'

# --- what is decided by comparisons

# chosen TEXT CONDITION [WANTED] - whether it holds; yes by default
chosen() {
	same "if: $1" 'V=amd64 N=10 E= G="a*"
if [[ '"$2"' ]]; then A=yes; else A=no; fi' "${3:-yes}"
}
chosen 'the same'            '$V == amd64'
chosen 'with one sign'       '$V = amd64'
chosen 'not the same'        '"$V" != arm64'
chosen 'a pattern'           '$V == a*[46]'
chosen 'another'             '$V == arm*'         no
chosen 'a quoted one'        '$V == "a*"'         no
chosen 'one in a variable'   '$V == $G'
chosen 'quoted there'        '$V == "$G"'         no
chosen 'all of it'           '$V == amd'          no
chosen 'nothing'             '$E == ""'
chosen 'nor a name'          '-z $E && -z ${U} && -z "$U"'
chosen 'something'           '-n $V'
chosen 'a word'              '$V'
chosen 'an empty one'        '$E'                 no
chosen 'negated'             '! $V == arm64'
chosen 'both'                '$V == amd64 && $N == 11' no
chosen 'either'              '$V == arm64 || $N == 10'
chosen 'and binds closer'    'x || x && $E'
chosen 'parentheses'         '( x || x ) && $E'   no
chosen 'what is decided is not looked at' '-n $E && $(touch ran) == x || x'
chosen 'over lines'          '$V == arm64 ||
    $V == amd64'
chosen 'a part of it'        '${V%64} == amd && ${#V} == 5'
same 'the first that holds'  'V=b
if [[ $V == a ]]; then
	A=1
elif [[ $V == b ]]; then	# this one
	A=2; B=3
	# not over yet
	A+=$B
elif [[ ${U:=set} ]]; then A=4
else A=5; fi; A+=.$U' 23.
same 'one within another'    'V=a W=b
if [[ $V == a ]]
then
	if [[ $W == a ]]; then A=1; else
		A=2
	fi
	A+=3
fi # end
A+=4' 234
same 'none'                  'A=1; if [[ $A == 2 ]]; then A=3; fi' 1
same 'commands that are not run' 'if [[ x ]]; then A=1; else touch ran; for i in 1; do touch ran; done; fi
B=1' 1

# --- what it does not do

refuses 'command substitution' 'A=$(touch ran)'       'script:1: .*\$(\.\.\.)'
refuses 'in quotes'            'B=1
A="x
$(touch ran)"'                                        'script:3: .*\$(\.\.\.)'
refuses 'backticks'            'A=`touch ran`'        'script:1: .*`\.\.\.`'
refuses 'arithmetic'           'A=$((1+1))'           'script:1: .*arithmetic'
refuses 'an array'             '
A=(a b)'                                              'script:2: .*array A'
refuses 'an element'           'A[1]=b'               'script:1: .*array A'
refuses 'a command'            'touch ran'            'script:1: .*command touch'
refuses 'a command behind an assignment' 'A=1 touch ran' 'script:1: .*command touch'
refuses 'a list'               'A=1 && touch ran'     "script:1: .*'&&'"
refuses 'a pipe'               'A=1|touch ran'        "script:1: .*'|'"
refuses 'a file written'       'A=1 >ran'             "script:1: .*'>'"
refuses 'control flow'         'if true; then A=1; fi' 'script:1: .*command if'
refuses 'a command that decides' 'if [[ x ]]; then A=1; touch ran; fi' 'script:1: .*command touch'
refuses 'a file looked for'    'if [[ -e /etc/passwd ]]; then A=1; fi' 'script:1: .*command if'
refuses 'numbers'              'if [[ 1 -lt 2 ]]; then A=1; fi' 'script:1: .*command if'
refuses 'a regular expression' 'if [[ a =~ a ]]; then A=1; fi' 'script:1: .*command if'
refuses 'an extended pattern'  'if [[ a == @(a|b) ]]; then A=1; fi' 'script:1: .*command if'
refuses 'one out of a variable' 'B="@(a|b)"
if [[ a == $B ]]; then A=1; fi' 'script:2: .*extended pattern'
refuses 'two conditions'       'if [[ a ]] && true; then A=1; fi' 'script:1: .*command if'
refuses 'a branch of nothing'  'if [[ a ]]; then fi'  'script:1: .*command if'
refuses 'an if without end'    'B=1
if [[ a ]]; then A=1'                                 'script:2: never closed: if'
refuses 'what follows on it'   'if [[ a ]]; then A=1; fi >ran' 'script:1: .*command if'
refuses 'a second else'        'if [[ $E ]]; then A=1; else A=2; else A=3; fi' 'script:1: .*command if'
refuses 'an array that is used' 'B=(a b)
A=$B'                                                 'script:1: .*array B'
refuses 'a function'           'f() { A=1; }'         'script:1: .*function f'
refuses 'a parenthesis first'  ')'                    "script:1: .*')'"
refuses 'indirection'          'A=${!B}'              'script:1: .*\${!'
refuses 'a transformation'     'A=1 B=${A@P}'         'script:1: .*\${A@'
refuses 'a positional'         'A=$1'                 'script:1: .*\$1'
refuses 'an unclosed quote'    'B=1
A="x
C=2'                                                  'script:2: never closed: "'
refuses 'an unclosed brace'    'A=${B'                'script:1: never closed: \${'
refuses 'a number turned over' 'A=abc B=${A: -(-9223372036854775807-1)}' 'script:1: .*arithmetic'
refuses 'a message'            'A=${B:?give it}'      'script:1: B: give it'
refuses 'a substring turned over' 'A=abc B=${A:2:-2}' 'script:1: A: .*substring'
ok 'nothing was run' test ! -e ran
printf ') A=1' >script
try 0 'a parenthesis first, passed over' aoinb-spec -l -k defines script

# --- hostile

awk 'BEGIN { print "A=aaaaaaaaaaaaaaaa"; for (i = 0; i < 100; i++) print "A=$A$A" }' >script
try 65 'a hundred doublings'   aoinb-spec -k defines script
says err 'script:18: a value of more than 1 MiB' 'stop at the limit'
awk 'BEGIN { s = "x"; for (i = 0; i < 5000; i++) s = "${U:-" s "}"; print "A=" s }' >script
try 65 'deep nesting'          aoinb-spec -k defines script
says err 'script:1: nested more than 100 deep' 'is refused'
awk 'BEGIN { for (i = 0; i < 5000; i++) printf "$("; for (i = 0; i < 5000; i++) printf "\"${(`" }' >script
try 0 'deep nesting passed over' aoinb-spec -l -k defines script
printf 'A=1\nB=a\0b\n' >script
try 65 'a NUL'                 aoinb-spec -l -k defines script
says err 'script:2: a NUL' 'with its line'
awk 'BEGIN { for (i = 0; i < 20; i++) s = s "a*"; for (i = 0; i < 15; i++) t = t "aaaaaaaaaaaaaaaa"
	print "V=" t t t "\nA=${V//" s "b/x}" }' >script
try 0 'a pattern of many stars' aoinb-spec -k defines script
awk 'BEGIN { print "V=aaaaaaaaaaaaaaaa"; for (i = 0; i < 13; i++) print "V=$V$V"
	print "P=${V:0:65536}b; A=${V//$P/x}" }' >script
try 65 'a pattern as long as the text' aoinb-spec -k defines script
says err 'too much work' 'is stopped'
awk 'BEGIN { for (i = 0; i < 100000; i++) s = s "[["; print "V=x\nA=${V#" s "}" }' >script
try 65 'brackets that are never closed' aoinb-spec -k defines script
awk 'BEGIN { print "V=aaaaaaaaaaaaaaaa"; for (i = 0; i < 15; i++) print "V=$V$V"
	for (i = 0; i < 100000; i++) printf "A=${#V} " }' >script
try 65 'lengths without end'   aoinb-spec -k defines script
awk 'BEGIN { print "A=abc V0=1"; for (i = 1; i < 60; i++) print "V" i "=V" i - 1 "+V" i - 1
	print "A=${A:V59}" }' >script
try 65 'arithmetic that doubles' aoinb-spec -k defines script
says err 'script:61: too much work' 'is stopped'
awk 'BEGIN { for (i = 0; i < 5000; i++) printf "if [[ x ]]; then "; for (i = 0; i < 5000; i++) printf "A=1; fi; " }' >script
try 65 'ifs within ifs'        aoinb-spec -k defines script
says err 'script:1: nested more than 100 deep' 'are refused'
awk 'BEGIN { printf "if [["; for (i = 0; i < 5000; i++) printf " ! ("; print " x" }' >script
try 65 'parentheses within parentheses' aoinb-spec -k defines script
yes x | head -n 100000 >script
try 65 'reports without end'   aoinb-spec -l -k defines script
is 'are cut off' "$(wc -l <err)" 1001
head -c 5000000 /dev/zero | tr '\0' '#' >script
try 65 'a file too long'       aoinb-spec -k defines script
awk 'BEGIN { for (i = 0; i < 5000; i++) print "V" i "=" i }' >script
try 65 'too many variables'    aoinb-spec -k defines script

# --- lenient

cat >defines <<'END'
PKGNAME=foo
LIST=(a "b)" # )
  c)
PKGDEP="x $(touch ran) \"y" PKGSEC=libs
if true; then
	PKGNAME=bar
fi; PKGDES='it is'
build() {
	PKGNAME=baz
	cat <<EOF
}
PKGSEC=no
EOF
}
PKGNAME=no touch ran
case $ARCH in
(a) PKGNAME=a ;; b) PKGNAME=b ;;
esac
for i in 1; do PKGNAME=$i; done; PKGREL=2
[ x ] && PKGNAME=x || {
	PKGNAME=y
}
PKGEPOCH=1
FLAGS=(-a)
if [[ $PKGEPOCH == 1 ]]; then
	PKGEPOCH=2
	FLAGS+=(-b)
	LEFT=no
	touch ran
fi
if [[ $PKGEPOCH == 1 ]]; then FLAGS=(-c); RIGHT=yes; fi
MADE="$FLAGS ${FLAGS}"
TAIL="never closed
PKGDES=lost
END
try 0 'lenient takes what it can' aoinb-spec -l defines
is 'and nothing else' "$(cat out)" "PKGNAME=foo
PKGSEC=libs
PKGDES='it is'
PKGREL=2
PKGEPOCH=1
RIGHT=yes"
is 'and says what it left' "$(sed 's/, which.*//; s/^[^:]*: defines:\([0-9]*\): .* /\1 /' err)" '2 LIST
4 $(...)
5 if
8 build
15 touch
16 case
19 for
20 [
24 FLAGS
27 FLAGS
29 touch
31 FLAGS
32 $FLAGS
33 "'
ok 'nothing was run, nor now' test ! -e ran
try 65 'without it the first is the end' aoinb-spec defines
is 'and nothing is printed' "$(cat out)" ''

# --- forms of output, architectures

cat >spec <<'END'
VER=1.0
__X="a	b\\
'"
SRCS="tbl::https://example.org/a-$VER.tgz"
CHKSUMS=SKIP
SRCS__AMD64="https://example.org/b.zip"
NAME__AMD64=x
END
try 0 'shell' aoinb-spec spec
ok 'is read back by a shell' sh -c '. ./out; [ "$VER $REL" = "1.0 0" ]'
try 0 'records' aoinb-spec -f records spec spec
is 'have file, name, and value escaped' "$(sed -n 2p out)" "spec${tab}__X${tab}a\\tb\\\\\\n'"
is 'for each file' "$(wc -l <out)" 14
try 0 'json' aoinb-spec -f json spec
is 'is one object a file' "$(cut -c1-49 out)" '{"file":"spec","vars":{"VER":"1.0","__X":"a\u0009'
try 0 'the suffixed list' aoinb-spec -a amd64 spec
says out '^SRCS=https://example.org/b.zip$' 'replaces the list'
says out '^NAME__AMD64=x$' 'other names are handed on'
ok 'and are no suffixes in a spec' sh -c '! grep -q ^NAME= out'
try 0 'another architecture' aoinb-spec -a arm64 spec
says out '^SRCS=tbl' 'keeps the plain list'
cat >defines <<'END'
A__RETRO=retro A=all A__I486=i486
B__RETRO=retro B=all
C__AMD64=amd64
D=$PKGVER
END
try 0 'defines' aoinb-spec -D PKGVER=3 -a i486 defines
is 'architecture, then group, then plain' "$(grep -v __ out | sort | tr '\n' ' ')" 'A=i486 B=retro D=3 '
try 0 'a name set beforehand is not printed' aoinb-spec -D PKGVER=3 -D X=1 defines
ok 'unless the file sets it' sh -c '! grep -E "^(X|PKGVER)=" out'

printf 'REL=1' >nover
try 65 'a spec without VER' aoinb-spec nover
says err 'nover: no VER$' 'is named'
try 65 'of many files' aoinb-spec -f records nover spec
is 'the good ones are printed' "$(cut -f1 out | uniq)" spec
try 66 'a file that is not there' aoinb-spec none
try 66 'a directory' aoinb-spec .
try 64 'no file' aoinb-spec
try 64 'an unknown form' aoinb-spec -f xml spec
try 64 'a bad name' aoinb-spec -D 1=2 spec
is 'standard input' "$(printf 'VER=7' | aoinb-spec - | head -n 1)" VER=7

# --- sources

sum=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef

# table TEXT SPEC WANTED - the table of sources, tabs shown as blanks
table() {
	printf 'VER=1\n%s\n' "$2" >spec
	is "$1" "$(aoinb-spec -s spec 2>&1 | tr '\t' ' ')" "$3"
}

# wrong TEXT SPEC PATTERN
wrong() {
	printf 'VER=1\n%s\n' "$2" >spec
	try 65 "$1" aoinb-spec -s spec
	says err "spec: .*$3" "$1: named"
}

# one TEXT SOURCE WANTED - a single source with SKIP
one() {
	table "$1" "SRCS='$2' CHKSUMS=SKIP" "$3"
}

h=https://example.org
one 'tbl'             "tbl::$h/p/a-1.tar.gz"  "1 tarball SKIP a-1.tar.gz - $h/p/a-1.tar.gz"
one 'in any case'     "TarBall::$h/a.tgz"     "1 tarball SKIP a.tgz - $h/a.tgz"
one 'a bare tarball'  "$h/a.tar.zst"          "1 tarball SKIP a.tar.zst - $h/a.tar.zst"
one 'a bare repository' "$h/a.git"            "1 git SKIP a - $h/a.git"
one 'a bare git URL'  "git://example.org/a"   "1 git SKIP a - git://example.org/a"
one 'the query goes'  "file::$h/a.c?x=/y#z"   "1 file SKIP a.c - $h/a.c?x=/y#z"
one 'renamed'         "file::rename=b::$h/a"  "1 file SKIP b rename=b $h/a"
one 'a repository'    "git::commit=tags/v1;copy-repo=true;submodule=recursive::$h/x/a.git/" \
    "1 git SKIP a commit=tags/v1;copy-repo=true;submodule=recursive $h/x/a.git/"
one '"::" in the URL' "file::rename=b::$h/a::b::c" "1 file SKIP b rename=b $h/a::b::c"
one 'svn'             "svn::commit=12::svn://example.org/r/trunk" "1 svn SKIP trunk commit=12 svn://example.org/r/trunk"
one 'pypi'            'pypi::version=2::foo'  '1 pypi SKIP foo version=2 foo'
one 'bzr'             'bzr::lp:foo'           '1 bzr SKIP foo - lp:foo'
one 'no scheme is http' 'tbl::example.org/p/a.tgz' '1 tarball SKIP a.tgz - http://example.org/p/a.tgz'
one 'with a port'     'file::example.org:8080/p' '1 file SKIP p - http://example.org:8080/p'
one 'a bare one'      'example.org/p/a.tgz'   '1 tarball SKIP a.tgz - http://example.org/p/a.tgz'
one 'none'            'none::'                '1 none SKIP - - -'
table 'no checksums for repositories' "SRCS=$h/a.git" "1 git SKIP a - $h/a.git"
table 'a digest of no file' "SRCS='$h/a.git git::$h/b none::' CHKSUMS='sha256::SKIP SHA256::skip SKIP'" \
    "1 git SKIP a - $h/a.git
2 git SKIP b - $h/b
3 none SKIP - - -"
table 'digests in lower case' "SRCS='$h/a.tgz
 $h/b.tgz'
CHKSUMS='SHA256::$(echo "$sum" | tr a-f A-F) md5::0123456789abcdef0123456789ABCDEF'" \
    "1 tarball sha256::$sum a.tgz - $h/a.tgz
2 tarball md5::0123456789abcdef0123456789abcdef b.tgz - $h/b.tgz"
table 'a dummy' "DUMMYSRC=yes SRCS=x" ''
table 'no dummy' "DUMMYSRC=0 SRCS=$h/a.git" "1 git SKIP a - $h/a.git"
table '2020: SRCTBL' "SRCTBL=$h/a.tar.gz
CHKSUM=sha256::$sum" "1 tarball sha256::$sum a.tar.gz - $h/a.tar.gz"
table '2020: without CHKSUM' "SRCTBL=$h/a" "1 tarball SKIP a - $h/a"
table '2020: git' "GITSRC=$h/a.git GITCO=abc GITBRCH=dev" "1 git SKIP a commit=abc;branch=dev $h/a.git"
table '2020: the others' "SVNSRC=$h/s SVNCO=3 HGSRC=$h/h HGCO=x BZRSRC=lp:b FSLSRC=$h/f" \
    "1 svn SKIP s commit=3 $h/s
2 hg SKIP h commit=x $h/h
3 bzr SKIP b - lp:b
4 fossil SKIP f - $h/f"
printf '%s\n' VER=1 "SRCS=$h/a.git" "SRCS__ARM64=$h/b.git" >spec
is 'by architecture' "$(aoinb-spec -s -a arm64 spec | cut -f4)" b
is 'of many files, each with its name' "$(aoinb-spec -s spec spec | cut -f1,2 | tr '\t\n' '  ')" 'spec 1 spec 1 '

wrong 'no sources'         'X=1'                       'no sources'
wrong 'counts'             "SRCS='$h/a.tgz $h/b.tgz' CHKSUMS=SKIP" 'SRCS has 2, but CHKSUMS has 1'
wrong 'no checksums'       "SRCS=$h/a.tgz"             'no CHKSUMS'
wrong 'unknown type'       "SRCS=ftp::$h/a CHKSUMS=SKIP" 'entry 1: unknown type ftp'
wrong 'type not told'      "SRCS=$h/a CHKSUMS=SKIP"    "entry 1: cannot tell .*$h/a"
wrong 'unknown option'     "SRCS=git::depth=1::$h/a"   'unknown option depth'
wrong 'option without value' "SRCS=git::commit::$h/a"  'without a value: commit'
wrong 'an option for a program' "SRCS=git::commit=--x::$h/a" 'bad value in commit=--x'
wrong 'submodule'          "SRCS=git::submodule=2::$h/a" 'bad value in submodule=2'
wrong 'unknown algorithm'  "SRCS=$h/a.tgz CHKSUMS=crc::12" 'CHKSUMS, entry 1: unknown algorithm crc'
wrong 'a short digest'     "SRCS=$h/a.tgz CHKSUMS=sha256::12" 'not the 64 hexadecimal digits of a sha256: 12'
wrong 'a file without digits' "SRCS=$h/a.tgz CHKSUMS=sha256::SKIP" 'hexadecimal digits of a sha256: SKIP'
wrong 'no digest'          "SRCS=$h/a.tgz CHKSUMS=abc" 'neither SKIP nor'
wrong 'no scheme'          "SRCS=tbl::a.tgz CHKSUMS=SKIP" 'scheme: a.tgz'
wrong 'no scheme, and no host' "SRCS=tbl::/a.tgz CHKSUMS=SKIP" 'scheme: /a.tgz'
wrong 'a path'             "SRCS=tbl::../a.tgz CHKSUMS=SKIP" 'scheme: ../a.tgz'
wrong 'a file of here'     "SRCS=file::file:/etc/passwd CHKSUMS=SKIP" 'scheme: file:/etc/passwd'
wrong 'a repository without a scheme' "SRCS=git::example.org/a.git" 'scheme: example.org/a.git'
wrong 'a command as URL'   "SRCS=git::branch=x::ext::sh" 'scheme: ext::sh'
wrong 'a path as name'     "SRCS=file::rename=../x::$h/a CHKSUMS=SKIP" 'file.s name: "../x"'
wrong 'dots as name'       "SRCS=file::$h/a/.. CHKSUMS=SKIP" 'file.s name: "\.\."'
wrong 'an option as name'  "SRCS=file::$h/-rf CHKSUMS=SKIP" 'file.s name: "-rf"'
wrong 'no name'            "SRCS=file::$h/a/ CHKSUMS=SKIP" 'rename='
wrong 'no version'         'SRCS=pypi::foo CHKSUMS=SKIP' 'version='
wrong 'an undecided dummy' 'DUMMYSRC=maybe'            'DUMMYSRC .*maybe'

# --- which line an error is about
# line TEXT WANTED LINE... - the line of a spec with these is told
line() {
	text=$1 wanted=$2; shift 2
	printf '%s\n' "$@" >spec
	try 65 "$text" aoinb-spec -s -a amd64 spec
	says err "^aoinb-spec: spec$wanted" 'is told with its line'
}
line 'an empty commit'    ':2: SRCS, entry 1: bad value in commit=$' VER=1 "SRCS=git::commit=::$h/a"
line 'of one of many'     ':5: SRCS, entry 3: bad value in commit=' '# SRCS' VER=1 "SRCS='$h/a.git" "  $h/b.git" "  git::commit=::$h/c'"
line 'lines that are joined' ':4: SRCS, entry 2: unknown type x' VER=1 "SRCS=\"$h/a.git \\" '' "x::y\""
line 'one that a variable makes' ':4: SRCS, entry 3: bad value in commit=' VER=1 "A='$h/a.git $h/b.git'" \
    "B=git::commit=::$h/c" "SRCS=\"\$A" '$B"'
line 'of the architecture' ':3: SRCS, entry 1: unknown type y' VER=1 "SRCS=$h/a.git" SRCS__AMD64=y::z
line 'a digest'           ':4: CHKSUMS, entry 2: neither' VER=1 "SRCS='$h/a.tgz $h/b.tgz'" 'CHKSUMS="SKIP' 'x"'
line 'a form of 2020'     ':2: GITSRC, entry 1: not a URL' VER=1 GITSRC=x
line 'a name'             ':2: SRCS, entry 1: cannot be a file' VER=1 "SRCS=git::rename=a/b::$h/a"
line 'what is on no line' ': no sources' VER=1

# --- what only the path of a URL tells
wrong 'a host that is called like an archive' "SRCS=https://a.zip/x.txt CHKSUMS=SKIP" 'entry 1: cannot tell'
one 'an archive in the path'  "$h/a.tar.gz/download" "1 tarball SKIP download - $h/a.tar.gz/download"
one 'an archive in the query' "$h/get?f=a.zip"   "1 tarball SKIP get - $h/get?f=a.zip"

# --- what sources are called

# called TEXT SOURCES WANTED - their names in the bundle called, of the package pkg, 1.0
called() {
	printf '%s\n' VER=1.0 "SRCS='$2'" >called/spec
	is "$1" "$(aoinb-spec -s --no-digests -a amd64 called/spec 2>&1 | cut -f 4 | tr '\n' ' ')" "$3"
}
mkdir -p called/autobuild
echo PKGNAME=pkg >called/autobuild/defines
called 'a repository: its package' "$h/a.git"           'pkg '
called 'of any kind'            "svn::commit=1::$h/trunk" 'pkg '
called 'unless it is renamed'   "git::rename=b::$h/a"   'b '
called 'only one of several'    "$h/a.git $h/b.git git::rename=c::$h/c" 'pkg b c '
called 'none, where another is renamed to that' "$h/a.git git::rename=pkg::$h/b" 'a pkg '
called 'a file: package and version' "file::$h/x/Font.ttf" 'pkg-1.0.ttf '
called 'with its number'        "$h/a.tgz file::$h/b.tar.gz file::$h/c?d=1" 'a.tgz pkg-1.0-1.tar.gz pkg-1.0-2 '
called 'the end of a query'     "file::$h/get?f=a.zip"  'pkg-1.0.zip '
called 'what ends the name'     "file::$h/a.pdf?x#y"    'pkg-1.0.pdf '
called 'unless it is renamed, or keeps its name' "file::rename=b::$h/a file::use-url-name=true::$h/c" 'b c '
called 'a tarball keeps it'     "$h/a.tar.xz"           'a.tar.xz '
called 'a tarball without one'  "tbl::$h/get/" 'pkg-1.0 '
called 'the second'             "none:: tbl::$h/get/" '- pkg-1.0-1 '
called 'a file without one'     "file::$h/get/" 'pkg-1.0 '
called 'of PyPI'                'pypi::version=2::foo'  'foo '
printf '%s\n' 'VER=1/0' "SRCS='$h/a.git file::$h/b.c'" >called/spec
is 'a version that is no name'  "$(aoinb-spec -s --no-digests called/spec | cut -f 4 | tr '\n' ' ')" 'pkg b.c '
printf '%s\n' 'PKGNAME=$PKGVER-$ARCH' >called/autobuild/defines
called 'made of what autobuild knows' "$h/a.git"        '1.0-amd64 '
echo 'PKGNAME=$(x)' >called/autobuild/defines
called 'a package that nobody knows: its folder' "$h/a.git" 'called '
mv called/autobuild called/01-a; echo PKGNAME=a >called/01-a/defines
called 'sub-packages: their folder' "$h/a.git file::$h/b.c" 'called called-1.0-1.c '
is 'which may be elsewhere'     "$(aoinb-spec -s --no-digests --folder=other called/spec | cut -f 4 | tr '\n' ' ')" 'other other-1.0-1.c '
is 'and be none'                "$(aoinb-spec -s --no-digests --folder= called/spec | cut -f 4 | tr '\n' ' ')" 'called called-1.0-1.c '
is 'or no name'                 "$(aoinb-spec -s --no-digests --folder='a b' called/spec | cut -f 4 | tr '\n' ' ')" 'a b.c '
is 'from within it'             "$(cd called && aoinb-spec -s --no-digests spec | cut -f 4 | tr '\n' ' ')" 'called called-1.0-1.c '
is 'of no file: that of the URL' "$(cd called && aoinb-spec -s --no-digests - <spec | cut -f 4 | tr '\n' ' ')" 'a b.c '
rm -r called/01-a
called 'no package: that of the URL' "$h/a.git file::$h/b.c" 'a b.c '
try 64 'a folder, and no sources' aoinb-spec --folder=a called/spec

# --- what a build takes from it

# env TEXT SPEC WANTED [ARG]... - the assignments, made by bash, and shown by it
env_is() {
	text=$1; printf '%b' "$2" >spec; wanted=$3; shift 3
	aoinb-spec --env "$@" spec >assigned 2>err || cat err
	is "--env: $text" "$(bash -c 'set -u; . ./assigned; env | grep ^__ | sort; printf "%s|" "$ver" "$rel" "$epoch" "$subdir" "$dummysrc"')" "$wanted"
}
env_is 'little'         'VER=1'                              '1|0||||'
env_is 'all'            'VER=1 REL=2 EPOCH=3\nSUBDIR="a b"\nDUMMYSRC=y\n' '1|2|3|a b|1|'
env_is 'an empty REL'   'VER=1 REL='                         '1|0||||'
env_is 'what is handed on' "VER=1 __B=b\r\n_C=c\r\nX__Y=1\r\n__A='it\"s \\\\ it'\r\n" '__A=it"s \ it
__B=b
1|0||||'
env_is 'hostile words'  "VER=1 SUBDIR='\$(touch ran)\n\`touch ran\`'" "1|0||\$(touch ran)
\`touch ran\`||"
ok 'run nothing' test ! -e ran
env_is 'CRs'            'VER=1\r\nREL=2\r\n'                 '1|2||||'
for yes in 1 y yes true TRUE on; do
	env_is "DUMMYSRC=$yes" "VER=1 DUMMYSRC=$yes" '1|0|||1|'
	table "and no source is asked for" "DUMMYSRC=$yes" ''
done
for no in 0 n no false off '""'; do
	env_is "DUMMYSRC=$no" "VER=1 DUMMYSRC=$no" '1|0||||'
done
refuses_env() {
	printf %b "$2" >spec
	try 65 "--env: $1" aoinb-spec --env spec
	says err "spec:.*$3" 'named'
	is 'and nothing is printed' "$(cat out)" ''
}
refuses_env 'an undecided dummy' 'VER=1 DUMMYSRC=perhaps' 'DUMMYSRC is neither yes nor no: perhaps'
refuses_env 'no VER'             'REL=1'            'no VER'
refuses_env 'a command'          'VER=1\nrm -r x\n' '2: cannot evaluate the command rm'
refuses_env 'a NUL'              'VER=1\0'          'NUL'
printf VER=1 >defines
try 0 '--env: with an architecture'  aoinb-spec --env -a amd64 defines
is 'its groups, for the build'      "$(sed -n 's/^export AOINB_ARCH_GROUPS=//p' out | tr -d "'" | tr ' ' '\n')" "$(aoinb-spec --groups -a amd64)"
try 0 '--env: a spec of any name'  aoinb-spec --env defines
for args in '--env' '--env spec spec' '--env -f json spec' '--env -s spec' '--env -l spec' '--env --packages spec'; do
	# shellcheck disable=SC2086 # options
	try 64 "usage: $args" aoinb-spec $args
done

# --- groups of architectures

# groups ARCH WANTED
groups() {
	is "$1 is of" "$(aoinb-spec --groups -a "$1" | tr '\n' ' ')" "$2"
}
groups amd64    '64bit with_dotnet mainline mainline_tier1 ocaml_native '
groups sparc64  '64bit without_dotnet retro '
groups optenv32 'optenv '
groups armv6hf  '32bit without_dotnet arm retro '
groups pdp11    ''
groups ''       ''
try 64 'groups of nothing' aoinb-spec --groups
try 64 'groups of a file'  aoinb-spec --groups -a amd64 spec
for case in amd64:64BIT amd64:MAINLINE_TIER1 amd64:WITH_DOTNET sparc64:RETRO sparc64:64BIT i486:32BIT \
    loongson3:WITHOUT_DOTNET optenv32:OPTENV arm64:ARM; do
	printf '%s\n' "A__${case#*:}=in" A=out >defines
	is "$case" "$(aoinb-spec -a "${case%:*}" defines | grep ^A=)" A=in
done
printf '%s\n' A__64BIT=64 A__MAINLINE=main A__RETRO=retro >defines
is 'the nearer of two groups' "$(aoinb-spec -a amd64 defines | grep ^A=)" A=main
is 'retro is nearer than 64bit' "$(aoinb-spec -a sparc64 defines | grep ^A=)" A=retro

# --- what a bundle wants

# needs TEXT WANTED [ARG]... - of the bundle b, on one line
needs() {
	text=$1 wanted=$2; shift 2
	is "--needs: $text" "$(aoinb-spec --needs -a amd64 "$@" b 2>&1 | tr '\n' ' ')" "$wanted"
}
# defines [LINE]... - of b, which has no sub-packages
defines() {
	rm -rf b; mkdir -p b/autobuild; echo VER=1 >b/spec
	printf '%s\n' PKGNAME=foo "$@" >b/autobuild/defines
}
# part FOLDER [LINE]... - one more of b
part() {
	mkdir -p "b/$1"; echo VER=1 >b/spec
	folder=$1; shift
	printf '%s\n' "$@" >"b/$folder/defines"
}
defines
needs 'nothing'                'done foo '
defines 'BUILDDEP="z a | b  z"' 'PKGDEP="c>=1 a:any"'
needs 'both, sorted, each once' 'done foo a:any a|b c>=1 z '
defines 'PKGDEP__AMD64=a PKGDEP__64BIT=b PKGDEP=c BUILDDEP__RETRO=d'
needs 'of the architecture'    'done foo a '
is '--needs: of its group' "$(aoinb-spec --needs -a sparc64 b | tr '\n' ' ')" 'done foo b d '
defines 'BUILDDEP="foo gcc"' 'PKGDEP=foo'
needs 'itself, to be built'    'partly foo foo gcc '
defines 'BUILDDEP="bar gcc"' 'PKGPROV="bar=2 baz"'
needs 'what it provides, to be built' 'done foo bar gcc '
rm -r b; part 01-a PKGNAME=a 'BUILDDEP="b x"'; part 02-b PKGNAME=b 'BUILDDEP="a|y z"' PKGDEP=a 'PKGPROV="v>=1"'
part 10-c PKGNAME=c 'PKGDEP="v b"'
needs 'parts: what earlier ones make is there' 'done a b x z '
part 01-a PKGNAME=a PKGDEP=c
needs 'parts: what only later ones make is not' 'partly a z '
defines 'PKGDEP="a @AB_AUTO_SO_DEPS@ @X@" BUILDDEP=@Y'
needs 'what autobuild fills in' 'done foo a '
defines 'PKGDEP="a_ b_|c_ d_e @x|y" BUILDDEP="f>=1_"'
needs 'a name without a version' 'bad d_e '
defines 'PKGDEP="a_ b_|c_" BUILDDEP="d:any_ e|f_"' PKGPROV=e_
needs 'is that name'           'done foo a b|c d:any e|f '
defines 'PKGDEP=a@b'
needs 'a word that is none'    'bad a@b '
for word in _ 'a_b_c' 'a>=' 'a|' '|a' 'a||b' 'a:>=1' 'a$(x)' 'é' '-a' '.a'; do
	defines "PKGDEP='$word'"
	needs "no dependency: $word" "bad $word "
done
defines 'PKGDEP=a' 'BUILDDEP=b' 'ABBUILDDEPONLY=yes'
needs 'ABBUILDDEPONLY'         'done foo b '
defines 'PKGDEP=a@b' 'ABBUILDDEPONLY__AMD64=T'
needs 'of an architecture'     'done foo '
defines 'PKGDEP=a' 'ABBUILDDEPONLY=no'
needs 'that is not true'       'done foo a '
defines 'PKGDEP=a' 'FAIL_ARCH=amd64'
needs 'not for this architecture' 'partly foo '
defines 'PKGDEP=a' 'BUILDDEP=(b)'
needs 'what cannot be evaluated' 'partly foo a '
defines 'PKGDEP=a' 'CMAKE_AFTER=(-DA=1' '-DB=2)' 'CMAKE_AFTER__AMD64=(-DA=2)' 'BUILDDEP=b'
needs 'an array of flags'      'done foo a b '
defines 'PKGDEP=a' 'LIST=(b)' 'BUILDDEP="$LIST"'
needs 'an array of packages'   'partly foo a '
defines 'PKGDEP=a' 'BUILDDEP__64BIT=(b)'
needs 'of a group'             'partly foo a '
defines 'PKGDEP=a' 'BUILDDEP=b' 'if [[ $ARCH == a*64 && $ABHOST != noarch ]]; then' '	BUILDDEP+=" c"' 'CMAKE_AFTER+=(-DX)' 'fi'
needs 'an if that can be decided' 'done foo a b c '
defines 'PKGDEP=a' 'BUILDDEP=b' 'if [[ $ARCH != amd64 ]]; then' '	BUILDDEP+=" c"' 'else PKGDEP+=" d"; fi'
needs 'the other way'          'done foo a b d '
defines 'PKGDEP=a' 'BUILDDEP=b' 'if [[ ${CROSS:-$ARCH} == amd64 ]]; then' '	BUILDDEP+=" c"' 'fi'
needs 'for no other machine'   'done foo a b c '
defines 'PKGDEP=a' 'BUILDDEP=b' 'if [[ $NOSTATIC ]]; then' '	BUILDDEP+=" c"' 'fi'
needs 'one that cannot'        'partly foo a b '
printf 'PKGDEP=a\n' >b/autobuild/defines
needs 'no PKGNAME'             'partly - '
printf 'PKGNAME=foo\nPKGDEP="a\0b"\n' >b/autobuild/defines
needs 'a NUL'                  'partly - '
printf 'PKGNAME=foo\r\nPKGDEP="a\r\nb"' >b/autobuild/defines
needs 'CRLF, and no last newline' 'done foo a b '
: >b/autobuild/defines.stage2
needs 'stage 2 reads other defines' 'partly - ' --modifiers=-x,+Stage2
needs 'which nobody reads else' 'done foo a b ' --modifiers=+stage1
rm b/autobuild/defines.stage2
needs 'where there are some'   'done foo a b ' --modifiers=+stage2
mkdir none; try 66 "--needs: no spec" aoinb-spec --needs -a amd64 none; rmdir none
says err 'there is no spec in it' 'named'
try 66 '--needs: no folder'    aoinb-spec --needs -a amd64 none
for args in '--needs b' '--needs -a amd64' '--needs -a amd64 b b' '--needs -a amd64 -s b' '-a amd64 --modifiers=+x b' \
    '--needs --packages -a amd64 b'; do
	# shellcheck disable=SC2086 # options
	try 64 "usage: $args" aoinb-spec $args
done

# --- against bash

if command -v python3 >/dev/null &&
    bash -c '((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 502))'; then
	try 0 'random specs: all of their variables are as bash says' \
	    "$top/tests/spec-compare" "${SPECS:-2000}" "${SEED:-1}"
else
	skip 1 'needs python3 and bash 5.2'
fi

# --- digests into a spec, byte for byte
# edit BEFORE AFTER TEXT [NAME=WORDS]... - both with printf's escapes; AFTER "-" is
# refused
edit() {
	printf %b "$1" >before
	printf %b "$2" >after
	text=$3; shift 3
	for arg; do
		set -- "$@" --digests="$arg"; shift
	done
	if [ "$(cat after)" = - ]; then
		try 65 "digests: $text" aoinb-spec "$@" before
		is 'and nothing is printed' "$(cat out)" ''
	else
		try 0 "digests: $text" aoinb-spec "$@" before
		cmp out after || cat -A out
		ok 'is what it should be' cmp -s out after
	fi
}
a=sha256::$(printf '%064d' 1) b=md5::$(printf '%032d' 2)
edit 'VER=1\nSRCS="x y"\nCHKSUMS="SKIP \\\n\tSKIP"  # why\nREL=2\n' \
    "VER=1\nSRCS=\"x y\"\nCHKSUMS=\"$a \\\\\n\tSKIP\"  # why\nREL=2\n" 'in their places' "CHKSUMS=$a SKIP"
edit 'VER=1\nSRCS="\n  x\n  y\n"\nCHKSUMS="\n  SKIP\n  SKIP\n"' \
    "VER=1\nSRCS=\"\n  x\n  y\n\"\nCHKSUMS=\"\n  SKIP\n  $b\n\"" 'in many lines, the last without a newline' "CHKSUMS=SKIP $b"
edit "VER=1\nSRCS='x y'\nCHKSUMS='SKIP	SKIP'\n" "VER=1\nSRCS='x y'\nCHKSUMS='$a	$b'\n" 'single quotes' "CHKSUMS=$a $b"
edit 'VER=1\nSRCS=x\nCHKSUMS=SKIP\n' "VER=1\nSRCS=x\nCHKSUMS=$a\n" 'bare' "CHKSUMS=$a"
edit 'VER=1\r\nSRCS="x y"\r\nCHKSUMS="SKIP \\\r\n SKIP"\r\n' \
    "VER=1\r\nSRCS=\"x y\"\r\nCHKSUMS=\"$a \\\\\r\n $b\"\r\n" 'CRLF' "CHKSUMS=$a $b"
edit 'VER=1\r\nSRCS="x y"\r\nREL=1\r\n' \
    "VER=1\r\nSRCS=\"x y\"\r\nCHKSUMS=\"$a \\\\\r\n         $b\"\r\nREL=1\r\n" 'CRLF, and missing' "CHKSUMS=$a $b"
edit 'VER=1\nSRCS=x # y' "VER=1\nSRCS=x # y\nCHKSUMS=\"$a\"" 'missing, at the end' "CHKSUMS=$a"
edit 'VER=1\nSRCS=x\nSRCS+=" y"\nREL=1\n' \
    "VER=1\nSRCS=x\nSRCS+=\" y\"\nCHKSUMS=\"$a \\\\\n         $b\"\nREL=1\n" 'missing, behind the last piece of the list' "CHKSUMS=$a $b"
edit 'VER=1\nSRCS=x\nCHKSUMS=SKIP\nSRCS__ARM64="x y"\n' \
    "VER=1\nSRCS=x\nCHKSUMS=$a\nSRCS__ARM64=\"x y\"\nCHKSUMS__ARM64=\"$a \\\\\n                $b\"\n" \
    'of an architecture' "CHKSUMS=$a" "CHKSUMS__ARM64=$a $b"
edit 'VER=1\nSRCTBL=x\n' "VER=1\nSRCTBL=x\nCHKSUM=\"$a\"\n" 'of 2020' "CHKSUM=$a"
edit 'VER=1\nSRCS="x y z"\nCHKSUMS="SKIP SKIP"\n' \
    "VER=1\nSRCS=\"x y z\"\nCHKSUMS=\"$a \\\\\n         $b \\\\\n         SKIP\"\n" 'another number' "CHKSUMS=$a $b SKIP"
edit 'VER=1\n# CHKSUMS=no\nDESC="\nCHKSUMS=no"\nSRCS=x\nCHKSUMS=SKIP\n' \
    "VER=1\n# CHKSUMS=no\nDESC=\"\nCHKSUMS=no\"\nSRCS=x\nCHKSUMS=$a\n" 'not in a comment or a string' "CHKSUMS=$a"
edit 'VER=1\nSRCS=x\nCHKSUMS=SKIP\nCHKSUMS=SKIP\n' - 'set twice' "CHKSUMS=$a"
edit 'VER=1\nSRCS=x\nS=SKIP\nCHKSUMS="$S"\n' - 'made of others' "CHKSUMS=$a"
edit 'VER=1\nSRCS=x\nCHKSUMS=SKIP\nX=$CHKSUMS\n' - 'that others are made of' "CHKSUMS=$a"
edit 'VER=1\nSRCS=x; REL=1\n' - 'missing, and the line goes on' "CHKSUMS=$a"
edit 'VER=1\n' - 'of nothing' "CHKSUMS=$a"
edit 'VER=1\nSRCS=x\nrm -r x\n' - 'a command' "CHKSUMS=$a"
try 64 'digests that are none'          aoinb-spec --digests='CHKSUMS=$(x)' before
try 64 'a variable that is none'        aoinb-spec --digests='1=a' before
printf 'VER=1\nSRCS="tbl::http://x/y.tgz git::https://x/y.git"\nCHKSUMS=wrong\n' >before
try 0  'a table without digests'        aoinb-spec -s --no-digests before
is     'all are SKIP'                   "$(cut -f 3 out | sort -u)" SKIP
try 64 'only a table'                   aoinb-spec --no-digests before

finish
