# shellcheck shell=sh
# Sources: what specs name, verified, in the cache.  A FOLDER is a job, or stands
# for one, and has in it
#
#   table     the spec's sources, as aoinb-spec(1) prints them
#   sources   the same as they were fetched: the digest that a file really has, and
#             a seventh field, its path in the cache; "-" for what is not there

# sources_table SPEC FOLDER - writes the table.  The lock makes sure that whoever
# tidies the cache sees either the table or nothing of ours in use.
sources_table() {
	lock_take 7 sources wait-shared 'the cache is being tidied'
	table_code=0
	aoinb-spec --sources --arch="$arch" "$1" >"$2/table" || table_code=$?
	lock_drop 7
	return "$table_code"
}

# sources_list [TABLE]... - a list for aoinb-fetch(1): each file once, whoever
# wants it
sources_list() {
	awk -F '\t' -v OFS='\t' '
		($2 == "tarball" || $2 == "file") && tolower($6) !~ /^file:/ &&
		    !seen[$6 FS $3]++ { print $6, $3, $4 }' "$@"
}

# sources_refuse TABLE... - says what is not taken from a spec; 65 when there is
# such a thing.  The user who fetches may see more than who wrote the spec.
sources_refuse() {
	awk -F '\t' '
		tolower($6) ~ /^file:/ {
			print "aoinb: " $6 ": file: URLs are not taken from a spec" >"/dev/stderr"
			bad = 65
		}
		END { exit bad }' "$@"
}

# sources_join FETCHED TABLE - the table with what the records FETCHED say.  What
# came without a digest lies below url/, so two who want one URL, one of them by
# digest, do not get the other's.
sources_join() {
	# fetched: STATE DIGEST BYTES PATH NAME URL
	# table: N TYPE DIGEST NAME OPTIONS URL
	awk -F '\t' -v OFS='\t' '
		FILENAME == ARGV[1] {
			key = $6 FS ($4 ~ /^url\// ? "SKIP" : $2)
			path[key] = $4
			digest[key] = $2
			next
		}
		{
			key = $6 FS $3
			if (key in path && ($2 == "tarball" || $2 == "file"))
				print $1, $2, digest[key], $4, $5, $6, path[key]
			else
				print $0, "-"
		}' "$1" "$2"
}

# sources_fetch SCRATCH FOLDER... - fetches what the tables of all FOLDERs name, in
# one run, and writes their sources.  SCRATCH is a folder for the list and the
# records.  Everything that can be had is fetched before a failure is returned.
sources_fetch() {
	sources_in=$1; shift
	fetch_code=0
	for folder; do
		cat "$folder/table"
	done >"$sources_in/tables"
	sources_refuse "$sources_in/tables" || fetch_code=$?
	sources_list "$sources_in/tables" >"$sources_in/wanted"
	rm "$sources_in/tables"
	: >"$sources_in/fetched"
	[ ! -s "$sources_in/wanted" ] ||
		cache_fetch "$sources_in/wanted" "$sources_in/fetched" ||
		fetch_code=$(code_worst "$fetch_code" $?)
	for folder; do
		sources_join "$sources_in/fetched" "$folder/table" >"$folder/sources"
		vcs_fetch "$folder" || fetch_code=$(code_worst "$fetch_code" $?)
	done
	return "$fetch_code"
}

# sources_end CODE - of a job that was made to fetch only: nothing of it stays
# but what is in the cache
sources_end() {
	trap '' INT TERM HUP
	trap - EXIT
	progress_end
	trash "$job"
	rm -f "$work_dir/lock/job.$job_id"
	trash_empty
	exit "$1"
}

# code_worst CODE CODE - the one to end with: the lowest that is no success, as
# aoinb-fetch(1) has it
code_worst() {
	if [ "$1" -eq 0 ] || { [ "$2" -ne 0 ] && [ "$2" -lt "$1" ]; }; then
		echo "$2"
	else
		echo "$1"
	fi
}
