#!/bin/sh
# The whole chain, and single programs of it, killed with SIGKILL at random
# moments: nothing is left, no ref is torn, and the next command works
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need jq setsid ps flock

world_new w
seed=${AOINB_TEST_SEED:-$(date +%s)}
echo "# seed $seed (AOINB_TEST_SEED repeats it)"
nap=2.0$$	# what the processes inside are known by
bundle_tiny tiny
cat >>tiny/autobuild/build <<X
sleep $nap & (setsid sleep $nap &)
for i in 1 2 3 4 5 6 7 8; do /bin/true; sleep 0.05; done
kill %1
X

# random MAX - a number below it
random() {
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	echo $((seed / 65536 % $1))
}

# ours - the processes of the chain, inside and outside
ours() {
	ps -eo pid=,args= | awk -v work="$work" -v nap="sleep $nap" -v self="$$" '
		$1 != self && (index($0, work) || index($0, nap)) && !/awk/ { print $1 }'
}

# below PID - it and all that descend from it
below() {
	ps -eo pid=,ppid= | awk -v top="$1" '
		{ parent[$1] = $2 }
		END {
			for (p in parent) {
				for (at = p; at in parent && at != top; at = parent[at])
					;
				if (at == top) print p
			}
		}'
}

nothing_runs() {
	set -- "$(ours)"
	[ ! "$1" ]
}

# whole - every ref names a layer that is there, and so on down to the base
whole() {
	for ref in baseos instance/stable; do
		id=$(cat "$work/ref/$ref") || return 1
		while [ "$id" ]; do
			[ -d "$work/layers/$id/tree" ] && [ -s "$work/layers/$id/info" ] || return 1
			id=$(sed -n 's/^parent=//p' "$work/layers/$id/info")
		done
	done
	for deb in "$work"/output/stable/*.deb; do
		[ ! -e "$deb" ] || dpkg-deb --info "$deb" >/dev/null || return 1
	done
}

# held - lock files that somebody still holds
held() {
	for lock in "$work"/lock/*; do
		flock -n "$lock" true || echo "$lock"
	done
}

nothing_held() {
	[ ! "$(held)" ]
}

# one HOW COMMAND... - runs COMMAND, kills, and looks at what is left
one() {
	how=$1; shift
	setsid "$@" >run.log 2>&1 &
	pid=$!
	sleep "0.$(printf '%03d' "$(random 900)")"
	victims=$(below "$pid")
	if [ "$how" = one ] && [ "$victims" ]; then
		n=$(($(random "$(echo "$victims" | wc -l)") + 1))
		victims=$(echo "$victims" | sed -n "${n}p")
	fi
	# shellcheck disable=SC2086 # a list
	[ ! "$victims" ] || kill -9 $victims 2>/dev/null
	wait "$pid" 2>/dev/null
	wait_for 20 nothing_runs || { echo "# still there after $how:"; ps -o pid,ppid,stat,args -p "$(ours | paste -sd,)" | sed 's/^/# /'; return 1; }
	# A process that is on its way out has no command line any more, but its files.
	wait_for 5 nothing_held || { echo "# held: $(held)"; return 1; }
	! grep -F "$work" /proc/self/mountinfo || return 1
	whole || { echo '# a ref is torn, or a package'; return 1; }
}

worst=0 round=0
while [ "$round" -lt 100 ]; do
	case $((round % 2)) in 0) how=all ;; 1) how=one ;; esac
	one "$how" aoinb -c "$conf" build tiny stable || { worst=1; echo "# in round $round"; break; }
	round=$((round + 1))
done
report "$worst" '100 builds killed: no process, mount or lock is left, and every ref is whole'

# An update of the instance runs the same chain into a layer in the making.
aoinb-conf -c "$conf" -D instance_update=always ini >next.ini && mv next.ini "$conf/aoinb.ini"
top_before=$(cat "$work/ref/instance/stable")
worst=0 round=0
while [ "$round" -lt 10 ]; do
	one all aoinb -c "$conf" run stable -- true || worst=1
	one all aoinb -c "$conf" build tiny stable || worst=1
	round=$((round + 1))
done
report "$worst" '20 updates killed: the same'
is 'and the instance is as it was' "$(cat "$work/ref/instance/stable")" "$top_before"
aoinb-conf -c "$conf" -D instance_update=never ini >next.ini && mv next.ini "$conf/aoinb.ini"

try 0 'the next build works'       aoinb -c "$conf" build tiny stable
is    'and makes its package'      "$(cat out)" "$work/output/stable/tiny_1-0_noarch.deb"
nothing_left
is    'no workspace is left'       "$(find "$work/jobs" -maxdepth 2 -name upper)" ''
is    'every job says how it ended' "$(find "$work/jobs" -mindepth 1 -maxdepth 1 -type d \
    '!' -exec test -e '{}/result.json' ';' -print)" ''

finish
