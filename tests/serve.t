#!/bin/sh
# aoinb-serve: the routes, from a task to a package in a repository
. "${0%/*}/lib.sh"
. "$top/tests/serve-words.sh"

serve_start -D serve_public=repo
says serve.out '^listening on http://127\.0\.0\.1:[0-9]*$' 'it says where it listens'
ask 200 'health needs no token' '' /health
ask 200 'nor does the version'  '' /version
is 'which has a schema' "$(jq -r '.api, .schema' body | tr '\n' ' ')" '1 4 '

# --- routes: the table, the page, what is wrong

aoinb-serve --openapi >api.json
try 0 'OpenAPI is JSON' jq -e '.openapi == "3.1.0"' api.json
sed -n 's/^\.It Cm \([A-Z]*\) Pa \(.*\)/\1 \2/p' "$top/man/aoinb-api.7" | sort >page
jq -r '.paths | to_entries[] | .key as $p | .value | keys[] | "\(ascii_upcase) \($p)"' api.json |
    sed 's/{id}/ID/; s/{attempt}/A/; s/{name}/NAME/; s/{branch}/BRANCH/; s/{path}/PATH/' | sort >table
try 0 'aoinb-api(7) has the routes of the table' diff page table
ask 200 'it serves the same' '' /openapi.json
try 0 'byte for byte' cmp body api.json
ask 404 'a path that is none'        '' /nothing
is 'errors are problems' "$(header Content-Type) $(jq -r '.type, .status, .exit' body | tr '\n' ' ')" \
    'application/problem+json urn:aoinb:route 404 66 '
ask 404 'no way up'                  '' '/repo/stable/..%2f..%2fqueue.db'
ask 404 'no hidden files'            '' '/repo/stable/.new/Release'
ask 404 'an id is a number'          '' /task/x/status
ask 404 'of a size that there is'    '' /task/99999999999999999999/status
ask 405 'a method that is none here' '' /task -X DELETE
is 'what there is' "$(header Allow)" 'GET, POST'
ask 401 'tasks are not public' '' /task
is 'how to ask' "$(header WWW-Authenticate | cut -c 1-6)" Bearer

# --- tokens

me=$(token me '"read","submit","cancel"')
reader=$(token reader '"read"')
key w1; key w2
w1=$(token w1 '"work"' "\"archs\":[\"amd64\"],\"trust\":true,\"pubkey\":\"$(cat w1.pub)\"")
w2=$(token w2 '"work"' '"archs":["amd64","arm64"]')
is 'a token has a form' "$(echo "$me" | grep -cx 'aoinb1_[0-9]*_[0-9a-f]\{64\}')" 1
is 'its secret is kept nowhere' "$(strings d/queue.db* | grep -c "${me##*_}")" 0
ask 200 'it lets in'           "$me" /task
is 'to nothing yet' "$(cat body)" '[]'
ask 200 'also as a password'   '' /task -u "any:$me"
ask 403 'a scope is missing'   "$reader" /task -X POST
ask 403 'tokens are for admins' "$me" /token
ask 401 'a token that is none' nonsense /task
ask 401 'another secret'       "aoinb1_1_$(printf %064d 0)" /task
ask 401 'another number'       "aoinb1_9_${me##*_}" /task
old=$(token old '"read"' '"expires_s":1')
gone=$(token gone '"read"')
admin "/token/$(echo "$gone" | cut -d_ -f2)" -X DELETE
ask 401 'a revoked one'        "$gone" /task
says body revoked 'is told so'
narrow=$(token narrow '"read","submit"' '"branches":["other"]')
is 'a worker needs architectures' "$(admin /token -d '{"name":"w3","scopes":["work"]}' | jq -r .type)" urn:aoinb:field
is 'a scope that is none'         "$(admin /token -d '{"name":"x","scopes":["all"]}' | jq -r .status)" 422
is 'a name that is none'          "$(admin /token -d '{"name":"../x","scopes":["read"]}' | jq -r .status)" 422

# --- a task, by the seven calls

bundle hello; deb hello
ask 201 'create'                         "$me" /task -X POST
id=$(jq .id body)
is 'where it is' "$(header Location)" "/task/$id"
ask 200 'it is in the list'              "$me" /task
is 'as new' "$(jq -r '.[0].state' body)" new
ask 409 'it cannot be started'           "$me" "/task/$id/build" -X PUT
is 'without' "$(jq -c .missing body)" '["bundle","branch"]'
ask 422 'a branch that is none'          "$me" "/task/$id/branch" -X PUT -d nowhere
ask 422 'nor this'                       "$me" "/task/$id/branch" -X PUT -d ../stable
ask 403 'another may not'                "$reader" "/task/$id/branch" -X PUT -d stable
ask 204 'say the branch'                 "$me" "/task/$id/branch" -X PUT -d stable
ask 204 'or as JSON'                     "$me" "/task/$id/branch" -X PUT -d '{"branch":"stable"}'
ask 201 'upload the bundle'              "$me" "/task/$id/build_bundle" -T hello.tar.gz
is 'it is known' "$(jq -c '[.layout, .packages]' body)" '["bundle",["hello"]]'
is 'byte for byte' "$(jq -r .sha256 body)" "$(sha256sum <hello.tar.gz | cut -d' ' -f1)"
ask 200 'the same again'                 "$me" "/task/$id/build_bundle" -T hello.tar.gz
is 'it is ready' "$(get "$me" "/task/$id/status" '.state, .name' | tr '\n' ' ')" 'ready hello '
ask 202 'start it'                       "$me" "/task/$id/build" -X PUT
ask 200 'and again'                      "$me" "/task/$id/build" -X PUT
ask 409 'no other branch then'           "$me" "/task/$id/branch" -X PUT -d other
bundle world
ask 409 'no other bundle'                "$me" "/task/$id/build_bundle" -T world.tar.gz
ask 200 'status'                         "$me" "/task/$id/status"
says body 'no worker for amd64 has asked' 'which says what it waits for'
version=$(jq .version body)
ask 304 'it waits for a change'          "$me" "/task/$id/status?wait=1&version=$version"
ask 200 'but not for one that was'       "$me" "/task/$id/status?wait=50&version=1"
ask 200 'workers and queues'             "$me" /builder/status
is 'in numbers' "$(jq -c '[.queue[0].arch, .queue[0].queued, .running, (.workers | length)]' body)" '["amd64",1,0,2]'
ask 304 'a list has a tag'               "$me" /task -H "If-None-Match: $(curl -sSI -H "Authorization: Bearer $me" "$url/task" | sed -n 's/^ETag: \(.*\)\r$/\1/p')"

# --- a worker

ask 403 'a client is no worker'          "$me" /lease -d '{}'
ask 426 'an old worker'                  "$w1" /lease -d '{"version":"0.0.9"}'
ask 422 'what is no number'              "$w1" /lease -d '{"cpus":"many"}'
ask 400 'what is no JSON'                "$w1" /lease -d '{'
ok  'a worker asks' lease "$w1" '{"version":"0.1.0","cpus":4,"memory_mib":8000,"disk_mib":50000,"bases":["amd64"]}'
is 'and gets it' "$id.$n" 1.1
is 'with the source list' "$(jq -r .source_list given)" "$(cat conf/source_lists/stable.list)"
is 'and its digest' "$(jq -r .source_list_sha256 given)" "$(sha256sum <conf/source_lists/stable.list | cut -d' ' -f1)"
is 'and where the repository is' "$(jq -r .repo given)" "$url/repo/stable"
A=$id.$n
lease1=$lease
ask 204 'there is no other'              "$w2" /lease -d '{}'
ask 200 'the bundle'                     "$lease1" "/lease/$A/bundle"
try 0 'as it was sent' cmp body hello.tar.gz
ask 206 'a part of it'                   "$lease1" "/lease/$A/bundle" -r 10-19
is 'of ten bytes' "$(stat -c %s body) $(header Content-Range)" "10 bytes 10-19/$(stat -c %s hello.tar.gz)"
ask 410 'not for another secret'         "$(printf %064d 1)" "/lease/$A/bundle"
ask 401 'nor without'                    '' "/lease/$A/bundle"
ask 410 'a token is no lease'            "$w1" "/lease/$A/beat" -X PUT
ask 204 'a word'                         "$lease1" "/lease/$A/beat" -X PUT -d '{"step":"build","cpu_us":5,"peak_kib":7}'
is 'what to do' "$(header Aoinb-Do) $(header Aoinb-Interval)" 'go 10'
is 'is told' "$(get "$me" "/task/$id/status" '[.state, .worker, .step, .cpu_us, .peak_kib] | @csv')" '"running","w1","build",5,7'
printf 'line one\n' >log
ask 202 'a piece of the log'             "$lease1" "/lease/$A/log" -T log -H 'Content-Range: bytes 0-8/*'
is 'how much there is' "$(header Upload-Offset)" 9
ask 416 'the same again'                 "$lease1" "/lease/$A/log" -T log -H 'Content-Range: bytes 0-8/*'
is 'tells where to go on' "$(header Upload-Offset)" 9
ask 416 'nor a hole'                     "$lease1" "/lease/$A/log" -T log -H 'Content-Range: bytes 20-28/*'
ask 400 'nor another length'             "$lease1" "/lease/$A/log" -T log -H 'Content-Range: bytes 9-10/*'
ask 202 'the next'                       "$lease1" "/lease/$A/log" -T log -H 'Content-Range: bytes 9-17/*'
ask 200 'HEAD tells'                     "$lease1" "/lease/$A/log" -I
is 'the same' "$(header Upload-Offset)" 18
ask 200 'it can be read'                 "$me" "/task/$id/log"
is 'whole' "$(cat body)" "$(cat log log)"
ask 206 'from its end'                   "$me" "/task/$id/log" -r -5
is 'a part' "$(cat body)" ' one'
ask 416 'not behind it'                  "$me" "/task/$id/log" -r 100-
printf 'a,b\n1,2\n' >samples.csv
ask 202 'samples'                        "$lease1" "/lease/$A/samples.csv" -T samples.csv
ask 404 'no drawing of what are none'    "$me" "/task/$id/plot.svg"
ask 422 'a name that no package has'     "$lease1" "/lease/$A/output/hello_1.0-0_arm64.deb" -T hello_1.0-0_amd64.deb

log_size=18 log_sha=$(cat log log | sha256sum | cut -d' ' -f1)
result w1 ok 0 hello_1.0-0_amd64.deb
ask 409 'a result before the package'    "$lease1" "/lease/$A/result" -T result.dsse
is 'names what is missing' "$(jq -c .missing body)" '[{"name":"hello_1.0-0_amd64.deb","offset":0}]'
size=$(stat -c %s hello_1.0-0_amd64.deb)
head -c 100 hello_1.0-0_amd64.deb >part
ask 202 'a part of a package'            "$lease1" "/lease/$A/output/hello_1.0-0_amd64.deb" -T part -H "Content-Range: bytes 0-99/$size"
ask 409 'a result before the rest'       "$lease1" "/lease/$A/result" -T result.dsse
is 'names where to go on' "$(jq -c '.missing[0].offset' body)" 100
ask 201 'the rest'                       "$lease1" "/lease/$A/output/hello_1.0-0_amd64.deb" -C 100 -T hello_1.0-0_amd64.deb
is 'its digest' "$(jq -r .sha256 body)" "$(sha256sum <hello_1.0-0_amd64.deb | cut -d' ' -f1)"
cp result.dsse good.dsse; cp payload good.payload
dsse w2 payload >result.dsse
ask 422 'another key'                    "$lease1" "/lease/$A/result" -T result.dsse
says body urn:aoinb:signature 'is no signature'
jq -c '.payload |= (@base64d | sub("\"exit\":0"; "\"exit\":1") | @base64)' good.dsse >result.dsse
ask 422 'a changed result'               "$lease1" "/lease/$A/result" -T result.dsse
log_size=19; result w1 ok 0 hello_1.0-0_amd64.deb
ask 409 'a longer log'                   "$lease1" "/lease/$A/result" -T result.dsse
is 'goes on where it ended' "$(jq -c .missing body)" '[{"name":"log","offset":18}]'
log_size=0 log_sha=''
id=2; result w1 ok 0 hello_1.0-0_amd64.deb; id=1
ask 422 'of another task'                "$lease1" "/lease/$A/result" -T result.dsse
result w1 ok 0
ask 422 'ok without a package'           "$lease1" "/lease/$A/result" -T result.dsse
ask 200 'the result'                     "$lease1" "/lease/$A/result" -T good.dsse
is 'is taken' "$(jq -c . body)" '{"state":"ok","verdict":"ok"}'
ask 200 'and again'                      "$lease1" "/lease/$A/result" -T good.dsse
result w1 failed 1
ask 409 'another is not'                 "$lease1" "/lease/$A/result" -T result.dsse
ask 410 'nothing else is'                "$lease1" "/lease/$A/beat" -X PUT
ask 200 'what the worker said'           "$me" "/task/$id/result.json"
try 0 'byte for byte' cmp body good.payload
ask 200 'and signed'                     "$me" "/task/$id/result.dsse"
try 0 'byte for byte' cmp body good.dsse
ask 200 'packages'                       "$me" "/task/$id/output"
is 'are listed' "$(jq -r '.[].name' body)" hello_1.0-0_amd64.deb
ask 200 'one'                            "$me" "/task/$id/output/hello_1.0-0_amd64.deb"
try 0 'byte for byte' cmp body hello_1.0-0_amd64.deb
is 'not to be shown' "$(header Content-Disposition) $(header X-Content-Type-Options)" 'attachment nosniff'

# --- into the repository

in_repo() {
	[ "$(get "$me" "/task/$1/status" .repo)" = "$2" ]
}
ok 'those of a trusted worker enter' wait_for 20 in_repo 1 'done'
ask 200 'the index needs no token' '' /repo/stable/Packages
says body '^Package: hello$' 'it has the package'
ask 200 'the package' '' /repo/stable/hello_1.0-0_amd64.deb
try 0 'byte for byte' cmp body hello_1.0-0_amd64.deb
ask 304 'If-Modified-Since' '' /repo/stable/Packages -H "If-Modified-Since: $(curl -sSI "$url/repo/stable/Packages" | sed -n 's/^Last-Modified: \(.*\)\r$/\1/p')"
ask 200 'the badge' '' /badge/hello.svg
says body '>ok<' 'says so'

bundle world; deb world
task world >/dev/null
ok 'another worker' lease "$w2" '{}'
ask 204 'brings its key'             "$w2" /builder/w2/key -T w2.pub
ask 409 'which it cannot replace'    "$w2" /builder/w2/key -T w1.pub
ask 401 'nor can anybody'            '' /builder/w2/key -X PUT -d x
ask 403 'nor another worker'         "$w1" /builder/w2/key -T w1.pub
ask 201 'sends a package'            "$lease" "/lease/$id.$n/output/world_1.0-0_amd64.deb" -T world_1.0-0_amd64.deb
result w2 ok 0 world_1.0-0_amd64.deb
ask 200 'and the result'             "$lease" "/lease/$id.$n/result" -T result.dsse
is 'its packages wait' "$(get "$me" "/task/$id/status" .repo)" held
ask 403 'for an admin'               "$me" "/task/$id/publish" -X PUT
is 'who lets them in' "$(admin "/task/$id/publish" -X PUT -o /dev/null -w '%{http_code}')" 202
ok 'and they enter' wait_for 20 in_repo "$id" 'done'
is 'once' "$(admin "/task/$id/publish" -X PUT -o /dev/null -w '%{http_code}')" 200
curl -sS "$url/repo/stable/Packages" >Packages
is 'both are there' "$(grep -c '^Package: ' Packages)" 2

# --- the rest

ask 200 'all of a task'              "$me" "/task/$id"
is 'with its attempts' "$(jq -c '[.attempts[] | [.n, .worker, .verdict]]' body)" '[[1,"w2","ok"]]'
is 'and events' "$(jq -r '[.events[].what] | join(" ")' body)" 'created bundle queued running ok repo repo'
ask 409 'it is not cancelled'        "$me" "/task/$id/cancel" -X PUT
ask 201 'once more'                  "$me" "/task/$id/retry" -X POST -H 'Idempotency-Key: again'
again=$(jq .id body)
ask 200 'the same key'               "$me" "/task/$id/retry" -X POST -H 'Idempotency-Key: again'
is 'the same task' "$(jq .id body)" "$again"
ask 422 'another request'            "$me" /task -X POST -H 'Idempotency-Key: again'
ask 204 'before others'              "$me" "/task/$again/priority" -X PUT -d '{"adjust":5}'
is 'it is' "$(get "$me" "/task/$again/status" .priority)" 5
ask 409 'it has not ended'           "$me" "/task/$again" -X DELETE
ask 200 'it is cancelled'            "$me" "/task/$again/cancel" -X PUT
ask 200 'and again'                  "$me" "/task/$again/cancel" -X PUT
ask 204 'and goes'                   "$me" "/task/$again" -X DELETE
ask 204 'and again'                  "$me" "/task/$again" -X DELETE
ask 404 'it is gone'                 "$me" "/task/$again/status"
try 1 'with its files' test -e "d/task/$again"
ask 403 'a token of another branch'  "$narrow" /task -d '{"branch":"stable"}'
for bad in '{"arch":"../x"}' '{"targets":["../x"]}' '{"targets":[1]}' '{"settings":{"a b":"c"}}' \
    '{"settings":{"limit_time":5}}' '{"priority":1000}' '{"needs":{"cpus":-1}}' '{"name":["x"]}' '{"engine":"moon"}'; do
	ask 422 "refused: $bad" "$me" /task -d "$bad"
done
ask 400 'a body that is no object'   "$me" /task -d '[]'
ask 413 'one that is too large'      "$me" /task --data-binary @"$B/bin/aoinb-serve"
ask 204 'a session'                  '' /session -d "$me"
cookie=$(header Set-Cookie | cut -d';' -f1)
is 'which scripts cannot read' "$(header Set-Cookie | grep -c 'HttpOnly; SameSite=Strict')" 1
ask 200 'its cookie reads'           '' /task -H "Cookie: $cookie"
ask 403 'changes nothing from elsewhere' '' /task -X POST -H "Cookie: $cookie" -H 'Origin: http://evil.example'
ask 403 'nor without a word of where' '' /task -X POST -H "Cookie: $cookie"
ask 403 'nor by another site'        '' /task -X POST -H "Cookie: $cookie" -H 'Sec-Fetch-Site: cross-site'
ask 201 'but from here'              '' /task -X POST -H "Cookie: $cookie" -H "Origin: $url"
ask 200 'figures'                    "$me" /metrics
try 0 'as Prometheus reads them' python3 "$top/tests/serve-drive" metrics body
says body '^aoinb_tasks{state="ok",arch="amd64"} 2$' 'of tasks'
sleep 1
ask 401 'an expired token' "$old" /task

# --- its life

try 75 'another server does not start' aoinb-serve -c conf -D serve_dir="$scratch/d" --listen=127.0.0.1:0
says err 'another server has it' 'and says why'
admin /backup -X POST >backup
try 0 'a backup is a whole database' sqlite3 "$(jq -r .path backup)" 'PRAGMA integrity_check; SELECT count(*) FROM task'
serve_stop
try 0 'its state is sound' aoinb-serve -c conf -D serve_dir="$scratch/d" --check
rm d/task/1/1/output/hello_1.0-0_amd64.deb
try 65 'a lost package is found' aoinb-serve -c conf -D serve_dir="$scratch/d" --check
says err 'task 1: package hello_1.0-0_amd64.deb is not there' 'and named'
try 64 'an address that is none' aoinb-serve -c conf -D serve_dir="$scratch/d" --listen=nowhere
try 64 'a setting that is none'  aoinb-serve -c conf -D serve_dir=relative
printf '[serve]\nlease = soon\n' >conf/aoinb.ini
try 78 'a wrong configuration'   aoinb-serve -c conf

finish
