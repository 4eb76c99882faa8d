#!/bin/sh
# Groups where it is hard to look: what happens between two builds
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need jq setsid script

world_new w group_slots=2 tree_path="$PWD/tree"

# nap NAME SECONDS [LINE] - a package that takes a while, in whose build LINE runs
nap() {
	bundle_tiny "tree/app-nap/$1"
	echo "PKGNAME=$1" >>"tree/app-nap/$1/autobuild/defines"
	printf 'sleep %s\n%s\n' "$2" "${3-}" >>"tree/app-nap/$1/autobuild/build"
}

# verdicts - "unit verdict" of the newest group, a line each
verdicts() {
	set -- "$work"/groups/*
	shift $(($# - 1))
	jq -r '.units[] | "\(.unit | sub(".*/"; "")) \(.verdict)"' "$1/group.json" | LC_ALL=C sort
}

# group_begins N ARG... - aoinb ARG... in the background, until N builds have begun
group_begins() {
	begins=$1; shift
	rm -f group.err
	group aoinb -c "$conf" "$@"
	wait_for 60 has_begun "$begins"
}

has_begun() {
	[ "$(grep -cs ": begins$" group.err || :)" -ge "$1" ] 2>/dev/null
}

# group_wait - for the group in the background; sets code
group_wait() {
	code=0
	wait "$group" || code=$?
}

echo '# Ctrl-C'
for i in 1 2 3; do nap "nap$i" 1; done
ok 'two begin'                             group_begins 2 build nap1 nap2 nap3 stable
env kill -s INT -- "-$group"
group_wait
is 'the code is 130'                       "$code" 130
is 'what ran is finished'                  "$(verdicts)" 'nap1 ok
nap2 ok
nap3 waiting'

echo '# Ctrl-C, and a failure after it'
nap nap4 2 'exit 1'
ok 'two begin'                             group_begins 2 build nap3 nap4 stable
sleep 0.2
env kill -s INT -- "-$group"
group_wait
is 'the code is 130 all the same'          "$code" 130
is 'and the failure is there'              "$(verdicts)" 'nap3 ok
nap4 failed'

echo '# a terminal with less room than builds'
for i in 1 2 3 4; do nap "wide$i" 3; done
try 0 'four at once, on four lines'        env TERM=xterm script -qec \
    "stty rows 4 cols 50; aoinb -c '$conf' build --slots=4 wide1 wide2 wide3 wide4 stable" typescript
# board_lines - of each board: how many lines, and how far up the cursor goes
board_lines() {
	awk 'BEGIN { RS = "\033\\[J" } match($0, /\033\[[0-9]+A/) {
		up = substr($0, RSTART + 2, RLENGTH - 3)
		print gsub(/\n/, ""), up }' typescript
}
is 'the board has three, and stays where it is' "$(board_lines | sort -n | tail -n 1)" '3 3'
ok 'the last one is of all'                grep -q '4 running, 0 waiting, 0 built' typescript

echo '# bundles with odd paths, outside of the tree'
mkdir -p 'out side'
cp -a tree/app-nap/nap3 'out side/100%'
echo PKGNAME=hundred >>'out side/100%/autobuild/defines'
cp -a tree/app-nap/nap3 ./-dash
echo PKGNAME=dash >>./-dash/autobuild/defines
try 0 'a group of them'                    aoinb -c "$conf" build -- 'out side/100%' -dash nap3 stable
is 'history of one, by its path'           "$(aoinb -c "$conf" history 'out side/100%' | cut -f 2,6)" '100_25	ok'
is 'and of one in the tree'                "$(aoinb -c "$conf" history tree/app-nap/nap3 | cut -f 2 | uniq)" app-nap/nap3
try 1 'of one that was never built'        aoinb -c "$conf" history tree/app-nap/nap9
try 0 'one alone whose name is like an option' aoinb -c "$conf" build -- -dash stable

echo '# two that have the same file names'
mkdir twins
cp -a tree/app-nap/nap3 twins/a_b
echo PKGNAME=twin >>twins/a_b/autobuild/defines
cp -a twins/a_b twins/a:b
try 65 'are not built beside each other'   aoinb -c "$conf" build twins/a_b twins/a:b stable
says err 'twins/a:b.*twins/a_b'            'both are named'
try 0 'one of them is'                     aoinb -c "$conf" build twins/a:b nap3 stable

echo '# a folder that goes before its turn'
for i in 5 6; do nap "nap$i" 1; done
ok 'a group begins'                        group_begins 1 build --slots=1 nap5 nap6 stable
wait_for 20 sh -c 'grep -sqx build "$1"/jobs/*-nap[56]/step' sh "$work"	# it has its copy
rm -r tree/app-nap/nap5 tree/app-nap/nap6
group_wait
is 'the code is 1'                         "$code" 1
is 'that one failed'                       "$(verdicts | cut -d ' ' -f 2 | sort | tr '\n' ' ')" 'failed ok '
is 'and why is said'                       "$(grep -c 'nap[56]: no such folder' group.err)" 1

echo '# modifiers from the environment'
# states - of nap1 and nap2, with ABMODIFIERS
states() {
	ABMODIFIERS=$1 aoinb -c "$conf" plan nap1 nap2:+big stable | cut -f 1,2 | LC_ALL=C sort | tr '\t\n' ' ;'
}
try 0 'a group with modifiers'             env ABMODIFIERS=+small aoinb -c "$conf" build nap1 nap2:+big stable
is 'it is built with these'                "$(states +small)" 'built app-nap/nap1;built app-nap/nap2;estimate 0;'
is 'and with no other'                     "$(states '' | tr ';' '\n' | grep -c "^build 1$")" 1

mkdir bare
cp -a "$conf/source_lists" bare/
sed '/^\[tree\]/,/^path/{/^path/d}' "$conf/aoinb.ini" >bare/aoinb.ini
try 0 'on a bundle, where there is no tree' aoinb -c bare build tree/app-nap/nap1:+dry stable
is 'the build gets them'                   "$(sed -n 's/^modifiers=//p' "$work"/built/stable/*nap1 | tr '\n' ' ')" '+dry +small '

echo '# -n changes nothing'
rm -rf "$work/cache/names" "$work/cache/index"
find "$work" | sort >before
try 0 'shows the plan'                     aoinb -c "$conf" -n build --rebuild nap1 nap3 stable
is 'of both'                               "$(grep -c ^build out)" 2
is 'and leaves everything as it was'       "$(find "$work" | sort | diff before -)" ''

echo '# groups, while one is planned'
mkdir "$work/groups/99991231-000000-new"
: >"$work/groups/99991231-000000-new/graph"
echo stable >"$work/groups/99991231-000000-new/branch"
try 0 'ls groups'                          aoinb -c "$conf" ls groups
is 'has it, with nothing built'            "$(grep -c 'new	stable	killed	.*	0/0$' out) $(cat err)" '1 '
rm -r "$work/groups/99991231-000000-new"

echo '# what is not there'
try 66 'no such tree'                      aoinb -c "$conf" build -t nowhere nap1 nap2 stable
says err 'tree nowhere: no such folder'    'is named'
try 66 'no such package'                   aoinb -c "$conf" build nap9 stable
is 'nothing is left of the plan'           "$(ls "$work/trash"; find "$work/groups" -name "*-nap9")" ''
mkdir "$work/groups/99999999-000000-new"
try 1 'one that was killed before it was planned is passed over' aoinb -c "$conf" resume
says err 'app-nap/nap6: failed'            'for the one before it'
rmdir "$work/groups/99999999-000000-new"
printf '1\tapp-nap/nap1\tsta' >>"$work/history"
try 0 'a line of history that was cut off' script -qec "aoinb -c '$conf' history" tty
is 'is left out'                           "$(grep -c 'sta$' tty)" 0
try 66 'no such group'                     aoinb -c "$conf" resume nobody
says err 'no such group: nobody;'          'is named'

aoinb -c "$conf" cleanup jobs
nothing_left
finish
