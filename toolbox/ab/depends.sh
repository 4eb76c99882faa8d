# shellcheck shell=bash
# Installs what a build needs and is not there.

# ab_depends - BUILDDEP, PKGDEP and their kin, by apt
ab_depends() {
	local missing
	mapfile -t missing < <(ab_missing)
	[ "${#missing[@]}" -gt 0 ] || return 0
	if [ "${AOINB_NETWORK-yes}" = no ]; then
		abdie "there is no network to install: ${missing[*]}" 69
	fi
	abinfo "installs ${missing[*]}"
	DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
	    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
	    "${missing[@]}" || abdie "apt cannot install: ${missing[*]}" 69
}

# ab_missing - a name a line: the first choice of each dependency that nothing
# installed satisfies
ab_missing() {
	local name list dep
	local -A have=()
	while IFS= read -r name; do
		have[$name]=1
	done < <(ab_installed)
	list=$BUILDDEP
	bool "$ABBUILDDEPONLY" || list+=" $PKGDEP $PKGPRDEP $TESTDEP"
	while read -r dep; do
		dep=${dep%_}
		[[ $dep != @* ]] || continue
		ab_satisfied "$dep" || printf '%s\n' "${dep%%[|<>=]*}"
	done < <(ab_words "$list") | sort -u
}

# ab_satisfied A|B... - uses have, of ab_missing
ab_satisfied() {
	local one
	for one in ${1//|/ }; do
		[ -z "${have[${one%%[<>=]*}]-}" ] || return 0
	done
	return 1
}

# ab_versioned WORDS - for Depends: each with the version that is installed, as what was
# built by it may not run with an older one.  A choice has none, nor has "name_", nor what
# is not installed; @AB_AUTO_SO_DEPS@ is what programs and libraries need.
ab_versioned() {
	local word version
	while read -r word; do
		case $word in
		@AB_AUTO_SO_DEPS@)
			ab_versioned "$(ab_elf_packages)"
			continue ;;
		@* | "$PKGNAME") continue ;;
		esac
		version=''
		if ! bool "$VER_NONE" && ! bool "$VER_NONE_ALL" && [[ $word != *[_\|\<\>=]* ]]; then
			version=$(ab_installed_version "$word")
		fi
		printf '%s ' "${word%_}${version:+>=$version}"
	done < <(ab_words "$1")
}

# ab_unversioned WORDS - for the other fields
ab_unversioned() {
	local word
	while read -r word; do
		case $word in @* | "$PKGNAME") continue ;; esac
		! bool "$VER_NONE_ALL" || word=${word%%[<>=]*}
		printf '%s ' "${word%_}"
	done < <(ab_words "$1")
}

ab_installed_version() {
	dpkg-query -W -f '${db:Status-Status} ${Version}\n' "$1" 2>/dev/null |
	    sed -n '/^installed /{s///p;q}'
}
