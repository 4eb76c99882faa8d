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
	list=${BUILDDEP-}
	bool "${ABBUILDDEPONLY-}" || list+=" ${PKGDEP-}"
	while read -r dep; do
		ab_satisfied "$dep" || echo "${dep%%[|<>=]*}"
	done < <(ab_words "$list") | sort -u
}

# ab_words TEXT - a dependency a line; "a | b" and "a >= 1" may have been
# written with spaces
ab_words() {
	tr '\n\t' '  ' <<<"$1" | sed -E 's/ *(\||[<>=]+) */\1/g' | tr -s ' ' '\n' | sed '/^$/d'
}

# ab_installed - names and provided names of all that is installed
ab_installed() {
	dpkg-query -W -f '${db:Status-Status} ${Package}, ${Provides}\n' |
	    sed -n 's/^installed //p' | tr ',' '\n' | sed 's/ *(.*//; s/ //g; /^$/d'
}

# ab_satisfied A|B... - uses have, of ab_missing
ab_satisfied() {
	local one
	for one in ${1//|/ }; do
		[ -z "${have[${one%%[<>=]*}]-}" ] || return 0
	done
	return 1
}
