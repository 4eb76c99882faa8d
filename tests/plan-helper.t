#!/bin/sh
# aoinb-plan: what targets and groups mean, what is built, what apt has, what is
# missing, what is written for a group, and that no bundle's bytes mislead it.  What
# "aoinb plan" shows of it is in plan.t.
. "${0%/*}/lib.sh"
need jq python3
. "$top/tests/plan-words.sh"

tab=$(printf '\t')
nl='
'
tree=$PWD/tree work=$PWD/work
printf '%s\n' gcc gawk nawk >apt
# plan [ARG]... - of the tree, for stable
plan() {
	aoinb-plan -w "$work" -a amd64 -b stable -t "$tree" --slots=1 --memory=1G "$@"
}
# known [ARG]... - the same, where apt has gcc, gawk and nawk
known() {
	plan --known=apt "$@"
}

package app/hello   hello   'BUILDDEP="gcc"' 'PKGDEP="libhi>=1 awk|nawk"'
package app/bye     bye     'PKGDEP="hello"'
package lib/hi      libhi   'PKGPROV="hi-abi"'
package lib/other   libother 'PKGDEP="hi-abi"'
package app/one     one     'BUILDDEP="two"'
package app/two     two     'PKGDEP="one"'
package app/arm     armed   'FAIL_ARCH="!(arm64)"'
package app/armuser armuser 'PKGDEP="armed"'
package app/dup     same
package lib/dup     same
package app/self    self    'BUILDDEP="self"'
package app/again   again   'PKGDEP="again gcc"'
package app/boot    boot    'BUILDDEP="cc"' 'PKGPROV="cc"'
package lib/cc      tinycc  'PKGPROV="cc"'
package app/w64     w64     'PKGDEP=nothere' 'PKGDEP__64BIT="libhi"'
package app/auto    auto    'PKGDEP="libhi_ @AB_AUTO_SO_DEPS@"' 'BUILDDEP="gcc_|none_"' 'CMAKE_AFTER=(-DA=1)' \
    'if [[ $ARCH == amd64 ]]; then BUILDDEP+=" nawk_"; fi' 'PKGPROV=auto-abi_'
part lib/parts 01-base  parts-base
part lib/parts 02-extra parts-extra 'BUILDDEP="parts-base"'
part lib/late  01-first late-first  'BUILDDEP="late-last"'
part lib/late  02-last  late-last

# --- usage
for args in '' '-w w' '-w w -a amd64 -b b' '-w w -a amd64 x' '-w w -b b x' '-a amd64 -b b x' \
    '-w w -a amd64 -b b --json --dot x' '-w w -a amd64 -b b --group=g --dot x' \
    '-w w -a amd64 -b b --slots=x x' '-w w -a amd64 -b b --slots=9999 x' '-w w -a amd64 -b b --memory=1 x' \
    '-w w -a amd64 -b a/b x' '-w w -a amd64 -b .. x'; do
	# shellcheck disable=SC2086 # options
	try 64 "usage: $args"   aoinb-plan $args
done
try 64 'a control character in modifiers' plan --modifiers="$(printf '+a\001')" hello
try 64 'in a target'        plan "hel$(printf '\033')lo"
try 66 'a tree that is not there' aoinb-plan -w w -a amd64 -b stable -t none hello
says err 'tree none: no such folder' 'is named'
try 66 'no tree: a name'    aoinb-plan -w w -a amd64 -b stable hello
says err 'set \[tree\] path in aoinb.ini, or give --tree=DIR' 'and what is missing'
try 66 'no tree: a group'   aoinb-plan -w w -a amd64 -b stable groups/x
try 66 'a file of names that is not there' plan --known=none hello
try 0 'no work_dir yet'     aoinb-plan -w none -a amd64 -b stable -t tree hello
ok 'makes none'             test ! -e none
try 0 'targets only'        plan --check hello app/bye
is 'prints nothing'         "$(cat out err)" ''
try 0 'in whatever form'    plan --check --json hello
is 'prints nothing, too'    "$(cat out err)" ''
try 0 'nor does it for a group' plan --check --group=none hello
try 66 'one that is wrong'  plan --check hello helo
says err '^aoinb-plan: helo: no such package in .*/tree; like it: hello, self$' 'is told'
try 65 'the lowest code'    plan --check nosuchthing same

# --- names
try 66 'a unit'             plan lib/hello
says err 'like it: app/hello$' 'is likened to units'
try 66 'at most three'      plan libh
says err 'like it: libhi$'  'that are near'
try 66 'a beginning'        plan parts-
says err 'like it: parts, parts-base, parts-extra$' 'is likened to what begins so'
try 66 'many that are wrong' plan x1 x2 x3 x4 x5 x6 x7 x8 x9 x10 x11 x12 x13 x14 x15 x16 x17 x18 x19 x20 helo
is 'are all told'           "$(wc -l <err)" 21
is 'the likes of the first' "$(tail -n 1 err | grep -c 'like it')" 0
try 66 'a name without end' plan "$(printf %05000d 0)"
try 66 'an empty one'       plan ''

# --- what cannot be
try 1 'a package that needs itself'   known --with-deps app/self
is 'is unmet'               "$(cat out)" "unmet${tab}app/self${tab}1.0-0${tab}needs self (it makes that itself, and nobody else does)
estimate${tab}0${tab}1"
try 1 'at run time'         known --with-deps again
is 'as well'                "$(column unmet 2)" 'app/again '
echo self >self
try 0 'unless apt has it'   known --known=self app/self
is 'then it is built'       "$(column build 3)" 'app/self '
try 0 'or nobody knows what apt has' plan app/self
try 1 'what another makes, too' known boot
says out 'needs cc (lib/cc makes it: --with-deps builds it)' 'is a remedy'
try 0 'which can be built'  known --with-deps boot
is 'before it'              "$(column build 3)$(column build 8)" 'lib/cc app/boot - lib/cc '
try 0 'or is in the set'    known boot tinycc
is 'and before it as well'  "$(column build 3)" 'lib/cc app/boot '
try 0 'an earlier part makes it' known parts-base
try 1 'a later part does'   known late-first
says out 'needs late-last (it makes that itself' 'which is too late'
try 0 'a group of architectures decides' known --with-deps w64
is 'what is needed'         "$(column build 3)" 'lib/hi app/w64 '

# --- what apt has
try 1 'names, one a line'   known hello
says out 'needs libhi>=1 (lib/hi makes it: --with-deps builds it)' 'and what it has not'
printf 'Package: gcc\nVersion: 1\nProvides: libhi (= 1:3), x\nDescription: y\n libhi2\n\nPackage: nawk\n' >index
try 0 'an index of apt'     plan --known=index hello
printf 'Package: gcc\nDepends: libhi\n\nPackage: nawk\n' >index
try 1 'but not what it names besides' plan --known=index hello
printf 'libhi' >names
try 0 'several files, no last newline' plan --known=index --known=names hello
: >empty
try 1 'nothing at all'      plan --known=empty hello
says out 'needs gcc (neither apt nor the tree has it), libhi' 'lacks all'
package app/many many 'PKGDEP="n1 n2 n3 n4 n5 n6 n7 n1"'
try 1 'many that are missing' known many
is 'are five, and a number' "$(sed -n 's/.*n5 (.*), //p' out)" 'and 2 more'
is 'each once'              "$(grep -o 'n1 (' out | wc -l)" 1

try 0 'what autobuild fills in, and names without a version' known --with-deps auto
is 'are that'               "$(column build 3)$(column build 8)" 'lib/hi app/auto - lib/hi '
is 'and flags hide nothing' "$(cat err)" ''
try 0 'nor does one that is provided' known --json auto hi
is 'have it'                "$(jq -r '.units[] | select(.unit == "app/auto") | .waits[]' out)" lib/hi

# --- paths
mkdir -p 'else where/100%'
cp -r "$tree/app/hello/." 'else where/100%/hello'
try 0 'a bundle by its path' plan --json './else where/100%/hello'
is 'has a name without blanks' "$(jq -r '.units[0] | .unit, .dir' out)" "$PWD/else%20where/100%25/hello
$PWD/else where/100%/hello"
try 0 'with modifiers'      plan --json './else where/100%/hello:+x'
is 'that are its own'       "$(jq -r '.units[0].modifiers' out)" +x
mkdir -p 'odd:+y'; cp -r "$tree/app/hello/." 'odd:+y'
try 0 'a path that looks as if it had some' plan --json 'odd:+y'
is 'has none'               "$(jq -r '.units[0] | .unit, .modifiers' out)" "$PWD/odd:+y
null"
mkdir 'tab	bed'; cp -r "$tree/app/hello/." 'tab	bed'; ln -s 'tab	bed' tidy
try 64 'a path that is a control character behind a link' plan ./tidy
ln -s "$tree" link
try 0 'by a link to it'     plan link/app/hello
is 'is the unit'            "$(column build 3)" 'app/hello '
for what in 'none:no such folder' 'tree/app:there is no spec in it'; do
	try 66 "./${what%%:*}"  plan "./${what%%:*}"
	says err "bundle ./${what%%:*}: ${what#*:}\$" 'says what it is not'
done
mkdir -p bare; : >bare/spec
try 66 'a spec alone'       plan ./bare
says err 'bundle ./bare: there is no autobuild folder in it' 'is no bundle'

# --- bytes
# bytes TEXT SPEC DEFINES WANTED - state, names and version of the bundle of these
bytes() {
	mkdir -p bytes/autobuild
	printf %b "$2" >bytes/spec
	printf %b "$3" >bytes/autobuild/defines
	try 0 "bytes: $1"       plan --json ./bytes
	is "bytes: $1"          "$(jq -r '.units[0] | "\(.state) \(.names | join(",")) \(.version)"' out)" "$4"
}
bytes 'CRLF'                'VER=1\r\nREL=2\r\n' 'PKGNAME=foo\r\n' 'build foo 1-2'
bytes 'no last newline'     'VER=1' 'PKGNAME=foo' 'build foo 1-0'
bytes 'a NUL in the defines' 'VER=1' 'PKGNAME=foo\0\n' 'build bytes null'
says err "$PWD/bytes/autobuild/defines:1: a NUL byte" 'which is told'
bytes 'a NUL in the spec'   'VER=1\0' 'PKGNAME=foo' 'build bytes null'
bytes 'Latin-1'             'VER=1\n#\344\n' 'PKGNAME=foo\nPKGDES="\344"\n' 'build foo 1-0'
bytes 'control characters'  'VER=1\n' 'PKGNAME=foo\nPKGDEP="a\001b \033c"\n' 'build foo 1-0'
try 1 'in what is missing'  known ./bytes
try 1 'and in JSON'         known --json ./bytes
ok 'which is whole'         sh -c 'jq -e . <out >/dev/null'
script -qec "aoinb-plan -w $work -a amd64 -b stable --known=apt ./bytes" /dev/null >out
is 'are not shown on a terminal' "$(tr -d '\r\n' <out | LC_ALL=C tr -d '[:print:]' | wc -c)" 0
rm -r bytes

# --- groups
mkdir "$tree/groups"
printf 'hello\0bye\n' >"$tree/groups/nul"
try 65 'a group with a NUL' plan groups/nul
head -c 5000000 /dev/zero | tr '\0' '\n' >"$tree/groups/long"
try 65 'one without end'    plan groups/long
says err 'groups/long: more than 4 MiB' 'is named'
mkfifo "$tree/groups/pipe"; mkdir "$tree/groups/folder"; ln -s /etc/passwd "$tree/groups/leads"
ln -s ../app/hello/spec "$tree/groups/leads2"
for name in pipe folder leads leads2 none . .. ../app; do
	try 66 "no group: $name" timeout 10 aoinb-plan -w "$work" -a amd64 -b stable -t "$tree" "groups/$name"
done
printf 'hello\n' >"$tree/groups/a"; ln -s a "$tree/groups/b"; ln -s b "$tree/groups/c"
ln -s ring2 "$tree/groups/ring1"; ln -s ring1 "$tree/groups/ring2"
try 0 'a link to a link'    plan groups/c
is 'is followed'            "$(column build 3)" 'app/hello '
try 65 'a ring of links'    plan groups/ring1
says err 'groups/ring1: includes itself: ring1 -> ring2 -> ring1$' 'is a cycle'
n=0
while [ "$n" -lt 3000 ]; do
	printf 'groups/n%s groups/n%s:+m groups/n%s\nhello\n' "$((n + 1))" "$((n + 1))" "$((n + 1))" >"$tree/groups/n$n"
	n=$((n + 1))
done
printf 'bye:+z\n' >"$tree/groups/n$n"
# stages MODIFIERS TARGET... - the modifiers of the units that TARGETs are, with those of all
stages() {
	stages=$1; shift
	plan --json --modifiers="$stages" "$@" | jq -r '.units[].modifiers' | sort | tr '\n' ' '
}
is 'the second stage of all is that of each' "$(stages +a,+Stage2 hello:+x bye)" '+a,+Stage2 +x,+stage2 '
is 'unless one says which it is of'    "$(stages +stage2 hello:-STAGE2,+x bye:+x,+stage2)" '+x,+stage2 -STAGE2,+x '
is 'the last word counts'              "$(stages +stage2,-stage2 hello:+x)" '+x '
is 'and other words are none'          "$(stages +stage22 hello:+x) $(stages +xstage hello:+x)" '+x  +x '

# What is deep is seen with and without modifiers, which differ for hello.
try 0 'three thousand groups, each three times in another' timeout 20 aoinb-plan -w "$work" -a amd64 -b stable \
    -t "$tree" --json groups/n0
is 'are gone through once'  "$(jq -r '.units[] | "\(.unit)=\(.modifiers)"' out | sort | tr '\n' ' ')" 'app/bye=+z app/hello=+m '
rm "$tree"/groups/n[0-9]*
mv "$tree/groups" elsewhere; ln -s "$PWD/elsewhere" "$tree/groups"
try 66 'groups that are a link' plan groups/a
rm "$tree/groups"; mv elsewhere "$tree/groups"
mkdir -p "$tree/groups/x/autobuild"
cp -r "$tree/app/hello/." "$tree/groups/x"
try 0 'a bundle among the groups, by its path' plan --json ./tree/groups/x
is 'is one'                 "$(jq -c '.units[0] | [.unit, .names[0]]' out)" '["groups/x","hello"]'
rm -r "$tree/groups/x"

# --- names that are told apart by nothing but "/"
package a/b_c x1; package a_b/c x2
try 65 'two that share their file names' plan a/b_c a_b/c
says err 'a_b/c: cannot be told from a/b_c (both are a_b_c in file names)' 'are named'
try 0 'each alone'          plan a/b_c

# --- what is built
built lib/hi; built app/hello
try 0 'what is built'       plan hi hello bye
is 'is not built again'     "$(column build 3)/$(column built 2)" 'app/bye /lib/hi app/hello '
try 0 '--rebuild'           plan --rebuild hi hello
is 'builds it'              "$(to_build)" 'app/hello lib/hi '
try 0 'of what is needed, too' known --with-deps --rebuild hello
is 'only the target'        "$(column build 3)/$(column built 2)" 'app/hello /'
# shellcheck disable=SC2016 # for jq
try 0 'what is needed, and built' known --with-deps --json bye
is 'is not shown'           "$(jq -r '.units[].unit' out)" app/bye
# --- by its path, where no tree was told
mv "$work/built" "$work/kept"
elsewhere=$(echo "$tree/lib/hi" | tr / _)
built lib/hi; mv "$work/built/stable/lib_hi" "$work/built/stable/$elsewhere"
try 0 'what was built by its path' plan hi
is 'is built, by its name'  "$(column built 2)" 'lib/hi '
built lib/hi 'modifiers=+x'; touch -d '1 hour ago' "$work/built/stable/lib_hi"
try 0 'the newer record'    plan hi
is 'is the one that counts' "$(column built 2)" 'lib/hi '
touch "$work/built/stable/lib_hi"; touch -d '1 hour ago' "$work/built/stable/$elsewhere"
try 0 'whichever that is'   plan hi
is 'of the two'             "$(column build 3)" 'lib/hi '
rm -r "$work/built"; built lib/hi
try 0 'and what was built by its name' aoinb-plan -w "$work" -a amd64 -b stable --slots=1 --memory=1G "$tree/lib/hi"
is 'by its path'            "$(column built 2)" "$tree/lib/hi "
mkdir -p other/lib; cp -r "$tree/lib/hi" other/lib/; echo '# another' >>other/lib/hi/spec
try 0 'but not another bundle of that name' aoinb-plan -w "$work" -a amd64 -b stable --slots=1 --memory=1G other/lib/hi
is 'which is to be built'   "$(column build 3)" "$PWD/other/lib/hi "
rm -r "$work/built"; mv "$work/kept" "$work/built"

# odd NAME COMMAND - a bundle with something odd in it is built, and another after it
odd() {
	(cd "$tree/lib/hi" && eval "$2")
	built lib/hi
	try 0 "$1"              plan hi
	is "$1: the digest of old" "$(column built 2)" 'lib/hi '
	touch "$tree/lib/hi/changed"
	try 0 "$1, changed"     plan hi
	is "$1: changed"        "$(column build 3)" 'lib/hi '
	rm "$tree/lib/hi/changed"
}
odd 'links'                 'ln -s nowhere dangling; ln -s .. up; ln -s /etc/passwd out'
odd 'a program'             'echo x >run; chmod 755 run'
odd 'names with all but /'  "mkdir 'a b'; echo x >'a b/c	d'; echo y >'e${nl}f'; echo z >'\\g'; : >'-h'"
odd 'an empty file and folder' ': >none; mkdir empty'
odd 'bytes that are no UTF-8' 'printf "\377\376\000x" >"$(printf "\377")"'
odd 'many files'            'mkdir many; i=0; while [ $i -lt 300 ]; do echo $i >many/$i; i=$((i + 1)); done'
ln -s run "$tree/lib/hi/pipe.link"
mkfifo "$tree/lib/hi/fifo"
try 0 'a FIFO holds nobody up' timeout 10 aoinb-plan -w "$work" -a amd64 -b stable -t "$tree" hi
rm "$tree/lib/hi/fifo"
built lib/hi
for damage in ': >' 'head -c 10 /dev/urandom >' 'echo version=1.0-0 >' 'printf x >'; do
	eval "$damage '$work/built/stable/lib_hi'"
	try 0 "a damaged record: $damage" plan hi hello
	is 'is none'            "$(column build 3)/$(column built 2)" 'lib/hi /app/hello '
	says err 'the record of lib/hi is damaged' 'and named'
done
built lib/hi; rm "$work/output/stable/lib_hi.deb"; ln -s app_hello.deb "$work/output/stable/lib_hi.deb"
try 0 'a link for a package' plan hi
is 'is no package'          "$(column build 3)" 'lib/hi '
rm "$work/output/stable/lib_hi.deb"; built lib/hi
sed -i 's/^version=/&2:/' "$work/built/stable/lib_hi"
try 0 'an epoch in a record' plan hi
is 'makes no difference'    "$(column built 2)" 'lib/hi '
built lib/hi 'modifiers=+x,-y'
try 0 'other modifiers'     plan hi
is 'do'                     "$(column build 3)" 'lib/hi '
try 0 'those of the environment' plan --modifiers=+x,-y hi
is 'do not'                 "$(column built 2)" 'lib/hi '

# --- the history
{
	printf '1\tapp/hello\tstable\tamd64\t1-0\tok\t90000000\t1\t2000000\tj\n'
	printf '2\tapp/hello\tstable\tamd64\t1-0\tok\t30500000\t1\t3000000\tj\n'
	printf 'torn\tline\n\n'
	printf '4\tapp/hello\tother\tamd64\t1-0\tok\t5000000\t1\t4\tj\n'
	printf '6\tlib/hi\tother\tamd64\t1-0\tok\t10000000\t1\t5\tj\n'
	printf '7\tapp/two\tstable\tamd64\t1-0\tok\t20000000\t1\t6\tj\n'
} >"$work/history"
try 0 'times of before'     plan --rebuild --slots=2 hello hi bye
is 'of the last good build here, else elsewhere, else what is usual' \
    "$(awk -F '\t' '$1 == "build" { print $3, $6, $7 }' out | tr '\n' ';')" 'lib/hi 10 5;app/hello 30.5 3000000;app/bye 20 0;'
is 'the end'                "$(grep ^estimate out)" "estimate${tab}60.5${tab}2"
says err 'history: line 3 is damaged; passed over' 'a damaged line is named'
try 0 'in JSON'             plan --rebuild --json --slots=2 hello hi bye
is 'with the same'          "$(jq -c '[.branch, .estimate, (.units[1] | .unit, .dir, .names, .position, .level,
    .seconds, .path_seconds, .waits, .memory_kib, .start, .end)]' out)" \
    "[\"stable\",{\"seconds\":60.5,\"slots\":2,\"memory_kib\":1048576},\"app/hello\",\"$tree/app/hello\",[\"hello\"],2,2,30.5,50.5,[\"lib/hi\"],3000000,10,40.5]"
is 'on a terminal, for people' "$(script -qec "aoinb-plan -w $work -a amd64 -b stable -t $tree --rebuild --slots=2 --memory=1G hello hi bye armed one two 2>err" /dev/null |
    tr -d '\r' | sed 's/: until 2.*/: until 2/')" 'POS  PACKAGE    VERSION  LEVEL  TIME  MEMORY  WAITS FOR
1    lib/hi     1.0-0    1      10s   5K      -
2    app/two    1.0-0    1      20s   6K      -
3    app/hello  1.0-0    2      31s   2929M   lib/hi
4    app/bye    1.0-0    3      20s   -       app/hello
5    app/one    1.0-0    2      20s   -       app/two
unfit  app/arm  not for amd64: FAIL_ARCH=!(arm64)
gave up app/two -> app/one (run-time), a cycle of 2
5 packages, about 71s with 2 slots: until 2'
is 'nothing'                "$(script -qec "aoinb-plan -w $work -a amd64 -b stable -t $tree hello 2>err" /dev/null | tr -d '\r')" \
    'built  app/hello  in output/stable
nothing to build'
try 0 'a graph for dot'     plan --dot one two
is 'as it is'               "$(cat out)" "digraph plan {
${tab}rankdir=LR;
${tab}node [shape=box];
${tab}\"app/two\";
${tab}\"app/one\";
${tab}\"app/one\" -> \"app/two\";
${tab}\"app/two\" -> \"app/one\" [style=dashed];
}"
rm "$work/history"

# --- a group's folder
rm -r "$work/built"
mkdir group
try 0 'a group'             known --group=group --slots=2 hello bye armed groups/a hi:+x
is 'prints nothing'         "$(cat out)" ''
is 'its targets'            "$(tr '\n' ' ' <group/targets)" 'hello bye armed groups/a hi:+x '
is 'its units'              "$(cat group/units)" "app/hello${tab}$tree/app/hello${tab}hello${tab}1.0-0${tab}-${tab}build${tab}-
app/bye${tab}$tree/app/bye${tab}bye${tab}1.0-0${tab}-${tab}build${tab}-
app/arm${tab}$tree/app/arm${tab}armed${tab}1.0-0${tab}-${tab}unfit${tab}not for amd64: FAIL_ARCH=!(arm64)
lib/hi${tab}$tree/lib/hi${tab}libhi${tab}1.0-0${tab}+x${tab}build${tab}-"
is 'its graph'              "$(cat group/graph)" "app/hello${tab}60${tab}0${tab}hello${tab}-${tab}libhi
app/bye${tab}60${tab}0${tab}bye${tab}-${tab}hello
app/arm${tab}0${tab}0${tab}-${tab}-${tab}-
lib/hi${tab}60${tab}0${tab}libhi hi-abi${tab}-${tab}-"
aoinb-order --slots=2 --memory=1G <group/graph >order
ok 'and its order, as aoinb-order has it' cmp -s order group/order
ok 'it is known what apt has' test -f group/apt
is 'and no more'            "$(echo group/*)" 'group/apt group/graph group/needs group/order group/targets group/units'
try 0 'what is unmet is in a group, too' known --group=group hello bye
is 'with those that wait for it, which may yet go' "$(cut -f 1,6 group/units | tr '\t\n' '= ')" \
    'app/hello=unmet app/bye=build '
mkdir blind
try 0 'where nobody knows'  plan --group=blind hello
ok 'that is told'           test ! -e blind/apt
try 73 'a folder that is not there' plan --group=none hello
ln -s /dev/null blind2; rm blind/order; mkdir blind/order
try 73 'a file that cannot be written' plan --group=blind hello
try 66 'a target that is wrong' known --group=group helo
is 'leaves all as it was'   "$(cat group/targets)" "hello
bye"

# --- what a server needs
ln -s a "$tree/groups/alias"
try 0 'what a server needs'  plan --pack groups/alias hi:+x
is 'are names, folders, and groups with those they name' "$(cat out)" "target${tab}groups/alias
target${tab}hi:+x
$(plan --pack groups/a hi:+x | grep "^tree${tab}[^g]")
tree${tab}groups/alias
tree${tab}groups/a
needs${tab}{}"
mkdir -p away; cp -r "$tree/app/hello" away/mine
try 0 'bundles of elsewhere' plan --pack ./away/mine "$tree/app/bye" app/bye
is 'get a place; those of the tree have one' "$(cat out)" "target${tab}local/mine
target${tab}app/bye
target${tab}app/bye
bundle${tab}local/mine${tab}$PWD/away/mine
tree${tab}app/bye
needs${tab}{}"
cp -r away/mine 'away/m ine'; mkdir away/2; cp -r away/mine away/2/
try 65 'a name that is none there'   plan --pack './away/m ine'
try 65 'two of one name'             plan --pack ./away/mine ./away/2/mine
cp -r away "$tree/local"
try 65 'one that the tree has, too'  plan --pack local/mine ./away/mine
rm -r "$tree/local"
try 66 'what is nowhere'             plan --pack nothing

# --- what a build wants of a machine
cat >>"$tree/app/hello/spec" <<'END'
CORES=4
ENVREQ="core=$CORES total_mem_per_core=1.5 disk=40 wings=2 total_mem=x"
ENVREQ__ARM64='core=2 total_mem=3.5'
END
# needs ARCH ARG... - as --pack says
needs() {
	arch=$1; shift
	aoinb-plan -w "$work" -a "$arch" -b stable -t "$tree" --pack "$@" | sed -n "s/^needs$tab//p"
}
is 'ENVREQ says it'                  "$(needs amd64 hello)" '{"cpus":4,"memory_mib":6144,"disk_mib":38147}'
is 'for each architecture'           "$(needs arm64 hello)" '{"cpus":2,"memory_mib":3584}'
is 'where it does not: what is usual' "$(needs arm64 --needs='cores=1 memory=1G disk=2G time=1h' hello)" \
    '{"cpus":2,"memory_mib":3584,"disk_mib":2048,"time_s":3600}'
is 'of several: enough for each, and time for all' "$(needs arm64 --needs='memory=5G time=1h' hello bye)" \
    '{"cpus":2,"memory_mib":5120,"time_s":7200}'
mkdir -p "$work/jobs/j2"
echo '{"disk_start_kib": 1024, "disk_peak_kib": 103424}' >"$work/jobs/j2/rusage"
for row in "bye stable amd64 1.0-0 ok 100000000 1 409600 j1" "bye other amd64 1.0-0 ok 20000000 1 819200 j0" \
    "bye stable amd64 1.0-0 ok 50000000 1 204800 j2" "bye stable arm64 1.0-0 ok 900000000 1 4096000 j3" \
    "bye stable amd64 1.0-0 failed 900000000 1 9096000 j4"; do
	echo "1700000000 $row" | tr ' ' '\t'
done >"$work/history"
is 'before that goes what builds took' "$(needs amd64 --needs='cores=3 memory=9G disk=9G time=9h' bye)" \
    '{"cpus":3,"memory_mib":1264,"disk_mib":407,"time_s":900}'
rm -r "$work/jobs/j2"
is 'without what is forgotten'       "$(needs amd64 bye)" '{"memory_mib":1264,"time_s":900}'
mkdir -p wants
try 0 'a group'                      plan --group=wants --rebuild hello bye
is 'has it for each unit'            "$(sort wants/needs)" "app/bye${tab}{\"memory_mib\":1264,\"time_s\":900}
app/hello${tab}{\"cpus\":4,\"memory_mib\":6144,\"disk_mib\":38147}"
for wrong in cores memory=much 'memory=1G,time=2h' wings=2 time=-1; do
	try 64 "$wrong is nothing to want"   plan --needs="$wrong" hello
done
rm "$work/history"
try 64 'with another form'           plan --pack --json hello

# --- standard output
try 74 'a full disk'        sh -c "aoinb-plan -w '$work' -a amd64 -b stable -t '$tree' hello >/dev/full"
try 0 'nobody listens'      sh -c "aoinb-plan -w '$work' -a amd64 -b stable -t '$tree' hello >&-"

finish
