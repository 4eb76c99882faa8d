#!/bin/sh
# The host reads spec and defines without running them, the toolbox by sourcing them:
# both have to find the same in them
. "${0%/*}/lib.sh"
need bash

echo '# specs: the exit code, the environment, the table'
# read_alike SPEC... - a test for each
read_alike() {
	for text; do
		printf '%b\n' "$text" >"$in/spec"
		rm -rf ours && mkdir ours
		theirs=0 code=0
		aoinb-spec --env "$in/spec" >theirs.env 2>err &&
		    aoinb-spec --sources -a amd64 "$in/spec" >theirs.table 2>err || theirs=$?
		bash -euc '. "$1/lib/say.sh"; . "$1/lib/spec.sh"; spec_make "$2/spec" amd64 ours /none' \
		    bash "$top/toolbox" "$in" 2>>err || code=$?
		is "both readers: $text" "$code $(cut -f 1-6 ours/sources 2>err; alike_env ours/spec.env)" \
		    "$theirs $([ "$theirs" -ne 0 ] || { cat theirs.table; alike_env theirs.env; })"
	done
}
# alike_env FILE - what it sets
alike_env() {
	[ "$theirs" -ne 0 ] || env -i bash -euc '. "./$1"; declare -p ver rel epoch subdir dummysrc
		for name in "${!__@}"; do declare -p "$name"; done' bash "$1" | LC_ALL=C sort
}
in=.
h=https://example.org sha1=0123456789ABCDEF0123456789abcdef01234567
for word in 1 Y yes true ON 0 n No false off '""' maybe 2; do
	read_alike "VER=1 DUMMYSRC=$word\nSRCS=$h/a.tgz CHKSUMS=SKIP"
done
read_alike 'VER=1\r\nREL=2\r\nEPOCH=1\r\nDUMMYSRC=y\r' 'REL=1 DUMMYSRC=1' 'VER=1' 'VER=1 SRCS="  "' \
    "VER=1 DUMMYSRC=1\nSUBDIR='a \\'b' __A='x  \$y' __B=\$VER"
for url in example.org/a.tgz example.org:80/a.tgz tbl::example.org/a file::example.org:/a tbl::../a.tgz tbl::/a.tgz \
    file::file:/etc/passwd "https://a.zip/x.txt" "file::https://a.zip/x.txt" "$h/a.tar.gz" "$h/a.tar." "$h/get?f=a.zip" \
    "$h/a.tar.gz/download" "$h" "tbl::$h/" "file::$h/a:b" "tbl::rename=a.tgz;use-url-name=true::$h/x" \
    "tbl::rename=../a::$h/x" 'pypi::version=3::foo' 'none::x' 'cobol::x'; do
	read_alike "VER=1 SRCS='$url' CHKSUMS=skip" "VER=1 SRCS='$url' CHKSUMS=sha1::$sha1" "VER=1 SRCS='$url'"
done
read_alike "VER=1 SRCS='git::commit=abc::$h/a.git/'" "VER=1 SRCS='GIT://h/a'" "VER=1 SRCS='svn::commit=3::$h/a///'" \
    'VER=1 SRCS=bzr::lp:a' "VER=1 SRCS='$h/a.git $h/b.txz' CHKSUMS='SKIP SKIP'" "VER=1 SRCS='$h/a.git $h/b.txz' CHKSUMS=SKIP" \
    "VER=1\nSRCS=$h/a.tgz CHKSUMS=SKIP\nSRCS__AMD64=$h/b.tgz CHKSUMS__AMD64=sha1::$sha1" \
    "VER=1\nSRCS=$h/a.tgz CHKSUMS=SKIP\nSRCS__ARM64=$h/b.tgz" \
    "VER=1 SRCTBL=$h/a.tgz" "VER=1 SRCTBL=$h/a.tgz CHKSUM=sha1::$sha1" "VER=1 SRCTBL=$h/a.tgz CHKSUM='SKIP SKIP'" \
    "VER=1 GITSRC=$h/a GITCO=1 GITBRCH=m" "VER=1 GITSRC=$h/a GITBRCH=m" "VER=1 SVNSRC=$h/a HGSRC=$h/b HGCO=2"

read_alike "VER=1 SRCS='git::commit=::$h/a'" "VER=1 SRCS='git::branch=b;commit=::$h/a'" "VER=1 SRCS=git::example.org/a.git" \
    "VER=1 SRCS='$h/a.git none::' CHKSUMS='sha256::SKIP SHA1::skip'" \
    'VER=1 DUMMYSRC=1\nU=0.2-b __A=${U/-/~} __B=~/x __C=${U%%~*}\nVER=$__A __D="${U/-/~}" __E=a:~:b' \
    'VER=1 DUMMYSRC=1\n__B=b\nif [[ $__B == [ab] && -z $U ]]; then\n\t__A=1\nelse __A=2; fi'

echo '# what sources are called: of a package, of sub-packages'
read_called() {
	in=$1
	read_alike "VER=1 SRCS=$h/a.git" "VER=1 SRCS='$h/a.git $h/b.git svn::commit=1;rename=c::$h/c'" \
	    "VER=1.0 SRCS='$h/a.git git::rename=$2::$h/b git::$h/c'" "VER=1 SRCS='bzr::lp:a hg::$h/b'" \
	    "VER=1.0 SRCS='file::$h/a.ttf file::$h/b.tar.xz file::$h/get?f=c.zip file::$h/d.pdf#e file::$h/f. file::$h/g' CHKSUMS='SKIP SKIP SKIP SKIP SKIP SKIP'" \
	    "VER=1.0 SRCS='file::$h/1.ttf file::use-url-name=true::$h/b.c file::use-url-name=false::$h/b.c' CHKSUMS='SKIP SKIP SKIP'" \
	    "VER=1.0 SRCS='tbl::$h/a/ none:: tbl::$h/b/' CHKSUMS='SKIP SKIP SKIP'" "VER=a/b SRCS='file::$h/c $h/d.git' CHKSUMS='SKIP SKIP'" \
	    "VER=1 GITSRC=$h/a SVNSRC=$h/b" "VER=2 SRCS=pypi::version=3::foo CHKSUMS=SKIP"
}
mkdir -p called/autobuild more/02-b more/01-a 'no name/01-a'
echo PKGNAME=pkg >called/autobuild/defines
echo PKGNAME=a | tee more/01-a/defines more/02-b/defines 'no name/01-a/defines' >/dev/null
read_called called pkg
read_called more more
read_called 'no name' x
in=.

echo '# defines: all dependencies, and whether the package is for the architecture'
# defines_alike TEXT BUNDLE - on each of archs
defines_alike() {
	for arch in $archs; do
		of=$(aoinb-spec --groups -a "$arch")
		aoinb-spec --packages -a "$arch" "$2" 2>err | awk -F '\t' -v OFS='\t' '$3 != "!" {
			sub(/=.*/, "", $6)
			print $2, $3, $6, $7, $8, $9
		}' >theirs
		"$top/tests/readers-toolbox" "$top/toolbox" "$arch" "$of" "$2" >found 2>err || cat err
		is "$1 on $arch" "$(cat found)" "$(cat theirs)"
		[ -s theirs ] || report 1 'which is something'
	done
}
# defines LINE... - a bundle with these
defines() {
	rm -rf b && mkdir -p b/autobuild
	printf 'VER=1\nDUMMYSRC=1\n__SPEC="from spec"\n' >b/spec
	printf '%s\n' PKGNAME=b "$@" >b/autobuild/defines
}
archs='amd64 i486 sparc64'
groups='mainline mainline_tier1 mainline_tier2 retro 32bit 64bit arm ocaml_native optenv with_dotnet without_dotnet'

defines 'PKGDEP=a PKGDEP__64BIT=b' 'BUILDDEP=c BUILDDEP__RETRO="d  e | f" PKGPROV__AMD64="x>=1 y"'
defines_alike '64BIT and RETRO' b
archs='amd64 armv7hf sparc64 loongson3 optenv32'
set --
for group in $groups; do
	upper=$(echo "$group" | tr '[:lower:]' '[:upper:]')
	set -- "$@" "PKGDEP__$upper='$group all'" "PKGPROV__$upper=$group"
	defines "PKGDEP=none PKGDEP__$upper=$group FAIL_ARCH='!($group|m68k)'"
	defines_alike "$group" b
done
archs='amd64 arm64 i486 sparc64 loongarch64 loongson3 riscv64 armv7hf optenv32 pdp11'
defines PKGDEP=none "$@" PKGPROV__ARM64=arm64 PKGPROV__SPARC64=sparc64
defines_alike 'all groups at once' b
archs='amd64 sparc64 i486'
for text in amd64 '(amd64|i486)' '@(arm64|sparc64)' '!(amd64)' '!mainline' 'RETRO' 'retro amd64' 'a*|i?86' '!(a*)' '|' '!()' \
    "arm64
amd64" '[[:alpha:]]*64'; do
	defines "FAIL_ARCH='$text'"
	defines_alike "FAIL_ARCH=$text" b
done
for text in noarch optenv32 amd64 i486 ''; do
	defines "ABHOST='$text'"
	defines_alike "ABHOST=$text" b
done
defines 'PKGDEP="a  >= 1 b| c
	d"' 'PKGDEP__AMD64="$PKGDEP $__SPEC $PKGVER $ARCH"' 'PKGPROV=${PKGNAME}-$ABHOST' 'ABHOST__SPARC64=noarch'
defines_alike 'what they are made of' b
defines 'if [[ $ARCH == *64 ]]; then' 'PKGDEP=a' 'elif [[ $ABHOST = i486 && -n $PKGVER ]]; then PKGDEP=b BUILDDEP=c' 'else' \
    'PKGDEP=d; fi' 'FLAGS=(-a' '-b)' 'if [[ ! ( $PKGDEP != a || -z $__SPEC ) ]]; then BUILDDEP+=e; FLAGS+=(-c); fi'
defines_alike 'what is decided there' b

echo '# the corpus'
archs='amd64 sparc64'
for spec in "$top"/tests/bundles/*/spec "$top"/tests/tree/*/*/spec; do
	bundle=${spec%/spec}
	aoinb-spec --packages -a amd64 "$bundle" 2>err | cut -f 3 | grep -qv '^!' || continue
	defines_alike "${bundle##*/}" "$bundle"
done

finish
