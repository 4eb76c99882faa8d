#!/bin/sh
# The contract with a base's own autobuild, by one that reads its configuration, sets its
# variables and reads the defines in the order of autobuild4: what reaches it, whichever
# file it reads, and what packages say of who built them, of what
# shellcheck disable=SC2016 # for the shell in the container to expand
. "${0%/*}/lib.sh"
need_root
need aoinb-mount aoinb-run dpkg-deb git setpriv
base=$(sh "$top/tests/base.sh") || skip_all 'no Debian root'
arch=$(dpkg --print-architecture)
. "$top/tests/toolbox-words.sh"
null='Null Packager <null@aosc.xyz>'

# built CODE TEXT BUNDLE [LINE] - builds it where the base has autobuild4, whose
# configuration is LINE
built() {
	rm -rf --one-file-system box
	mkdir -p box/upper/usr/bin box/upper/etc/autobuild
	cp "$top/tests/autobuild4" box/upper/usr/bin/autobuild
	[ -z "${4+set}" ] || printf '%s\n' "$4" >box/upper/etc/autobuild/ab4cfg.sh
	try "$1" "$2" boxed box "$3" /buildroot/toolbox/build.sh
}

# seen KEY - what autobuild4 has come to
seen() {
	sed -n "s/^$1=//p" box/output/seen | tail -n 1
}

# field NAME - of the package
field() {
	dpkg-deb -f box/output/*.deb "$1"
}

ours='MTER="The Base <base@example.org>"'
thing='VER=1.2
REL=3
DUMMYSRC=1'

echo '# jobs'
bundle thing "$thing" 'X=1'
boxed_env AOINB_JOBS=7
built 0 'a number of jobs'                 thing "$ours"
is 'is that of autobuild4'                 "$(seen threads) $(seen makeflags)" '7 -j7'
bundle thing "$thing" 'ABTHREADS=1'
built 0 'a bundle that knows better'       thing "$ours"
is 'has its own'                           "$(seen makeflags)" -j1
bundle thing "$thing" 'NOPARALLEL=1'
built 0 'and one that is not for several'  thing "$ours"
is 'has none'                              "$(seen makeflags)" -j1
bundle thing "$thing" 'X=1'
mkdir "thing/autobuild/$arch"
sed 's/A thing/One for it/' thing/autobuild/defines >"thing/autobuild/$arch/defines"
built 0 'defines of an architecture'       thing "$ours"
is 'are those that are read'               "$(seen defines)" "autobuild/$arch/defines"
is 'with the jobs'                         "$(seen makeflags)" -j7
is 'and the version'                       "$(field Version)" 1.2-3
boxed_env
bundle thing "$thing" 'X=1'
built 0 'no number of jobs'                thing "$ours"
is 'leaves it to autobuild4'               "$(seen makeflags)" "-j$(($(nproc) + 1))"

echo '# the maintainer'
boxed_env AOINB_MAINTAINER=
built 0 'without one of ours'              thing "$ours"
is 'that of the base stays'                "$(field Maintainer)" 'The Base <base@example.org>'
built 0 'the one that autobuild4 comes with' thing "MTER=\"$null\""
is 'is none'                               "$(field Maintainer)" 'Unknown Maintainer <maintainer@localhost>'
built 0 'no configuration at all'          thing
is 'nor is that'                           "$(field Maintainer)" 'Unknown Maintainer <maintainer@localhost>'
boxed_env
built 0 'with one of ours'                 thing "$ours"
is 'it is ours'                            "$(field Maintainer)" 'A Tester <tester@example.org>'

echo '# fields of control'
is 'without anything to say there are none' "$(field X-AOSC-Commit)$(field X-AOSC-ACBS-Version)" ''
boxed_env AOINB_COMMIT=v1-2-gabcdef-dirty AOINB_ACBS_VERSION=aoinb-7.8
printf 'X-Own: yes\n\nx-aosc-commit: mine' >thing/autobuild/extra-dpkg-control
built 0 'with what the host says'          thing "$ours"
is 'the commit'                            "$(field X-AOSC-Commit)" v1-2-gabcdef-dirty
is 'who built it'                          "$(field X-AOSC-ACBS-Version)" aoinb-7.8
is 'and the field of the bundle'           "$(field X-Own)" yes
ln -sf /etc/passwd thing/autobuild/extra-dpkg-control
built 0 'a link in its place'              thing "$ours"
is 'is replaced'                           "$(field X-AOSC-Commit)" v1-2-gabcdef-dirty
rm thing/autobuild/extra-dpkg-control

echo '# the stamp of a version'
boxed_env 'VERSTAMP=~pre20260102T030405Z~dirty'
built 0 'it reaches autobuild4'            thing "$ours"
is 'in the version'                        "$(field Version)" '1.2-3~pre20260102T030405Z~dirty'
is 'and the name of the file'              "$(cd box/output && ls -- *.deb)" 'thing_1.2-3~pre20260102T030405Z~dirty_noarch.deb'

echo '# the second stage'
echo 'PKGNAME=thing-two' >thing/autobuild/defines.stage2
for say in ABSTAGE2=1 ABMODIFIERS=+x,+Stage2; do
	boxed_env "$say" AOINB_JOBS=5
	built 0 "by $say"                  thing "$ours"
	is 'its own defines are read'      "$(seen defines)" autobuild/defines.stage2
	is 'with version and jobs'         "$(field Package) $(field Version) $(seen threads) $(seen stage2)" 'thing-two 1.2-3 5 1'
done
# As autobuild4 can be told by its own configuration alone.
boxed_env AOINB_JOBS=5
built 0 'by the base itself'               thing "$ours; export ABSTAGE2=1"
is 'they have it too'                      "$(field Package) $(field Version) $(seen threads)" 'thing-two 1.2-3 5'
boxed_env ABMODIFIERS=+x,-stage2
built 0 'without it'                       thing "$ours"
is 'the others are'                        "$(seen defines) $(seen stage2)" 'autobuild/defines '
ln -sf defines thing/autobuild/defines.stage2
boxed_env ABMODIFIERS=+stage2
built 0 'defines that are a link'          thing "$ours"
is 'are read, too'                         "$(field Package) $(field Version)" 'thing 1.2-3'

echo '# words that are no packages'
bundle thing "$thing" 'PKGDEP="@AB_AUTO_SO_DEPS@ bash_ @AB_SPIRAL_PROVIDES@"
ABTYPE=self'
echo 'mkdir -p "$PKGDIR/usr/share/thing"' >thing/autobuild/build
boxed_env
built 0 'what is filled in later'          thing "$ours"
is 'is no dependency'                      "$(field Depends)" bash
# The toolbox's own installs nothing for them either.
bundle thing "$thing" 'BUILDDEP="@AB_AUTO_SO_DEPS@ bash_"
ABTYPE=self'
echo 'mkdir -p "$PKGDIR/usr/share/thing"' >thing/autobuild/build
rm -rf --one-file-system box
boxed_env AOINB_NETWORK=no
try 0 'nor for the toolbox'\''s autobuild'    boxed box thing /buildroot/toolbox/build.sh
boxed_env
# wanted WORD... - what deps.sh asks apt for
wanted() {
	rm -rf --one-file-system box
	mkdir -p box/upper/buildroot
	printf '%s\n' "$@" >box/upper/buildroot/wanted
	: >box/upper/buildroot/without
	try 0 'dependencies are settled'   boxed box thing /buildroot/toolbox/deps.sh resolve
	is 'without them'                  "$(cat box/output/relation)" 'bash | dash (>= 0.1), sed (>= 1)'
}
wanted @AB_AUTO_SO_DEPS@ 'bash_|dash_>=0.1' 'sed>=1' @X@

finish
