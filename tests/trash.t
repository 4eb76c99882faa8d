#!/bin/sh
# The trash of work_dir, and the jobs that died: several look after them at the same time
. "${0%/*}/lib.sh"
need jq flock

# user N - drops a workspace, which goes to the trash and out of it, N times
cat >user <<'X'
set -eu
n=0
while [ "$n" -lt "$1" ]; do
	n=$((n + 1))
	job=work/jobs/20260101-000000-u$$
	mkdir -p "$job/upper/a/b" "$job/root" "$job/output"
	echo build >"$job/kind"
	aoinb-job -w work drop "$PWD/$job"
	[ ! -e "$job/upper" ] && [ ! -e "$job/output" ]
done
X

mkdir work
users=''
for i in 1 2 3 4; do
	sh user 30 &
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
ok 'once more'                             sh user 1
is 'what the dead left has gone, and no other' "$(ls work/trash)" "$alive.1"
kill "$alive"

echo '# jobs that died'
rm -r work
mkdir -p work/lock
for i in 1 2 3 4 5 6; do
	job=work/jobs/20260101-00000$i-dead
	mkdir -p "$job/upper/a" "$job/output"
	date +%s >"$job/began"
	echo build >"$job/kind"
done
mkdir -p work/jobs/20260101-000000-lives/upper
exec 9>>work/lock/job.20260101-000000-lives
flock 9
users=''
for i in 1 2 3; do
	aoinb-job -w work sweep 9>&- &
	users="$users $!"
done
for user in $users; do
	ok 'swept beside others'           wait "$user"
done
is 'each is a job that was killed'         "$(jq -r .verdict work/jobs/*/result.json | sort | uniq -c | tr -s ' ')" ' 6 killed'
is 'its workspace has gone'                "$(find work/jobs work/trash -name upper -o -name output)" \
    work/jobs/20260101-000000-lives/upper
finish
