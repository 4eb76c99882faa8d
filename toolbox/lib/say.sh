# shellcheck shell=bash
# How the programs of the toolbox speak: progress on stdout, failures as one
# line on stderr, no colours, so that a log reads well anywhere.

# say_plain - its input, with no user and password in a URL
say_plain() {
	sed -u 's,://[^/?#[:space:]"<>]*@,://,g'
}

say() {
	printf '%s: %s\n' "${0##*/}" "$*" | say_plain
}

# section TEXT - a heading that can be found in a long log
section() {
	printf '\n=== %s ===\n' "$*"
}

warn() {
	printf '%s: %s\n' "${0##*/}" "$*" | say_plain >&2
}

# die CODE TEXT
die() {
	local code=$1
	shift
	warn "$*"
	exit "$code"
}

# usage FILE - the comment at the head of FILE, which is its help
usage() {
	sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$1"
}
