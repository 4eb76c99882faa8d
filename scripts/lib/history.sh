# shellcheck shell=sh
# History: a line for each build that ran, in work_dir/history, and what is built
# of each package, in work_dir/built/BRANCH.  Both are plain records.
#
#   history      ENDED NAME BRANCH ARCH VERSION VERDICT WALL_US CPU_US PEAK_KIB JOB
#   built/B/KEY  version=VER-REL, bundle=SHA256, modifiers=, package=FILE for each

# unit_key UNIT - sets key, which may name a file for the unit
unit_key() {
	key=$1
	while case $key in */*) ;; *) false ;; esac; do
		key=${key%%/*}_${key#*/}
	done
	name_ok "$key" || key=$(printf '%s' "$key" | tr -c 'a-zA-Z0-9._+~@-' '_' | sed 's/^[.-]/_/')
}

# history_name UNIT - sets history_unit, what the history calls it
history_name() {
	history_unit=$1
	case $1 in
	/*) unit_key "${1##*/}"; history_unit=$key ;;
	esac
}

# history_add VERDICT - of the job, when its container ran
history_add() {
	[ -r "$job/unit" ] && [ -s "$job/rusage" ] || return 0
	read -r history_unit <"$job/unit"
	history_name "$history_unit"
	history_version=-
	[ ! -r "$job/version" ] || read -r history_version <"$job/version"
	history_wall=0 history_cpu=0 history_peak=0
	while IFS='=' read -r record_key record_value; do
		case $record_key in
		wall_us) history_wall=$record_value ;;
		cpu_us) history_cpu=$record_value ;;
		peak_kib) history_peak=$record_value ;;
		esac
	done <"$job/rusage"
	# One write of a line to the end of a file: what others write at the same
	# time comes before or behind it.
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$(date +%s)" "$history_unit" "$branch" \
	    "$arch" "$history_version" "$1" "$history_wall" "$history_cpu" "$history_peak" \
	    "$job_id" >>"$work_dir/history"
}

# built_write - what the job made of its unit, for who asks whether it is built
built_write() {
	read -r built_unit <"$job/unit"
	read -r built_digest <"$job/bundle.digest"
	read -r built_version <"$job/version"
	unit_key "$built_unit"
	[ -d "$work_dir/built/$branch" ] || mkdir -p "$work_dir/built/$branch"
	{
		printf 'version=%s\nbundle=%s\n' "$built_version" "$built_digest"
		[ ! "${ABMODIFIERS-}" ] || printf 'modifiers=%s\n' "$ABMODIFIERS"
		cut -f 3 "$job/packages" | sed 's/^/package=/'
	} >"$work_dir/built/$branch/$key.new$$"
	mv -T "$work_dir/built/$branch/$key.new$$" "$work_dir/built/$branch/$key"
}
