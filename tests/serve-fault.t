#!/bin/sh
# aoinb-serve when things go wrong: uploads that break, workers that vanish, a server that
# is killed, many at once
. "${0%/*}/lib.sh"
. "$top/tests/serve-words.sh"

serve_start -D serve_rate=0
me=$(token me '"read","submit","cancel"')
i=0
while [ "$i" -lt 50 ]; do
	i=$((i + 1))
	token "many$i" '"work"' '"archs":["amd64"]'
done >many
bundle hello; deb hello
head -c 300000 /dev/urandom >hello/autobuild/noise
tar -C hello -czf noise.tar.gz .
rm hello/autobuild/noise

# --- uploads

id=$(curl -sS -H "Authorization: Bearer $me" -X POST "$url/task" | jq .id)
try 0 '100 uploads that broke at any byte' python3 "$top/tests/serve-drive" cuts "$url" "$me" "$id" noise.tar.gz "${CUTS:-100}"

# --- many workers at once

cat >make-tasks <<END
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	id=\$(curl -fsS -H "Authorization: Bearer $me" -X POST "$url/task/$id/retry" | jq .id) || exit
	echo "\$id"
done
END
curl -fsS -o /dev/null -H "Authorization: Bearer $me" -X PUT -d stable "$url/task/$id/branch"
try 0 '50 workers ask for 20 tasks: each is given once' \
    python3 "$top/tests/serve-drive" claims "$url" many "${ROUNDS:-5}" make-tasks
serve_stop

# --- verdicts

rm -rf d; mkdir d; [ "$(id -u)" -ne 0 ] || chown 65534:65534 d
serve_start -D serve_rate=0
me=$(token me '"read","submit","cancel"')
w1=$(token w1 '"work"' '"archs":["amd64"]')
w2=$(token w2 '"work"' '"archs":["amd64"]')
# end VERDICT EXIT - the lease ends so; prints what the task is then
end() {
	result "" "$1" "$2" 2>/dev/null
	jq -nc --arg p "$(base64 -w0 payload)" '{payloadType: "application/vnd.aoinb.result+json", payload: $p, signatures: []}' >result.dsse
	curl -sS -o /dev/null -H "Authorization: Bearer $lease" -T result.dsse "$url/lease/$id.$n/result"
	get "$me" "/task/$id/status" '[.state, .verdict, .exit] | map(tostring) | join(" ")'
}
state() {
	get "$me" "/task/$1/status" '.state'
}
is_state() {
	[ "$(state "$1")" = "$2" ]
}
for case in 'failed 1 failed' 'failed 65 failed' 'time 124 failed' 'silence 125 failed' 'unmet 1 failed' \
    'error 71 queued' 'failed 75 queued' 'stopped 143 queued' 'unfinished 0 queued'; do
	# shellcheck disable=SC2086 # words
	set -- $case
	task hello >/dev/null; admin /builder/w1/resume -X PUT; lease "$w1"
	why="line 7: error: $1" is=$(end "$1" "$2")
	is "$1 ($2): $3" "${is%% *}" "$3"
	[ "$3" = queued ] || is 'and why' "$(get "$me" "/task/$id/status" .why)" "line 7: error: $1"
	[ "$3" != queued ] || is 'again in a minute' "$(get "$me" "/task/$id/status" .why | sed 's/.*; again in [456][0-9] s$/yes/')" yes
	[ "$(state "$id")" != queued ] || curl -sS -o /dev/null -H "Authorization: Bearer $me" -X PUT "$url/task/$id/cancel"
done
why=''
for _ in 1 2 3; do
	task hello >/dev/null; lease "$w1"; end error 71 >/dev/null
	curl -sS -o /dev/null -H "Authorization: Bearer $me" -X PUT "$url/task/$id/cancel"
done
is 'three failures of a machine in a row' "$(get "$me" /builder/w1 '[.drain, .why] | @csv')" 'true,"failed 3 times in a row"'
task hello >/dev/null
ask 204 'it gets nothing more' "$w1" /lease -d '{}'
says head '^Aoinb-Drain: failed 3 times' 'and is told'
admin /builder/w1/resume -X PUT
lease "$w1"
is 'until somebody says so' "$n" 1
is 'it failed: the count is gone' "$(end failed 1) $(get "$me" /builder/w1 .failures)" 'failed failed 1 0'
task hello >/dev/null; lease "$w1" '{"memory_mib":1000}'
is 'out of memory, and nobody has more' "$(end memory 123)" 'failed memory 123'
lease "$w2" '{"memory_mib":9000}'
task hello >/dev/null; lease "$w1" '{"memory_mib":1000}'
is 'where somebody has' "$(end memory 123)" 'queued null null'
ask 204 'it is not for the small one' "$w1" /lease -d '{"memory_mib":1}'
lease "$w2" '{"memory_mib":9000}'
is 'but for him' "$n" 2
is 'once' "$(end memory 123)" 'failed memory 123'
task hello '{"branch":"stable","needs":{"memory_mib":64000}}' >/dev/null
ask 204 'one that is too large for all' "$w1" /lease -d '{"memory_mib":1000}'
is 'says so' "$(get "$me" "/task/$(get "$me" '/task?limit=1' '.[0].id')/status" .why)" \
    'wants 64000 MiB of memory; the largest worker for amd64, w2, has 9000'
ask 200 'it is cancelled' "$me" "/task/$(get "$me" '/task?limit=1' '.[0].id')/cancel" -X PUT
task hello >/dev/null; lease "$w1"
ask 204 'not for me' "$lease" "/lease/$id.$n/refuse" -X PUT -d '{"why":"no disk"}'
ask 204 'this worker does not get it again' "$w1" /lease -d '{}'
lease "$w2"
is 'another does' "$n" 2
ask 202 'cancel while it runs' "$me" "/task/$id/cancel" -X PUT
ask 204 'the worker is told' "$lease" "/lease/$id.$n/beat" -X PUT
is 'what to do' "$(header Aoinb-Do)" cancel
is 'and does it' "$(end stopped 143)" 'cancelled stopped 143'
is 'which is no failure of his' "$(get "$me" /builder/w2 .failures)" 0
task hello >/dev/null; lease "$w1" "{\"attempt\":\"$id.1\"}"
is 'an attempt by its name' "$id.$n" "$(get "$me" '/task?limit=1' '.[0].id').1"
ask 409 'is given once' "$w2" /lease -d "{\"attempt\":\"$id.1\"}"
end failed 1 >/dev/null

# --- workers that vanish

serve_stop
serve_start -D serve_rate=0 -D serve_lease=3s

curl -sSN --max-time 60 -H "Authorization: Bearer $me" -H 'Accept: text/event-stream' "$url/events?after=0" >events &
events=$!
task hello >/dev/null; lease "$w1"; first=$lease A=$id.$n
printf 'first\n' >log
ask 202 'a log' "$first" "/lease/$A/log" -T log -H 'Content-Range: bytes 0-5/*'
ok 'without a word it is lost' wait_for 20 is_state "$id" queued
is 'as is told' "$(get "$me" "/task/$id" '.attempts[0] | [.verdict, .why] | @csv')" '"lost","worker w1 lost at step none"'
ask 204 'a late word' "$first" "/lease/$A/beat" -X PUT -d '{"step":"build"}'
is 'and it is his again' "$(state "$id") $(get "$me" "/task/$id/status" .attempt)" 'running 1'
ask 202 'the log goes on' "$first" "/lease/$A/log" -T log -H 'Content-Range: bytes 6-11/*'
ok 'lost again' wait_for 20 is_state "$id" queued
lease "$w2"
is 'another gets it' "$id.$n" "${A%.*}.2"
ask 410 'then the first has lost it' "$first" "/lease/$A/beat" -X PUT
ask 410 'a result too' "$first" "/lease/$A/result" -T result.dsse
ask 200 'its log stays' "$me" "/task/$id/log?attempt=1"
is 'whole' "$(cat body)" "$(cat log log)"
kill "$events"; wait "$events" 2>/dev/null
is 'events tell it' "$(sed -n "s/^data: .*\"task\":$id,.*\"what\":\"\([a-z]*\)\".*/\1/p" events | tr '\n' ' ')" \
    'created bundle queued running queued running step queued running '
last=$(sed -n 's/^id: //p' events | tail -n 1)
curl -sSN --max-time 1 -H "Authorization: Bearer $me" -H "Last-Event-ID: $((last - 2))" "$url/events?task=$id" >events 2>/dev/null
is 'and again from where one was' "$(sed -n 's/^id: //p' events | tr '\n' ' ')" "$((last - 1)) $last "
serve_stop
serve_start -D serve_rate=0 -D serve_lease=3s
is 'a restart gives leases another time' "$(state "$id")" running
ask 204 'for a word' "$lease" "/lease/$id.$n/beat" -X PUT
is 'that is enough' "$(end failed 1)" 'failed failed 1'

# --- followers

task hello >/dev/null
curl -sSN --max-time 60 -H "Authorization: Bearer $me" "$url/task/$id/log?follow=1" >followed &
follower=$!
curl -sSN --max-time 60 -H "Authorization: Bearer $me" -H 'Accept: text/event-stream' "$url/task/$id/log" >streamed &
streamer=$!
lease "$w2"
printf 'a\0b\r\n\033[31mred\377 \303' >log1; printf '\251 <script>\n' >log2
ask 202 'bytes of any kind' "$lease" "/lease/$id.$n/log" -T log1 -H "Content-Range: bytes 0-$(($(stat -c %s log1) - 1))/*"
sleep 0.3
ask 202 'that go on within a character' "$lease" "/lease/$id.$n/log" -T log2 -H "Content-Range: bytes $(stat -c %s log1)-$(($(stat -c %s log1 log2 | paste -sd+ | bc) - 1))/*"
is 'somebody reads: say it at once' "$(header Aoinb-Interval)" 1
end failed 1 >/dev/null
wait "$follower"; report $? 'a follower ends with the attempt'
wait "$streamer"; report $? 'and a stream of events'
cat log1 log2 >whole
try 0 'with every byte' cmp followed whole
is 'as JSON' "$(sed -n 's/^data: \("\)/\1/p' streamed | jq -j . | tr -d '\0' | cat -v)" "$(printf 'ab\r\n\033[31mred\357\277\275 \303\251 <script>\n' | cat -v)"
is 'and its end' "$(sed -n '/^event: end/{n;s/^data: //p}' streamed | jq -c '[.state, .exit, .attempts]')" '["failed",1,1]'
offset=$(sed -n 's/^id: //p' streamed | sed -n 1p)
curl -sSN --max-time 20 -H "Authorization: Bearer $me" -H 'Accept: text/event-stream' -H "Last-Event-ID: $offset" "$url/task/$id/log" >rest
tail -c +$((offset + 1)) whole >ending
is 'resumed it has the rest' "$(sed -n 's/^data: \("\)/\1/p' rest | jq -j . | cat -v)" "$(cat -v ending)"
task hello >/dev/null; lease "$w2"
log_size=0
try 0 '300 followers of a log, and a stuck one' python3 "$top/tests/serve-drive" followers "$url" "$me" "$lease" "$id.$n" \
    300 "${MIB:-10}" "$server" "$mib_most"
sed 's/^/# /' out
serve_stop

# --- old and new

aoinb-serve -c conf -D serve_dir="$scratch/d" --check 2>/dev/null
report $? 'the state is sound'
rm -rf old; mkdir old
sqlite3 old/queue.db <"$top/tests/serve-schema-1.sql"
try 0 'a database of the first schema becomes a new one' aoinb-serve -c conf -D serve_dir="$scratch/old" --check
is 'with what was in it' "$(sqlite3 old/queue.db 'PRAGMA user_version; SELECT name FROM task; SELECT count(*) FROM notice' | tr '\n' ' ')" \
    '4 hello 0 '
sqlite3 old/queue.db 'PRAGMA user_version = 99'
try 65 'one of a newer aoinb is left alone' aoinb-serve -c conf -D serve_dir="$scratch/old" --check
says err 'a newer aoinb made it' 'and says so'

# --- a server that is killed

rm -rf d; mkdir d; [ "$(id -u)" -ne 0 ] || chown 65534:65534 d
serve_start -D serve_rate=0
me=$(token me '"read","submit","cancel"')
for i in 1 2 3 4; do token "w$i" '"work"' '"archs":["amd64"]'; done >many
serve_stop
if [ "$(id -u)" -eq 0 ]; then set -- setpriv --reuid=65534 --regid=65534 --clear-groups; else set --; fi
try 0 'kill -9 at any moment loses nothing' python3 "$top/tests/serve-drive" kills "http://127.0.0.1:$port" "$me" many \
    noise.tar.gz hello_1.0-0_amd64.deb "${SECONDS_KILLED:-15}" \
    "$@" aoinb-serve -c conf -D serve_dir="$scratch/d" -D serve_rate=0 -D serve_lease=4s -D arch=amd64 -D serve_access_log=no --listen="127.0.0.1:$port"
sed 's/^/# /' out
try 0 'and all is sound' aoinb-serve -c conf -D serve_dir="$scratch/d" --check

finish
