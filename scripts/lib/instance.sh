# shellcheck shell=sh
# Instances: a branch's layers over the base.

# instance_list BRANCH - its source list; 66 when there is none
instance_list() {
	name_ok "$1" || bad "$1: not a name for a branch"
	[ -r "$conf_dir/source_lists/$1.list" ] ||
		die 66 "branch $1: $conf_dir/source_lists/$1.list is missing; write the apt sources of the branch into it"
	printf '%s\n' "$conf_dir/source_lists/$1.list"
}

# instance_top BRANCH - the id of its top layer, when it stands on today's base
# and today's source list and has not too many layers above the base; else 1
instance_top() {
	top=$(ref_get "instance/$1") && base=$(ref_get baseos) || return 1
	list=$(sha256sum <"$(instance_list "$1")")
	[ "$(info_get "$work_dir/layers/$top" base)" = "$base" ] &&
		[ "$(info_get "$work_dir/layers/$top" list)" = "${list%% *}" ] || return 1
	above=$(stack_of "$top")
	# shellcheck disable=SC2086 # a list
	set -- ${above##*"$base"}
	[ $# -le "$instance_max_layers" ] || return 1
	echo "$top"
}

# instance_due BRANCH SINCE HOW - whether it wants an update: HOW is always,
# never or an age; one made since SINCE (epoch) is good enough for everybody
instance_due() {
	[ "$3" != never ] || return 1
	checked=$(stat -c %Y "$work_dir/ref/checked/$1" 2>/dev/null) || return 0
	[ "$checked" -lt "$2" ] || return 1
	[ "$3" != always ] || return 0
	[ $(($(date +%s) - checked)) -ge "$(seconds "$3")" ]
}

# seconds TIME - "6h" in seconds; the configuration is checked already
seconds() {
	case $1 in
	*m) echo $((${1%m} * 60)) ;;
	*h) echo $((${1%h} * 3600)) ;;
	*d) echo $((${1%d} * 86400)) ;;
	*) echo "${1%s}" ;;
	esac
}

# instance_ready BRANCH [HOW] - makes or updates the instance where it must be.
# A failed update leaves it as it was.
instance_ready() {
	branch=$1 how=${2:-$instance_update}
	list_file=$(instance_list "$branch")
	base=$(ref_get baseos) ||
		die 66 'no base system; "aoinb load-baseos" loads one'
	since=$(date +%s)
	! instance_good "$branch" "$since" "$how" || return 0
	[ ! "$dry" ] || { say "instance $branch: would be updated"; return 0; }
	lock_take 8 "instance.$branch" wait "another update of $branch"
	instance_good "$branch" "$since" "$how" || instance_renew "$branch"
	lock_drop 8
}

instance_good() {
	instance_top "$1" >/dev/null && ! instance_due "$1" "$2" "$3"
}

# update_layer NAME PARENT LISTFILE - runs toolbox/update.sh over PARENT into the
# layer in the making; sets state.  NAME is for messages.
update_layer() {
	# Written down, so that gc lets it stand whatever becomes of its ref.
	lock_take 7 layers wait-shared 'layers are being removed'
	stack=$(stack_of "$2")
	echo "$stack" >"$layer_new/stack"
	lock_drop 7
	archives_begin "$layer_new/archives"
	mkdir "$layer_new/output"
	root_begin "$layer_new" "$stack"
	root_upper=$layer_new/tree root_volatile='' root_network=yes
	root_log=$layer_new/log root_record=$layer_new/rusage
	: >"$root_log"
	root_bind "$layer_new/archives" /var/cache/apt/archives
	root_bind "$work_dir/cache/debs" /buildroot/debs ro
	root_bind "$layer_new/output" /buildroot/output
	[ ! "$3" ] || root_bind "$3" /buildroot/source.list ro
	progress_begin "update $1" "$root_log"
	code=0; in_root /buildroot/toolbox/update.sh || code=$?
	progress_end
	if [ "$code" -ne 0 ]; then
		log=$work_dir/log/update-$1.log
		mkdir -p "$work_dir/log"
		cp "$root_log" "$log"
		ran=''; ! root_began || ran=1
		trash "$layer_new"; trash_empty
		[ "$ran" ] || {
			tail -n 5 "$log" | tr -c '[:print:]\n' '?' >&2
			die "$code" "update of $1: the container did not start"
		}
		[ "$code" -lt 128 ] || die "$code" "update of $1: ended by signal $((code - 128))"
		grep -a '^[EW]:' "$log" | tail -n 3 | tr -c '[:print:]\n' '?' >&2
		die 69 "update of $1 failed (code $code), and it is as it was; see $log"
	fi
	read -r state <"$layer_new/output/state" || state=''
	# The lists that know what was downloaded are those of the new layer.
	archives_end "$layer_new/archives" "$stack ${layer_new##*/}"
	rm -rf --one-file-system "$layer_new/archives" "$layer_new/output" \
	    "$layer_new/log" "$layer_new/rusage"
}

# instance_renew BRANCH - the caller holds its lock
instance_renew() {
	base=$(ref_get baseos)
	parent=$(instance_top "$1") || parent=$base
	layer_begin "instance.$1"
	update_layer "$1" "$parent" "$list_file"
	if [ "$parent" != "$base" ] && [ "$(info_get "$work_dir/layers/$parent" state)" = "$state" ]; then
		note "instance $1: nothing changed"
		trash "$layer_new"
	else
		list=$(sha256sum <"$list_file")
		layer_commit instance "$parent" branch="$1" base="$base" \
		    list="${list%% *}" state="$state"
		ref_set "instance/$1" "$layer_id"
	fi
	mkdir -p "$work_dir/ref/checked"
	touch "$work_dir/ref/checked/$1"
	trash_empty
}
