#!/bin/sh
# What the step fetch takes when all files are in the cache: of one file, and of
# 184.  The network is not there, so that nobody can be asked.
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
. "$top/tests/bench/step.sh"
need_root

# files N - a bundle of N files, which are in the cache
files() {
	mkdir -p "files$1/autobuild"
	i=0 srcs='' sums=''
	while [ "$i" -lt "$1" ]; do
		echo "$1 $i" >file
		sum=$(sha256sum <file)
		aoinb -c "$conf" cache import file >/dev/null
		srcs="$srcs file::https://nowhere.invalid/$i" sums="$sums sha256::${sum%% *}"
		i=$((i + 1))
	done
	printf 'VER=1\nSRCS="%s"\nCHKSUMS="%s"\n' "$srcs" "$sums" >"files$1/spec"
}

world_new w
for n in 1 184; do
	files "$n"
	aim "step fetch, $n files" "$(step_time "files$n")" 0.012
done
