#!/bin/sh
# aoinb-rusage: the record it writes, the codes it passes on, the limits it
# keeps, and that nothing is left of what it started
# shellcheck disable=SC2016,SC2317 # quoted for another shell; called by name
. "${0%/*}/lib.sh"

# field KEY [RECORD] - one value of a record
field() {
	sed -n "s/^$1=//p" "${2-r}"
}

# gone FILE - none of the processes listed in FILE lives
gone() {
	[ -s "$1" ] || return 1
	while read -r p; do
		! kill -0 "$p" 2>/dev/null || return 1
	done <"$1"
}

# cgroups PID - the cgroups that aoinb-rusage PID made and that are still there
cgroups() {
	find /sys/fs/cgroup -type d -name "aoinb-$1-*" 2>/dev/null
}

no_cgroups() {
	[ -z "$(cgroups "$1")" ]
}

# keeper PID - the process behind the front process PID
keeper() {
	tr -d ' ' <"/proc/$1/task/$1/children"
}

# A tree that does not want to end: it ignores TERM, has a session of its own,
# and is nobody's child.
cat >stubborn <<'EOF'
trap '' TERM
echo $$ >>pids
setsid sh -c 'echo $$ >>pids; sleep 300' &
( ( sh -c 'echo $$ >>pids; exec sleep 300' & ) )
sh -c 'echo $$ >>pids; sleep 300'
EOF
# The last sign that the whole of it stands.
stands() {
	[ "$(wc -l <pids)" -eq 4 ]
}

aoinb-rusage --sweep >swept || exit 1
sed 's/^/# was stale: /' swept

# --- codes and records

try 3   "a child's code is passed on"    aoinb-rusage -o r sh -c 'exit 3'
ok      'and recorded'                   grep -qx exit=3 r
ok      'with its verdict'               grep -qx verdict=failed r
try 0   'a good end'                     aoinb-rusage -o r true
ok      'is ok'                          grep -qx verdict=ok r
ok      'shell can read the record'      sh -c '. ./r && [ "$exit" = 0 ] && [ "$prog" = true ]'
echo "# source: $(field source) ($(field source_detail))"
try 200 'one above 127 as well'           aoinb-rusage -o r sh -c 'exit 200'
try 137 'signal n becomes 128 + n'       aoinb-rusage -o r sh -c 'kill -9 $$'
ok      'and is told by number'          grep -qx signal=9 r
is      'not as an exit code'            "$(field exit)" ''
ok      'under a verdict of its own'     grep -qx verdict=signal r
try 127 'program not found'              aoinb-rusage -o none no-such-program
ok      'nothing ran, so no record'      test ! -e none
echo x >plain
try 126 'not executable'                 aoinb-rusage -o none ./plain
ok      'no record of that either'       test ! -e none
try 64  'options are not abbreviated'    aoinb-rusage --out r true
try 64  'a program is wanted'            aoinb-rusage -o r
try 64  'a floor wants a folder'         aoinb-rusage --disk-floor=1G true
try 64  'an unknown source'              aoinb-rusage --source=v3 true
try 64  'no interval of nothing'         aoinb-rusage -i 0 true
try 73  'a device is never replaced'     aoinb-rusage -o /dev/null true
ok      'and is still a device'          test -c /dev/null
try 73  'nor written samples to'         aoinb-rusage -s /dev/null true
try 73  'no folder for the record: before the start' aoinb-rusage -o no/r touch ran
ok      'so nothing ran'                 test ! -e ran
try 66  'no folder to watch'             aoinb-rusage --disk=no true
try 0   'a dry run'                      aoinb-rusage -n -o none touch ran
ok      'runs nothing'                   test ! -e ran -a ! -e none
says    err '^touch ran$'                'and says what'
try 0   'options end at the program'     aoinb-rusage -o r sh -c 'exit 0' -o none
ok      'a record for the first -o only' test ! -e none
try 0   'stdout is left to the program'  aoinb-rusage -o r echo data
is      'and nothing is added'           "$(cat out err)" data

# --- output, samples, disk

try 0   'output to a log'                aoinb-rusage -l log sh -c 'echo 1; echo 2 >&2'
try 0   'is appended'                    aoinb-rusage -l log echo 3
is      'both streams, in order'         "$(cat log)" "$(printf '1\n2\n3')"

mkdir d
aoinb-rusage -l said -s s -i 1s sh -c 'echo 1; sleep 1.1; echo 22; sleep 1.1'
is 'how much was said by then' "$(tail -n 1 s | cut -d , -f 10)" 5
try 0 'samples and a folder' \
    aoinb-rusage -o r -s s -i 1s --disk=d sh -c 'dd if=/dev/zero of=d/x bs=64K count=32 status=none; sleep 2.5'
is 'a header line' "$(head -n 1 s)" \
    elapsed_us,user_us,sys_us,mem_kib,tasks,read_bytes,write_bytes,disk_used_kib,disk_free_kib,log_bytes
is 'rows as the record says' "$(($(wc -l <s) - 1))" "$(field samples)"
ok 'one a second, and one at the end' test "$(field samples)" -ge 3
ok 'ten fields each, time goes on' awk -F, '
    NF != 10 { exit 1 } NR > 1 && $1 <= last { exit 1 } NR > 1 { last = $1 }' s
ok 'the last is of the end' awk -F, -v w="$(field wall_us)" 'END { exit !($1 >= w) }' s
ok 'the folder was measured' test "$(field disk_folder_kib)" -ge 2048 -a "$(field disk_folder_kib)" -lt 2200
ok 'and its file system' test "$(field disk_free_min_kib)" -gt 0 -a "$(field disk_peak_kib)" -ge 0

aoinb-rusage -s live -i 1s sleep 30 & pid=$!
ok 'rows can be followed while it runs' wait_for 10 grep -qs '^[12]' live
kill "$pid"
wait "$pid"

# --- each source: CPU time, and the limits

for src in cgroup2 cgroup1 proc; do
	aoinb-rusage --source="$src" true 2>err; got=$?
	if [ "$got" -eq 69 ]; then
		skip 20 "$(cat err)"
		continue
	fi
	try 0 "$src: 300 short-lived children" aoinb-rusage --source="$src" -o r sh -c '
		i=0; while [ $i -lt 300 ]; do /bin/true; i=$((i + 1)); done; times >t'
	echo "# $src: $(field source_detail)"
	is "$src: the record says so" "$(field source)" "$src"
	ok "$src: their CPU time is all there" awk -v cpu="$(field cpu_us)" '
		{ for (i = 1; i <= 2; i++) { split($i, a, /[ms]/); t += 60 * a[1] + a[2] } }
		END { t *= 1e6; print "# " cpu " us, by times: " t
		    exit !(cpu > 0.9 * t - 50000 && cpu < 1.1 * t + 50000) }' t
	ok "$src: user and system make the whole" awk -v c="$(field cpu_us)" \
	    -v u="$(field user_us)" -v s="$(field sys_us)" 'BEGIN {
		exit !(u + s > 0.98 * c - 1000 && u + s < 1.02 * c + 1000) }'

	try 123 "$src: out of memory" aoinb-rusage --source="$src" -o r --memory=64M \
	    --grace=1s sh -c 'echo $$ >>pids1; (head -c 300M /dev/zero; sleep 60) | tail -n 1'
	ok "$src: is its verdict" grep -qx verdict=oom r
	ok "$src: with a peak about the limit" test "$(field peak_kib)" -gt 50000

	: >pids
	try 124 "$src: out of time" aoinb-rusage --source="$src" -o r --time=2s \
	    --grace=1s sh stubborn
	ok "$src: is its verdict" grep -qx verdict=timeout r
	ok "$src: the whole tree had stood" stands
	ok "$src: and is gone" gone pids

	try 0 "$src: a daemon left behind does not hold us" aoinb-rusage --source="$src" \
	    -o r sh -c 'setsid sleep 300 & echo $! >pids; exit 0'
	ok "$src: and does not stay" gone pids
	ok "$src: nor count" test "$(field wall_us)" -lt 60000000

	for dead in front keeper; do
		: >pids
		aoinb-rusage --source="$src" -o none sh stubborn 2>err & pid=$!
		wait_for 10 stands || echo '# the tree does not stand'
		behind=$(keeper "$pid")
		if [ $dead = front ]; then kill -9 "$pid"; else kill -9 "$behind"; fi
		wait "$pid" 2>/dev/null
		got=$?
		is "$src: kill -9 of the $dead" "$got" 137
		ok "$src: leaves no process" wait_for 10 gone pids
		ok "$src: and no cgroup" wait_for 10 no_cgroups "$pid"
	done
done

aoinb-rusage -o r true
case $(field source_detail) in
*tasks:cgroup*)
	try 2 'too many tasks: fork fails' aoinb-rusage -o r --tasks=10 sh -c '
		i=0; while [ $i -lt 40 ]; do sleep 20 & i=$((i + 1)); done; wait'
	ok 'and is counted' test "$(field refused_tasks)" -gt 0
	ok 'there never were more' test "$(field peak_tasks)" -le 10
	;;
*)	skip 3 'no pids controller here' ;;
esac

try 0 'one within another' aoinb-rusage -o r aoinb-rusage -o r2 sh -c '
	i=0; while [ $i -lt 50 ]; do /bin/true; i=$((i + 1)); done'
ok 'is counted there too' test "$(field cpu_us)" -gt "$(field cpu_us r2)"
try 123 'and limited there too' aoinb-rusage -o r --memory=64M --grace=1s \
    aoinb-rusage -o r2 sh -c '(head -c 300M /dev/zero; sleep 60) | tail -n 1'

# Somebody may make cgroups in a folder that is his, and not leave his own for them.  The
# end of one of version 1 that was made in vain rings as want of memory does.
v1=/sys/fs/cgroup/memory v2=/sys/fs/cgroup/unified
[ -e "$v2/cgroup.procs" ] || v2=/sys/fs/cgroup
if [ "$(id -u)" -eq 0 ] && [ -e "$v1/memory.oom_control" ] && [ -e "$v2/cgroup.procs" ] &&
    setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$B/bin/aoinb-rusage" &&
    mkdir "$v1/theirs$$" "$v2/theirs$$"; then
	later "rmdir $v1/theirs$$ $v2/theirs$$"
	chown 65534 "$v1/theirs$$" "$v2/theirs$$"
	try 7 'no cgroup can be entered' sh -c "
		echo \$\$ >$v1/theirs$$/cgroup.procs && echo \$\$ >$v2/theirs$$/cgroup.procs || exit 99
		exec setpriv --reuid=65534 --regid=65534 --clear-groups aoinb-rusage -v --memory=1G \
		    --grace=0 sh -c 'sleep 0.5; exit 7'"
	says err 'enter the cgroup: .*; doing without$' 'which -v says'
	try 123 'the limit is kept even so' sh -c "
		echo \$\$ >$v1/theirs$$/cgroup.procs && echo \$\$ >$v2/theirs$$/cgroup.procs || exit 99
		exec setpriv --reuid=65534 --regid=65534 --clear-groups aoinb-rusage --memory=64M \
		    --grace=0 sh -c '(head -c 300M /dev/zero; sleep 60) | tail -n 1'"
else
	skip 3 'no hierarchies of both versions, or nobody may run this build'
fi

# --- both processes killed at once: a sweep finds what is left

: >pids
aoinb-rusage sh stubborn & pid=$!
wait_for 10 stands || echo '# the tree does not stand'
if no_cgroups "$pid"; then
	skip 5 'no cgroup can be made here'
	kill "$pid"
	wait "$pid"
else
	behind=$(keeper "$pid")
	aoinb-rusage --sweep >swept
	ok 'a sweep leaves the living alone' test -n "$(cgroups "$pid")"
	kill -STOP "$pid"
	kill -9 "$behind"
	kill -9 "$pid"
	wait "$pid" 2>/dev/null
	before=$(cgroups "$pid" | sort)
	aoinb-rusage --sweep --dry-run >swept
	is 'what a sweep would remove' "$(grep "aoinb-$pid-" swept | sort)" "$before"
	try 0 'a sweep' aoinb-rusage --sweep
	ok 'leaves no process' wait_for 10 gone pids
	ok 'and no cgroup' no_cgroups "$pid"
fi

# --- silence

try 125 'silent' aoinb-rusage -o r --silence=1s --grace=1s sleep 60
ok 'is its verdict' grep -qx verdict=silent r
try 0 'quiet but busy is not silent' aoinb-rusage --silence=2s --grace=1s \
    sh -c 'timeout 4 sh -c "while :; do :; done"; exit 0'
try 0 'idle but talking is not silent' aoinb-rusage --silence=2s --grace=1s -l talk \
    sh -c 'for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.5; done'

# --- disk

if [ "$(id -u)" -eq 0 ]; then
	mkdir small
	cat >full <<-'EOF'
	mount -t tmpfs -o size=16m none small || exit 99
	aoinb-rusage -o none --disk=small --disk-floor=1G touch ran; echo "$?" >early
	exec aoinb-rusage -o r --disk=small --disk-floor=4M --grace=1s sh -c \
	    'dd if=/dev/zero of=small/x bs=1M count=13 status=none; sleep 60'
	EOF
	try 122 'disk full' unshare -m sh full
	ok 'is its verdict' grep -qx verdict=disk-full r
	ok 'the least that was free' test "$(field disk_free_min_kib)" -lt 4096
	is 'the growth' "$(field disk_peak_kib)" 13312
	is 'full before the start' "$(cat early)" 122
	ok 'so nothing ran' test ! -e ran -a ! -e none
else
	skip 6 'needs root for a small file system'
fi

# --- signals

for how in TERM:143 HUP:129; do
	rm -f ready got
	aoinb-rusage -o r sh -c "trap 'echo >got' ${how%:*}; echo >ready; sleep 60; exit 9" & pid=$!
	wait_for 10 test -e ready
	kill "-${how%:*}" "$pid"
	wait "$pid"
	is "${how%:*} ends it, with its code" "$?" "${how#*:}"
	ok 'the program was told' test -e got
	ok 'and the verdict tells who wanted it' grep -qx verdict=stopped r
done

rm -f ready
(trap '' HUP; exec aoinb-rusage -o r sh -c 'echo >ready; sleep 60') & pid=$!
wait_for 10 test -e ready
kill -HUP "$pid"
kill -HUP "$(keeper "$pid")"
sleep 0.3
ok 'what nohup(1) ignores stays ignored' kill -0 "$pid"
kill "$pid"
wait "$pid"
is 'until something else comes' "$?" 143

rm -f ready
(sh -c 'aoinb-rusage --die-with-parent sh -c "echo \$\$ >pids; echo >ready; sleep 60" & echo $! >front; wait') & pid=$!
wait_for 10 test -e ready
kill -9 "$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$(cat front)/status")"
wait "$pid" 2>/dev/null
ok '--die-with-parent does' wait_for 10 gone front
ok 'with all below' wait_for 10 gone pids

# A terminal sends Ctrl-C to the whole group: the program decides. Whoever runs
# this in the background may have us ignore the signal.
for what in ':;7;ok' '-;130;stopped'; do
	on=${what%%;*} code=${what#*;} code=${code%;*}
	rm -f ready r
	cat >typed <<-EOF
	exec env --default-signal=INT aoinb-rusage -o r sh -c 'trap "$on" INT; echo >ready; sleep 10; exit 7'
	EOF
	(wait_for 30 test -e ready; printf '\003'; wait_for 30 test -e r) |
	    script -qec 'exec sh typed' typescript >out 2>err
	is "Ctrl-C on a terminal, trap '$on' INT" "$?" "$code"
done
ok 'is told' grep -qx verdict=stopped r

# --- a kernel, or a filter of system calls, that does not let us wait

cat >deaf.c <<'EOF'
#include <errno.h>
int wait4(int pid, int *status, int options, void *usage)
{
	(void)pid, (void)status, (void)options, (void)usage;
	errno = EPERM;
	return -1;
}
EOF
case $B:$(command -v gcc) in
*san*:*|*:) skip 3 'needs gcc, and a build without sanitizers' ;;
*)
	gcc -shared -fPIC -o deaf.so -xc - <deaf.c || exit 1
	try 71 'a wait that fails'  timeout -k 5 20 env LD_PRELOAD="$PWD/deaf.so" aoinb-rusage -o none \
	    sh -c 'echo $$ >pids; sleep 1'
	says err 'wait for sh: '    'is said'
	ok 'and nothing is left'    gone pids
	;;
esac

# --- what is not ours

sh -c 'sleep 60 & echo $! >other; exec aoinb-rusage -o r --time=1s --grace=0 sleep 60'
is 'a child inherited over exec' "$?" 124
ok 'lives on' kill -0 "$(cat other)"
kill "$(cat other)"

rm -f ready
sh -c 'sleep 60 & echo $! >other; exec aoinb-rusage sh -c "echo >ready; sleep 60"' 2>err & pid=$!
wait_for 10 test -e ready
# shellcheck disable=SC2013 # one line of words
for child in $(cat "/proc/$pid/task/$pid/children"); do
	[ "$child" = "$(cat other)" ] || kill -9 "$child"
done
wait "$pid" 2>/dev/null
is 'also when the keeper is killed' "$?" 137
ok 'it lives on' kill -0 "$(cat other)"
kill "$(cat other)"

if [ "$(id -u)" -eq 0 ] && setpriv --reuid=65534 --regid=65534 --clear-groups \
    test -x "$B/bin/aoinb-rusage"; then
	chmod 755 .
	mkdir -m 777 theirs
	try 0 'without privilege' setpriv --reuid=65534 --regid=65534 --clear-groups \
	    aoinb-rusage -o theirs/r --memory=1G true
	echo "# source: $(field source_detail theirs/r)"
	ok 'there is a record too' grep -qx verdict=ok theirs/r
else
	skip 2 'needs root, and a build that others may read'
fi

cat >options <<'EOF'
root nowhere
run no-such-option
rusage output=of a\\b
rusage time=1s
rusage grace=0
rusage interval=1s
EOF
try 124 'options in a file' aoinb-rusage --options=options sleep 60
is 'are heeded' "$(field verdict 'of a\b')" timeout
try 0 'and those behind' aoinb-rusage --options=options --time=0 -o r sleep 1.2
is 'come after' "$(field verdict r)" ok
for line in time=1x interval=0 memory=1X tasks=many source=v3 'disk-floor'; do
	printf '\nrusage %s\n' "$line" >options
	try 65 "a line that is wrong: rusage $line" aoinb-rusage --options=options true
	says err "^aoinb-rusage: options:2: .*${line%%=*}" 'file, line, option'
done

aoinb-rusage --sweep >swept
is 'no cgroup is left' "$(cat swept)" ''

finish
