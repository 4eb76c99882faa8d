#!/bin/sh
# What it takes to put one package into the index of a repository: of 1 package, as
# every build of a small one does, and of 5,000.  By aoinb-repo, as the step collect
# does it, and by aoinb.
. "${0%/*}/lib.sh"
need apt-ftparchive python3
mkdir -p conf/source_lists new
aoinb-conf -f /dev/null -D work_dir="$PWD/work" ini >conf/aoinb.ini

# add_time BRANCH FROM ROUNDS - seconds to add one more package, the middle one of ROUNDS
add_time() {
	round=0
	while [ "$round" -lt "$3" ]; do
		python3 "$top/tests/debs.py" many new $(($2 + round)) $(($2 + round + 1))
		set -- "$@" new/*.deb
		began=$(date +%s%6N)
		aoinb-repo -w work add "$1" "$4" >/dev/null || exit
		echo $(($(date +%s%6N) - began))
		set -- "$1" "$2" "$3"
		round=$((round + 1))
	done | sort -n | sed -n "$((($3 + 1) / 2))p" | awk '{ print $1 / 1e6 }'
}

mkdir -p work/output/small work/output/large
python3 "$top/tests/debs.py" many work/output/large 0 5000
aoinb-repo -w work index large
aim 'index, small' "$(add_time small 0 21)" 0.02
aim 'index, one more of 5,000' "$(add_time large 5000 11)" 0.3
python3 "$top/tests/debs.py" many work/output/large 6000 6001
aim 'the same by aoinb' "$(seconds "aoinb -c conf repo prune --keep=9 large" --prepare \
    "touch work/output/large/$(cd work/output/large && echo *-6000_*.deb)")" 0.35
packages=$(find work/output/large -name "*.deb" | wc -l)
[ "$packages" -eq 5012 ] && [ "$(grep -c ^Package: work/output/large/Packages)" -eq 5012 ] || {
	echo "the index lost packages" >&2
	exit 1
}
