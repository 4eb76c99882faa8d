# shellcheck shell=sh
# The words of the benchmarks: medians by hyperfine, our figure beside a peer's
# in the same run.  A bench is a POSIX sh file that sources this; its lines are
# what "make bench" prints.

. "${0%/*}/../lib.sh"
PATH=/usr/sbin:$PATH
need hyperfine jq

# seconds COMMAND [HYPERFINE-OPTION]... - the median time of COMMAND (no shell)
seconds() {
	cmd=$1; shift
	hyperfine -N --style none --warmup 1 --export-json hf.json "$@" "$cmd" >hf.log 2>&1 || {
		cat hf.log >&2
		exit 1
	}
	jq -r '.results[0].median' hf.json
}

# row NAME OURS PEER MOST TEXT - one line: OURS and PEER in seconds, and whether
# OURS / PEER is at most MOST
row() {
	awk -v name="$1" -v a="$2" -v b="$3" -v most="$4" -v text="$5" 'BEGIN {
		r = a / b
		printf "%-24s %10.4f s %10.4f s   ratio %6.3f  (at most %s)  %s  %s\n",
		    name, a, b, r, most, r <= most ? "ok    " : "MISSED", text
	}'
}

# aim NAME SECONDS MOST [TEXT] - one line: SECONDS, and whether they are at most MOST
aim() {
	[ "$2" ] || exit 1	# it failed, and said why
	awk -v name="$1" -v a="$2" -v most="$3" -v text="${4-}" 'BEGIN {
		printf "%-24s %10.4f s %12s   aim   %6.3f  %15s  %s  %s\n", name, a, "", most, "",
		    a <= most ? "ok    " : "MISSED", text
	}'
}

# against NAME MOST OURS PEER [HYPERFINE-OPTION]... - two commands, side by side:
# three times a block of each, so that both see what else the machine is doing,
# and the median of all
against() {
	name=$1 most=$2 ours=$3 peer=$4; shift 4
	for round in 1 2 3; do
		seconds "$ours" "$@" >/dev/null && mv hf.json "ours.$round"
		seconds "$peer" "$@" >/dev/null && mv hf.json "peer.$round"
	done
	row "$name" "$(median ours.*)" "$(median peer.*)" "$most" "against: $peer"
}

# median FILE... - of all runs in what hyperfine wrote
median() {
	jq -s '[.[].results[0].times[]] | sort | .[length / 2 | floor]' "$@"
}
