# shellcheck shell=bash
# What is done to the installed tree before it becomes a package.

# ab_overrides - files of the bundle, as they are
ab_overrides() {
	local dir
	dir=$(ab_find overrides) || return 0
	abinfo 'overrides'
	cp -a --no-preserve=ownership "$dir/." "$PKGDIR/"
}

# ab_licences - what the source says of them, for the documents of the package
ab_licences() {
	local found=("$SRCDIR"/@(COPYING|LICENSE|LICENCE|COPYRIGHT)*) dir=$PKGDIR$DOCDIR/$PKGNAME
	if [ "${#found[@]}" -eq 0 ]; then
		abwarn 'the source has no file that is called COPYING, LICENSE or COPYRIGHT'
		return
	fi
	mkdir -p "$dir"
	cp -rL --no-preserve=mode,ownership "${found[@]}" "$dir/"
}

ab_tidy() {
	[ -d "$PKGDIR" ] || abdie "nothing was installed in $PKGDIR"
	find "$PKGDIR" -type f \( -name .packlist -o -name perllocal.pod \) -delete
	! ab_match_archgroup retro || ab_tidy_retro
	rm -f "$PKGDIR/usr/share/info/dir"
	! bool "$ABINFOCOMPRESS" || ab_compress "$PKGDIR"/usr/share/info/*.info
	! bool "$ABMANCOMPRESS" || ab_compress "$PKGDIR"/usr/share/man/**/man*/*.*
	! bool "$NOLIBTOOL" || find "$PKGDIR" -name '*.la' -type f -delete
	! bool "$NOSTATIC" || find "$PKGDIR" -name '*.a' -delete
}

# ab_tidy_retro - old machines have small disks: no documents, and of the manual only
# what users and administrators read
ab_tidy_retro() {
	rm -rf "$PKGDIR/usr/share/doc"
	[ "$PKGNAME" = gtk-doc ] || rm -rf "$PKGDIR/usr/share/gtk-doc"
	[ ! -d "$PKGDIR/usr/share/man" ] ||
	    find "$PKGDIR/usr/share/man" -depth -type d -name 'man*' ! -name 'man*[15678]' -exec rm -r {} \;
}

# ab_compress FILE... - each becomes FILE.xz, or FILE.gz where there is no xz; a link leads
# to its target's new name
ab_compress() {
	local file target end=.xz with=(xz --force --threads=1 '--lzma2=preset=6e,pb=0') files=()
	command -v xz >/dev/null || end=.gz with=(gzip --force --best --no-name)
	for file; do
		case $file in *.@(gz|bz2|xz|zst)) continue ;; esac
		if [ -L "$file" ]; then
			target=$(readlink "$file")
			case $target in
			*.@(gz|bz2|xz|zst)) ln -sf "$target" "$file.${target##*.}" ;;
			*) ln -sf "$target$end" "$file$end" ;;
			esac
			rm "$file"
		elif [ -f "$file" ]; then
			files+=("$file")
		fi
	done
	[ "${#files[@]}" -eq 0 ] || "${with[@]}" -- "${files[@]}"
}
