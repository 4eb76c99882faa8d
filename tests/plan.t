#!/bin/sh
# Targets, groups and plans: what is asked for, what it needs, what is there, and
# what is wrong with it
. "${0%/*}/lib.sh"
need jq python3
. "$top/tests/plan-words.sh"

conf=$PWD/conf work=$PWD/work tree=$PWD/tree
aoinb -c "$conf" init --work-dir="$work" --arch=amd64 >/dev/null
plan() {
	aoinb -c "$conf" plan --tree="$tree" "$@"
}

package app/hello   hello   'BUILDDEP="gcc"' 'PKGDEP="libhi>=1 awk|nawk"'
package app/bye     bye     'PKGDEP="hello"'
package lib/hi      libhi   'PKGPROV="hi-abi"'
package lib/other   libother 'PKGDEP="hi-abi"'
package app/one     one     'BUILDDEP="two"'
package app/two     two     'PKGDEP="one"'
package lang/awk    mawk    'PKGPROV="awk"'
package app/arm     armed   'FAIL_ARCH="!(arm64)"'
package app/armuser armuser 'PKGDEP="armed"'
package app/dup     same
package lib/dup     same
package app/mine    shared  'FAIL_ARCH="amd64"'
package lib/mine    shared
# shellcheck disable=SC2016 # is not to be run
package app/odd     '$(touch ran)' 'BUILDDEP=hello'
part lib/parts 01-base  parts-base
part lib/parts 02-extra parts-extra 'BUILDDEP="parts-base hello"'
mkdir -p "$tree/.git/x" "$tree/app/no-spec"
: >"$tree/.git/x/spec"

# --- what a target may be
try 0 'category/name'               plan app/hello stable
is 'is a unit'                      "$(column build 3)" 'app/hello '
is 'of that version'                "$(column build 4)" '1.0-0 '
says err 'no instance yet: dependencies are not checked' 'nothing is known of apt before there is an instance'
try 0 'the name of a package'       plan libhi stable
is 'which the folder has not'       "$(column build 3)" 'lib/hi '
try 0 'the name of a folder'        plan hi stable
is 'which no package has'           "$(column build 3)" 'lib/hi '
try 0 'the name of a sub-package'   plan parts-extra stable
is 'means all of its folder'        "$(column build 3)" 'lib/parts '
try 0 'several at once'             plan bye parts-base app/bye parts-extra stable
is 'each once'                      "$(to_build)" 'app/bye lib/parts '
mkdir -p 'else where/hello'
cp -r "$tree/app/hello/." 'else where/hello'
try 0 'a bundle by its path'        plan 'else where/hello' stable
is 'is outside of the tree'         "$(column build 3)" "$(echo "$PWD/else%20where/hello" | sed 's/else where/else%20where/') "
cp -r "$tree/app/hello" hello
try 0 'a folder with a spec goes before a name' plan hello stable
is 'as it always did'               "$(column build 3)" "$PWD/hello "
rm -r hello
try 0 'a bundle of the tree by its path' plan "$tree/app/hello/" hello stable
is 'is the same as by its name'     "$(column build 3)" 'app/hello '
cd "$tree" || exit 1
try 0 'from within the tree'        plan app/hello ./app/bye stable
is 'as well'                        "$(column build 3)" 'app/hello app/bye '
rm -f out err
cd "$scratch" || exit 1
ln -s "$tree" link
try 0 'by a link to the tree'       plan link/app/hello stable
is 'as well, too'                   "$(column build 3)" 'app/hello '
sed -i "s|^# path =.*|path = $tree|" "$conf/aoinb.ini"
try 0 'the tree of the configuration' aoinb -c "$conf" plan hello stable
is 'is used'                        "$(column build 3)" 'app/hello '
try 66 'that of -t goes before'     aoinb -c "$conf" plan -t "$PWD/none" hello stable
says err 'none: no such folder'     'and has to be there'
try 64 '-t wants a folder'          aoinb -c "$conf" plan hello stable -t
try 64 'only some commands have it' aoinb -c "$conf" ls -t "$tree"
sed -i "s|^path = .*|path =|" "$conf/aoinb.ini"
try 0 'no tree: a path'             aoinb -c "$conf" plan "$tree/app/hello" stable
is 'is a bundle like any'           "$(column build 3)" "$tree/app/hello "
try 66 'no tree: a name'            aoinb -c "$conf" plan hello stable
says err 'set \[tree\] path in aoinb.ini, or give --tree=DIR' 'says what is missing'
try 66 'no tree: a group'           aoinb -c "$conf" plan groups/x stable
says err '--tree=DIR'               'likewise'
try 64 'no target'                  plan
try 0 'without a branch'            plan hello
mv out with; plan hello stable >out 2>err
ok 'it is the only one there is'    cmp with out
cp "$conf/source_lists/stable.list" "$conf/source_lists/other.list"
try 64 'of two none is it'          plan hello
says err 'no branch; name one of: .*other' 'they are named'
try 0 'AOINB_BRANCH says which'     env AOINB_BRANCH=stable aoinb -c "$conf" plan "$tree/app/hello"
is 'and takes one operand'          "$(column build 3)" "$tree/app/hello "
try 0 'and several'                 env AOINB_BRANCH=stable aoinb -c "$conf" plan "$tree/app/hello" "$tree/app/hello"
sed -i 's/^# branch =.*/branch = stable/' "$conf/aoinb.ini"
try 0 'so does the configuration'   plan "$tree/app/hello"
sed -i 's/^branch =.*/# branch =/' "$conf/aoinb.ini"
rm "$conf/source_lists/other.list"
try 66 'no such branch'             plan hello unstable
try 64 'a bad number of slots'      plan --slots=x hello stable
try 64 'two forms at once'          plan --json --dot hello stable

# --- what is none
try 66 'an unknown name'            plan helo stable
says err '^aoinb[a-z-]*: helo: no such package in .*; like it: hello' 'is told with one like it'
is 'in one line'                    "$(wc -l <err)" 1
try 66 'an unknown category'        plan lib/hello stable
says err 'like it: app/hello$'      'is told with the right one'
try 66 'a folder without a spec'    plan ./tree/app/no-spec stable
says err 'there is no spec in it'   'is no bundle'
try 66 'nor a package'              plan no-spec stable
try 66 'the name of something quite different' plan qqqqqqqq stable
is 'is told without any'            "$(grep -c 'like it' err)" 0
try 66 'several that are wrong'     plan helo hello groups/x bey stable
is 'are all told'                   "$(wc -l <err)" 3
try 64 'a control character'        plan "he$(printf '\033')llo" stable
try 65 'a name that two folders make' plan same stable
says err 'same: made by app/dup and lib/dup' 'names both'
try 0 'each of them'                plan app/dup lib/dup stable
is 'by its folder'                  "$(column build 3)" 'app/dup lib/dup '
try 65 'two folders of one name'    plan dup stable
try 0 'of two that make a name'     plan shared stable
is 'the one that fits is meant'     "$(column build 3)" 'lib/mine '
try 0 'a defines that cannot be evaluated' plan app/odd hello stable
says err "^aoinb[a-z-]*: $tree/app/odd/autobuild/defines:1: " 'is told with file and line'
is 'once'                           "$(grep -c 'defines:1:' err)" 1
is 'and can be built'               "$(to_build)" 'app/hello app/odd '
try 0 'by the name of its folder, too' plan odd stable
is 'but is not run'                 "$(find . -name ran)" ''
try 0 'others do not tell of it'    plan hello stable
is 'when it is not wanted'          "$(grep -c odd err)" 0

# --- groups
mkdir "$tree/groups"
printf '# all\r\n\r\n  hello  # a name\r\nlib/hi\r\ngroups/inner\r\n' >"$tree/groups/all"
printf 'bye two' >"$tree/groups/inner"
try 0 'a group'                     plan groups/all stable
is 'with names, comments, CRLF, another group, and no last newline' \
    "$(to_build)" 'app/bye app/hello app/two lib/hi '
printf 'groups/b\n' >"$tree/groups/a"
printf 'hello\ngroups/c\n' >"$tree/groups/b"
printf 'groups/a\n' >"$tree/groups/c"
try 65 'a group that includes itself' plan groups/a stable
says err 'groups/a: includes itself: a -> b -> c -> a' 'is told with the way'
printf 'groups/me\n' >"$tree/groups/me"
try 65 'directly'                   plan groups/me stable
says err 'me -> me'                 'as well'
try 66 'a group that is not there'  plan groups/al stable
says err 'groups/al: no such group in .*; like it: .*groups/all' 'is told with one like it'
printf 'hello\nlibhii\ngroups/nine\n' >"$tree/groups/wrong"
try 66 'a group with wrong entries' plan groups/wrong stable
says err 'groups/wrong:2: libhii: no such package in .*; like it: libhi' 'tells file and line'
says err 'groups/wrong:3: groups/nine: no such group' 'of each'
printf '../../../etc\n/etc\n./app/hello\n' >"$tree/groups/out"
try 66 'a group names no paths'     plan groups/out stable
ln -s all "$tree/groups/other"
ln -s ../app/hello/spec "$tree/groups/leads"
mkfifo "$tree/groups/pipe"
try 0 'a link to a group'           plan groups/other stable
is 'is that group'                  "$(column build 3 | wc -w)" 4
try 66 'a link that leads elsewhere' timeout 10 aoinb -c "$conf" plan -t "$tree" groups/leads groups/pipe stable
is 'and a pipe are none'            "$(grep -c 'no such group' err)" 2
: >"$tree/groups/empty"
try 0 'an empty group'              plan groups/empty stable
is 'is nothing to do'               "$(cat out)" "estimate	0	$(cut -f 3 out)"
try 66 'a group of another name'    plan groups/../app stable
n=0
while [ "$n" -lt 2000 ]; do
	printf 'groups/n%s groups/n%s\nhello\n' "$((n + 1))" "$((n + 1))" >"$tree/groups/n$n"
	n=$((n + 1))
done
printf 'bye\n' >"$tree/groups/n$n"
try 0 'two thousand groups, each twice in another' timeout 20 aoinb -c "$conf" plan -t "$tree" groups/n0 stable
is 'are gone through once'          "$(column build 3 | wc -w)" 2
rm "$tree"/groups/n[0-9]*

# --- modifiers
# modifiers - of the units, sorted
modifiers() {
	jq -r '.units[] | "\(.unit)=\(.modifiers)"' out | sort | tr '\n' ' '
}
printf 'hello:+debug,-docs\nbye\ngroups/inner:+quick\n' >"$tree/groups/mods"
try 0 'modifiers of a group'        plan --json groups/mods stable
is 'are those of the entry'         "$(modifiers)" 'app/bye=+quick app/hello=+debug,-docs app/two=+quick '
try 0 'those of the command line'   plan --json groups/mods hello:-debug bye stable
is 'go before'                      "$(modifiers)" 'app/bye=+quick app/hello=-debug app/two=+quick '
try 0 'in any order'                plan --json hello:-debug groups/mods stable
is 'of targets'                     "$(modifiers)" 'app/bye=+quick app/hello=-debug app/two=+quick '
try 65 'two that differ'            plan hello:+a libhi app/hello:-a stable
says err 'app/hello: asked for with +a .*and with -a' 'are an error'
printf 'hello:+a\nhello:+b\n' >"$tree/groups/differ"
try 65 'in a group, too'            plan groups/differ stable
says err 'groups/differ:1.*groups/differ:2' 'with both lines'
try 65 'what is no modifier'        plan 'hello:+a,b' stable
try 0 'of a group on the command line' plan --json groups/inner:+x stable
is 'they are for all of it'         "$(modifiers)" 'app/bye=+x app/two=+x '
try 0 'of a path'                   plan --json './else where/hello:+x' stable
is 'as well'                        "$(jq -r '.units[].modifiers' out)" +x

# --- what it needs: an instance, of which we write down what its apt can install
mkdir -p "$work/layers/1-2/tree" "$work/ref/instance" "$work/cache/names"
echo 1-2 >"$work/ref/instance/stable"
printf '%s\n' gcc gawk nawk >"$work/cache/names/1-2"
try 1 'a need that the tree could make' plan hello stable
is 'is not met'                     "$(column unmet 2)" 'app/hello '
says out 'needs libhi>=1 (lib/hi makes it: --with-deps builds it)' 'and the remedy is told'
is 'an alternative is enough'       "$(grep -c nawk out)" 0
try 1 'what waits for it'           plan hello bye stable
is 'is skipped'                     "$(column skipped 2)$(column skipped 4)" 'app/bye waits for app/hello '
try 0 'it is met by the set'        plan hello hi stable
is 'and waits'                      "$(column build 3)$(column build 8)" 'lib/hi app/hello - lib/hi '
try 0 '--with-deps'                 plan --with-deps bye stable
is 'takes in all that apt has not'  "$(column build 3)" 'lib/hi app/hello app/bye '
aoinb -c "$conf" plan -t "$tree" --with-deps --json bye stable >out
is 'and says why'                   "$(jq -r '.units[] | select(.unit == "lib/hi").why' out)" 'needed by app/hello'
try 0 'by a name that is provided'  plan --with-deps lib/other stable
is 'as well'                        "$(column build 3)" 'lib/hi lib/other '
try 1 'but not what does not fit'   plan --with-deps armuser stable
says out 'needs armed (app/arm is not for amd64: FAIL_ARCH' 'and why is told'
try 1 'nor when it is asked for'    plan armed armuser stable
is 'it is unfit'                    "$(column unfit 2)" 'app/arm '
try 0 'what is unfit is no failure' plan armed hi stable
is 'and the rest is built'          "$(column build 3)" 'lib/hi '
package app/lost lost 'PKGDEP="nowhere libhi"'
try 1 'what nobody has'             plan --with-deps lost stable
says out 'needs nowhere (neither apt nor the tree has it)' 'is named'
is 'and what could be built is'     "$(column build 3)" 'lib/hi '
mkdir -p "$work/output/stable"
printf 'Package: libhi\nVersion: 1:2\nProvides: nowhere (= 1:3), else\n\nPackage: x\n' >"$work/output/stable/Packages"
try 0 'what the branch has itself'  plan lost hello stable
is 'need not be built'              "$(column build 3 | wc -w)" 2
rm -r "$work/output"
rm "$work/cache/names/1-2"
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	chmod 755 . conf work
	try 0 'whoever is not root'     setpriv --reuid=65534 --regid=65534 --clear-groups \
	    aoinb -c "$conf" plan -t "$tree" hello stable
	says err 'it takes root to ask apt: dependencies are not checked' 'has a plan, too'
else
	skip 2 'needs root'
fi
rm -r "$work/ref"

# --- cycles, the order, and how long
try 0 'a cycle'                     plan one two stable
is 'is broken at run time'          "$(grep ^broken out)" "broken	app/two	app/one	run	2"
is 'and has an order then'          "$(column build 3)" 'app/two app/one '
try 0 'as a graph'                  plan --dot one two stable
says out '"app/one" -> "app/two";'  'with what waits'
says out '"app/two" -> "app/one" \[style=dashed\];' 'and what does not'
is 'each package once'              "$(grep -c '^	"[^"]*";$' out)" 2
{
	printf '1\tapp/hello\tstable\tamd64\t1-0\tok\t90000000\t1\t2000000\tj\n'
	printf '2\tapp/hello\tstable\tamd64\t1-0\tok\t30500000\t1\t3000000\tj\n'
	printf '3\tapp/hello\tstable\tamd64\t1-0\tfailed\t7000000\t1\t4\tj\n'
	printf '4\tapp/hello\tother\tamd64\t1-0\tok\t5000000\t1\t4\tj\n'
	printf '5\tapp/hello\tstable\tarm64\t1-0\tok\t5000000\t1\t4\tj\n'
	printf '6\tlib/hi\tother\tamd64\t1-0\tok\t10000000\t1\t5\tj\n'
	printf '7\tapp/two\tstable\tamd64\t1-0\tok\t20000000\t1\t6\tj\n'
} >"$work/history"
try 0 'times of before'             plan --slots=2 hello hi bye stable
is 'of the last good build here, else elsewhere, else what is usual' \
    "$(awk -F '\t' '$1 == "build" { print $3, $6, $7 }' out | tr '\n' ';')" \
    'lib/hi 10 5;app/hello 30.5 3000000;app/bye 20 0;'
is 'the end'                        "$(grep ^estimate out)" 'estimate	60.5	2'
try 0 'as JSON'                     plan --json --slots=2 hello hi bye stable
is 'with the same'                  "$(jq -c '[.branch, .estimate.seconds, .estimate.slots, (.units[1] |
    .unit, .dir, .names, .position, .level, .waits, .memory_kib, .start, .end)]' out)" \
    "[\"stable\",60.5,2,\"app/hello\",\"$tree/app/hello\",[\"hello\"],2,2,[\"lib/hi\"],3000000,10,40.5]"
try 0 'on a terminal'               script -qec "aoinb -c $conf plan -t $tree --slots=2 one two armed stable" /dev/null
says out '^POS  *PACKAGE  *VERSION  *LEVEL  *TIME  *MEMORY  *WAITS FOR' 'there is a table'
says out '^2  *app/one  *1.0-0  *2  *20s  *-  *app/two' 'with units for people'
says out '^unfit  app/arm  not for amd64' 'what is not built'
says out '^gave up app/two -> app/one (run-time), a cycle of 2' 'what was given up'
says out '^2 packages, about 40s with 2 slots: until 2' 'and the end'
rm "$work/history"

# --- what is built
built lib/hi
built app/hello
try 0 'what is built'               plan hi hello bye stable
is 'is not built again'             "$(column build 3)/$(column built 2)" 'app/bye /lib/hi app/hello '
is 'and nobody waits for it'        "$(column build 8)" '- '
try 0 '--rebuild'                   plan --rebuild hi hello stable
is 'builds it'                      "$(column build 3)" 'lib/hi app/hello '
try 0 'for another branch'          sh -c 'cp conf/source_lists/stable.list conf/source_lists/other.list &&
    aoinb -c conf plan -t tree hi other'
is 'it is not'                      "$(column build 3)" 'lib/hi '
try 0 'with other modifiers'        plan hi:+x stable
is 'it is not, either'              "$(column build 3)" 'lib/hi '
built lib/hi modifiers=+x
try 0 'but with the same'           plan hi:+x stable
is 'it is'                          "$(column built 2)" 'lib/hi '
built lib/hi
echo '# changed' >>"$tree/lib/hi/autobuild/defines"
try 0 'a bundle that changed'       plan hi hello stable
is 'is built again'                 "$(column build 3)/$(column built 2)" 'lib/hi /app/hello '
rm "$work/output/stable/app_hello.deb"
try 0 'so is one whose package has gone' plan hello stable
is 'from the output'                "$(column build 3)" 'app/hello '
built lib/hi
sed -i s/1.0-0/1.1-0/ "$work/built/stable/lib_hi"
try 0 'and one of another version'  plan hi stable
is 'as well'                        "$(column build 3)" 'lib/hi '
: >"$work/built/stable/lib_hi"
try 0 'an empty record'             plan hi stable
is 'is none'                        "$(column build 3)" 'lib/hi '

built lib/hi
rm -r "$work/output"
try 0 'no output at all'            plan hi stable
is 'is no output, and no error'     "$(column build 3)$(grep -c find err)" 'lib/hi 0'

rm -r "$work/built"

# --- random trees, beside a slow program
mkdir -p "$work/ref/instance"
echo 1-2 >"$work/ref/instance/stable"
for seed in 1 2 3 4 5 6 7 8; do
	python3 "$top/tests/plan-random" make "$seed" "$PWD/random$seed" >"$work/cache/names/1-2"
	targets=$(cat "random$seed/targets")
	for with in '' --with-deps; do
		# shellcheck disable=SC2086 # words
		aoinb -c "$conf" plan -t "$PWD/random$seed" --json $with $targets stable >"random.json" 2>err ||
			[ $? -eq 1 ]
		try 0 "random tree $seed: as a slow program has it${with:+, $with}" \
		    python3 "$top/tests/plan-random" check "$PWD/random$seed" random.json \
		    "$work/cache/names/1-2" $with
	done
done

finish
