# shellcheck shell=sh
# Words for tests that have a tree of packages, in $tree.
: "${tree:=$PWD/tree}" "${work:=$PWD/work}"

# package UNIT PKGNAME [LINE]... - a package folder, with LINEs for its defines
package() {
	folder=$tree/$1/autobuild
	mkdir -p "$folder"
	printf 'VER=1.0\nDUMMYSRC=1\n' >"$tree/$1/spec"
	shift
	package_defines "$@" >"$folder/defines"
}

# part UNIT FOLDER PKGNAME [LINE]... - a sub-package
part() {
	folder=$tree/$1/$2
	mkdir -p "$folder"
	printf 'VER=1.0\nDUMMYSRC=1\n' >"$tree/$1/spec"
	shift 2
	package_defines "$@" >"$folder/defines"
}

package_defines() {
	printf 'PKGNAME=%s\nPKGSEC=misc\nPKGDES="A package"\n' "$1"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@"
}

# bundle_digest DIR - of a bundle, as it was of old
bundle_digest() {
	python3 - "$1" <<'END'
import hashlib, os, sys
top, lines = os.fsencode(sys.argv[1]), []
escaped = lambda s: s.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\t", b"\\t")
for folder, folders, files in os.walk(top):
    for path in (os.path.join(folder, name) for name in folders + files):
        if os.path.islink(path):
            what = [b"link", escaped(os.readlink(path))]
        elif os.path.isfile(path):
            what = [b"program" if os.stat(path).st_mode & 0o111 else b"file",
                    hashlib.sha256(open(path, "rb").read()).hexdigest().encode()]
        else:
            continue
        lines.append(b"\t".join([escaped(path[len(top) + 1:])] + what) + b"\n")
print(hashlib.sha256(b"".join(sorted(lines))).hexdigest())
END
}

# built UNIT [LINE]... - in $work, a record as a build of it for stable leaves it, and
# the package
built() {
	unit=$1; shift
	key=$(echo "$unit" | tr / _)
	mkdir -p "$work/built/stable" "$work/output/stable"
	{
		printf 'version=1.0-0\nbundle=%s\npackage=%s.deb\n' "$(bundle_digest "$tree/$unit")" "$key"
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >"$work/built/stable/$key"
	: >"$work/output/stable/$key.deb"
}

# column STATE N - field N of the records of a STATE in out, on one line
column() {
	awk -F '\t' -v state="$1" -v n="$2" '$1 == state { print $n }' out | tr '\n' ' '
}

# to_build - the units to be built, sorted
to_build() {
	awk -F '\t' '$1 == "build" { print $3 }' out | LC_ALL=C sort | tr '\n' ' '
}
