# cache ls|gc|verify|import|export - look after the cache of sources
#
#   --json           of ls: for programs
#   --digest=DIGEST  of import: what FILE must be, ALGORITHM::HEX
#
# cache ls                     every file, what was used longest ago first
# cache gc                     remove what is past the limits of [cache] in
#                              aoinb.ini, and what killed programs left
# cache verify                 read every file, and remove what is damaged
# cache import FILE...         files that came by another way
# cache export DIGEST [FILE]   a file, or stdout, from the cache

use need lock layer job sources
[ $# -gt 0 ] || bad 'cache wants ls, gc, verify, import or export'
[ ! "$opt_digest" ] || [ "$1" = import ] || bad 'cache: --digest goes with import'
[ ! "$opt_json" ] || [ "$1" = ls ] || bad 'cache: --json goes with ls'
conf_load

# cache_with OPTION... - aoinb-fetch on the cache
cache_with() {
	aoinb-fetch --die-with-parent --cache="$conf_work_dir/cache/sources" \
	    --user="$conf_fetch_user" ${dry:+-n} ${verbose:+-v} "$@"
}

# cache_ls - for programs, sizes in bytes and the last use in seconds since 1970
cache_ls() {
	[ ! -t 1 ] && [ ! "$opt_json" ] || { cache_with --list ${opt_json:+--json}; return; }
	# USED DIGEST BYTES PATH NAME URL
	rows=$(cache_with --list) || exit
	[ ! "$rows" ] || printf '%s\n' "$rows" | awk -F '\t' -v OFS='\t' '{ print $2, $3, $1, $5, $6 }'
}

# cache_gc - what running jobs want stays.  Their tables are written under the same
# lock, so that none can find a file that we are about to remove.
cache_gc() {
	lock_take sources wait 'sources are being looked up'
	jobs=$(job_do list --running jobs) || die 70 'which jobs run cannot be told; nothing is removed'
	set -f; IFS=$nl
	for dir in $jobs; do
		set +f
		dir=$conf_work_dir/jobs/${dir%%	*}
		for table in "$dir/sources.want" "$dir"/*/sources.want; do
			[ ! -e "$table" ] || set -- "$@" --keep-table="$table"
		done
	done
	set +f; unset IFS
	cache_with --gc --cache-max-size="${conf_cache_max_size_kib}K" \
	    --cache-max-age="$conf_cache_max_age_s" ${conf_fetch_pypi:+--pypi="$conf_fetch_pypi"} \
	    "$@" </dev/null
	layer_do vcs-gc ${dry:+-n} --max-age="$conf_cache_max_age_s"
}

# cache_export DIGEST [FILE]
cache_export() {
	case $1 in
	*::*) digest=$1 ;;
	*) digest=sha256::$1 ;;
	esac
	[ $# -gt 1 ] || { cache_with --export="$digest"; return; }
	[ -f "$2" ] || [ ! -e "$2" ] || die 73 "$2: not a regular file"
	[ ! "$dry" ] || { cache_with --export="$digest"; return; }
	new=$(mktemp -- "$2.XXXXXX") || die 73 "$2: cannot be made"
	code=0
	cache_with --export="$digest" >"$new" || code=$?
	[ "$code" -eq 0 ] || { rm -f -- "$new"; exit "$code"; }
	chmod 644 -- "$new"
	mv -T -- "$new" "$2"
}

what=$1; shift
case $what in
ls|gc|verify) [ $# -eq 0 ] || bad "cache $what takes no operand" ;;
import)
	[ $# -gt 0 ] || bad 'cache import wants a FILE'
	[ $# -eq 1 ] || [ ! "$opt_digest" ] || bad 'cache import: --digest is of one FILE' ;;
export) [ $# -eq 1 ] || [ $# -eq 2 ] || bad 'cache export wants a DIGEST, and takes a FILE' ;;
*) bad "cache: $what: neither ls, gc, verify, import nor export" ;;
esac
case $what in gc|verify|import) need_root ;; esac
case $what in
ls) cache_ls ;;
gc) cache_gc ;;
verify) cache_with --verify ;;
import)
	code=0
	for file; do
		cache_with --import="$file" ${opt_digest:+--digest="$opt_digest"} ||
			code=$(sources_worst "$code" $?)
	done
	exit "$code" ;;
export) cache_export "$@" ;;
esac
