# fetch BUNDLE... - fetch the sources of bundles, and print them
#
#   --branch=BRANCH  whose instance has the clients for version control; default
#                    stable
#
# Every file that any of them names is fetched once, all in one run.  A bundle that
# is bad is reported, and the others are fetched.

use need progress lock layer root apt instance job sources vcs
[ $# -gt 0 ] || bad 'fetch wants at least one BUNDLE'
need_root
conf_load
branch=${opt_branch:-stable}
if [ "$dry" ]; then
	for bundle; do
		bundle=$(sources_find "$bundle") || exit
		run aoinb-spec --sources --arch="$conf_arch" "$bundle/spec"
	done
	sources_with
	exit 0
fi

# fetch_table BUNDLE FOLDER - its table, when it is a bundle
fetch_table() {
	table_of=$(sources_find "$1") && sources_table "$table_of/spec" "$2"
}

job_do sweep || exit
job_new --name=fetch --branch="$branch" fetch
trap 'job_forget "$?"' EXIT
bundles=$# worst=0 n=0
while [ "$n" -lt "$bundles" ]; do
	bundle=$1; shift
	n=$((n + 1))
	folder=$job/$n
	folders "$folder"
	got=0
	fetch_table "$bundle" "$folder" || got=$?
	if [ "$got" -eq 0 ]; then
		printf '%s\n' "$bundle" >"$folder/bundle.path"
		set -- "$@" "$folder"
	else
		rm -r "$folder"
		worst=$(sources_worst "$worst" "$got")
	fi
done

progress_begin 'fetch sources'
sources_fetch "$@" || worst=$(sources_worst "$worst" $?)
progress_end
for folder; do
	IFS= read -r bundle <"$folder/bundle.path"
	# sources: N TYPE DIGEST NAME OPTIONS URL PATH
	bundle=$bundle awk -F '\t' -v OFS='\t' '
		{ print ENVIRON["bundle"], $2, $3, $4, $7, $6 }' "$folder/sources"
done
exit "$worst"
