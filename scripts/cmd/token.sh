# token add|ls|revoke [NAME|ID] - who may ask a server for what
#
#   --scopes=A,B     add: of read, submit, cancel, work and admin
#   --branches=A,B   add: for these branches only
#   --archs=A,B      add: what a worker builds for
#   --trust          add: packages of this worker enter the repository by themselves
#   --pubkey=FILE    add: the worker's public key
#   --days=N         add: how long it is good; else for ever
#   --output=FILE    add: write it there, for its owner alone, and print nothing
#   --json           ls: for programs
#
# A token is told once, when it is made.

use need server
verb=${1-}
[ $# -eq 0 ] || shift
case $verb:$# in
add:1) name_ok "$1" || bad "token: $1: not a name" ;;
ls:0) ;;
revoke:1) server_id "$1" ;;
*) bad 'token wants one of: add NAME, ls, revoke ID' ;;
esac
case $opt_days in *[!0-9]*|?????*) bad "token: --days=$opt_days: not a number of days" ;; esac
server_begin

# add NAME
add() {
	set -- --arg name "$1" --arg scopes "${opt_scopes:-read,submit,cancel}" --arg branches "$opt_branches" \
	    --arg archs "$opt_archs" --argjson trust "${opt_trust:+true}${opt_trust:-false}" \
	    --argjson days "${opt_days:-0}" --arg pubkey ''
	[ ! "$opt_pubkey" ] || set -- "$@" --rawfile pubkey "$opt_pubkey"
	server_ask POST /token -H 'Content-Type: application/json' --data-binary "$(jq -nc "$@" '
	    def list: split(",") | map(select(. != ""));
	    {name: $name, scopes: ($scopes | list), trust: $trust} +
	    if $branches == "" then {} else {branches: ($branches | list)} end +
	    if $archs == "" then {} else {archs: ($archs | list)} end +
	    if $days == 0 then {} else {expires_s: ($days * 86400)} end +
	    if $pubkey == "" then {} else {pubkey: $pubkey} end')"
	token=$(server_json '.token | strings') || exit
	if [ ! "$opt_output" ]; then
		printf '%s\n' "$token"
	else
		(umask 077; rm -f "$opt_output"; printf '%s\n' "$token" >"$opt_output") || exit 73
	fi
}

case $verb in
add) add "$1" ;;
revoke) server_ask DELETE "/token/$1" ;;
ls)
	server_ask GET /token
	if [ "$opt_json" ]; then
		server_print
	else
		server_print ID,NAME,SCOPES,BRANCHES,ARCHS,EXPIRES,USED,STATE 'def at: if . then todate else "-" end;
		    def list: if . then join(" ") else "-" end;
		    .[] | [.id, .name, (.scopes | list), (.branches | list), (.archs | list), (.expires | at),
		     (.used | at), (if .revoked then "revoked" elif .expires != null and .expires <= now then
		     "expired" else "good" end)] | @tsv'
	fi ;;
esac
