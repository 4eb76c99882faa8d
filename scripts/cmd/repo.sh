# repo ls|index|prune BRANCH - look after the repository of a branch
#
#   --keep=N   of prune: the versions of each package that stay
#
# ls lists its packages: name, version, architecture, size in bytes and file, with
# tabs between them when the output is not a terminal.  index reads every package
# again and makes the index anew; 65 when one is damaged.  prune removes versions past
# [repo] keep, and prints their files.

[ $# -eq 2 ] || bad 'repo wants ls, index or prune, and a BRANCH'
what=$1 branch=$2
case $what in
ls|index|prune) ;;
*) bad "repo: $what: neither ls, index nor prune" ;;
esac
[ "$what" = prune ] || [ ! "$opt_keep" ] || bad 'repo: --keep goes with prune'
[ "$what" = ls ] || need_root
conf_load ${opt_keep:+--set="repo_keep=$opt_keep"}
name_ok "$branch" || bad "$branch: not a name for a branch"
[ -d "$work_dir/output/$branch" ] ||
	die 66 "repository $branch: there is none; nothing has been built for that branch"
repo_names "$branch"

# repo_ls - from the index
repo_ls() {
	[ -e "$repo_out/Packages" ] ||
		die 66 "repository $branch: it has no index; run aoinb repo index $branch"
	awk -v head="$1" '
		BEGIN { OFS = "\t"; if (head) print "PACKAGE", "VERSION", "ARCH", "SIZE", "FILE" }
		/^[A-Z]/ { i = index($0, ": "); f[substr($0, 1, i - 1)] = substr($0, i + 2) }
		/^$/ {
			print f["Package"], f["Version"], f["Architecture"], f["Size"], f["Filename"]
			split("", f)
		}' "$repo_out/Packages"
}

case $what in
ls)
	if [ -t 1 ]; then repo_ls 1 | column -t -s "$(printf '\t')"; else repo_ls ''; fi ;;
index)
	[ ! "$dry" ] || { run apt-ftparchive generate "$repo_cache/conf"; exit; }
	progress_begin "index $branch"
	repo_lock "$branch"
	rm -f "$repo_cache/db"
	repo_index "$branch"
	lock_drop 6
	progress_end
	[ ! "$repo_bad" ] || exit 65 ;;
prune)
	[ "$repo_keep" -gt 0 ] ||
		die 78 "repository $branch: every version stays; set [repo] keep, or give --keep=N"
	if [ "$dry" ]; then
		repo_old
	else
		repo_update "$branch"
		printf %s "$repo_pruned"
	fi ;;
esac
