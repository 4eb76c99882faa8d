# shellcheck shell=sh
# Asking aoinb-serve(8), by curl(1).  The token goes to it by its standard input, where
# nobody else sees it; what comes back is checked by jq(1) before it is used.

server_most=67108864	# bytes of an answer
server_patience=1	# how often one that does not come is asked for; 0: until it comes

# server_begin [SETTING]... - the configuration; who is asked, and as whom
server_begin() {
	if [ "${AOINB_SERVER-}" ] && [ ! "$conf_opt" ] && ! aoinb-conf dir >/dev/null 2>&1; then
		# A machine that asks, and builds nothing.
		settings=$(aoinb-conf --file=/dev/null "$@" shell) || exit
		eval "$settings"
	else
		conf_load "$@"
	fi
	need_tool curl curl
	need_tool jq jq
	server_url=${AOINB_SERVER:-$conf_server_url}
	[ "$server_url" ] || [ ! -w "$conf_serve_dir/admin.sock" ] ||
		server_url=unix:$conf_serve_dir/admin.sock
	server_name=$server_url server_socket=''
	case $server_url in
	'') die 78 'no server to ask; set [server] url in aoinb.ini, or AOINB_SERVER' ;;
	unix:/*) server_socket=${server_url#unix:} server_url=http://localhost ;;
	*[!][a-zA-Z0-9.:/_~-]*|*[!s]://*|*://) server_wrong ;;
	http://*|https://*) server_url=${server_url%/} ;;
	*) server_wrong ;;
	esac
	server_token "${AOINB_TOKEN_FILE:-$conf_server_token_file}"
}
server_wrong() {
	die 78 "$server_url: not the address of a server: http://HOST:PORT, https://HOST or unix:PATH"
}

# server_token FILE - the token that is in it
server_token() {
	server_config=''
	[ "$1" ] || return 0
	[ -f "$1" ] || die 66 "token $1: no such file"
	[ -r "$1" ] || die 77 "token $1: it may not be read"
	server_secret=''
	read -r server_secret <"$1" || [ "$server_secret" ] || die 65 "token $1: empty"
	case $server_secret in
	*[!a-z0-9_]*) ;;
	aoinb1_*) server_config="header = \"Authorization: Bearer $server_secret\"" ;;
	esac
	[ "$server_config" ] || die 65 "token $1: no token of aoinb-serve"
}

# server_curl ARG... - curl, of which nothing is set elsewhere
server_curl() {
	printf '%s\n' "$server_config" | curl -q -K - -s -g --proto =http,https --connect-timeout 20 \
	    ${server_socket:+--unix-socket "$server_socket"} "$@"
}

# server_call METHOD PATH [ARG]... - asks once; the code is 000 when nobody answers
server_call() {
	server_method=$1 server_path=$2; shift 2
	case $server_method in
	HEAD) set -- -I "$@" ;;
	*) set -- -X "$server_method" "$@" ;;
	esac
	server_body=$(server_curl --max-time 120 "$@" \
	    -w '\n%{http_code}|%header{retry-after}|%header{upload-offset}|%{errormsg}' \
	    "$server_url$server_path" | head -c "$server_most")
	IFS='|' read -r server_code server_later server_offset server_why <<-END
		${server_body##*"$nl"}
	END
	server_body=${server_body%"$nl"*}
	case $server_code in
	[0-9][0-9][0-9]) ;;
	*) die 65 "$server_name: an answer that is too large" ;;
	esac
	case $server_offset in ''|*[!0-9]*|??????????????????*) server_offset='' ;; esac
}

# server_ask METHOD PATH [ARG]... - until there is an answer; ends where that is a refusal
server_ask() {
	server_tries=0
	while server_call "$@"; do
		case $server_code in
		2??|304) break ;;
		000|429|502|503|504|507) server_again ;;
		*) server_refused ;;
		esac
	done
	[ "$server_tries" -lt 2 ] || say "$server_name answers again"
}

# server_again - waits before it is asked again, or gives up
server_again() {
	server_tries=$((server_tries + 1))
	case $server_code in
	000|502|504)
		[ "$server_patience" -eq 0 ] || [ "$server_tries" -lt "$server_patience" ] || server_silent
		[ "$server_tries" -ne 2 ] || say "$server_name: ${server_why:-answered $server_code}; trying again"
		server_pause=$server_tries ;;
	*)
		[ "$server_patience" -eq 0 ] || [ "$server_tries" -lt 4 ] || server_refused
		server_pause=5
		case $server_later in ''|*[!0-9]*|????*) ;; *) server_pause=$server_later ;; esac
		note "$server_name: busy; asking again in $server_pause s" ;;
	esac
	[ "$server_pause" -le 30 ] || server_pause=30
	sleep "$server_pause"
}

server_silent() {
	[ "$server_code" = 000 ] || server_refused
	die 69 "$server_name: no answer: ${server_why:-unknown reason}; is it running, and is that its address?"
}

# server_refused - what the server said, and out
server_refused() {
	server_said=$(printf '%s\n' "$server_body" | jq -r '
	    (.exit | if type == "number" and . >= 1 and . <= 125 then floor else 69 end) as $exit |
	    "\($exit) \(.detail | strings)"' 2>/dev/null)
	[ "$server_said" ] || die 69 "$server_name: answered $server_code, and not as aoinb-serve does; is that its address?"
	die "${server_said%% *}" "$server_name: ${server_said#* }"
}

# server_patient TRIES - how often, from now on
server_patient() {
	server_patience=$1
}

# server_json ARG... - what jq makes of the answer
server_json() {
	printf '%s\n' "$server_body" | jq -r "$@" 2>/dev/null || die 65 "$server_name: an answer that is none of aoinb-serve's"
}

# server_print [HEADS FILTER] - the answer: rows for people and scripts, or as it is
server_print() {
	if [ $# -eq 0 ]; then
		server_rows=$server_body; set -- --
	else
		server_rows=$(server_json "$2") || exit
		set -- --table="$1"
	fi
	[ ! "$server_rows" ] || printf '%s\n' "$server_rows" | aoinb-text "$@"
}

# server_stream PATH - its body as it comes; on the standard error "http", the code, how
# curl ended and why
server_stream() {
	server_curl -f -N --speed-limit 1 --speed-time 60 \
	    -w '%{stderr}http %{http_code} %{exitcode} %{errormsg}\n' "$server_url$1"
}

# server_load PATH FILE - adds to FILE what it lacks
server_load() {
	server_curl -f --speed-limit 1 --speed-time 60 -C - -o "$2" "$server_url$1"
}

# server_send FILE PATH - uploads it; goes on where that broke off
server_send() {
	server_tries=0 server_at='' server_size=$(wc -c <"$1")
	while server_call PUT "$2" --max-time 0 --speed-limit 1 --speed-time 60 -T "$1" ${server_at:+-C "$server_at"}; do
		case $server_code in
		2??) return 0 ;;
		416) server_tries=$((server_tries + 1)); [ "$server_tries" -lt 20 ] || server_refused ;;
		000|429|502|503|504|507)
			server_again
			server_call HEAD "$2" ;;
		*) server_refused ;;
		esac
		server_at=${server_offset#0}
		[ "$server_at" != "$server_size" ] || server_at=''	# it has all: it says so once more
	done
}

# server_id WORD - whether it is the number of a task
server_id() {
	case $1 in ''|0*|*[!0-9]*|????????????????*) bad "$command: $1: not the number of a task" ;; esac
}

# server_key - a word that no other request has
server_key() {
	read -r server_uuid </proc/sys/kernel/random/uuid
	printf 'Idempotency-Key: %s\n' "$server_uuid"
}
