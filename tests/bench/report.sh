#!/bin/sh
# aoinb-report: a group of 1,000, each with an hour of samples
# shellcheck disable=SC1091 # beside this file
. "${0%/*}/lib.sh"

python3 - <<'END'
import os
samples = ["elapsed_us,user_us,sys_us,mem_kib,tasks,read_bytes,write_bytes,disk_used_kib,disk_free_kib,log_bytes\n"]
for i in range(1, 121):
    samples.append("%d,%d,%d,%d,%d,%d,%d,%d,%d,%d\n" % (i * 3000000, i * 2500000, i * 300000, 100000 + i * 997 % 5000, 9, i * 4096, i * 65536, i * 100, 9999, i * 500))
os.makedirs("w/groups/g/run")
units, graph = [], []
for n in range(1000):
    unit, job, at = "demo/p%03d" % n, "20260101-000000-p%03d" % n, 1767225600 + n // 8 * 360
    os.makedirs("w/jobs/" + job)
    os.makedirs("w/groups/g/run/demo_p%03d" % n)
    put = lambda name, text: open("w/" + name, "w").write(text)
    put("groups/g/run/demo_p%03d/job" % n, job + "\n")
    bad = n % 50 == 7
    put("jobs/%s/result.json" % job, '{ "id": "%s", "verdict": "%s", "branch": "stable", "began": %d, "ended": %d, "unit": "%s", "version": "1-0", "why": [%s], "usage": { "wall_us": 360000000, "cpu_us": 336000000, "peak_kib": 105000 } }\n'
        % (job, "failed" if bad else "ok", at, at + 360, unit, '{ "line": 9, "kind": "compiler", "text": "a.c:1: error: no" }' if bad else ""))
    put("jobs/%s/samples.csv" % job, "".join(samples))
    units.append("%s\t/b\tp%03d\t1-0\t-\tbuild\t-\n" % (unit, n))
    graph.append("%s\t360\t105000\tp%03d\t%s\t-\n" % (unit, n, "p%03d" % (n - 8) if n >= 8 else "-"))
put("groups/g/units", "".join(units))
put("groups/g/graph", "".join(graph))
put("groups/g/order", "")
put("groups/g/began", "1767225600\n")
put("groups/g/branch", "stable\n")
END
aim report-group-1000 "$(seconds 'aoinb-report -w w -o g.html g')" 1 'one page of 1,000 builds'
