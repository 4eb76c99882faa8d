# shellcheck shell=sh
# The sources of the spec, verified, in the cache.

if [ "$dry" ]; then
	run aoinb-spec --sources --arch="$arch" "${bundle:-$job/bundle}/spec"
	cache_fetch '' ''
else
	sources_table "$job/bundle/spec" "$job" || exit $?
	code=0
	progress_begin 'fetch sources'
	sources_fetch "$job" "$job" || code=$?
	progress_end
	[ "$code" -eq 0 ] || die "$code" "job $job_id: sources could not be fetched"
fi
