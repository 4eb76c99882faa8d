# shellcheck shell=sh
# The workspace, unless it is to be kept.

if [ ! "$dry" ] && { [ "$by_hand" ] || [ "$clean_keep" != always ]; }; then
	[ ! -d "$job/archives" ] || archives_end "$job/archives" "$(cat "$job/stack")"
	job_drop_workspace "$job"
fi
