# shellcheck shell=bash
# Checks sources out of version control, with the clients found in here.

# vcs_fetch TYPE URL OPTIONS DIR
vcs_fetch() {
	local commit
	command -v "$1" >/dev/null || die 69 "$2: $1 is not installed in here"
	[ ! -e "$4" ] || die 73 "$4: is there already"
	commit=$(option_get commit "$3")
	case $1 in
	git) vcs_git "$2" "$3" "$4" "$commit" ;;
	svn)
		svn export --quiet --non-interactive --ignore-externals \
		    --revision "${commit:-HEAD}" "$2" "$4" ;;
	hg)
		hg --quiet clone --updaterev "${commit:-default}" -- "$2" "$4" &&
		    rm -rf "$4/.hg" ;;
	bzr) bzr export --quiet --revision "${commit:--1}" "$4" "$2" ;;
	fossil)
		mkdir "$4" && fossil clone "$2" "$4.fossil" &&
		    (cd "$4" && fossil open "../${4##*/}.fossil" "${commit:-trunk}") &&
		    rm -f "$4.fossil" "$4/.fslckout" ;;
	esac || die 69 "$2: $1 could not fetch it"
}

# The whole repository is cloned, bare and beside the build folder: a commit
# need not be on the tip of any branch, and builds ask for its history.
vcs_git() {
	local url=$1 options=$2 dir=$3 want=$4 bare
	[ -n "$want" ] || want=$(option_get branch "$options")
	bare=$PWD.vcs/$dir
	rm -rf "$bare"
	git clone --quiet --bare -- "$url" "$bare" || return
	git -C "$bare" rev-parse --quiet --verify "${want:-HEAD}^{commit}" >/dev/null ||
	    git -C "$bare" fetch --quiet origin "$want:refs/aoinb/wanted" ||
	    die 65 "$url: has no commit $want"
	want=$(git -C "$bare" rev-parse "${want:-HEAD}^{commit}") &&
	    git -C "$bare" update-ref --no-deref HEAD "$want" &&
	    vcs_git_tree "$want" &&
	    vcs_git_script
}

# vcs_git_tree COMMIT - the working tree, with its submodules; relative urls of
# submodules are meant relative to the real repository.
vcs_git_tree() {
	local submodule recursive=--recursive
	git clone --quiet --no-checkout -- "$bare" "$dir" &&
	    git -C "$dir" config remote.origin.url "$url" &&
	    git -C "$dir" -c advice.detachedHead=false checkout --quiet --detach "$1" ||
	    return
	submodule=$(option_get submodule "$options")
	[ "$submodule" != true ] || recursive=
	if [ "$submodule" != false ] && [ -f "$dir/.gitmodules" ]; then
		git -C "$dir" submodule --quiet update --init ${recursive:+"$recursive"} ||
		    return
	fi
	[ "$(option_get copy-repo "$options")" = true ] ||
	    find "$dir" -name .git -prune -exec rm -rf {} +
}

# What the defines source, so that a build can ask for the repository.
vcs_git_script() {
	printf 'ACBS_SRC=%q\n' "$bare" >.acbs-script
	cat >>.acbs-script <<-'END'
	acbs_copy_git() {
		rm -rf .git &&
		    cp -a "$ACBS_SRC" .git &&
		    git config --file .git/config core.bare false
	}
	END
}
