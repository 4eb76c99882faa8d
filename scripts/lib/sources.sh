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
	aoinb-spec --sources --arch="$arch" -- "$1" >"$2/table" || table_code=$?
	lock_drop 7
	return "$table_code"
}

# What awk needs to know of a row of a table: whether it is a file, where that is
# asked for, and what is wrong with it.
# table: N TYPE DIGEST NAME OPTIONS URL
# shellcheck disable=SC2016 # awk's own words
sources_awk='
	function put(text, key, value,   at) {
		while ((at = index(text, key)))
			text = substr(text, 1, at - 1) value substr(text, at + length(key))
		return text
	}
	function version(   all) {
		all = ";" $5 ";"
		match(tolower(all), /;version=[^;]*/)
		return substr(all, RSTART + 9, RLENGTH - 9)
	}
	function is_file() {
		return $2 == "tarball" || $2 == "file" || $2 == "pypi"
	}
	function url(   place) {
		if ($2 != "pypi")
			return $6
		place = put(ENVIRON["fetch_pypi"], "{initial}", substr($6, 1, 1))
		return put(put(place, "{name}", $6), "{version}", version())
	}
	function wrong() {
		# The user who fetches may see more than who wrote the spec.
		if (tolower($6) ~ /^file:/)
			return "file: URLs are not taken from a spec"
		if ($2 != "pypi")
			return ""
		if ($6 !~ /^[A-Za-z0-9._-]+$/ || version() !~ /^[A-Za-z0-9._+!-]+$/)
			return "not a name and a version of PyPI"
		if (ENVIRON["fetch_pypi"] == "")
			return "[fetch] pypi in aoinb.ini does not say where PyPI is"
		return ""
	}'
export fetch_pypi

# sources_list [TABLE]... - a list for aoinb-fetch(1): each file once, whoever
# wants it.  Says what is not taken from a spec; 65 when there is such a thing.
sources_list() {
	awk -F '\t' -v OFS='\t' "$sources_awk"'
		wrong() != "" {
			print "aoinb: " $6 ": " wrong() >"/dev/stderr"
			bad = 65
			next
		}
		is_file() && !seen[url() FS $3]++ { print url(), $3, $4 }
		END { exit bad }' "$@"
}

# sources_join FETCHED TABLE - the table with what the records FETCHED say.  What
# came without a digest lies below url/, so two who want one URL, one of them by
# digest, do not get the other's.
sources_join() {
	# fetched: STATE DIGEST BYTES PATH NAME URL
	awk -F '\t' -v OFS='\t' "$sources_awk"'
		FILENAME == ARGV[1] {
			key = $6 FS ($4 ~ /^url\// ? "SKIP" : $2)
			path[key] = $4
			digest[key] = $2
			next
		}
		is_file() && (key = url() FS $3) in path {
			print $1, $2, digest[key], $4, $5, $6, path[key]
			next
		}
		{ print $0, "-" }' "$1" "$2"
}

# source_is_page FILE - whether a web page came in place of an archive
source_is_page() {
	page=$(head -c 512 "$1" | tr -d '\0' | tr -s '[:space:]' ' ' | tr '[:upper:]' '[:lower:]')
	case ${page# } in
	'<!doctype html'*|'<html'*) ;;
	*) return 1 ;;
	esac
}

# sources_pages SOURCES - says which archives are web pages, when no digest could
# tell; 65 when there is one
sources_pages() {
	pages=0
	# Most have none, and sh reads a table byte by byte.
	! grep -q '	tarball	.*	url/[^	]*$' "$1" || while IFS='	' read -r _ type _ _ _ url path; do
		case $type:$path in
		tarball:url/*) ;;
		*) continue ;;
		esac
		! source_is_page "$work_dir/cache/sources/$path" || {
			say "$url: a web page came in place of the archive"
			pages=65
		}
	done <"$1"
	return "$pages"
}

# sources_fetch SCRATCH FOLDER... - fetches what the tables of all FOLDERs name, in
# one run, and writes their sources.  SCRATCH is a folder for the list and the
# records.  Everything that can be had is fetched before a failure is returned.
sources_fetch() {
	sources_in=$1; shift
	fetch_code=0
	for folder; do
		set -- "$@" "$folder/table"; shift
	done
	[ $# -gt 0 ] || return 0
	sources_list "$@" >"$sources_in/wanted" || fetch_code=$?
	: >"$sources_in/fetched"
	[ ! -s "$sources_in/wanted" ] ||
		cache_fetch "$sources_in/wanted" "$sources_in/fetched" ||
		fetch_code=$(code_worst "$fetch_code" $?)
	for folder; do
		folder=${folder%/table}
		sources_join "$sources_in/fetched" "$folder/table" >"$folder/sources"
		sources_pages "$folder/sources" || fetch_code=$(code_worst "$fetch_code" $?)
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
