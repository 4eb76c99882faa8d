# token VERB [NAME|ID] - who may ask a server for what: add NAME, ls, revoke ID
#
#   --scopes=A,B     add: of read, submit, cancel, work and admin
#   --branches=A,B   add: for these branches only
#   --archs=A,B      add: what a worker builds for
#   --trust          add: packages of this worker enter the repository by themselves
#   --pubkey=FILE    add: the worker's public key
#   --days=N         add: how long it is good; else for ever
#   --output=FILE    add: write it there, for its owner alone, and print nothing
#   --json           ls: for programs

use need server
case $#:${1-} in
2:add) name_ok "$2" || bad "token: $2: not a name" ;;
1:ls) ;;
2:revoke) server_id "$2" ;;
*) bad 'token wants one of: add NAME, ls, revoke ID' ;;
esac
case $opt_days in *[!0-9]*|?????*) bad "token: --days=$opt_days: not a number of days" ;; esac
[ ! "$opt_pubkey" ] || [ -r "$opt_pubkey" ] || die 66 "key $opt_pubkey: it cannot be read"
server_begin
case $1 in
add)
	body=$(jq -nc --arg name "$2" --arg scopes "${opt_scopes:-read,submit,cancel}" --arg branches "$opt_branches" \
	    --arg archs "$opt_archs" --arg trust "$opt_trust" --arg days "${opt_days:-0}" \
	    --rawfile pubkey "${opt_pubkey:-/dev/null}" 'def list: split(",") | map(select(. != ""));
	    {$name, scopes: ($scopes | list), trust: ($trust != ""), branches: ($branches | list),
	     archs: ($archs | list), $pubkey, expires_s: (($days | tonumber) * 86400)} |
	    with_entries(select(.value | IN([], "", 0) | not))') || exit
	server_ask POST /token -H 'Content-Type: application/json' --data-binary "$body"
	token=$(server_json '.token | strings') || exit
	[ "$opt_output" ] || { printf '%s\n' "$token"; exit 0; }
	(umask 077; rm -f "$opt_output"; printf '%s\n' "$token" >"$opt_output") || exit 73 ;;
revoke) server_ask DELETE "/token/$2" ;;
ls)
	server_ask GET /token
	server_table ID,NAME,SCOPES,BRANCHES,ARCHS,EXPIRES,USED,STATE 'def at: if . then todate else . end;
	    def list: if . then join(" ") else . end; .[] | [.id, .name, (.scopes | list), (.branches | list),
	    (.archs | list), (.expires | at), (.used | at), if .revoked then "revoked" elif .expires and
	    .expires <= now then "expired" else "good" end]' "$opt_json" ;;
esac
