# shellcheck shell=sh
# The repository of a branch; aoinb-repo(1) knows what lies there.

# repo_do VERB BRANCH [ARG]... - aoinb-repo with the settings of [repo]
repo_do() {
	set -f
	for repo_key in $conf_repo_sign; do
		set -- --sign="$repo_key" "$@"
	done
	set +f
	run aoinb-repo --work-dir="$conf_work_dir" --keep="$conf_repo_keep" \
	    --valid="$conf_repo_valid_s" "$@"
}
