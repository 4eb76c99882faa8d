# shellcheck shell=bash
# DEBIAN/ in the tree, and the package made of both.

ab_control() {
	local dir=$PKGDIR/DEBIAN size sums
	rm -rf "$dir"
	size=$(ab_installed_size)
	sums=$(ab_md5sums)
	mkdir -m 755 "$dir"
	[ -z "$sums" ] || printf '%s\n' "$sums" >"$dir/md5sums"
	ab_conffiles >"$dir/conffiles"
	[ -s "$dir/conffiles" ] || rm "$dir/conffiles"
	ab_scripts
	ab_control_file "$size" | tee "$dir/control"
}

# ab_conffiles - as given, else every file below /etc
ab_conffiles() {
	local given line
	if given=$(ab_find conffiles); then
		while read -r line || [ -n "$line" ]; do
			case $line in '' | '#'*) continue ;; esac
			[ -f "$PKGDIR$line" ] || abdie "autobuild/conffiles: the package has no $line" 65
			printf '%s\n' "$line"
		done <"$given"
	elif [ -d "$PKGDIR/etc" ]; then
		find "$PKGDIR/etc" -type f -printf '/etc/%P\n' | sort
	fi
}

# ab_scripts - preinst, postinst, prerm and postrm; in NAME.in, @VAR@ stands for
# the value of that variable
ab_scripts() {
	local name file text dir=$PKGDIR/DEBIAN
	for name in preinst postinst prerm postrm; do
		if file=$(ab_find "$name.in"); then
			text=$(ab_substitute <"$file")
		elif file=$(ab_find "$name"); then
			text=$(<"$file")
		else
			continue
		fi
		[[ $text == '#!'* ]] || text=$'#!/bin/bash\n'$text
		printf '%s\n' "$text" >"$dir/$name"
		chmod 755 "$dir/$name"
	done
}

ab_substitute() {
	local line name
	while IFS= read -r line || [ -n "$line" ]; do
		while [[ $line =~ @([A-Z][A-Z0-9_]*)@ ]]; do
			name=${BASH_REMATCH[1]}
			printf '%s%s' "${line%%"@$name@"*}" "${!name-}"
			line=${line#*"@$name@"}
		done
		printf '%s\n' "$line"
	done
}

# ab_installed_size - in KiB, each file rounded up and hard links counted once,
# so that it does not depend on the file system
ab_installed_size() {
	find "$PKGDIR" -mindepth 1 -printf '%y %i %s\n' | awk '
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
	local arch=$ABHOST
	[ "$arch" != noarch ] || arch=all
	ab_field Package "$PKGNAME"
	ab_field Version "$(ab_version)"
	ab_field Architecture "$arch"
	ab_field Maintainer "${AOINB_MAINTAINER:-${MTER:-nobody <nobody@localhost>}}"
	ab_field Installed-Size "$1"
	ab_field Section "${PKGSEC:-misc}"
	if bool "$PKGESS"; then
		ab_field Essential yes
	fi
	ab_field Depends "$(ab_relation "$PKGDEP")"
	ab_field Recommends "$(ab_relation "$PKGRECOM")"
	ab_field Suggests "$(ab_relation "$PKGSUG")"
	ab_field Breaks "$(ab_relation "$PKGBREAK")"
	ab_field Conflicts "$(ab_relation "$PKGCONFL")"
	ab_field Provides "$(ab_relation "$PKGPROV")"
	ab_field Replaces "$(ab_relation "$PKGREP")"
	ab_field Description "$(tr '\n' ' ' <<<"$PKGDES" | sed 's/ *$//')"
}

# ab_pack - dpkg-deb clamps every time to SOURCE_DATE_EPOCH; one thread, as the
# number of threads shows in what xz writes
ab_pack() {
	local deb=${PKGNAME}_$PKGVER-${PKGREL}_$ABHOST.deb
	DPKG_DEB_THREADS_MAX=1 dpkg-deb --root-owner-group -Zxz -b "$PKGDIR" "$SRCDIR/$deb" >/dev/null
	abinfo "made $deb"
}
