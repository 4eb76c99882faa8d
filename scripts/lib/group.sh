# shellcheck shell=sh
# Groups: a folder work_dir/groups/ID, whose lock is the only sign of life.
#
#   targets branch units graph order    the plan, as plan_make writes it
#   conf/                               the configuration, frozen
#   events                              EVENT UNIT, one a line: what happened
#   skipped                             UNIT BECAUSE
#   run/KEY/                            a unit that was begun: unit, without, job,
#                                       out, err, code
#   log/KEY.log                         its log: a link into its job
#   jobserver                           a FIFO of GNU make's tokens
#   ends                                a FIFO: KEY of a build that ended, or tick
#   group.json                          the end
#
# Descriptors: 3 is ends, 4 the jobserver, 5 the group's lock.

# group_new BRANCH TARGET... - makes a group and holds its lock: sets group and
# group_id
group_new() {
	group_branch=$1; shift
	group_name=${1##*/}; group_name=${group_name%%:*}
	name_ok "$group_name" || group_name=group
	group_wish=$(date +%Y%m%d-%H%M%S)-$group_name group_try=''
	mkdir -p "$work_dir/groups" "$work_dir/lock" || die 73 "$work_dir/groups: cannot be made"
	until group_claim "$group_wish${group_try:+.$group_try}"; do
		[ "${group_try:=1}" -lt 1000 ] && [ -w "$work_dir/groups" ] ||
			die 73 "$work_dir/groups/$group_wish: cannot be made"
		group_try=$((group_try + 1))
	done
	mkdir "$group/conf" "$group/run" "$group/log"
	date +%s >"$group/began"
	echo "$group_branch" >"$group/branch"
}

# group_claim ID - locked before it is there, so that nobody takes it for dead
group_claim() {
	group_id=$1 group=$work_dir/groups/$1
	exec 5>>"$work_dir/lock/group.$1"
	flock -n 5 && mkdir "$group" 2>/dev/null
}

# group_drop - as if there had been none
group_drop() {
	trash "$group"
	rm -f "$work_dir/lock/group.$group_id"
	exec 5>&-
	trash_empty
}

# group_freeze SETTING... - the configuration that its builds see
group_freeze() {
	aoinb-conf --conf="$conf_dir" "$@" ini >"$group/conf/aoinb.ini"
	ln -s "$conf_dir/source_lists" "$group/conf/source_lists"
}

# group_find [GROUP] - sets group and group_id; a part of an id will do; the default
# is the newest that was planned and did not come to its end
group_find() {
	group_id=''
	for found in "$work_dir"/groups/*; do
		case ${found##*/} in
		*"${1-}"*) [ -d "$found" ] || continue ;;
		*) continue ;;
		esac
		[ $# -gt 0 ] || { [ -r "$found/order" ] && ! group_ended "$found"; } || continue
		group_id=${found##*/}
		[ "$group_id" != "${1-}" ] || break
	done
	[ "$group_id" ] || [ $# -eq 0 ] || die 66 "no such group: $1; \"aoinb ls groups\" lists them"
	[ "$group_id" ] || die 66 'there is no group to go on with; "aoinb ls groups" lists them'
	group=$work_dir/groups/$group_id
}

# group_ended FOLDER - whether all of it was built
group_ended() {
	[ -e "$1/group.json" ] && [ "$(jq -r .verdict "$1/group.json")" = ok ]
}

group_running() {
	lock_held "group.$1"
}

# group_event EVENT UNIT - written down before it is acted on, at once and whole
group_event() {
	printf '%s\t%s\n' "$1" "$2" >>"$group/events" || group_full "$group/events"
}

# group_full FILE - there may be no room for it
group_full() {
	die 74 "group $group_id: $1 cannot be written; \"aoinb resume\" goes on"
}

# group_recover - what a group that was killed left in the middle: a build that ended
# well is taken as it ended, and one that did not begins again, as does what failed
group_recover() {
	[ -e "$group/events" ] || : >"$group/events"
	# A line that was being written.
	[ ! "$(tail -c 1 "$group/events")" ] || sed -i '$d' "$group/events"
	# units: UNIT DIR NAMES VERSION MODIFIERS STATE WHY
	LC_ALL=C run=$group/run/ awk -F '\t' -v OFS='\t' "$tree_awk"'
		function went_well(unit,   file, code) {
			file = ENVIRON["run"] key_of(unit) "/code"
			code = ""
			getline code <file
			close(file)
			return code == "0"
		}
		FILENAME == ARGV[1] { last[$2] = $1; next }
		# What needs it is skipped, too.
		$6 == "unmet" || $6 == "unfit" { print "skip", $1, $7; next }
		last[$1] == "start" && went_well($1) { print "ok", $1, "-"; next }
		last[$1] ~ /^(start|failed|skip)$/ { print "again", $1, "-" }
	' "$group/events" "$group/units" >"$group/todo"
	while IFS='	' read -r event unit why; do
		group_event "$event" "$unit"
		[ "$why" = - ] || say "$unit: $why"
	done <"$group/todo"
	: >"$group/skipped"
	rm -f "$group/group.json" "$group/todo"
}

# group_build - what is left of the group, and out
group_build() {
	engine_run
	group_ends
	exit "$engine_code"
}
