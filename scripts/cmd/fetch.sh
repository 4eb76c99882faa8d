# fetch BUNDLE... - fetch the sources of bundles, and print them
#
#   --branch=BRANCH  whose instance has the clients for version control; default
#                    stable
#
# Every file that any of them names is fetched once, all in one run.  A bundle that
# is bad is reported, and the others are fetched.

[ $# -gt 0 ] || bad 'fetch wants at least one BUNDLE'
need_root
conf_load
branch=${opt_branch:-stable}
if [ "$dry" ]; then
	for bundle; do
		run aoinb-spec --sources --arch="$arch" "$bundle/spec"
	done
	cache_fetch '' ''
	exit 0
fi

jobs_sweep
job_new fetch fetch
trap 'sources_end $?' EXIT
echo "$branch" >"$job/branch"
bundles=$# code=0 n=0
while [ "$n" -lt "$bundles" ]; do
	bundle=$1; shift
	n=$((n + 1))
	folder=$job/$n
	mkdir "$folder"
	got=0
	(bundle_check "$bundle") && sources_table "$bundle/spec" "$folder" || got=$?
	if [ "$got" -eq 0 ]; then
		printf '%s\n' "$bundle" >"$folder/bundle.path"
		set -- "$@" "$folder"
	else
		rm -r "$folder"
		code=$(code_worst "$code" "$got")
	fi
done

progress_begin 'fetch sources'
sources_fetch "$job" "$@" || code=$(code_worst "$code" $?)
progress_end
for folder; do
	read -r bundle <"$folder/bundle.path"
	# sources: N TYPE DIGEST NAME OPTIONS URL PATH
	bundle=$bundle awk -F '\t' -v OFS='\t' '
		{ print ENVIRON["bundle"], $2, $3, $4, $7, $6 }' "$folder/sources"
done
exit "$code"
