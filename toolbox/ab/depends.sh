# shellcheck shell=bash
# Installs what a build needs and is not there.

# ab_depends - BUILDDEP and PKGDEP, by apt
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
	bool "$ABBUILDDEPONLY" || list+=" $PKGDEP"
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
