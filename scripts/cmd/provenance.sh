# provenance ID [FILE]... - print what a task's packages were made of, and by whom, verified
#
#   --key=FILE   the public key of the worker; else the one that the server has of it
#
# FILEs have to be packages of the task, byte for byte.

use need server
server_id "${1-}"
id=$1; shift
server_begin
tmp=$(mktemp -d) || exit 73
trap 'rm -rf "$tmp"' EXIT; trap 'exit 143' TERM HUP
server_ask GET "/task/$id"
worker=$(server_json '.worker // "" | strings') || exit
name_ok "$worker" || die 1 "task $id: no worker has built it"
[ "$opt_key" ] || {
	server_ask GET "/builder/$worker"
	server_json '.pubkey // "" | strings' >"$tmp/key" || exit
	[ -s "$tmp/key" ] || die 1 "task $id: the worker $worker has no key, so nothing can be verified"
}
server_ask GET "/task/$id/result.dsse"
envelope=$(server_json .) || exit
printf '%s\n' "$envelope" | aoinb-provenance --key="${opt_key:-$tmp/key}" --task="$id" --worker="$worker" - "$@"
