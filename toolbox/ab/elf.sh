# shellcheck shell=bash
# ELF files: what they need, their debug symbols, and the rest without these.

# ab_elf - every file once, whatever its name and mode; the tool must neither leave a date
# in an archive nor break a hard link
ab_elf() {
	local file magic
	ab_needed=''
	[ "$ABHOST" != noarch ] || return 0
	while IFS= read -r -d '' file; do
		LC_ALL=C IFS= read -r -N 8 magic <"$file" || :
		case $magic in
		$'\x7fELF'*) ab_elf_one "$file" ;;
		$'!<arch>\n') ! bool "$ABSTRIP" || strip --strip-debug --enable-deterministic-archives "$file" ;;
		esac
	done < <(find "$PKGDIR" -type f -size +4c -print0)
	ab_elf_windows
	if bool "$ABSPLITDBG" && [ ! -d "$SYMDIR" ]; then
		abwarn 'there are no debug symbols for a package of them; ABSPLITDBG=0 says that this is right'
	fi
}

ab_elf_one() {
	local how=--strip-unneeded file=${1#"$PKGDIR"} words
	words=$(LC_ALL=C readelf -W -S -n -d "$1" 2>/dev/null) || :
	ab_needed+=$'\n'$(sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p' <<<"$words")
	bool "$ABSTRIP" || return 0
	case $1 in
	*.o) how=--strip-debug ;;
	*.ko) how=--strip-debug; ab_elf_split "$1" "$words" ;;
	*) ab_elf_split "$1" "$words" ;;
	esac
	strip "$how" --remove-section=.comment --remove-section=.note "$1" ||
	    abwarn "$file: could not be stripped"
}

# ab_elf_split FILE WORDS - its debug symbols to SYMDIR, under the number that the linker
# gave the build, where debuggers look; under its path where there is no number
ab_elf_split() {
	local id debug=$SYMDIR/usr/lib/debug
	bool "$ABSPLITDBG" && [[ $2 == *' .debug_'* ]] || return 0
	id=$(sed -n 's/.*Build ID: \([0-9a-f]\{8,\}\).*/\1/p' <<<"$2" | head -n 1)
	if [ -n "$id" ]; then
		debug+=/.build-id/${id:0:2}/${id:2}.debug
	else
		debug+=${1#"$PKGDIR"}.debug
	fi
	mkdir -p "${debug%/*}"
	objcopy --only-keep-debug --compress-debug-sections "$1" "$debug"
	chmod 644 "$debug"
	[ -n "$id" ] || objcopy --add-gnu-debuglink="$debug" "$1"
}

# ab_elf_windows - what compilers for Windows have as debug symbols
ab_elf_windows() {
	local file
	bool "$ABSTRIP" || return 0
	for file in "$PKGDIR"/@(opt|usr)/**/*.pdb; do
		if bool "$ABSPLITDBG"; then
			install -D -m 644 "$file" "$SYMDIR${file#"$PKGDIR"}"
		fi
		rm "$file"
	done
}

# ab_elf_packages - the packages that have the libraries which the programs need
ab_elf_packages() {
	local name
	while read -r name; do
		[ -z "$name" ] || dpkg-query -S "*/$name" 2>/dev/null | sed -n '/^diversion /d; s/: .*//; s/:.*//; p'
	done < <(sort -u <<<"$ab_needed") | tr -s ', ' '\n' | sort -u
}
