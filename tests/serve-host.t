#!/bin/sh
# aoinb-serve on its host: systemd's sockets, units, nginx, notices, retention, a second
# architecture
. "${0%/*}/lib.sh"
. "$top/tests/serve-words.sh"
PATH=$PATH:/usr/sbin
need nginx

# hook FILE - answers POSTs, and writes what came to FILE; prints its port
cat >hook.py <<'END'
import http.server, json, sys
class H(http.server.BaseHTTPRequestHandler):
    n = 0
    def do_POST(self):
        H.n += 1
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with open(sys.argv[1], "a") as f:
            f.write(json.dumps({"headers": {k.lower(): v for k, v in self.headers.items()}, "body": body}) + "\n")
        self.send_response(500 if H.n == 1 else 204)
        self.end_headers()
    def log_message(self, *a):
        pass
s = http.server.HTTPServer(("127.0.0.1", 0), H)
print(s.server_port, flush=True)
s.serve_forever()
END
python3 hook.py hooked >hook.port &
hook=$!
later "kill $hook 2>/dev/null"
wait_for 10 test -s hook.port
printf 'whsec_%s\n' "$(printf 'a secret of some bytes' | base64)" >secret
printf '#!/bin/sh\nexec cat >>%s/mailed\n' "$scratch" >sendmail
chmod 755 sendmail; chmod 644 secret; : >mailed; chmod 666 mailed
serve_start -D "serve_webhook=http://127.0.0.1:$(cat hook.port)/hook" -D serve_webhook_secret="$scratch/secret" \
    -D serve_mail=me@example.org -D serve_sendmail="$scratch/sendmail" -D serve_url=https://build.example.org
me=$(token me '"read","submit","cancel"')
key w; w=$(token w '"work"' "\"archs\":[\"amd64\",\"arm64\"],\"trust\":true,\"pubkey\":\"$(cat w.pub)\"")
bundle hello; deb hello 1.0-0 amd64; deb hello 1.0-0 arm64
# build ARCH VERDICT EXIT [DEB]... - a task from its beginning to its end
build() {
	task hello "{\"branch\":\"stable\",\"arch\":\"$1\"}" >/dev/null; lease "$w"
	shift
	verdict=$1 exit=$2; shift 2
	for file; do
		curl -sS -o /dev/null -H "Authorization: Bearer $lease" -T "$file" "$url/lease/$id.$n/output/$file"
	done
	result w "$verdict" "$exit" "$@"
	ask 200 "a task ends: $verdict" "$lease" "/lease/$id.$n/result" -T result.dsse
}
in_repo() {
	[ "$(get "$me" "/task/$1/status" .repo)" = "$2" ]
}
build amd64 ok 0 hello_1.0-0_amd64.deb
build arm64 ok 0 hello_1.0-0_arm64.deb
ok 'a second architecture enters the repository' wait_for 20 in_repo "$id" 'done'
curl -sS "$url/repo/stable/Packages" >Packages
is 'each is in the index' "$(sed -n 's/^Architecture: //p' Packages | sort | tr '\n' ' ')" 'amd64 arm64 '
for arch in amd64 arm64; do
	mkdir -p "apt.$arch/lists/partial" "apt.$arch/cache/archives/partial"
	: >"apt.$arch/status"
	echo "deb [trusted=yes] $url/repo/stable ./" >"apt.$arch/list"
	set -- -qq -o Dir::Etc=/nonexistent -o Dir::Etc::SourceList="$scratch/apt.$arch/list" -o Dir::Etc::SourceParts=- \
	    -o Dir::State="$scratch/apt.$arch" -o Dir::State::Status="$scratch/apt.$arch/status" \
	    -o Dir::Cache="$scratch/apt.$arch/cache" -o APT::Architecture=$arch -o APT::Architectures=$arch -o APT::Sandbox::User=root
	try 0 "apt of $arch reads it" apt-get "$@" update
	(cd "apt.$arch" && apt-get "$@" download hello) >out 2>&1
	is 'and gets its own' "$(cd "apt.$arch" && ls -- *.deb)" "hello_1.0-0_$arch.deb"
done

# What a file is called is one thing, and what is in it another.
deb other; mv other_1.0-0_amd64.deb kept
deb other 1.0-0 arm64; mv other_1.0-0_arm64.deb other_1.0-0_amd64.deb
build amd64 ok 0 other_1.0-0_amd64.deb
ok 'a package for another architecture does not enter' wait_for 20 in_repo "$id" refused
is 'and why' "$(get "$me" "/task/$id/status" .why | sed 's/.*: \(its arch.*\);.*/\1/')" \
    'its architecture is arm64, and neither amd64 nor all'
mv kept other_1.0-0_amd64.deb
build amd64 ok 0 other_1.0-0_amd64.deb
ok 'nor one that the bundle does not make' wait_for 20 in_repo "$id" refused
is 'and why' "$(get "$me" "/task/$id/status" .why | sed 's/.*: \(the bundle .*other\);.*/\1/')" 'the bundle makes no package other'

# --- notices

build amd64 ok 0 hello_1.0-0_amd64.deb
build amd64 failed 1
build amd64 failed 1
failed_task=$((id - 1))
hooked() {
	[ "$(grep -c failed hooked)" -ge 1 ] && [ "$(wc -l <hooked)" -ge 4 ]
}
ok 'a webhook is told, again after it failed' wait_for 60 hooked
is 'when a verdict changes, and then only' "$(jq -r '.body | fromjson | "\(.data.id) \(.data.arch) \(.data.before) \(.type)"' hooked | sort -u)" \
    "1 amd64 null task.ok
2 arm64 null task.ok
$failed_task amd64 ok task.failed"
is 'with where to look' "$(jq -r '.body | fromjson | .data.url' hooked | sort -u | tail -n 1)" "https://build.example.org/task/$failed_task"
sed -n 1p hooked >first
{ jq -r '.headers["webhook-id"], .headers["webhook-timestamp"]' first | tr '\n' .; jq -j .body first; } >signed
is 'signed' "$(jq -r '.headers["webhook-signature"]' first)" \
    "v1,$(openssl dgst -sha256 -mac hmac -macopt key:'a secret of some bytes' -binary signed | base64)"
is 'mail too' "$(sed -n 's/^Subject: //p' mailed | sort)" "aoinb: hello amd64: failed
aoinb: hello amd64: ok
aoinb: hello arm64: ok"
is 'the curl that was run' "$(grep -c 'secret of' serve.err)" 0

# --- retention

serve_stop
sqlite3 d/queue.db "UPDATE task SET ended = ended - 864000 WHERE id <= 2; INSERT INTO attempt(task, n, worker, secret_sha, lease_until, began, ended, log_size) VALUES(3, 2, 1, '', 0, 0, 1, 5); UPDATE task SET attempts = 2, ended = ended - 86400 * 3 WHERE id = 3"
mkdir -p d/task/3/2; echo old >d/task/3/2/log
[ "$(id -u)" -ne 0 ] || chown -R 65534:65534 d
serve_start -D serve_keep_tasks=7d -D serve_keep_logs=2d
gone() {
	[ ! -e d/task/1 ] && [ ! -e d/task/2 ] && [ ! -e d/task/3/2/log ]
}
ok 'what is old goes' wait_for 20 gone
ask 404 'a task' "$me" /task/1/status
ask 200 'one that is not stays' "$me" /task/3/status
ask 404 'without its log' "$me" /task/3/log
ask 200 'and the repository' '' /repo/stable/hello_1.0-0_arm64.deb
serve_stop

# --- systemd

cat >activate.py <<'END'
import os, socket, sys
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(5)
n = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
n.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
print(s.getsockname()[1], flush=True)
if os.fork() == 0:
    os.dup2(s.fileno(), 3)
    os.set_inheritable(3, True)
    os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()), NOTIFY_SOCKET=sys.argv[1])
    os.execvp(sys.argv[2], sys.argv[2:])
for _ in range(2):
    print(n.recv(100).decode(), flush=True)
    if _ == 0:
        import urllib.request
        print(urllib.request.urlopen("http://127.0.0.1:%d/health" % s.getsockname()[1]).status, flush=True)
        os.kill(os.getpgid(0) and int(open("/proc/self/task/%d/children" % os.getpid()).read().split()[0]), 15)
print(os.WEXITSTATUS(os.wait()[1]), flush=True)
END
if [ "$(id -u)" -eq 0 ]; then set -- setpriv --reuid=65534 --regid=65534 --clear-groups; else set --; fi
python3 activate.py "$scratch/notify" "$@" aoinb-serve -c conf -D serve_dir="$scratch/d" >activated 2>&1
is 'a socket of systemd is answered on; it is told' "$(tail -n +2 activated | grep -v '^listening\|GET' | tr '\n' ' ')" 'READY=1 200 STOPPING=1 0 '
if command -v systemd-analyze >/dev/null; then
	mkdir unit; cp "$top/conf/aoinb-serve.service" "$top/conf/aoinb-serve.socket" "$top/conf/aoinb-work.service" "$top/conf/aoinb-place.service" unit/
	sed -i "s|/usr/local/bin/aoinb-serve|$B/bin/aoinb-serve|; s|/usr/local/bin/aoinb-place|$B/bin/aoinb-place|; s|/usr/local/bin/aoinb |$top/scripts/aoinb |; s|^User=.*|User=daemon|; s|^Group=.*|Group=daemon|" unit/*.service
	systemd-analyze verify --man=no unit/aoinb-serve.service unit/aoinb-work.service unit/aoinb-place.service 2>verified
	is 'the units are right' "$(grep 'unit/\|aoinb' verified)" ''
	exposed=$(systemd-analyze security --offline=yes unit/aoinb-serve.service | sed -n 's/.*exposure level.*: \([0-9.]*\).*/\1/p')
	echo "# exposure $exposed"
	is 'its exposure is below 3' "$(echo "${exposed:-10} < 3" | bc)" 1
else
	skip 2 'needs systemd-analyze'
fi

# --- behind nginx, with TLS

serve_start
nginx_conf
try 0 'nginx takes the sample' nginx -t -p "$scratch" -e nginx.err -c nginx.conf
nginx_start
plain=$url
url=https://localhost:$tls
CURL_CA_BUNDLE=$scratch/tls.pem
export CURL_CA_BUNDLE
task hello >/dev/null
is 'an upload passes' "$(get "$me" "/task/$id/status" .state)" queued
lease "$w"
is 'and a lease, with the outer address' "$(jq -r .repo given)" "$url/repo/stable"
curl -sSN --max-time 60 -H "Authorization: Bearer $me" -H 'Accept: text/event-stream' "$url/task/$id/log" >streamed &
streamer=$!
sleep 0.5; echo hello >log
ask 202 'a log' "$lease" "/lease/$id.$n/log" -T log -H 'Content-Range: bytes 0-5/*'
came() {
	grep -q '^data: "hello' streamed
}
ok 'its line comes through at once' wait_for 3 came
result w failed 1
sed -i 's/"log_size":0/"log_size":6/' payload; dsse w payload >result.dsse
ask 200 'and ends' "$lease" "/lease/$id.$n/result" -T result.dsse
wait "$streamer"; report $? 'with the stream'
for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
	curl -sS -o /dev/null -H 'Authorization: Bearer x' "$url/task"
done
ask 429 'wrong tokens are counted' x /task
ask 429 'for who sent them' x /task
url=$plain
ask 401 'and for nobody else' x /task -H 'X-Forwarded-For: 192.0.2.1'

finish
