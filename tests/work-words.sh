# shellcheck shell=sh
# The words of the tests of "aoinb work": a server, workers behind wires that can be cut, and
# tasks for them.

. "$top/tests/serve-words.sh"
. "$top/tests/world.sh"

lease_s=8
serve_start -D serve_lease=${lease_s}s
me=$(token me '"read","submit","cancel"')
arch=$(dpkg --print-architecture)

# wire NAME - a wire to the server that is cut while NAME.wire/cut exists: sets wire
wire() {
	mkdir "$1.wire"
	"$top/tests/cut" "$port" "$1.port" "$1.wire" &
	later "kill $!"
	wait_for 10 test -e "$1.port"
	wire=http://127.0.0.1:$(cat "$1.port")
}

# worker_new NAME [KEY=VALUE]... - a worker of its own, behind a wire
worker_new() {
	name=$1; shift
	wire "$name"
	(umask 077; token "$name" '"work"' "\"archs\":[\"$arch\"]" >"$name.token")
	world_new "$name" work_server="$wire" work_token_file="$scratch/$name.token" \
	    work_key_file="$scratch/$name.key" work_name="$name" limit_disk_free=1M \
	    monitor_interval=1s "$@"
	eval "work_$name=\$work"
}

# worker_start NAME - it works in the background, alone in its group: sets pid_NAME
worker_start() {
	setsid aoinb -c "$1/conf" work >>"$1.log" 2>&1 </dev/null &
	eval "pid_$1=\$!"
}
# worker_kill NAME - as a power failure would
worker_kill() {
	eval "pid=\$pid_$1"
	kill -9 "$pid"
	wait "$pid" 2>/dev/null
	eval "pid_$1=''"
}
# worker_stop NAME - politely
worker_stop() {
	eval "pid=\$pid_$1"
	kill "$pid"
	code=0; wait "$pid" || code=$?
	eval "pid_$1=''"
}

# workers_end - those that a test left behind
workers_end() {
	for name in w1 w2; do
		eval "pid=\${pid_$name-}"
		[ ! "$pid" ] || kill "$pid"
	done
}
later workers_end

# bundle_of NAME COMMANDS - a bundle whose build runs COMMANDS, and NAME.tar.gz of it
bundle_of() {
	bundle_tiny "$1"
	printf '%s\n' "$2" >>"$1/autobuild/build"
	tar -C "$1" -czf "$1.tar.gz" .
}
submit() {
	task "$1" "{\"branch\":\"stable\",\"arch\":\"noarch\"${2:+,$2}}"
}

# status ID FILTER
status() {
	get "$me" "/task/$1/status" "$2"
}
# state_is ID STATE
state_is() {
	[ "$(status "$1" .state)" = "$2" ]
}
step_is() {
	[ "$(status "$1" .step)" = "$2" ]
}
# log_has ID TEXT
log_has() {
	curl -sS -H "Authorization: Bearer $me" "$url/task/$1/log" | grep -q -e "$2"
}
# counts ID N - the log has the lines "line 1" to "line N", each once and in order
counts() {
	curl -sS -H "Authorization: Bearer $me" "$url/task/$1/log" | sed -n 's/^line //p' >lines
	seq "$2" | cmp -s - lines
}
# ended_well ID TEXT
ended_well() {
	wait_for 60 state_is "$1" ok
	is "$2" "$(status "$1" '"\(.state) \(.verdict) \(.exit) \(.attempt)"')" 'ok ok 0 1'
}

# local_has ID TEXT - the log of its first attempt, at the worker
local_has() {
	grep -qs -e "$2" "$work/work/$1.1/log"
}
# none_built - nothing runs at the worker that builds
none_built() {
	! is_running attempt && ! is_running aoinb-rusage
}
# at_rest - no attempt is left at the worker
at_rest() {
	[ -z "$(find "$work/work" -mindepth 1 -maxdepth 1 -name '[0-9]*')" ]
}

worker_new w1
work=$work_w1 conf=$PWD/w1/conf
