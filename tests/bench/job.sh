#!/bin/sh
# aoinb-job: lists of many jobs, and one more job beside them
. "${0%/*}/lib.sh"

# jobs N DIR - a work_dir with N jobs that have ended, with the files that a build has
jobs() {
	mkdir -p "$2/jobs" "$2/lock"
	awk -v n="$1" -v dir="$2" 'BEGIN {
		split("kind began branch unit bundle.path bundle.digest conf env step sources.want sources stack stack.deps container log rusage version code", name, " ")
		for (i = 0; i < n; i++) {
			id = sprintf("%08d-%06d-package%d", 20250101 + i / 86400, i % 86400, i % 997)
			job = dir "/jobs/" id
			printf "%s\n", job | "xargs mkdir"
			all[i] = id
		}
		close("xargs mkdir")
		for (i = 0; i < n; i++) {
			job = dir "/jobs/" all[i]
			for (k = 1; k in name; k++) {
				print "x" >(job "/" name[k])
				close(job "/" name[k])
			}
			printf "" >(dir "/lock/job." all[i])
			close(dir "/lock/job." all[i])
			print record(all[i], i) >(job "/result.json")
			close(job "/result.json")
		}
	}
	function record(id, i) {
		return sprintf("{\n  \"id\": \"%s\",\n  \"verdict\": \"ok\",\n  \"branch\": \"stable\",\n" \
		    "  \"began\": %d,\n  \"ended\": %d,\n  \"size_kib\": 1234,\n  \"code\": 0,\n" \
		    "  \"unit\": \"app/package\",\n  \"layers\": [\n    \"20250101T000000-1\"\n  ]\n}", \
		    id, 1735689600 + i, 1735689700 + i)
	}'
}

jobs 1000 one
jobs 10000 ten
aim 'list of 1,000 jobs'  "$(seconds "aoinb-job -w one list")" 0.030
aim 'list of 10,000 jobs' "$(seconds "aoinb-job -w ten list")" 0.100
aim 'in JSON'             "$(seconds "aoinb-job -w ten list --json")" 0.100
aim 'find one of 10,000'  "$(seconds "aoinb-job -w ten find package7")" 0.050 'the newest of a package'

mkdir -p b/autobuild
: >b/spec
aim 'one more job'        "$(seconds "aoinb-job -w one new --branch=stable build b")" 0.030 'beside 1,000'

# The digest of a bundle, which a plan has of thousands.
mkdir -p bundle/autobuild bundle/patches
for i in $(seq 50); do head -c 4000 /dev/urandom >"bundle/patches/$i"; done
head -c 64M /dev/urandom >bundle/big
: >bundle/spec
aim 'freeze 64 MiB'       "$(seconds "aoinb-job -w fresh new --branch=stable build bundle" --prepare 'rm -rf fresh')" 0.300

# Through the front-end.
mkdir c
printf 'work_dir = %s\n' "$PWD/one" >c/aoinb.ini
aim 'aoinb ls jobs, of 1,000' "$(seconds "aoinb -c c ls jobs")" 0.030
aim 'aoinb help'              "$(seconds "aoinb help")" 0.010
