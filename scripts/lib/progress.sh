# shellcheck shell=sh
# What takes long shows it on a terminal.

progress_pid=''
# progress_begin TEXT [LOG] - on a terminal: a line that shows TEXT and how long it
# takes, after two seconds; with -v the LOG as it grows.  It ends by itself when we do.
progress_begin() {
	[ ! "$dry" ] || return 0
	if [ "$verbose" ] && [ "${2-}" ]; then
		lock_free aoinb-job -w "$conf_work_dir" tail "$2" >&2 &
		progress_pid=$!
	elif [ -t 2 ]; then
		lock_free setpriv --pdeathsig KILL "$here/lib/progress" $$ "$1" "${2-}" &
		progress_pid=$!
	fi
}

progress_end() {
	[ "$progress_pid" ] || return 0
	if [ "$verbose" ]; then
		sleep 0.3	# what it has not shown yet
	else
		printf '\r\033[K' >&2
	fi
	# wait tells of the kill, which is no failure of ours.
	! kill "$progress_pid" 2>/dev/null || wait "$progress_pid" 2>/dev/null || :
	progress_pid=''
}
