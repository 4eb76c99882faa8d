#!/bin/sh
# what apt can install in the instance of a branch: asked once for each layer
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
. "$top/tests/plan-words.sh"
need_root
need jq python3 dpkg-deb

# An apt repository of our own, with one package that provides another name.
mkdir -p deb/DEBIAN repo
printf 'Package: probe\nVersion: 1\nArchitecture: all\nMaintainer: T <t@localhost>\nProvides: sonde (= 1:2), feeler\nDescription: a probe\n' \
    >deb/DEBIAN/control
dpkg-deb --build --root-owner-group deb repo/probe_1_all.deb >/dev/null
{
	cat deb/DEBIAN/control
	printf 'Filename: ./probe_1_all.deb\nSize: %s\nSHA256: %s\n\n' "$(stat -c %s repo/probe_1_all.deb)" \
	    "$(sha256sum <repo/probe_1_all.deb | cut -d ' ' -f 1)"
} >repo/Packages
printf 'Suite: probe\nSHA256:\n %s %s Packages\n' \
    "$(sha256sum <repo/Packages | cut -d ' ' -f 1)" "$(stat -c %s repo/Packages)" >repo/Release
python3 -u -m http.server --bind 127.0.0.1 --directory repo 0 >served 2>requests &
later "kill $!"
ok 'a repository is there'          wait_for 10 grep -qs port served

world_new w
tree=$PWD/tree
list=$conf/source_lists/probe.list
echo "deb [trusted=yes] http://127.0.0.1:$(sed 's/.* port \([0-9]*\).*/\1/' served) ./" >"$list"
package app/all all 'PKGDEP="probe sonde feeler bash libc6:any" BUILDDEP="probe>=1"'
package app/lost lost 'PKGDEP="probing bash"'

try 0 'no instance yet'             aoinb -c "$conf" plan -t "$tree" all lost probe
says err 'no instance yet'          'and that is told'
try 0 'an instance'                 aoinb -c "$conf" run probe -- true
try 1 'now it is known'             aoinb -c "$conf" plan -t "$tree" all lost probe
is 'what apt has, what that provides, and what is installed' \
    "$(awk -F '\t' '$1 == "build" { print $3 }' out)" app/all
says out 'unmet	app/lost	.*needs probing' 'and what nobody has'
is 'nothing is said'                "$(cat err)" ''
is 'one list is kept'               "$(ls "$work/cache/names")" "$(cat "$work/ref/instance/probe")"
is 'and nothing else'               "$(find "$work/cache/names" -mindepth 1 | wc -l)" 1
echo gcc >>"$work/cache/names/$(cat "$work/ref/instance/probe")"
before=$(ls -li --time-style=full-iso "$work/cache/names")
try 1 'the second time'             aoinb -c "$conf" plan -t "$tree" all lost probe
is 'nobody asks'                    "$(ls -li --time-style=full-iso "$work/cache/names")" "$before"
chmod 755 . w "$conf" "$work"
try 1 'who is not root reads it'    setpriv --reuid=65534 --regid=65534 --clear-groups \
    aoinb -c "$conf" plan -t "$tree" all lost probe
says out 'unmet	app/lost'           'as well'

mkdir "$work/cache/names/new"	# of one that was killed
: >"$work/cache/names/new/upper"
echo '# another list' >>"$list"
try 0 'another layer'               aoinb -c "$conf" run probe -- true
try 0 'with -n nothing is looked up' aoinb -n -c "$conf" plan -t "$tree" all lost probe
try 1 'is asked'                    aoinb -c "$conf" plan -t "$tree" all lost probe
is 'and the old list goes'          "$(ls "$work/cache/names")" "$(cat "$work/ref/instance/probe")"

rm "$work/cache/names"/*
try 0 'where it is not known'       setpriv --reuid=65534 --regid=65534 --clear-groups \
    aoinb -c "$conf" plan -t "$tree" all lost probe
says err 'it takes root to ask apt' 'that is told'

# A root is not trusted: apt there may say what it likes.
mkdir -p evil
printf '#!/bin/sh\nln -sf /etc/passwd /buildroot/output/names\nexec sleep 0\n' >evil/apt-cache
try 0 'a root that lies'            aoinb -c "$conf" run --keep probe -- true
job=$(cat out)
rm -f "$work/jobs/$job/upper/usr/bin/apt-cache"
mkdir -p "$work/jobs/$job/upper/usr/bin"
install -m 755 evil/apt-cache "$work/jobs/$job/upper/usr/bin/apt-cache"
try 0 'becomes a layer'             aoinb -c "$conf" commit "$job"
try 0 'its list is not taken'       aoinb -c "$conf" plan -t "$tree" all lost probe
says err 'could not be looked up'   'and that is told'
is 'nothing is kept of it'          "$(ls -A "$work/cache/names")" ''

nothing_left
finish
