# shellcheck shell=sh
# The packages: from the workspace to output/BRANCH, each by one rename, and into
# the index there.

if [ ! "$dry" ]; then
	read -r code 2>/dev/null <"$job/code" || code=''
	[ "$code" = 0 ] ||
		die 66 "job $job_id: nothing to collect; the step run did not succeed"
	set -- "$job"/output/*.deb
	code=1
	: >"$job/packages"
	if [ -e "$1" ] || [ -L "$1" ]; then
		code=0
		repo_door add "$branch" "$@" >"$job/packages" || code=$?
	fi
	[ "$code" -le 1 ] || exit "$code"
	[ -s "$job/packages" ] || {
		say "$job_id: the build made no package; the log is $job/log"
		exit 1
	}
	built_write
	while IFS='	' read -r _ _ deb; do
		printf '%s\n' "$work_dir/output/$branch/$deb"
	done <"$job/packages"
fi
