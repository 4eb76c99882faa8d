# shellcheck shell=bash
# Version control, by the clients found in here.  A mirror is a folder that
# vcs_update fills over the network and vcs_place takes trees from without it:
#
#   repo.git modules/   git: see git.sh
#   tree/ID known repo  the others: see tree.sh
#   lock                held while it changes
#
# What comes from servers is hostile: it may fail, but it must neither run
# anything nor reach anything that its URL does not name.
#
# vcs_update, vcs_known and vcs_place have in local variables what they are about: type url
# options mirror name, and words, a file for what a client says.  git.sh and tree.sh use
# these, and set commit and, when something failed, why.
. "$toolbox/lib/apt.sh"
. "$toolbox/lib/git.sh"
. "$toolbox/lib/tree.sh"

# vcs_update TYPE URL OPTIONS MIRROR - sets commit, the one that is wanted, which
# the mirror holds afterwards with all it takes to place it.  It asks the server
# unless what is wanted can be no other and is there.
vcs_update() {
	local type=$1 url=$2 options=$3 mirror=$4 lock words left "${vcs_options[@]}"
	vcs_start
	[ -d "$mirror" ] || mkdir -p "$mirror"
	words=$mirror/new.words
	exec {lock}>"$mirror/lock"
	until flock -w 10 "$lock"; do
		say "waits for another fetch of $url"
	done
	for left in "$mirror"/new*; do
		[ ! -e "$left" ] || rm -rf "$left"
	done
	case $type in
	git) git_update ;;
	*) tree_update ;;
	esac
	exec {lock}>&-
}

# vcs_known TYPE URL OPTIONS MIRROR - sets commit to what the mirror says without
# the network; 1 when it holds no such thing
vcs_known() {
	local type=$1 url=$2 options=$3 mirror=$4 "${vcs_options[@]}"
	vcs_start
	case $type in
	git) git_known ;;
	*) tree_known ;;
	esac
}

# vcs_place TYPE URL OPTIONS MIRROR COMMIT NAME - the tree, as the folder NAME
vcs_place() {
	local type=$1 url=$2 options=$3 mirror=$4 commit=$5 name=$6 words "${vcs_options[@]}"
	if [ -e "$name" ] || [ -L "$name" ]; then
		die 73 "$name: is there already"
	fi
	vcs_start
	mkdir -p "$PWD.vcs"
	words=$PWD.vcs/words
	case $type in
	git) git_place ;;
	*) tree_place ;;
	esac
	rm -f "$words"
}

# vcs_fetch TYPE URL OPTIONS NAME - by hand: from the mirror that the host shows,
# when it has what is wanted, else from one of our own
vcs_fetch() {
	local mirror commit
	mirror=${AOINB_BUILDROOT:-/buildroot}/vcs/$(vcs_path "$1" "$2")
	if ! { [ -d "$mirror" ] && vcs_known "$1" "$2" "$3" "$mirror"; }; then
		mirror=$PWD.vcs/$(vcs_path "$1" "$2")
		vcs_update "$1" "$2" "$3" "$mirror"
	fi
	vcs_place "$1" "$2" "$3" "$mirror" "$commit" "$4"
}

# vcs_path TYPE URL - where its mirror is, in a folder of mirrors
vcs_path() {
	local key
	key=$(vcs_key "$2")
	printf '%s/%s/mirror\n' "$1" "$key"
}

# vcs_key URL - whoever may have it
vcs_key() {
	local sum
	sum=$(printf '%s' "$1" | say_plain | sha256sum)
	echo "${sum%% *}"
}

# What vcs_start sets from the options.  want is the commit or branch that is wanted;
# empty stands for the server's default.
vcs_options=(want copy_repo submodule)

# vcs_start - checks the variables of its caller, and sets vcs_options
vcs_start() {
	local schemes one list commit='' branch=''
	copy_repo='' submodule=recursive
	IFS=';' read -r -a list <<<"$options"
	for one in "${list[@]}"; do
		case $one in
		commit=*) commit=${one#*=} ;;
		branch=*) branch=${one#*=} ;;
		copy-repo=*) copy_repo=${one#*=} ;;
		submodule=*) submodule=${one#*=} ;;
		esac
	done
	want=$commit
	[[ $want != '' && $want != HEAD ]] || want=$branch
	case $want in
	-* | *[[:space:][:cntrl:]]*) die 65 "$url: $want: cannot be a commit" ;;
	esac
	git_environment
	case $type in
	git) schemes=$GIT_ALLOW_PROTOCOL ;;
	svn) schemes=svn:http:https ;;
	bzr) schemes=bzr:http:https ;;
	*) schemes=http:https ;;
	esac
	vcs_allowed "$url" "$schemes" ||
	    die 65 "$url: $type sources come by ${schemes//:/, } only"
}

# vcs_allowed URL SCHEMES - whether it has one of them, and a host that no client
# can take for an option
vcs_allowed() {
	[[ $1 =~ ^([a-z0-9+]+)://[^-] && $1 != *[[:cntrl:]]* ]] &&
	    [[ :$2: == *:"${BASH_REMATCH[1]}":* ]]
}

# vcs_names TYPE - sets prog, its client, and package, which has that
vcs_names() {
	case $1 in
	git) prog=git package=git ;;
	svn) prog=svn package=subversion ;;
	hg) prog=hg package=mercurial ;;
	bzr) prog=brz package=brz ;;
	fossil) prog=fossil package=fossil ;;
	esac
}

# vcs_clients - of the rows on stdin: file and SHA256 of each package that vcs_client
# would install
vcs_clients() {
	local type prog package packages=()
	while IFS=$'\t' read -r _ type _; do
		vcs_names "$type"
		command -v "$prog" >/dev/null || packages+=("$package")
	done
	[ "${#packages[@]}" -eq 0 ] || apt_get "${apt_ask[@]}" --no-install-recommends install "${packages[@]}" | apt_files
}

# vcs_client TYPE - whether its client is here; installs it in the container of a
# fetch, which is thrown away
vcs_client() {
	local prog package found=0
	vcs_names "$1"
	command -v "$prog" >/dev/null && return
	if [ -n "${vcs_install-}" ]; then
		say "installs $package"
		apt_get --no-install-recommends install "$package" </dev/null || found=$?
		[ "$found" -eq 0 ] && return
	fi
	why="$prog is not installed in here${vcs_install:+, and apt cannot install $package}"
	return 1
}

# vcs_run PROG [ARG]... - runs it; when it fails, why is the line that says it
vcs_run() {
	local code
	"$@" </dev/null 2>&1 | say_plain | tee "$words"
	code=${PIPESTATUS[0]}
	[ "$code" -ne 0 ] || return 0
	why=$(tr '\r' '\n' <"$words" | grep -m 1 -Ei '^(error:|fatal:|abort:|svn:|brz:|cannot )' ||
	    grep -v '^$' "$words" | tail -n 1) || why="$1 ended with $code"
	why=${why:0:300}
	return 1
}
