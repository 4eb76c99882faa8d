# shellcheck shell=sh
# Instances: a branch's layers over the base.

# instance_list BRANCH - its source list; 66 when there is none
instance_list() {
	name_ok "$1" || bad "$1: not a name for a branch"
	[ -r "$conf_dir/source_lists/$1.list" ] ||
		die 66 "branch $1: $conf_dir/source_lists/$1.list is missing; write the apt sources of the branch into it"
	printf '%s\n' "$conf_dir/source_lists/$1.list"
}

# instance_default OPERAND... - prints the branch, where the last OPERAND is none: with one
# operand, or where a branch is set that is to be taken then
instance_default() {
	instance_named=${AOINB_BRANCH:-$conf_build_branch}
	if [ $# -gt 1 ]; then
		for instance_last; do :; done
		[ "$instance_named" ] && [ ! -r "$conf_dir/source_lists/$instance_last.list" ] || return 0
	fi
	[ ! "$instance_named" ] || { printf '%s\n' "$instance_named"; return 0; }
	for instance_last in "$conf_dir"/source_lists/*.list; do
		instance_last=${instance_last##*/}
		instance_named="$instance_named ${instance_last%.list}"
	done
	case ${instance_named# } in
	*' '*|'*') bad "$command: no branch; name one of:$instance_named; or set [build] branch" ;;
	esac
	printf '%s\n' "${instance_named# }"
}

# instance_ready BRANCH LIST SECONDS [JOB] - makes or updates the instance where it must be:
# when its last update is older than SECONDS (0: always; -1: whatever its age).  A failed
# update leaves it as it was.  JOB stands on it then.
instance_ready() {
	instance_code=0
	instance_ask "$1" "$2" "$3" ${4:+--stand="$4"} >/dev/null || instance_code=$?
	case $instance_code:$dry in
	0:*) return 0 ;;
	1:) ;;
	1:*) say "instance $1: would be updated"; return 0 ;;
	*) exit "$instance_code" ;;
	esac
	instance_since=$(date +%s)
	lock_take "instance.$1" wait "another update of $1"
	# Somebody else may have done it while we waited.
	instance_code=0
	instance_parent=$(instance_ask "$1" "$2" "$3" --since="$instance_since") || instance_code=$?
	case $instance_code in
	0) ;;
	1) instance_renew "$1" "$2" "$instance_parent" ;;
	*) exit "$instance_code" ;;
	esac
	[ ! "${4-}" ] || layer_do stand "$4" "$1" || exit
	lock_drop instance
}

instance_ask() {
	instance_branch=$1 instance_list=$2 instance_age=$3; shift 3
	aoinb-layer --work-dir="$conf_work_dir" instance --list="$instance_list" \
	    --max-layers="$conf_instance_max_layers" --update="$instance_age" "$@" \
	    -- "$instance_branch"
}

# instance_renew BRANCH LIST PARENT - the caller holds its lock, and has no EXIT trap
instance_renew() {
	base=$(layer_do ref baseos) || exit
	layer_begin "instance.$1"
	layer_update "$1" "$3" "$2"
	if [ "$3" != "$base" ] && layer_same "$3"; then
		note "instance $1: nothing changed"
	else
		digest=$(sha256sum <"$2") || die 66 "branch $1: $2 cannot be read"
		layer_commit "instance/$1" instance "$3" "branch=$1" "base=$base" \
		    "list=${digest%% *}" >/dev/null
	fi
	layer_do checked "$1" || exit
	layer_close
}
