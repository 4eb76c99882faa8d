# shellcheck shell=sh
# The chain: PROG inside a root, by way of rusage, mount and run.  One function
# spells it for update, build, shell, run and dry run.

# root_begin FOLDER STACK - what in_root works with, until it is changed: a
# workspace FOLDER (upper, work, root) over the layers of STACK (base first)
root_begin() {
	root_ws=$1 root_upper=$1/upper root_stack=$2 root_binds='' root_env='' root_log='' root_tty=''
	root_record='' root_samples='' root_limits=''
	root_network=$build_network root_backend=$build_backend
	root_volatile=1 root_cwd=/
	root_bind "$toolbox" /buildroot/toolbox ro
}

# root_bind SRC DST [ro]
root_bind() {
	bind_src=$1
	case $1 in
	*[:\\]*) bind_src=$(printf '%s' "$1" | sed 's/[:\\]/\\&/g') ;;
	esac
	root_binds="$root_binds$bind_src:$2${3:+:$3}$nl"
}

# root_setenv NAME VALUE
root_setenv() {
	root_env="$root_env$1=$2$nl"
}

# root_began - whether PROG began: when it did not, there is no record, or our own
# words are the first of the log
root_began() {
	[ -e "$root_record" ] || return 1
	read -r root_first <"$root_log" || :	# it may be empty, or binary
	case $root_first in
	aoinb-mount:*|aoinb-run:*) return 1 ;;
	esac
}

# in_root PROG [ARG]... - the mounts live exactly as long as this one line.
# Its code is PROG's, or one of aoinb-exit(7).
in_root() {
	set -- "$root_ws/root" "$@"
	set -f; IFS=$nl
	for word in $root_env; do
		set -- --env="$word" "$@"
	done
	set -- aoinb-run --backend="$root_backend" --network="$root_network" \
	    --cwd="$root_cwd" ${root_tty:+--tty} "$@"

	set -- "$root_ws/root" "$@"
	for word in $root_binds; do
		set -- --bind="$word" "$@"
	done
	IFS=' '
	for word in $root_stack; do
		set -- --lower="$work_dir/layers/$word/tree" "$@"
	done
	unset IFS; set +f
	set -- aoinb-mount ${root_volatile:+--volatile} --upper="$root_upper" \
	    --work="$root_ws/work" "$@"

	if [ "$root_limits" ]; then
		set -- --interval="$monitor_interval" --time="$limit_time" \
		    --silence="$limit_silence" --memory="$limit_memory" \
		    --tasks="$limit_tasks" --disk="$root_upper" \
		    --disk-floor="$limit_disk_free" "$@"
	fi
	run aoinb-rusage --die-with-parent ${root_record:+--output="$root_record"} \
	    ${root_samples:+--samples="$root_samples"} ${root_log:+--log="$root_log"} "$@"
}
