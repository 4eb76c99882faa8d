# shellcheck shell=sh
# The engine of a group: what aoinb-order(1) says may start is started, until
# nothing is left.  Each build is a process and a session of its own, so that it
# can be ended alone, and it ends when we do.
#
# running holds KEY:PID of each that runs.
#
# Ctrl-C reaches every process that we have in the foreground.  It is for us alone:
# what we run meanwhile is kept from it by calm, or ignores it in a subshell.

# engine_run - builds what the plan says.  Sets engine_code: 0, 1 when something
# was not built, 130 when it was interrupted.
engine_run() {
	engine_begin
	while :; do
		[ "$stopping" ] || [ ! "$news" ] || engine_next
		[ "$running" ] || break
		engine_wait
	done
	engine_end
}

# engine_begin - slots, tokens, and descriptors 3 and 4
engine_begin() {
	running='' stopping='' broken='' engine_code=0 news=1
	! cut -f 6 "$group/units" | grep -qx unmet || engine_code=1
	read -r group_branch <"$group/branch"
	slots=$(group_slots) memory=$(group_memory_kib)K jobs=$build_jobs
	[ "$jobs" -gt 0 ] || jobs=$(nproc)
	total=$(grep -c '' "$group/graph") || :	# 1 is none
	ended=$(awk -F '\t' '{ last[$2] = $1 }
		END { for (unit in last) n += last[unit] ~ /^(ok|failed|skip)$/; print n + 0 }' \
	    "$group/events")
	! grep -q '^broken' "$group/order" || broken=1
	rm -f "$group/ends" "$group/jobserver"
	mkfifo "$group/ends" "$group/jobserver"
	exec 3<>"$group/ends" 4<>"$group/jobserver"
	jobserver_fill
	setpriv --pdeathsig KILL sh -c 'while sleep 1; do echo tick; done' >&3 3>&- 4>&- 5>&- &
	ticker=$!
	trap engine_interrupt INT
}

engine_end() {
	trap '' INT	# there is not much to come
	board_clear
	# wait tells of the kill, which is no failure of ours.
	kill "$ticker" && wait "$ticker" 2>/dev/null || :
	exec 3>&- 4>&-
	rm -f "$group/ends" "$group/jobserver" "$group/next" "$group/todo"
}

# calm PROG [ARG]... - PROG, which Ctrl-C does not end
calm() {
	(trap '' INT; "$@")
}

# jobserver_fill - GNU make's tokens for all builds together, beside the one that
# each has without asking.  Only while nothing runs: a build that was killed keeps
# what it had, and nobody can tell how many those were.
jobserver_fill() (
	trap '' INT
	dd iflag=nonblock status=none bs=4096 count=1 <&4 >/dev/null 2>&1 || :	# empty
	[ "$jobs" -le "$slots" ] || printf "%$((jobs - slots))s" '' | tr ' ' + >&4
)

# engine_interrupt - Ctrl-C: what runs is finished; once more, and it is ended
engine_interrupt() {
	if [ "$engine_code" -ne 130 ]; then
		engine_code=130 stopping=1
		[ ! "$running" ] ||
			engine_say 'interrupted: what runs is finished; Ctrl-C again ends it'
		return 0
	fi
	for one in $running; do
		env kill -s INT -- "-${one##*:}" 2>/dev/null || :	# it has just ended
	done
}

# engine_say TEXT - a line for people, above the board when there is one
engine_say() {
	board_clear
	calm say "[$ended/$total] $*"
}

# engine_next - starts what may start, and skips what never can
engine_next() {
	news=''
	calm engine_ask || die 70 "group $group_id: there is no order; see $group/graph"
	engine_clock
	while IFS='	' read -r word unit because dir modifiers; do
		case $word in
		start) [ "$stopping" ] || unit_start ;;
		skip)
			group_event skip "$unit"
			printf '%s\t%s\n' "$unit" "$because" >>"$group/skipped"
			ended=$((ended + 1))
			engine_missed
			engine_say "$unit: skipped, since $because was not built" ;;
		esac
	done <"$group/todo"
}

# engine_ask - what is to be done now, into todo
engine_ask() {
	aoinb-order --slots="$slots" --memory="$memory" --next="$group/events" \
	    <"$group/graph" >"$group/next" || return
	# units: UNIT DIR NAMES VERSION MODIFIERS STATE WHY
	awk -F '\t' -v OFS='\t' '
		FILENAME == ARGV[1] { rest[$1] = $2 OFS $5; next }
		$1 != "left" { print $1, $2, ($1 == "skip" ? $3 : "-"), rest[$2] }
	' "$group/units" "$group/next" >"$group/todo"
}

# engine_clock - sets engine_now
engine_clock() {
	engine_now=$(trap '' INT; date +%s)
}

# engine_missed - something was not built; that we were interrupted says more
engine_missed() {
	[ "$engine_code" -eq 130 ] || engine_code=1
}

# unit_start - unit, in dir, with modifiers
unit_start() {
	unit_key "$unit"
	run=$group/run/$key
	calm unit_folder || group_full "$run"
	[ "$modifiers" != - ] || modifiers=''
	group_event start "$unit"
	[ -t 2 ] || engine_say "$unit: begins"
	unit_run &
	running="$running${running:+ }$key:$!"
}

# unit_folder - run, with what the build has to know
unit_folder() {
	rm -rf "$run" && mkdir "$run" && echo "$unit" >"$run/unit" &&
		echo "$engine_now" >"$run/began" &&
		echo "$(((jobs + slots - 1) / slots))" >"$run/jobs" &&
		{ [ ! "$broken" ] || unit_without "$unit" >"$run/without"; }
}

# unit_run - becomes the build, which writes to run how it ended, and tells 3
unit_run() {
	ABMODIFIERS=$modifiers exec setsid env --default-signal=INT,QUIT \
	    setpriv --pdeathsig TERM "$here/exec/local" "$run" \
	    "$here/aoinb" --conf="$group/conf" build --no-update --group="$run" \
	    -- "$dir" "$group_branch"
}

# unit_without UNIT - names of packages that are not built yet though somebody needs
# them, since a cycle had to begin somewhere
unit_without() {
	awk -F '\t' '
		FILENAME == ARGV[1] { last[$2] = $1; next }
		FILENAME == ARGV[2] { if ($1 == "broken" && last[$3] != "ok") late[$3]; next }
		$1 in late { gsub(/ /, "\n", $3); print $3 }
	' "$group/events" "$group/order" "$group/units"
}

# engine_wait - until something has happened
engine_wait() {
	# A signal ends the read.
	read -r word <&3 || return 0
	case $word in
	tick)
		for one in $running; do
			unit_alive "${one##*:}" || unit_end "${one%:*}"
		done
		[ ! -t 2 ] || board_show ;;
	*) unit_end "$word" ;;
	esac
	[ "$running" ] || [ "$stopping" ] || jobserver_fill
}

# unit_alive PID - whether it runs; one that was killed cannot say so
unit_alive() {
	unit_state=Z
	[ ! -r "/proc/$1/stat" ] || read -r _ _ unit_state _ 2>/dev/null <"/proc/$1/stat" || :	# it has just gone
	[ "$unit_state" != Z ]
}

# unit_end KEY - how it ended, and what that means
unit_end() {
	left=''
	for one in $running; do
		case $one in
		"$1":*) unit_pid=${one##*:} ;;
		*) left="$left${left:+ }$one" ;;
		esac
	done
	[ "$left" != "$running" ] || return 0	# said twice
	running=$left news=1
	wait "$unit_pid" || :	# its code is in a file
	run=$group/run/$1 code=137
	read -r unit <"$run/unit"
	[ ! -r "$run/code" ] || read -r code <"$run/code"
	# Of itself no build ends like that.
	[ "$code" -ne 130 ] || [ "$stopping" ] || code=1
	unit_log "$1"
	board_clear
	calm cat "$run/out"
	calm cat "$run/err" >&2
	engine_clock
	case $code in
	0)
		group_event ok "$unit"
		ended=$((ended + 1))
		engine_say "$unit: built, $(unit_took)" ;;
	130)
		group_event again "$unit"
		engine_say "$unit: ended" ;;
	*)
		group_event failed "$unit"
		ended=$((ended + 1))
		engine_missed
		[ ! "$opt_fail_fast" ] || stopping=1
		engine_say "$unit: failed, $(unit_took)" ;;
	esac
}

# unit_log KEY - the log of a package, by its name
unit_log() {
	[ -r "$run/job" ] || return 0
	read -r unit_job <"$run/job"
	calm ln -sf "../../../jobs/$unit_job/log" "$group/log/$1.log"
}

# unit_took - for people
unit_took() {
	read -r unit_began <"$run/began"
	age $((engine_now - unit_began))
}
