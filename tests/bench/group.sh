#!/bin/sh
# aoinb-group on 1,000 packages whose builds only sleep: how long it takes, against the
# least that it can take by these builds and slots
gen=$(cd "${0%/*}/.." && pwd)/order-gen
. "${0%/*}/lib.sh"
need python3 gcc

slots=16
mkdir -p w/jobs w/groups/g/run w/groups/g/log w/groups/g/conf
cd w/groups/g || exit
"$gen" 1000 3000 4 | awk -F '\t' -v OFS='\t' '
	BEGIN { srand(1) }
	{ $2 = sprintf("%.2f", 0.2 + 2 * rand() * rand()); $3 = 0; print }' >graph
aoinb-order --slots="$slots" <graph >order || exit
awk -F '\t' -v OFS='\t' '{ print $1, "/", $1, "1-0", "-", "build", "-" }' graph >units
mkdir times
awk -F '\t' '{ file = $1; gsub("/", "_", file); print $2 >("times/" file); close("times/" file) }' graph
echo stable >branch
: >targets
date +%s >began
cd ../../..

# The executor: sleeps as long as the unit takes, and writes down how long that was.
cat >build.c <<'X'
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int
main(int argc, char *argv[])
{
	struct timespec from, to;
	char path[4096];
	double s = 0;
	FILE *f;

	clock_gettime(CLOCK_MONOTONIC, &from);
	snprintf(path, sizeof(path), "%s/../../times%s", argv[argc - 1], strrchr(argv[argc - 1], '/'));
	f = fopen(path, "r");
	if (!f || fscanf(f, "%lf", &s) != 1 || chdir(argv[1]) < 0)
		return 1;
	usleep((useconds_t)(s * 1e6));
	clock_gettime(CLOCK_MONOTONIC, &to);
	f = fopen("took", "w");
	return !f || fprintf(f, "%lld\n", (to.tv_sec - from.tv_sec) * 1000000LL +
	    (to.tv_nsec - from.tv_nsec) / 1000) < 0 || fclose(f) ? 1 : 0;
}
X
gcc -O2 -o build build.c || exit

began=$(date +%s%6N)
aoinb-group -w w --slots="$slots" --memory=0 --exec="$PWD/build" w/groups/g 2>err ||
    { tail -n 5 err >&2; exit 1; }
took=$(($(date +%s%6N) - began))

# What the builds took, in place of what they were to take.
for dir in w/groups/g/run/*; do
	printf '%s\t%s\n' "$(cat "$dir/unit")" "$(cat "$dir/took")"
done >real
awk -F '\t' -v OFS='\t' 'NR == FNR { us[$1] = $2; next } { $2 = us[$1] / 1e6; print }' real w/groups/g/graph |
    aoinb-order --slots="$slots" >order
least=$(awk -F '\t' -v slots="$slots" '
	{ sum += $5; if ($6 > chain) chain = $6 }
	END { sum /= slots; print (sum > chain ? sum : chain) }' order)
row 'group: 1000 packages' "$(awk -v us="$took" 'BEGIN { print us / 1e6 }')" "$least" 1.05 \
    "against: the least for these builds in $slots slots"
