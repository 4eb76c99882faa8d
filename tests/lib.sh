# shellcheck shell=sh
# The words of our tests: TAP for prove(1).  A test is a POSIX sh file that
# sources this, works in the empty folder it finds itself in, and ends with
# "finish".  B names the build to test; the default is the plain one.

top=${0%/*}/..
[ -e "$top/Makefile" ] || top=$top/..
top=$(cd "$top" && pwd) || exit 1
B=${B:-build}
case $B in /*) ;; *) B=$top/$B ;; esac
PATH=$B/bin:$top/scripts:$PATH
LC_ALL=C.UTF-8
export PATH LC_ALL B top
unset AOINB_CONF http_proxy https_proxy ftp_proxy all_proxy no_proxy NO_COLOR

count=0 failures=0 skipped=0 at_end=''
scratch=$(mktemp -d "${TMPDIR:-/tmp}/aoinb-test.XXXXXX") || exit 1
cd "$scratch" || exit 1
trap 'scratch_end' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# later COMMAND - what to do at the end, before the folder goes; last one first
later() {
	at_end="$1
$at_end"
}

scratch_end() {
	code=$?
	trap - EXIT
	eval "$at_end"
	cd / && rm -rf --one-file-system "$scratch"
	exit "$code"
}

# report CODE TEXT - one TAP line; CODE 0 is ok
report() {
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		failures=$((failures + 1))
		echo "not ok $count - $2"
	fi
}

# try CODE TEXT PROG [ARG]... - PROG must exit CODE; its words go to out and err
try() {
	want=$1 text=$2; shift 2
	got=0; "$@" >out 2>err </dev/null || got=$?
	[ "$got" -eq "$want" ]; report $? "$text"
	[ "$got" -eq "$want" ] || {
		echo "# exit $got, wanted $want: $*"
		tail -n 40 out | sed 's/^/# out: /'; tail -n 40 err | sed 's/^/# err: /'
	}
}

# ok TEXT PROG [ARG]... - PROG must succeed; out and err are left alone
ok() {
	text=$1; shift
	got=0; "$@" || got=$?
	report "$got" "$text"
	[ "$got" -eq 0 ] || echo "# exit $got: $*"
}

# is TEXT GOT WANTED - two strings are the same
is() {
	if [ "$2" = "$3" ]; then
		report 0 "$1"
	else
		report 1 "$1"
		printf '%s\n' "$2" | sed 's/^/# got:    /'
		printf '%s\n' "$3" | sed 's/^/# wanted: /'
	fi
}

# says FILE PATTERN TEXT - one line of FILE matches the basic regular expression
says() {
	if grep -q -e "$2" "$1"; then
		report 0 "$3"
	else
		report 1 "$3"
		echo "# no line of $1 matches: $2"
		tail -n 40 "$1" | sed "s/^/# $1: /"
	fi
}

# skip COUNT REASON - in place of COUNT tests
skip() {
	n=$1
	while [ "$n" -gt 0 ]; do
		count=$((count + 1)) skipped=$((skipped + 1)) n=$((n - 1))
		echo "ok $count # SKIP $2"
	done
}

# skip_all REASON - the whole file needs what is not here
skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

need_root() {
	[ "$(id -u)" -eq 0 ] || skip_all "needs root"
}

# need PROG... - programs that the whole file needs
need() {
	for prog; do
		command -v "$prog" >/dev/null || skip_all "needs $prog"
	done
}

# wait_for SECONDS PROG [ARG]... - until PROG succeeds, or the time is over
wait_for() {
	tries=$(($1 * 20)); shift
	until "$@"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.05
	done
}

finish() {
	echo "1..$count"
	[ "$failures" -eq 0 ]
	exit
}
