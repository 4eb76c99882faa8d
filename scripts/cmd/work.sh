# work [ID.N] - build what a server asks this machine for
#
#   --once           one task, and end with the code of its build
#
# Asks the server of [work] in aoinb.ini for tasks, again and again.  With --once, ID.N is
# the attempt that is wanted, and none other.  What a worker had that was killed is gone
# on with first.

use need progress lock layer
[ $# -le 1 ] || bad 'work takes one attempt'
[ $# -eq 0 ] || [ "$opt_once" ] || bad 'work: an attempt goes with --once'
need_root
conf_load
[ "$conf_work_server" ] || die 78 "$conf_dir/aoinb.ini: [work] server is not set; it is the URL of the server"
need_build

# work_base - the base system, where there is none
work_base() {
	layer_do ref baseos >/dev/null 2>&1 && return 0
	case $conf_work_base in
	'') die 66 "there is no base system; run aoinb load-baseos, or set [work] base" ;;
	auto) set -- ;;
	debian:*) set -- --debian="${conf_work_base#debian:}" ;;
	*) set -- -- "$conf_work_base" ;;
	esac
	run "$here/aoinb" --conf="$conf_dir" load-baseos "$@"
}

# work_branches - those that are built for: none for any
work_branches() {
	set -f
	# shellcheck disable=SC2086 # a list of words
	[ ! "$conf_work_branches" ] || printf '%s\n' $conf_work_branches
	set +f
	[ ! "$conf_work_branches" ] && [ "$conf_work_source_lists" = no ] || return 0
	for list in "$conf_dir"/source_lists/*.list; do
		list=${list##*/}
		[ "$list" = '*.list' ] || printf '%s\n' "${list%.list}"
	done
}

name=$conf_work_name
[ "$name" ] || name=$(hostname)
once=${1-}
work_base
set -- --work-dir="$conf_work_dir" --conf="$conf_dir" --exec="$here/exec/task" --name="$name" \
    --url="$conf_work_server" --token-file="$conf_work_token_file" --key-file="$conf_work_key_file" \
    --slots="$conf_work_slots"
[ "$conf_work_source_lists" = yes ] || set -- "$@" --no-lists
[ "$conf_work_repo" = yes ] || set -- "$@" --no-repo
[ ! "$opt_once" ] || set -- "$@" --once
[ ! "$verbose" ] || set -- "$@" -v
for word in $(work_branches); do
	set -- "$@" --branch="$word"
done
set -f
for word in ${conf_work_archs:-$conf_arch}; do
	set -- "$@" --arch="$word"
done
for word in $conf_work_settings; do
	set -- "$@" --allow="$word"
done
set +f
[ "$dry" ] || trap - INT
[ ! "$dry" ] || { words aoinb-ship "$@" work ${once:+"$once"}; exit 0; }
exec aoinb-ship "$@" work ${once:+"$once"}
