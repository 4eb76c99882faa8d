#!/bin/sh
# who may enter what lies in the work folder
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need setpriv dpkg-deb

as_user() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
# open_to DIR - the folders below DIR, two deep, that others can enter or read
open_to() {
	(cd "$1" && find . cache -maxdepth 1 -type d -perm /077 | LC_ALL=C sort -u | paste -sd ' ')
}

world_new w
# What tests call a work folder lies in one of their own.
chmod 755 "$top/build/tests" "$work"
bundle_tiny tiny
# A build leaves a program with teeth, and is kept.
cat >>tiny/autobuild/build <<'END'
cp /bin/true /srv/teeth; chmod 6755 /srv/teeth
END
try 0 'leaves a set-user-ID program'       aoinb -c "$conf" build --keep tiny stable
job=$(find "$work/jobs" -mindepth 1 -maxdepth 1 -type d)
ok 'which is there'                        test -u "$job/upper/srv/teeth"
is 'others can enter only what is for them' "$(open_to "$work")" \
    '. ./built ./cache ./output ./ref cache'
try 126 'nobody runs that program'         as_user env "$job/upper/srv/teeth"
try 1 'nobody sees a layer'                as_user test -e "$work/layers/$(cat "$work/ref/baseos")/info"
try 1 'nobody opens a lock'                as_user sh -c 'for lock; do [ ! -r "$lock" ] || exit 0; done; exit 1' sh "$work"/lock/*
ok 'anybody can read a package'            as_user test -r "$(find "$work/output" -name '*.deb')"
is 'and the top cannot be listed'          "$(as_user ls "$work" 2>/dev/null)" ''

echo '# a work folder of the last version'
mkdir "$work/cache/sources" "$work/cache/names" "$work/cache/vcs"
chmod 755 "$work" "$work"/* "$work"/cache/*
chmod 700 "$work/output"
aoinb -c "$conf" doctor >out 2>err
says out "warn.$work/jobs: other users could enter or read it (0755); it is 0700 from now on" 'doctor tells'
says out "warn.$work/cache/repo: other users" 'of each'
is 'and they are closed'                   "$(open_to "$work")" \
    '. ./built ./cache ./ref cache cache/names cache/sources'
is 'what was closed by hand stays so'      "$(stat -c %a "$work/output")" 700
chmod 755 "$work/jobs"
try 0 'any command'                        aoinb -c "$conf" gc
is 'closes them'                           "$(stat -c %a "$work/jobs")" 700
chmod 755 "$work/output"
aoinb -c "$conf" doctor >out 2>err
is 'doctor has nothing left to tell'       "$(grep -c 'other users' out)" 0
try 64 'a folder elsewhere'                aoinb-layer -w "$work" folder ../x
try 64 'is none of ours'                   aoinb-layer -w "$work" folder /x
ln -s /etc "$work/cache/vcs.new"; rm -rf "$work/cache/vcs"; mv "$work/cache/vcs.new" "$work/cache/vcs"
before=$(stat -c %a /etc)
try 0 'a link in its place'                aoinb -c "$conf" gc
is 'leads nowhere'                         "$(stat -c %a /etc)" "$before"
nothing_left

finish
