# shellcheck shell=sh
# Waiting for tasks of a server.

# watch_look TASK [N] - how it stands, with attempt N: state, number of attempts, version,
# code, size of the attempt's log, whether that is over, and what to say
watch_look() {
	server_patient 0
	server_ask GET "/task/$1"
	watch_row=$(server_json --argjson n "${2:-0}" '
	    def n: numbers // 0 | floor;
	    (.attempts | map(select(.n == $n)) | first) as $a |
	    [(.state | strings), ((.attempt // 0) | n), (.version | n), ((.exit // 0) | n),
	     (($a.log_size // 0) | n), ($a.ended != null),
	     "\(.state)\(if .why and .why != "" then ": \(.why)" else "" end)"]
	    | map(tostring | gsub("[|\n]"; " ")) | join("|")') || exit
	IFS='|' read -r watch_state watch_last watch_version watch_exit watch_size watch_over watch_text <<-END
		$watch_row
	END
}

# watch_tell TASK - what is new of it
watch_tell() {
	[ "$watch_text" != "$watch_told" ] || return 0
	say "task $1: $watch_text"
	watch_told=$watch_text
}

# watch_change TASK - until something of it does, or a minute is over
watch_change() {
	server_ask GET "/task/$1/status?wait=50&version=$watch_version"
}

# watch_ended TASK - whether it has; then sets watch_code, as "aoinb build" ends
watch_ended() {
	case $watch_state in
	ok) watch_code=0 ;;
	failed|error) watch_code=$watch_exit; [ "$watch_code" -gt 0 ] && [ "$watch_code" -lt 256 ] || watch_code=1 ;;
	cancelled) watch_code=130 ;;
	*) return 1 ;;
	esac
}

# watch_wait TASK - until it has ended; returns as "aoinb build" does
watch_wait() {
	watch_told=''
	while watch_look "$1"; do
		watch_tell "$1"
		! watch_ended || return "$watch_code"
		watch_change "$1"
	done
}

# watch_log TASK N [OPTION] - its log as it grows, or that of attempt N, by aoinb-text with
# OPTION; returns as "aoinb build" does
watch_log() {
	watch_told='' watch_at=0 watch_before=0 watch_as=${3-}
	watch_look "$1" "${2:-0}"
	watch_n=${2:-$watch_last}	# whose log it is, read up to watch_at
	[ "$watch_n" -gt 0 ] || watch_n=1
	while watch_look "$1" "$watch_n"; do
		if [ "$watch_n" -gt "$watch_last" ]; then
			[ ! "$2" ] || die 66 "task $1: no attempt $2"
			[ "$watch_state" != running ] || {	# a worker that was lost is back
				watch_n=$watch_last watch_at=$watch_before
				continue
			}
			watch_tell "$1"
			! watch_ended || return "$watch_code"
			watch_change "$1"
			continue
		fi
		[ "$watch_over" = true ] && [ "$watch_at" -ge "$watch_size" ] || {
			watch_piece "$1"
			continue
		}
		watch_told=''
		[ ! "$2" ] || return 0
		if watch_ended; then
			[ "$watch_code" -eq 0 ] || watch_tell "$1"
			return "$watch_code"
		fi
		say "task $1: attempt $watch_n is over, and another follows"
		watch_before=$watch_at watch_at=0 watch_n=$((watch_n + 1))
	done
}

# watch_piece TASK - what of the log comes until the connection breaks or the attempt is over
watch_piece() {
	{ watch_said=$({ server_stream "/task/$1/log?attempt=$watch_n&follow=1&offset=$watch_at" 2>&3 |
	    aoinb-text --count=3 ${watch_as:+"$watch_as"} >&4; } 3>&1); } 4>&1
	watch_bytes='' watch_http='' watch_curl='' watch_why=''
	while read -r watch_word watch_a watch_b watch_c; do
		case $watch_word in
		http) watch_http=$watch_a watch_curl=$watch_b watch_why=$watch_c ;;
		*) watch_bytes=$watch_word ;;
		esac
	done <<-END
		$watch_said
	END
	[ "$watch_bytes" ] || exit 74	# who reads us has gone
	watch_at=$((watch_at + watch_bytes))
	case $watch_http:$watch_curl in
	404:*)	# or the task has gone, which the next look tells
		[ "$watch_over" != true ] || watch_at=$watch_size
		sleep 1 ;;
	*:28|200:0) [ "$watch_bytes" -gt 0 ] || sleep 1 ;;
	*)
		note "task $1: the log broke off: ${watch_why:-code $watch_http}; going on at byte $watch_at"
		sleep 1 ;;
	esac
}
