# shellcheck shell=sh
# What the packages of the bundle want to be there, as a layer over the instance.

[ "${stack-}" ] || read -r stack 2>/dev/null <"$job/stack" || [ "$dry" ] ||
	die 66 "job $job_id: no layers yet; run the step instance first"
stack=${stack-}
deps_began
deps_top=${stack##* }
deps_cache=$work_dir/cache/deps/$deps_top
if [ "$dry" ]; then
	run aoinb-spec --packages --arch="$arch" -- "${bundle:-$job/bundle}"
	deps_want "${bundle:-$job/bundle}"
else
	# What an earlier try of the build left does not stand on what is to come.
	[ ! -e "$job/log" ] || rm -f "$job/rusage" "$job/samples.csv" "$job/log" "$job/code"
	[ ! -d "$job/upper" ] || job_drop_workspace "$job"
	deps_want "$job/bundle"
fi
[ "$deps_state" != bad ] || die 1 "$job_id: BUILDDEP, PKGDEP: \"$deps_from\" is no dependency"
if [ ! "$deps_wanted" ]; then
	[ "$dry" ] || deps_stand -
else
	deps_without=''
	[ ! -r "$job/without" ] || deps_without=$nl$(LC_ALL=C sort "$job/without")$nl
	deps_memo=$(printf '%s' "$deps_wanted$deps_without" | sha256sum)
	deps_memo=$deps_cache/memo.${deps_memo%% *}
	if [ "$dry" ]; then
		deps_ws=$job/resolve
		deps_in "$deps_ws" "$deps_ws/upper" resolve
		deps_in "$work_dir/layers/new" "$work_dir/layers/new/tree" install
	else
		deps_recall || deps_make
	fi
fi
