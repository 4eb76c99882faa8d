# checksums BUNDLE - compute the CHKSUMS of a bundle's spec, and print them
#
#   -w, --write   write them into the spec, too
#
# Every file is asked for anew, whatever the spec says that it is.  An entry keeps
# its algorithm; the default is sha256.  Repositories are SKIP.

use need progress lock layer root apt instance job sources vcs
[ $# -eq 1 ] || bad 'checksums wants a BUNDLE'
need_root
conf_load
spec=$(sources_find "$1")/spec || exit
[ ! "$dry" ] || { sources_with; exit 0; }
branch=stable
job_do sweep || exit
job_new --name=checksums --branch="$branch" fetch
trap 'job_forget "$?"' EXIT
aoinb-bundle want "$spec" "$job" || exit
progress_begin 'fetch sources'
code=0; sources_fetch "$job"/list.* || code=$?
progress_end
[ "$code" -eq 0 ] || die "$code" "$spec: sources could not be fetched"
aoinb-bundle --cache="$conf_work_dir/cache/sources" ${opt_write:+--write} sums "$spec" "$job" || exit
while IFS='	' read -r algo file; do
	aoinb-fetch --cache="$conf_work_dir/cache/sources" --user="$conf_fetch_user" --import="$file" \
	    --digest="$algo" >/dev/null || exit
done <"$job/imports"
