# shellcheck shell=bash
# git.  In a mirror, repo.git is bare and has every branch and tag of the server;
# modules/KEY.git are the repositories of the submodules, by the hash of their
# URL.  They lie within, and not beside, so that one repository has no way into
# the mirror of another.  refs/aoinb/ID keeps what was wanted once.

# git_environment - lets git read no configuration of this machine, ask no questions and run
# no hooks; and use only protocols that cannot run or read anything here, whatever a
# submodule says
git_environment() {
	export GIT_ALLOW_PROTOCOL=${GIT_ALLOW_PROTOCOL:-http:https:git} \
	    GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_TERMINAL_PROMPT=0 \
	    GIT_ASKPASS=/bin/false GIT_ATTR_NOSYSTEM=1 GIT_CONFIG_COUNT=6 \
	    GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/dev/null \
	    GIT_CONFIG_KEY_1=credential.helper GIT_CONFIG_VALUE_1="" \
	    GIT_CONFIG_KEY_2=gc.autoDetach GIT_CONFIG_VALUE_2=false \
	    GIT_CONFIG_KEY_3=safe.directory GIT_CONFIG_VALUE_3='*' \
	    GIT_CONFIG_KEY_4=init.defaultBranch GIT_CONFIG_VALUE_4=main \
	    GIT_CONFIG_KEY_5=submodule.recurse GIT_CONFIG_VALUE_5=false
}

# git_update, git_known and git_place use the variables of vcs_update and the
# others.
git_update() {
	vcs_client git || die 69 "$url: $why"
	git_have "$mirror/repo.git" "$url" "$want"
	git_modules_do "$mirror/repo.git" "$commit" "$url" git_module_update
}

git_known() {
	command -v git >/dev/null && commit=$(git_resolve "$mirror/repo.git" "$want") &&
	    (git_modules_do "$mirror/repo.git" "$commit" "$url" git_module_known)
}

git_place() {
	local beside=$PWD.vcs/$name.git
	command -v git >/dev/null || die 69 "$url: git is not installed in here"
	git_tree "$mirror/repo.git" "$commit" "$url" "$name"
	rm -rf "$beside"
	cp -a "$name/.git" "$beside"
	git_script "$beside"
	[ "$copy_repo" = true ] ||
	    find "$name" -name .git -prune -exec rm -rf {} +
}

# git_script REPO - writes the file that the defines source, so that a build can ask for
# the repository
git_script() {
	printf 'ACBS_SRC=%q\n' "$1" >.acbs-script
	cat >>.acbs-script <<-'END'
	acbs_copy_git() {
		rm -rf .git && cp -a "$ACBS_SRC" .git
	}
	END
}

git_full() {
	[[ $1 =~ ^[0-9a-f]{40}$ ]]
}

# git_resolve REPO WANT - the commit that it is there
git_resolve() {
	[ -d "$1" ] && git -C "$1" rev-parse --quiet --verify "${2:-refs/aoinb/HEAD}^{commit}"
}

# git_have REPO URL WANT - sets commit, which is in REPO then
git_have() {
	local repo=$1 url=$2 want=$3 code=0
	if git_full "$want" && commit=$(git_resolve "$repo" "$want"); then
		return
	fi
	git_get_all || { git_unlock && git_get_all; } || code=$?
	if [ "$code" -ne 0 ] && [ -d "$repo" ] &&
	    vcs_run git ls-remote --quiet -- "$url" HEAD >/dev/null; then
		warn "$url: its mirror is damaged, and is made anew"
		mv "$repo" "$mirror/new.broken"
		code=0
		git_get_all || code=$?
		[ "$code" -eq 0 ] || { rm -rf "$repo"; mv "$mirror/new.broken" "$repo"; }
	fi
	if commit=$(git_resolve "$repo" "$want"); then
		[ "$code" -eq 0 ] || warn "$url: $why; goes on with $commit of the cache"
	elif [ "$code" -ne 0 ]; then
		die 69 "$url: $why"
	else
		git_get_more || die 65 "$url: has no commit ${want:-at all}"
	fi
	[ -e "$repo/refs/aoinb/$commit" ] ||
	    git -C "$repo" update-ref "refs/aoinb/$commit" "$commit"
}

# git_unlock - removes the locks of a git that was killed; 1 when there were none.  The
# mirror's own lock is ours, so no other git works there.
git_unlock() {
	find "$repo" -path "$repo/objects" -prune -o -name '*.lock' -print -exec rm -f {} + | grep . >/dev/null
}

# git_get_all - every branch and tag, since a build may name its version by them
git_get_all() {
	local refs=('+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*')
	[ -n "$want" ] || refs+=('+HEAD:refs/aoinb/HEAD')
	if [ ! -d "$repo" ]; then
		mkdir -p "${repo%/*}" && rm -rf "$mirror/new.git" &&
		    git init --quiet --bare --template= "$mirror/new.git" &&
		    mv "$mirror/new.git" "$repo" || return
	fi
	git_get --prune "${refs[@]}"
}

# git_get_more - a commit that is on no branch: asks for just that, which not every
# server allows, then for all that the server shows
git_get_more() {
	if git_full "$want" && git_get "$want:refs/aoinb/$want" >/dev/null; then
		commit=$want
		return
	fi
	git_get '+refs/*:refs/all/*' && commit=$(git_resolve "$repo" "$want")
}

# git_get [--prune] REFSPEC...
git_get() {
	local prune=
	[ "$1" != --prune ] || { prune=--prune; shift; }
	vcs_run git -C "$repo" -c fetch.unpackLimit=1 fetch ${prune:+"$prune"} --progress --no-tags \
	    --no-write-fetch-head --no-auto-maintenance --no-recurse-submodules -- "$url" "$@" || return
	# Only what came can want to be packed anew.
	if [[ $repo/objects/pack -nt $repo/maintained ]]; then
		git -C "$repo" maintenance run --auto --quiet && : >"$repo/maintained"
	fi
}

# git_modules_do REPO COMMIT URL PROG - PROG REPO COMMIT URL PATH for each of its
# submodules that the options want
git_modules_do() {
	local lines line depth=$((${depth:-0} + 1)) id path
	local -A urls=()
	case $submodule:$depth in
	false:* | true:[!1]*) return 0 ;;
	esac
	git -C "$1" cat-file -e "$2:.gitmodules" 2>/dev/null || return 0
	[ "$depth" -le 20 ] || die 65 "$3: submodules nested too deeply"
	git_modules_read "$1" "$2"
	mapfile -d '' -t lines < <(git -C "$1" ls-tree -r -z "$2" | grep -z '^160000 ')
	for line in "${lines[@]}"; do
		id=${line%%$'\t'*} path=${line#*$'\t'}
		id=${id##* }
		# A submodule without an address is none: git leaves it empty too.
		[ -n "${urls[$path]-}" ] || continue
		line=$(git_url "$3" "${urls[$path]}")
		vcs_allowed "$line" "$GIT_ALLOW_PROTOCOL" ||
		    die 65 "$3: submodule $path: $line: not by ${GIT_ALLOW_PROTOCOL//:/, }"
		"$4" "$mirror/modules/$(vcs_key "$line").git" "$id" "$line" "$path"
	done
}

# git_modules_read REPO COMMIT - sets urls, by path
git_modules_read() {
	local entries entry key value
	local -A path_of=() url_of=()
	mapfile -d '' -t entries < <(git -C "$1" config -z --blob "$2:.gitmodules" --list)
	wait $! || die 65 "$url: .gitmodules of $2 cannot be read"
	for entry in "${entries[@]}"; do
		key=${entry%%$'\n'*} value=${entry#*$'\n'}
		case $key in
		submodule.*.path) path_of[${key%.path}]=$value ;;
		submodule.*.url) url_of[${key%.url}]=$value ;;
		esac
	done
	for key in "${!path_of[@]}"; do
		[ -z "${path_of[$key]}" ] || urls[${path_of[$key]}]=${url_of[$key]-}
	done
}

# git_url BASE URL - a submodule's, which may be relative to its parent's
git_url() {
	local base=${1%/} url=$2
	case $url in
	./* | ../*) ;;
	*) printf '%s\n' "$url"; return ;;
	esac
	while :; do
		case $url in
		../*) url=${url#../} base=${base%/*} ;;
		./*) url=${url#./} ;;
		*) break ;;
		esac
	done
	printf '%s/%s\n' "$base" "$url"
}

git_module_update() {
	local commit
	say "fetch submodule $4 from $3"
	git_have "$1" "$3" "$2"
	git_modules_do "$1" "$2" "$3" git_module_update
}

git_module_known() {
	git_resolve "$1" "$2" >/dev/null || exit 1
	git_modules_do "$1" "$2" "$3" git_module_known
}

# git_tree REPO COMMIT URL DIR - a working tree with its submodules, which shares
# the objects of REPO
git_tree() {
	local dir=$4
	if ! git_share "$@" || ! vcs_run git -C "$dir" reset --hard --quiet; then
		die 65 "$3: $2 cannot be checked out: $why"
	fi
	git_modules_do "$1" "$2" "$3" git_module_tree
}

git_module_tree() {
	[ "$(realpath -- "$dir/$4")" = "$(realpath -- "$dir")/$4" ] ||
	    die 65 "$url: the path of the submodule $4 leads elsewhere"
	git_tree "$1" "$2" "$3" "$dir/$4"
}

# git_share REPO COMMIT URL DIR - a repository on COMMIT in DIR, with the branches
# and tags of REPO
git_share() {
	why='git failed'
	git init --quiet --template= -- "$4" &&
	    printf '%s/objects\n' "$(realpath -- "$1")" >"$4/.git/objects/info/alternates" &&
	    git -C "$1" for-each-ref --format='%(objectname) %(refname)' refs/heads refs/tags \
	        >"$4/.git/packed-refs" &&
	    git -C "$4" config remote.origin.url "$3" &&
	    git -C "$4" update-ref --no-deref HEAD "$2"
}
