#!/bin/sh
# aoinb-bundle: bundles found, looked through and edited
. "${0%/*}/lib.sh"
need jq

# spec DIR LINE... - a bundle in DIR with these lines in its spec
spec() {
	mkdir -p "$1/autobuild"
	printf 'PKGNAME=%s\nPKGSEC=misc\nPKGDES="A package"\n' "${1##*/}" >"$1/autobuild/defines"
	dir=$1; shift
	printf '%s\n' "$@" >"$dir/spec"
}
# lint ARG... - of the words of the helper
lint() { aoinb-bundle -a amd64 "$@"; }
sum=sha256::$(printf '%064d' 0)

echo '# find'
spec tree/app/one VER=1 DUMMYSRC=1
spec tree/lib/two VER=1 DUMMYSRC=1
spec tree/app/two VER=1 DUMMYSRC=1
for name in one app/one tree/app/one; do
	try 0 "find $name"                 aoinb-bundle --tree=tree find "$name"
	is 'prints its folder'             "$(cat out)" tree/app/one
done
try 65 'a name of two'                     aoinb-bundle --tree=tree find two
says err 'say category/two'                'says what to say'
try 66 'no bundle'                         aoinb-bundle --tree=tree find three
try 66 'out of the tree'                   aoinb-bundle --tree=tree/app find ../lib/../lib/none
mkdir -p tree/app/bare empty
try 66 'no spec'                           aoinb-bundle find empty
says err 'there is no spec in it'          'says so'
: >empty/spec
try 66 'no autobuild'                      aoinb-bundle find empty
mkdir empty/01-part
try 0 'parts are as good'                  aoinb-bundle find empty

echo '# lint'
try 0 'nothing is wrong'                   lint lint tree/app/one tree/lib/two
is 'and nothing said'                      "$(cat out)" ''
# shellcheck disable=SC2016 # for the evaluator
spec tree/app/run VER=1 '# a comment' 'SUBDIR=$(ls)' DUMMYSRC=1
spec tree/app/odd VER=1 "SRCS='tbl::http://h.example/x.tar.gz" "    nonsense::http://h.example/y'" "CHKSUMS='$sum $sum'"
spec tree/app/sum VER=1 SRCS=tbl::http://h.example/x.tar.gz CHKSUMS=sha256::12
try 1 'one that would run something'       lint lint tree/app/run
says out '^tree/app/run/spec:3: '          'by file and line'
try 1 'a source that is none'              lint lint tree/app/odd
says out '^tree/app/odd/spec:3: .*nonsense' 'by the line of the entry'
try 1 'a digest that is none'              lint lint tree/app/sum
says out '^tree/app/sum/spec:3: '          'likewise'
sed -i 's/^PKGNAME.*//' tree/lib/two/autobuild/defines
try 1 'a tree'                             lint --tree=tree lint
is 'has all of them'                       "$(cut -d : -f 1 out | LC_ALL=C sort -u | paste -sd ' ')" \
    'tree/app/odd/spec tree/app/run/spec tree/app/sum/spec tree/lib/two/autobuild/defines'
lint --tree=tree lint >lines
try 1 'as JSON'                            lint --tree=tree --json lint
is 'says the same'                         "$(jq -r '.[] | "\(.file):\(.line // 1): \(.what)"' out)" "$(cat lines)"
try 66 'what is no bundle'                 lint lint tree/app/bare
try 64 'neither bundle nor tree'           lint lint
try 64 'both'                              lint --tree=tree lint tree/app/one

echo '# bump'
printf 'VER=1.0 # said\r\nREL=2\r\nSRCS=tbl::http://h.example/$VER.tar.gz\r\nDUMMY="VER=1.0"\r\n' >empty/spec
chmod 640 empty/spec
sed 's/^VER=1.0/VER=2.0rc1/; s/^REL=2/REL=0/' empty/spec >wanted
try 0 'a version'                          aoinb-bundle bump empty/spec 2.0rc1
ok 'is set where it stands, and no other byte' cmp empty/spec wanted
is 'the mode stays'                        "$(stat -c %a empty/spec)" 640
is 'and nothing is left beside it'         "$(ls empty)" "$(printf '01-part\nspec')"
try 1 'the same again'                     aoinb-bundle bump empty/spec 2.0rc1
for version in '' 'a b' '$(id)' 'x"y' '1:2'; do
	try 64 "no version: $version"      aoinb-bundle bump empty/spec "$version"
done
printf 'UP=1.0\nVER=$UP\n' >empty/spec
try 65 'a version made of others'          aoinb-bundle bump empty/spec 2
is 'stays'                                 "$(tail -n 1 empty/spec)" 'VER=$UP'
printf 'VER=1\n' >real; ln -sf ../real empty/spec
try 65 'a link is no spec'                 aoinb-bundle bump empty/spec 2
is 'and nothing behind it changes'         "$(cat real)" VER=1
try 0 '-n'                                 aoinb-bundle -n bump real 2
is 'writes nothing'                        "$(cat real)" VER=1
try 64 'a word that is none'               aoinb-bundle bumb x
finish
