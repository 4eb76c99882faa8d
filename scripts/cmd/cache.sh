# cache ls|gc|verify|import|export - look after the cache of sources
#
#   --digest=DIGEST  of import: what FILE must be, ALGORITHM::HEX
#
# cache ls                     every file, what was used longest ago first
# cache gc                     remove what is past the limits of [cache] in
#                              aoinb.ini, and what killed programs left
# cache verify                 read every file, and remove what is damaged
# cache import FILE...         files that came by another way
# cache export DIGEST [FILE]   a file, or stdout, from the cache

[ $# -gt 0 ] || bad 'cache wants ls, gc, verify, import or export'
[ ! "$opt_digest" ] || [ "$1" = import ] || bad 'cache: --digest goes with import'
conf_load

# cache_with OPTION... - aoinb-fetch on the cache
cache_with() {
	aoinb-fetch --die-with-parent --cache="$work_dir/cache/sources" \
	    --user="$fetch_user" ${dry:+-n} ${verbose:+-v} "$@"
}

# cache_ls - for programs, sizes in bytes and the last use in seconds since 1970
cache_ls() {
	# USED DIGEST BYTES PATH NAME URL
	cache_with --list | if [ -t 1 ]; then
		awk -F '\t' -v OFS='\t' -v now="$(date +%s)" '
			function age(s) {
				if (s < 120) return s "s"
				if (s < 7200) return int(s / 60) "m"
				if (s < 172800) return int(s / 3600) "h"
				return int(s / 86400) "d"
			}
			function size(k) {
				if (k < 10240) return k "K"
				if (k < 10485760) return int(k / 1024) "M"
				return int(k / 1048576) "G"
			}
			BEGIN { print "DIGEST", "SIZE", "USED", "NAME", "URL" }
			{
				# A digest that can be told from others, in a column.
				print substr($2, 1, index($2, "::") + 13), size(int(($3 + 1023) / 1024)),
				    age(now - $1), $5, $6
			}' | column -t -s "$(printf '\t')"
	else
		awk -F '\t' -v OFS='\t' '{ print $2, $3, $1, $5, $6 }'
	fi
}

# cache_gc - what running jobs want stays.  Their tables are written under the
# same lock, so that none can find a file that we are about to remove.
cache_gc() {
	lock_take 7 sources wait 'sources are being looked up'
	for dir in "$work_dir"/jobs/*; do
		[ -d "$dir" ] && job_running "${dir##*/}" || continue
		cat "$dir/table" "$dir"/*/table 2>/dev/null
	done | { sources_list 2>/dev/null || :; } |	# bad ones name nothing in the cache
	    cache_with --gc --cache-max-size="$cache_max_size" --cache-max-age="$cache_max_age"
	cache_gc_mirrors
}

# cache_gc_mirrors - repositories that nobody has used for longer than max_age, nor
# for a day: a build reads them as long as it runs
cache_gc_mirrors() {
	age=$(seconds "$cache_max_age")
	[ "$age" -gt 0 ] && [ -d "$work_dir/cache/vcs" ] || return 0
	[ "$age" -ge 86400 ] || age=86400
	find "$work_dir/cache/vcs" -mindepth 3 -maxdepth 3 -name url -type f \
	    ! -newermt "@$(($(date +%s) - age))" | while read -r url; do
		cat "$url"
		[ "$dry" ] || trash "${url%/url}"
	done
	[ "$dry" ] || trash_empty
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
case $what in
gc|verify|import) need_root ;;
esac
case $what in
ls) cache_ls ;;
gc) cache_gc ;;
verify) cache_with --verify ;;
import)
	code=0
	for file; do
		cache_with --import="$file" ${opt_digest:+--digest="$opt_digest"} ||
			code=$(code_worst "$code" $?)
	done
	exit "$code" ;;
export) cache_export "$@" ;;
esac
