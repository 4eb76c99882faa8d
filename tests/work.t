#!/bin/sh
# aoinb work: tasks of a real server, built in real containers, through kills
. "${0%/*}/lib.sh"
need_root
. "$top/tests/work-words.sh"

echo '# one task'
bundle_of one 'echo one says hello'
id=$(submit one)
try 0 'work --once builds it'              aoinb -c w1/conf work --once
is 'it is ok'                              "$(status "$id" '[.state, .verdict, .exit, .worker] | @csv')" '"ok","ok",0,"w1"'
ok 'its log is there'                      log_has "$id" '^one says hello$'
ask 200 'its package'                      "$me" "/task/$id/output/one_1-0_noarch.deb"
is 'is what was built'                     "$(dpkg-deb --fsys-tarfile body | tar -xO ./usr/share/tiny/version)" 1
ask 200 'its samples'                      "$me" "/task/$id/samples.csv"
says body '^elapsed_us,'                   'are what aoinb-rusage wrote'
ask 200 'a drawing of them'                "$me" "/task/$id/plot.svg"
is 'by its type'                           "$(header Content-Type)" image/svg+xml
ok 'is well-formed'                        python3 -c 'import xml.dom.minidom; xml.dom.minidom.parse("body")'
says body 'Processors busy'                'and of what it used'
ask 200 'its result'                       "$me" "/task/$id/result.json"
is 'says of what it is'                    "$(jq -c '[.task, .attempt, .verdict, .exit, .branch, .version, .why]' body)" "[$id,1,\"ok\",0,\"stable\",\"1-0\",null]"
is 'and what it took'                      "$(jq '.wall_us > 0 and .cpu_us > 0 and .peak_kib > 0' body)" true
cp body payload
ask 200 'its envelope'                     "$me" "/task/$id/result.dsse"
type=$(jq -r .payloadType body)
{ printf 'DSSEv1 %s %s %s ' "${#type}" "$type" "$(stat -c %s payload)"; cat payload; } >pae
jq -r '.signatures[0].sig' body | base64 -d >sig
try 0 'is signed by the key that was made' openssl pkeyutl -verify -rawin -inkey w1.key -in pae -sigfile sig
is 'which nobody else can read'            "$(stat -c %a w1.key)" 600
is 'nothing is left of it'                 "$(find "$work/work" -mindepth 1 -not -name lock)" ''
try 75 'there is nothing more'             aoinb -c w1/conf work --once
try 0 'an attempt that is over is no failure' aoinb -c w1/conf work --once "$id.1"
try 64 'an attempt has a form'             aoinb -c w1/conf work --once 'a/b'
id=$(submit one)
try 0 'a certain one'                      aoinb -c w1/conf work --once "$id.1"
ok 'is built'                              state_is "$id" ok

try 0 '-n shows the program'               aoinb -n -c w1/conf work
says out '^aoinb-ship .*--url=http' 'and what it is told'
ok 'but no token'                          test -z "$(grep -F "$(cat w1.token)" out)"
mkdir bare && cp -a w1/conf bare/
aoinb-conf -f w1/conf/aoinb.ini -D work_dir="$scratch/bare/work" ini >bare/conf/aoinb.ini
try 66 'no base system'                    aoinb -c bare/conf work --once
says err 'aoinb load-baseos'               'is told with the remedy'
aoinb-conf -f w1/conf/aoinb.ini -D work_server= ini >bare/conf/aoinb.ini
try 78 'no server'                         aoinb -c bare/conf work

echo '# failures'
bundle_of bad 'echo "main.c:1: error: nothing fits"; exit 3'
id=$(submit bad)
try 1 'the code is that of the build'      aoinb -c w1/conf work --once
is 'it failed, and why'                    "$(status "$id" '"\(.state) \(.exit) \(.why)"')" 'failed 1 main.c:1: error: nothing fits'
bundle_of slow 'sleep 60'
id=$(submit slow '"settings":{"limit_time":"2s","build_backend":"none"}')
try 124 'a setting that is allowed'        aoinb -c w1/conf work --once
is 'holds'                                 "$(status "$id" '"\(.state) \(.verdict)"')" 'failed time'
(umask 077; echo nonsense >wrong.token)
aoinb-conf -f w1/conf/aoinb.ini -D work_token_file="$scratch/wrong.token" ini >wrong.ini
mkdir wrong && cp -a w1/conf wrong/ && mv wrong.ini wrong/conf/aoinb.ini
try 77 'a wrong token'                     aoinb -c wrong/conf work --once
says err 'HTTP 401'                        'is named'
chmod 644 wrong.token
try 77 'one that others can read'          aoinb -c wrong/conf work --once
openssl genpkey -algorithm ed25519 -out other.key 2>/dev/null
chmod 600 other.key
aoinb-conf -f w1/conf/aoinb.ini -D work_key_file="$scratch/other.key" ini >wrong/conf/aoinb.ini
try 78 'another key'                       aoinb -c wrong/conf work --once

echo '# a tree: several packages are one task'
mkdir -p tree/app
for name in left right; do
	bundle_of "$name" "echo $name"
	mv "$name" tree/app/
done
tar -C tree -czf tree.tar.gz app
id=$(submit tree)
try 0 'both are built'                     aoinb -c w1/conf work --once
is 'and sent'                              "$(get "$me" "/task/$id/output" 'map(.name) | sort | join(" ")')" 'left_1-0_noarch.deb right_1-0_noarch.deb'
ok 'the log is of the one'                 log_has "$id" '^left$'
ok 'and the other'                         log_has "$id" '^right$'
id=$(submit tree '"targets":["right"]')
try 0 'one of them'                        aoinb -c w1/conf work --once
is 'alone'                                 "$(get "$me" "/task/$id/output" 'map(.name) | join(" ")')" right_1-0_noarch.deb

echo '# kill -9 of the worker'
bundle_of long 'for i in $(seq 40); do echo line $i; sleep 0.1; done'
# killed_in STEP - it is taken up again, in the same attempt
killed_in() {
	id=$(submit long)
	worker_start w1
	wait_for 30 step_is "$id" "$1"; report $? "it comes to the step $1"
	worker_kill w1
	ok 'nothing of it is left'         wait_for 10 none_running
	worker_start w1
	ended_well "$id" "killed in $1: built by the same attempt"
	worker_stop w1
}
killed_in build
ok 'the log says so'                       log_has "$id" '^aoinb: the worker was interrupted'
id=$(submit long)
worker_start w1
ok 'it is taken'                           wait_for 30 test -e "$work/work/$id.1/lease"
worker_kill w1
ok 'nothing of it is left'                 wait_for 10 none_running
worker_start w1
ended_well "$id" 'killed at once: built by the same attempt'
worker_stop w1
id=$(submit long)
worker_start w1
wait_for 30 step_is "$id" build
touch w1.wire/cut
wait_for 30 test -e "$work/work/$id.1/result.dsse"
worker_kill w1
before=$(find "$work/jobs" -mindepth 1 -maxdepth 1 | wc -l)
rm w1.wire/cut
worker_start w1
ended_well "$id" 'killed with a result: it is delivered'
is 'nothing is built twice'                "$(find "$work/jobs" -mindepth 1 -maxdepth 1 | wc -l)" "$before"
ok 'the log is whole'                      counts "$id" 40
worker_stop w1
is 'a worker that is asked to end does'    "$code" 143


bundle_of longer 'for i in $(seq 20); do echo line $i; sleep 0.1; done'
id=$(submit longer)
for moment in 0.2 0.5 0.9 1.4 2.1 1.1; do
	worker_start w1
	sleep "$moment"
	worker_kill w1
done
worker_start w1
ended_well "$id" 'killed at six moments: built by the same attempt'
worker_stop w1
id=$(submit longer)
worker_start w1
ok 'it is being built'                     wait_for 60 local_has "$id" '^line 3$'
shipper=$(running aoinb-ship attempt "$id.1" | head -n 1)
kill -9 "$shipper"
ended_well "$id" 'the process of the attempt is killed: the worker starts it again'
ok 'and says so'                           grep -q "$id.1: ended with code 137; it is gone on with" w1.log
is 'one build came to its end'             "$(curl -sS -H "Authorization: Bearer $me" "$url/task/$id/log" | grep -c '^line 20$')" 1
worker_stop w1
mkdir -p both/app
for name in early late; do
	bundle_of "$name" "for i in \$(seq 30); do echo $name \$i; sleep 0.1; done"
	mv "$name" both/app/
done
tar -C both -czf both.tar.gz app
id=$(submit both '"targets":["early","late"]')
worker_start w1
ok 'the second of two is being built'      wait_for 60 local_has "$id" '^late 3$'
worker_kill w1
worker_start w1
ended_well "$id" 'killed in it: the group is gone on with'
is 'the first was built once'              "$(curl -sS -H "Authorization: Bearer $me" "$url/task/$id/log" | grep -c '^early 30$')" 1
is 'and sent with the second'              "$(get "$me" "/task/$id/output" 'map(.name) | sort | join(" ")')" 'early_1-0_noarch.deb late_1-0_noarch.deb'
worker_stop w1

echo '# several at once'
aoinb-conf -f w1/conf/aoinb.ini -D work_slots=2 ini >two.ini && mv two.ini w1/conf/aoinb.ini
bundle_of first 'for i in $(seq 100); do sleep 0.1; done'
bundle_of second 'for i in $(seq 100); do sleep 0.1; done'
id=$(submit first); other=$(submit second)
worker_start w1
both() {
	step_is "$id" build && step_is "$other" build
}
ok 'two slots, two builds'                 wait_for 30 both
try 75 'a second worker in one folder'     aoinb -c w1/conf work --once
says err 'another worker works in'         'is told so'
ended_well "$id" 'the one is built'
ended_well "$other" 'and the other'
worker_stop w1
nothing_left
finish
