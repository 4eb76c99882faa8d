#!/bin/sh
# what runs: aoinb status, stop and show, and tables on terminals
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
. "$top/tests/tty.sh"
need_root
need jq tmux

world_new w
# long NAME - a bundle whose build says something and then takes a minute
long() {
	bundle_tiny "$1"
	printf "echo 'the last \\033[32mline of %s'; i=0; while [ \$((i += 1)) -lt 1200 ]; do sleep 0.05; done\n" \
	    "$1" >>"$1/autobuild/build"
}
# state COLUMN - of the only job that runs
state() { aoinb -c "$conf" status | cut -f "$1"; }
is_on() { [ "$(state 3)" = "$1" ] && [ "$(state 6)" != - ]; }
# widest FILE - columns of its longest line
widest() { wc -L <"$1"; }

try 0 'nothing runs'                       aoinb -c "$conf" status
is 'and a program reads nothing'           "$(cat out)" ''
try 0 'as JSON'                            aoinb -c "$conf" status --json
is 'an empty list'                         "$(jq -c . out)" '[]'
try 64 '-f wants a terminal'               aoinb -c "$conf" status -f
try 64 'no operand'                        aoinb -c "$conf" status x
bundle_tiny quick
aoinb -c "$conf" build quick stable >out 2>err
try 1 'stop what does not run'             aoinb -c "$conf" stop quick
says err 'does not run; "aoinb status" shows what does' 'says so'
try 66 'stop what is nowhere'              aoinb -c "$conf" stop nowhere

echo '# a job'
long slow
setsid aoinb -c "$conf" build slow stable >job.out 2>job.err &
build=$!
ok 'it comes to its build'                 wait_for 30 is_on build
aoinb -c "$conf" status >out
is 'the row has seven columns'             "$(awk -F '\t' '{ print NF }' out)" 7
is 'branch and step'                       "$(cut -f 2,3 out)" "$(printf 'stable\tbuild')"
is 'its last line, without colours'        "$(cut -f 7 out)" 'the last line of slow'
ok 'numbers for programs'                  sh -c 'cut -f 4,6 out | grep -qx "[0-9]*	[0-9]*"'
aoinb -c "$conf" status --json >out
is 'the same in JSON'                      "$(jq -r '.[0] | .kind, .branch, .step, .line' out | paste -sd ,)" \
    'job,stable,build,the last line of slow'
for size in '80 24' '120 40'; do
	# shellcheck disable=SC2086 # words
	tty_new $size "aoinb -c '$conf' status"
	tty_end screen
	ok "on a terminal of $size it has heads" grep -q '^JOB .*STEP' screen
	ok "and no line is wrapped"        test "$(grep -c 'slow' screen)" -eq 1
done
tty_new 80 24 "aoinb -c '$conf' status -f"
ok '-f shows it'                           wait_for 10 tty_has 'slow .*build'
first=$(tty_text | awk '/slow/ { print $4 }')
later_time() { [ "$(tty_text | awk '/slow/ { print $4 }')" != "$first" ]; }
ok 'again and again'                       wait_for 10 later_time
tty_type C-c
try 0 'stop'                               aoinb -c "$conf" stop slow
got=0; wait "$build" || got=$?
is 'the build was interrupted'             "$got" 130
is 'and recorded as stopped'               "$(aoinb -c "$conf" show --json slow | jq -r .verdict)" stopped
is 'nothing runs any more'                 "$(aoinb -c "$conf" status)" ''

echo '# a group'
mkdir -p tree/a tree/groups
for name in one two; do
	long "tree/a/$name"
done
printf 'a/one\na/two\n' >tree/groups/both
setsid aoinb -c "$conf" build --slots=2 -t tree groups/both stable >job.out 2>job.err &
build=$!
has_jobs() { [ "$(aoinb -c "$conf" status --json | jq '[.[] | select(.step == "build")] | length')" -eq 2 ]; }
ok 'its builds are under way'              wait_for 60 has_jobs
is 'the group comes first'                 "$(aoinb -c "$conf" status | awk -F '\t' 'NR == 1 { print $3 }')" '0/2 built'
group=$(aoinb -c "$conf" status --json | jq -r '.[0].id')
try 0 'stop it'                            aoinb -c "$conf" stop "$group"
got=0; wait "$build" || got=$?
ok 'it was stopped'                        test "$got" -ne 0
is 'nothing runs any more'                 "$(aoinb -c "$conf" status)" ''
for size in '80 24' '200 40'; do
	# shellcheck disable=SC2086 # words
	tty_new $size "aoinb -c '$conf' show $group"
	tty_end screen
	ok "show has its table, on $size"  grep -q '^PACKAGE .*VERDICT' screen
	ok 'that fits'                     test "$(widest screen)" -le "${size% *}"
	ok 'with both'                     grep -q '^a/two ' screen
done

echo '# narrow and wide'
tty_new 40 24 "aoinb -c '$conf' ls jobs"
tty_end screen
ok 'a narrow terminal has whole rows'      test "$(widest screen)" -le 40
is 'one a job'                             "$(grep -c '^20' screen)" "$(aoinb -c "$conf" ls jobs | wc -l)"
ok 'cut with an ellipsis, or columns away' grep -q 'JOB' screen
nothing_left
finish
