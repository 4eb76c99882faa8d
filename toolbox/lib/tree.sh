# shellcheck shell=bash
# Subversion, Mercurial, Bazaar and Fossil.  In a mirror, tree/ID is a tar of the
# tree at ID, with one folder on top, so whoever places it needs no client; known
# has lines of "NAME ID", what names stood for when the server was last asked;
# and repo is the client's own clone.  Subversion has none: a clone of a whole
# server to build one revision is no saving.
#
# Each TYPE has
#   TYPE_final           whether want is an ID, which always stands for the same
#   TYPE_clone REPO      the repository, anew
#   TYPE_pull REPO       what is new, into one that may have been left half done
#   TYPE_resolve REPO    prints the ID of want
#   TYPE_export REPO ID FILE

tree_update() {
	tree_want
	if "${type}_final" && [ -e "$mirror/tree/$want" ]; then
		commit=$want
		return
	fi
	if ! vcs_client "$type" || ! tree_refresh; then
		tree_known || die 69 "$url: $why"
		warn "$url: $why; goes on with $commit of the cache"
		return
	fi
	if ! commit=$("${type}_resolve" "$mirror/repo" 2>"$words") ||
	    ! tree_id "$commit" || [[ $commit == */* ]]; then
		die 65 "$url: has no commit $want"
	fi
	if [ ! -e "$mirror/tree/$commit" ]; then
		mkdir -p "$mirror/tree"
		client "${type}_export" "$mirror/repo" "$commit" "$mirror/new.tar" ||
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

# A server of Subversion is only asked now, and may say that there is no such
# revision.
tree_code() {
	if [[ $why == 'svn: E1600'* ]]; then echo 65; else echo 69; fi
}

# A clone that cannot be brought up to date is made anew: it may be the clone.
tree_refresh() {
	if [ "$type" = svn ]; then
		svn_final || client svn_run info -- "$url@"
		return
	fi
	if [ -e "$mirror/repo" ] && client "${type}_pull" "$mirror/repo"; then
		return
	fi
	client "${type}_clone" "$mirror/new.repo" || return
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
	client tar -C "$name" --strip-components=1 --no-same-owner --no-same-permissions \
	    -xf "$mirror/tree/$commit" || die 65 "$url: $commit: cannot be unpacked: $why"
}

# Revisions are expressions to most clients: only plain names are let through.
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

svn_run() {
	svn --non-interactive --config-dir "$mirror/new.svn" --no-auth-cache "$@"
}

svn_final() {
	[[ $want =~ ^[0-9]+$ ]]
}

svn_resolve() {
	if svn_final; then
		echo "$want"
	else
		svn_run info --show-item last-changed-revision --revision "$want" -- "$url@"
	fi
}

# Externals are left out: they name other servers.
svn_export() {
	svn_run export --ignore-externals --revision "$2" \
	    --config-option config:miscellany:use-commit-times=yes -- "$url@$2" "$mirror/new.tree/x" &&
	    tar -C "$mirror/new.tree" --sort=name --owner=0 --group=0 --numeric-owner -cf "$3" x &&
	    rm -rf "$mirror/new.tree"
}

hg_run() {
	HGPLAIN=1 HGRCPATH='' hg --config ui.archivemeta=false --config ui.clonebundles=false \
	    --config subrepos.allowed=false "$@"
}

hg_final() {
	git_full "$want"
}

hg_clone() {
	hg_run clone --noupdate -- "$url" "$1"
}

# The locks of a killed hg look held from another container.
hg_pull() {
	rm -f "$1/.hg/wlock" "$1/.hg/store/lock"
	[ ! -e "$1/.hg/store/journal" ] || hg_run -R "$1" recover
	hg_run -R "$1" pull -- "$url"
}

hg_resolve() {
	hg_run -R "$1" log --limit 1 --template '{node}\n' --rev "$want"
}

hg_export() {
	hg_run -R "$1" archive --rev "$2" --type tar --prefix x -- "$3"
}

bzr_run() {
	BRZ_PLUGIN_PATH=+core:-user:-site BRZ_LOG=/dev/null brz --no-aliases "$@"
}

bzr_final() {
	[[ $want == *@* ]]
}

bzr_clone() {
	bzr_run branch --no-tree -- "$url" "$1"
}

bzr_pull() {
	find "$1/.bzr" -path '*/lock/held' -exec rm -rf {} +
	bzr_run pull --overwrite -d "$1" -- "$url"
}

bzr_resolve() {
	local found
	case $want in
	*@*) found=$(bzr_run revision-info -d "$1" --revision "revid:$want") ;;
	*) found=$(bzr_run revision-info -d "$1" --revision "$want") ;;
	esac && echo "${found##* }"
}

bzr_export() {
	bzr_run export --format=tar --root=x --per-file-timestamps \
	    --revision "revid:$2" -- "$3" "$1"
}

fossil_run() {
	USER=root fossil "$@"
}

fossil_final() {
	[[ $want =~ ^([0-9a-f]{40}|[0-9a-f]{64})$ ]]
}

fossil_clone() {
	fossil_run clone "$url" "$1"
}

# It says so, but exits with 0, when there is nobody.
fossil_pull() {
	local out
	out=$(fossil_run pull "$url" -R "$1" --once 2>&1) && [[ $out != *'received: 0 '* ]]
	set -- $?
	printf '%s\n' "$out"
	return "$1"
}

fossil_resolve() {
	fossil_run info "$want" -R "$1" | sed -n 's/^\(hash\|uuid\): *\([0-9a-f]*\).*/\2/p'
}

# Not by opening a checkout, which reads settings from the tree.
fossil_export() {
	fossil_run tarball "$2" "$3" --name x -R "$1"
}
