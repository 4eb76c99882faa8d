#!/bin/bash
# deps.sh resolve|install
#
# Installs the dependencies that /buildroot/wanted names, one a line, for the host to
# make a layer of, in a container that has nothing of the bundle but these words.
# /buildroot/without names packages that may be missing, since they are built later.
#
# resolve asks apt what has to be done, and writes to /buildroot/output
#
#   relation  all that is wanted, in the syntax of a control file
#   set       a line for each package that would be installed: its file and SHA256;
#             removed: "-" and its name; or provided by the placeholder: "+" and its name
#   names     the packages that the answer depends on, by name
#   unknown   the dependencies that no package is or provides, when apt finds no answer
#
# install lets apt do what resolve has found.
#
#   -h    print this
set -eu -o pipefail
toolbox=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
. "$toolbox/lib/say.sh"
. "$toolbox/lib/apt.sh"
. "$toolbox/lib/repo.sh"
. "$toolbox/ab/relation.sh"
root=${AOINB_BUILDROOT:-/buildroot}
output=$root/output

# satisfy [OPTION]... - apt-get satisfy, for all that is wanted
satisfy() {
	apt_get --no-install-recommends "$@" satisfy "$(<"$output/relation")" </dev/null
}

# wanted - what there is to install of /buildroot/wanted, a line each
wanted() {
	ab_installable <"$root/wanted"
}

# alternatives - every name in wanted, a line each
alternatives() {
	wanted | tr '|' '\n' | sed 's/[:<>=].*//' | sort -u
}

# newer - "NAME=VERSION" for each wanted package that is installed while the branch's own
# packages have another version.  apt is content with what is installed; but builds are
# meant to use the branch's own.
newer() {
	local names
	[ -e "$repo/Packages" ] || return 0
	mapfile -t names < <(alternatives)
	apt-cache policy "${names[@]}" | awk '
		FILENAME == ARGV[1] {
			if ($1 == "Package:") name = $2
			if ($1 == "Version:") ours[name, $2]
			next
		}
		/^[^ ]/ { name = $1; sub(/:$/, "", name) }
		$1 == "Installed:" { installed = $2 }
		$1 == "Candidate:" && installed != "(none)" && $2 != installed && (name, $2) in ours {
			print name "=" $2
		}' "$repo/Packages" -
}

# placeholder - installs a package that provides those of /buildroot/without which apt
# does not have, so that apt can install what depends on them; sets missing to what it
# provides.  A cycle of dependencies has to begin with such a build.
placeholder() {
	local dir=/tmp/placeholder name
	missing=()
	while read -r name; do
		[[ $name =~ ^[a-z0-9][a-z0-9+.-]+$ ]] || continue
		# For a name that other packages only mention apt prints nothing, with 0.
		[ -n "$(apt-cache show "$name" 2>/dev/null)" ] || missing+=("$name (= 9999)")
	done <"$root/without"
	[ "${#missing[@]}" -gt 0 ] || return 0
	mkdir -p "$dir/DEBIAN"
	{
		printf 'Package: aoinb-placeholder\nVersion: 1\nArchitecture: all\n'
		printf 'Maintainer: aoinb <root@localhost>\n'
		printf 'Provides: %s\n' "$(IFS=,; echo "${missing[*]}")"
		printf 'Description: provides what is not built yet\n'
	} >"$dir/DEBIAN/control"
	dpkg-deb --root-owner-group -Znone --build "$dir" "$dir.deb"
	dpkg --install "$dir.deb"
	rm -r "$dir" "$dir.deb"
}

resolve() {
	local answer code=0 missing wanted
	repo_use || exit 69
	placeholder
	wanted=$(wanted)$'\n'$(newer)
	ab_relation "$wanted" >"$output/relation"
	answer=$(satisfy "${apt_ask[@]}") || code=$?
	printf '%s\n' "$answer"
	if [ "$code" -ne 0 ]; then
		unknown >"$output/unknown"
		exit 1
	fi
	# Packages to be removed are indented below a heading.
	{
		apt_files <<<"$answer"
		awk '
			/^[^ ]/ { gone = /REMOVED:$/; next }
			gone { for (i = 1; i <= NF; i++) print "-", $i }' <<<"$answer"
	} | sort >"$output/set"
	[ "${#missing[@]}" -eq 0 ] || printf '+ %s\n' "${missing[@]}" >>"$output/set"
	names >"$output/names"
}

# names - the packages that would be installed, and all that these depend on
names() {
	local file installs=()
	while read -r file _; do
		[[ $file == *_*_* ]] || continue
		file=${file%_*}
		file=${file//%3a/:}
		installs+=("${file/_/=}")
	done <"$output/set"
	[ "${#installs[@]}" -gt 0 ] || return 0
	apt-cache show "${installs[@]}" | awk '
		/^(Package|Depends|Pre-Depends): / {
			sub(/^[^ ]* /, "")
			gsub(/\([^)]*\)|:[a-z0-9-]+/, "")
			gsub(/[|,]/, " ")
			for (i = 1; i <= NF; i++)
				print $i
		}' | sort -u
}

# unknown - the lines of wanted that have no alternative which is known
unknown() {
	awk '
		FILENAME == ARGV[1] { known[$1]; next }
		{
			for (i = split($0, one, "|"); i; i--) {
				sub(/[:<>=].*/, "", one[i])
				if (one[i] in known)
					next
			}
			print
		}' <(known) <(wanted)
}

# known - every name that a package has or provides
known() {
	apt-cache pkgnames
	apt-cache dumpavail | sed -n 's/^Provides: //p' | tr ',' '\n' | sed 's/ *(.*//; s/^ *//'
	ab_installed
}

case ${1-} in
resolve) resolve ;;
install)
	satisfy
	# The branch's own packages will be others by the next build.
	repo_forget
	apt_clean ;;
-h | --help) usage "$0" ;;
*) die 64 "${1-}: neither resolve nor install" ;;
esac
