#!/bin/sh
# What it takes to put one package into the index of a repository: of 1 package, as
# every build of a small one does, and of 5,000.
. "${0%/*}/lib.sh"
need apt-ftparchive python3
here=$top/scripts toolbox=$top/toolbox dry='' verbose='' conf_opt=$PWD/conf command=bench tty=''
for word in $(sed -n 's/^use //p; s/^for word in \(.*\); do$/\1/p' "$here/aoinb"); do
	. "$here/lib/$word.sh"
done
mkdir -p conf/source_lists
aoinb-conf -f /dev/null -D work_dir="$PWD/work" ini >conf/aoinb.ini
conf_load

# index_time BRANCH FROM ROUNDS - seconds to index after one more package, the middle
# one of ROUNDS
index_time() {
	round=0
	while [ "$round" -lt "$3" ]; do
		python3 "$top/tests/debs.py" many "$work_dir/output/$1" $(($2 + round)) $(($2 + round + 1))
		began=$(date +%s%6N)
		repo_update "$1"
		echo $(($(date +%s%6N) - began))
		round=$((round + 1))
	done | sort -n | sed -n "$((($3 + 1) / 2))p" | awk '{ print $1 / 1e6 }'
}

mkdir -p work/output/small work/output/large
python3 "$top/tests/debs.py" many work/output/large 0 5000
repo_update large
aim 'index, small' "$(index_time small 0 21)" 0.03
aim 'index, one more of 5,000' "$(index_time large 5000 5)" 1
files=$(find work/output/large -name "*.deb" | wc -l)
[ "$files" -eq 5005 ] && [ "$(grep -c ^Package: work/output/large/Packages)" -eq 5005 ] || {
	echo "the index lost packages" >&2
	exit 1
}
