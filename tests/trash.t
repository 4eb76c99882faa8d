#!/bin/sh
# The trash of work_dir: several put something there and empty it at the same time
. "${0%/*}/lib.sh"

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
finish
