# worker VERB [NAME]... - machines that build for a server: ls, drain, resume, trust, distrust
#
#   --why=TEXT   drain: what others are told
#   --json       ls: for programs
#
# A worker that is drained ends what it has, and gets nothing new.  The packages of one
# that is trusted enter the repository by themselves.

use need server
verb=${1-}; [ $# -eq 0 ] || shift
case $verb:$# in
ls:0|drain:[1-9]*|resume:[1-9]*|trust:[1-9]*|distrust:[1-9]*) ;;
*) bad 'worker wants one of: ls; or drain, resume, trust, distrust and names of workers' ;;
esac
for name; do name_ok "$name" || bad "worker: $name: not a name"; done
server_begin
[ "$verb" != ls ] || {
	server_ask GET /builder/status
	server_table NAME,STATE,ARCHS,TRUST,CPUS,MIB,LOAD,VERSION,SEEN,TASKS,WHY '.workers[] |
	    [.name, if .drain then "drained" elif (.running | length) > 0 then "busy" elif now - (.last_seen // 0)
	     > 120 then "away" else "idle" end, (.archs | join(" ")), if .trust then "yes" else "no" end, .cpus,
	     .memory_mib, .load, .version, (.last_seen | if . then todate else . end),
	     ([.running[] | "\(.task).\(.attempt)"] | join(" ")), .why]' "$opt_json"
}
for name; do
	case $verb in
	drain) set -- drain "$(jq -nc --arg why "${opt_why:-drained by hand}" '{$why}')" ;;
	resume) set -- resume '{}' ;;
	trust) set -- trust '{"trust":true}' ;;
	distrust) set -- trust '{"trust":false}' ;;
	esac
	server_ask PUT "/builder/$name/$1" -H 'Content-Type: application/json' --data-binary "$2"
done
