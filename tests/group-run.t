#!/bin/sh
# aoinb-group alone, with executors that are a few lines of sh: what begins when, what is
# written down, and what comes of builds, disks, pipes and supervisors that fail
. "${0%/*}/lib.sh"
need_root
need jq python3 setsid timeout

# unit NAME WEIGHT MEMORY PROVIDES BUILDNEEDS RUNNEEDS - a line of the graph
unit() {
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$@"
}

# group_new [DIR] - an empty work_dir DIR, with a group "g" in it of the units in the file
# graph, all of them to be built.  Sets work and group.
group_new() {
	work=$PWD/${1-w} group=$PWD/${1-w}/groups/g
	rm -rf "$work"
	mkdir -p "$work/jobs" "$group/run" "$group/log" "$group/conf"
	cp graph "$group/"
	awk -F '\t' -v OFS='\t' '{ print $1, "/bundles/" $1, $1, "1-0", "-", "build", "-" }' graph >"$group/units"
	echo stable >"$group/branch"
	printf 'groups/all\none\n' >"$group/targets"
	date +%s >"$group/began"
	aoinb-order <graph >"$group/order"
}

# executor LINE... - a program "exec" of sh that is given the folder of a unit: $unit is its
# name, and it is in the folder
executor() {
	{ echo '#!/bin/sh'; echo 'cd "$1" && read -r unit <unit || exit 99'; printf '%s\n' "$@"; } >exec.new
	chmod +x exec.new
	mv exec.new exec
}

# build [OPTION]... - the group
build() {
	timeout 60 aoinb-group -w "$work" --exec="$PWD/exec" "$@" "$group"
}

# begins [OPTION]... - the group in the background, in a session of its own: sets pid
begins() {
	setsid env --default-signal=INT,QUIT aoinb-group -w "$work" --exec="$PWD/exec" "$@" "$group" \
	    >group.out 2>group.err </dev/null &
	pid=$!
}

# ends - waits for it: sets code
ends() {
	code=0
	wait "$pid" || code=$?
}

# events - what was written down, a line
events() {
	tr '\t\n' ' ;' <"$group/events"
}

# verdicts - of group.json
verdicts() {
	jq -r '.units[] | "\(.unit) \(.verdict)"' "$group/group.json" | tr '\n' ';'
}

# begun UNIT... - each of them runs
begun() {
	for one; do
		[ -e "$group/run/$one/here" ] || return 1
	done
}

# gone PID... - none of them is a process
gone() {
	for one; do
		! kill -0 "$one" 2>/dev/null || return 1
	done
}

echo '# in order'
{
	unit a 10 0 a - -
	unit b 5 0 b a -
	unit c 4 0 c b -
	unit d 9.5 0 d - -
} >graph
group_new
printf 'a\t{"cpus":2}\n' >"$group/needs"
executor 'echo "made of $unit"; echo "$unit says" >&2'
try 0 'four units, one after the other'    build -s 1
is 'what is needed comes first'            "$(events)" \
    'start a;ok a;start d;ok d;start b;ok b;start c;ok c;'
is 'what they print is printed'            "$(tr '\n' ' ' <out)" 'made of a made of d made of b made of c '
says err '^d says$'                        'and what they say'
says err '^aoinb: \[0/4\] a: begins$'      'a line when one begins'
says err '^aoinb: \[1/4\] a: built, [0-9]*s$' 'and when it ends'
says err '^PACKAGE  VERDICT  TIME '        'a table at the end'
is 'the record'                            "$(jq -c 'del(.began, .ended) | .units |= length' "$group/group.json")" \
    '{"id":"g","branch":"stable","targets":["groups/all","one"],"verdict":"ok","broken":[],"units":4}'
is 'with all there is to a unit'           "$(jq -c '.units[0]' "$group/group.json")" \
    '{"unit":"a","verdict":"ok","why":null,"job":null,"version":"1-0","wall_us":null,"cpu_us":null,"peak_kib":null,"packages":[]}'
is 'the folder of one'                     "$(cd "$group/run/a" && head -n 1 unit bundle branch modifiers jobs code | tr '\n' ' ')" \
    "==> unit <== a  ==> bundle <== /bundles/a  ==> branch <== stable  ==> modifiers <==   ==> jobs <== $(nproc)  ==> code <== 0 "
is 'what it wants of a machine'            "$(cat "$group/run/a/needs" "$group/run/b/needs" | tr '\n' ' ')" '{"cpus":2} {} '
is 'its configuration'                     "$(readlink "$group/run/a/conf")" ../../conf
try 0 'once more'                          build
is 'nothing is left to do'                 "$(cat out)$(grep -c begins err)" 0

group_new
executor ': >here; ls ../*/here | wc -l; sleep 0.4; rm here'
try 0 'two slots'                          build -s 2
is 'two at once, and never more'           "$(sort -n out | tail -n 1)" 2
{
	unit big 10 6000 - - -
	unit mid 9 5000 - - -
	unit small 8 1000 - - -
} >graph
group_new
try 0 'by memory'                          build -s 3 -m 8000K
is 'what does not fit waits'               "$(events | tr ';' '\n' | head -n 2 | tr '\n' ' ')" 'start big start small '
is 'and then is built'                     "$(verdicts)" 'big ok;mid ok;small ok;'

echo '# what fails'
{
	unit a 10 0 a - -
	unit b 5 0 b a -
	unit c 4 0 c b -
	unit d 3 0 d - -
} >graph
executor '[ "$unit" != a ]'
group_new
try 1 'one fails'                          build -s 1
is 'what needs it is skipped, the rest is built' "$(verdicts)" 'a failed;b skipped;c skipped;d ok;'
is 'why is in the record'                  "$(jq -r '.units[2].why' "$group/group.json")" 'b was not built'
is 'and in a file'                         "$(tr '\t\n' ' ;' <"$group/skipped")" 'b a;c b;'
says err '^aoinb: \[2/4\] b: skipped, since a was not built$' 'and said'
group_new
try 1 '--fail-fast'                        build -s 1 --fail-fast
is 'begins nothing after it'               "$(events)" 'start a;failed a;'
is 'and stops'                             "$(jq -r .verdict "$group/group.json") $(verdicts)" 'stopped a failed;b waiting;c waiting;d waiting;'
executor true
try 0 'gone on with'                       build -s 1
is 'what failed is tried again'            "$(verdicts)" 'a ok;b ok;c ok;d ok;'
group_new
awk -F '\t' -v OFS='\t' '$1 == "a" { $6 = "unmet"; $7 = "needs x (nobody has it)" } { print }' \
    "$group/units" >units && mv units "$group/units"
try 1 'one that cannot be'                 build
is 'is not begun'                          "$(verdicts)" 'a unmet;b skipped;c skipped;d ok;'
says err '^aoinb: a: needs x (nobody has it)$' 'and why is said'
mv exec noexec
group_new
try 1 'no executor'                        build -s 1
says err '^aoinb-group: a: cannot start .*/exec: No such file' 'is a failure, and named'
is 'of the unit'                           "$(cat "$group/run/a/code") $(verdicts)" '127 a failed;b skipped;c skipped;d failed;'
: >./exec
group_new
try 1 'one that is no program'             build
is 'too'                                   "$(cat "$group/run/a/code")" 126
rm exec
executor 'case $unit in a) exit 130 ;; d) kill -9 $$ ;; esac'
group_new
try 1 'codes of interrupts and kills'      build
is 'are failures, when nobody interrupted' "$(events | tr ';' '\n' | grep failed | sort | tr '\n' ' ')" 'failed a failed d '

echo '# jobs of builds'
{
	unit a 1 0 a - -
	unit b 1 0 b - -
} >graph
group_new
executor 'echo "j-$unit" >job' '[ "$unit" = a ]'
for one in a b; do
	mkdir "$work/jobs/j-$one"
	printf 'wall_us=61000000\ncpu_us=2500000\npeak_kib=20480\nverdict=%s\n' timeout >"$work/jobs/j-$one/rusage"
	printf 'sha256::x\t10\t%s_1.deb\nsha256::y\t11\t%s-dev_1.deb\nsha2' "$one" "$one" >"$work/jobs/j-$one/packages"
done
try 1 'two jobs'                           build
is 'what a record has of one'              "$(jq -c '.units[0] | del(.unit, .why, .version)' "$group/group.json")" \
    '{"verdict":"ok","job":"j-a","wall_us":61000000,"cpu_us":2500000,"peak_kib":20480,"packages":["a_1.deb","a-dev_1.deb"]}'
is 'the limit that ended one'              "$(verdicts)" 'a ok;b timeout;'
says err '^a  *ok  *1:01  *20M  *0:03  *1-0' 'the same for people'
says err '^aoinb: job j-a: packages: a damaged line; passed over$' 'a torn record is named'
is 'links to the logs'                     "$(readlink "$group/log/a.log")" ../../../jobs/j-a/log

echo '# cycles'
{
	unit a 1 0 'a a2' b -
	unit b 1 0 b - c
	unit c 1 0 c a -
} >graph
group_new
executor 'if [ -e without ]; then tr "\n" " " <without; fi; echo'
sed -i 's/	a	1-0/	a a2	1-0/' "$group/units"
try 0 'a circle'                           build -s 1
is 'what is not there yet'                 "$(tr '\n' ';' <out)" 'c ;c ;c ;'
is 'the need given up'                     "$(jq -c .broken "$group/group.json")" '[{"unit":"b","needs":"c","kind":"run"}]'

echo '# Ctrl-C'
{
	for one in a b c; do unit $one 1 0 $one - -; done
} >graph
executor ': >here; trap "exit 130" INT TERM' 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 0.1; done'
group_new
begins -s 2
ok 'two run'                               wait_for 10 begun a b
kill -s INT "$pid"
ends
is 'once: the code'                        "$code" 130
is 'what runs is finished'                 "$(jq -r .verdict "$group/group.json") $(verdicts)" 'stopped a ok;b ok;c waiting;'
says group.err 'interrupted: what runs is finished; Ctrl-C again ends it' 'it is said'
group_new
executor 'trap "exit 130" INT TERM' 'sh -c "echo \$\$ >sleeper; : >here; exec sleep 60"'
begins -s 2
ok 'two run'                               wait_for 10 begun a b
kill -s INT "$pid"; sleep 0.2
began=$(date +%s)
kill -s INT "$pid"
ends
is 'twice: the code'                       "$code" 130
ok 'at once'                               test "$(($(date +%s) - began))" -le 2
is 'what ran waits'                        "$(verdicts)" 'a waiting;b waiting;c waiting;'
ok 'and all of it was told'                wait_for 5 gone "$(cat "$group/run/a/sleeper")" "$(cat "$group/run/b/sleeper")"
group_new
begins -s 2
ok 'two run'                               wait_for 10 begun a b
kill -s TERM "$pid"
ends
is 'TERM: the code'                        "$code" 143
is 'what ran waits'                        "$(events | tr ';' '\n' | grep -c again)" 2
executor true
try 0 'resume'                             build
is 'builds all'                            "$(verdicts)" 'a ok;b ok;c ok;'
executor 'trap "" TERM; : >here; sleep 1'
group_new
mkfifo nohup.in
setsid nohup aoinb-group -w "$work" --exec="$PWD/exec" -s 3 "$group" >group.out 2>group.err <nohup.in &
pid=$!
exec 8>nohup.in
ok 'by nohup'                              wait_for 10 begun a b c
kill -s HUP "$pid"
ends
exec 8>&-
is 'HUP is nothing'                        "$code $(verdicts)" '0 a ok;b ok;c ok;'

echo '# what is killed'
executor 'echo $$ >pid; : >here; sleep 60 & echo $! >sleeper; wait'
group_new
begins -s 3
ok 'three run'                             wait_for 10 begun a b c
env kill -s KILL -- "-$(cat "$group/run/a/pid")"
ok 'a session that is killed whole'        wait_for 5 grep -q '^failed	a$' "$group/events"
kill -9 "$pid"; ends
ok 'with the supervisor all go'            wait_for 5 gone "$(cat "$group/run/b/pid")" "$(cat "$group/run/c/pid")"
kill "$(cat "$group/run/b/sleeper")" "$(cat "$group/run/c/sleeper")" 2>/dev/null
is 'the lock is free'                      "$(flock -n "$work/lock/group.g" echo free)" free
is 'it is written down that they began'    "$(sort "$group/events" | tr '\t\n' ' ;')" 'failed a;start a;start b;start c;'
echo mine >"$group/run/c/left"
echo j-b >"$group/run/b/job"; mkdir "$work/jobs/j-b"; echo '{"verdict": "ok"}' >"$work/jobs/j-b/result.json"
printf 'ok\tc' >>"$group/events"
executor 'echo "$unit"; cat left 2>/dev/null || :'
try 0 'resume'                             build -s 1
is 'what ended well is not built again'    "$(tr '\n' ' ' <out)" 'a c mine '
is 'nor is a torn line of it taken'        "$(sed 's/	/ /' "$group/events" | tail -n 8 | tr '\n' ';')" \
    'failed a;again a;ok b;again c;start a;ok a;start c;ok c;'
is 'all is well'                           "$(verdicts)" 'a ok;b ok;c ok;'

group_new
printf 'start\ta\nnonsense\nok\ta\0b\nok\tnobody\nok\tb\n' >"$group/events"
try 0 'events that are damaged'            build
is 'are named'                             "$(grep -c 'events:[234]: .*; passed over' err)" 3
is 'and passed over'                       "$(tr '\n' ' ' <out)" 'a c '

# random MAX - a number below it
seed=${AOINB_TEST_SEED:-$(date +%s)}
echo "# seed $seed (AOINB_TEST_SEED repeats it)"
random() {
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	echo $((seed / 65536 % $1))
}

"$top/tests/order-gen" 40 80 7 6 | awk -F '\t' -v OFS='\t' '{ $3 = 0; print }' >graph
# What is built says so in "built", and it must not be begun before what it needs, nor twice
# at once.
executor 'sleep 0.0$(($$ % 5))' 'echo "$unit" >>../../built'
group_new
rounds=0 worst=0
while [ "$rounds" -lt 40 ]; do
	rounds=$((rounds + 1))
	begins -s 4
	sleep "0.$(printf '%03d' "$(random 120)")"
	case $((rounds % 4)) in
	0) kill -s TERM "$pid" 2>/dev/null ;;
	1) ps -o pid= --ppid "$pid" | head -n 1 | xargs -r kill -9 2>/dev/null ;;
	*) kill -9 "$pid" 2>/dev/null ;;
	esac
	if [ "$((rounds % 4))" -eq 1 ]; then
		sleep 0.1
		kill -s INT "$pid" 2>/dev/null
	fi
	code=137
	timeout 20 tail --pid="$pid" -f /dev/null || { worst=1; echo "# round $rounds: waits for ever"; kill -9 "$pid"; }
	ends
	case $code in 0|1|130|137|143) ;; *) worst=1; echo "# round $rounds: code $code"; sed 's/^/# /' group.err ;; esac
	[ "$code" -ne 0 ] || break
done
report "$worst" "killed at random, $rounds times: no code but those promised, and it ends"
try 0 'then it is gone on with'            build -s 4
is 'all are built'                         "$(sort -u "$group/built" | wc -l) $(jq -r .verdict "$group/group.json")" '40 ok'
is 'each by what it needs'                 "$(awk -F '\t' '
	FILENAME == ARGV[1] && $1 == "unit" && $9 != "-" { needs[$4] = $9 }
	FILENAME == ARGV[2] && $1 == "ok" { done[$2] }
	FILENAME == ARGV[2] && $1 == "start" {
		n = split(needs[$2], of, " ")
		for (i = 1; i <= n; i++) if (!(of[i] in done)) print $2 " before " of[i]
	}' "$group/order" "$group/events")" ''

echo '# compile jobs'
# tokens.py FIFO WORD... - an executor's hands on its FIFO: "count" what can be read at once,
# and give it back; "take N", waiting for each; "all", waiting half a second for one more;
# "hold" it a while, give it "back"; "flood" the FIFO; prints what it has
cat >tokens.py <<'X'
import os, select, sys, time
fifo = os.open(sys.argv[1], os.O_RDWR | os.O_NONBLOCK)
held = b""

def read(timeout):
    global held
    if not select.select([fifo], [], [], timeout)[0]:
        return False
    try:
        held += os.read(fifo, 1)
        return True
    except BlockingIOError:
        return True

for word in sys.argv[2:]:
    if word == "count":
        while True:
            try:
                held += os.read(fifo, 1)
            except BlockingIOError:
                break
        print(len(held), flush=True)
        os.write(fifo, held)
        held = b""
    elif word == "all":
        while read(0.5):
            pass
        print(len(held), flush=True)
    elif word == "hold":
        time.sleep(1.5)
    elif word == "flood":
        try:
            while True:
                os.write(fifo, b"x" * 4096)
        except BlockingIOError:
            pass
    elif word == "back":
        os.write(fifo, held)
        held = b""
    else:
        while len(held) < int(word):
            read(10)
X
# hands WORD... - of the unit
hands="python3 $PWD/tokens.py jobserver"

for one in one two three; do
	unit $one 1 0 $one "$([ $one != three ] || echo one two)" -
done >graph
group_new
executor "$hands all hold back >got"
try 0 'who takes all'                      build -s 2 --jobs=6
is 'two at once share four'                "$(($(cat "$group/run/one/got") + $(cat "$group/run/two/got")))" 4
is 'one alone has all of them'             "$(cat "$group/run/three/got")" 4
is 'others have a part of all jobs'        "$(cat "$group/run/one/jobs")" 3
is 'no FIFO is left'                       "$(find "$group" -type p)" ''

# As long as "long" runs, which uses none: "leaks" dies with what it took.
{
	unit leaks 3 0 leaks - -
	unit long 2 0 long - -
	unit later 1 0 later - -
} >graph
group_new
executor "case \$unit in
leaks) $hands count 2 >got; kill -9 \$\$ ;;
long) while ! [ -e ../later/code ]; do sleep 0.05; done ;;
later) $hands count >got ;;
esac"
try 1 'one that is killed with tokens'     build -s 2 --jobs=4
is 'those behind it have as many, while another runs' "$(cat "$group/run/leaks/got") $(cat "$group/run/later/got")" '1 1'
is 'it ran all the time'                   "$(sed 's/	/ /' "$group/events" | tail -n 2 | tr '\n' ' ')" 'ok later ok long '

# "greedy" has all that nobody uses, and still "other" gets its share when that comes back.
for one in greedy other; do
	unit $one 1 0 $one - -
done >graph
group_new
executor "case \$unit in
greedy) : >here; $hands all >got; : >../greedy.has; sleep 0.5
	while ! [ -e ../other/code ]; do sleep 0.05; done ;;
other) while ! [ -e ../greedy.has ]; do sleep 0.05; done
	$hands all back >got ;;
esac"
try 0 'one that takes all first'           build -s 2 --jobs=8
is 'has all, and leaves the other none'    "$(cat "$group/run/greedy/got") $(cat "$group/run/other/got")" '6 0'
executor "case \$unit in
greedy) $hands all back >got; : >../greedy.has
	while ! [ -e ../other/code ]; do sleep 0.05; done ;;
other) while ! [ -e ../greedy.has ]; do sleep 0.05; done
	$hands all back >got ;;
esac"
group_new
try 0 'when it has given them back'        build -s 2 --jobs=8
is 'the other has all'                     "$(cat "$group/run/greedy/got") $(cat "$group/run/other/got")" '6 6'

# "evil" writes without end into its FIFO.
for one in evil good; do
	unit $one 1 0 $one - -
done >graph
group_new
executor "case \$unit in
evil) $hands flood; : >../flooded; while ! [ -e ../good/code ]; do $hands flood; done ;;
good) while ! [ -e ../flooded ]; do sleep 0.05; done
	$hands all >got ;;
esac"
try 0 'one that fills its FIFO'            build -s 2 --jobs=6
ok 'gives nobody more than there are'      test "$(cat "$group/run/good/got")" -le 4
ok 'and takes no share away'               test "$(cat "$group/run/good/got")" -ge 2
group_new
executor 'echo "$(timeout 0.3 dd if=jobserver bs=1 count=1 status=none)" >got'
try 0 'no more jobs than builds'           build -s 2 --jobs=2
is 'are no tokens'                         "$(cat "$group/run/good/got")" ''

echo '# the board'
for i in 1 2 3 4 5 6; do
	unit "app-editors/package-$i" 100 0 "package-$i" - -
done >graph
unit last 50 0 last 'package-1' - >>graph
unit "app/$(printf %080d 7)" 90 0 seven - - >>graph
group_new
executor 'n=${unit##*-}; case $n in [1-6]) ;; *) n=7 ;; esac' \
    'echo "j-$n" >job; mkdir -p "../../../../jobs/j-$n"; cd "../../../../jobs/j-$n"; echo build >step' \
    'printf "elapsed_us,user_us\n1000000,500000,0,10240,1\n3000000,3500000,500000,20480,1\n4000000,4" >samples.csv' \
    'sleep 0.$n; [ $n != 1 ] || exit 1; echo made; sleep 5'
# on_tty SIZES [OPTION]... - on a terminal of these sizes
on_tty() {
	sizes=$1; shift
	env TERM=xterm "$top/tests/group-tty" "$sizes" timeout 60 aoinb-group -w "$work" \
	    --exec="$PWD/exec" "$@" "$group"
}
# shot N - what stood on the terminal when its size changed for the Nth time
shot() {
	awk -v n="$1" '/^--- / { at++; next } at == n' out
}
try 1 'on a terminal'                      on_tty 24x80,50x200,6x80,5x50,50x200 -s 8
is 'lines of messages, above the board'    "$(shot 1 | head -n 1)" 'aoinb: [1/8] app-editors/package-1: failed, 0s'
is 'a line for each build'                 "$(shot 1 | grep -c '^  app[^ ]*  *build  *0:0[0-3]   175 % CPU      20 MiB$')" 6
is 'as wide as the terminal'               "$(shot 1 | awk 'length > 79' | wc -l)" 0
is 'and one for all'                       "$(shot 1 | sed '/^$/d' | tail -n 1 | sed 's/1:3.//')" '6 running, 0 waiting, 0 built, 1 failed, 1 skipped; about  left'
is 'a wider one has longer names'          "$(shot 2 | grep -c '^  app/0\{60\} build')" 1
is 'all of them, once'                     "$(shot 2 | grep -c '^  app')" 6
is 'on a lower one fewer'                  "$(shot 3 | grep -c '^  app') $(shot 3 | grep -c ' running')" '4 1'
is 'a narrower one cuts lines'             "$(shot 4 | awk 'length > 49' | wc -l) $(shot 4 | grep -c '^  app')" '0 3'
is 'nothing is left of it at the end'      "$(shot 5 | grep -c ' running,')" 0
group_new
try 1 'NO_COLOR'                           env NO_COLOR=1 TERM=xterm "$top/tests/group-tty" 60x200 \
    aoinb-group -w "$work" --exec=false -s 1 "$group"
is 'no board, but words'                   "$(grep -c '^aoinb: .*: begins$' out) $(grep -c ' running,' out)" '7 0'

echo '# what becomes of the output'
for one in a b c; do unit $one 1 0 $one - -; done >graph
executor 'printf %70000s "$unit"; printf %70000s "$unit" >&2'
for how in '| head -n 0' '| head -c 1000 >none' '>&-' '>none 2>&-' '>none <&-' '2>&1 | true' '>/dev/full'; do
	group_new
	code=0
	eval "{ build -s 1; echo \$? >code; } 2>err $how" || :
	is "$how: all are built"           "$(verdicts) $(events | grep -o ok | wc -l)" 'a ok;b ok;c ok; 3'
	case $how in '>/dev/full') want=74 ;; *) want=0 ;; esac
	is "$how: the code"                "$(cat code)" "$want"
done
says err '^aoinb-group: standard output: No space left' 'a full disk is told'
group_new
mkfifo pipe
exec 8<>pipe
begins_into_pipe() {
	setsid aoinb-group -w "$work" --exec="$PWD/exec" -s 1 "$group" >pipe 2>&1 </dev/null 8>&- &
	pid=$!
}
begins_into_pipe
ok 'a pipe that nobody reads: all are built' wait_for 20 test -s "$group/group.json"
is 'and recorded'                          "$(verdicts)" 'a ok;b ok;c ok;'
kill -0 "$pid"; report $? 'it waits for the reader'
kill -s TERM "$pid"; ends
is 'but not when it is told to end'        "$code" 0
executor ': >here; sleep 60'
group_new
begins_into_pipe
ok 'and in the middle'                     wait_for 10 begun a
kill -s TERM "$pid"
ok 'it ends as well'                       timeout 10 tail --pid="$pid" -f /dev/null
ends
is 'by that signal'                        "$code" 143
exec 8<&-
rm pipe

echo '# a full disk'
mkdir small
mount -t tmpfs -o size=400k,nr_inodes=120 small small && later "umount '$PWD/small'" || skip_all 'needs tmpfs'
# full_group - the group on it
full_group() {
	rm -rf small/* w
	group_new w
	mkdir w/lock; : >w/lock/group.g; : >w/groups/g/events
	mv w/* small/; work=$PWD/small group=$PWD/small/groups/g
}
executor 'exit 0'
full_group
i=0; while (: >"small/fill$i") 2>/dev/null; do i=$((i + 1)); done
rm small/fill0 small/fill1
try 74 'no inodes'                         build
is 'it is said once'                       "$(grep -c 'cannot be written: No space left on device; "aoinb resume" goes on' err)" 1
rm small/fill*
try 0 'when there are'                     build
is 'it goes on'                            "$(verdicts)" 'a ok;b ok;c ok;'
full_group
executor 'dd if=/dev/zero of=../../../../filled bs=4k status=none 2>/dev/null; exit 0'
try 74 'no room, while builds run'         build -s 3
is 'it is said once'                       "$(grep -c 'cannot be written: ' err)" 1
is 'no event is torn'                      "$(grep -vc '^[a-z]*	[abc]$' "$group/events")" 0
rm small/filled
executor 'exit 0'
try 0 'when there is'                      build
is 'it goes on'                            "$(verdicts)" 'a ok;b ok;c ok;'

echo '# no more processes'
{
	unit a 1 0 a - -
	unit b 1 0 b - -
} >graph
group_new
chmod -R a+rwX . "$scratch"
try 71 'a limit of processes'              setpriv --reuid=47114 --clear-groups prlimit --nproc=1 \
    env ASAN_OPTIONS=detect_leaks=0 aoinb-group -w "$work" --exec=true "$group"
says err 'a: cannot be started: Resource temporarily unavailable' 'it is said'
is 'it is as if it had not begun'          "$(events)" 'start a;again a;'
rm -f "$work/lock/group.g"
try 0 'when there are'                     build
is 'it goes on'                            "$(verdicts)" 'a ok;b ok;'

echo '# what it refuses'
group_new
flock "$work/lock/group.g" true 2>/dev/null || mkdir -p "$work/lock"
exec 8>>"$work/lock/group.g"
flock 8
try 75 'a group that runs'                 build
says err 'group g is running'              'is named'
executor 'for fd in /proc/$$/fd/*; do [ "${fd##*/}" -lt 3 ] || readlink "$fd"; done | grep "^${PWD%/groups/*}" || :'
try 0 'but for who has its lock'           build --lock=8
is 'builds have no descriptor of it'       "$(cat out)" ''
exec 8>&-
exec 8>>graph
try 70 'a descriptor that is no lock'      build --lock=8
exec 8>&-
rm "$group/order"
try 66 'one that was never planned'        build
printf 'a\t1\n' >>"$group/units"; : >"$group/order"
try 65 'units that are damaged'            build
says err 'units:3: not seven fields'       'are named'
try 66 'no group'                          aoinb-group -w w --exec=true nowhere
for args in 'w/groups/g' '-w w w/groups/g' '-w w --exec=true' '-w w --exec=true -s 1025 w/groups/g' \
    '-w w --exec=true -m 1000 w/groups/g' '-w w --exec=true w/groups/g x'; do
	# shellcheck disable=SC2086 # options
	try 64 "usage: $args"              aoinb-group $args
done
group_new
try 0 '-n'                                 build -n
is 'does nothing'                          "$(ls "$group/events" "$work/lock" 2>/dev/null)" ''

finish
