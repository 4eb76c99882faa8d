# repo ls|index|prune BRANCH - look after the repository of a branch
#
#   --keep=N   of prune: the versions of each package that stay
#   --json     of ls: for programs
#
# ls lists its packages: name, version, architecture, size in bytes and file, with
# tabs between them when the output is not a terminal.  index reads every package
# again and makes the index anew; 65 when one is damaged.  prune removes versions past
# [repo] keep, and prints their files.

use need progress lock repo
[ $# -eq 2 ] || bad 'repo wants ls, index or prune, and a BRANCH'
case $1 in
ls|index|prune) ;;
*) bad "repo: $1: neither ls, index nor prune" ;;
esac
[ "$1" = prune ] || [ ! "$opt_keep" ] || bad 'repo: --keep goes with prune'
[ "$1" = ls ] || need_root
conf_load ${opt_keep:+--set="repo_keep=$opt_keep"}
name_ok "$2" || bad "$2: not a name for a branch"
case $1:$dry in
ls:*) dry='' ;;	# which reads only
prune:1) dry='' opt_dry=1 ;;	# aoinb-repo shows what it would remove
index:) progress_begin "index $2" ;;
esac
repo_do "$1" ${opt_dry:+-n} ${opt_json:+--json} "$2" || { code=$?; progress_end; exit "$code"; }
progress_end
