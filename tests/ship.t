#!/bin/sh
# aoinb-ship: files there and back through a server that misbehaves, and leases that lie
. "${0%/*}/lib.sh"
need python3 openssl jq

mkdir d
"$top/tests/ship-server" d port requests &
later "kill $!"
wait_for 10 test -e port
url=http://127.0.0.1:$(cat port)
head -c 300000 /dev/urandom >d/file
sum=$(sha256sum <d/file | cut -d ' ' -f 1)
wrong=$(printf '%064d' 1)
(umask 077; echo 'aoinb1_1_secret' >token)

echo '# get'
# got TEXT URL [OPTION]... - it comes whole
got_it() {
	text=$1 path=$2; shift 2
	rm -f file
	try 0 "$text"                      aoinb-ship "$@" get "$url/$path" file
	ok 'byte for byte'                 cmp file d/file
}
got_it 'a file'                            ok/file
got_it 'with its digest'                   ok/file --sha256="$sum"
got_it 'cut off at random bytes'           cut/file --sha256="$sum"
ok 'it went on where that was'             grep -q '^GET /cut/file bytes=[1-9][0-9]*- 206' requests
got_it 'from one that knows no ranges'     whole/file
got_it 'from one that is busy at first'    busy/file
got_it 'from one that does not answer'     away/file
got_it 'from one that sends no more'       stall/file --stall=2s
rm file
try 75 'what is not there'                 aoinb-ship get "$url/none/file" file
says err 'HTTP 404: there is no such thing' 'is told as the server did'
is 'and nothing else reaches the terminal' "$(tr -d '[:print:]\n' <err | wc -c)" 0
try 65 'another digest'                    aoinb-ship --sha256="$wrong" get "$url/ok/file" file
ok 'is no file'                            test ! -e file
try 65 'too long'                          aoinb-ship --max-size=100K get "$url/ok/file" file
rm -f file.part
head -c 100 /dev/zero >file.part
try 65 'the rest of another file'          aoinb-ship --sha256="$sum" get "$url/ok/file" file
try 0 'is begun anew then'                 aoinb-ship --sha256="$sum" get "$url/ok/file" file
cp d/file file.part
try 0 'all was there but its name'         aoinb-ship --sha256="$sum" get "$url/ok/file" file
mkdir taken
try 74 'what cannot be written'            aoinb-ship get "$url/ok/file" taken/no/file
try 64 'two words'                         aoinb-ship get "$url/ok/file"
try 64 'a verb'                            aoinb-ship nothing
try 64 'a digest'                          aoinb-ship --sha256=12 get "$url/ok/file" file
try 0 '-n does nothing'                    aoinb-ship -n get "$url/ok/file" never
ok 'at all'                                test ! -e never
aoinb-ship get 'http://127.0.0.1:1/file' file 2>err &
pid=$!
sleep 2.5
kill "$pid"
code=0; wait "$pid" || code=$?
is 'without a server it waits, until it is told not to' "$code" 143

echo '# put'
# put_it TEXT URL [OPTION]... - it arrives whole
put_it() {
	text=$1 path=$2; shift 2
	rm -f d/*.got
	try 0 "$text"                      aoinb-ship "$@" put d/file "$url/$path"
	ok 'byte for byte'                 cmp d/file.got d/file
}
put_it 'a file'                            ok/file
is 'what the server said'                  "$(cat out)" '{"size":300000}'
put_it 'cut off at random bytes'           cut/file
ok 'it went on where that was'             grep -q '^PUT /cut/file bytes=[1-9][0-9]*-299999/300000 ' requests
put_it 'without an answer'                 mute/file
ok 'it was finished by a piece of nothing' grep -q '^PUT /mute/file bytes=\*/300000 201' requests
put_it 'where there is no room at first'   busy/file
put_it 'where nobody reads'                stall/file --stall=2s
put_it 'where a bit was flipped'           flip/file
head -c 400000 /dev/zero >d/file.got
try 0 'over one that is longer'            aoinb-ship put d/file "$url/ok/file"
ok 'byte for byte'                         cmp d/file.got d/file
head -c 1000 d/file >d/file.got
try 0 'behind what is there'               aoinb-ship put d/file "$url/ok/file"
ok 'byte for byte'                         cmp d/file.got d/file
is 'with no byte sent twice'               "$(grep '^PUT /ok/file' requests | tail -n 1)" 'PUT /ok/file bytes=1000-299999/300000 201'
rm -f d/file.got
try 75 'what is lost'                      aoinb-ship put d/file "$url/lost/file"
try 75 'what is not allowed'               aoinb-ship put d/file "$url/no/file"
says err 'HTTP 403: not for you'           'is told'
timeout 3 aoinb-ship put d/file "$url/round/file" 2>err
is 'a server that leads round and round is not asked for ever' "$(grep -c '^PUT /round/' requests | awk '{ print ($1 < 10) }')" 1
try 66 'no file'                           aoinb-ship put nothing "$url/ok/file"
try 65 'a folder'                          aoinb-ship put d "$url/ok/file"
head -c 200000000 /dev/zero >d/large
try 0 'a large one'                        aoinb-rusage -o use aoinb-ship put d/large "$url/ok/large"
is 'takes little memory'                   "$(awk -F= '$1 == "maxrss_kib" || $1 == "peak_kib" { if ($2 > 65536) print }' use)" ''
rm d/large d/large.got

echo '# secrets'
try 0 'a token'                            aoinb-ship --token-file=token get "$url/ok/file" file
chmod 644 token
try 77 'that others can read'              aoinb-ship --token-file=token get "$url/ok/file" file
says err 'chmod 600'                       'is refused, with a remedy'
chmod 600 token
: >empty; chmod 600 empty
try 78 'an empty one'                      aoinb-ship --token-file=empty get "$url/ok/file" file
try 78 'none'                              aoinb-ship --token-file=missing get "$url/ok/file" file

echo '# leases that lie'
[ "$(id -u)" -eq 0 ] || { skip 1 'needs root'; finish; }
mkdir -p conf/source_lists
echo 'deb http://127.0.0.1:1/ s main' >conf/source_lists/stable.list
printf '#!/bin/sh\necho ran >>"%s/ran"\nexit 1\n' "$PWD" >"exec"
chmod +x "exec"
mkdir bundle bundle/autobuild; echo VER=1 >bundle/spec
tar -C bundle -czf d/bundle.tar.gz .
# worker [OPTION]... - takes one attempt
worker() {
	timeout 60 aoinb-ship -w "$PWD/work" --conf="$PWD/conf" --exec="$PWD/exec" --key-file="$PWD/key" \
	    --token-file=token --url="$url" --name=w1 --arch=amd64 --once "$@" work
}
# lease [FILTER] - the next one that the server gives
lease() {
	jq -n --arg s "$(sha256sum <d/bundle.tar.gz | cut -d ' ' -f 1)" --argjson n "$(stat -c %s d/bundle.tar.gz)" \
	    '{id: 7, attempt: 1, lease: "secret", lease_s: 300, name: "x", branch: "stable", arch: "amd64",
	    targets: null, modifiers: null, settings: null, layout: "bundle", bundle_size: $n, bundle_sha256: $s,
	    packages: ["x"], source_list: null, repo: null, limits: {log: 1000000, output: 1000000}}' |
	    jq "${1-.}" >d/lease.new
	mv d/lease.new d/lease.json
}
# lies TEXT FILTER - nothing of such a lease is built, and nothing is left
lies() {
	lease "$2"
	rm -f ran
	try 76 "$1"                        worker
	ok 'nothing ran'                   test ! -e ran
	is 'nothing is left'               "$(find work/work -mindepth 1 -not -name lock)" ''
}
try 75 'nothing to do'                     worker
ok 'the bearer was the token'              grep -qx 'bearer Bearer aoinb1_1_secret' requests
lies 'a branch that is a path'             '.branch = "../../etc"'
lies 'an architecture that is one'         '.arch = "../x"'
lies 'a secret of two lines'               '.lease = "a\r\nX: y"'
lies 'a digest that is none'               '.bundle_sha256 = "x"'
lies 'modifiers of two lines'              '.modifiers = "a\nb"'
lies 'a layout that is none'               '.layout = "../x"'
lies 'a repository with options'           '.repo = "[trusted=yes] http://x"'
lies 'a size that is none'                 '.bundle_size = -1'
lease '.id = "../../x"'
try 0 'a name that is a path'              worker
says err 'a lease that is none'            'is told'
lease '.branch = "unknown"'
try 75 'a branch that is not known here'   worker
ok 'is given back'                         grep -q 'PUT /lease/7.1/refuse' requests
lease '.arch = "m68k"'
try 75 'another architecture'              worker
ok 'nothing ran'                           test ! -e ran
is 'nothing is left'                       "$(find work/work -mindepth 1 -not -name lock)" ''

echo '# bundles that lie'
# bundled TEXT FILTER - it is taken, and its result is that it failed; sets verdict
bundled() {
	mkdir -p d/7.1
	cp d/bundle.tar.gz d/7.1/bundle
	lease "$2"
	rm -f ran d/result.dsse
	timeout 60 aoinb-ship -w "$PWD/work" --conf="$PWD/conf" --exec="$PWD/exec" --key-file="$PWD/key" \
	    --token-file=token --url="$url" --name=w1 --arch=amd64 --once work >out 2>err
	verdict=$(jq -r .payload d/result.dsse | base64 -d | jq -r '"\(.verdict) \(.why)"')
	is "$1" "$verdict" "$3"
	is 'nothing is left'                       "$(find work/work -mindepth 1 -not -name lock)" ''
}
bundled 'a good one' . 'failed null'
ok 'was built'                             test -e ran
link='failed the bundle is refused: a link is where a folder or file of its own has to be'
bundled 'a target outside' '.layout = "tree" | .targets = ["../../etc"]' \
    'failed the bundle is refused: it does not have what is to be built'
ok 'was not built'                         test ! -e ran
bundled 'a target of this machine' '.layout = "tree" | .targets = ["/etc"]' \
    'failed the bundle is refused: it does not have what is to be built'
mkdir evil; ln -s /etc/passwd evil/spec; mkdir evil/autobuild
tar -C evil -czf d/bundle.tar.gz .
bundled 'a spec that is a link' . "$link"
rm -r evil; mkdir evil; ln -s /etc evil/app
tar -C evil -czf d/bundle.tar.gz .
bundled 'a category that is a link' '.layout = "tree"' "$link"
ok 'was not built'                         test ! -e ran
rm -r evil; mkdir evil; echo x >evil/other
tar -C evil -czf d/bundle.tar.gz .
bundled 'one without a spec' '.layout = "folder"' 'failed the bundle is refused: it does not have what is to be built'
head -c 1000 /dev/urandom >d/bundle.tar.gz
bundled 'no archive' . 'failed the bundle cannot be unpacked'
bundled 'another than was promised' '.bundle_sha256 = ("0" * 64)' \
    "error bundle: what came has not the SHA-256 $(printf '%064d' 0)"

echo '# what a build is told, and what the server'
tar -C bundle -czf d/bundle.tar.gz .
cat >"exec" <<'END'
#!/bin/sh
# Stands for a build: keeps what it was told, and leaves a job behind.
cat "$1/settings" >settings.seen; cat "$1/list" >list.seen 2>/dev/null
cat "$1/repo" >repo.seen 2>/dev/null
cp settings.seen list.seen repo.seen "$1/modifiers" "${0%/*}/seen/" 2>/dev/null
job=${0%/*}/work/jobs/20260101-000000-x
mkdir -p "$job"
echo 20260101-000000-x >"$1/job"
{ seq 10000; echo the end; } >"$job/log"
echo '{"id":"x","verdict":"timeout","code":124,"usage":{"wall_us":7,"cpu_us":8,"peak_kib":9}}' >"$job/result.json"
[ ! -e "${0%/*}/deb" ] || {
	mkdir -p "${0%/*}/work/output/stable"
	cp "${0%/*}/deb" "${0%/*}/work/output/stable/x_1_amd64.deb"
	printf 'sha256::%s\t%s\tx_1_amd64.deb\n' "$(sha256sum <"${0%/*}/deb" | cut -d ' ' -f 1)" \
	    "$(stat -c %s "${0%/*}/deb")" >"$job/packages"
	echo '{"id":"x","verdict":"ok","code":0}' >"$job/result.json"
	exit 0
}
printf 'elapsed_us,user_us,sys_us,mem_kib\n1,2,3,4\n' >"$job/samples.csv"
exit 124
END
mkdir seen
told() {
	rm -rf seen work/jobs d/result.dsse; mkdir -p seen d/7.1
	cp d/bundle.tar.gz d/7.1/bundle
	lease "$1"; shift
	code=0; worker "$@" >out 2>err || code=$?
	jq -r .payload d/result.dsse | base64 -d >said
}
told '.settings = {"limit_time": "2s", "work_dir": "/", "limit_silence": "a\nwork_dir=/"} | .modifiers = "+x"' \
    --allow=limit_time --allow=limit_silence
is 'the code is that of the build'         "$code" 124
is 'settings are those that are allowed, and one line' "$(cat seen/settings.seen)" limit_time=2s
is 'modifiers'                             "$(cat seen/modifiers)" +x
is 'a source list of its own goes before'  "$(cat seen/list.seen)" ''
is 'the verdict is that of the job'        "$(jq -r '.verdict, .exit, .wall_us, .cpu_us, .peak_kib' said | tr '\n' ' ')" 'time 124 7 8 9 '
is 'the log is whole'                      "$(jq .log_size said)" "$(($(seq 10000 | wc -c) + 8 + $(printf 'aoinb: 7.1: x for stable on w1\naoinb: time (code 124)\n' | wc -c)))"
told '.branch = "fresh" | .source_list = "deb http://x/ y z" | .limits.log = 20000 | .repo = "'"$url"'/ok/repo"'
is 'a source list of the server'           "$(head -n 1 seen/list.seen)" 'deb http://x/ y z'
is 'and its repository'                    "$(cat seen/repo.seen)" "deb [trusted=yes] $url/ok/repo ./"
is 'a log has as many bytes as the server takes' "$(jq '.log_size <= 20000 and .log_size > 15000' said)" true
told '.branch = "fresh" | .source_list = "deb http://x/ y z"' --no-lists
ok 'which a worker need not take'          test "$code" -eq 75 -a ! -e seen/list.seen
told '.repo = "'"$url"'/ok/repo"' --no-repo
is 'nor the repository'                    "$(cat seen/repo.seen)" ''
openssl pkey -in key -pubout -out pub.pem
jq -r '.signatures[0].sig' d/result.dsse | base64 -d >sig
type=application/vnd.aoinb.result+json
{ printf 'DSSEv1 %s %s %s ' "${#type}" "$type" "$(stat -c %s said)"; cat said; } >pae
try 0 'the result is signed'               openssl pkeyutl -verify -rawin -pubin -inkey pub.pem -in pae -sigfile sig
sed -i 's/"exit":124/"exit":125/' pae
try 1 'and another is not'                 openssl pkeyutl -verify -rawin -pubin -inkey pub.pem -in pae -sigfile sig
echo package >deb
told .
is 'a package that the server never takes is a failure, and why' "$(jq -r '.verdict, .exit, .why, (.outputs | length)' said | tr '\n' ' ')" \
    'failed 1 the server refuses what was built: HTTP 413: too large 0 '
is 'the key is for root alone'             "$(stat -c %a key)" 600
finish
