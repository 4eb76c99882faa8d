#!/bin/sh
# The trash of work_dir, and the jobs that died: several look after them at the same time
. "${0%/*}/lib.sh"
need jq

# user WORK_DIR - moves folders to the trash and empties it, as each job does at its end
cat >user <<'X'
set -eu
work_dir=$1 nl=''
die() { echo "$2" >&2; exit "$1"; }
. "$2/scripts/lib/layer.sh"
n=0
while [ "$n" -lt 60 ]; do
	n=$((n + 1))
	mkdir -p "$work_dir/$$/upper/a/b" "$work_dir/$$/root" "$work_dir/$$/output"
	trash "$work_dir/$$/upper" "$work_dir/$$/root" "$work_dir/$$/output" "$work_dir/$$/none"
	[ ! -e "$work_dir/$$/upper" ] && [ ! -e "$work_dir/$$/output" ]
	trash_empty
done
X

mkdir work
users=''
for i in 1 2 3 4; do
	sh user "$PWD/work" "$top" &
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
ok 'once more'                             sh user "$PWD/work" "$top"
is 'what the dead left has gone, and no other' "$(ls work/trash)" "$alive.1"
kill "$alive"

echo '# jobs that died'
cat >sweeper <<'X'
set -eu
work_dir=$1 verbose='' nl='
'
for word in say lock layer job; do
	. "$2/scripts/lib/$word.sh"
done
until [ -e go ]; do :; done
jobs_sweep
X
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
	sh sweeper "$PWD/work" "$top" 9>&- &
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
