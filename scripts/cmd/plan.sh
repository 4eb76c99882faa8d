# plan TARGET... [BRANCH] - show what would be built, in which order, and until when
#
#   -t, --tree=DIR   the tree of packages
#   --with-deps      and what they need, where apt does not have it and the tree has
#   --rebuild        and what is built already
#   --slots=N        with N builds at once
#   --json           for programs
#   --dot            for dot(1)
#
# Exits 1 when something cannot be built, since what it needs is nowhere.

use progress lock layer root names instance plan
[ $# -ge 1 ] || bad 'plan wants a TARGET and a BRANCH'
[ ! "$opt_json" ] || [ ! "$opt_dot" ] || bad 'plan: --json, or --dot'
case $opt_slots in
*[!0-9]*|?????*) bad "plan: --slots=$opt_slots: not a number of builds" ;;
esac
conf_load ${opt_tree:+--set="tree_path=$(readlink -m -- "$opt_tree")"}
added=$(instance_default "$@") || exit
set -- "$@" ${added:+"$added"}
targets=$(($# - 1))
for branch; do :; done
while [ "$targets" -gt 0 ]; do
	set -- "$@" "$1"
	shift; targets=$((targets - 1))
done
shift
instance_list "$branch" >/dev/null
plan_ask "$branch" '' --check -- "$@"
names_ready "$branch"
plan_ask "$branch" "$(names_known)" ${opt_slots:+--slots="$opt_slots"} ${opt_with_deps:+--with-deps} \
    ${opt_rebuild:+--rebuild} ${opt_json:+--json} ${opt_dot:+--dot} -- "$@"
