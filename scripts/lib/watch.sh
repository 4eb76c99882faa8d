# shellcheck shell=sh
# Waiting for tasks of a server, as long as that takes.

# watch_look TASK N - how it stands: state, last attempt, version, code, how long the log of
# attempt N is and whether that is over; and what to say of it
watch_look() {
	server_patience=0
	server_ask GET "/task/$1"
	# shellcheck disable=SC2016 # variables of jq
	watch_row=$(server_json --argjson n "$2" 'def n: numbers // 0 | floor;
	    (.attempts | map(select(.n == $n)) | first) as $a |
	    [(.state | strings), ((.attempt // 0) | n), (.version | n), ((.exit // 0) | n), (($a.log_size // 0) | n),
	     ($a.ended != null), .state + (if (.why // "") == "" then "" else ": \(.why)" end)]
	    | map(tostring | gsub("[|\n]"; " ")) | join("|")') || exit
	IFS='|' read -r watch_state watch_last watch_version watch_exit watch_size watch_over watch_text <<-END
		$watch_row
	END
}

# watch_change TASK - says what is new, and waits for more; or returns 1 when it has ended,
# with watch_code as "aoinb build" ends
watch_change() {
	case $watch_state in
	ok) watch_code=0 ;;
	failed|error) watch_code=$watch_exit; [ "$watch_code" -gt 0 ] && [ "$watch_code" -lt 256 ] || watch_code=1 ;;
	cancelled) watch_code=130 ;;
	*) watch_code='' ;;
	esac
	[ "$watch_text" = "$watch_told" ] || [ "$watch_code" = 0 ] || say "task $1: $watch_text"
	watch_told=$watch_text
	[ ! "$watch_code" ] || return 1
	server_ask GET "/task/$1/status?wait=50&version=$watch_version"
}

# watch_wait TASK - until it has ended; returns as "aoinb build" does
watch_wait() {
	watch_told=''
	while watch_look "$1" 0; do
		watch_change "$1" || return "$watch_code"
	done
}

# watch_log TASK N [OPTION] - the same, and its log, or that of attempt N, by aoinb-text with OPTION
watch_log() {
	watch_told='' watch_at=0 watch_before=0
	watch_look "$1" "${2:-0}"
	watch_n=${2:-$watch_last}	# whose log it is, read up to watch_at
	[ "$watch_n" -gt 0 ] || watch_n=1
	while watch_look "$1" "$watch_n"; do
		if [ "$watch_n" -le "$watch_last" ] && { [ "$watch_over" != true ] || [ "$watch_at" -lt "$watch_size" ]; }; then
			watch_piece "$1" "${3-}"
		elif [ "$2" ]; then
			[ "$watch_n" -le "$watch_last" ] || die 66 "task $1: no attempt $2"
			return 0
		elif [ "$watch_n" -gt "$watch_last" ] && [ "$watch_state" = running ]; then
			watch_n=$watch_last watch_at=$watch_before	# who was lost is back
		elif [ "$watch_n" -le "$watch_last" ] && case $watch_state in queued|running) ;; *) false ;; esac; then
			say "task $1: attempt $watch_n is over, and another follows"
			watch_before=$watch_at watch_at=0 watch_n=$((watch_n + 1))
		else
			watch_change "$1" || return "$watch_code"
		fi
	done
}

# watch_piece TASK [OPTION] - what comes until the connection breaks, or the attempt is over
watch_piece() {
	{ watch_said=$({ server_load "/task/$1/log?attempt=$watch_n&follow=1&offset=$watch_at" \
	    -w '%{stderr}http %{http_code} %{exitcode}\n' 2>&3 | aoinb-text --count=3 ${2:+"$2"} >&4; } 3>&1); } 4>&1
	watch_http=$(printf '%s\n' "$watch_said" | sed -n 's/^http //p')
	watch_bytes=$(printf '%s\n' "$watch_said" | sed '/^http/d')
	[ "$watch_bytes" ] || exit 74	# who reads us has gone
	watch_at=$((watch_at + watch_bytes))
	case $watch_http in
	404*) [ "$watch_over" != true ] || watch_at=$watch_size ;;	# it is kept no longer
	'200 0'|*' 28') ;;	# its end, or nothing for a minute
	*) note "task $1: the log broke off; going on at byte $watch_at" ;;
	esac
	[ "$watch_bytes" -gt 0 ] || sleep 1
}
