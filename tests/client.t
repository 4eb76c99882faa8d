#!/bin/sh
# aoinb submit, watch, task, worker, token, provenance: a client of aoinb-serve
. "${0%/*}/lib.sh"
. "$top/tests/serve-words.sh"
need script tar

# shellcheck disable=SC2119 # it wants no options here
serve_start
AOINB_SERVER=unix:$scratch/d/admin.sock
export AOINB_SERVER
tab=$(printf '\t')

# --- who is asked, and as whom

try 0 'a token is made'              aoinb token add me --output=me.tok
is 'and not printed' "$(cat out)" ''
is 'but written for its owner alone' "$(stat -c %a me.tok; grep -cx 'aoinb1_1_[0-9a-f]\{64\}' me.tok)" '600
1'
try 0 'one is printed'               aoinb token add w1 --scopes=work --archs=amd64,arm64 --days=2 --trust
w1=$(cat out)
is 'as it is' "$(grep -cx 'aoinb1_2_[0-9a-f]\{64\}' out)" 1
try 0 'they are listed'              aoinb token ls
is 'with what they may' "$(cut -f 1-5,8 out)" "1${tab}me${tab}read submit cancel${tab}-${tab}-${tab}good
2${tab}w1${tab}work${tab}-${tab}amd64 arm64${tab}good"
is 'for two days' "$(($(date -d "$(sed -n 2p out | cut -f 6)" +%s) - $(date +%s) > 172700))" 1
try 0 'for programs'                 aoinb token ls --json
is 'as JSON' "$(jq -r '.[1].archs | join(" ")' out)" 'amd64 arm64'
try 65 'a scope that there is not'   aoinb token add x --scopes=all
says err '^aoinb: unix:.*: scopes: a list of' 'is told'
try 64 'a number of days'            aoinb token add x --days=soon
try 66 'a key that is not there'     aoinb token add x --pubkey=none
try 64 'and what to do'              aoinb token
AOINB_TOKEN_FILE=$scratch/me.tok
export AOINB_TOKEN_FILE
AOINB_SERVER=$url
try 77 'another may not do that'     aoinb token ls
says err "^aoinb: $url: the token of me has not the scope admin" 'and is told why'
try 0 'he sees the workers'          aoinb worker ls
is 'one that never came' "$(cut -f 1-4 out)" "w1${tab}away${tab}amd64 arm64${tab}yes"
AOINB_SERVER=http://127.0.0.1:1 try 69 'nobody is there' aoinb task ls
says err '^aoinb: http://127.0.0.1:1: no answer: .*; does it run' 'is told'
AOINB_SERVER=http://me:secret@127.0.0.1 try 78 'a password in the address' aoinb task ls
is 'is not shown' "$(grep -c secret err)" 0
AOINB_SERVER=file:///etc/passwd try 78 'an address that is none' aoinb task ls
AOINB_SERVER='' try 78 'none at all'  aoinb task ls
says err 'no server to ask; set \[server\] url' 'and what to do'
AOINB_TOKEN_FILE=none try 66 'a token that is not there' aoinb task ls
AOINB_TOKEN_FILE=err try 65 'a file that is none' aoinb task ls
echo "aoinb1_1_$(printf %064d 0)" >wrong.tok
AOINB_TOKEN_FILE=wrong.tok try 77 'a wrong one' aoinb task ls
cp conf/aoinb.ini serve.ini
printf '[server]\nurl = %s/\ntoken_file = %s\n' "$url" "$scratch/me.tok" >>conf/aoinb.ini
AOINB_SERVER='' AOINB_TOKEN_FILE='' try 0 'both can be in aoinb.ini' aoinb -c conf task ls
cp serve.ini conf/aoinb.ini
# server URL [TOKEN-FILE] - of the helper alone
server() {
	aoinb-client -n --server="$1" --token-file="${2-}" task ls
}
try 0 'a server'                     server https://build.example.org:1234/x/
is 'is named as it is asked' "$(cat out)" https://build.example.org:1234/x
try 0 'a socket'                     server 'unix:/a "b\c'
for wrong in ftp://h http:// http://:80 http:///x 'http://u:p@h' 'http://h/?x' 'http://h/ x' unix:rel h:80; do
	try 78 "no server: $wrong"   server "$wrong"
done
printf 'aoinb1_7_a"\nb' >bad.tok
try 65 'a token that is none'        server http://h bad.tok
is 'is not shown' "$(grep -c 7_a err)" 0
head -c 5000 /dev/zero >big.tok
try 65 'one that is too large'       server http://h big.tok
try 64 'no verb'                     aoinb-client
# Who looks at the processes sees no token.
mkdir spy
cat >spy/aoinb-client <<'END'
#!/bin/sh
tr '\0' ' ' <"/proc/$$/cmdline" >>"$SPY"; tr '\0' ' ' <"/proc/$$/environ" >>"$SPY"
exec "$B/bin/aoinb-client" "$@"
END
chmod +x spy/aoinb-client
try 0 'aoinb-client is called' env PATH="$PWD/spy:$PATH" SPY="$PWD/seen" aoinb task ls
is 'without the token' "$(grep -c aoinb-client seen) $(grep -c "$(cut -d_ -f3 me.tok)" seen)" '1 0'

# --- what is sent

bundle hello; bundle words; bundle other
mkdir -p tree/app tree/lib tree/groups
cp -r hello tree/app/; cp -r words other tree/lib/
printf 'hello # first\ngroups/b\n' >tree/groups/a
echo lib/words >tree/groups/b
ln -s b tree/groups/c
echo other >tree/groups/d
# sent ID - what the archive of a task holds
sent() {
	curl -fsS --unix-socket d/admin.sock "http://d/task/$1/bundle" >sent.tgz && tar tzf sent.tgz
}
try 0 'a bundle by its path'         aoinb submit ./hello stable
is 'its id alone is printed' "$(cat out err)" 1
is 'the bundle is sent' "$(sent 1)" 'local/hello/
local/hello/autobuild/
local/hello/autobuild/defines
local/hello/spec'
is 'as nobody in particular' "$(tar tvzf sent.tgz | sed -n '$s/ \{2,\}/ /gp')" '-rw-r--r-- 0/0 19 1980-01-01 00:00 local/hello/spec'
sha256sum sent.tgz >first
touch hello/spec; chmod 664 hello/spec
try 0 'again, later'                 aoinb submit "$PWD/hello" stable
sent 2 >list; sha256sum sent.tgz >second
ok 'it is the same archive' cmp first second
try 0 'what it is' aoinb task show 2
is 'is told' "$(sed -n 's/^\(state\|targets\|arch\|owner\)'"$tab"'//p' out | tr '\n' ' ')" 'amd64 queued ["local/hello"] me '
try 0 'a group, for two architectures' aoinb submit -t tree --arch=amd64,arm64 --priority=7 groups/a stable
is 'is a task each' "$(tr '\n' ' ' <out)" '3 4 '
is 'with its members and groups' "$(sent 4 | grep -v '.*/.*/.')" 'app/hello/
groups/a
groups/b
lib/words/'
try 0 'the server knows' aoinb task show 4 --json
is 'what to build' "$(jq -c '[.name, .arch, .priority, .targets, .packages]' out)" '["a","arm64",7,["groups/a"],["hello","words"]]'
try 0 'a name, a link and a path' aoinb submit -t tree lib/other:+debug,-docs groups/c ./hello stable
is 'are sent together' "$(sent 5 | grep -v '.*/.*/.')" 'groups/b
groups/c
lib/other/
lib/words/
local/hello/'
is 'with modifiers of its own' "$(aoinb task show 5 --json | jq -r '.targets[0]')" lib/other:+debug,-docs
try 0 'in the tree by its path' aoinb submit -t tree tree/app/hello stable
is 'it is what it is there' "$(sent 6 | sed 1q; aoinb task show 6 --json | jq -c .targets)" 'app/hello/
["app/hello"]'
try 0 '-n shows it' aoinb -n submit -t tree --arch=arm64 groups/b ./hello stable
is 'and sends nothing' "$(cat out; aoinb task ls | wc -l)" "arm64${tab}target${tab}groups/b
arm64${tab}target${tab}local/hello
arm64${tab}tree${tab}lib/words
arm64${tab}bundle${tab}local/hello${tab}$PWD/hello
arm64${tab}tree${tab}groups/b
arm64${tab}needs${tab}{}
6"
SOURCE_DATE_EPOCH=1000000000 aoinb submit ./hello stable >out
is 'files are as old as is asked for' "$(sent 7 >list; TZ=UTC tar tvzf sent.tgz | sed 1q | tr -s ' ' | cut -d' ' -f4)" 2001-09-09
cp -r hello wants; echo 'ENVREQ="core=2 total_mem=4096"' >>wants/spec
try 0 'a spec that wants much' aoinb submit ./wants stable
is 'is a task that does' "$(aoinb task show "$(cat out)" --json | jq -r '.needs.cpus')" 2
aoinb task cancel "$(cat out)" && aoinb task rm "$(cat out)"
mkdir 'odd name'; cp -r hello/. 'odd name/'
try 65 'a folder with an odd name'   aoinb submit './odd name' stable
says err 'rename it' 'is told'
mkdir -p two; cp -r hello two/
try 65 'two bundles of one name'     aoinb submit ./hello ./two/hello stable
try 66 'what is not there'           aoinb submit -t tree nothing stable
try 65 'a branch that is not there'  aoinb submit ./hello nowhere
try 64 'an architecture that is none' aoinb submit --arch=../x ./hello stable
try 64 'a priority that is none'     aoinb submit --priority=1-2 ./hello stable
cp -r hello evil; ln -s /etc/passwd evil/link
try 65 'a bundle that is refused'    aoinb submit ./evil stable
says err 'link that leads out of the bundle' 'is told why'
is 'leaves no task' "$(aoinb task ls | wc -l)" 7

# --- lists

try 0 'tasks of an architecture'     aoinb task ls --arch=arm64
is 'are listed' "$(cut -f 1-5 out)" "4${tab}queued${tab}a${tab}stable${tab}arm64"
try 0 'the newest'                   aoinb task ls --limit=2 --package=hello --branch=stable --state=queued
is 'come first' "$(cut -f 1 out | tr '\n' ' ')" '7 6 '
try 0 'none at all'                  aoinb task ls --state=ok
is 'is nothing' "$(cat out)" ''
try 65 'a filter that is a riddle'   aoinb task ls '--state=a&limit=1'
is 'a terminal gets no more than it can show' "$(script -qec 'stty cols 40; aoinb task ls --limit=1' /dev/null | tr -d '\r' | sed 's/  */ /g')" \
    'ID STATE NAME BRANCH ARCH WORKER
7 queued hello stable amd64 -'
try 66 'a task that is not there'    aoinb task show 99
try 64 'an id is a number'           aoinb task show 1/../2
try 64 'a verb that is none'         aoinb task burn 1
try 0 'several are cancelled'        aoinb task cancel 2 3 5 6 7
try 130 'one that was'               aoinb watch 2
says err '^aoinb: task 2: cancelled' 'is told'
try 0 'and removed'                  aoinb task rm 2 3
is 'they are gone' "$(aoinb task ls | cut -f 1 | tr '\n' ' ')" '7 6 5 4 1 '
try 65 'but not one that goes on'    aoinb task rm 1

# --- a build, by a worker that is this test

key w1
curl -fsS -H "Authorization: Bearer $w1" -X PUT --data-binary @w1.pub "$url/builder/w1/key"
# log TEXT - the worker says more
log() {
	printf %b "$1" >piece
	curl -fsS -o /dev/null -H "Authorization: Bearer $lease" -T piece \
	    -H "Content-Range: bytes $size-$((size + $(wc -c <piece) - 1))/*" "$url/lease/$id.$n/log"
	cat piece >>"log.$id.$n"; size=$((size + $(wc -c <piece)))
}
# end VERDICT EXIT [DEB]... - it ends
end() {
	log_size=$size log_sha=$(sha256sum <"log.$id.$n" | cut -d' ' -f1)
	result w1 "$@"
	shift 2
	for file; do
		curl -fsS -o /dev/null -H "Authorization: Bearer $lease" -T "$file" "$url/lease/$id.$n/output/$file"
	done
	curl -fsS -o /dev/null -H "Authorization: Bearer $lease" -T result.dsse "$url/lease/$id.$n/result"
}
deb hello
aoinb watch 1 >seen 2>said & watcher=$!
wait_for 10 grep -q 'task 1: queued' said
says said '^aoinb: task 1: queued: ' 'who waits is told for what'
lease "$w1" '{"archs":["amd64"],"wait":10}'
is 'the worker has it' "$id $n" '1 1'
size=0
log 'first line\n'
ok 'the log comes while it grows'    wait_for 10 grep -q 'first line' seen
log '\033[31mred\033[0m \033]0;title\007 \000 \377 half a '
ok 'byte for byte'                   wait_for 10 cmp -s seen log.1.1
try 0 'a worker that is busy'        aoinb worker ls
is 'is told' "$(cut -f 1,2,10 out)" "w1${tab}busy${tab}1.1"
serve_kill
sleep 1
# shellcheck disable=SC2119 # nor here
serve_start
log 'line\n'
end ok 0 hello_1.0-0_amd64.deb
got=0; wait "$watcher" || got=$?
is 'it ends as the build does' "$got" 0
ok 'and lost nothing when the server was killed' cmp seen log.1.1
try 0 'the whole log later'          aoinb watch 1
ok 'is the same' cmp out log.1.1
is 'nothing else is said' "$(cat err)" ''
script -qec 'aoinb watch 1' /dev/null >terminal
is 'a terminal gets colours and no more' "$(tr -d '\r' <terminal | od -c | grep -c '033   \[   3   1   m'; grep -c title terminal)" '1
0'
script -qec 'aoinb watch --raw 1' /dev/null >terminal
says terminal title 'but all of it with --raw'
NO_COLOR=1 script -qec 'aoinb watch 1' /dev/null >terminal
is 'and nothing with NO_COLOR' "$(od -c terminal | grep -c 033)" 0
try 74 'nobody reads'                sh -c 'aoinb watch 1 >/dev/full'

try 0 'its packages'                 aoinb task get 1 --output=got
is 'are told by path' "$(cat out)" got/hello_1.0-0_amd64.deb
ok 'and fetched' cmp got/hello_1.0-0_amd64.deb hello_1.0-0_amd64.deb
head -c 100 hello_1.0-0_amd64.deb >got/.hello_1.0-0_amd64.deb.part
rm got/hello*
try 0 'what was begun'               aoinb task get 1 --output=got
ok 'is gone on with' cmp got/hello_1.0-0_amd64.deb hello_1.0-0_amd64.deb
printf x | dd of=got/hello_1.0-0_amd64.deb conv=notrunc bs=1 seek=50 2>/dev/null
try 0 'one that was changed'         aoinb task get 1 --output=got
ok 'is fetched again' cmp got/hello_1.0-0_amd64.deb hello_1.0-0_amd64.deb
try 1 'one without'                  aoinb task get 4

# --- who made it

try 0 'its provenance'               aoinb provenance 1 got/hello_1.0-0_amd64.deb
is 'is a statement of in-toto' "$(jq -r '._type, .predicateType, .subject[0].name, .subject[0].digest.sha256,
    .predicate.runDetails.builder.id, .predicate.runDetails.metadata.invocationId' out)" "https://in-toto.io/Statement/v1
https://slsa.dev/provenance/v1
hello_1.0-0_amd64.deb
$(sha256sum <hello_1.0-0_amd64.deb | cut -d' ' -f1)
urn:aoinb:worker:w1
1.1"
try 0 'by a key that one has'        aoinb provenance --key=w1.pub 1
openssl pkey -in w1.key -pubout -out w1.pem 2>/dev/null
try 0 'in another form'              aoinb provenance --key=w1.pem 1
key other
try 65 'by another key'              aoinb provenance --key=other.pub 1
says err 'not signed by this key' 'is told'
is 'and nothing is printed' "$(cat out)" ''
printf x | dd of=got/hello_1.0-0_amd64.deb conv=notrunc bs=1 seek=50 2>/dev/null
try 65 'with another byte in the package' aoinb provenance 1 got/hello_1.0-0_amd64.deb
try 66 'a task without a result'     aoinb provenance 99
try 1 'nobody has built it'          aoinb provenance 4

# --- what fails, is lost, cancelled

aoinb submit ./hello stable >id
lease "$w1" '{"archs":["amd64"],"wait":10}'; size=0
log 'no\n'; why='cannot be' end failed 65
try 65 'a package that fails'        aoinb watch "$id"
says err "^aoinb: task $id: failed: cannot be" 'is told why'
is 'behind its log' "$(cat out)" no
try 0 'it is tried again'            aoinb task retry "$id"
again=$(cat out)
aoinb watch "$again" >seen 2>said & watcher=$!
lease "$w1" '{"archs":["amd64"],"wait":10}'; size=0
is 'as another task' "$id" "$again"
log 'one\n'
wait_for 10 grep -q one seen
printf '{"why":"not me"}' >body
end error 70
wait_for 10 grep -q 'attempt 1 is over' said
says said "task $again: attempt 1 is over, and another follows" 'another attempt is waited for'
try 0 'it is cancelled'              aoinb task cancel "$again"
got=0; wait "$watcher" || got=$?
is 'that ends the watching' "$got $(cat seen)" '130 one'
try 0 'an attempt alone'             aoinb watch "$again.1"
is 'is its log' "$(cat out)" one
try 66 'that there is not'           aoinb watch "$again.2"
aoinb submit --wait ./hello ./words stable >ids 2>said & waiter=$!
wait_for 10 grep -q queued said
lease "$w1" '{"archs":["amd64"],"wait":10}'; size=0
log 'x\n'; end time 124
got=0; wait "$waiter" || got=$?
is 'submit --wait ends as the build' "$got $(cat ids)" "124 $id"
says said "task $id: failed" 'and says how'

# Ctrl-C
aoinb submit ./hello stable >id; id=$(cat id)
(sleep 2; printf '\003'; sleep 2) | script -qec "aoinb watch $id" /dev/null >terminal
says terminal "task $id goes on; \"aoinb watch $id\" shows it again, \"aoinb task cancel $id\" ends it" 'Ctrl-C leaves it alone, and says so'
is 'it is still there' "$(aoinb task show "$id" --json | jq -r .state)" queued

# --- connections that break

# through CUT... - asks by way of somebody who cuts connections off
through() {
	[ ! "${proxy-}" ] || kill "$proxy"
	: >proxy.out
	"$top/tests/cut-proxy" "$port" "$@" >proxy.out & proxy=$!
	wait_for 10 test -s proxy.out
	AOINB_SERVER=http://127.0.0.1:$(cat proxy.out)
}
later 'kill $proxy'
cp -r hello large
head -c 3000000 /dev/urandom >large/autobuild/noise
aoinb submit ./large stable >id
sent "$(cat id)" >list; mv sent.tgz whole.tgz
through 99999 100000 300 700000 0 1000000
try 0 'an upload that breaks again and again' aoinb submit ./large stable
id=$(cat out)
sent "$id" >list
ok 'and arrives as it is' cmp sent.tgz whole.tgz
is 'once' "$(AOINB_SERVER=$url aoinb task ls --package=large --state=queued | cut -f 1 | tr '\n' ' ')" "$id $(cat id) "
for id in $(AOINB_SERVER=$url aoinb task ls --state=queued | cut -f 1); do
	AOINB_SERVER=$url aoinb task cancel "$id"
done
AOINB_SERVER=$url aoinb submit ./hello stable >id
lease "$w1" '{"archs":["amd64"],"wait":10}'; size=0
is 'another is built' "$id" "$(cat id)"
through 99999 99999 1000 99999 0 0 2000 99999 5000
aoinb watch "$id" >seen 2>said & watcher=$!
for line in 1 2 3 4 5 6 7 8 9; do
	log "$(seq -s ' ' "$line" 200)\\n"
done
wait_for 30 cmp -s "log.$id.$n" seen
end failed 1
got=0; wait "$watcher" || got=$?
is 'a log that breaks off again and again ends as its build' "$got" 1
ok 'with every byte once' cmp "log.$id.$n" seen
through 200
try 69 'one that breaks off for who is in a hurry' aoinb task show 1
AOINB_SERVER=$url

# --- workers

AOINB_SERVER=unix:$scratch/d/admin.sock
try 0 'no more for a worker'         aoinb worker drain w1 --why='it moves'
is 'is told to others' "$(aoinb worker ls | cut -f 1,2,11)" "w1${tab}drained${tab}it moves"
lease "$w1" '{}'; is 'it gets nothing' "$lease" ''
try 0 'and again'                    aoinb worker resume w1
try 0 'it is trusted no more'        aoinb worker distrust w1
is 'that is told' "$(aoinb worker ls --json | jq -c '.workers[0] | [.drain, .trust]')" '[false,false]'
try 0 'and again'                    aoinb worker trust w1
try 66 'a worker that is not there'  aoinb worker drain w9
try 64 'a name that is none'         aoinb worker drain ../w1
try 0 'a token is revoked'           aoinb token revoke 1
AOINB_SERVER=$url
try 77 'and good no more'            aoinb task ls
says err 'the token was revoked; ask for another' 'which is told'

finish
