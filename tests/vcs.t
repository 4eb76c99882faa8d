#!/bin/sh
# Repositories: every client, from real servers, into mirrors, and out of them
# without the network; servers that are gone, stall or lie
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need brz fossil git hg jq python3 svn svnadmin svnserve
. "$top/tests/vcs-words.sh"

git_make
svn_make
hg_make
bzr_make
fossil_make
servers
world_new w fetch_stall_timeout=1s
one=$(git -C work/repo rev-parse v1) two=$(git -C work/repo rev-parse v2^0)
side=$(git -C work/repo rev-parse side)

# spec DIR SOURCE... - a bundle DIR with those repositories, whose package holds a
# list of what it found, and what "./autobuild/look" prints
spec() {
	rm -rf "$1"
	bundle_tiny "$1"
	spec_dir=$1; shift
	{
		printf 'VER=1\nSUBDIR=.\nSRCS="'
		printf ' %s' "$@"
		printf '"\nCHKSUMS="'
		for _; do printf ' SKIP'; done
		printf '"\n'
	} >"$spec_dir/spec"
	cat >>"$spec_dir/autobuild/build" <<-'END'
	out=$PKGDIR/usr/share/tiny
	find . -path ./autobuild -prune -o -path ./abdist -prune -o -path '*/.git/*' -prune -o \
	    ! -type d -printf '%P\n' -o -name .git -printf '%P\n' | LC_ALL=C sort >$out/found
	[ ! -e autobuild/look ] || . ./autobuild/look >$out/looked
	END
}

# of N FIELD - of source N, as "aoinb fetch" printed it: 3 is the digest, 5 the path
of() {
	sed -n "$1p" out | cut -f "$2"
}

# built DIR TEXT - the bundle builds without the network
built() {
	try 0 "$2" aoinb -c "$conf" build --no-network "$1" stable
	rm -rf pkg
	[ ! -s out ] || dpkg-deb -x "$(cat out)" pkg
}

# found - what the build found, on one line
found() {
	tr '\n' ' ' <pkg/usr/share/tiny/found
}

# fetches CODE TEXT PATTERN DIR... - aoinb fetch, and what it has to say
fetches() {
	want_code=$1 text=$2 pattern=$3; shift 3
	try "$want_code" "$text" aoinb -c "$conf" fetch "$@"
	if [ "$pattern" ]; then
		says err "$pattern" 'which is said'
	else
		is 'without a word' "$(cat err)" ''
	fi
}

echo '# git: what a commit may be'
spec b "git::commit=tags/v1;rename=tag::$http/git/repo.git" \
    "git::commit=v2;rename=annotated::$git/repo.git" \
    "git::commit=$two;rename=full::$http/git/repo.git" \
    "git::commit=$(echo "$one" | cut -c 1-8);rename=short::$http/git/repo.git" \
    "git::commit=$lost;rename=lost::$http/git/repo.git" \
    "git::commit=$hidden;rename=hidden::$http/git0/repo.git" \
    "git::branch=side;rename=side::$http/git/repo.git" \
    "git::branch=side;submodule=true;rename=shallow::$http/git/repo.git" \
    "git::branch=side;submodule=false;rename=alone::$http/git/repo.git" \
    "git::copy-repo=true::$http/git/repo.git"
fetches 0 'all of them are fetched' '' b
is 'and are what they should be' "$(cut -f 3 out)" "git::$one
git::$two
git::$two
git::$one
git::$lost
git::$hidden
git::$side
git::$side
git::$side
git::$two"
is 'one URL has one mirror' "$(cut -f 5 out | sort -u | wc -l)" 3
is 'nothing of the fetch stays' "$(find "$work/jobs" "$work/trash" -mindepth 1)" ''
cat >b/autobuild/look <<'END'
[ "$(readlink repo)" = b ] || exit	# the name in its URL leads to that of its package
(cd repo && git describe --tags && git status --short && git log --format=%s && git branch)
mkdir on-demand && cd on-demand && . ../.acbs-script && acbs_copy_git && git status --short && git log -1 --format=%s
END
serve_end git
built b 'they are built without the network'
is 'with the trees they should have' "$(found)" '.acbs-script alone/.gitmodules alone/one annotated/one annotated/two b/.git b/one b/two full/one full/two hidden/hidden hidden/lost hidden/one hidden/two lost/lost lost/one lost/two repo shallow/.gitmodules shallow/deep/sub/.gitmodules shallow/deep/sub/sub shallow/one short/one side/.gitmodules side/deep/sub/.gitmodules side/deep/sub/in/inner side/deep/sub/sub side/one tag/one '
is 'and a repository that can tell about itself' "$(cat pkg/usr/share/tiny/looked)" 'v2
two
one
* (no branch)
  main
  side
 D one
 D two
two'
is 'result.json has the commits' "$(jq -r '.sources[1].digest' "$(find "$work/jobs" -name result.json)")" "git::$two"
says err "^aoinb: $git/repo.git: .*goes on with $two of the cache" 'a server that was gone is mentioned'
aoinb -c "$conf" cleanup jobs

echo '# the others, one by one and all at once'
try 0 'clients are installed into the instance' aoinb -c "$conf" run --keep stable -- \
    apt-get -qq -y --no-install-recommends install subversion mercurial brz
try 0 'for good' aoinb -c "$conf" commit "$(tail -n 1 out)"
aoinb -c "$conf" cleanup jobs
hg_tip=$(hg -R served/hg log -r tip -T '{node}')
spec others "svn::commit=1;rename=svn1::$svn/repo/trunk" "svn::rename=svn2::$svn/repo/trunk" \
    "hg::commit=v-one;rename=hg1::$hg" "hg::commit=$hg_one;rename=hg2::$hg" "hg::rename=hg3::$hg" \
    "bzr::commit=1;rename=bzr1::$bzr/repo" "bzr::rename=bzr2::$bzr/repo" \
    "fossil::commit=v-one;rename=fossil1::$fossil/repo" "fossil::rename=fossil2::$fossil/repo"
fetches 0 'every kind is fetched' '' others
is 'a revision of svn'        "$(of 1 3) $(of 2 3)" 'svn::1 svn::2'
is 'a tag, a hash and the tip of hg' "$(of 3 3) $(of 4 3) $(of 5 3)" "hg::$hg_one hg::$hg_one hg::$hg_tip"
is 'a revision of bzr'        "$(of 6 3)" "bzr::$(brz revision-info -d served/bzr/repo -r 1 | cut -d ' ' -f 2)"
fossil_one=$(of 8 3)
is 'a tag of fossil'          "${fossil_one#fossil::}" \
    "$(fossil info v-one -R served/fossil/repo.fossil | sed -n 's/^hash: *\([0-9a-f]*\).*/\1/p')"
ok 'fossil was installed for it alone' sh -c '! aoinb -c "$1" run stable -- which fossil >/dev/null' sh "$conf"
is 'from a package that is kept' "$(for deb in "$work"/cache/debs/*; do dpkg-deb -f "$deb" Package; done | grep -x fossil)" fossil
aoinb -c "$conf" cleanup jobs
built others 'they are built without the network, and without fossil'
is 'with the trees they should have' "$(found)" 'bzr1/one bzr2/one bzr2/two fossil1/one fossil2/one fossil2/two hg1/one hg2/one hg3/.hgtags hg3/one hg3/two svn1/one svn2/one svn2/two '

try 0 'from here on it is there, to save time' aoinb -c "$conf" run --keep stable -- apt-get -qq -y install fossil
aoinb -c "$conf" commit "$(tail -n 1 out)" >/dev/null
aoinb -c "$conf" cleanup jobs

echo '# what has moved on, and what has gone'
git_commit repo three
echo three >served/hg/three; hg -q -R served/hg commit -A -m three served/hg/three
three=$(git -C work/repo rev-parse HEAD)
hg_three=$(hg -R served/hg log -r tip -T '{node}')
spec moved "git::$http/git/repo.git" "hg::rename=hg::$hg" "git::commit=$two;rename=full::$http/git/repo.git"
fetches 0 'what moved is fetched again' '' moved
is 'and is new' "$(cut -f 3 out)" "git::$three
hg::$hg_three
git::$two"
git -C work/repo branch -m side side/by/side
spec moved2 "git::branch=side/by/side::$http/git/repo.git"
fetches 0 'a branch that became a folder of branches' '' moved2
git -C work/repo branch -m side/by/side side
: >requests
spec fixed "git::commit=$lost::$http/git/repo.git" "hg::rename=hg;commit=$hg_one::$hg" "svn::commit=1::$svn/repo/trunk"
fetches 0 'hashes that are there' '' fixed
is 'are not asked for' "$(cat requests)" ''
serve_end http svn hg bzr fossil
fetches 0 'nor missed when the servers are gone' '' fixed
fetches 0 'names are taken from the mirrors' "$hg: .*goes on with $hg_three of the cache" moved
is 'as they were' "$(cut -f 3 out)" "git::$three
hg::$hg_three
git::$two"
fetches 0 'so are those of the others' "$bzr/repo: .*goes on with" others
built others 'and build'
spec gone "git::commit=tags/v9;rename=g::$http/git/repo.git" "git::$http/git/other.git" "svn::commit=9;rename=s::$svn/repo/trunk" \
    "hg::commit=v-nine;rename=h::$hg" "bzr::commit=9::$bzr/repo" "fossil::commit=v-nine;rename=f::$fossil/repo" \
    "git::commit=$two;rename=full::$http/git/repo.git"
fetches 69 'what the mirrors have not is missed' "^aoinb: $http/git/repo.git: fatal: .*onnect" gone
is 'each in a line' "$(wc -l <err)" 6
is 'the others are there all the same' "$(of 7 3)" "git::$two"

echo '# by hand, in the container'
spec byhand "git::commit=tags/v1::$http/git/repo.git" "git::commit=$side;rename=side::$http/git/repo.git" "hg::commit=v-one;rename=hg::$hg"
try 0 'a build is kept' aoinb -c "$conf" build --keep --no-network byhand stable
try 0 'download_source.sh takes the same mirrors there' aoinb -c "$conf" run last -- sh -c '
	cd /tmp && /buildroot/toolbox/download_source.sh /buildroot/bundle/spec here >&2 &&
	cd here && find byhand side hg -type f | sort | tr "\n" " "'
is 'and makes the same trees' "$(cat out)" 'byhand/one hg/one side/.gitmodules side/deep/sub/.gitmodules side/deep/sub/in/inner side/deep/sub/sub side/one '
http_serve
# Its server is on this machine.
cp "$conf/aoinb.ini" before.ini
sed -i 's/^network = .*/network = host/' "$conf/aoinb.ini"
try 0 'downloader fetches what they have not' aoinb -c "$conf" run stable -- sh -c '
	cd /tmp && /buildroot/toolbox/downloader -t git -o commit=tags/v2 "$1" d >&2 && ls d' sh "$http/git/repo.git"
cp before.ini "$conf/aoinb.ini"
is 'by its own client' "$(tr '\n' ' ' <out)" 'one two '

echo '# what nobody has'
servers
spec none "git::commit=tags/v9;rename=g::$http/git/repo.git" "svn::commit=9;rename=s::$svn/repo/trunk" \
    "hg::commit=v-nine;rename=h::$hg" "bzr::commit=9::$bzr/repo" "fossil::commit=v-nine;rename=f::$fossil/repo" \
    "git::commit=$lost;rename=hid::$http/git0/inner.git" "git::commit=tags/v1;rename=there::$http/git/repo.git"
fetches 65 'no such commit, in each kind' "^aoinb: $http/git/repo.git: has no commit tags/v9$" none
is 'each in a line'              "$(wc -l <err)" 6
is 'the other is fetched'        "$(of 7 3)" "git::$one"
spec none "git::$http/git/none.git" "git::$http/away/repo.git" "git::$http/rude/repo.git"
fetches 69 'no repository, a redirection to a file, a rude server' "^aoinb: $http/git/none.git: fatal: .*not found" none
says err "^aoinb: $http/rude/repo.git: .*?\[2Jcleared" 'control characters are not passed on'
is 'nothing came of it'          "$(cut -f 3 out | sort -u)" SKIP
spec none "git::commit=tags/v1;rename=a::$http/git/repo.git" "git::$http/stall/repo.git" \
    "git::commit=tags/v2;rename=b::$http/git/repo.git"
fetches 69 'a server that stalls' "^aoinb: $http/stall/repo.git: the server stalled$" none
is 'is given up, and the others are fetched' "$(cut -f 3 out)" "git::$one
SKIP
git::$two"
for url in ssh://127.0.0.1/repo file:///etc ext://sh git+ssh://a/b; do
	spec none "git::commit=v1;rename=x::$url"
	fetches 65 "git, $url" 'git sources come by http, https, git only' none
done
spec none "git::commit=v1;rename=x::http://-oProxyCommand=x/"
fetches 65 'a host that is an option' 'http://-oProxyCommand=x/: not a URL' none
spec none "svn::rename=x::svn+ssh://127.0.0.1/repo"
fetches 65 'svn+ssh' 'svn sources come by svn, http, https only' none
spec none "hg::rename=x::ssh://-oProxyCommand=x/repo"
fetches 65 'one for ssh' 'ssh://-oProxyCommand=x/repo: not a URL' none
spec none "hg::rename=x::ssh://127.0.0.1/repo"
fetches 65 'hg by ssh' 'hg sources come by http, https only' none
spec none "git::commit=--upload-pack=x::$http/git/repo.git"
fetches 65 'a commit that is an option' 'commit=--upload-pack=x' none
# --- hostile repositories -----------------------------------------------------

# Whatever runs a command of theirs leaves a line in requests.
canary="curl -s $http/canary"
: >requests
# evil NAME - a repository with one commit
evil() {
	git_repo "$1"; git_commit "$1" file
}
# quiet TEXT - nothing of it ran
quiet() {
	is "$1" "$(grep canary requests)" ''
}
for url in "ext::sh -c $canary" "file://$scratch/work/inner/.git" "/buildroot/vcs" "--upload-pack=$canary" \
    "-u$canary" 'ssh://-oProxyCommand=x/y' '../../../../../x'; do
	rm -rf work/evil served/git/evil.git
	evil evil
	git_module evil "$url" mod inner '../../../hooks'
	rm -rf "$work/cache/vcs/git"
	spec evil "git::$http/git/evil.git"
	fetches 65 "a submodule at $url" "^aoinb: $http/git/evil.git: submodule mod: " evil
done
spec evil "git::submodule=false::$http/git/evil.git"
fetches 0 'which may be left out' '' evil
quiet 'none of them ran anything'

aoinb -c "$conf" cleanup jobs
# A tree that git itself would not make.
printf /tmp >'link'
for name in .git .GIT 'git~1' ..; do
	rm -rf work/dot served/git/dot.git
	evil dot
	id=$(git -C work/dot hash-object -w "$scratch/link")
	tree=$(printf '120000 blob %s\t%s\n' "$id" "$name" | git -C work/dot mktree)
	git -C work/dot update-ref refs/heads/main "$(git -C work/dot commit-tree -m evil "$tree")"
	spec evil "git::rename=dot$(echo "$name" | tr -dc a-zA-Z)::$http/git/dot.git"
	try 0 "a link named $name is fetched" aoinb -c "$conf" fetch evil
	try 1 'but not checked out'       aoinb -c "$conf" build --no-network evil stable
	cp "$work"/jobs/*/log log
	aoinb -c "$conf" cleanup jobs
	says log "dot.git: .* cannot be checked out: error: invalid path '$name'" 'and git says why'
	rm -rf "$work/cache/vcs/git"
done
quiet 'nor did they'

rm -rf work/evil served/git/evil.git "$work/cache/vcs"
evil evil
printf 'file filter=evil diff=evil merge=evil\n' >work/evil/.gitattributes
printf '[filter "evil"]\n\tsmudge = %s\n' "$canary" >work/evil/.gitconfig
mkdir work/evil/hooks
printf '#!/bin/sh\n%s\n' "$canary" | tee work/evil/hooks/post-checkout >work/evil/hooks/reference-transaction
chmod 755 work/evil/hooks/*
cp work/evil/hooks/* work/evil/.git/hooks/
git -C work/evil config uploadpack.packObjectsHook "$canary"
git -c core.hooksPath=/dev/null -C work/evil add -A
git -c core.hooksPath=/dev/null -C work/evil commit -q -m filters
printf '[hooks]\nupdate = %s\npretxnchangegroup = %s\n' "$canary" "$canary" >served/hg/hgrc.evil
hg -q init served/hg/nested
echo x >served/hg/nested/x; hg -q -R served/hg/nested commit -A -m nested served/hg/nested/x
echo 'nested = ssh://-oProxyCommand=x/y' >served/hg/.hgsub
hg -q -R served/hg add served/hg/hgrc.evil served/hg/.hgsub
hg -q -R served/hg commit -m evil
svn -q up work/svn
svn -q propset svn:externals "file://$scratch/served/svn/repo/trunk stolen
svn+ssh://-oProxyCommand=x/y tunnelled" work/svn
svn -q commit -m outside work/svn
mkdir work/fossil/.fossil-settings
echo "tclInvoke exec $canary" >work/fossil/.fossil-settings/th1-setup
(cd work/fossil && fossil add .fossil-settings --dotfiles >/dev/null && fossil commit -m evil --no-warnings >/dev/null)
spec evil "git::copy-repo=true::$http/git/evil.git" "hg::rename=hg::$hg" "svn::rename=svn::$svn/repo/trunk" \
    "fossil::rename=fossil::$fossil/repo"
: >requests
fetches 0 'filters, hooks, subrepositories, externals and settings' '' evil
built evil 'are files, and no more'
is 'and nothing else is there' "$(found)" '.acbs-script evil/.git evil/.gitattributes evil/.gitconfig evil/file evil/hooks/post-checkout evil/hooks/reference-transaction fossil/.fossil-settings/th1-setup fossil/one fossil/two hg/.hgsub hg/.hgsubstate hg/.hgtags hg/hgrc.evil hg/one hg/three hg/two svn/one svn/two '
quiet 'and none of it ran'

echo '# mirrors that were left half done'
spec all "git::branch=side;rename=side::$http/git/repo.git" "git::commit=tags/v1;rename=tag::$git/repo.git" \
    "hg::rename=hg::$hg" "svn::rename=svn::$svn/repo/trunk" "bzr::$bzr/repo" "fossil::rename=fossil::$fossil/repo"
fetches 0 'all of them' '' all
cp out all.out
rm -rf "$work/cache/vcs"
for ms in 100 250 450 650 900 1200 1600; do
	group aoinb -c "$conf" fetch all
	sleep "$(printf '%d.%03d' $((ms / 1000)) $((ms % 1000)))"
	group_kill KILL 2>/dev/null	# unless it was quicker
	# A commit in between, so that there is something to fetch.
	git_commit repo "at-$ms"
	echo "$ms" >"served/hg/at-$ms"; hg -q -R served/hg commit -A -m "$ms" "served/hg/at-$ms"
	echo "$ms" >"served/bzr/repo/at-$ms"; brz add -q "served/bzr/repo/at-$ms"; brz commit -q -m "$ms" served/bzr/repo
done
wait_for 10 none_running
fetches 0 'killed seven times' '' all
is 'the mirrors have what they should'  "$(cut -f 3 out | sed -n '1p;2p;3p;5p')" "git::$side
git::$one
hg::$(hg -R served/hg log -r tip -T '{node}')
bzr::$(brz revision-info -d served/bzr/repo -r -1 | cut -d ' ' -f 2)"
built all 'and the build'
ok 'has the trees' test -e pkg/usr/share/tiny/found
says pkg/usr/share/tiny/found '^hg/at-1600$' 'of all of them'
for lock in packed-refs.lock HEAD.lock refs/heads/main.lock config.lock; do
	for repo in "$work"/cache/vcs/git/*/mirror/repo.git; do : >"$repo/$lock"; done
done
for repo in "$work"/cache/vcs/hg/*/mirror/repo; do ln -s host/1:1 "$repo/.hg/store/lock"; ln -s host/1:1 "$repo/.hg/wlock"; done
git_commit repo locks; git -C work/repo tag -f v1 >/dev/null; one=$(git -C work/repo rev-parse v1)
echo locks >served/hg/locks; hg -q -R served/hg commit -A -m locks served/hg/locks
fetches 0 'locks of the dead are taken away' '' all
is 'and what is new is there'    "$(of 2 3)" "git::$one"
for repo in "$work"/cache/vcs/*/*/mirror/repo*; do
	if [ -f "$repo" ]; then echo damaged >"$repo"; continue; fi
	find "$repo" -type f \( -path '*/objects/*' -o -path '*/store/*' -o -path '*/repository/*' \) -exec sh -c 'echo damaged >"$1"' sh {} \;
done
git_commit repo damage
fetches 0 'damaged mirrors are made anew' 'its mirror is damaged, and is made anew' all
built all 'and hold everything'

echo '# two at once'
rm -rf "$work/cache/vcs"
: >requests
group aoinb -c "$conf" fetch all
try 0 'one'   aoinb -c "$conf" fetch all
code=0; wait "$group" || code=$?
is 'the other' "$code" 0
is 'have the same'   "$(cut -f 3 out)" "$(cut -f 3 group.out)"
is 'and the repository came once' "$(grep -c 'POST /git/sub.git' requests)" 2

echo '# the forms of 2020'
bundle_tiny old
printf 'VER=1\nSUBDIR=.\nGITSRC="%s"\nGITCO="%s"\nGITBRCH=main\nSVNSRC="%s"\nSVNCO=1\nHGSRC="%s"\nHGCO=v-one\nBZRSRC="%s"\nBZRCO=1\nFSLSRC="%s"\nFSLCO=v-one\n' \
    "$http/git/repo.git" "$lost" "$svn/repo/trunk" "$hg" "$bzr/bzr" "$fossil/here" >old/spec
try 0 'build' aoinb -c "$conf" build old stable
is 'with their commits' "$(jq -r '.sources | map(.type + " " + .digest[0:12]) | join(" ")' "$(find "$work/jobs" -name result.json -printf '%T@ %p\n' |
    sort -n | tail -n 1 | cut -d ' ' -f 2)")" "git git::$(echo "$lost" | cut -c 1-7) svn svn::1 hg hg::$(echo "$hg_one" | cut -c 1-8) bzr bzr::a@examp fossil $(echo "$fossil_one" | cut -c 1-12)"

echo '# ten sources of eight kinds, and no network'
mkdir -p served/files files/ball-1 files/zipped-1
echo text >served/files/notes.txt
echo ball >files/ball-1/ball; tar -C files -czf served/files/ball-1.tar.gz ball-1
echo zipped >files/zipped-1/zipped
python3 -m zipfile -c served/files/zipped.zip files/zipped-1/
spec ten "tbl::$http/files/ball-1.tar.gz" "$http/files/zipped.zip" "file::rename=renamed.txt::$http/files/notes.txt" \
    "git::commit=tags/v1;rename=git::$http/git/repo.git" "git::branch=side;rename=side::$git/repo.git" \
    "svn::commit=1;rename=svn::$svn/repo/trunk" "hg::commit=v-one;rename=hg::$hg" "bzr::commit=1;rename=bzr::$bzr/repo" \
    "fossil::commit=v-one;rename=fossil::$fossil/repo" 'none::'
sum() { echo "sha256::$(sha256sum <"served/files/$1" | cut -d ' ' -f 1)"; }
sed -i "s,^CHKSUMS=.*,CHKSUMS=\"$(sum ball-1.tar.gz) $(sum zipped.zip) $(sum notes.txt) SKIP SKIP SKIP SKIP SKIP SKIP SKIP\"," ten/spec
echo "! curl -s -m 2 $http/canary" >>ten/autobuild/build
: >requests
built ten 'they build'
is 'with everything' "$(found | sed 's,git/at-[0-9]* ,,g')" '.acbs-script ball-1.tar.gz ball-1/ball bzr/one fossil/one git/locks git/one git/three git/two hg/one renamed.txt side/.gitmodules side/deep/sub/.gitmodules side/deep/sub/in/inner side/deep/sub/sub side/one svn/one zipped-1/zipped zipped.zip '
is 'and the build had no network' "$(grep canary requests)" ''

# A server that has got hold of its client.
# shellcheck disable=SC2016 # for the client to expand
printf '%s\n' '#!/bin/sh' 'read -r n _ </buildroot/sources' \
    'for mirror in /buildroot/vcs/*/*/mirror; do : >"$mirror/by-$n"; done' \
    'printf "%s\tby-$n\n" 1 2 >>/buildroot/output/commits' 'exec /usr/bin/git "$@"' >taken
# shellcheck disable=SC2016 # for the inner shell
aoinb -c "$conf" run --keep stable -- sh -c 'printf "%s\n" "$1" >/usr/local/bin/git; chmod 755 /usr/local/bin/git' sh "$(cat taken)" >/dev/null
try 0 'a client is taken over' aoinb -c "$conf" commit stable
spec two "git::commit=tags/v1;rename=a::$http/git/repo.git" "git::branch=side;rename=b::$git/repo.git"
aoinb -c "$conf" fetch --branch=stable two >out 2>err
is 'it has one mirror' "$(for at in "$work"/cache/vcs/*/*/mirror; do (cd "$at" && echo by-*); done | grep -v '\*' | sort | paste -sd ' ')" 'by-1 by-2'
is 'and says nothing of the others' "$(cut -f 3 out | grep -c 'by-2' ) $(sed 1d out | cut -f 3 | grep -c 'by-1')" '0 0'
try 0 'the client is given back' aoinb -c "$conf" rollback stable
serve_end http git svn hg bzr fossil
built ten 'again, when all servers are gone'

echo '# old mirrors'
mirrors() { find "$work/cache/vcs" -name url | wc -l; }
all=$(mirrors)
try 0 'gc without an age' aoinb -c "$conf" cache gc
is 'keeps every mirror' "$(mirrors)" "$all"
mkdir aged && cp -a "$conf/source_lists" aged/
aoinb-conf -c "$conf" -D cache_max_age=2d ini >aged/aoinb.ini
printf '%s' "$http/git/repo.git" | sha256sum | cut -d ' ' -f 1 >key
touch -d '3 days ago' "$work/cache/vcs/git/$(cat key)/url"
try 0 'with one' aoinb -c aged cache gc
says out "^$http/git/repo.git\$" 'names what was not used for longer'
is 'and removes it' "$(mirrors)" "$((all - 1))"
nothing_left
finish
