# provenance ID [FILE]... - print what a task's packages were made of and by whom, verified
#
#   --key=FILE   the public key of the worker; else the one that the server has of it
#
# The statement is in-toto's, with SLSA's provenance in it.  FILEs have to be packages of
# the task, byte for byte.

use need server
[ $# -ge 1 ] || bad 'provenance wants the number of a task'
server_id "$1"
task=$1; shift
server_begin
need_tool openssl openssl
need_tool base64 coreutils
tmp=$(mktemp -d) || exit 73
trap 'rm -rf "$tmp"' EXIT
trap 'exit 143' TERM
trap 'exit 129' HUP
type=application/vnd.aoinb.result+json

# decode - base64 of either alphabet
decode() {
	tr '_-' '/+' | base64 -d 2>/dev/null || die 65 "task $task: its result is not what a worker sends"
}

# key_write - the key as openssl reads it: PEM, or 32 bytes in base64
key_write() {
	if [ "$opt_key" ]; then
		[ -r "$opt_key" ] || die 66 "key $opt_key: it cannot be read"
		key=$(head -c 4096 "$opt_key")
	else
		server_ask GET "/task/$task"
		worker=$(server_json '.worker // "" | strings') || exit
		name_ok "$worker" || die 1 "task $task: no worker has built it"
		server_ask GET "/builder/$worker"
		key=$(server_json '.pubkey // "" | strings') || exit
		[ "$key" ] || die 1 "task $task: the worker $worker has no key, so nothing can be verified"
	fi
	case $key in
	*-----BEGIN*) printf '%s\n' "$key" ;;
	*) printf -- '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA%s\n-----END PUBLIC KEY-----\n' "$key" ;;
	esac >"$tmp/key"
	openssl pkey -pubin -in "$tmp/key" -noout 2>/dev/null || die 65 'the public key is none of Ed25519'
}

# verify - that one of the signatures is by that key
verify() {
	server_ask GET "/task/$task/result.dsse"
	[ "$(server_json '.payloadType | strings')" = "$type" ] || die 65 "task $task: its result is not what a worker sends"
	server_json '.payload | strings' | decode >"$tmp/payload" || exit
	{
		printf 'DSSEv1 %s %s %s ' "${#type}" "$type" "$(wc -c <"$tmp/payload")"
		cat "$tmp/payload"
	} >"$tmp/signed"
	for sig in $(server_json '.signatures[].sig | strings'); do
		printf '%s' "$sig" | decode >"$tmp/sig" || exit
		openssl pkeyutl -verify -pubin -rawin -inkey "$tmp/key" -in "$tmp/signed" \
		    -sigfile "$tmp/sig" >/dev/null 2>&1 && return 0
	done
	die 65 "task $task: its result is not signed by the key of its worker; do not trust its packages"
}

key_write
verify
jq -e --argjson task "$task" '.task == $task' "$tmp/payload" >/dev/null 2>&1 ||
	die 65 "task $task: the server shows the result of another task"
jq -e '.outputs | length > 0' "$tmp/payload" >/dev/null || die 1 "task $task has no packages"
jq --arg builder "${worker-}" -f "$here/lib/provenance.jq" "$tmp/payload" >"$tmp/statement" 2>/dev/null ||
	die 65 "task $task: its result is not what a worker sends"
for file; do
	[ -r "$file" ] || die 66 "$file: no such file"
	sum=$(sha256sum <"$file")
	jq -e --arg name "${file##*/}" --arg sum "${sum%% *}" \
	    'any(.subject[]; .name == $name and .digest.sha256 == $sum)' "$tmp/statement" >/dev/null ||
		die 65 "$file: not what task $task built; fetch it again: aoinb task get $task"
done
aoinb-text <"$tmp/statement"
