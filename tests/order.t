#!/bin/sh
# aoinb-order: what is needed comes first, cycles are broken where it costs least,
# and the loop that builds does what the plan says
. "${0%/*}/lib.sh"
need python3

tests=$top/tests

# unit NAME WEIGHT MEMORY PROVIDES BUILDNEEDS RUNNEEDS - a line of input
unit() {
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$@"
}

# plan - the order of the units in the file graph: names alone
plan() {
	aoinb-order <graph | sed -n 's/^unit	[0-9]*	[0-9]*	\([^	]*\).*/\1/p' | tr '\n' ' '
}

# field UNIT N - of its line in the plan
field() {
	aoinb-order <graph | awk -F '\t' -v unit="$1" -v n="$2" '$1 == "unit" && $4 == unit { print $n }'
}

# broken - the needs given up, a line each
broken() {
	aoinb-order <graph | sed -n 's/^broken	//p' | tr '\t' ' '
}

# next [OPTION]... - what is to be done after the events in the file log
next() {
	aoinb-order --next=log "$@" <graph | tr '\t' ' '
}

# log EVENT UNIT - happens
log() {
	printf '%s\t%s\n' "$1" "$2" >>log
}

# refuses TEXT LINE PATTERN - the file graph is refused for its line LINE
refuses() {
	try 65 "$1" sh -c 'aoinb-order <graph'
	says err "^aoinb-order: standard input:$2: $3" "$1: named"
	is "$1: nothing is printed" "$(cat out)" ''
}

# --- what a line says

{
	unit app/hello 20 0 hello libhello -
	unit lib/hello 90.25 0 'libhello libhello-dev' - 'data>=2'
	unit data/hello 1 0 data=3 - -
} >graph
is 'what is needed comes first' "$(plan)" 'data/hello lib/hello app/hello '
is 'a whole plan' "$(aoinb-order <graph)" "$(printf '%s\t' \
    unit 1 1 data/hello 1 111.25 0 1)-
$(printf '%s\t' unit 2 2 lib/hello 90.25 110.25 1 91.25)data/hello
$(printf '%s\t' unit 3 3 app/hello 20 20 91.25 111.25)lib/hello"

{
	unit a 1 0 a 'nothing|z|b c>=1|d' -
	unit b 1 0 'b z' - -
	unit c 1 0 c - -
	unit d 1 0 d - -
	unit z 1 0 z - -
} >graph
is 'the first alternative that is provided, by the first that provides it' \
    "$(field a 9)" 'b c'
{
	unit a 1 0 x x -
	unit b 1 0 x x -
} >graph
is 'a name of two is that of the first, for the other too' "$(field a 9) $(field b 9)" '- a'
{
	unit a 1 0 'a a2' 'a a2 nowhere' 'a (>= 1)'
	unit b 1 0 b a a
} >graph
is 'nobody waits for itself, or for what nobody provides' "$(field a 9)" -
is 'a need of both kinds is one' "$(field b 9)" a
{
	unit a 1 0 a - 'b b2  b'
	unit '/my bundles/b' 1 0 'b  b2' - -
} >graph
is 'a blank in a name is told from one between names' "$(field a 9)" '/my\sbundles/b'
is 'and is there in the name itself' "$(plan)" '/my bundles/b a '
: >graph
try 0 'nothing makes an empty plan' sh -c 'aoinb-order <graph'
is 'which has no line' "$(cat out)" ''
printf 'a\t1\t0\t-\t-\t-' >graph
is 'a last line without a newline counts' "$(plan)" 'a '

# --- longest path first, slots, memory

{
	unit a 5 0 a - -
	unit b 1 0 b - -
	unit c 9 0 c b -
	unit d 5 0 d - -
} >graph
is 'longest path first, then by name' "$(plan)" 'b c a d '
is 'the path' "$(field b 6) $(field c 6)" '10 9'
is 'two slots' "$(aoinb-order -s 2 <graph | cut -f 4,7,8 | tr '\t\n' ' ;')" \
    'b 0 1;a 0 5;c 1 10;d 5 10;'
{
	unit big 100 6000 - - -
	unit huge 90 90000 - - -
	unit mid 50 5000 - - -
	unit new 40 0 - - -
	unit small 30 2192 - - -
} >graph
is 'what does not fit lets others pass, and runs when nothing else does' \
    "$(aoinb-order -s 3 -m 8M <graph | cut -f 4,7,8 | tr '\t\n' ' ;')" \
    'big 0 100;new 0 40;small 0 30;huge 100 190;mid 190 240;'
{
	unit huge 90 90000 - - -
	unit new 40 0 - - -
} >graph
is 'what is larger than the memory runs alone' \
    "$(aoinb-order -s 3 -m 8M <graph | cut -f 4,7,8 | tr '\t\n' ' ;')" \
    'huge 0 90;new 90 130;'

# --- cycles

{
	unit a 1 0 a b -
	unit b 1 0 b - c
	unit c 1 0 c a -
	unit d 1 0 d c -
} >graph
is 'the run-time need is given up' "$(broken)" 'b c run 3'
is 'and the others are kept' "$(plan)" 'b a c d '
{
	unit a 1 0 a b -
	unit b 1 0 b a c
	unit c 1 0 c - a
} >graph
is 'a build need only where there are no others, and no more' "$(broken)" 'a b build 3'
{
	unit a 1 0 a - b
	unit b 1 0 b - a
	unit c 1 0 c b d
	unit d 1 0 d - c
} >graph
is 'two cycles, one behind the other' "$(broken)" 'a b run 2
c d run 2'
awk 'BEGIN { for (i = 0; i < 100000; i++)
	printf "u%d\t1\t0\tu%d\t-\tu%d\n", i, i, (i + 1) % 100000 }' >graph
is 'a cycle of 100,000 is broken once' "$(broken | cut -d ' ' -f 3-)" 'run 100000'
is 'and the last of them starts last' "$(aoinb-order <graph | sed -n '100000s/.*	100000	100000	\([^	]*\)	.*/\1/p' | grep -c u)" 1
awk 'BEGIN { for (i = 0; i < 400; i++) { printf "u%d\t1\t0\tu%d\t-\t", i, i
	for (j = 0; j < 400; j++) printf "u%d ", j; print "" } }' >graph
is 'where all need all, half is given up' "$(broken | wc -l)" $((400 * 399 / 2))

# --- what is to be done now

{
	unit a 10 0 a - -
	unit b 5 0 b a -
	unit c 4 0 c b -
	unit d 9 0 d - -
	unit e 1 0 e - c
} >graph
: >log
is 'at first' "$(next)" 'start a
left 4 1 0 0 0'
is 'in two slots' "$(next -s 2)" 'start a
start d
left 3 2 0 0 0'
log start a
is 'while it runs' "$(next)" 'left 4 1 0 0 0'
log ok a
is 'when it was built' "$(next)" 'start b
left 3 1 1 0 0'
log start b
log failed b
is 'when one failed' "$(next)" 'start d
skip c b
skip e c
left 0 1 1 1 2'
log skip c
log skip e
log ok d
is 'when all is over' "$(next)" 'left 0 0 2 1 2'
log again b
log again c
is 'what was skipped stays so until it is taken back' "$(next)" 'start b
left 1 1 2 0 1'
log again e
is 'and then is built' "$(next)" 'start b
left 2 1 2 0 0'
printf 'failed\ta' >>log
is 'a line cut off does not count' "$(next)" 'start b
left 2 1 2 0 0'
{
	unit a 1 0 a - -
	unit b 1 0 b - -
	unit c 1 0 c a -
	unit d 1 0 d 'b c' -
} >graph
rm log
log failed a
log failed b
is 'because of what failed, sooner than of what is skipped' "$(next | sed -n 's/^skip //p')" 'c a
d b'

# --- what is wrong is named

unit a 1 0 a - - >graph
refused=$(cat graph)
# wrong TEXT LINE-OF-INPUT PATTERN - it is refused, as line 2
wrong() {
	printf '%s\n' "$refused" "$2" >graph
	refuses "$1" 2 "$3"
}
wrong 'a unit twice'          "$(unit a 1 0 b - -)"  'a is in line 1 already'
wrong 'five fields'           "b	1	0	-	-"          'not six fields'
wrong 'seven fields'          "$(unit b 1 0 - - -)	" 'not six fields'
wrong 'an empty line'         ''                     'not six fields'
wrong 'no name'               "$(unit '' 1 0 - - -)" 'the unit has no name'
wrong 'a name without end'    "$(unit "$(head -c 4097 /dev/zero | tr '\0' x)" 1 0 - - -)" "the unit's name"
wrong 'a weight below 0'      "$(unit b -1 0 - - -)" 'the weight'
wrong 'no weight'             "$(unit b '' 0 - - -)" 'the weight'
wrong 'a weight with an exponent' "$(unit b 1e3 0 - - -)" 'the weight'
wrong 'a weight without bounds' "$(unit b 99999999999999999999 0 - - -)" 'the weight'
wrong 'a memory with a unit'  "$(unit b 1 8G - - -)" 'the memory'
wrong 'a memory without bounds' "$(unit b 1 1099511627777 - - -)" 'the memory'
printf 'a\t1\t0\t-\t-\t-\nb\t1\t0\0\t-\t-\t-\n' >graph
refuses 'a NUL' 2 'a NUL byte'
for n in 1 2 3 4; do unit $((n / 2)) 1 0 - - -; done >graph
refuses 'the first that comes again' 3 '1 is in line 2 already'
head -c 17000000 /dev/zero | tr '\0' x >graph
try 65 'more than is ever read'  sh -c 'aoinb-order <graph'
printf 'a\t8640000\t1099511627776\ta\t-\t-\nb\t8640000.9999999\t1099511627776\t-\ta\t-\n' >graph
is 'the most there can be' "$(aoinb-order -m 1T -s 2 <graph | cut -f 4-8 | tr '\t\n' ' ;')" \
    'a 8640000 17280000.999999 0 8640000;b 8640000.999999 8640000.999999 8640000 17280000.999999;'

unit a 1 0 a - - >graph
printf 'ok\ta\nok\tb\n' >log
try 65 'an unknown unit in the log'   sh -c 'aoinb-order --next=log <graph'
says err '^aoinb-order: log:2: no such unit: b' 'is named'
printf 'done\ta\n' >log
try 65 'an unknown event'             sh -c 'aoinb-order --next=log <graph'
says err '^aoinb-order: log:1: no such event: done' 'is named'
printf 'ok a\n' >log
try 65 'no tab'                       sh -c 'aoinb-order --next=log <graph'
try 66 'no log'                       sh -c 'aoinb-order --next=none <graph'
try 66 'a folder for a log'           sh -c 'aoinb-order --next=. <graph'
try 64 'no slot'                      sh -c 'aoinb-order -s 0 <graph'
try 64 'too many slots'               sh -c 'aoinb-order -s 1025 <graph'
try 64 'memory that is none'          sh -c 'aoinb-order -m lots <graph'
try 64 'memory below a KiB'           sh -c 'aoinb-order -m 1023 <graph'
try 64 'an operand'                   sh -c 'aoinb-order graph <graph'
try 74 'a full disk'                  sh -c 'aoinb-order <graph >/dev/full'

# --- what must be true of any graph

for seed in 1 2 3 4; do
	try 0 "random graphs, seed $seed" "$tests/order-check" 200 12 "$seed"
done

finish
