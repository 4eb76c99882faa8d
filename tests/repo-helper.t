#!/bin/sh
# aoinb-repo: what it moves, indexes, asks and keeps; what apt would mind; the order of
# versions; and what is there at any moment, whoever is killed and whatever is full
. "${0%/*}/lib.sh"
need_root
need apt-ftparchive dpkg dpkg-deb gpg gpgv jq python3 xz

mkdir w
out=$PWD/w/output/b
nl=$(printf '\n.') nl=${nl%.}

# deb FILE CONTROL - a package with that control file (printf's words)
deb() {
	printf '%b' "$2" | python3 "$top/tests/debs.py" one "$1"
}

# pkg DIR NAME VERSION [LINE] - a package that is well
pkg() {
	deb "$1/$2_${3#*:}_all.deb" "Package: $2\nVersion: $3\nArchitecture: all\nMaintainer: a <a@b>\n${4:+$4\n}Description: x\n"
}

# repo VERB BRANCH [ARG]... - the helper; how many packages apt-ftparchive is asked for, each
# time, goes to the file asked
repo() {
	repo_code=0
	aoinb-repo -v -w w "$@" 2>said || repo_code=$?
	sed -n 's/.*: apt-ftparchive reads //p' said >>asked
	sed '/: apt-ftparchive reads /d; /: what is kept in the cache is damaged;/d' said >&2
	return "$repo_code"
}

# listed BRANCH - names and versions in the index
listed() {
	repo ls "$1" | cut -f 1,2 | tr '\t' ' '
}

# whole BRANCH - every file that its Release names is there by its digest, and the two
# indexes are the same
whole() {
	python3 "$top/tests/debs.py" whole "$PWD/w/output/$1" &&
	    xz -dc "w/output/$1/Packages.xz" | cmp - "w/output/$1/Packages"
}

sum() {
	sha256sum <"$1" | cut -d ' ' -f 1
}

# sum_of BRANCH FILE - in the index
sum_of() {
	awk -v f="Filename: $2" '$0 == f { found = 1 } /^$/ { found = 0 } found && /^SHA256: / { print $2 }' "w/output/$1/Packages"
}

# A program in front of apt-ftparchive, which does what the file "fault" says.  It is
# nobody's when it reads packages.
chmod 755 .
mkdir bin
real=$(command -v apt-ftparchive)
cat >bin/apt-ftparchive <<X
#!/bin/sh
[ ! -e "$PWD/fault" ] || . "$PWD/fault"
exec $real "\$@"
X
chmod 755 bin/apt-ftparchive
PATH=$PWD/bin:$PATH

# asked - how many packages it was asked for since the last time, on one line
asked() {
	[ ! -e asked ] || tr '\n' ' ' <asked
	rm -f asked
}

echo '# add'
mkdir new
pkg new one 1
pkg new two 2
chmod 600 new/one_1_all.deb
chown 5:5 new/two_2_all.deb
sum=$(sum new/one_1_all.deb) size=$(stat -c %s new/one_1_all.deb)
try 0 'the first package'               repo add b new/one_1_all.deb
is 'is a row'                           "$(cat out)" "$(printf 'sha256::%s\t%s\tone_1_all.deb' "$sum" "$size")"
is 'stderr says nothing'                "$(cat err)" ''
ok 'it was moved'                       test ! -e new/one_1_all.deb
try 0 'a second one'                    repo add b new/two_2_all.deb
is 'everybody may read them, root may write' \
    "$(stat -c '%a %u %g' "$out"/*.deb)" "644 0 0${nl}644 0 0"
is 'the index has both'                 "$(listed b)" "one 1${nl}two 2"
ok 'it is whole'                        whole b
is 'apt-ftparchive was asked once for each' "$(asked)" '1 1 '
for line in 'Origin: aoinb' 'Label: aoinb' 'Suite: b' 'Codename: b' 'Acquire-By-Hash: yes'; do
	ok "Release says $line"         grep -qx "$line" "$out/Release"
done
is 'nothing else is there'              "$(cd "$out" && find . ! -path './by-hash/*/*' | sort | tr '\n' ' ')" \
    '. ./.new ./Packages ./Packages.xz ./Release ./by-hash ./by-hash/SHA256 ./one_1_all.deb ./two_2_all.deb '
is 'nor in the cache'                   "$(ls -A w/cache/repo/b)" stanzas
try 0 'ls'                              repo ls b
is 'has five columns'                   "$(sed -n 1p out)" "$(printf 'one\t1\tall\t%s\tone_1_all.deb' "$size")"
try 0 'ls --json'                       repo ls b --json
is 'has five keys'                      "$(jq -c '.[1]' out)" \
    "{\"package\":\"two\",\"version\":\"2\",\"arch\":\"all\",\"size\":$size,\"file\":\"two_2_all.deb\"}"
pkg new three 3
try 0 'add -n'                          repo -n add b new/three_3_all.deb
ok 'does nothing'                       test -e new/three_3_all.deb -a ! -e "$out/three_3_all.deb"
ok 'but says what it would'             grep -q "^mv -t w/output/b -- new/three_3_all.deb\$" out
try 0 '--valid'                         repo --valid=1h add b new/three_3_all.deb
ok 'is an end'                          grep -q '^Valid-Until: ' "$out/Release"

echo '# what cannot be added'
pkg new good 1
cp new/good_1_all.deb 'new/a b_1_all.deb'
cp new/good_1_all.deb new/-n_1_all.deb
cp new/good_1_all.deb new/text.txt
mkfifo new/pipe_1_all.deb
mkdir new/folder_1_all.deb
ln -s good_1_all.deb new/link_1_all.deb
try 66 'a file that is not there'       repo add b new/good_1_all.deb new/none_1_all.deb
ok 'then nothing was moved'             test -e new/good_1_all.deb
mkdir new/sub
cp new/good_1_all.deb new/sub/
try 64 'two of one name'                repo add b new/good_1_all.deb new/sub/good_1_all.deb
try 0 'all kinds, and a good one'       repo add b 'new/a b_1_all.deb' new/-n_1_all.deb new/text.txt \
    new/pipe_1_all.deb new/folder_1_all.deb new/link_1_all.deb new/good_1_all.deb
is 'only the good one is a row'         "$(cut -f 3 out)" good_1_all.deb
for name in 'a b' -n text pipe folder link; do
	ok "$name is named"             grep -q "^aoinb: repository b: $name.*; left out\$" err
done
is 'no other is'                        "$(wc -l <err)" 6
try 1 'none that is good'               repo add b new/text.txt
is 'is no row'                          "$(cat out)" ''
rm -r new/*

echo '# packages that change'
asked >/dev/null
pkg new same 1
repo add b new/same_1_all.deb >/dev/null
first=$(sum_of b same_1_all.deb)
pkg new same 1 'X-Round: 2'
touch -r "$out/same_1_all.deb" new/same_1_all.deb
was=$(stat -c %Y "$out/same_1_all.deb")
try 0 'one of the same name and time'   repo add b new/same_1_all.deb
ok 'has another time then'              test "$(stat -c %Y "$out/same_1_all.deb")" -ne "$was"
is 'and is read again'                  "$(sum_of b same_1_all.deb)" "$(sum "$out/same_1_all.deb")"
ok 'it was another'                     test "$first" != "$(sum_of b same_1_all.deb)"
is 'it alone is read'                   "$(asked)" '1 1 '
was=$(stat -c %y "$out/same_1_all.deb")
pkg . same 1 'X-Round: 3'
cat same_1_all.deb >"$out/same_1_all.deb"
touch -d "$was" "$out/same_1_all.deb"
pkg new next 1
try 0 'one that was written to, with its time set back' repo add b new/next_1_all.deb
is 'is read again'                      "$(sum_of b same_1_all.deb)" "$(sum "$out/same_1_all.deb")"
is 'with the new one'                   "$(asked)" '1 1 '
try 0 'index'                           repo index b
is 'reads every one'                    "$(asked)" "$(find "$out" -name '*.deb' | wc -l) "
rm "$out/next_1_all.deb"
pkg new last 1
repo add b new/last_1_all.deb >/dev/null
is 'one that has gone leaves the index' "$(listed b | tr '\n' ' ')" 'good 1 last 1 one 1 same 1 three 3 two 2 '
asked >/dev/null

echo '# what is kept in the cache'
cp w/cache/repo/b/stanzas stanzas
cp "$out/Packages" Packages
python3 - <<'X'
import random
r = random.Random(3)
good = open('stanzas', 'rb').read()
for i in range(40):
    bad = bytearray(good)
    if i % 2:
        bad[r.randrange(len(bad))] ^= 1 << r.randrange(8)
    else:
        del bad[r.randrange(len(bad)):]
    open('bad.%d' % i, 'wb').write(bad)
open('bad.40', 'wb').write(good + b'x')
open('bad.41', 'wb').write(b'\0' * 5000)
open('bad.42', 'wb').write(b'aoinb-repo stanzas 0' + good[20:])
X
lost=''
i=0
pkg . last 1
while [ "$i" -le 42 ]; do
	cp "bad.$i" w/cache/repo/b/stanzas
	cp last_1_all.deb new/
	repo add b new/last_1_all.deb >/dev/null 2>err || lost="$lost $i:code"
	[ "$(asked)" = '1 5 ' ] || lost="$lost $i:asked"
	[ ! -s err ] || lost="$lost $i:said"
	[ "$(listed b | wc -l)" -eq 6 ] || lost="$lost $i:listed"
	i=$((i + 1))
done
is 'torn, damaged or foreign: everything is read anew, in silence' "$lost" ''
rm w/cache/repo/b/stanzas
mkdir w/cache/repo/b/stanzas
pkg new last 1
try 0 'a folder in its place'           repo add b new/last_1_all.deb
ok 'loses nothing'                      whole b
rm -r w/cache
echo x >elsewhere
mkdir -p w/cache/repo/b
ln -s "$PWD/elsewhere" w/cache/repo/b/stanzas
touch w/cache/repo/b/db w/cache/repo/b/raw
pkg new last 1
try 0 'nor does a link'                 repo add b new/last_1_all.deb
is 'which is not followed'              "$(cat elsewhere)" x
is 'what the last version left is gone' "$(ls -A w/cache/repo/b)" stanzas
asked >/dev/null

echo '# damaged packages'
mkdir -p w/output/bad
bad=w/output/bad
pkg $bad good 1
head -c 300 $bad/good_1_all.deb >$bad/short_1_all.deb
: >$bad/empty_1_all.deb
echo 'no package' >$bad/text_1_all.deb
mkfifo $bad/pipe_1_all.deb
mkdir $bad/folder_1_all.deb
ln -s good_1_all.deb $bad/link_1_all.deb
cp $bad/good_1_all.deb "$bad/a b_1_all.deb"
cp $bad/good_1_all.deb $bad/.hidden.deb
deb $bad/noname_1_all.deb 'Version: 1\nArchitecture: all\nDescription: x\n'
pkg $bad large 1 "X-Large: $(printf '%03000000d' 0)"
try 65 'make index fail'                repo index bad
is 'the good one is in the index'       "$(listed bad)" 'good 1'
for name in short empty text pipe folder link 'a b' noname large; do
	ok "$name is named"             grep -q "^aoinb: repository bad: $name.*; left out\$" err
done
is 'no other is'                        "$(wc -l <err)" 9
says err 'short_1_all.deb: [^;]* archive.*; left out' 'by what apt-ftparchive said of it'
pkg new more 1
try 0 'add only warns'                  repo add bad new/more_1_all.deb
is 'of each of them again'              "$(wc -l <err)" 9
is 'and indexes the new one'            "$(listed bad)" "good 1${nl}more 1"
head -c 9000 $bad/good_1_all.deb >new/torn_1_all.deb
try 1 'add of one that is damaged'      repo add bad new/torn_1_all.deb
ok 'leaves it where it is'              test -e new/torn_1_all.deb -a ! -e w/output/bad/torn_1_all.deb
says err 'torn_1_all.deb.*left out'     'and said'
ok 'the index is whole'                 whole bad
rm -rf $bad

echo '# what apt would mind'
# One a line: whether it is well, the field, its value (printf's words).
cat >rules <<X
+ Depends: a
+ Depends: a, b|c , d (>= 1:2.0~rc-1+b), e:any (<<3),
+ Depends: a (= 1) | b:amd64\n , c
+ Depends:
+ Provides: a (= 1), b
+ Section: $(printf '%0255d' 0)
+ Recommends: $(printf '%0255d' 0)
- Depends: a |
- Depends: ,
- Depends: , a
- Depends: a,, b
- Depends: a, , b
- Depends: a b
- Depends: a (>= 1
- Depends: a (1)
- Depends: a (== 1)
- Depends: a (>= )
- Depends: a (>= 1) x
- Depends: a:
- Depends: a:A
- Depends: a\t, b
- Depends: -a
- Pre-Depends: a |
- Recommends: a (!= 1)
- Suggests: a ||b
- Enhances: (a)
- Conflicts: a | b
- Breaks: a | b
- Replaces: a | b
- Provides: a b
- Obsoletes: a | b
- Section: $(printf '%0256d' 0)
- Priority: $(printf '%0256d' 0)
- Source: $(printf '%0256d' 0)
- Multi-Arch: $(printf '%0256d' 0)
- Depends: b, $(printf '%0256d' 0)
- Provides: $(printf '%0300d' 0)
X
mkdir -p w/output/rules
n=100
while IFS= read -r line; do
	n=$((n + 1))
	printf '%s/p%s_1_all.deb\tPackage: p%s\\nVersion: 1\\nArchitecture: all\\n%s\\nDescription: x\\n\n' \
	    w/output/rules "$n" "$n" "${line#??}" >&3
	case $line in +*) echo "p$n 1" ;; esac
done <rules >wanted 3>debs
python3 "$top/tests/debs.py" each <debs
deb w/output/rules/name_1_all.deb 'Package: a/b\nVersion: 1\nArchitecture: all\nDescription: x\n'
deb w/output/rules/version_1_all.deb 'Package: a\nVersion: 1 2\nArchitecture: all\nDescription: x\n'
deb w/output/rules/arch_1_all.deb 'Package: a\nVersion: 1\nArchitecture: All\nDescription: x\n'
try 65 'is in no index'                 repo index rules
is 'what is well is'                    "$(listed rules)" "$(cat wanted)"
says err 'p108_1_all.deb: Depends cannot be parsed; left out' 'the field is named'
says err 'p136_1_all.deb: Depends holds a word that is too long; left out' 'and what is wrong with it'
says err 'name_1_all.deb: Package is not a name; left out' 'a name'
says err 'version_1_all.deb: Version is none; left out' 'a version'
says err 'arch_1_all.deb: Architecture is none; left out' 'an architecture'
rm -r w/output/rules

echo '# versions'
mkdir -p w/output/order
python3 - <<'X' >pairs
import random
r = random.Random(7)
def v():
    s = r.choice('019') + ''.join(r.choice('0019ab~+.Z') for _ in range(r.randint(0, 5)))
    if r.random() < .1: s += '0' * r.randint(1, 30) + r.choice('12')
    if r.random() < .3: s = r.choice(['0:', '1:', '2:', '00:', '10:']) + s
    if r.random() < .1: s += '-1'
    if r.random() < .6: s += '-' + r.choice('0129') + ''.join(r.choice('01a~+.') for _ in range(r.randint(0, 3)))
    return s
of = [v() for _ in range(400)]
index = open('w/output/order/Packages', 'w')
for n in range(600):
    a = r.choice(of)
    b = r.choice(of) if r.random() < .5 else a + r.choice('01a~+.') if r.random() < .8 else a.replace('0', '00', 1)
    print(n, a, b)
    for name, version in ('a', a), ('b', b):
        index.write('Package: p%d\nVersion: %s\nArchitecture: all\nFilename: %d%s.deb\n\n' % (n, version, n, name))
X
while read -r n a b; do
	if dpkg --compare-versions "$a" lt "$b"; then echo "${n}a.deb"
	elif dpkg --compare-versions "$a" gt "$b"; then echo "${n}b.deb"; fi
done <pairs | sort >wanted
try 0 'prune -n of 600 pairs'           repo -n --keep=1 prune order
sed 's|.*/||' out | sort >got
ok 'finds the older one as dpkg does'   cmp got wanted
ok 'there were all three kinds'         test "$(wc -l <wanted)" -gt 100 -a "$(wc -l <wanted)" -lt 590
mkdir -p w/output/keep
for version in 1.9-0 1.10-0 1.10~rc1-0 2:0.1-0; do pkg w/output/keep t "$version"; done
pkg w/output/keep u 1
repo index keep
try 78 'prune wants to know how many'   repo prune keep
try 0 'prune'                           repo --keep=2 prune keep
is 'prints what it removed'             "$(sort out)" "w/output/keep/t_1.10~rc1-0_all.deb${nl}w/output/keep/t_1.9-0_all.deb"
is 'the newest stay'                    "$(listed keep | sort)" "t 1.10-0${nl}t 2:0.1-0${nl}u 1"
is 'in the folder too'                  "$(cd w/output/keep && echo *.deb)" 't_0.1-0_all.deb t_1.10-0_all.deb u_1_all.deb'
pkg new t 1
try 0 'add with --keep'                 repo --keep=1 add keep new/t_1_all.deb
is 'goes by version, not by time'       "$(listed keep)" "t 2:0.1-0${nl}u 1"
ok 'it is whole'                        whole keep

echo '# an index of several blocks'
mkdir -p w/output/large
python3 "$top/tests/debs.py" many w/output/large 0 1500
repo index large
n=0 torn=''
while [ "$n" -lt 6 ]; do
	n=$((n + 1))
	rm "$(find w/output/large -name '*.deb' | sort | sed -n "$((n * 200))p")"
	python3 "$top/tests/debs.py" many new $((2000 + n * 3)) $((2003 + n * 3))
	repo add large new/*.deb >/dev/null
	xz -tq w/output/large/Packages.xz && whole large || torn="$torn $n"
done
is 'is whole after every change'        "$torn" ''
ok 'it has some'                        test "$(xz --robot -l w/output/large/Packages.xz | awk '$1 == "file" { print $3 }')" -gt 2
cp w/output/large/Packages.xz before.xz
repo index large
ok 'made anew it is the same'           cmp before.xz w/output/large/Packages.xz
printf x | dd of=w/output/large/Packages.xz bs=1 seek=300 conv=notrunc 2>/dev/null
pkg new zz 1
try 0 'of one that is damaged'          repo add large new/zz_1_all.deb
ok 'nothing is taken over'              whole large
echo >>w/output/large/Packages
repo index large
pkg new zz 1
repo add large new/zz_1_all.deb >/dev/null
ok 'nor of Packages'                    whole large

try 0 'add of what is there already'    repo add b "$out/one_1_all.deb"
ok 'leaves it there'                    test -e "$out/one_1_all.deb"
is 'and in the index'                   "$(listed b | grep -c '^one ')" 1

echo '# packages that attack'
# A control file that is small as it lies there, and 1.5 GB when it is read.
mkdir -p bomb new
python3 - <<'X'
import io, lzma, tarfile
head = b'Package: bomb\nVersion: 1\nArchitecture: all\nDescription: x\n'
pack = lzma.LZMACompressor(preset=0)
info = tarfile.TarInfo('control')
info.size = 1500 << 20
out = pack.compress(info.tobuf() + head + b'X-Bomb: ')
for i in range(1500):
    out += pack.compress(b'x' * (1 << 20))
out += pack.compress(bytes(10240)) + pack.flush()
empty = io.BytesIO()
tarfile.open(fileobj=empty, mode='w').close()
with open('new/bomb_1_all.deb', 'wb') as f:
    f.write(b'!<arch>\n')
    for name, data in ('debian-binary', b'2.0\n'), ('control.tar.xz', out), ('data.tar', empty.getvalue()):
        f.write(b'%-16s%-12d%-6d%-6d%-8s%-10d`\n' % (name.encode(), 0, 0, 0, b'100644', len(data)))
        f.write(data + b'\n' * (len(data) % 2))
X
pkg new beside 1
try 0 'a bomb'                          timeout 120 aoinb-repo -w w add b new/bomb_1_all.deb new/beside_1_all.deb
ok 'is said'                            grep -q 'bomb_1_all.deb: .*; left out' err
ok 'and stays where it is'              test -e new/bomb_1_all.deb -a ! -e "$out/bomb_1_all.deb"
is 'what is beside it is added'         "$(listed b | grep -c beside)" 1
rm new/bomb_1_all.deb
cat >fault <<X
case " \$* " in
*' generate '*)
	touch "$PWD/written" "$PWD/w/written" "$out/written" 2>/dev/null
	echo "E: uid \$(id -u), \$(tail -n +3 /proc/net/dev | grep -vc ' lo:') interfaces" >&2
	exit 100 ;;
esac
X
pkg new probe 1
try 74 'what reads packages'            repo add b new/probe_1_all.deb
says err 'uid 65534, 0 interfaces;' 'is nobody, and has no network'
ok 'and writes nowhere else'            test ! -e written -a ! -e w/written -a ! -e "$out/written"
rm -f fault new/probe_1_all.deb

echo '# who may add what'
printf 'mine\nother\n' >names
pkg new mine 1
pkg new mine-dbg 1
try 0 'names of the bundle, and -dbg'   repo --names=names --unit=a/mine add b new/mine_1_all.deb new/mine-dbg_1_all.deb
pkg new mine 2
pkg new bc 99:99
try 1 'any other'                       repo --names=names --unit=a/mine add b new/mine_2_all.deb new/bc_99_all.deb
says err 'bc_99_all.deb: the bundle makes no package bc; allow it by \[repo\] also' 'is refused'
ok 'and so is all that comes with it'   test -e new/mine_2_all.deb -a -e new/bc_99_all.deb
is 'which leaves nothing'               "$(find "$out" -name '.in.*' -o -name 'bc_*')" ''
mv new/bc_99_all.deb new/mine_99_all.deb
try 1 'one under the name of another'   repo --names=names --unit=a/mine add b new/mine_99_all.deb
says err 'its package is bc' 'is refused too'
pkg new bc 99:99
try 0 'unless it is allowed'            repo --names=names --also='b[a-d]' --unit=a/mine add b new/bc_99_all.deb
mkdir -p w/built/b
printf 'version=1\nbundle=x\npackage=mine_1_all.deb\n' >w/built/b/a_mine
pkg new mine 1
try 1 'a file of another unit'          repo --names=names --unit=a/other add b new/mine_1_all.deb
says err 'mine_1_all.deb: a_mine made it, and a/other may not replace it' 'is not replaced'
try 0 'one of its own'                  repo --names=names --unit=a/mine add b new/mine_1_all.deb
pkg new many 1
pkg new many 2
try 1 'too many'                        repo --max-files=1 add b new/many_1_all.deb new/many_2_all.deb
says err '\[limit\] packages' 'tells the key'
try 1 'too large'                       repo --max-size=30K add b new/many_1_all.deb new/many_2_all.deb
says err '\[limit\] packages_size' 'tells the key'
ok 'nothing was moved'                  test -e new/many_1_all.deb -a -e new/many_2_all.deb
rm -r new/* w/built

echo '# programs that fail'
cp "$out/Release" before
# failing CODE WHAT WHERE - add, while apt-ftparchive does what the file "fault" says, and
# WHERE the package is then
failing() {
	pkg new again 1
	try "$1" "$2"                   repo add b new/again_1_all.deb
	is 'is one line'                "$(grep -c '^aoinb: repository b: apt-ftparchive.*; its index stays as it was$' err)" 1
	is 'prints no row'              "$(cat out)" ''
	ok 'the index is the old one'   cmp before "$out/Release"
	ok 'the package is there'       test -e "$3/again_1_all.deb"
	is 'and nothing in the making'  "$(find "$out" -name '.in.*' -o -path '*/.new/*')" ''
	rm "$3/again_1_all.deb"
}
echo 'case " $* " in *" generate "*) echo "E: no" >&2; exit 100 ;; esac' >fault
failing 74 'apt-ftparchive that describes nothing' new
echo 'case " $* " in *" generate "*) kill -9 $$ ;; esac' >fault
failing 74 'one that is killed' new
echo 'case " $* " in *" release "*) exit 1 ;; esac' >fault
failing 74 'one that makes no Release' "$out"
echo 'case " $* " in *" release "*) exit 0 ;; esac' >fault
failing 74 'one that makes an empty one' "$out"
echo 'case " $* " in *" generate "*) yes "E: x" | head -c 50000000 >&2 ;; esac' >fault
pkg new again 1
try 0 'one that talks for ever'         repo add b new/again_1_all.deb
is 'is heard out'                       "$(cat err)" ''
echo "ls -l /proc/\$\$/fd >>$PWD/fds" >fault
exec 9>held
flock 9
repo index b
exec 9>&-
ok 'apt-ftparchive has descriptors'     grep -q 'pipe:' fds
is 'but no lock of ours or of our caller' "$(grep -c '/held$\|/lock/' fds)" 0
rm fault
mkdir none
for prog in sh cat; do ln -s "$(command -v $prog)" none/; done
cp "$B/bin/aoinb-repo" none/
pkg new later 1
try 69 'without apt-ftparchive'         env PATH="$PWD/none" aoinb-repo -w w add b new/later_1_all.deb
is 'that is said'                       "$(cat err)" 'aoinb: apt-ftparchive is missing; install the package apt-utils'
ok 'before anything is done'            test -e new/later_1_all.deb
ln -s "$real" none/
try 69 'without gpg'                    env PATH="$PWD/none" aoinb-repo -w w --sign=x add b new/later_1_all.deb
is 'that too'                           "$(cat err)" 'aoinb: gpg is missing; install the package gnupg'
rm -rf none new/*

echo '# who reads what it prints'
# gone N - adds p-N while its stdout is what the caller made it
gone() {
	pkg new "p$1" 1
	repo add pipe new/p"$1"_1_all.deb
}
{ gone 1; echo $? >code; } | head -n 0
wait
sleep 0.1
is 'a reader that has gone'             "$(cat code)" 0
try 0 'a closed one'                    sh -c 'exec "$@" >&-' sh aoinb-repo -w w index pipe
pkg new p2 1
try 0 'of add'                          sh -c 'exec "$@" >&- 2>&- <&-' sh aoinb-repo -w w add pipe new/p2_1_all.deb
pkg new p3 1
try 74 'a full one'                     sh -c 'exec "$@" >/dev/full' sh aoinb-repo -w w add pipe new/p3_1_all.deb
is 'all are in the index'               "$(listed pipe)" "p1 1${nl}p2 1${nl}p3 1"
pkg new p4 1
pkg new p5 1
mkfifo full
python3 - <<'X' &
import os, time
fd = os.open('full', os.O_RDWR | os.O_NONBLOCK)
try:
    while os.write(fd, b'x' * 4096): pass
except BlockingIOError: pass
open('filled', 'w').close()
while not os.path.exists('enough'): time.sleep(.02)
X
reader=$!
wait_for 10 test -e filled
aoinb-repo -w w add pipe new/p4_1_all.deb >full &
writer=$!
ok 'nobody reads: it is published'      wait_for 10 sh -c 'grep -qx "Package: p4" w/output/pipe/Packages'
try 0 'and holds no lock'               timeout 10 aoinb-repo -w w add pipe new/p5_1_all.deb
touch enough
wait "$reader"
wait "$writer"
is 'then the reader went'               "$?" 0
try 0 'ls, whose reader has gone'       sh -c 'aoinb-repo -w w ls large | head -n 1 >/dev/null'
is 'says nothing'                       "$(cat err)" ''

echo '# at once'
mkdir many
for one in 1 2 3 4 5 6; do
	mkdir many/$one
	for n in 1 2 3 4; do cp last_1_all.deb "many/$one/p$one-${n}_1_all.deb"; done
done
for one in 1 2 3 4 5 6; do
	repo add many many/$one/*.deb >many/$one.out 2>many/$one.err &
done
wait
is 'six that add lose no package'       "$(listed many | wc -l)" 24
is 'each prints its own'                "$(cat many/?.out | wc -l)" 24
is 'and they say nothing'               "$(cat many/?.err)" ''
ok 'it is whole'                        whole many

echo '# signatures'
GNUPGHOME=$scratch/gnupg
export GNUPGHOME
mkdir -m 700 gnupg
# One whose gpg was killed while it began is not known to gpgconf.
agents_end() {
	for agent in $(pgrep -f "^gpg-agent --homedir $GNUPGHOME "); do kill "$agent"; done
}
later agents_end
gpg --batch -q --passphrase '' --quick-gen-key 'Repository <repo@test.invalid>' ed25519 sign never 2>/dev/null
key=$(gpg --batch --with-colons --list-keys 2>/dev/null | sed -n 's/^fpr:*\([^:]*\):.*/\1/p' | head -n 1)
gpg --batch -q --export "$key" >key.gpg
gpgconf --kill all
pkg new signed 1
exec 9>held
flock 9
try 0 'add signs'                       repo --sign="$key" add b new/signed_1_all.deb
exec 9>&-
is 'in silence'                         "$(cat err)" ''
try 0 'no lock is left with the agent of gpg' flock -n held true
try 0 'nor ours'                        flock -n w/lock/repo.b true
try 0 'gpgv is content with InRelease'  gpgv --keyring ./key.gpg "$out/InRelease"
try 0 'and with Release.gpg'            gpgv --keyring ./key.gpg "$out/Release.gpg" "$out/Release"
ok 'it is whole'                        whole b
cp "$out/InRelease" before
pkg new unsigned 1
try 69 'a key that is not there'        repo --sign="$key" --sign=nobody@test.invalid add b new/unsigned_1_all.deb
is 'is one line'                        "$(wc -l <err)" 1
says err "repository b: cannot be signed by $key nobody@test.invalid: .*; its index stays as it was" 'and clear'
is 'and no row'                         "$(cat out)" ''
ok 'the package is there'               test -e "$out/unsigned_1_all.deb"
ok 'the index is the old one'           cmp before "$out/InRelease"

echo '# killed'
nice python3 "$top/tests/debs.py" watch "$out" watched &
watch=$!
n=0 torn=''
pkg . killed 1
while [ "$n" -lt 45 ]; do
	n=$((n + 1))
	cp killed_1_all.deb "new/k${n}_1_all.deb"
	set -- repo
	[ $((n % 3)) -gt 0 ] || set -- repo --sign="$key"
	"$@" add b "new/k${n}_1_all.deb" >rows 2>/dev/null &
	victim=$!
	sleep "0.0$(printf %02d $((n * 7 % 40)))"
	pkill -9 -P "$victim" 2>/dev/null
	kill -9 "$victim" 2>/dev/null
	wait "$victim" 2>/dev/null
	python3 "$top/tests/debs.py" whole "$out" || torn="$torn $n"
	[ ! -s rows ] || [ -e "$out/k${n}_1_all.deb" ] || torn="$torn $n:row"
done
is 'at any time, it is whole'           "$torn" ''
rm -f new/*
pkg new end 1
try 0 'the next add'                    repo --sign="$key" add b new/end_1_all.deb
is 'has every package'                  "$(listed b | wc -l)" "$(find "$out" -name '*.deb' | wc -l)"
ok 'it is whole'                        whole b
kill "$watch"; wait "$watch" 2>/dev/null
is 'at every moment Release named what was there' "$(grep -v '^seen' watched)" ''
ok 'at many moments'                    test "$(sed -n 's/^seen //p' watched)" -gt 50
hashes=$(find "$out/by-hash" -type f | wc -l)
ok "old indexes stay, but not for ever: $hashes" test "$hashes" -ge 16 -a "$hashes" -le 34
is 'nothing else is left'               "$(cd "$out" && find . ! -name '*.deb' ! -path './by-hash/*/*' | sort | tr '\n' ' ')" \
    '. ./.new ./InRelease ./Packages ./Packages.xz ./Release ./Release.gpg ./by-hash ./by-hash/SHA256 '
is 'nor in the cache'                   "$(ls -A w/cache/repo/b)" stanzas
repo index b
is 'without sign the signatures go'     "$(cd "$out" && ls InRelease Release.gpg 2>/dev/null)" ''

echo '# a full disk'
mkdir -p w/output/full
mount -t tmpfs -o size=300k aoinb-test w/output/full || exit 1
later "umount -l '$PWD/w/output/full' 2>/dev/null"
pkg new one 1
try 0 'add from another file system'    repo add full new/one_1_all.deb
is 'is a move'                          "$(cd new && ls)" ''
is 'with everything'                    "$(sum_of full one_1_all.deb) $(stat -c %a w/output/full/one_1_all.deb)" "$(sum w/output/full/one_1_all.deb) 644"
pkg w/output/full two 1 "X-Large: $(printf '%0100000d' 0)"
head -c 400k /dev/zero >w/output/full/zero 2>/dev/null
try 74 'fails'                          repo index full
is 'in one line'                        "$(grep -c '^aoinb: .*; its index stays as it was$' err)-$(wc -l <err)" 1-1
is 'the index is the old one'           "$(listed full)" 'one 1'
ok 'and whole'                          whole full
is 'nothing of the new one is left'     "$(ls -A w/output/full/.new)" ''
pkg new three 1
try 74 'so does add'                    repo add full new/three_1_all.deb
ok 'which leaves the package'           test -e new/three_1_all.deb
rm w/output/full/zero w/output/full/two_1_all.deb
try 0 'and has it when there is room'   repo add full new/three_1_all.deb
umount -l w/output/full
mount -t tmpfs -o size=1m,nr_inodes=9 aoinb-test w/output/full || exit 1
pkg w/output/full one 1
try 74 'no inodes'                      repo index full
is 'is one line too'                    "$(wc -l <err)" 1
umount -l w/output/full
mount -t tmpfs -o size=4k aoinb-test w/cache || exit 1
later "umount -l '$PWD/w/cache' 2>/dev/null"
pkg new cached 1
try 0 'a full cache is no harm'         repo add b new/cached_1_all.deb
ok 'the index is whole'                 whole b
umount -l w/cache

echo '# bad words'
try 64 'nothing'                        aoinb-repo
try 64 'no work_dir'                    aoinb-repo ls b
try 64 'no branch'                      repo ls
try 64 'no such verb'                   repo look b
try 64 'add of nothing'                 repo add b
try 64 'ls of two'                      repo ls b b
try 64 'a path'                         repo ls ../b
try 64 'keep what'                      repo --keep=few prune b
try 64 'good for what'                  repo --valid=soon index b
try 64 '--json with prune'              repo --json --keep=1 prune b
try 66 'a branch that nothing was built for' repo ls none
is 'which is said'                      "$(cat err)" 'aoinb: repository none: there is none; nothing has been built for that branch'
mkdir w/output/none
try 66 'no index'                       repo ls none
is 'which is said as well'              "$(cat err)" 'aoinb: repository none: it has no index; run aoinb repo index none'
try 0 'an index of nothing'             repo index none
is 'is empty'                           "$(listed none)" ''
ok 'and whole'                          whole none

finish
