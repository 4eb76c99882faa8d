# shellcheck shell=bash
# One package, or one of the sub-packages, of the bundle: in the folder that it
# is built in.  Of the program: root toolbox bundle build output autobuild; of the
# spec: ver rel epoch.

# package_parts - sets parts to the folders of the bundle that hold an autobuild/, in order
package_parts() {
	local dir
	parts=(.)
	[ ! -e "$bundle/autobuild/defines" ] || return 0
	parts=()
	for dir in "$bundle"/[0-9]*-*/; do
		dir=${dir%/}
		[ ! -e "$dir/defines" ] || parts+=("${dir##*/}")
	done
	[ "${#parts[@]}" -gt 0 ] ||
	    die 66 "$bundle: holds neither autobuild/defines nor 01-NAME/defines"
	[ "${#parts[@]}" -eq 1 ] ||
	    mapfile -t parts < <(printf '%s\n' "${parts[@]}" | sort -n -t- -k1,1 -s)
}

# package_autobuild - sets autobuild to the base's own, else to ours
package_autobuild() {
	local dir path
	autobuild=$toolbox/autobuild
	IFS=: read -r -a path <<<"$PATH"
	for dir in "${path[@]}"; do
		if [ -f "$dir/autobuild" ] && [ -x "$dir/autobuild" ] &&
		    ! [ "$dir/autobuild" -ef "$toolbox/autobuild" ]; then
			autobuild=$dir/autobuild
			return
		fi
	done
}

# package_config - a base's own autobuild reads these files, refuses to build
# for nobody, and takes the number of jobs from there if anywhere
package_config() {
	local file dir=/etc/autobuild files=()
	[ "$autobuild" != "$toolbox/autobuild" ] || return 0
	for file in "$dir"/ab[34]cfg.sh; do
		[ ! -e "$file" ] || files+=("$file")
	done
	[ "${#files[@]}" -gt 0 ] || files=("$dir/ab4cfg.sh")
	[ -d "$dir" ] || mkdir -p "$dir"
	for file in "${files[@]}"; do
		{
			printf '\n# from aoinb\n'
			[ -z "${AOINB_MAINTAINER-}" ] || printf 'MTER=%q\n' "$AOINB_MAINTAINER"
			[ -z "${AOINB_JOBS-}" ] || printf 'ABTHREADS=%q\n' "$AOINB_JOBS"
		} >>"$file"
	done
}

# package_jobs - how many compile at once: ABTHREADS; and make shares the tokens of
# all builds of a group, where it can take them from a FIFO
package_jobs() {
	local version=
	[ -z "${AOINB_JOBS-}" ] || export ABTHREADS=$AOINB_JOBS
	[ -p "$root/jobserver" ] && read -r _ _ version < <(make --version 2>/dev/null) || return 0
	if package_newer_make "$version"; then
		export MAKEFLAGS="-j$ABTHREADS --jobserver-auth=fifo:$root/jobserver"
		say 'make shares the jobs of the group'
	fi
}

# package_newer_make VERSION - whether it is 4.4 or newer
package_newer_make() {
	[[ $1 =~ ^([0-9]+)\.([0-9]+) ]] || return 1
	((BASH_REMATCH[1] > 4 || (BASH_REMATCH[1] == 4 && BASH_REMATCH[2] >= 4)))
}

# package_build PART - sets made to the packages' names, which are then in output.
# Modes and times of the bundle are those of somebody's checkout: neither is kept.
package_build() {
	local before='' code=0 from=$bundle/autobuild what=autobuild
	[ "$1" = . ] || from=$bundle/$1 what="autobuild of $1"
	if [ -e autobuild ] || [ -L autobuild ]; then
		rm -rf autobuild
	fi
	cp -r "$from" autobuild
	chmod -R u=rwX,go=rX autobuild
	package_defines
	made=(*.deb)
	[ ! -e "${made[0]}" ] || before=$(package_list)
	section "$ver-$rel: $what"
	"$autobuild" || code=$?
	[ "$code" -eq 0 ] || die "$code" "$what failed with $code"
	package_made "$before"
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

# package_list - the packages here, told apart even from older ones of the same name
package_list() {
	find . -maxdepth 1 -type f -name '*.deb' -printf '%f\t%i\t%C@\n' | sort
}

# package_made BEFORE - sets made to those that are here and not in the list BEFORE
package_made() {
	local deb
	made=()
	if [ -n "$1" ]; then
		mapfile -t made < <(comm -13 <(printf '%s\n' "$1") <(package_list) | cut -f1)
		return
	fi
	for deb in *.deb; do
		[ ! -f "$deb" ] || [ -L "$deb" ] || made+=("$deb")
	done
}

# package_collect - moves the made ones to output, where each appears whole
package_collect() {
	local deb
	section "$ver-$rel: packages"
	for deb in "${made[@]}"; do
		dpkg-deb --ctrl-tarfile "$deb" >/dev/null || die 1 "$deb: is not a package"
		mv -- "$deb" "$output/.$deb.part"
		mv -- "$output/.$deb.part" "$output/$deb"
		report_add "package=$deb"
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
