#!/bin/sh
# A work folder of the last version, whose files are written here as its shell wrote
# them: jobs, groups, layers of dependencies, history and what is built are taken over
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need jq setsid dpkg-deb
nl='
'

world_new w tree_path="$PWD/tree" clean_keep=failed clean_max_age=0 group_slots=2
base=$(cat "$work/ref/baseos") top_layer=$(cat "$work/ref/instance/stable")
arch=$(aoinb -c "$conf" conf arch)
day=20260301	# of everything that is old; the ids are in local time

# bundle NAME [DEFINES] - demo/NAME in the tree, which builds at once
bundle() {
	bundle_tiny "tree/demo/$1"
	sed -i "s/^PKGNAME=.*/PKGNAME=$1/; s/tiny/$1/" "tree/demo/$1/autobuild/defines"
	# shellcheck disable=SC2016 # for the build to expand
	sed -i 's/^echo .*/echo "mods $ABMODIFIERS epoch $SOURCE_DATE_EPOCH" >"$PKGDIR"\/usr\/share\/tiny\/version/' \
	    "tree/demo/$1/autobuild/build"
	printf '%s\n' ${2:+"$2"} >>"tree/demo/$1/autobuild/defines"
	find "tree/demo/$1" -type f -exec touch -d @1700000000 {} +
}

# digest DIR - of a bundle of plain files, as the last version told it
digest() {
	find "$1" -type f -printf '%P\n' | LC_ALL=C sort | while read -r file; do
		sum=$(sha256sum <"$1/$file")
		printf '%s\tfile\t%s\n' "$file" "${sum%% *}"
	done | sha256sum | cut -d ' ' -f 1
}

# old_result VERDICT CODE - result.json of the job in the working folder
old_result() {
	for file in sources packages stack rusage; do
		[ -r "$file" ] || : >"$file"
	done
	jq -n --arg id "${PWD##*/}" --arg bundle "$(cat bundle.path 2>/dev/null)" --arg verdict "$1" \
	    --argjson code "$2" --rawfile packages packages --rawfile stack stack '
		{ id: $id, bundle: $bundle, branch: "stable", verdict: $verdict, code: $code,
		  began: 1772352000, ended: 1772352005,
		  layers: ($stack | split(" ") | map(rtrimstr("\n")) | map(select(. != ""))), sources: [],
		  packages: ($packages | split("\n") | map(select(. != "") | split("\t")
		      | { digest: .[0], bytes: (.[1] | tonumber), file: .[2] })), usage: { verdict: $verdict } }' \
	    >result.json
}

# old_build ID NAME VERDICT CODE [LAYER] - a build of demo/NAME, with LAYER of its
# dependencies; without CODE it has just been killed
old_build() {
	mkdir -p "$work/jobs/$1/bundle"
	cp -a "tree/demo/$2/." "$work/jobs/$1/bundle"
	path=$PWD/tree/demo/$2
	(
		cd "$work/jobs/$1" || exit
		touch "../../lock/job.$1"
		echo build >kind; echo 1772352000 >began; echo stable >branch; echo run >step
		echo "demo/$2" >unit; echo "$path" >bundle.path; digest bundle >bundle.digest
		aoinb-conf --conf="$conf" ini >job.ini
		printf '%s\n' 'done' "$base $top_layer" "$base $top_layer${5:+ $5}" >deps
		tail -n 1 deps >stack
		: >table; : >sources; : >wanted; : >fetched; : >samples.csv
		echo "the log of $1" >log
		echo 1-0 >version
		printf 'prog=aoinb-mount\nexit=%s\nverdict=%s\nwall_us=1500000\ncpu_us=1000000\npeak_kib=2048\n' \
		    "${4:-0}" "$3" >rusage
		[ "$4" ] || exit 0
		echo "$4" >code
		if [ "$4" = 0 ]; then
			echo clean >step
			printf 'sha256::%064d\t800\t%s_1-0_noarch.deb\n' 0 "$2" >packages
		fi
		old_result "$3" "$4"
	)
	[ ! "$4" ] || printf '1772352005\tdemo/%s\tstable\t%s\t1-0\t%s\t1500000\t1000000\t2048\t%s\n' \
	    "$2" "$arch" "$3" "$1" >>"$work/history"
}

# old_kept ID FILE - its workspace was kept, and has FILE
old_kept() {
	(
		cd "$work/jobs/$1" || exit
		mkdir -p upper/etc work root output archives/partial
		echo "of $1" >"upper/etc/$2"
	)
}

# old_built NAME [MODIFIERS] - it is built, and its package is there
old_built() {
	mkdir -p "$work/built/stable" "$work/output/stable"
	{
		printf 'version=1-0\nbundle=%s\n' "$(digest "tree/demo/$1")"
		[ ! "${2-}" ] || echo "modifiers=$2"
		echo "package=$1_1-0_noarch.deb"
	} >"$work/built/stable/demo_$1"
	mkdir -p "deb/$1/DEBIAN"
	printf 'Package: %s\nVersion: 1-0\nArchitecture: all\nMaintainer: x <x@x>\nDescription: x\n' "$1" \
	    >"deb/$1/DEBIAN/control"
	dpkg-deb --build "deb/$1" "$work/output/stable/$1_1-0_noarch.deb" >/dev/null
}

# old_group ID TARGET UNIT... - a group whose plan is of UNITs, each needing nothing
old_group() {
	group=$work/groups/$1 target=$2
	mkdir -p "$group/conf" "$group/run" "$group/log"
	touch "$work/lock/group.$1"
	shift 2
	for unit; do
		printf '%s\t%s\t%s\t1-0\t-\tbuild\t-\n' "$unit" "$PWD/tree/$unit" "${unit#*/}" >>"$group/units"
		printf '%s\t1.000\t2048\t%s\t-\t-\n' "$unit" "${unit#*/}" >>"$group/graph"
	done
	aoinb-order <"$group/graph" >"$group/order"
	aoinb-conf --conf="$conf" ini >"$group/conf/aoinb.ini"
	ln -s "$conf/source_lists" "$group/conf/source_lists"
	echo 1772352000 >"$group/began"; echo stable >"$group/branch"; echo "$target" >"$group/targets"
	: >"$group/skipped"; : >"$group/apt"
}

# old_member UNIT JOB [CODE] - it was begun, and ended with CODE
old_member() {
	run=$group/run/$(echo "$1" | tr / _)
	mkdir "$run"
	echo "$1" >"$run/unit"; echo 1772352000 >"$run/began"; echo 1 >"$run/jobs"; echo "$2" >"$run/job"
	: >"$run/out"; : >"$run/err"
	[ ! "${3-}" ] || echo "$3" >"$run/code"
	ln -s "../../../jobs/$2/log" "$group/log/${run##*/}.log"
}

for name in one two mods four five; do
	bundle "$name"
done
bundle dep 'BUILDDEP="is-in-no-repository"'
bundle bad
sed -i '1i exit 1' tree/demo/bad/autobuild/build
mkdir -p tree/groups "$work/groups" "$work/lock"
echo 'demo/one demo/two' >tree/groups/first

# A layer of dependencies, and the memo by which it is found.
deps=${day}T090000-77
mkdir -p "$work/layers/$deps/tree/etc" "$work/layers/$deps/tree/var/lib/dpkg" "$work/cache/deps/$top_layer"
{
	aoinb -c "$conf" run stable -- cat /var/lib/dpkg/status
	printf '\nPackage: is-in-no-repository\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n'
	printf 'Maintainer: x <x@x>\nDescription: x\n'
} >"$work/layers/$deps/tree/var/lib/dpkg/status"
rm -r "$work/jobs" "$work/cache/debs"
echo dependency >"$work/layers/$deps/tree/etc/dependency"
printf 'kind=deps\nparent=%s\nmade=1772352000\nsize_kib=4\nkey=%064d\nfrom=dep\n' "$top_layer" 7 \
    >"$work/layers/$deps/info"
memo=$(echo is-in-no-repository | sha256sum)
printf '%s %s\nis-in-no-repository\n' "$deps" "$(sha256sum </dev/null | cut -d ' ' -f 1)" \
    >"$work/cache/deps/$top_layer/memo.${memo%% *}"
echo "$day-090000-dep" >"$work/cache/deps/$top_layer/used.$deps"
# One that only a kept workspace stands on: its instance has moved on.
other=${day}T080000-70
mkdir -p "$work/layers/$other/tree"
sed 's/^key=.*/key=0/' "$work/layers/$deps/info" >"$work/layers/$other/info"

old_build $day-090000-dep dep ok 0 "$deps"
old_build $day-100000-one one ok 0
old_build $day-100000-one.2 one ok 0
old_build $day-100001-mods mods ok 0
old_build $day-100002-bad bad failed 1; old_kept $day-100002-bad failed
old_build $day-100003-four four killed ''
old_build $day-100004-dep dep ok 0 "$other"; old_kept $day-100004-dep kept
rm "$work/jobs/$day-100004-dep/unit"	# as in a version before the last
old_built one; old_built mods +more
mkdir "$work/jobs/$day-100005-stable"
(
	cd "$work/jobs/$day-100005-stable" || exit
	echo session >kind; echo 1772352000 >began; echo stable >branch; echo "$base $top_layer" >stack
	old_result session null
)
old_kept $day-100005-stable session

# One group was stopped by Ctrl-C, and one was killed, between the end of a build and
# the word of it.
old_build $day-110000-one one ok 0
old_build $day-110001-two two stopped 130
old_group $day-110000-first groups/first demo/one demo/two
old_member demo/one $day-110000-one 0; old_member demo/two $day-110001-two 130
printf '%s\n' 'start	demo/one' 'ok	demo/one' 'start	demo/two' 'again	demo/two' >"$group/events"
jq -n '{ id: "x", branch: "stable", targets: ["groups/first"], verdict: "stopped", began: 1772352000, ended: 1772352009, units: [] }' \
    >"$group/group.json"
old_build $day-120000-four four ok 0
old_build $day-120001-five five killed ''
old_build $day-120002-bad bad failed 1
old_group $day-120000-second demo/four demo/four demo/five demo/bad
old_member demo/four $day-120000-four 0; old_member demo/five $day-120001-five; old_member demo/bad $day-120002-bad 1
printf '%s\n' 'start	demo/four' 'start	demo/five' 'start	demo/bad' 'failed	demo/bad' >"$group/events"
mkfifo "$group/ends" "$group/jobserver"
touch "$group/next" "$group/todo"
mkdir -p "$work/groups/$day-130000-unplanned/conf"	# killed before it had a plan
echo 1772352000 >"$work/groups/$day-130000-unplanned/began"

echo '# what is listed'
# listed KIND - the first and third column, without the number of a version
listed() {
	aoinb -c "$conf" ls "$1" | cut -f 1,3 | tr '\t\n' ' ,'
}
is 'jobs'                              "$(listed jobs)" "$day-090000-dep ok,$day-100000-one ok,$day-100000-one.2 ok,$(:
    )$day-100001-mods ok,$day-100002-bad failed,kept,$day-100003-four killed,$day-100004-dep ok,kept,$(:
    )$day-100005-stable session,kept,$day-110000-one ok,$day-110001-two stopped,$day-120000-four ok,$(:
    )$day-120001-five killed,$day-120002-bad failed,"
is 'groups'                            "$(listed groups)" \
    "$day-110000-first stopped,$day-120000-second killed,"
is 'layers'                            "$(aoinb -c "$conf" ls layers | awk -F '\t' '$2 == "deps" { print $1 }')" \
    "$other$nl$deps"
try 0 'history'                        aoinb -c "$conf" history
is 'all of it'                         "$(cut -f 2,6,10 out | tail -n 1)" "demo/bad	failed	$day-120002-bad"
is 'and of a package'                  "$(aoinb -c "$conf" history two | cut -f 10)" "$day-110001-two"
is 'the log of a job'                  "$(aoinb -c "$conf" log $day-100000-one)" "the log of $day-100000-one"
is 'of the newest of a package'        "$(aoinb -c "$conf" log one)" "the log of $day-110000-one"
is 'of one with a number behind'       "$(aoinb -c "$conf" log one.2)" "the log of $day-100000-one.2"
is 'of the last'                       "$(aoinb -c "$conf" log last)" "the log of $day-120002-bad"
try 66 'a part of several'             aoinb -c "$conf" log $day-100000
says err "$day-100000-one $day-100000-one.2" 'they are named'
try 0 'doctor'                         aoinb -c "$conf" doctor
says out "job $day-100003-four was killed" 'which are killed'
ok 'plan'                              sh -c 'aoinb -c "$1" plan demo/one demo/mods demo/two stable >out' sh "$conf"
is 'what is built is built'            "$(grep -c '^built	demo/one	' out)" 1
is 'but not with other modifiers'      "$(sed -n 's/^build	[0-9]*	//p' out | cut -f 1)" "demo/mods${nl}demo/two"
is 'and with those it is'              "$(aoinb -c "$conf" plan demo/mods:+more demo/one stable | grep -c ^built)" 2

echo '# nothing that is in use goes'
try 0 'gc'                             aoinb -c "$conf" gc
ok 'what a kept workspace stands on'   test -d "$work/layers/$other/tree"
ok 'what the next build may use'       test -d "$work/layers/$deps/tree"
ok 'and by what it is found'           test -e "$work/cache/deps/$top_layer/memo.${memo%% *}"
is 'kept workspaces'                   "$(find "$work/jobs" -mindepth 2 -maxdepth 2 -name upper | wc -l)" 3
ok 'who was killed says so'            grep -q '"killed"' "$work/jobs/$day-100003-four/result.json"
try 0 'cache gc'                       aoinb -c "$conf" cache gc

echo '# kept workspaces'
# as_is ID - all that lies in the job
as_is() {
	(cd "$work/jobs/$1" && find . -printf '%P %y %T@ %C@ %s\n' | LC_ALL=C sort)
}
before=$(as_is $day-100002-bad)
try 0 'with -n'                        aoinb -c "$conf" -n run $day-100002-bad -- true
try 0 'of which there is a log'        aoinb -c "$conf" -n log $day-100002-bad
is 'nothing of it changes'             "$(as_is $day-100002-bad)" "$before"
try 0 'one of a build'                 aoinb -c "$conf" run $day-100002-bad -- cat /etc/failed /buildroot/bundle/spec
is 'has its files'                     "$(head -n 1 out)" "of $day-100002-bad"
try 0 'one with dependencies'          aoinb -c "$conf" run $day-100004-dep -- cat /etc/kept
try 0 'one of a session'               aoinb -c "$conf" run $day-100005-stable -- sh -c 'echo more >/etc/more; cat /etc/session'
is 'has its own'                       "$(cat out)" "of $day-100005-stable"
try 0 'commit'                         aoinb -c "$conf" commit $day-100005-stable
is 'all of it'                         "$(aoinb -c "$conf" run stable -- cat /etc/session /etc/more)" "of $day-100005-stable${nl}more"
try 0 'rollback'                       aoinb -c "$conf" rollback stable
is 'to where it was'                   "$(cat out "$work/ref/instance/stable")" "$top_layer$nl$top_layer"
try 64 'a session has no steps'        aoinb -c "$conf" job $day-100005-stable

echo '# builds'
try 0 'a build finds the layer of its dependencies' aoinb -c "$conf" build tree/demo/dep stable
newest=$(aoinb -c "$conf" ls jobs | tail -n 1 | cut -f 1)
is 'without apt'                       "$(cat "$work/jobs/$newest/stack.deps")" "$base $top_layer $deps"
is 'it is the last now'                "$(aoinb -c "$conf" log last | tail -n 1)" 'build.sh: made dep_1-0_noarch.deb'

# seen NAME - what the build of its package saw
seen() {
	dpkg-deb --fsys-tarfile "$work/output/stable/$1_1-0_noarch.deb" | tar -xO ./usr/share/tiny/version
}
before=$(as_is $day-100001-mods)
try 0 'with -n'                        aoinb -c "$conf" -n job $day-100001-mods
says out 'aoinb-run .*--env=ABMODIFIERS=+more .*--env=SOURCE_DATE_EPOCH=1700000000 .*/buildroot/toolbox/build.sh$' 'it is shown as it was begun'
is 'and nothing of it changes'         "$(as_is $day-100001-mods)" "$before"
try 0 'a job again, with all its steps' aoinb -c "$conf" job $day-100001-mods
is 'its package'                       "$(cat out)" "$work/output/stable/mods_1-0_noarch.deb"
is 'is built with what it began with'  "$(seen mods)" 'mods +more epoch 1700000000'
is 'it stands on the instance'         "$(cat "$work/jobs/$day-100001-mods/stack")" "$base $top_layer"
is 'and ends well'                     "$(jq -r '.verdict, .unit' "$work/jobs/$day-100001-mods/result.json")" "ok${nl}demo/mods"
for step in instance fetch deps build; do
	try 0 "the step $step alone"       aoinb -c "$conf" job $day-090000-dep "$step"
	is 'prints nothing'                "$(cat out err)" ''
done
is 'it has its dependencies'           "$(cat "$work/jobs/$day-090000-dep/stack.deps")" "$base $top_layer $deps"
is 'in its workspace, too'             "$(aoinb -c "$conf" run $day-090000-dep -- cat /etc/dependency)" dependency
try 0 'the step collect'               aoinb -c "$conf" job $day-090000-dep collect
is 'prints the package'                "$(cat out)" "$work/output/stable/dep_1-0_noarch.deb"
try 0 'the step clean'                 aoinb -c "$conf" job $day-090000-dep clean
ok 'drops the workspace'               test ! -e "$work/jobs/$day-090000-dep/upper"
cp -a "$work/jobs/$day-100002-bad" before
try 1 'what failed fails again'        aoinb -c "$conf" job $day-100002-bad
try 0 'one that was killed'            aoinb -c "$conf" job $day-100003-four
try 0 'one that has no unit'           aoinb -c "$conf" job $day-100004-dep
is 'cannot be in the history'          "$(aoinb -c "$conf" history | cut -f 10 | grep -c "$day-100004-dep")" 1
try 0 '-n shows it'                    aoinb -c "$conf" -n job $day-100000-one
is 'its container, too'                "$(grep -c '^aoinb-rusage .* /buildroot/toolbox/build.sh$' out)" 1

echo '# groups'
try 0 'resume by a part of its id'     aoinb -c "$conf" resume first
is 'what was built is not built again' "$(cat out)" "$work/output/stable/two_1-0_noarch.deb"
is 'and counts'                        "$(listed groups | cut -d , -f 1)" "$day-110000-first ok"
try 1 'resume the newest'              aoinb -c "$conf" resume
is 'what had ended well is not built again' "$(cat out)" "$work/output/stable/five_1-0_noarch.deb"
is 'what failed is tried again'        "$(sed -n 's/^failed	//p' "$group/events")" "demo/bad${nl}demo/bad"
is 'all is in its record'              "$(jq -r '.units[] | "\(.unit) \(.verdict)"' "$group/group.json")" \
    "demo/four ok${nl}demo/five ok${nl}demo/bad failed"
is 'nothing of the last version stays' "$(cd "$group" && ls ends jobserver next todo 2>/dev/null)" ''
try 66 'one without a plan'            aoinb -c "$conf" resume unplanned

echo '# the repository'
try 0 'index'                          aoinb -c "$conf" repo index stable
is 'every package'                     "$(aoinb -c "$conf" repo ls stable | cut -f 1 | sort | tr '\n' ' ')" 'dep five four mods one two '

echo '# cleaning up'
try 0 'cleanup jobs'                   aoinb -c "$conf" cleanup jobs
is 'jobs and groups are gone'          "$(find "$work/jobs" "$work/groups" -mindepth 1)" ''
is 'and their locks'                   "$(find "$work/lock" -name 'job.*' -o -name 'group.*')" ''
try 0 'cleanup all'                    aoinb -c "$conf" cleanup all
is 'no layer is left'                  "$(ls "$work/layers")" ''
nothing_left

finish
