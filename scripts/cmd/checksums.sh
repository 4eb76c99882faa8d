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
bundle=$1
[ "${bundle#-}" = "$bundle" ] || bundle=./$bundle
sources_bundle "$bundle" || exit
spec=$bundle/spec
records=$(aoinb-spec --format=records "$spec") || exit

# lists - the suffixes for which the spec has a list of its own, "-" for none
lists() {
	printf '%s\n' "$records" | awk -F '\t' '
		$2 ~ /^(SRCS|SRCTBL)$/ { seen["-"] }
		$2 ~ /^(SRCS|CHKSUMS)__/ { sub(/^[A-Z]*__/, "", $2); seen[$2] }
		END { for (suffix in seen) print suffix }' | LC_ALL=C sort
}

# list_begin FOLDER SUFFIX - the whole table of a list, and what of it is a file
list_begin() {
	folders "$1"
	arch=$(printf '%s\n' "$2" | tr '[:upper:]' '[:lower:]') || return
	aoinb-spec --sources --no-digests --arch="$arch" "$spec" >"$1/all" || return
	variable=$(list_variable "$2")
	printf '%s\n' "$variable" >"$1/variable" || return
	printf '%s\n' "$records" | awk -F '\t' -v name="$variable" '
		$2 == name { gsub(/\\[nt]/, " ", $3); print $3 }' >"$1/was" || return
	awk -F '\t' '$2 == "tarball" || $2 == "file" || $2 == "pypi"' "$1/all" >"$1/sources.want"
}

# list_variable SUFFIX - where its digests belong
list_variable() {
	case $1:$records in
	-:*'	SRCS	'*) echo CHKSUMS ;;
	-:*) echo CHKSUM ;;
	*) echo "CHKSUMS__$1" ;;
	esac
}

# list_row FOLDER N - the row of source N in its sources; nothing when it is no file
list_row() {
	while IFS= read -r row; do
		case $row in "$2	"*) printf '%s\n' "$row" ;; esac
	done <"$1/sources"
}

# digest_as ALGORITHM DIGEST PATH - the digest of a file of the cache, which is
# from now on found by it, too
digest_as() {
	cache=$conf_work_dir/cache/sources
	if [ "${2%%::*}" = "$1" ] && [ -e "$cache/$1/${2##*::}" ]; then
		printf '%s\n' "$2"
	else
		aoinb-fetch --cache="$cache" --user="$conf_fetch_user" --import="$cache/$3" \
		    --digest="$1" | cut -f 2
	fi
}

# list_digests FOLDER - one a source, on one line
list_digests() {
	read -r was <"$1/was" || was=''
	set -f
	# shellcheck disable=SC2086 # words
	set -- "$1" $was
	set +f
	folder=$1 words=''; shift
	while IFS='	' read -r n type _; do
		word=SKIP
		row=$(list_row "$folder" "$n") || exit 70
		if [ "$row" ]; then
			word=$(list_digest "$row" "${1-}")
			[ "$word" ] || exit 69	# aoinb-fetch said why
		fi
		words="$words${words:+ }$word"
		[ $# -eq 0 ] || shift
	done <"$folder/all"
	printf '%s\n' "$words"
}

# list_digest ROW WAS
list_digest() {
	path=${1##*	} digest=${1#*	*	} digest=${digest%%	*}
	case $2 in
	*::*) digest_as "$(printf '%s\n' "${2%%::*}" | tr '[:upper:]' '[:lower:]')" "$digest" "$path" ;;
	*) digest_as sha256 "$digest" "$path" ;;
	esac
}

suffixes=$(lists)
[ "$suffixes" ] || die 65 "$spec: names no sources that have digests"
if [ "$dry" ]; then
	sources_with
	exit 0
fi
branch=stable
job_do sweep || exit
job_new --name=checksums --branch="$branch" fetch
trap 'job_forget "$?"' EXIT
set --
for suffix in $suffixes; do
	list_begin "$job/list.$suffix" "$suffix" || exit $?
	[ -s "$job/list.$suffix/all" ] || die 65 "$spec: has no sources, says DUMMYSRC"
	set -- "$@" "$job/list.$suffix"
done
progress_begin 'fetch sources'
code=0; sources_fetch "$@" || code=$?
progress_end
[ "$code" -eq 0 ] || die "$code" "$spec: sources could not be fetched"

set --
for suffix in $suffixes; do
	read -r variable <"$job/list.$suffix/variable"
	words=$(list_digests "$job/list.$suffix") || exit $?
	printf '%s="%s"\n' "$variable" "$words"
	set -- "$@" --digests="$variable=$words"
done
[ "$opt_write" ] || exit 0
new=$(mktemp "$bundle/.spec.XXXXXX") || die 73 "$bundle: a file cannot be made there"
cp -p -- "$spec" "$new"
aoinb-spec "$@" "$spec" >"$new" || { code=$?; rm -f "$new"; exit "$code"; }
if cmp -s "$spec" "$new"; then
	rm -f "$new"
else
	mv -T "$new" "$spec"
fi
