#!/bin/sh
# The engine of a group on 1,000 packages whose builds only sleep: how long it takes,
# against the least that it can take by these builds and slots
gen=$(cd "${0%/*}/.." && pwd)/order-gen
. "${0%/*}/lib.sh"
need python3 setsid setpriv

slots=16
mkdir -p g/run g/log g/conf w/jobs
"$gen" 1000 3000 4 | awk -F '\t' -v OFS='\t' '
	BEGIN { srand(1) }
	{ $2 = sprintf("%.2f", 0.2 + 2 * rand() * rand()); $3 = 0; print }' >g/graph
aoinb-order --slots="$slots" <g/graph >g/order || exit
awk -F '\t' -v OFS='\t' '{ print $1, "/", $1, "1-0", "-", "build", "-" }' g/graph >g/units
: >g/events
: >g/skipped
echo stable >g/branch

(
	set -eu
	# shellcheck disable=SC2034 # for the libraries
	here=$top/scripts dry='' verbose='' opt_slots=$slots opt_fail_fast='' build_jobs=0 \
	    group_memory=0 group=$PWD/g group_id=g work_dir=$PWD/w command=bench nl='
'
	for word in say lock layer history tree units plan group engine board ends; do
		. "$here/lib/$word.sh"
	done
	# unit_run - in place of a build
	unit_run() {
		exec setsid sh -c 'date +%s%6N >"$1/from"
			sleep "$2"
			: >"$1/out"; echo 0 >"$1/code"
			date +%s%6N >"$1/to"
			echo "${1##*/}" >&3' sh "$run" "$(unit=$unit awk -F '\t' '$1 == ENVIRON["unit"] { print $2 }' "$group/graph")"
	}
	began=$(date +%s%6N)
	engine_run 2>g/err
	echo $(($(date +%s%6N) - began)) >took
	exit "$engine_code"
) || { tail -n 5 g/err >&2; exit 1; }

# What the builds took, in place of what they were to take.
for dir in g/run/*; do
	printf '%s\t%s\n' "$(cat "$dir/unit")" $(($(cat "$dir/to") - $(cat "$dir/from")))
done >real
awk -F '\t' -v OFS='\t' 'NR == FNR { us[$1] = $2; next } { $2 = us[$1] / 1e6; print }' real g/graph |
    aoinb-order --slots="$slots" >order
least=$(awk -F '\t' -v slots="$slots" '
	{ sum += $5; if ($6 > chain) chain = $6 }
	END { sum /= slots; print (sum > chain ? sum : chain) }' order)
row 'group: 1000 packages' "$(awk '{ print $1 / 1e6 }' took)" "$least" 1.1 "against: the least for these builds in $slots slots"
