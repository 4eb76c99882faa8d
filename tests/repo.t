#!/bin/sh
# The repository of a branch: its index, apt in containers that uses it, signatures,
# pruning, damaged packages, and what is there at any moment while it changes
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need apt-ftparchive dpkg-deb gpg gpgv jq python3 setpriv

world_new w
nl=$(printf '\n.') nl=${nl%.}
out=$work/output/stable

# deb FILE CONTROL - a package with that control file (printf's words), quickly
deb() {
	printf '%b' "$2" | python3 "$top/tests/debs.py" one "$1"
}

# pkg DIR NAME VERSION [LINE] - a package that is well
pkg() {
	deb "$1/$2_${3#*:}_all.deb" "Package: $2\nVersion: $3\nArchitecture: all\nMaintainer: a <a@b>\n${4:+$4\n}Description: x\n"
}

# index BRANCH - aoinb repo index
index() {
	aoinb -c "$conf" repo index "$1"
}

# listed BRANCH - names and versions in the index
listed() {
	aoinb -c "$conf" repo ls "$1" | cut -f 1,2 | tr '\t' ' '
}

# whole BRANCH - every file that its Release names is there, by its digest
whole() {
	python3 "$top/tests/debs.py" whole "$work/output/$1"
}

# in_root PROG [ARG]... - PROG, for sh(1), in a fresh root of the branch stable
in_root() {
	aoinb -c "$conf" run stable -- sh -euc "$1"
}

echo '# after a build'
bundle_tiny tiny
try 0 'a package is built'              aoinb -c "$conf" build tiny stable
is 'stdout is its path'                 "$(cat out)" "$out/tiny_1-0_noarch.deb"
is 'stderr says what it was, and no more' "$(grep -vc ': ok, ' err)" 0
is 'the index has it'                   "$(listed stable)" 'tiny 1'
ok 'what Release names is there'        whole stable
for line in 'Origin: aoinb' 'Label: aoinb' 'Suite: stable' 'Codename: stable' 'Acquire-By-Hash: yes'; do
	ok "Release says $line"         grep -qx "$line" "$out/Release"
done
is 'and nothing of an end'              "$(grep -c Valid-Until "$out/Release")" 0
is 'Packages.xz is Packages'            "$(xz -dc "$out/Packages.xz" | cmp - "$out/Packages" && echo same)" same
try 0 'repo ls'                         aoinb -c "$conf" repo ls stable
is 'has five columns'                   "$(cat out)" \
    "$(printf 'tiny\t1\tall\t%s\ttiny_1-0_noarch.deb' "$(stat -c %s "$out/tiny_1-0_noarch.deb")")"

echo '# apt in a root'
# The instance has the lists of the mirror; here it matters that they stay.
try 0 'apt installs from it'            in_root '
	lists() { cd /var/lib/apt/lists; find . -name "*Packages*" ! -name "*buildroot_repo*" -exec ls -l --full-time {} + | sort; }
	before=$(lists)
	/buildroot/toolbox/repo_use
	[ "$before" = "$(lists)" ]
	apt-get -qq -y install tiny >/dev/null
	cat /usr/share/tiny/version
	[ ! -e /var/cache/apt/archives/tiny* ]
	! touch /buildroot/repo/x 2>/dev/null'
is 'what was built'                     "$(cat out)" 1
try 0 'a second time apt is not asked'  in_root '
	/buildroot/toolbox/repo_use
	mv /usr/bin/apt-get /usr/bin/apt-got
	/buildroot/toolbox/repo_use'
mirror=$(in_root 'apt-cache policy hello | sed -n "s/^  Candidate: //p"')
pkg "$out" hello 0.1-0
pkg "$out" base-files 0.1-0
bundle_tiny more
sed -i 's/tiny/more/' more/autobuild/defines
aoinb -c "$conf" build more stable >/dev/null
try 0 'it is preferred'                 in_root '
	/buildroot/toolbox/repo_use
	apt-cache policy hello | sed -n "s/^  Candidate: //p"
	apt-get -s dist-upgrade | grep -c "^Inst base-files" || :'
is 'to a higher version of the mirror, but nothing installed becomes older' \
    "$(cat out)" "0.1-0${nl}0"
try 0 'a mirror that says it is aoinb'  in_root '
	sed -i "s/^Origin: .*/Origin: aoinb/" /var/lib/apt/lists/*Release
	/buildroot/toolbox/repo_use
	apt-cache policy hello | sed -n "s/^  Candidate: //p"'
is 'is not preferred for it'            "$(cat out)" 0.1-0
[ "$mirror" ] && [ "$mirror" != '(none)' ] || echo '# the mirror has no hello: the test above is weaker'
aoinb-conf -c "$conf" -D repo_use=no ini >next && mkdir -p without && cp -a "$conf/source_lists" without/ && mv next without/aoinb.ini
# apt takes the two for one and the same: nothing that it compares differs.
mkdir "$out/mirror"
pkg "$out" like 1
sed 's/^data.tar        0/data.tar        1/' "$out/like_1_all.deb" >"$out/mirror/like_1_all.deb"
(cd "$out/mirror" && apt-ftparchive packages . >Packages)
index stable
try 0 'so is its own of two that are alike' in_root '
	rm -f /etc/apt/sources.list.d/*
	echo "deb [trusted=yes] file:/buildroot/repo/mirror ./" >/etc/apt/sources.list
	apt-get -qq update
	apt-get -qq --print-uris install like
	/buildroot/toolbox/repo_use
	apt-get -qq --print-uris install like'
is 'which without it would be the other' "$(cut -d "'" -f 2 out)" \
    "file:/buildroot/repo/mirror/./like_1_all.deb${nl}file:/buildroot/repo/like_1_all.deb"
rm -r "$out/mirror"
job=$(aoinb -c "$conf" run --keep stable -- /buildroot/toolbox/repo_use)
cat >left <<'X'
grep -rl aoinb /etc/apt
find /var/lib/apt/lists -name '*buildroot_repo*'
X
is 'source, pin and lists are there'    "$(aoinb -c without run "$job" -- sh -c "$(cat left)" | wc -l)" 4
try 0 'with nothing there'              aoinb -c without run "$job" -- /buildroot/toolbox/repo_use
is 'nothing of them is left'            "$(aoinb -c without run "$job" -- sh -c "$(cat left)")" ''
is 'the other sources are as they were' "$(aoinb -c without run "$job" -- cat /etc/apt/sources.list)" "$(in_root 'cat /etc/apt/sources.list')"

echo '# a package that makes another'
bundle_tiny liar
sed -i 's/tiny/liar/' liar/autobuild/defines
cat >>liar/autobuild/build <<'X'
mkdir -p /tmp/bc/DEBIAN
printf 'Package: bc\nVersion: 99:99\nArchitecture: all\nMaintainer: a <a@b>\nDescription: x\n' >/tmp/bc/DEBIAN/control
dpkg-deb -Znone -b /tmp/bc /buildroot/output/bc_99_all.deb
X
try 1 'fails'                           aoinb -c "$conf" build liar stable
says err 'bc_99_all.deb: the bundle makes no package bc' 'and says why'
is 'nothing of it is published'         "$(listed stable | grep -c '^bc \|^liar ')" 0
aoinb-conf -c "$conf" -D repo_also='b?' ini >next && mkdir -p also && cp -a "$conf/source_lists" also/ && mv next also/aoinb.ini
try 0 'unless it is allowed'            aoinb -c also build --rebuild liar stable
is 'then both are'                      "$(listed stable | grep -c '^bc \|^liar ')" 2
rm "$out"/bc_* "$out"/liar_*
index stable

echo '# a package that wants another'
bundle_tiny two
sed -i 's/tiny/two/; $a BUILDDEP=tiny' two/autobuild/defines
echo 'cat /usr/share/tiny/version >"$PKGDIR"/usr/share/tiny/of' >>two/autobuild/build
bundle_tiny tiny 7
aoinb -c "$conf" build tiny stable >/dev/null
try 0 'is built against it'             aoinb -c "$conf" build two stable
is 'against its newest version'         "$(dpkg-deb --fsys-tarfile "$(cat out)" | tar -xO ./usr/share/tiny/of)" 7
try 1 'but not with use = no'           aoinb -c without build two stable
says err 'no package is or provides: tiny$' 'apt does not know it'
mkdir -p parts/01-lib parts/02-app
printf 'VER=1\nDUMMYSRC=1\n' >parts/spec
for part in 01-lib 02-app; do
	printf 'PKGNAME=%s\nPKGSEC=misc\nPKGDES="x"\nABHOST=noarch\nABTYPE=self\n' "${part#*-}" >parts/$part/defines
	echo 'mkdir -p "$PKGDIR"/usr/share/parts; date +%s%N >"$PKGDIR/usr/share/parts/$PKGNAME"' >parts/$part/build
done
echo 'PKGCONFL=unzip' >>parts/01-lib/defines	# dpkg alone would not remove that
echo 'PKGDEP=lib' >>parts/02-app/defines
echo 'cp /usr/share/parts/lib "$PKGDIR/usr/share/parts/was"' >>parts/02-app/build
aoinb -c "$conf" build parts stable >/dev/null
try 0 'sub-packages, once more'         aoinb -c "$conf" build parts stable
is 'see their own new ones, not those of the repository' \
    "$(dpkg-deb --fsys-tarfile "$out/app_1-0_noarch.deb" | tar -xO ./usr/share/parts/was)" \
    "$(dpkg-deb --fsys-tarfile "$out/lib_1-0_noarch.deb" | tar -xO ./usr/share/parts/lib)"
ok 'and so does the index'              sh -c 'awk "/^Filename: lib_/ { f = 1 } f && /^SHA256/ { print \$2; exit }" "$1/Packages" |
    grep -qx "$(sha256sum <"$1/lib_1-0_noarch.deb" | cut -d " " -f 1)"' sh "$out"

echo '# damaged packages'
mkdir "$work/output/bad"
bad=$work/output/bad
pkg "$bad" good 1
head -c 8000 "$bad/good_1_all.deb" >"$bad/short_1_all.deb"
: >"$bad/empty_1_all.deb"
echo 'no package' >"$bad/text_1_all.deb"
mkfifo "$bad/pipe_1_all.deb"
mkdir "$bad/folder_1_all.deb"
ln -s good_1_all.deb "$bad/link_1_all.deb"
ln -s nowhere "$bad/lost_1_all.deb"
cp "$bad/good_1_all.deb" "$bad/a b_1_all.deb"
cp "$bad/good_1_all.deb" "$bad/new
line_1_all.deb"
cp "$bad/good_1_all.deb" "$bad/.hidden.deb"
deb "$bad/noname_1_all.deb" 'Version: 1\nArchitecture: all\nDescription: x\n'
deb "$bad/nover_1_all.deb" 'Package: nover\nArchitecture: all\nDescription: x\n'
# Each of these makes apt refuse, or crash on, an index that it is in.
pkg "$bad" alone 1 'Depends: a |'
pkg "$bad" open 1 'Depends: a (>= 1'
pkg "$bad" gap 1 'Depends: a, , b'
pkg "$bad" prov 1 'Provides: a b'
pkg "$bad" word 1 "Depends: $(printf '%0100000d' 0)"
pkg "$bad" large 1 "X-Large: $(printf '%03000000d' 0)"
try 65 'make repo index fail'           index bad
is 'the good one is in the index'       "$(listed bad)" 'good 1'
for name in short empty text pipe folder link lost 'a b' 'new?line' noname nover alone open gap prov word large; do
	ok "$name is named"             grep -q "^aoinb: repository bad: $name.*; left out\$" err
done
is 'no other is'                        "$(wc -l <err)" 17
ok 'the index is whole'                 whole bad
try 0 'and apt reads it'                aoinb-mount -l "$work/layers/$(cat "$work/ref/baseos")/tree" -u "$(mkdir -p c/u c/w c/r; echo c/u)" -w c/w \
    -b "$bad:/mnt:ro" c/r aoinb-run --network=no c/r sh -c '
	rm -f /etc/apt/sources.list /etc/apt/sources.list.d/*
	echo "deb [trusted=yes] file:/mnt ./" >/etc/apt/sources.list
	apt-get -qq update && apt-get -qq -y install good'
head -c 300 "$out/tiny_7-0_noarch.deb" >"$out/broken_1_all.deb"
try 0 'a build only warns'              aoinb -c "$conf" build tiny stable
says err 'broken_1_all.deb.*left out'   'of what is left out'
rm "$out/broken_1_all.deb"

echo '# packages that change'
mkdir "$work/output/now"
now=$work/output/now
# sum_of BRANCH FILE - in the index
sum_of() {
	awk -v f="Filename: $2" '$0 == f { found = 1 } /^$/ { found = 0 } found && /^SHA256: / { print $2 }' "$work/output/$1/Packages"
}
# update BRANCH [FILE]... - what the step collect does with FILEs; without any, the index
# becomes one of what is there
update() {
	branch=$1; shift
	if [ $# -gt 0 ]; then
		aoinb-repo -w "$work" add "$branch" "$@" >/dev/null
	else
		aoinb-repo -w "$work" --keep=1000000 prune "$branch"
	fi
}
pkg . same 1
update now same_1_all.deb
first=$(sum_of now same_1_all.deb)
for round in 2 3 4; do
	pkg . same 1 "X-Round: $round"
	touch -r "$now/same_1_all.deb" same_1_all.deb
	update now same_1_all.deb
	is 'one of the same name and time is read again' "$(sum_of now same_1_all.deb)" "$(sha256sum <"$now/same_1_all.deb" | cut -d ' ' -f 1)"
done
ok 'it was another'                     test "$first" != "$(sum_of now same_1_all.deb)"
pkg "$now" same 1 'X-Round: by hand'
touch -d '2020-02-02' "$now/same_1_all.deb"
update now
is 'as is one that somebody put there'  "$(sum_of now same_1_all.deb)" "$(sha256sum <"$now/same_1_all.deb" | cut -d ' ' -f 1)"
pkg "$now" same 1 'X-Round: of the same time'
touch -d '2020-02-02' "$now/same_1_all.deb"
try 0 'repo index reads every one'      index now
is 'whatever its time is'               "$(sum_of now same_1_all.deb)" "$(sha256sum <"$now/same_1_all.deb" | cut -d ' ' -f 1)"
head -c 3000 /dev/urandom >"$work/cache/repo/now/stanzas"
try 0 'a cache that is none'            update now
is 'loses nothing'                      "$(listed now)" 'same 1'
cp "$work/cache/repo/now/stanzas" half && head -c 300 half >"$work/cache/repo/now/stanzas"
try 0 'nor does half a one'             update now
is 'the index is the same'              "$(listed now)" 'same 1'
rm "$now"/*.deb
try 0 'an index of nothing'             update now
is 'is empty'                           "$(listed now)" ''
ok 'and whole'                          whole now

echo '# at once'
mkdir many
for one in 1 2 3 4 5 6 7 8; do
	mkdir many/$one
	for n in 1 2 3 4 5; do pkg many/$one "p$one-$n" 1; done
	update many many/$one/*.deb 2>many/$one.err &
done
wait
is 'eight that index lose no package'   "$(listed many | wc -l)" 40
is 'and say nothing'                    "$(cat many/*.err)" ''
ok 'it is whole'                        whole many
for n in 1 2 3; do
	bundle_tiny "par$n"
	sed -i "s/tiny/par$n/" "par$n/autobuild/defines"
	aoinb -c "$conf" build "par$n" stable >/dev/null 2>"par$n.err" &
done
wait
is 'three builds as well'               "$(listed stable | grep -c '^par')" 3
is 'without complaint'                  "$(cat par?.err | grep -v ': ok, ')" ''

# Somebody looks all the time, while packages come and an index is killed.
python3 "$top/tests/debs.py" watch "$work/output/many" watched &
watch=$!
n=0
while [ "$n" -lt 30 ]; do
	n=$((n + 1))
	pkg . "q$n" 1
	update many "q${n}_1_all.deb"
done
killed=0
while [ "$killed" -lt 25 ]; do
	killed=$((killed + 1))
	pkg "$work/output/many" "k$killed" 1
	setsid aoinb-repo -w "$work" --keep=1000000 prune many &
	victim=$!
	sleep "0.0$(printf %02d $((killed * 3 % 60)))"
	kill -9 -- "-$victim" 2>/dev/null
	wait "$victim" 2>/dev/null
	whole many || { echo "# after the kill number $killed"; break; }
done
is 'killed at any time, it is whole'    "$killed" 25
pkg . last 1
try 0 'the next update'                 update many last_1_all.deb
is 'has every package'                  "$(listed many | wc -l)" 96
kill "$watch"; wait "$watch" 2>/dev/null
is 'at every moment Release named what was there' "$(grep -v '^seen' watched)" ''
ok 'at many moments'                    test "$(sed -n 's/^seen //p' watched)" -gt 50
hashes=$(find "$work/output/many/by-hash" -type f | wc -l)
ok "old indexes stay, but not for ever: $hashes" test "$hashes" -ge 16 -a "$hashes" -le 34
is 'nothing else is left'               "$(cd "$work/output/many" && find . ! -name '*.deb' ! -path './by-hash/*/*' | sort | tr '\n' ' ')" \
    '. ./.new ./Packages ./Packages.xz ./Release ./by-hash ./by-hash/SHA256 '

echo '# a full disk'
mkdir "$work/output/full"
mount -t tmpfs -o size=300k aoinb-test "$work/output/full" || exit 1
later "umount -l '$work/output/full' 2>/dev/null"
pkg "$work/output/full" one 1
update full
pkg . two 1 "X-Large: $(printf '%0230000d' 0)"
cat two_1_all.deb >"$work/output/full/two_1_all.deb" 2>/dev/null
head -c 400k /dev/zero >"$work/output/full/zero" 2>/dev/null
try 74 'fails'                          update full
is 'in one line'                        "$(grep -c '^aoinb: ' err)" 1
is 'the index is the old one'           "$(listed full)" 'one 1'
ok 'and whole'                          whole full
umount -l "$work/output/full"

echo '# versions that stay'
mkdir "$work/output/keep"
for version in 1.9-0 1.10-0 1.10~rc1-0 2:0.1-0; do pkg "$work/output/keep" t "$version"; done
pkg "$work/output/keep" u 1
index keep
try 78 'prune wants to know how many'   aoinb -c "$conf" repo prune keep
try 0 '-n'                              aoinb -n -c "$conf" repo prune --keep=2 keep
is 'tells which would go'               "$(sort out)" "$work/output/keep/t_1.10~rc1-0_all.deb${nl}$work/output/keep/t_1.9-0_all.deb"
is 'and removes none'                   "$(listed keep | wc -l)" 5
try 0 'prune'                           aoinb -c "$conf" repo prune --keep=2 keep
is 'removes those'                      "$(sort out)" "$work/output/keep/t_1.10~rc1-0_all.deb${nl}$work/output/keep/t_1.9-0_all.deb"
is 'the newest stay'                    "$(listed keep | sort)" "t 1.10-0${nl}t 2:0.1-0${nl}u 1"
is 'in the folder too'                  "$(cd "$work/output/keep" && echo *.deb)" 't_0.1-0_all.deb t_1.10-0_all.deb u_1_all.deb'
ok 'it is whole'                        whole keep
aoinb-conf -c "$conf" -D repo_keep=1 ini >next && mkdir -p one && cp -a "$conf/source_lists" one/ && mv next one/aoinb.ini
bundle_tiny tiny 3
try 0 'a build prunes as configured'    aoinb -c one build tiny stable
is 'by version, not by time'            "$(listed stable | grep '^tiny')" 'tiny 7'
ok 'so its own older one is gone'       test ! -e "$out/tiny_3-0_noarch.deb"

echo '# signatures'
GNUPGHOME=$scratch/gnupg
export GNUPGHOME
mkdir -m 700 gnupg
later 'gpgconf --kill all'
gpg --batch -q --passphrase '' --quick-gen-key 'Repository <repo@test.invalid>' ed25519 sign never 2>/dev/null
key=$(gpg --batch --with-colons --list-keys 2>/dev/null | sed -n 's/^fpr:*\([^:]*\):.*/\1/p' | head -n 1)
gpg --batch -q --export "$key" >key.gpg
mkdir -p signed && cp -a "$conf/source_lists" signed/
aoinb-conf -c "$conf" -D "repo_sign=$key" ini >signed/aoinb.ini
bundle_tiny tiny 8
try 0 'a build signs'                   aoinb -c signed build tiny stable
is 'without complaint'                  "$(grep -v ': ok, ' err)" ''
try 0 'gpgv is content with InRelease'  gpgv --keyring ./key.gpg "$out/InRelease"
try 0 'and with Release.gpg'            gpgv --keyring ./key.gpg "$out/Release.gpg" "$out/Release"
ok 'InRelease names what is there'      whole stable
jobs_held() { for job in "$work"/lock/job.*; do flock -n "$job" true || echo "$job"; done; flock -n "$work/lock/repo.stable" true || echo repo; }
is 'no lock is left with the agent of gpg' "$(jobs_held)" ''
cp key.gpg "$out/"
try 0 'apt verifies it'                 in_root '
	cp /buildroot/repo/key.gpg /etc/apt/aoinb.gpg
	chmod 644 /etc/apt/aoinb.gpg
	rm -f /etc/apt/sources.list /etc/apt/sources.list.d/*
	echo "deb [signed-by=/etc/apt/aoinb.gpg] file:/buildroot/repo ./" >/etc/apt/sources.list
	apt-get -qq -o APT::Update::Error-Mode=any update
	DEBIAN_FRONTEND=noninteractive apt-get -qq -y install tiny >/dev/null 2>install.err
	grep -v apt-utils install.err >&2 || :
	cat /usr/share/tiny/version'
is 'and installs'                       "$(tail -n 1 out)" 8
is 'without a word'                     "$(cat err)" ''
rm "$out/key.gpg"
try 0 'a build uses it without the key' aoinb -c "$conf" run stable -- /buildroot/toolbox/repo_use
is 'without complaint'                  "$(grep -v ': ok, ' err)" ''
aoinb-conf -c "$conf" -D 'repo_sign=nobody@test.invalid' ini >signed/aoinb.ini
cp "$out/InRelease" before
bundle_tiny tiny 9
try 69 'a key that is not there'        aoinb -c signed build tiny stable
is 'is one line'                        "$(wc -l <err)" 1
says err 'repository stable: cannot be signed by nobody@test.invalid: .*its index stays as it was' 'and clear'
ok 'the package is there'               test -e "$out/tiny_9-0_noarch.deb"
ok 'the index is the old one'           cmp before "$out/InRelease"
ok 'and whole'                          whole stable
try 0 'without sign'                    index stable
is 'the signatures go'                  "$(cd "$out" && ls InRelease Release.gpg 2>/dev/null)" ''
is 'and the index is of all'            "$(listed stable | grep '^tiny 9')" 'tiny 9'

echo '# an end'
aoinb-conf -c "$conf" -D repo_valid=1s ini >signed/aoinb.ini
aoinb -c signed repo index stable
ok 'Release says when it ends'          grep -q '^Valid-Until: ' "$out/Release"
sleep 2
try 100 'then apt refuses it'           in_root '
	rm -f /etc/apt/sources.list /etc/apt/sources.list.d/*
	echo "deb [trusted=yes] file:/buildroot/repo ./" >/etc/apt/sources.list
	apt-get -qq -o APT::Update::Error-Mode=any update'
says err expired                        'as expired'
try 0 'but a build does not mind'       in_root '/buildroot/toolbox/repo_use; apt-get -qq -y install tiny >/dev/null'

echo '# bad words'
try 64 'no branch'                      aoinb -c "$conf" repo ls
try 64 'neither ls, index nor prune'    aoinb -c "$conf" repo look stable
try 64 '--keep with ls'                 aoinb -c "$conf" repo ls --keep=2 stable
try 64 'keep what'                      aoinb -c "$conf" repo prune --keep=few stable
try 64 'a path'                         aoinb -c "$conf" repo ls ../stable
try 66 'a branch that nothing was built for' aoinb -c "$conf" repo ls none
try 77 'not root'                       setpriv --reuid=65534 --clear-groups aoinb -c "$conf" repo index stable

GNUPGHOME=$scratch/gnupg gpgconf --kill all
nothing_left

finish
