# shellcheck shell=bash
# Subversion, Mercurial, Bazaar and Fossil.  In a mirror, tree/ID is a tar of the
# tree at ID, with one folder on top, so whoever places it needs no client; known
# has lines of "NAME ID", what names stood for when the server was last asked;
# and repo is the client's own clone.  Subversion has none: a clone of a whole
# server to build one revision is no saving.
#
# Each TYPE has
#   tree_TYPE_final           whether want is an ID, which always stands for the same
#   tree_TYPE_clone REPO      the repository, anew
#   tree_TYPE_pull REPO       what is new, into one that may have been left half done
#   tree_TYPE_resolve REPO    prints the ID of want
#   tree_TYPE_export REPO ID FILE

tree_update() {
	tree_want
	if "tree_${type}_final" && [ -e "$mirror/tree/$want" ]; then
		commit=$want
		return
	fi
	if ! vcs_client "$type" || ! tree_refresh; then
		tree_known || die 69 "$url: $why"
		warn "$url: $why; goes on with $commit of the cache"
		return
	fi
	if ! commit=$("tree_${type}_resolve" "$mirror/repo" 2>"$words") ||
	    ! tree_id "$commit" || [[ $commit == */* ]]; then
		die 65 "$url: has no commit $want"
	fi
	if [ ! -e "$mirror/tree/$commit" ]; then
		mkdir -p "$mirror/tree"
		vcs_run "tree_${type}_export" "$mirror/repo" "$commit" "$mirror/new.tar" ||
		    die "$(tree_code)" "$url: $why"
		sync "$mirror/new.tar"
		mv "$mirror/new.tar" "$mirror/tree/$commit"
	fi
	{
		printf '%s %s\n' "$want" "$commit"
		[ ! -e "$mirror/known" ] || want=$want awk '$1 != ENVIRON["want"]' "$mirror/known"
	} >"$mirror/new.known"
	mv "$mirror/new.known" "$mirror/known"
}

# tree_code - the exit code for a tree that cannot be exported.  A server of Subversion
# is asked for the revision only now, and may say that there is none.
tree_code() {
	if [[ $why == 'svn: E1600'* ]]; then echo 65; else echo 69; fi
}

# tree_refresh - brings the clone up to date; makes it anew when that fails, since the
# reason may be the clone itself
tree_refresh() {
	if [ "$type" = svn ]; then
		tree_svn_final || vcs_run tree_svn_run info -- "$url@"
		return
	fi
	if [ -e "$mirror/repo" ] && vcs_run "tree_${type}_pull" "$mirror/repo"; then
		return
	fi
	vcs_run "tree_${type}_clone" "$mirror/new.repo" || return
	rm -rf "$mirror/repo"
	mv "$mirror/new.repo" "$mirror/repo"
}

tree_known() {
	local name id
	tree_want
	commit=$want
	while read -r name id; do
		[ "$name" != "$want" ] || commit=$id
	done < <(cat "$mirror/known" 2>/dev/null)
	[ -e "$mirror/tree/$commit" ]
}

tree_place() {
	mkdir -- "$name"
	vcs_run tar -C "$name" --strip-components=1 --no-same-owner --no-same-permissions \
	    -xf "$mirror/tree/$commit" || die 65 "$url: $commit: cannot be unpacked: $why"
}

# tree_want - checks want, and sets it to what it is by default.  Most clients take a
# revision for an expression: only plain names are let through.
tree_want() {
	case $type in
	svn) want=${want:-HEAD} want=${want#r} ;;
	hg) want=${want:-default} ;;
	bzr) want=${want#revid:} want=${want:--1} ;;
	fossil) want=${want:-trunk} ;;
	esac
	tree_id "${want#-}" || die 65 "$url: $want: is no name of a commit"
}

tree_id() {
	[[ $1 =~ ^[A-Za-z0-9_][A-Za-z0-9_.:@/+~-]*$ && $1 != *..* ]]
}

tree_svn_run() {
	svn --non-interactive --config-dir "$mirror/new.svn" --no-auth-cache "$@"
}

tree_svn_final() {
	[[ $want =~ ^[0-9]+$ ]]
}

tree_svn_resolve() {
	if tree_svn_final; then
		printf '%s\n' "$want"
	else
		tree_svn_run info --show-item last-changed-revision --revision "$want" -- "$url@"
	fi
}

# Externals are left out: they name other servers.
tree_svn_export() {
	tree_svn_run export --ignore-externals --revision "$2" \
	    --config-option config:miscellany:use-commit-times=yes -- "$url@$2" "$mirror/new.tree/x" &&
	    tar -C "$mirror/new.tree" --sort=name --owner=0 --group=0 --numeric-owner -cf "$3" x &&
	    rm -rf "$mirror/new.tree"
}

tree_hg_run() {
	HGPLAIN=1 HGRCPATH='' hg --config ui.archivemeta=false --config ui.clonebundles=false \
	    --config subrepos.allowed=false "$@"
}

tree_hg_final() {
	git_full "$want"
}

tree_hg_clone() {
	tree_hg_run clone --noupdate -- "$url" "$1"
}

# To a process in another container, the locks of a killed hg look held.
tree_hg_pull() {
	rm -f "$1/.hg/wlock" "$1/.hg/store/lock"
	[ ! -e "$1/.hg/store/journal" ] || tree_hg_run -R "$1" recover
	tree_hg_run -R "$1" pull -- "$url"
}

tree_hg_resolve() {
	tree_hg_run -R "$1" log --limit 1 --template '{node}\n' --rev "$want"
}

tree_hg_export() {
	tree_hg_run -R "$1" archive --rev "$2" --type tar --prefix x -- "$3"
}

tree_bzr_run() {
	BRZ_PLUGIN_PATH=+core:-user:-site BRZ_LOG=/dev/null brz --no-aliases "$@"
}

tree_bzr_final() {
	[[ $want == *@* ]]
}

tree_bzr_clone() {
	tree_bzr_run branch --no-tree -- "$url" "$1"
}

tree_bzr_pull() {
	find "$1/.bzr" -path '*/lock/held' -exec rm -rf {} +
	tree_bzr_run pull --overwrite -d "$1" -- "$url"
}

tree_bzr_resolve() {
	local found
	case $want in
	*@*) found=$(tree_bzr_run revision-info -d "$1" --revision "revid:$want") ;;
	*) found=$(tree_bzr_run revision-info -d "$1" --revision "$want") ;;
	esac && printf '%s\n' "${found##* }"
}

tree_bzr_export() {
	tree_bzr_run export --format=tar --root=x --per-file-timestamps \
	    --revision "revid:$2" -- "$3" "$1"
}

tree_fossil_run() {
	USER=root fossil "$@"
}

tree_fossil_final() {
	[[ $want =~ ^([0-9a-f]{40}|[0-9a-f]{64})$ ]]
}

tree_fossil_clone() {
	tree_fossil_run clone "$url" "$1"
}

# fossil exits with 0 when no server answers, and only says that it received nothing.
tree_fossil_pull() {
	local out
	out=$(tree_fossil_run pull "$url" -R "$1" --once 2>&1) && [[ $out != *'received: 0 '* ]]
	set -- $?
	printf '%s\n' "$out"
	return "$1"
}

tree_fossil_resolve() {
	tree_fossil_run info "$want" -R "$1" | sed -n 's/^\(hash\|uuid\): *\([0-9a-f]*\).*/\2/p'
}

# Not by opening a checkout, which reads settings from the tree.
tree_fossil_export() {
	tree_fossil_run tarball "$2" "$3" --name x -R "$1"
}
