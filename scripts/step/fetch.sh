# shellcheck shell=sh
# The sources of the spec, verified, in the cache.  Files are fetched here; what
# version control keeps is fetched in the container by its own client.

spec=$job/bundle/spec
[ ! "$dry" ] || spec=$bundle/spec
if [ "$dry" ]; then
	run aoinb-spec --sources --arch="$arch" "$spec"
	cache_fetch '' ''
else
	aoinb-spec --sources --arch="$arch" "$spec" >"$job/table" || exit $?
	: >"$job/wanted"
	: >"$job/fetched"
	# table: N TYPE DIGEST NAME OPTIONS URL
	while IFS='	' read -r _ type digest name _ url; do
		case $type in
		tarball|file) ;;
		*) continue ;;
		esac
		# The fetch runs with our rights: a bundle must not name our files.
		case $url in
		[Ff][Ii][Ll][Ee]:*) die 65 "$url: file: URLs are not taken from a spec" ;;
		esac
		printf '%s\t%s\t%s\n' "$url" "$digest" "$name" >>"$job/wanted"
	done <"$job/table"
	if [ -s "$job/wanted" ]; then
		progress_begin 'fetch sources'
		code=0
		cache_fetch "$job/wanted" "$job/fetched" || code=$?
		progress_end
		[ "$code" -eq 0 ] || die "$code" "job $job_id: sources could not be fetched"
	fi
	# fetched: STATE DIGEST BYTES PATH NAME URL
	awk -F '\t' -v OFS='\t' '
		FILENAME == ARGV[1] { path[$6 FS $5] = $4; digest[$6 FS $5] = $2; next }
		($6 FS $4) in path { print $1, $2, digest[$6 FS $4], $4, $5, $6, path[$6 FS $4]; next }
		{ print $0, "-" }' "$job/fetched" "$job/table" >"$job/sources"
fi
