#!/bin/bash
# deps.sh resolve|install
#
# What /buildroot/wanted names, a dependency a line, becomes a layer, in a
# container that has nothing of the bundle but these words.  /buildroot/without has
# names of packages that may be missing.
#
# resolve asks apt what it takes, and writes to /buildroot/output
#
#   relation  all that is wanted, in the words of a control file
#   set       a line for each package that would be installed, its file and SHA256,
#             or removed, "-" and its name, or stood in for, "+" and its name
#   names     what this hangs on: whose packages could change the answer
#   unknown   what nothing is or provides, when apt finds no answer
#
# install has apt do it.
#
#   -h    print this
set -eu
toolbox=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
. "$toolbox/lib/say.sh"
. "$toolbox/lib/apt.sh"
. "$toolbox/lib/repo.sh"
. "$toolbox/ab/relation.sh"
root=${AOINB_BUILDROOT:-/buildroot}
output=$root/output

# satisfy [OPTION]...
satisfy() {
	apt_get --no-install-recommends "$@" satisfy "$(<"$output/relation")" </dev/null
}

# alternatives - every name in wanted, a line each
alternatives() {
	tr '|' '\n' <"$root/wanted" | sed 's/[:<>=].*//' | sort -u
}

# newer - of what is wanted and installed, that which the branch's own packages
# have newer, as "NAME=VERSION": a build against them is what they are there for,
# and apt would let what is installed do
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

# stand_in - for packages that are not built yet though others need them, since a
# cycle has to begin somewhere: one that provides those which apt does not have, so
# that it can install what depends on them.  It is in no repository.
stand_in() {
	local dir=/tmp/stand-in name
	missing=()
	while read -r name; do
		[[ $name =~ ^[a-z0-9][a-z0-9+.-]+$ ]] || continue
		# Of one that others only name it prints nothing, and is content.
		[ -n "$(apt-cache show "$name" 2>/dev/null)" ] || missing+=("$name (= 9999)")
	done <"$root/without"
	[ "${#missing[@]}" -gt 0 ] || return 0
	mkdir -p "$dir/DEBIAN"
	{
		printf 'Package: aoinb-stand-in\nVersion: 1\nArchitecture: all\n'
		printf 'Maintainer: aoinb <root@localhost>\n'
		printf 'Provides: %s\n' "$(IFS=,; echo "${missing[*]}")"
		printf 'Description: stands for what is not built yet\n'
	} >"$dir/DEBIAN/control"
	dpkg-deb --root-owner-group -Znone --build "$dir" "$dir.deb"
	dpkg --install "$dir.deb"
	rm -r "$dir" "$dir.deb"
}

resolve() {
	local answer code=0 missing
	repo_use || exit 69
	stand_in
	ab_relation "$(cat "$root/wanted"; newer)" >"$output/relation"
	# Not even what is in the archives already may be missing from the answer.
	answer=$(satisfy --print-uris -o Acquire::ForceHash=SHA256 -o Dir::Cache::archives=/tmp/) || code=$?
	printf '%s\n' "$answer"
	if [ "$code" -ne 0 ]; then
		unknown >"$output/unknown"
		exit 1
	fi
	# "'URI' FILE SIZE HASH"; those that go are below a heading, indented.
	awk '
		/^\047/ { print $2, $4; next }
		/^[^ ]/ { gone = /REMOVED:$/; next }
		gone { for (i = 1; i <= NF; i++) print "-", $i }' <<<"$answer" | sort >"$output/set"
	[ "${#missing[@]}" -eq 0 ] || printf '+ %s\n' "${missing[@]}" >>"$output/set"
	names >"$output/names"
}

# names - of what would be installed, and of all that it depends on
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

# unknown - of each that has no known alternative, how it is written
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
		}' <(known) "$root/wanted"
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
	# What the branch's own packages are will be different by the next time.
	repo_forget
	apt_clean ;;
-h | --help) usage "$0" ;;
*) die 64 "${1-}: neither resolve nor install" ;;
esac
