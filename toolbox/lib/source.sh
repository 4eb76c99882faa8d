# shellcheck shell=bash
# Puts sources in the current folder, which is the build folder.

. "$toolbox/lib/spec.sh"

# source_all TABLE CACHE FETCHED - every source of the table.  What CACHE does not have is
# fetched to FETCHED.
source_all() {
	local lines line n type digest name options url path cache=$2 fetched=$3 aliases=()
	mapfile -t lines <"$1"
	for line in "${lines[@]}"; do
		IFS=$'\t' read -r n type digest name options url path <<<"$line"
		case $type:$name in
		none:*) continue ;;
		*: | *:- | *:. | *:.. | *:*/*) die 65 "source $n: $name: cannot be a file's name" ;;
		esac
		case $type in
		git | svn | hg | bzr | fossil) source_check_out ;;
		tarball | file | pypi) source_place ;;
		*) die 65 "source $n: unknown type $type" ;;
		esac
		[[ $type == tarball || ";$options" == *';rename='* ]] ||
		    aliases+=("$(spec_base "$type" "$url")" "$name")
	done
	[ "${#aliases[@]}" -eq 0 ] || source_aliases "${aliases[@]}"
}

# source_aliases [OLD NAME]... - where nothing is called OLD, which is what the URL of NAME
# ends in, but the bundle says that name: a link.  Uses bundle and subdir of the program.
source_aliases() {
	while [ $# -gt 0 ]; do
		if [ -n "$1" ] && [ ! -e "$1" ] && [ ! -L "$1" ] && source_is_said "$1"; then
			say "$1 is $2"
			ln -s -- "$2" "$1"
		fi
		shift 2
	done
}

# source_is_said NAME - whether SUBDIR begins with it, or a file of the bundle has it
source_is_said() {
	[[ ${subdir-}/ == "$1"/* ]] || grep -rqF --exclude=spec -e "$1" -- "$bundle"
}

# source_check_out - the tree of a repository.  This and source_place use the variables
# of source_all.
source_check_out() {
	# A tarball may have unpacked a folder that is called like the package.
	if [ -e "$name" ] && [[ ";$options" != *';rename='* ]]; then
		name=$(spec_base "$type" "$url")
	fi
	if [ "$path" = - ]; then
		say "fetch $name from $url"
		"$toolbox/downloader" -t "$type" -o "$options" "$url" "$name"
	else
		say "check out $name at ${digest#*::}"
		. "$toolbox/lib/vcs.sh"
		(vcs_place "$type" "$url" "$options" "${cache%/*}/vcs/$path" "${digest#*::}" "$name")
	fi
}

# source_place - a file, or what is in an archive
source_place() {
	if [ "$path" != - ]; then
		path=$cache/$path
		[ -f "$path" ] || die 66 "$path: not in the cache ($url)"
	elif [ "$type" = pypi ]; then
		die 69 "source $n: $name: pypi sources have to be fetched by the host"
	else
		path=$fetched/$n/$name
		mkdir -p "${path%/*}"
		say "fetch $name from $url"
		"$toolbox/downloader" -d "$digest" "$url" "$path"
	fi
	if [ "$type" = file ]; then
		say "place $name"
		cp -- "$path" "$name"
	else
		say "unpack $name"
		source_unpack "$path" "$name"
		[ -e "$name" ] || ln -s -- "$path" "$name"
	fi
}

# source_unpack ARCHIVE NAME - into the current folder.  Owners are not kept
# and the umask holds, so that the tree does not tell who made the archive.
# What lies packed within (as in .gem and .deb) stays packed.
source_unpack() {
	if source_is_html "$1"; then
		die 65 "$2: this is a web page and not an archive"
	fi
	if ! source_is_full "$1" "$2"; then
		die 65 "$2: not an archive: nothing is in it"
	fi
	if command -v bsdtar >/dev/null; then
		bsdtar --no-same-owner --no-same-permissions -xf "$1"
	elif [[ $2 == *.zip ]]; then
		unzip -q -o "$1"
	else
		tar --no-same-owner --no-same-permissions -xf "$1"
	fi || die 65 "$2: cannot be unpacked: damaged, or not an archive"
}

# source_is_full ARCHIVE NAME - false for what is an archive without an entry, as a file of
# zeros is to tar.  Only the first entry is looked for.
source_is_full() {
	local tar=tar
	[[ $2 != *.zip ]] || return 0	# unzip says so itself
	if command -v bsdtar >/dev/null; then
		tar=bsdtar
	fi
	[ -n "$("$tar" -tf "$1" 2>/dev/null | head -c 1)" ] || ! "$tar" -tf "$1" >/dev/null 2>&1
}

# source_is_html FILE
source_is_html() {
	local head='' blanks=$'[ \t\r\n\v\f]'
	LC_ALL=C IFS='' read -r -d '' -N 512 head <"$1" 2>/dev/null || :
	head=${head//$blanks/}
	[[ ${head,,} == '<!doctypehtml'* || ${head,,} == '<html'* ]]
}

# source_subdir - the folder to build in, when the spec does not say: the only
# one that the sources made, or "." when they made none
source_subdir() {
	local dir found=()
	for dir in */ .[!.]*/ ..?*/; do
		dir=${dir%/}
		[ ! -d "$dir" ] || [ -L "$dir" ] || found+=("$dir")
	done
	case ${#found[@]} in
	0) echo . ;;
	1) printf '%s\n' "${found[0]}" ;;
	*) die 65 "spec: SUBDIR has to say which: ${found[*]}" ;;
	esac
}
