# shellcheck shell=sh
# Locks: flock(1) on files below work_dir/lock, never inside what they protect.  A
# lock is held by an open descriptor, so it ends with its holder, however that dies.
# Programs that we start inherit them on purpose: a lock is free when the last of them
# has gone.  aoinb-layer(1) has the same table.

lock_held=0	# the orders of what is held, the last first, and 0
# lock_class NAME - its order and descriptor: sets lock_order and lock_fd
lock_class() {
	case $1 in
	group) lock_order=1 lock_fd=5 ;;
	job) lock_order=2 lock_fd=9 ;;
	instance|baseos|deps|names) lock_order=3 lock_fd=8 ;;
	repo) lock_order=4 lock_fd=6 ;;
	layers) lock_order=5 lock_fd=7 ;;
	sources) lock_order=6 lock_fd=7 ;;
	*) die 70 "lock $1: there is no such class" ;;
	esac
}

# lock_take CLASS[.NAME] HOW TEXT - HOW is "wait" or "now" (75 and TEXT when it is
# held), with "-shared" behind it for a lock that others may share
lock_take() {
	lock_class "${1%%.*}"
	[ "$lock_order" -gt "${lock_held%% *}" ] || die 70 "lock $1: taken out of its order"
	lock_file=$conf_work_dir/lock/$1
	until
		lock_open "$lock_file"
		lock_wait "$2" "$3"
		# Its file may have gone with who held it before.
		# shellcheck disable=SC3013 # dash, bash and busybox have it
		[ "$lock_file" -ef "/proc/self/fd/$lock_fd" ]
	do :; done
	lock_held="$lock_order $lock_held"
}

# lock_open FILE - on lock_fd.  A special builtin that cannot open a file ends the
# shell with a code of its own, so another one tries first.
lock_open() {
	[ -d "$conf_work_dir/lock" ] || aoinb-layer -w "$conf_work_dir" folder lock || exit
	true 2>/dev/null >>"$1" || die 73 "$1: cannot be made"
	eval "exec $lock_fd>>\"\$1\""
}

lock_wait() {
	case $1 in *-shared) lock_mode=-s ;; *) lock_mode=-x ;; esac
	! flock -n "$lock_mode" "$lock_fd" || return 0
	case $1 in
	now*) die 75 "$2" ;;
	esac
	[ ! -t 2 ] || say "waiting: $2"
	flock "$lock_mode" "$lock_fd" || die 71 "lock $lock_file: cannot be waited for"
}

# lock_drop CLASS - the one that was taken last
lock_drop() {
	lock_class "$1"
	eval "exec $lock_fd>&-"
	lock_held=${lock_held#* }
}

# lock_blank CLASS - opens the descriptor of CLASS on a file that "aoinb-job new" makes
# the lock of what it makes
lock_blank() {
	lock_class "$1"
	lock_open "$conf_work_dir/lock/new.$$"
	lock_held="$lock_order $lock_held"
}

# lock_free PROG [ARG]... - a child that gets none of them
lock_free() {
	"$@" 5>&- 6>&- 7>&- 8>&- 9>&-
}
