# shellcheck shell=sh
# Asking aoinb-serve(8), by curl(1).  The token goes to curl by its standard input, where
# nobody else sees it; what comes back is checked by jq(1) before it is used.

server_patience=1	# how often one that does not answer is asked; 0: until it does

# server_begin [SETTING]... - the configuration; who is asked, and as whom
server_begin() {
	conf_load --defaults "$@"
	need_tool curl curl; need_tool jq jq
	server_config=$(aoinb-conf ${conf_opt:+--conf="$conf_opt"} --defaults server) || exit
	server_name=${server_config%%"$nl"*}	# in a comment
	server_name=${server_name#'# '} server_url=${server_name#'# '}
	case $server_url in unix:*) server_url=http://localhost ;; esac
}

# server_curl ARG... - curl, of which nothing is set elsewhere
server_curl() {
	printf '%s\n' "$server_config" | curl -q -K - -s -g --proto =http,https --connect-timeout 20 "$@"
}

# server_call METHOD PATH [ARG]... - asks once; the code is 000 when nobody answers
server_call() {
	server_method=$1 server_path=$2; shift 2
	server_body=$(server_curl --max-time 120 -X "$server_method" "$@" "$server_url$server_path" \
	    -w '\n%{http_code}|%{exitcode}|%header{retry-after}|%header{upload-offset}|%{errormsg}' | head -c 67108864)
	IFS='|' read -r server_code server_ended server_later server_offset server_why <<-END
		${server_body##*"$nl"}
	END
	server_body=${server_body%"$nl"*}
	server_body=${server_body%"$nl"}
	case $server_code:$server_ended in
	1??:*|2??:[1-9]*) server_code=000 ;;	# it broke off
	[0-9][0-9][0-9]:*) ;;
	*) die 65 "$server_name: an answer that is too large" ;;
	esac
	case $server_offset in *[!0-9]*|??????????????????*) server_offset='' ;; esac
	case $server_later in ''|*[!0-9]*|???*) server_later=5 ;; esac
}

# server_ask METHOD PATH [ARG]... - until there is an answer; ends where that is a refusal.
# By the key the server knows what it has been asked already.
server_ask() {
	server_tries=0
	read -r server_key </proc/sys/kernel/random/uuid
	while server_call "$@" -H "Idempotency-Key: $server_key"; do
		case $server_code in
		2??|304) return 0 ;;
		esac
		server_again
	done
}

# server_again - waits before the same is asked again; or ends, where that is no use
server_again() {
	server_tries=$((server_tries + 1))
	case $server_code in
	000|502|504)
		server_why=${server_why:-answered $server_code}
		[ "$server_tries" -ne "$server_patience" ] ||
			die 69 "$server_name: no answer: $server_why; does it run, and is that its address?"
		[ "$server_tries" -ne 2 ] || say "$server_name: $server_why; trying again"
		server_later=$server_tries ;;
	429|503|507) [ "$server_tries" -lt 4 ] || [ "$server_patience" -eq 0 ] || server_refused ;;
	*) server_refused ;;
	esac
	[ "$server_later" -le 30 ] || server_later=30
	sleep "$server_later"
}

# server_refused - what the server said, and out
server_refused() {
	server_said=$(printf '%s\n' "$server_body" | jq -r '
	    (.exit | if type == "number" and . >= 1 and . <= 125 then floor else 69 end) as $exit |
	    "\($exit) \(.detail | strings)"' 2>/dev/null)
	[ "$server_said" ] || die 69 "$server_name: answered $server_code, as aoinb-serve does not; is that its address?"
	die "${server_said%% *}" "$server_name: ${server_said#* }"
}

# server_json ARG... - what jq makes of the answer
server_json() {
	printf '%s\n' "$server_body" | jq -r "$@" 2>/dev/null || die 65 "$server_name: an answer that is none of aoinb-serve's"
}

# server_table HEADS FILTER JSON - the answer as rows; or as it is, where JSON says so
server_table() {
	[ ! "$3" ] || { printf '%s\n' "$server_body" | aoinb-text; return 0; }
	server_rows=$(server_json "$2 | map(if . == null or . == \"\" then \"-\" else . end) | @tsv") || exit
	[ ! "$server_rows" ] || printf '%s\n' "$server_rows" | aoinb-text --table="$1"
}

# server_load PATH [ARG]... - its body as it comes, for as long as that takes
server_load() {
	server_path=$1; shift
	server_curl -f -N --speed-limit 1 --speed-time 60 "$@" "$server_url$server_path"
}

# server_send FILE PATH - uploads it, and goes on where that broke off
server_send() {
	server_tries=0 server_at='' server_size=$(wc -c <"$1")
	while server_call PUT "$2" --max-time 0 --speed-limit 1 --speed-time 60 -T "$1" ${server_at:+-C "$server_at"}; do
		case $server_code in
		2??) return 0 ;;
		416) [ "$server_tries" -lt 8 ] || server_refused; server_tries=$((server_tries + 1)) ;;
		*) server_again; server_call HEAD "$2" -I ;;
		esac
		[ "${server_at:-0}" = "$server_offset" ] || server_tries=0	# it goes on
		server_at=${server_offset#0}	# what has all of it says so when it is sent again
		[ "$server_at" != "$server_size" ] || server_at=''
	done
}

# server_id WORD - it has to be the number of a task
server_id() {
	case $1 in ''|0*|*[!0-9]*|????????????????*) bad "$command: $1: not a number" ;; esac
}
