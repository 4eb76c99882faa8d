# ls [jobs|groups|instances|layers] - list them, with sizes and ages
#
# Columns are separated by tabs when the output is not a terminal.

[ $# -le 1 ] || bad 'ls takes one kind'
use group
conf_load
now=$(date +%s)
people=''
[ ! -t 1 ] || people=1

ls_jobs() {
	[ ! "$people" ] || printf 'JOB\tBRANCH\tVERDICT\tAGE\tSIZE\n'
	for dir in "$work_dir"/jobs/*; do
		[ -d "$dir" ] || continue
		if job_running "${dir##*/}"; then
			verdict=running
		else
			verdict=$(sed -n 's/^  "verdict": "\(.*\)",$/\1/p' "$dir/result.json" 2>/dev/null) || verdict=killed
			[ ! -d "$dir/upper" ] || verdict=$verdict,kept
		fi
		read -r branch 2>/dev/null <"$dir/branch" || branch=-
		printf '%s\t%s\t%s\t%s\t%s\n' "${dir##*/}" "$branch" "$verdict" \
		    "$(age $((now - $(stat -c %Y "$dir"))))" "$(size "$(du -skx "$dir" | cut -f 1)")"
	done
}

ls_groups() {
	[ ! "$people" ] || printf 'GROUP\tBRANCH\tVERDICT\tAGE\tBUILT\n'
	for dir in "$work_dir"/groups/*; do
		[ -r "$dir/graph" ] || continue
		if group_running "${dir##*/}"; then
			verdict=running
		else
			verdict=$(jq -r .verdict "$dir/group.json" 2>/dev/null) || verdict=killed
		fi
		built=0
		[ ! -e "$dir/events" ] || built=$(awk -F '\t' '{ last[$2] = $1 }
			END { for (unit in last) n += last[unit] == "ok"; print n + 0 }' "$dir/events")
		printf '%s\t%s\t%s\t%s\t%s\n' "${dir##*/}" "$(cat "$dir/branch")" "$verdict" \
		    "$(age $((now - $(stat -c %Y "$dir"))))" "$built/$(grep -c '' "$dir/graph")"
	done
}

ls_instances() {
	[ ! "$people" ] || printf 'INSTANCE\tLAYER\tDEPTH\tCHECKED\tSIZE\n'
	for ref in $(ref_names); do
		id=$(ref_get "$ref") || continue
		stack=$(stack_of "$id")
		total=0
		for layer in $stack; do
			total=$((total + $(info_get "$work_dir/layers/$layer" size_kib)))
		done
		checked=$(stat -c %Y "$work_dir/ref/checked/${ref#instance/}" 2>/dev/null) ||
			checked=$(info_get "$work_dir/layers/$id" made)
		printf '%s\t%s\t%s\t%s\t%s\n' "${ref#instance/}" "$id" "$(echo "$stack" | wc -w)" \
		    "$(age $((now - checked)))" "$(size "$total")"
	done
}

ls_layers() {
	[ ! "$people" ] || printf 'LAYER\tKIND\tPARENT\tAGE\tSIZE\tFROM\n'
	for dir in "$work_dir"/layers/*; do
		[ -r "$dir/info" ] || continue
		parent=$(info_get "$dir" parent)
		from=$(info_get "$dir" from)
		printf '%s\t%s\t%s\t%s\t%s\t%s\n' "${dir##*/}" "$(info_get "$dir" kind)" "${parent:--}" \
		    "$(age $((now - $(info_get "$dir" made))))" "$(size "$(info_get "$dir" size_kib)")" "${from:--}"
	done
}

# columns - aligned for people, as it is for programs
columns() {
	if [ "$people" ]; then
		column -t -s "$(printf '\t')"
	else
		cat
	fi
}

case ${1-all} in
jobs) ls_jobs | columns ;;
groups) ls_groups | columns ;;
instances) ls_instances | columns ;;
layers) ls_layers | columns ;;
all) { ls_instances; echo; ls_jobs; } | columns ;;
*) bad "ls: $1: neither jobs, groups, instances nor layers" ;;
esac
