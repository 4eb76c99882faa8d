# shellcheck shell=sh
# The beginning of every script of ours: where things are, and the few words that all
# of them have.  The caller has set here, the folder of scripts/.

# Nobody's standard descriptor becomes a file of ours.
[ -e /proc/$$/fd/0 ] || exec </dev/null
[ -e /proc/$$/fd/1 ] || exec >/dev/null
[ -e /proc/$$/fd/2 ] || exec 2>/dev/null

# Who started us may have seen to that.
case :$PATH: in
*:/usr/sbin:*:"$here/../build/bin":*) ;;
*)
	PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
	for dir in "$here/../build/bin" "$here/../../bin"; do
		[ ! -x "$dir/aoinb-conf" ] || PATH=$PATH:$dir
	done ;;
esac
LC_ALL=C.UTF-8
export PATH LC_ALL
umask 022

# shellcheck disable=SC2034 # for the files that source this
toolbox=$here/toolbox
[ -d "$toolbox" ] || toolbox=${here%/*}/toolbox

dry='' verbose='' command=''
nl='
'

# use WORD... - the words of lib/WORD.sh
use() {
	for word; do
		. "$here/lib/$word.sh"
	done
}

# say TEXT - one line on stderr, in which no name can reach the terminal, and no URL has a
# password; as helpers/lib/plain.h has it
say() {
	{ printf 'aoinb: %s' "$*" | tr '\n' '?' | LC_ALL=C sed '
		s,://[^/?#[:space:]"<>]*@,://,g
		s/[\x01-\x1f\x7f]/?/g; s/\xc2[\x80-\x9f]/?/g
		s/\xe2\x80[\x8e\x8f\xaa-\xae]/?/g; s/\xe2\x81[\xa6-\xa9]/?/g'; echo; } >&2
}

# note TEXT - the same, with -v only
note() {
	[ ! "$verbose" ] || say "$@"
}

# die CODE TEXT - one line, and out; codes are those of aoinb-exit(7)
die() {
	die_code=$1; shift
	say "$@"
	exit "$die_code"
}

# bad TEXT - the command line is wrong
bad() {
	die 64 "$@"
}

# folders DIR... - makes those that are missing; or says why not, once
folders() {
	folders_why=$(mkdir -p -- "$@" 2>&1) || die 73 "${folders_why%%"$nl"*}"
}

# name_ok TEXT - whether TEXT may become a file name of ours
name_ok() {
	case $1 in
	''|.*|-*|*[!a-zA-Z0-9._+~@-]*) return 1 ;;
	esac
}

# words ARG... - ARGs as sh(1) would read them
words() {
	words_line=''
	for word; do
		case $word in
		''|*[!a-zA-Z0-9_./:,@%+=-]*)
			word="'$(printf '%s' "$word" | sed "s/'/'\\\\''/g")'" ;;
		esac
		words_line="$words_line${words_line:+ }$word"
	done
	printf '%s\n' "$words_line"
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
