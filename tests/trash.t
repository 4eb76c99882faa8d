#!/bin/sh
# The trash of work_dir, and the jobs that died: several look after them at the same time
. "${0%/*}/lib.sh"
need jq python3

# user WORK_DIR ID - drops workspaces, as each job does at its end
cat >user <<'X'
set -eu
job=$1/jobs/$2
mkdir -p "$job"
n=0
while [ "$n" -lt 60 ]; do
	n=$((n + 1))
	mkdir -p "$job/upper/a/b" "$job/root" "$job/output"
	aoinb-job -w "$1" drop "$2"
	[ ! -e "$job/upper" ] && [ ! -e "$job/output" ]
done
X

mkdir work
users=''
for i in 1 2 3 4; do
	sh user "$PWD/work" "20250101-000000-$i" &
	users="$users $!"
done
for user in $users; do
	ok 'nobody is in the way of another'   wait "$user"
done
is 'nothing is left'                       "$(ls work/trash)" ''

(exit) & dead=$!
wait "$dead"
sleep 100 & alive=$!
mkdir -p "work/trash/$dead.1/x" "work/trash/$dead.2" "work/trash/$alive.1"
ok 'once more'                             sh user "$PWD/work" 20250101-000000-1
is 'what the dead left has gone, and no other' "$(ls work/trash)" "$alive.1"

mkdir -p work/jobs/20250101-000000-1/upper
(cd work/jobs/20250101-000000-1/upper && python3 -c '
import os
for i in range(2000):
    os.mkdir("deeper")
    os.chdir("deeper")')
try 0 'folders deeper than any path'       aoinb-job -w work drop 20250101-000000-1
is 'go'                                    "$(ls work/trash)" "$alive.1"
kill "$alive"

if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	cat >mounted <<'X'
mkdir -p work/jobs/20250101-000000-1/upper/m
mount -t tmpfs m work/jobs/20250101-000000-1/upper/m || exit 99
: >work/jobs/20250101-000000-1/upper/m/file
code=0
timeout 20 aoinb-job -w work drop 20250101-000000-1 || code=$?
find work -name file
exit "$code"
X
	try 71 'what is mounted below'     unshare -m sh mounted
	is 'is not emptied'                "$(grep -c file out)" 1
	is 'which is told once'            "$(wc -l <err)" 1
else
	skip 3 'mounts need root'
fi

echo '# jobs that died'
rm -r work
mkdir -p work/lock
for i in 1 2 3 4 5 6; do
	mkdir -p "work/jobs/$i/upper/a" "work/jobs/$i/output"
	date +%s >"work/jobs/$i/began"
done
mkdir -p work/jobs/lives/upper
exec 9>>work/lock/job.lives
flock 9
users=''
for i in 1 2 3; do
	sh -c 'until [ -e go ]; do :; done; exec aoinb-job -w work sweep' 9>&- &
	users="$users $!"
done
sleep 0.2
: >go
for user in $users; do
	ok 'swept beside others'           wait "$user"
done
is 'each is a job that was killed'         "$(jq -r .verdict work/jobs/*/result.json | sort | uniq -c | tr -s ' ')" ' 6 killed'
is 'its workspace has gone'                "$(find work/jobs work/trash -name upper -o -name output)" work/jobs/lives/upper
finish
