# shellcheck shell=sh
# Words for people: messages, the end of the program, commands shown or run,
# progress on a terminal.

nl='
'

# say TEXT - one line on stderr, in which no name can reach the terminal
say() {
	{ printf 'aoinb: %s' "$*" | tr '\001-\037\177' '?'; echo; } >&2
}

# note TEXT - the same, with -v only
note() {
	[ ! "$verbose" ] || say "$@"
}

# die CODE TEXT - one line, and out; codes are those of aoinb-exit(7)
die() {
	code=$1; shift
	say "$@"
	exit "$code"
}

# interrupted - by Ctrl-C.  What ran in the foreground had the signal too, and
# has ended.  Other signals end us at once, as they should, and the chain with us;
# then the next command clears up.
interrupted() {
	trap '' INT
	progress_end
	say interrupted
	[ ! "${layer_new-}" ] || { trash "$layer_new"; trash_empty; }
	exit 130
}

# bad TEXT - the command line is wrong
bad() {
	die 64 "$@"
}

# need_root - most of what we do mounts, and owns files of other users
need_root() {
	[ "$(id -u)" -eq 0 ] || [ "$dry" ] ||
		die 77 "$command: needs root; try: sudo aoinb $command"
}

# need_tool PROG PACKAGE - PROG, which Debian and AOSC have in PACKAGE
need_tool() {
	command -v "$1" >/dev/null || die 69 "$1 is missing; install the package $2"
}

# words ARG... - ARGs as sh(1) would read them
words() {
	line=''
	for word; do
		case $word in
		''|*[!a-zA-Z0-9_./:,@%+=-]*)
			word="'$(printf '%s' "$word" | sed "s/'/'\\\\''/g")'" ;;
		esac
		line="$line${line:+ }$word"
	done
	printf '%s\n' "$line"
}

# run PROG [ARG]... - the command; with -n only shown, with -v shown as well
run() {
	if [ "$dry" ]; then
		words "$@"
		return 0
	fi
	[ ! "$verbose" ] || words "$@" >&2
	"$@"
}

# age SECONDS - a time span for people
age() {
	if [ "$1" -lt 120 ]; then echo "$1s"
	elif [ "$1" -lt 7200 ]; then echo "$(($1 / 60))m"
	elif [ "$1" -lt 172800 ]; then echo "$(($1 / 3600))h"
	else echo "$(($1 / 86400))d"
	fi
}

# size KIB - an amount for people
size() {
	if [ "$1" -lt 10240 ]; then echo "${1}K"
	elif [ "$1" -lt 10485760 ]; then echo "$(($1 / 1024))M"
	else echo "$(($1 / 1048576))G"
	fi
}

# progress_begin TEXT [LOG] - on a terminal: a line that shows TEXT and how long
# it takes, after two seconds; with -v the LOG as it grows.  It ends by itself
# when we do.
progress_pid=''
progress_begin() {
	[ ! "$dry" ] || return 0
	if [ "$verbose" ] && [ "${2-}" ]; then
		tail --pid=$$ -s 0.2 -n +1 -f "$2" >&2 7>&- 8>&- 9>&- &
		progress_pid=$!
	elif [ -t 2 ]; then
		setpriv --pdeathsig KILL "$here/lib/progress" $$ "$1" "${2-}" 7>&- 8>&- 9>&- &
		progress_pid=$!
	fi
}

progress_end() {
	[ "$progress_pid" ] || return 0
	if [ "$verbose" ]; then
		sleep 0.3	# what tail has not shown yet
	else
		printf '\r\033[K' >&2
	fi
	# wait tells of the kill, which is no failure of ours.
	! kill "$progress_pid" 2>/dev/null || wait "$progress_pid" 2>/dev/null || :
	progress_pid=''
}
