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
[ "$what" != index ] || progress_begin "index $branch"
code=0
repo_door "$what" "$branch" || code=$?
progress_end
exit "$code"
