# shellcheck shell=bash
# Puts sources in the current folder, which is the build folder.

# source_all TABLE CACHE - every source of the table
source_all() {
	local lines line n type digest name options url path
	mapfile -t lines <"$1"
	for line in "${lines[@]}"; do
		IFS=$'\t' read -r n type digest name options url path <<<"$line"
		case $name in
		'' | - | . | .. | */*) name=$(url_name "$type" "$url") ;;
		esac
		case $path in
		-) ;;
		*/mirror) path=${2%/*}/vcs/$path ;;
		*)
			path=$2/$path
			[ -f "$path" ] || die 66 "$path: not in the cache ($url)"
		esac
		source_place
	done
}

# Uses the variables of source_all.
source_place() {
	case $type in
	none) return ;;
	git | svn | hg | bzr | fossil)
		if [ "$path" = - ]; then
			say "fetch $name from $url"
			"$toolbox/downloader" -t "$type" -o "$options" "$url" "$name"
		else
			say "check out $name at ${digest#*::}"
			(vcs_place "$type" "$url" "$options" "$path" "${digest#*::}" "$name")
		fi
		return ;;
	tarball | file | pypi) ;;
	*) die 65 "source $n: unknown type $type" ;;
	esac
	if [ "$path" = - ]; then
		[ "$type" != pypi ] ||
		    die 69 "source $n: $name: pypi sources have to be fetched by the host"
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
	if command -v bsdtar >/dev/null; then
		bsdtar --no-same-owner --no-same-permissions -xf "$1"
	elif [[ $2 == *.zip ]]; then
		unzip -q -o "$1"
	else
		tar --no-same-owner --no-same-permissions -xf "$1"
	fi || die 65 "$2: cannot be unpacked: damaged, or not an archive"
}

source_is_html() {
	local head
	head=$(head -c 512 "$1" | tr -d '\0' | tr -s '[:space:]' ' ')
	head=${head# }
	[[ ${head,,} == '<!doctype html'* || ${head,,} == '<html'* ]]
}

# source_subdir - the folder to build in, when the spec does not say: the only
# one that the sources made, or "." when they made none
source_subdir() {
	local found
	mapfile -d '' -t found < <(find . -mindepth 1 -maxdepth 1 -type d -print0 | sort -z)
	case ${#found[@]} in
	0) echo . ;;
	1) echo "${found[0]#./}" ;;
	*) die 65 "spec: SUBDIR has to say which: ${found[*]#./}" ;;
	esac
}
