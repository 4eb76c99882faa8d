# shellcheck shell=bash
# What is done to the installed tree before it becomes a package.

ab_overrides() {
	local dir
	[ -d "$PKGDIR" ] || abdie "nothing was installed in $PKGDIR"
	dir=$(ab_find overrides) || return 0
	abinfo 'overrides'
	cp -a --no-preserve=ownership "$dir/." "$PKGDIR/"
}

ab_tidy() {
	! bool "$NOLIBTOOL" || find "$PKGDIR" -name '*.la' -type f -delete
	rm -f "$PKGDIR/usr/share/info/dir"
	if bool "$ABSTRIP" && [ "$ABHOST" != noarch ]; then
		ab_strip
	fi
}

# Every ELF file once, whatever its name and mode; the tool must neither leave
# a date in an archive nor break a hard link.
ab_strip() {
	local file magic
	while IFS= read -r -d '' file; do
		LC_ALL=C IFS= read -r -N 8 magic <"$file" || :
		case $magic in
		$'\x7fELF'*) ab_strip_one "$file" ;;
		$'!<arch>\n') strip --strip-debug --enable-deterministic-archives "$file" ;;
		esac
	done < <(find "$PKGDIR" -type f -size +4c -print0)
}

ab_strip_one() {
	local how=--strip-unneeded
	case $1 in *.o | *.ko) how=--strip-debug ;; esac
	strip "$how" --remove-section=.comment --remove-section=.note "$1" ||
	    abwarn "${1#"$PKGDIR"}: could not be stripped"
}
