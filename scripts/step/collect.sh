# shellcheck shell=sh
# The packages: from the workspace to output/BRANCH, each by one rename, and into
# the index there.

if [ ! "$dry" ]; then
	read -r code 2>/dev/null <"$job/code" || code=''
	[ "$code" = 0 ] ||
		die 66 "job $job_id: nothing to collect; the step run did not succeed"
	[ -d "$work_dir/output/$branch" ] || mkdir -p "$work_dir/output/$branch"
	: >"$job/packages"
	repo_lock "$branch"
	for deb in "$job"/output/*.deb; do
		[ -f "$deb" ] && [ ! -L "$deb" ] && name_ok "${deb##*/}" || {
			[ ! -e "$deb" ] || say "$job_id: ${deb##*/} is not the name of a package; left out"
			continue
		}
		[ -O "$deb" ] && [ -G "$deb" ] || chown 0:0 "$deb"
		chmod 644 "$deb"
		digest=$(sha256sum <"$deb")
		printf 'sha256::%s\t%s\t%s\n' "${digest%% *}" "$(stat -c %s "$deb")" \
		    "${deb##*/}" >>"$job/packages"
		repo_newer "$deb" "$work_dir/output/$branch/${deb##*/}"
		mv -T "$deb" "$work_dir/output/$branch/${deb##*/}"
		printf '%s\n' "$work_dir/output/$branch/${deb##*/}"
	done
	[ ! -s "$job/packages" ] || repo_index "$branch"
	lock_drop 6
	[ -s "$job/packages" ] || {
		say "$job_id: the build made no package; the log is $job/log"
		exit 1
	}
	built_write
fi
