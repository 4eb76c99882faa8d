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

# package_own - whether autobuild is the toolbox's own
package_own() {
	[ "$autobuild" = "$toolbox/autobuild" ]
}

# package_config - the configuration of a base's own autobuild.  It does not build without
# a maintainer's name, nor with the one that it comes with; any other is the base's to
# choose, unless the host has one.
package_config() {
	local file dir=/etc/autobuild files=() none='Null Packager <null@aosc.xyz>'
	local unknown='Unknown Maintainer <maintainer@localhost>'
	if package_own; then
		[ -n "${AOINB_MAINTAINER-none}" ] || export AOINB_MAINTAINER=$unknown
		return
	fi
	for file in "$dir"/ab[34]cfg.sh; do
		[ ! -e "$file" ] || files+=("$file")
	done
	[ "${#files[@]}" -gt 0 ] || files=("$dir/ab4cfg.sh")
	[ -d "$dir" ] || mkdir -p "$dir"
	for file in "${files[@]}"; do
		{
			printf '\n# from aoinb\n'
			if [ -n "${AOINB_MAINTAINER-}" ]; then
				printf 'MTER=%q\n' "$AOINB_MAINTAINER"
			else
				# shellcheck disable=SC2016 # for autobuild to expand
				printf '[[ -n ${MTER-} && $MTER != "%s" ]] || MTER="%s"\n' "$none" "$unknown"
			fi
			[ -z "${AOINB_JOBS-}" ] || printf 'ABTHREADS=%q\n' "$AOINB_JOBS"
		} >>"$file"
	done
}

# package_stage - "+stage2" among the modifiers means the second stage, as autobuild4 has it
package_stage() {
	case ,${ABMODIFIERS,,}, in
	*,+stage2,*) export ABSTAGE2=1 ;;
	esac
}

# package_jobs - sets ABTHREADS, the number of compile jobs; and tells a make that can
# read tokens from a FIFO of that of its group.  The FIFO is kept open from here on: a
# make that opens it while nobody else has it open would wait for ever.
package_jobs() {
	local version='' fd fifo=$root/jobserver
	[ -z "${AOINB_JOBS-}" ] || export ABTHREADS=$AOINB_JOBS
	[ -p "$fifo" ] && read -r _ _ version < <(make --version 2>/dev/null) || return 0
	package_newer_make "$version" || return 0
	# shellcheck disable=SC2034 # nobody reads it: it is kept open
	exec {fd}<>"$fifo"
	if ! package_own; then
		export AOINB_JOBSERVER=$fifo	# for lib/jobserver.sh, by the defines
		return
	fi
	export MAKEFLAGS="-j$ABTHREADS --jobserver-auth=fifo:$fifo"
	say 'make shares the jobs of the group'
}

# package_newer_make VERSION - whether it is 4.4 or newer
package_newer_make() {
	[[ $1 =~ ^([0-9]+)\.([0-9]+) ]] || return 1
	((BASH_REMATCH[1] > 4 || (BASH_REMATCH[1] == 4 && BASH_REMATCH[2] >= 4)))
}

# package_build PART - builds it; sets made to the names of its packages, which are in
# output then.  Modes and times of the bundle's files are not kept: they are those of
# somebody's checkout.
package_build() {
	local before='' code=0 from=$bundle/autobuild what=autobuild
	[ "$1" = . ] || from=$bundle/$1 what="autobuild of $1"
	if [ -e autobuild ] || [ -L autobuild ]; then
		rm -rf autobuild
	fi
	cp -r "$from" autobuild
	chmod -R u=rwX,go=rX autobuild
	package_defines
	package_fields
	made=(*.deb)
	[ ! -e "${made[0]}" ] || before=$(package_list)
	section "$ver-$rel: $what"
	"$autobuild" || code=$?
	[ "$code" -eq 0 ] || die "$code" "$what failed with $code"
	package_made "$before"
	[ "${#made[@]}" -gt 0 ] || die 1 "$what succeeded, but left no .deb"
	package_collect
}

# package_defines - adds the version to whichever file autobuild may take for the defines,
# which depends on architecture and stage.  It has that in its environment, too, but
# defines may set it to something else.
package_defines() {
	local file
	for file in autobuild/{,*/}defines{,.stage2}; do
		[ ! -f "$file" ] || package_defines_add "$file"
	done
}

# package_defines_add FILE - the epoch is that of the spec; where it has none, that of the
# defines.  A base's own autobuild sets ABTHREADS by itself before it reads these, but the
# bundle may know better: so that stands before its first word.
package_defines_add() {
	local text
	text=$(<"$1")
	[ ! -L "$1" ] || rm "$1"	# it may lead to where nothing can be written
	{
		package_own || [ -z "${AOINB_JOBS-}" ] || printf 'ABTHREADS=%q; ' "$AOINB_JOBS"
		printf '%s\n' "$text"
		printf "\nPKGREL='%s'\nPKGVER='%s'\n" "$rel" "$ver"
		if [ -n "$epoch" ]; then
			printf "PKGEPOCH='%s'\n" "$epoch"
		else
			# shellcheck disable=SC2016 # for autobuild to expand
			printf 'PKGEPOCH="${PKGEPOCH:-0}"\n'
		fi
		[ ! -e "$build/.acbs-script" ] || printf '. %q\n' "$build/.acbs-script"
		[ -z "${AOINB_JOBSERVER-}" ] || printf '. %q\n' "$toolbox/lib/jobserver.sh"
	} >"$1"
}

# package_fields - what the packages' control says of who built them, and of which commit
# of the tree.  Empty lines would end it.
package_fields() {
	local file=autobuild/extra-dpkg-control own=''
	[ -n "${AOINB_ACBS_VERSION-}${AOINB_COMMIT-}" ] || return 0
	if [ -f "$file" ]; then
		own=$(grep -Eiv '^(X-AOSC-ACBS-Version:|X-AOSC-Commit:|[[:space:]]*$)' "$file") || own=''
	fi
	if [ -e "$file" ] || [ -L "$file" ]; then
		rm -rf "$file"
	fi
	{
		[ -z "$own" ] || printf '%s\n' "$own"
		[ -z "${AOINB_ACBS_VERSION-}" ] || printf 'X-AOSC-ACBS-Version: %s\n' "$AOINB_ACBS_VERSION"
		[ -z "${AOINB_COMMIT-}" ] || printf 'X-AOSC-Commit: %s\n' "$AOINB_COMMIT"
	} >"$file"
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
