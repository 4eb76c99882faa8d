# shellcheck shell=sh
# Words for tests that have a tree of packages, in $tree.

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

# bundle_digest DIR - of one bundle; for who has sourced scripts/lib/bundle.sh
bundle_digest() {
	bundle_digests "$PWD/digests.one" "$1"
}
