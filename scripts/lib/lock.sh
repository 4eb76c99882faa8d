# shellcheck shell=sh
# Locks: flock(1) on files below work_dir/lock, never inside what they protect.
# A lock is held by an open descriptor, so it ends with its holder, however that
# dies.  Descriptors: 5 the group, 6 a repository, 7 the layers, 8 what is being made,
# 9 the job.  The programs of a chain inherit theirs on purpose: a lock is free when
# the last of them has gone.

# lock_take FD NAME HOW TEXT - HOW is "wait" or "now" (75 and TEXT when held),
# "-shared" behind it for a lock that others may share
lock_take() {
	lock_file=$work_dir/lock/$2
	[ -d "$work_dir/lock" ] || mkdir -p "${lock_file%/*}" || die 73 "$lock_file: cannot be made"
	case $1 in
	5) exec 5>>"$lock_file" ;;
	6) exec 6>>"$lock_file" ;;
	7) exec 7>>"$lock_file" ;;
	8) exec 8>>"$lock_file" ;;
	9) exec 9>>"$lock_file" ;;
	esac
	case $3 in *-shared) lock_mode=-s ;; *) lock_mode=-x ;; esac
	flock -n "$lock_mode" "$1" && return 0
	case $3 in
	now*) die 75 "$4" ;;
	esac
	[ ! -t 2 ] || say "waiting: $4"
	flock "$lock_mode" "$1"
}

# lock_drop FD
lock_drop() {
	case $1 in
	6) exec 6>&- ;;
	7) exec 7>&- ;;
	8) exec 8>&- ;;
	9) exec 9>&- ;;
	esac
}

# lock_held NAME - whether somebody holds it
lock_held() {
	[ -e "$work_dir/lock/$1" ] && ! flock -n -s "$work_dir/lock/$1" true
}
