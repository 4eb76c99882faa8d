#!/bin/sh
# apt in our containers: proxies, mirrors that change, and what is said when it fails
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
. "$top/tests/apt-repo.sh"
need_root
need python3 dpkg-deb

deb repo victim 1 one
index repo 'Origin: Old' 'Label: Old' 'Codename: one'
# The same server is a proxy: what it is asked for then begins with a folder "http:".
mkdir http:; ln -s .. http:/mirror.invalid
served
proxy=$url
world_new w instance_update=1d
bundle_tiny tiny
bundle_tiny wants
echo BUILDDEP=victim >>wants/autobuild/defines
cp "$conf/aoinb.ini" before.ini
branch() { echo "$2" >"$conf/source_lists/$1.list"; }
branch far 'deb [trusted=yes] http://mirror.invalid/repo ./'
branch near "deb [trusted=yes] $url/repo ./"
build() { aoinb -c "$conf" build "$@"; }
asked() { grep -c "GET $1" requests; }
setting() {
	aoinb-conf -f "$conf/aoinb.ini" -D "$1" ini >"$conf/next.ini"
	mv "$conf/next.ini" "$conf/aoinb.ini"
}
# fresh - nothing is known of what was installed before
fresh() {
	aoinb -c "$conf" cleanup jobs
	aoinb-layer -w "$work" trim --deps-max-size=1 >/dev/null
	rm -rf "$work/cache/deps" "$work/cache/debs"
}

# left - what stays of a proxy in a layer or with a job
left() {
	grep -rls "${proxy#http://}" "$work/layers" --include='*apt*' --include=environment
	find "$work" -name 'container*.apt'
}

echo '# proxies'
try 69 'without a proxy'                   build wants far
says err 'a mirror cannot be reached' 'it is said why'
says err 'http_proxy' 'and what helps'
try 0 'the environment has one'            env http_proxy="$proxy" aoinb -c "$conf" build wants far
ok 'which update and dependencies use'     test "$(asked http://mirror.invalid/repo/./Packages)" -gt 0 -a "$(asked http://mirror.invalid/repo/./victim_1)" -gt 0
try 0 'a session has it'                   env http_proxy="$proxy" aoinb -c "$conf" run far -- apt-get -q update
setting "apt_proxy=$proxy"
aoinb -c "$conf" cleanup far; rm -rf "$work/cache/debs"
n=$(asked http://mirror.invalid)
try 0 'the configuration has one'          build --rebuild wants far
ok 'which apt uses'                        test "$(asked http://mirror.invalid)" -ge $((n + 3))
try 0 'in a session, too'                  aoinb -c "$conf" run far -- apt-get -q update
is 'nothing of it is left'                 "$(left)" ''
sed -i 's,^proxy = .*,proxy = http://x";y,' "$conf/aoinb.ini"
try 78 'what would be more than a proxy'   build --rebuild wants far
says err 'is not a URL such as' 'is refused'
cp before.ini "$conf/aoinb.ini"

echo '# a mirror that changes'
try 0 'a branch'                           build wants near
id=$(cat "$work/ref/instance/near")
deb repo victim 2 two; rm repo/victim_1_all.deb
index repo 'Origin: New' 'Label: New' 'Codename: one'
touch -d '1 hour' repo/Packages repo/Release
fresh
try 0 'its lists are stale'                build --rebuild wants near
says err 'the mirror has changed meanwhile' 'which is noticed'
ok 'and the branch is updated'             test "$(cat "$work/ref/instance/near")" != "$id"
fresh
deb repo victim 3 three; rm repo/victim_2_all.deb
index repo 'Origin: New' 'Label: New' 'Codename: one'
touch -d '2 hours' repo/Packages repo/Release
try 69 'but not where that is not wanted'  build --no-update --rebuild wants near
says err 'a mirror lacks what its lists name' 'and it is said why'
index repo 'Origin: New' 'Label: New' 'Codename: two'
touch -d '3 hours' repo/Packages repo/Release
id=$(cat "$work/ref/instance/near")
setting instance_update=always
try 69 'another release under its name'    build --rebuild wants near
says err 'a mirror has another release under this name now' 'is refused'
says err "changed its 'Codename' value from 'one' to 'two'" 'in the words of apt, too'
is 'and the branch is as it was'           "$(cat "$work/ref/instance/near")" "$id"
cp before.ini "$conf/aoinb.ini"
try 0 'what is said helps'                 aoinb -c "$conf" cleanup near
try 0 'as is seen'                         build wants near

echo '# what apt cannot do'
# fails CODE WORDS NAME LIST - a build on a branch of that LIST
fails() {
	branch "$3" "$4"
	try "$1" "branch $3"                   build wants "$3"
	says err "$2" "$2"
}
fails 69 'the signature of a mirror is not accepted' unsigned "deb $url/repo ./"
fails 69 'a mirror has no such suite' nosuite "deb $url/nothing ./"
fails 69 'a mirror cannot be reached' closed 'deb [trusted=yes] http://127.0.0.1:1/ ./'
deb old victim 1 one; index old 'Codename: one' 'Date: Thu, 01 Jan 2015 00:00:00 UTC' 'Valid-Until: Fri, 02 Jan 2015 00:00:00 UTC'
fails 69 'the lists of a mirror are too old' expired "deb [trusted=yes] $url/old ./"
deb bad victim 1 one 'Depends: nosuch (>= 1)'; index bad
fails 1 'packages are held, or do not fit together' broken "deb [trusted=yes] $url/bad ./"
printf '#!/bin/sh\nexit 3\n' >postinst; chmod 755 postinst
deb sick victim 1 one; index sick; rm postinst
fails 1 'a package cannot be installed' sick "deb [trusted=yes] $url/sick ./"
branch broken-dpkg "deb [trusted=yes] $url/old ./"
sed -i '/Valid-Until/d' old/Release
try 0 'dpkg is interrupted'                aoinb -c "$conf" run --keep broken-dpkg -- sh -c \
    'grep -v "^$" /var/lib/dpkg/status | sed -n "1,/^Description/p" >/var/lib/dpkg/updates/0001'
try 0 'and that is kept'                   aoinb -c "$conf" commit broken-dpkg
try 65 'a build on that'                   build --no-update wants broken-dpkg
says err 'dpkg was interrupted before; mend it by hand (aoinb run --keep broken-dpkg' 'is told'
try 0 'what is said helps'                 aoinb -c "$conf" rollback broken-dpkg
try 0 'as is seen'                         build --no-update wants broken-dpkg

echo '# words that a container chose'
why() { aoinb-layer -w "$work" why "$1" near; }
printf 'E: \033]0;x\007held\n\0\377\n' >log
try 1 'they are shown'                     why log
is 'and none of them moves a cursor'       "$(cat out err)" 'E: ?]0;x?held'
truncate -s 4G log; printf '\nE: Could not connect\nE: held broken packages\n' >>log
try 69 'of a huge log the end is read, and what lies at the bottom of it' why log
is 'is said'                               "$(cat err)" 'E: Could not connect'
: >log
try 1 'nothing'                            why log
is 'says nothing'                          "$(cat out err)" ''
ln -s /etc/shadow link; mkfifo fifo
try 65 'a link is none'                    why link
try 65 'nor is a FIFO'                     timeout 10 aoinb-layer -w "$work" why fifo near
nothing_left

finish
