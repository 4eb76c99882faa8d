# shellcheck shell=bash
# DEBIAN/ in the tree, and the package made of both.

ab_control() {
	local dir=$PKGDIR/DEBIAN size sums
	rm -rf "$dir"
	size=$(ab_installed_size "$PKGDIR")
	sums=$(ab_md5sums)
	mkdir -m 755 "$dir"
	[ -z "$sums" ] || printf '%s\n' "$sums" >"$dir/md5sums"
	if ! bool "$ABSTAGE2"; then
		ab_conffiles >"$dir/conffiles"
		[ -s "$dir/conffiles" ] || rm "$dir/conffiles"
	fi
	ab_scripts
	ab_control_file "$size" | tee "$dir/control"
}

# ab_conffiles - as given, else every file below /etc
ab_conffiles() {
	local given line
	if given=$(ab_find conffiles); then
		while read -r line || [ -n "$line" ]; do
			case $line in '' | '#'*) continue ;; esac
			[ -f "$PKGDIR$line" ] || [[ $line == 'remove-on-upgrade '* ]] || abdie "autobuild/conffiles: the package has no $line" 65
			printf '%s\n' "$line"
		done <"$given"
	elif [ -d "$PKGDIR/etc" ]; then
		find "$PKGDIR/etc" -type f -printf '/etc/%P\n' | sort
	fi
}

# ab_installed_size DIR - in KiB, each file rounded up and hard links counted once,
# so that it does not depend on the file system
ab_installed_size() {
	find "$1" -mindepth 1 -printf '%y %i %s\n' | awk '
		$1 != "f" { kib++; next }
		!seen[$2]++ { kib += int(($3 + 1023) / 1024) }
		END { print kib + 0 }'
}

ab_md5sums() (
	cd "$PKGDIR"
	find . -type f -printf '%P\0' | sort -z | xargs -0r md5sum --
)

# ab_field NAME VALUE - a line of control, unless there is nothing to say
ab_field() {
	[ -z "$2" ] || printf '%s: %s\n' "$1" "$2"
}

# ab_control_file SIZE
ab_control_file() {
	local text=${PKGDES//$'\n'/ }
	text=${text%%*( )}
	ab_control_head "$PKGNAME" "$1" "${PKGSEC:-misc}"
	if bool "$PKGESS"; then
		ab_field Essential yes
	fi
	# Packages that hold for all architectures do so for what another one depends on.
	[ "$ABHOST" != noarch ] || ab_field Multi-Arch foreign
	ab_field Depends "$(ab_relation "$(ab_versioned "$PKGDEP")")"
	ab_field Pre-Depends "$(ab_relation "$(ab_versioned "$PKGPRDEP")")"
	ab_field Recommends "$(ab_relation "$(ab_unversioned "$PKGRECOM")")"
	ab_field Suggests "$(ab_relation "$(ab_unversioned "$PKGSUG")")"
	if [ "${__ABMODIFIERS[PKGBREAK]-}" = 0 ]; then
		abwarn 'PKGBREAK is left out: a modifier says so' >&2
	else
		ab_field Breaks "$(ab_relation "$(ab_unversioned "$PKGBREAK")")"
	fi
	ab_field Conflicts "$(ab_relation "$(ab_unversioned "$PKGCONFL")")"
	ab_field Provides "$(ab_relation "$(ab_unversioned "$PKGPROV")")"
	ab_field Replaces "$(ab_relation "$(ab_unversioned "$PKGREP")")"
	ab_description "$text"
	ab_field X-AOSC-Features "$PKGFTR"
	[ -z "$DPKGXTRACTRL" ] || sed '/^$/d' <<<"$DPKGXTRACTRL"
	[ ! -e "$SRCDIR/autobuild/extra-dpkg-control" ] || sed '/^$/d' "$SRCDIR/autobuild/extra-dpkg-control"
}

# ab_control_head NAME SIZE SECTION
ab_control_head() {
	local arch=$ABHOST
	[ "$arch" != noarch ] || arch=all
	ab_field Package "$1"
	ab_field Version "$(ab_version)"
	ab_field Architecture "$arch"
	ab_field Maintainer "${AOINB_MAINTAINER:-${MTER:-nobody <nobody@localhost>}}"
	ab_field Installed-Size "$2"
	ab_field Section "$3"
}

# ab_description TEXT - with its sum, by which apt knows what it is translated from
ab_description() {
	local sum
	ab_field Description "$1"
	sum=$(md5sum <<<"$1")
	ab_field Description-md5 "${sum%% *}"
}

# ab_pack - dpkg-deb clamps every time to SOURCE_DATE_EPOCH; one thread, as the
# number of threads shows in what xz writes
ab_pack() {
	ab_pack_dir "$PKGDIR" "$PKGNAME"
}

# ab_pack_symbols - NAME-dbg, where there are debug symbols
ab_pack_symbols() {
	[ -n "$(find "$SYMDIR" -type f -print -quit 2>/dev/null)" ] || return 0
	mkdir -m 755 "$SYMDIR/DEBIAN"
	{
		ab_control_head "$PKGNAME-dbg" "$(ab_installed_size "$SYMDIR")" debug
		ab_field Depends "$PKGNAME (= $(ab_version))"
		ab_description "Debug symbols for $PKGNAME"
	} >"$SYMDIR/DEBIAN/control"
	ab_pack_dir "$SYMDIR" "$PKGNAME-dbg"
}

# ab_pack_dir DIR NAME
ab_pack_dir() {
	local deb=${2}_$PKGVER-$PKGREL${VERSTAMP}_$ABHOST.deb
	DPKG_DEB_THREADS_MAX=1 dpkg-deb --root-owner-group -Zxz -b "$1" "$SRCDIR/$deb" >/dev/null
	abinfo "made $deb"
}
