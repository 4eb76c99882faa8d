# shellcheck shell=sh
# The repository of a branch: work_dir/output/BRANCH is a flat one, for apt.
# aoinb-repo(7) tells what lies there, aoinb-repo(1) makes it.

# repo_bind BRANCH - the container sees it at /buildroot/repo, read-only
repo_bind() {
	[ "$repo_use" = yes ] || return 0
	[ "$dry" ] || [ -d "$work_dir/output/$1" ] || mkdir -p "$work_dir/output/$1"
	root_bind "$work_dir/output/$1" /buildroot/repo ro
}

# repo_lock BRANCH - for whoever wants to see it at rest
repo_lock() {
	lock_take 6 "repo.$1" wait "the packages of $1 are being indexed"
}

# repo_door VERB BRANCH [ARG]... - aoinb-repo, with what is configured
repo_door() {
	set -- "$@" --work-dir="$work_dir" --keep="$repo_keep" --valid="$(seconds "$repo_valid")"
	for key in $repo_sign; do
		set -- "$@" --sign="$key"
	done
	aoinb-repo ${dry:+--dry-run} ${verbose:+--verbose} "$@"
}
