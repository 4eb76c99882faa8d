#!/bin/sh
# How soon a page is there: the overview with 100,000 tasks and 50 workers, and a log of 1 GiB
. "${0%/*}/lib.sh"
. "$top/tests/web-words.sh"
need sqlite3

serve_start -D serve_public=all
serve_stop
sqlite3 d/queue.db "
INSERT INTO worker(id, name, archs, trust, cpus, memory_mib, disk_mib, slots, load, version, last_seen)
	WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 50)
	SELECT i, 'worker' || i, json_array('amd64'), 1, 16, 65536, 400000, 2, 1.5, '0.1.0', unixepoch() FROM n;
INSERT INTO task(id, name, branch, arch, engine, max_attempts, state, created, queued, ended, why, attempts, bundle_sha256, bundle_size, layout, packages)
	WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
	SELECT i, 'package' || i % 3000, 'stable', 'amd64', 'pull', 3,
	    CASE WHEN i > 99950 THEN 'running' WHEN i > 90000 THEN 'queued' WHEN i % 9 = 0 THEN 'failed' ELSE 'ok' END,
	    unixepoch() - 100000 + i, unixepoch() - 100000 + i, iif(i <= 90000, unixepoch() - 90000 + i, NULL),
	    iif(i % 9 = 0, 'src/main.c:' || i || ':7: error: expected expression before token', NULL),
	    i <= 90000 OR i > 99950, 'x', 1, 'bundle', json_array('package' || i % 3000) FROM n;
INSERT INTO attempt(task, n, worker, secret_sha, lease_until, began, ended, verdict, step, cpu_us, peak_kib)
	SELECT id, 1, 1 + id % 50, '', unixepoch() + 9999, unixepoch() - 400, ended, iif(ended, state, NULL), 'run', 90000000, 700000
	FROM task WHERE attempts;
INSERT INTO output(task, n, name, size, sha256) SELECT id, 1, name || '_1.0-' || id || '_amd64.deb', 1, 'x' FROM task WHERE state = 'ok'"
last=99999
mkdir -p "d/task/$last/1"
"$top/tests/log-evil" 1024 >"d/task/$last/1/log"
lines=$(tail -n 1 "d/task/$last/1/log" | sed 's/^line \([0-9]*\) .*/\1/')
[ "$(id -u)" -ne 0 ] || chown -R 65534:65534 d
serve_start -D serve_rate=0 -D serve_access_log=no -D serve_public=all
browser_start
browser size 1400 900

# paint - the first one, in seconds, as Chromium has it
paint() {
	browser open "$url$1" >none
	browser wait 10 'performance.getEntriesByName("first-contentful-paint").length'
	browser js 'performance.getEntriesByName("first-contentful-paint")[0].startTime / 1000'
}
for _ in 1 2 3 4 5; do
	paint /
done | sort -n >paints
aim 'overview, 100,000 tasks' "$(sed -n 3p paints)" 0.3 'to the first paint, median of 5'
browser open "$url/" >none
browser wait 10 'document.querySelector("#live").textContent == "live"'
browser js '[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .filter((e) => !e.name.includes("/events")).map((e) => e.name).join("\n")' >parts
aim 'weight of it, in MB' "$(xargs curl -fsS -H 'Accept: text/html' <parts | wc -c | sed 's/$/ \/ 1000000/' | bc -l)" 0.060 \
    "$(wc -l <parts) files: page, style, scripts"
aim 'list of tasks'    "$(paint '/task')" 0.3 'to the first paint'
aim 'one package'      "$(paint '/package/package7')" 0.3 'to the first paint'

# shown PATH TEXT - seconds from asking for the page until the log is there, which then has TEXT
shown() {
	browser open about:blank >none	# else another line of the same page is no new page
	browser open "$url$1" >none
	browser wait 60 '[...document.querySelectorAll(".tx")].some((t) => t.textContent.includes("'"$2"'"))' || return
	browser js 'performance.getEntriesByName("log")[0].startTime / 1000'
}
aim 'log of 1 GiB'     "$(shown "/task/$last" "line $lines ")" 1 'until its last line is there'
browser wait 60 'document.querySelector(".no").textContent.trim()'
aim 'with its numbers' "$(browser js 'performance.now() / 1000')" 10 "until $lines lines are counted, once"
aim 'its line 500,000' "$(shown "/task/$last#L500000" 'line 500000 ')" 1 'once it is counted'
began=$(date +%s.%N)
curl -fsS "$url/task/$last/log/search?q=no+such+thing" >found
aim 'search of 1 GiB'  "$(echo "$(date +%s.%N) - $began" | bc)" 5 "all of it, $(jq '.next // 0' found)"
aim 'memory, in GiB'   "$(awk '/^VmHWM/ { print $2 / 1048576 }' "/proc/$server/status")" 0.0625 'of the server, at most'
