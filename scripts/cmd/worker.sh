# worker ls|drain|resume [NAME]... - the machines that build for a server
#
#   --why=TEXT   drain: what others are told
#   --json       ls: for programs
#
# A worker that is drained ends what it has, and gets nothing new.  Packages of one that
# is trusted enter the repository by themselves: "worker trust NAME", "worker distrust NAME".

use need server
[ $# -gt 0 ] || bad 'worker wants one of ls, drain, resume, trust, distrust'
verb=$1; shift
case $verb in
ls) [ $# -eq 0 ] || bad 'worker ls takes no operand' ;;
drain|resume|trust|distrust) [ $# -gt 0 ] || bad "worker $verb wants the name of a worker" ;;
*) bad "worker: $verb: none of ls, drain, resume, trust, distrust" ;;
esac
for name; do name_ok "$name" || bad "worker: $name: not the name of a worker"; done
server_begin

# change NAME VERB [MEMBER]...
change() {
	name=$1 how=$2; shift 2
	server_ask PUT "/builder/$name/$how" -H 'Content-Type: application/json' \
	    --data-binary "$(jq -nc "$@")"
}

if [ "$verb" = ls ]; then
	server_ask GET /builder/status
	if [ "$opt_json" ]; then
		server_print
	else
		server_print NAME,STATE,ARCHS,TRUST,CPUS,MIB,LOAD,VERSION,SEEN,TASKS,WHY 'now as $now | .workers[] |
		    [.name, (if .drain then "drained" elif (.running | length) > 0 then "busy" elif
		     .last_seen == null or $now - .last_seen > 120 then "away" else "idle" end),
		     (.archs | join(" ")), .trust, .cpus, .memory_mib, .load, .version,
		     (.last_seen | if . then todate else null end),
		     ([.running[] | "\(.task).\(.attempt)"] | join(" ")), .why]
		    | map(if . == null or . == "" then "-" else . end) | @tsv'
	fi
fi
for name; do
	case $verb in
	drain) change "$name" drain --arg why "${opt_why:-drained by hand}" '{why: $why}' ;;
	resume) change "$name" resume '{}' ;;
	trust) change "$name" trust '{trust: true}' ;;
	distrust) change "$name" trust '{trust: false}' ;;
	esac
done
