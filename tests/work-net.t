#!/bin/sh
# aoinb work: networks that are cut, servers that go away, tasks that nobody wants any more
. "${0%/*}/lib.sh"
need_root
. "$top/tests/work-words.sh"

echo '# cut off'
bundle_of long 'for i in $(seq 40); do echo line $i; sleep 0.1; done'
worker_start w1
id=$(submit long)
ok 'it is being built'                     wait_for 60 local_has "$id" '^line 3$'
touch w1.wire/cut; sleep 2; rm w1.wire/cut
ended_well "$id" 'cut off for less than the lease: the same attempt goes on'
ok 'the log is without a hole or a repeat' counts "$id" 40
id=$(submit long)
wait_for 60 local_has "$id" '^line 3$'
touch w1.wire/cut
ok 'for longer: the server gives it up'    wait_for 60 state_is "$id" queued
rm w1.wire/cut
ended_well "$id" 'and nobody else had it: nothing is built again'
ok 'the log is without a hole or a repeat' counts "$id" 40
id=$(submit long)
wait_for 60 local_has "$id" '^line 3$'
touch w1.wire/hold; sleep 3; rm w1.wire/hold
ended_well "$id" 'where nothing moves for a while, it goes on'

echo '# given to another'
bundle_of longer 'for i in $(seq 300); do echo line $i; sleep 0.1; done'
id=$(submit longer)
wait_for 60 local_has "$id" '^line 3$'
touch w1.wire/cut
worker_new w2
work=$work_w1 conf=$PWD/w1/conf
ok 'the first is lost'                     wait_for 60 state_is "$id" queued
worker_start w2
ok 'the second has it'                     wait_for 60 state_is "$id" running
rm w1.wire/cut
ok 'the first stops'                       wait_for 40 none_built
ok 'and forgets it'                        wait_for 10 at_rest
ok 'the second builds it'                  wait_for 90 state_is "$id" ok
is 'there is one result'                   "$(status "$id" '"\(.worker) \(.attempt)"')" 'w2 2'
ok 'the log of the first stays'            curl -fsS -o log1 -H "Authorization: Bearer $me" "$url/task/$id/log?attempt=1"
worker_stop w2

echo '# the server goes away'
id=$(submit long)
wait_for 60 local_has "$id" '^line 3$'
serve_kill
wait_for 60 test -e "$work/work/$id.1/result.dsse"
serve_start -D serve_lease=${lease_s}s
ended_well "$id" 'the result comes after'
ok 'the log is without a hole or a repeat' counts "$id" 40

echo '# cancelled'
worker_stop w1
id=$(submit longer)
ask 200 'while it is queued'               "$me" "/task/$id/cancel" -X PUT
worker_start w1
id=$(submit longer)
wait_for 60 local_has "$id" '^line 3$'
ask 202 'while it is built'                "$me" "/task/$id/cancel" -X PUT
ok 'it is cancelled'                       wait_for 60 state_is "$id" cancelled
is 'by the worker'                         "$(status "$id" '"\(.verdict) \(.exit)"')" 'stopped 143'
ok 'nothing of it runs'                    wait_for 10 at_rest
ok 'what it said is there'                 log_has "$id" '^line 3$'
id=$(submit long)
wait_for 60 local_has "$id" '^line 3$'
touch w1.wire/cut
wait_for 60 test -e "$work/work/$id.1/result.dsse"
ask 202 'while its result waits'           "$me" "/task/$id/cancel" -X PUT
rm w1.wire/cut
ok 'it is cancelled as well'               wait_for 60 state_is "$id" cancelled

echo '# refused'
worker_stop w1
aoinb-conf -f w1/conf/aoinb.ini -D work_source_lists=no ini >no.ini && mv no.ini w1/conf/aoinb.ini
mv w1/conf/source_lists/stable.list w1/conf/source_lists/other.list
id=$(submit long)
try 75 'a branch that it has not'          aoinb -c w1/conf work --once
ok 'is not asked for'                      state_is "$id" queued
try 77 'nor had when it is named'          aoinb -c w1/conf work --once "$id.1"
says err 'not for this worker, by its branch' 'which the server says'
ok 'it still waits'                        state_is "$id" queued
nothing_left
finish
