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
	python3 - "$top/tests/debs.py" "$@" <<-'E'
	import glob, statistics, subprocess, sys, time
	debs, branch, first, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
	took = []
	for n in range(first, first + rounds):
	    subprocess.run(["python3", debs, "many", "new", str(n), str(n + 1)], check=True)
	    add = ["aoinb-repo", "-w", "work", "add", branch] + glob.glob("new/*.deb")
	    began = time.monotonic()
	    subprocess.run(add, check=True, stdout=subprocess.DEVNULL)
	    took.append(time.monotonic() - began)
	print(statistics.median(took))
	E
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
