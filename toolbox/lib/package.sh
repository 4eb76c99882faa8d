# shellcheck shell=bash
# One package, or one of the sub-packages, of the bundle: in the folder that it
# is built in.

# package_parts - the folders of the bundle that hold an autobuild/, in order,
# one a line
package_parts() {
	local dir found=
	if [ -e "$bundle/autobuild/defines" ]; then
		echo .
		return
	fi
	for dir in "$bundle"/[0-9]*-*/; do
		dir=${dir%/}
		[ -e "$dir/defines" ] || continue
		found+=${dir##*/}$'\n'
	done
	[ -n "$found" ] || die 66 "$bundle: holds neither autobuild/defines nor 01-NAME/defines"
	printf '%s' "$found" | sort -n -t- -k1,1 -s
}

# package_autobuild - the base's own, else ours
package_autobuild() {
	local prog
	while read -r prog; do
		[ "$prog" -ef "$toolbox/autobuild" ] && continue
		echo "$prog"
		return
	done < <(type -aP autobuild)
	echo "$toolbox/autobuild"
}

# package_config - a base's own autobuild reads these files, refuses to build
# for nobody, and takes the number of jobs from there if anywhere
package_config() {
	local file files=(/etc/autobuild/ab[34]cfg.sh)
	[ "$autobuild" != "$toolbox/autobuild" ] || return 0
	[ -e "${files[0]}" ] || files=(/etc/autobuild/ab4cfg.sh)
	mkdir -p /etc/autobuild
	for file in "${files[@]}"; do
		{
			printf '\n# from aoinb\n'
			[ -z "${AOINB_MAINTAINER-}" ] || printf 'MTER=%q\n' "$AOINB_MAINTAINER"
			[ -z "${AOINB_JOBS-}" ] || printf 'ABTHREADS=%q\n' "$AOINB_JOBS"
		} >>"$file"
	done
}

# package_build PART - sets made to the packages' names, which are then in output.
# Modes and times of the bundle are those of somebody's checkout: neither is kept.
package_build() {
	local before code=0 from=$bundle/autobuild what=autobuild
	[ "$1" = . ] || from=$bundle/$1 what="autobuild of $1"
	rm -rf autobuild
	cp -r "$from" autobuild
	chmod -R u=rwX,go=rX autobuild
	package_defines
	before=$(package_list)
	section "$ver-$rel: $what"
	"$autobuild" || code=$?
	[ "$code" -eq 0 ] || die "$code" "$what failed with $code"
	mapfile -t made < <(comm -13 <(printf '%s\n' "$before") <(package_list) | cut -f1)
	[ "${#made[@]}" -gt 0 ] || die 1 "$what succeeded, but left no .deb"
	package_collect
}

# What autobuild has to know lies in its environment too, but the defines may
# have been written to override it.  The real epoch is the one of the defines,
# which the spec's, being there at all, goes over.
package_defines() {
	local defines=autobuild/defines
	[ "${ABSTAGE2-}" = 1 ] && [ -e "$defines.stage2" ] && defines+=.stage2
	{
		printf "\nPKGREL='%s'\nPKGVER='%s'\n" "$rel" "$ver"
		if [ -n "$epoch" ]; then
			printf "PKGEPOCH='%s'\n" "$epoch"
		else
			# shellcheck disable=SC2016 # for autobuild to expand
			printf 'PKGEPOCH="${PKGEPOCH:-0}"\n'
		fi
		[ ! -e "$build/.acbs-script" ] || printf '. %q\n' "$build/.acbs-script"
	} >>"$defines"
}

# The packages here, told apart even from older ones of the same name.
package_list() {
	find . -maxdepth 1 -type f -name '*.deb' -printf '%f\t%i\t%C@\n' | sort
}

# package_collect - move the made ones to output, where each appears whole
package_collect() {
	local deb
	section "$ver-$rel: packages"
	for deb in "${made[@]}"; do
		dpkg-deb --info "$deb" >/dev/null || die 1 "$deb: is not a package"
		cp -- "$deb" "$output/.$deb.part"
		mv -- "$output/.$deb.part" "$output/$deb"
		rm -- "$deb"
		report "package=$deb"
		say "made $deb"
	done
}

# package_install - what was just made, for the next sub-package to use.  dpkg installs
# these very files; apt, which brings what they want or removes what is in their way,
# may take others for them, that are described alike.
package_install() {
	local deb debs=() conf=(--force-confdef --force-confold)
	for deb in "${made[@]}"; do
		[[ $deb == *-dbg_* ]] || debs+=("$output/$deb")
	done
	say "installs ${debs[*]##*/}"
	export DEBIAN_FRONTEND=noninteractive
	dpkg -i "${conf[@]}" "${debs[@]}" && return
	[ "${AOINB_NETWORK-yes}" != no ] ||
		die 1 "${debs[*]##*/}: cannot be installed without the network"
	say 'asks apt'
	{
		apt-get install -f -q -y --no-install-recommends "${conf[@]/#/-oDpkg::Options::=}" \
		    --reinstall --allow-downgrades "${debs[@]}" && dpkg -i "${conf[@]}" "${debs[@]}"
	} || die 1 "${debs[*]##*/}: cannot be installed"
}

# report KEY=VALUE... - for the host; it appears at once, at the end
report() {
	printf '%s\n' "$@" >>"$output/.report.part"
}

report_end() {
	report "exit=$1"
	mv -f -- "$output/.report.part" "$output/report"
}
