#!/bin/sh
# aoinb-serve among enemies: bundles, tokens, clients that are slow, and a full disk
. "${0%/*}/lib.sh"
. "$top/tests/serve-words.sh"

serve_start -D serve_rate=0
me=$(token me '"read","submit","cancel"')
reader=$(token reader '"read"')
before=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$server/status")

# --- what slows down goes on beside the rest

bundle hello; deb hello
id0=$(curl -sS -H "Authorization: Bearer $me" -X POST "$url/task" | jq .id)
python3 "$top/tests/serve-drive" slow "$url" "$me" "$id0" 30 >slow.out 2>&1 &
slow=$!
id1=$(curl -sS -H "Authorization: Bearer $me" -X POST "$url/task" | jq .id)
python3 "$top/tests/serve-drive" trickle "$url" "$me" "$id1" 30 >trickle.out 2>&1 &
trickle=$!

# --- archives

mkdir evil && python3 "$top/tests/serve-evil" evil
rm -f /tmp/aoinb-evil
id=$(curl -sS -H "Authorization: Bearer $me" -X POST "$url/task" | jq .id)
for file in evil/*; do
	ask 422 "refused: ${file##*/}" "$me" "/task/$id/build_bundle" -T "$file"
	printf '%s: %s\n' "${file##*/}" "$(jq .detail body)" >>why
done
says why '^bomb.zip: .*times its size\|^bomb.zip: .*max-size' 'a bomb is told to be one'
says why '^link-out.*leads out of the bundle'       'and a link out'
says why '^device.*device\|^device.*neither a file' 'and a device'
says why '^runs.tar.gz: .*spec:1'                   'and a spec that runs something'
is 'each says why' "$(grep -vc ': "the bundle is refused: ..' why)" 0
is 'and not where things lie here' "$(grep -c "$scratch" why)" 0
try 1 'nothing ran'     test -e /tmp/aoinb-evil
try 1 'nothing escaped' test -e d/evil
is 'nothing is left' "$(ls -A d/check; ls d/task/"$id")" ''
is 'the task is as it was' "$(get "$me" "/task/$id/status" '.state')" new
head -c 70000000 /dev/zero >big
ask 413 'what is too large is refused at once' "$me" "/task/$id/build_bundle" -T big
ask 413 'also when it does not say so' "$me" "/task/$id/build_bundle" -T - -H 'Transfer-Encoding: chunked' <big
rm big
after=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$server/status")
[ "$after" -le $((before + mib_most * 600)) ]; report $? "the server is as small as before ($before, $after KiB)"
for layout in folder tree; do
	rm -rf t; mkdir t
	case $layout in
	folder) cp -r hello t/hello ;;
	tree) mkdir t/app t/groups; cp -r hello t/app/hello; echo app/hello >t/groups/g ;;
	esac
	(cd t && tar -cJf ../t.tar.xz -- *)
	ask 201 "a good one: $layout" "$me" "/task/$id/build_bundle" -T t.tar.xz
	is 'which is told' "$(jq -r '.layout, .packages[0]' body | tr '\n' ' ')" "$layout hello "
done
(cd hello && python3 -m zipfile -c ../hello.zip spec autobuild)
ask 201 'a good zip' "$me" "/task/$id/build_bundle" -T hello.zip
ask 422 'other bytes than the digest says' "$me" "/task/$id/build_bundle" -T hello.tar.gz -H "Repr-Digest: sha-256=:$(echo x | base64):"
is 'they are dropped' "$(header Upload-Offset)" 0
ask 201 'those it says' "$me" "/task/$id/build_bundle" -T hello.tar.gz \
    -H "Repr-Digest: sha-256=:$(openssl dgst -sha256 -binary hello.tar.gz | base64):"
ask 415 'a content coding' "$me" "/task/$id/build_bundle" -T hello.tar.gz -H 'Content-Encoding: gzip'

# --- headers and bodies

ask 400 'an odd Content-Range' "$me" "/task/$id/build_bundle" -T hello.tar.gz -H 'Content-Range: bytes 9-1/5'
ask 400 'another' "$me" "/task/$id/build_bundle" -T hello.tar.gz -H 'Content-Range: bytes 0-99999999999999999999/*'
ask 422 'a name with a newline' "$me" /task -d '{"name":"a\nb"}'
ask 400 'JSON that is deep' "$me" /task -d "$(python3 -c 'print("[" * 30000)')"
ask 200 'a cookie that is none' "$me" /task -H 'Cookie: aoinb=%00; aoinb=x'
ask 400 'a limit that is none' "$me" '/task?limit=0'
ask 400 "a quote" "$me" "/task?state='"
{ printf 'X: '; head -c 300000 /dev/zero | tr '\0' x; } >long
is 'a long header' "$(curl -sS -o /dev/null -w '%{http_code}' -H @long "$url/health" |
    grep -c '^4')" 1

# --- whose is what

key w1; key w2
w1=$(token w1 '"work"' '"archs":["amd64"]')
w2=$(token w2 '"work"' '"archs":["arm64"],"branches":["other"]')
task hello >/dev/null; task hello >/dev/null; task hello '{"branch":"stable","arch":"riscv64"}' >/dev/null
ask 204 'an architecture that the token has not' "$w2" /lease -d '{"archs":["amd64"]}'
ask 204 'nor by asking for it' "$w2" /lease -d '{"archs":["amd64","arm64"],"branches":["stable"]}'
lease "$w1"; first=$lease A=$id.$n
lease "$w1"; second=$lease
ask 410 'the lease of another attempt' "$second" "/lease/$A/beat" -X PUT
ask 410 'and of one that is not there' "$second" "/lease/99.1/beat" -X PUT
ask 401 'a lease is no token' "$first" /task
ask 204 'and its own' "$first" "/lease/$A/beat" -X PUT
ask 204 'there is nothing of riscv64 for it' "$w1" /lease -d '{}'
ask 401 'submit needs one' '' /task -X POST
ask 403 'and the scope' "$reader" /task -X POST
ask 403 'nor cancel' "$reader" "/task/${A%.*}/cancel" -X PUT
# A guess takes half a second and more, twenty at once: 10,000 take minutes (make soak).
try 0 'guesses are slowed' python3 "$top/tests/serve-drive" guesses "$url" "${GUESSES-400}"
ask 200 'who has a token is not' "$me" /task
ask 429 'others are' "aoinb1_1_$(printf %064d 7)" /task
is 'for how long' "$(header Retry-After)" 5
# Before the server ends, so that it is not that which breaks it off.
wait "$slow"; report $? "one that stalls is given up ($(cat slow.out))"
wait "$trickle"; report $? "one that trickles, too ($(cat trickle.out))"
serve_stop
serve_start -D serve_rate=0 -D serve_uploads=2 -D serve_upload_day=3K
ids=''
for n in 1 2 3; do ids="$ids $(curl -sS -H "Authorization: Bearer $me" -X POST "$url/task" | jq .id)"; done
# shellcheck disable=SC2086 # three
set -- $ids
mkfifo end
python3 "$top/tests/serve-drive" hold "$url" "$me" "$1 $2" held <end &
holds=$!
exec 5>end
ok 'two uploads are on their way' wait_for 10 test -e held
ask 429 'a third is one too many' "$me" "/task/$3/build_bundle" -T hello.tar.gz
says body 'uploads 2 bundles' 'which it says'
exec 5>&-
wait "$holds"
ok 'when they have ended it may come' wait_for 10 sh -c '[ "$(curl -sS -o body -w "%{http_code}" -H "Authorization: Bearer $1" "$2" -T hello.tar.gz)" = 201 ]' \
    sh "$me" "$url/task/$3/build_bundle"
head -c 4000 /dev/urandom >noise
ask 422 'what is no bundle counts, too' "$me" "/task/$3/build_bundle" -T noise
ask 429 'until the day'\''s bytes are gone' "$me" "/task/$3/build_bundle" -T hello.tar.gz
says body 'upload_day' 'which it says'
serve_stop
serve_start -D serve_rate=2
codes=$(for _ in 1 2 3 4 5 6 7 8; do
	curl -sS -o /dev/null -w '%{http_code} ' -H "Authorization: Bearer $me" -X POST "$url/task"
done)
is 'too many new tasks' "$codes" '201 201 201 201 201 201 429 429 '
ask 200 'what it sent' "$me" "/task/$id0/build_bundle" -I
is 'is kept' "$(header Upload-Offset)" 500
serve_stop

# --- a full disk

if [ "$(id -u)" -ne 0 ]; then
	skip 11 'needs root'
	finish
fi
mv d d.old; mkdir d; mount -t tmpfs -o size=24m,uid=65534,mode=700 none d
later 'umount d'
serve_start -D serve_disk_free=8M
me=$(token me '"read","submit","cancel"')
w1=$(token w1 '"work"' '"archs":["amd64"]')
task hello >/dev/null
lease "$w1"
head -c 20000000 /dev/urandom >large
name=hello_1.0-0_amd64.deb
ask 507 'below the floor' "$lease" "/lease/$id.$n/output/$name" -T large
ask 204 'a word is taken' "$lease" "/lease/$id.$n/beat" -X PUT -d '{"step":"send"}'
ask 503 'health tells' '' /health
ask 200 'status works'  "$me" "/task/$id/status"
curl -sS -I -H "Authorization: Bearer $lease" "$url/lease/$id.$n/output/$name" >./head
at=$(header Upload-Offset)
[ "$at" -gt 0 ]; report $? "what came is kept ($at bytes)"
mount -o remount,size=64m d
ask 201 'with room again it goes on' "$lease" "/lease/$id.$n/output/$name" -C "$at" -T large
is 'whole' "$(jq -r .sha256 body)" "$(sha256sum <large | cut -d' ' -f1)"
serve_stop
serve_start -D serve_disk_free=0
head -c 60000000 /dev/zero >d/ballast 2>/dev/null
codes=$(for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
	curl -sS -o /dev/null -w '%{http_code}\n' -H "Authorization: Bearer $me" "$url/task" -d "{\"modifiers\":\"$(head -c 900 /dev/zero | tr '\0' x)\"}"
done | sort -u | tr '\n' ' ')
case $codes in *507*) report 0 "a database without room ($codes)" ;; *) report 1 "a database without room ($codes)" ;; esac
ask 200 'can be read' "$me" "/task/$id/status"
rm d/ballast
ask 201 'and written again' "$me" /task -X POST
serve_stop
try 0 'it is sound' aoinb-serve -c conf -D serve_dir="$scratch/d" --check

finish
