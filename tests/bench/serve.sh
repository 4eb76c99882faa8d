#!/bin/sh
# What aoinb-serve answers in a second, beside nginx, and with 100,000 tasks
. "${0%/*}/lib.sh"
. "$top/tests/serve-words.sh"
need wrk nginx sqlite3

drive() {
	python3 "$top/tests/serve-drive" "$@"
}
serve_start -D serve_rate=0 -D serve_access_log=no -D serve_public=all
me=$(token me '"read","submit","cancel"')
w=$(token w '"work"' '"archs":["amd64"]')
bundle hello
for i in 1 2 3 4; do
	task hello >/dev/null; lease "$w"
	echo "$id.$n $lease"
done >leases
curl -fsS "$url/task/1/status" >status

# --- nginx: a file as large as a status, and an upload by WebDAV

mkdir -p ngx/root && cp status ngx/root/status && chmod 777 ngx/root
other=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >ngx/conf <<END
daemon off; user root; pid $scratch/ngx/pid; error_log $scratch/ngx/err; worker_processes 2; events {}
http { access_log off; client_body_temp_path $scratch/ngx/tmp;
server { listen 127.0.0.1:$other; root $scratch/ngx/root; client_max_body_size 0; dav_methods PUT; } }
END
nginx -p "$scratch" -c ngx/conf -e ngx/err &
nginx=$!
later "kill $nginx"
wait_for 10 curl -fsS -o out "http://127.0.0.1:$other/status" 2>err

# --- status, while four builds send their logs

drive logs "$url" leases 25 &
logs=$!
# rate URL - answers a second, and the 99th percentile in seconds
rate() {
	wrk -t1 -c8 -d5s --latency "$1" >wrk.out
	awk '/Requests\/sec/ { rate = $2 }
		/^ *99%/ { t = $2; s = t ~ /us$/ ? t / 1e6 : t ~ /ms$/ ? t / 1e3 : t + 0 }
		END { print rate, s }' wrk.out
}
rate "$url/task/1/status" >ours; rate "http://127.0.0.1:$other/status" >theirs
read -r ours_rate _ <ours; read -r theirs_rate _ <theirs
row 'status' "$(echo "1 / $ours_rate" | bc -l)" "$(echo "1 / $theirs_rate" | bc -l)" 3 "$ours_rate a second, against nginx and a file"
# At the rate that is asked for, which is what the percentile is about.
drive paced "$url/task/1/status" 5000 4 >p99
aim 'status, 99 % at 5000/s' "$(cut -d' ' -f1 p99)" 0.010 "$(cut -d' ' -f2- p99)"
wait "$logs"

# --- an upload of 1 GiB

head -c 1073741824 /dev/urandom >large
read -r attempt lease <leases
upload="curl -sSf -o /dev/null -H 'Authorization: Bearer $lease' -T large $url/lease/$attempt/output/hello_1.0_amd64.deb"
printf '#!/bin/sh\nexec %s\n' "$upload" >up-ours
printf '#!/bin/sh\ncurl -sSf -o /dev/null -T large http://127.0.0.1:%s/large && sync %s/ngx/root/large\n' "$other" "$scratch" >up-theirs
chmod +x up-ours up-theirs
against 'upload of 1 GiB' 1.5 ./up-ours ./up-theirs --runs 1
aim 'memory, in GiB' "$(awk '/^VmHWM/ { print $2 / 1048576 }' "/proc/$server/status")" 0.0625 'at most while it uploads'
rm large ngx/root/large

# --- 300 followers of a log at 5 MB/s

task hello >/dev/null; lease "$w"
drive followers "$url" "$me" "$lease" "$id.$n" 300 25 "$server" 64 || echo 'followers: MISSED'

# --- from the start to the first line of the log

drive first "$url" "$me" "$w" hello.tar.gz >begun
aim 'from build to log' "$(cat begun)" 1 'a worker that waits, and a follower'

# --- 100,000 tasks

serve_stop
sqlite3 d/queue.db "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
	INSERT INTO task(name, branch, arch, engine, max_attempts, state, created, queued, bundle_sha256, bundle_size, layout, packages)
	SELECT 'p' || i, 'stable', 'amd64', 'pull', 3, 'queued', i, i, 'x', 1, 'bundle', json_array('p' || i) FROM n"
[ "$(id -u)" -ne 0 ] || chown -R 65534:65534 d
began=$(date +%s.%N)
serve_start -D serve_rate=0 -D serve_access_log=no -D serve_public=all
aim 'start with 100,000 tasks' "$(echo "$(date +%s.%N) - $began" | bc)" 0.2 'until it answers'
drive timed "$url" "$w" POST /lease '{}' 200 >claims
aim 'claim among 100,000' "$(cat claims)" 0.002 'median of 200, with the commit'
drive timed "$url" "$me" GET '/task?limit=50' '' 200 >lists
aim 'list of 50 of 100,000' "$(cat lists)" 0.005 'median of 200'
