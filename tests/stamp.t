#!/bin/sh
# What a job is told of the tree that its bundle lies in: the commit, the stamp of a
# version; and that nothing runs which a tree's own .git or attributes name
# shellcheck disable=SC2016 # for other shells to expand
. "${0%/*}/lib.sh"
need_root
need git setpriv
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_COMMITTER_NAME=a \
    GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_EMAIL=a@example.org
chmod 755 "$scratch"	# so that nobody can read what lies in it
W=$PWD/w

# tree_new BRANCH - the folder tree, in git, with app-x/thing in it
tree_new() {
	rm -rf tree
	mkdir -p tree/app-x/thing/autobuild tree/groups
	echo VER=1 >tree/app-x/thing/spec
	echo PKGNAME=thing >tree/app-x/thing/autobuild/defines
	echo app-x/thing >tree/groups/all
	git init -q -b "$1" tree
	commit
}

# commit - all that is in tree, at a time of its own, in another zone
commit() {
	git -C tree add -A
	GIT_COMMITTER_DATE='2026-02-03T04:05:06 +0200' git -C tree commit -q -m x
}

# told [OPTION]... - the job's lines on the tree of tree/app-x/thing
told() {
	told_of tree/app-x/thing --tree=tree "$@"
}

# told_of BUNDLE [OPTION]... - the same, of BUNDLE; auto unless an option says otherwise
told_of() {
	of=$1; shift
	case " $*" in *' --verstamp='*) ;; *) set -- --verstamp=auto "$@" ;; esac
	path=$(aoinb-job -w "$W" new --branch=stable "$@" build "$of" 2>words) || return
	grep -E '^(AOINB|VERSTAMP)' "$path/env"
}

# head - the commit, short
head_of() {
	git -C "${1:-tree}" rev-parse --short HEAD
}

echo '# a tree in git'
tree_new testing
is 'its commit, and a stamp in UTC'        "$(told)" "AOINB_COMMIT=$(head_of)
VERSTAMP=~pre20260203T020506Z"
is 'without a word'                        "$(cat words)" ''
git -C tree tag -a -m x v7
is 'a tag that says something'             "$(told | head -n 1)" AOINB_COMMIT=v7
git -C tree tag -d v7 >/dev/null
: >tree/app-x/new
is 'a file that git does not know'         "$(told | sed 's/pre[0-9]*T[0-9]*Z/preTIME/')" "AOINB_COMMIT=$(head_of)
VERSTAMP=~preTIME~dirty"
before=$(date -u +%Y%m%dT%H%M%SZ) stamp=$(told | sed -n 's/^VERSTAMP=~pre\(.*\)~dirty/\1/p') after=$(date -u +%Y%m%dT%H%M%SZ)
is 'the time is that of the build then'    "$(printf '%s\n' "$before" "$stamp" "$after" | sort -c 2>&1)" ''
rm tree/app-x/new
echo '#' >>tree/app-x/thing/spec
is 'one that is changed'                   "$(told | sed 's/pre[0-9]*T[0-9]*Z/preTIME/')" "AOINB_COMMIT=$(head_of)-dirty
VERSTAMP=~preTIME~dirty"
commit
is 'committed'                             "$(told)" "AOINB_COMMIT=$(head_of)
VERSTAMP=~pre20260203T020506Z"
is 'no stamp where none is wanted'         "$(told --verstamp=no)" "AOINB_COMMIT=$(head_of)"
is 'or another'                            "$(told --verstamp=~rc1)" "AOINB_COMMIT=$(head_of)
VERSTAMP=~rc1"
is 'and who built it'                      "$(told --verstamp=no --acbs-version=yes)" "AOINB_ACBS_VERSION=aoinb-$(aoinb-job --version | sed 's/.* //')
AOINB_COMMIT=$(head_of)"
is 'or not'                                "$(told --verstamp=no --acbs-version=no)" "AOINB_COMMIT=$(head_of)"
mkdir -p tree/inner/groups tree/inner/app-y/thing/autobuild
cp tree/app-x/thing/spec tree/inner/app-y/thing
cp tree/app-x/thing/autobuild/* tree/inner/app-y/thing/autobuild
told_of tree/inner/app-y/thing --tree=tree/inner >none || :
is 'a tree that only lies in a repository' "$(cat none words)" ''
commit
is 'is one of it when it is committed'     "$(told_of tree/inner/app-y/thing --tree=tree/inner)" "AOINB_COMMIT=$(head_of)
VERSTAMP=~pre20260203T020506Z"
git -C tree rm -rq inner
commit
for text in '' 'a b' 1-2 'x/y'; do
	try 64 "a stamp that is none: \"$text\"" aoinb-job -w "$W" new --branch=stable "--verstamp=$text" build tree/app-x/thing
	says err '^aoinb-job: --verstamp=.*neither' 'is refused'
done
git -C tree checkout -q --detach
is 'on no branch there is no stamp'        "$(told)" "AOINB_COMMIT=$(head_of)"
git -C tree checkout -q -b stable
is 'on stable there is none'               "$(told)" "AOINB_COMMIT=$(head_of)"
git -C tree checkout -q -b stable-2
is 'on another there is'                   "$(told | tail -n 1)" 'VERSTAMP=~pre20260203T020506Z'
git -C tree worktree add -q -b topic ../work
is 'a further work tree'                   "$(told_of work/app-x/thing --tree=work)" "AOINB_COMMIT=$(head_of)
VERSTAMP=~pre20260203T020506Z"
: >work/app-x/new
is 'has changes of its own'                "$(told_of work/app-x/thing --tree=work | tail -n 1 | grep -c dirty) $(told | grep -c dirty)" '1 0'
git -C tree worktree remove -f work
git init -q --object-format=sha256 -b main long
cp -a tree/app-x tree/groups long/
git -C long add -A && git -C long commit -q -m x
is 'one with SHA-256'                      "$(told_of long/app-x/thing --tree=long | head -n 1)" "AOINB_COMMIT=$(head_of long)"
is 'git wrote nothing in it'               "$(find tree/.git -newer words -type f)" ''

echo '# which tree'
is 'no option, none of the two'            "$(path=$(aoinb-job -w "$W" new --branch=stable --tree=tree build tree/app-x/thing); grep -cE 'AOINB|VERSTAMP' "$path/env")" 0
is 'without --tree: beside groups/'        "$(told_of tree/app-x/thing | tail -n 1)" 'VERSTAMP=~pre20260203T020506Z'
mkdir -p tree/app-x/sub
cp -r tree/app-x/thing tree/app-x/sub/
is 'one that lies deeper is of no tree'    "$(told_of tree/app-x/sub/thing)" ''
rm -r tree/app-x/sub
mv tree/groups tree/other
is 'nor one of another repository'         "$(told_of tree/app-x/thing)" ''
mv tree/other tree/groups
mkdir plain && cp -r tree/app-x tree/groups plain/
is 'a tree that is not in git'             "$(told_of plain/app-x/thing --tree=plain)$(cat words)" ''
is 'has the stamp that is asked for'       "$(told_of plain/app-x/thing --tree=plain --verstamp=+x)" VERSTAMP=+x

echo '# who runs it'
# stand_in - a git that says who it is, in place of the commit, and what it can
mkdir bin
cat >bin/git <<'X'
#!/bin/sh
case $* in
*' config '*|'config '*) exit 1 ;;
*status*) echo '# branch.head x' ;;
*describe*)
	may=''
	[ ! -w "$GIT_WORK_TREE/app-x" ] || may=writes
	(: >"$GIT_WORK_TREE/ran") 2>/dev/null && may=wrote
	[ -z "$SECRET$SSH_AUTH_SOCK" ] || may="$may,environment"
	echo "uid$(id -u)$may" ;;
*log*) echo 1 ;;
esac
X
chmod 755 bin bin/git
# by_stand_in - the commit that it tells
by_stand_in() {
	(export SECRET=x PATH="$PWD/bin:$PATH"; told) | sed -n 's/^AOINB_COMMIT=//p'
}
is 'of a tree of root: nobody'             "$(by_stand_in)" uid65534
chown -R 1234:1234 tree
if [ -e /sys/kernel/security/landlock ] || grep -q landlock /sys/kernel/security/lsm 2>/dev/null; then
	is 'of one that is somebody'\''s: he, and he can write nothing' "$(by_stand_in | sed s/writes//)" uid1234
else
	is 'of one that is somebody'\''s: he'      "$(by_stand_in | sed 's/w.*//')" uid1234
fi
chown -R 0:0 tree
rm -f tree/ran
chown -R 1234:1234 tree/.git
is 'but of neither: nobody'\''s business'     "$(told)$(cat words)" ''
chown -R 0:0 tree
chmod 700 tree
is 'of one that only root can read: root'  "$(told)" "AOINB_COMMIT=$(head_of)
VERSTAMP=~pre20260203T020506Z"
chmod 755 tree
printf '#!/bin/sh\necho fatal: lost >&2; exit 128\n' >bin/git
is 'one that fails'                        "$(by_stand_in)" ''
says words "^aoinb-job: tree $PWD/tree: packages will not say of which commit they are; git says: fatal: lost$" 'is told, and the job is made'
rm -r bin

echo '# trees that attack'
# Each names a program that ran when its file was read: who may write nowhere can do that.
printf '#!/bin/sh\ncat\n' >evil
printf '#!/bin/sh\n:\n' >brief
chmod 755 evil brief
ran() {
	[ "$(stat -c %X evil brief | sort -n | tail -n 1)" -gt 1000000000 ]
}
not_ran() {
	! ran
}
# attack NAME PLAIN... - PLAIN, a command of git in the tree, runs what tree was made to
# name; when we ask, nothing runs
attack() {
	name=$1; shift
	touch -a -d @1000000000 evil brief
	timeout 20 git -C tree "$@" >plain.out 2>&1 </dev/null || :
	ok "$name: git itself runs it"     ran
	touch -a -d @1000000000 evil brief
	told >said || :
	ok 'we do not'                     not_ran
}
# told_well - and the commit is told nevertheless
told_well() {
	is 'and know the commit'           "$(sed 's/-dirty$//' said | head -n 1)" "AOINB_COMMIT=$(head_of)"
}

tree_new main
git -C tree config core.fsmonitor "$PWD/evil"
attack core.fsmonitor status
told_well

tree_new main
printf '[core]\n\tfsmonitor = %s\n' "$PWD/evil" >included
git -C tree config include.path "$PWD/included"
attack include.path status
told_well

tree_new main
git -C tree config extensions.worktreeConfig true
printf '[core]\n\tfsmonitor = %s\n' "$PWD/evil" >tree/.git/config.worktree
attack config.worktree status
told_well

tree_new main
echo '* filter=x' >tree/.gitattributes
commit
for how in clean process; do
	git -C tree config "filter.x.$how" "$PWD/evil"
	touch -d 2020-01-02 tree/app-x/thing/spec
	attack "filter.x.$how" status
	told_well
	git -C tree config --unset "filter.x.$how"
done

tree_new main
printf '* diff=x\n' >tree/.git/info/attributes
git -C tree config diff.x.textconv "$PWD/evil"
echo >>tree/app-x/thing/spec
attack diff.x.textconv diff
told_well
git -C tree config --unset diff.x.textconv
git -C tree config diff.external "$PWD/evil"
attack diff.external diff
told_well

tree_new main
ln -s "$PWD/evil" tree/.git/hooks/post-index-change
touch -d 2020-01-02 tree/app-x/thing/spec
attack 'a hook' status
told_well
mkdir -p tree/.git/mine
mv tree/.git/hooks/post-index-change tree/.git/mine/
git -C tree config core.hooksPath .git/mine
touch -d 2020-01-03 tree/app-x/thing/spec
attack core.hooksPath status
told_well

tree_new main
git init -q -b main tree/inner
git -C tree/inner commit -q --allow-empty -m x
git -C tree add inner 2>/dev/null
commit
git -C tree/inner config core.fsmonitor "$PWD/evil"
: >tree/inner/x
attack 'a submodule' status
told_well

tree_new main
git -C tree cat-file commit HEAD | sed '/^committer/a\
gpgsig -----BEGIN PGP SIGNATURE-----\
 \
 x\
 -----END PGP SIGNATURE-----' >signed
git -C tree reset -q --soft "$(git -C tree hash-object -t commit -w --stdin <signed)"
git -C tree config gpg.program "$PWD/evil"
git -C tree config log.showSignature true
attack gpg.program log -1
told_well

tree_new main
git -C tree config core.alternateRefsCommand "$PWD/evil"
git -C tree config remote.x.url "ext::$PWD/brief"
git -C tree config remote.x.promisor true
git -C tree config remote.x.partialclonefilter blob:none
git -C tree config extensions.partialClone x
git -C tree config protocol.ext.allow always
object=$(git -C tree rev-parse 'HEAD^{tree}')
rm -f "tree/.git/objects/$(echo "$object" | cut -c 1-2)/$(echo "$object" | cut -c 3-)"
rm tree/.git/index
attack 'a remote that lends objects' status
is 'and say that it is not whole'          "$(grep -c 'packages will not say of which commit' words) $(cat said)" '1 '

tree_new main
git -C tree config core.bare true
git -C tree config core.worktree "$PWD/plain"
is 'settings that would lead elsewhere are not heeded' "$(told | head -n 1)" "AOINB_COMMIT=$(head_of)"
tree_new main
: >tree/.git/config
printf '[core\n' >>tree/.git/config
is 'nor is a configuration that is torn'   "$(told; grep -c 'will not say' words)" 1
tree_new main
rm tree/.git/HEAD
is 'what is no repository any more'        "$(told)" ''
says words 'will not say of which commit'    'is told'

# Others may be at work.
is 'nothing of ours is left in /tmp'       "$(find /tmp -maxdepth 1 -name 'aoinb-git.*' \
    -newer long/app-x ! -newermt '-5 seconds')" ''
finish
