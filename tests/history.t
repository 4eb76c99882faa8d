#!/bin/sh
# The history of builds: many write it at the same time, and what is asked of it
. "${0%/*}/lib.sh"

mkdir -p c/source_lists work/jobs
printf 'work_dir = %s\n' "$PWD/work" >c/aoinb.ini

# writer NAME - 50 builds of category/NAME, each ended as a job ends
cat >writer <<'X'
set -eu
n=0
while [ "$n" -lt 50 ]; do
	n=$((n + 1)) branch=stable
	[ "$n" -lt 50 ] || branch=other
	job=$PWD/work/jobs/20260101-000000-$1-$n
	mkdir "$job"
	echo build >"$job/kind"
	echo 1767225600 >"$job/began"
	echo "category/$1" >"$job/unit"
	echo "$branch" >"$job/branch"
	echo 1.0-0 >"$job/version"
	printf 'wall_us=1500000\ncpu_us=900000\npeak_kib=2048\nverdict=ok\n' >"$job/rusage"
	printf 'sha256::0\t1\t%s.deb\n' "$1" >"$job/packages"
	aoinb-job -w work result --arch=amd64 "$job" 0 >/dev/null
done
X
try 1 'nothing was built yet'              aoinb -c c history
writers=''
for name in a b c d; do
	sh writer "$name" &
	writers="$writers $!"
done
for writer in $writers; do
	ok 'one writes'                    wait "$writer"
done
is 'no line is lost or torn'               "$(awk -F '\t' 'NF == 10' work/history | wc -l) $(wc -l <work/history)" '200 200'
is 'each job is there once'                "$(cut -f 10 work/history | sort | uniq -d)" ''
try 0 'of a package'                       aoinb -c c history b
is 'all its builds, the oldest first'      "$(cut -f 2,6,10 out | sed -n '1p;$p' | tr '\t\n' '  ')" \
    'category/b ok 20260101-000000-b-1 category/b ok 20260101-000000-b-50 '
try 0 'of two, for a branch'               aoinb -c c history --branch=other category/a c
is 'one of each'                           "$(cut -f 2,3 out | sort | tr '\t\n' '  ')" 'category/a other category/c other '
try 1 'of one that was never built'        aoinb -c c history nobody

finish
