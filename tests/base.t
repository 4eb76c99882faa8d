#!/bin/sh
# configurations and base systems: init, doctor, load-baseos, update-baseos
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need jq python3 mksquashfs zstd xz mmdebstrap

mkdir -p "$top/build/tests"
work=$(mktemp -d "$top/build/tests/XXXXXX")
later "rm -rf --one-file-system '$work'"
conf=$PWD/conf
arch=$(aoinb-conf -f /dev/null get arch)

# init
export AOINB_CONF="$PWD/none"
try 78 'no configuration'                  aoinb ls
says err 'aoinb init' 'names the command that makes one'
unset AOINB_CONF
try 0 'init -n'                            aoinb -c "$conf" -n init
ok 'makes nothing'                         test ! -e "$conf"
try 64 'init takes no operand'             aoinb init "$conf"
try 0 'init'                               aoinb -c "$conf" init --work-dir="$work"
is 'prints the folder'                     "$(cat out)" "$conf"
is 'the work folder is as told'            "$(aoinb -c "$conf" conf work_dir)" "$work"
is 'by the option of 2020 as well'         "$(aoinb --config_path "$conf" conf work_dir; aoinb --config_path="$conf" conf work_dir)" "$work
$work"
is 'every key is there to be seen'         "$(aoinb-conf keys | cut -f 1 | wc -l)" \
    "$(grep -cE '^#? ?[a-z_]+ =' "$conf/aoinb.ini")"
if (. /etc/os-release; case $ID in debian) ;; *) exit 1 ;; esac); then
	codename=$(. /etc/os-release; echo "$VERSION_CODENAME")
	says "$conf/source_lists/stable.list" "^deb [a-z+]*:.* $codename .*main" \
	    "the machine's own sources are the list"
	is 'and nothing else'              "$(grep -cv '^deb ' "$conf/source_lists/stable.list")" 0
else
	skip 2 'not a Debian machine'
fi
echo '# mine' >>"$conf/aoinb.ini"
echo '# mine' >>"$conf/source_lists/stable.list"
try 0 'init again'                         aoinb -c "$conf" init --work-dir=/elsewhere
is 'leaves what is there'                  "$(grep -lx '# mine' "$conf/aoinb.ini" "$conf/source_lists/stable.list" | wc -l)" 2
is 'whatever it is asked'                  "$(aoinb -c "$conf" conf work_dir)" "$work"
AOINB_CONF=$PWD/other try 0 'AOINB_CONF is heeded' \
    env AOINB_CONF="$PWD/other" aoinb init --arch=riscv64
is 'and so is --arch'                      "$(aoinb --conf=other conf arch)" riscv64
# A mirror that only this machine can see is none for a container.
suite=$(. /etc/os-release; echo "$VERSION_CODENAME")
dist=apt/mirror/dists/$suite
mkdir -p apt/lists/partial "$dist/main/binary-$(dpkg --print-architecture)"
: >"$dist/main/binary-$(dpkg --print-architecture)/Packages"
apt-ftparchive -o APT::FTPArchive::Release::Codename="$suite" release "$dist" >apt/Release
mv apt/Release "$dist/Release"
echo "deb [trusted=yes] file:$PWD/apt/mirror $suite main" >apt/list
printf 'Dir::State::lists "%s";\nDir::Etc::sourcelist "%s";\nDir::Etc::sourceparts "-";\nDir::Cache "%s";\n' \
    "$PWD/apt/lists" "$PWD/apt/list" "$PWD/apt" >apt/conf
try 0 'apt has a mirror on this machine'   env APT_CONFIG="$PWD/apt/conf" apt-get update
try 69 'init does without it'              env APT_CONFIG="$PWD/apt/conf" aoinb -c nearby init --work-dir="$work"
try 64 'an unknown option'                 aoinb init --arc=riscv64
try 64 'an unknown command'                aoinb initialise
try 0 'conf prints all of it'              aoinb -c "$conf" conf
says out "^work_dir = $work" 'with the values in force'
try 64 'conf of an unknown key'            aoinb -c "$conf" conf colour
echo 'colour = red' >>other/aoinb.ini
try 78 'an unknown key in the file'        aoinb -c other ls
says err 'aoinb.ini:[0-9]*:.*colour' 'is named with its line'

# Without a base system.
bundle_tiny tiny
try 66 'build without a base system'       aoinb -c "$conf" build tiny stable
says err 'aoinb load-baseos' 'names the command that loads one'
try 66 'update-baseos without one'         aoinb -c "$conf" update-baseos
try 66 'build for an unknown branch'       aoinb -c "$conf" build tiny nowhere
says err 'source_lists/nowhere.list' 'names the file it wants'

hostile=$(printf 'a\033bundle\\033')
mkdir "$hostile"
try 66 'a bundle whose name is hostile'    aoinb -c "$conf" build "$hostile" stable
is 'does not reach the terminal'           "$(cat err)" 'aoinb-job: bundle a?bundle\033: there is no spec in it'

# A root so small that only load-baseos takes it for one.
mkdir -p root/etc root/usr/bin root/home/some
printf '#!/bin/sh\n' >root/usr/bin/dpkg
ln root/usr/bin/dpkg root/usr/bin/dpkg-linked
ln -s usr/bin root/bin
chmod 4755 root/usr/bin/dpkg
chown 1234:4321 root/home/some
printf 'the root\n' >root/etc/issue
head -c 3000000 /dev/urandom >root/etc/noise
tar -C root --numeric-owner -cf root.tar .
xz -k -T1 root.tar
zstd -q root.tar
gzip -k root.tar
mksquashfs root root.squashfs -quiet -no-progress >/dev/null

# base - the layer that the ref names
base() {
	cat "$work/ref/baseos"
}

# base_is TEXT - the base of today is our root, all of it
base_is() {
	tree=$work/layers/$(base)/tree
	is "$1" "$(cat "$tree/etc/issue" 2>&1) $(stat -c '%a %h' "$tree/usr/bin/dpkg") $(stat -c '%u:%g' "$tree/home/some") $(readlink "$tree/bin") $(cmp "$tree/etc/noise" root/etc/noise)" \
	    'the root 4755 2 1234:4321 usr/bin '
}

for image in root.tar root.tar.xz root.tar.zst root.tar.gz root.squashfs; do
	try 0 "load-baseos $image"         aoinb -c "$conf" load-baseos "$image"
	base_is 'is what was packed'
done
is 'silently'                              "$(cat out err)" ''
old=$(base)
good=$(sha256sum <root.tar.xz); good=${good%% *}
wrong=$(printf '%064d' 0)
try 65 'an image with a wrong digest'      aoinb -c "$conf" load-baseos --sha256="$wrong" root.tar.xz
says err "$good.*$wrong" 'both digests are named'
is 'the old base stays'                    "$(base)" "$old"
try 0 'with the right one'                 aoinb -c "$conf" load-baseos --sha256="$good" root.tar.xz
base_is 'it is loaded'
try 0 'in capitals, too'                   aoinb -c "$conf" load-baseos \
    --sha256="$(echo "$good" | tr a-f A-F)" root.tar.xz
old=$(base)

# What cannot be one.
try 66 'an image that is not there'        aoinb -c "$conf" load-baseos none.tar
try 64 'two images'                        aoinb -c "$conf" load-baseos root.tar root.tar.xz
try 64 'an image and --debian'             aoinb -c "$conf" load-baseos --debian=stable root.tar
try 64 'a URL without a digest'            aoinb -c "$conf" load-baseos http://127.0.0.1:1/root.tar
head -c 100000 /dev/urandom >noise.tar.xz
try 65 'an image that is no archive'       aoinb -c "$conf" load-baseos noise.tar.xz
is 'one line says so'                      "$(wc -l <err)" 1
head -c 1000000 root.tar.xz >half.tar.xz
try 65 'half an archive'                   aoinb -c "$conf" load-baseos half.tar.xz
tar -cf other.tar root/home
try 65 'an archive of something else'      aoinb -c "$conf" load-baseos other.tar
says err 'other.tar: not a base system' 'is called that'
mkdir -p evil/usr/bin evil/etc
: >evil/usr/bin/dpkg
tar -C evil --transform 's|^./usr/bin/dpkg|../../../../escaped|' -Pcf evil.tar .
try 65 'an archive that leads outside'     aoinb -c "$conf" load-baseos evil.tar
is 'the old base stays'                    "$(base)" "$old"
is 'and nothing is left of any'            "$(leavings)" ''

# Images from a server on loopback.
mkdir -p site/manifest site/os
cp root.tar.xz root.squashfs root.tar.zst site/os/
cp noise.tar.xz site/os/other-arch.tar.xz
"$top/tests/fetch-server" site port requests &
server=$!
later "kill $server"
ok 'a server is there'                     wait_for 10 test -s port
url=http://127.0.0.1:$(cat port)
try 0 'load-baseos URL'                    aoinb -c "$conf" load-baseos --sha256="$good" "$url/ok/os/root.tar.xz"
base_is 'is what was packed'
old=$(base)
try 65 'a URL whose file is another'       aoinb -c "$conf" load-baseos --sha256="$wrong" "$url/ok/os/root.tar.xz"
says err "$wrong" 'names the digest'
try 66 'a URL with nothing behind it'      aoinb -c "$conf" load-baseos --sha256="$wrong" "$url/ok/os/none.tar.xz"
is 'the old base stays'                    "$(base)" "$old"

# entry ARCH DATE PATH [DIGEST] - an image for a manifest
entry() {
	digest=${4-$(sha256sum <"site/${3#*/}")}
	printf '{"arch":"%s","date":"%s","path":"%s","sha256sum":"%s"}' "$1" "$2" "$3" "${digest%% *}"
}

# manifest NAME LISTS - of the variant BuildKit beside another one
manifest() {
	printf '{"version":1,"variants":[{"name":"Desktop","tarballs":[%s]},{"name":"BuildKit",%s}]}\n' \
	    "$(entry "$arch" 29991231 ok/os/other-arch.tar.xz)" "$2" >"site/manifest/$1"
	cat >"$conf/aoinb.ini" <<-END
	work_dir = $work
	[base]
	manifest = $url/ok/manifest/$1
	[fetch]
	retries = 0
	END
}

# asked PATH - how often the server was asked for it
asked() {
	grep -c "^GET $1 " requests
}

manifest both.json "\"tarballs\":[$(entry "$arch" 20240101 ok/os/root.tar.zst),$(entry "$arch" 20240301 ok/os/root.tar.xz),$(entry riscv64 20990101 ok/os/other-arch.tar.xz)],\"squashfs\":[$(entry "$arch" 20240201 ok/os/root.squashfs)]"
before=$(asked /ok/os/root.tar.xz)
rm -rf "$work/cache/sources"
try 0 'a release manifest'                 aoinb -c "$conf" load-baseos
base_is 'gives a base system'
is 'the newest of our variant and architecture' "$(asked /ok/os/root.tar.xz) $(asked /ok/os/root.squashfs) $(asked /ok/os/other-arch.tar.xz)" \
    "$((before + 1)) 0 0"
manifest squashfs.json "\"squashfs\":[$(entry "$arch" 20230101 ok/os/none.squashfs "$wrong"),$(entry "$arch" 20240201 ok/os/root.squashfs)]"
try 0 'a manifest without tarballs'        aoinb -c "$conf" load-baseos
base_is 'gives one as well'
is 'from the squashfs image'               "$(asked /ok/os/root.squashfs)" 1
manifest tarballs.json "\"tarballs\":[$(entry "$arch" 20240201 ok/os/root.tar.zst)]"
try 0 'a manifest without squashfs'        aoinb -c "$conf" load-baseos
base_is 'gives one as well'
old=$(base)
manifest wrong.json "\"tarballs\":[$(entry "$arch" 20240201 ok/os/root.tar.xz "$wrong")]"
try 65 'a manifest with a wrong digest'    aoinb -c "$conf" load-baseos
says err "$wrong" 'names it'
manifest none.json "\"tarballs\":[$(entry riscv64 20240201 ok/os/root.tar.xz)]"
try 65 'a manifest without our architecture' aoinb -c "$conf" load-baseos
says err "no image of BuildKit for $arch" 'says so'
echo '<html>not here</html>' >site/manifest/none.json
try 65 'a manifest that is not JSON'       aoinb -c "$conf" load-baseos
says err 'none.json: not a release manifest' 'is named'
is 'in one line'                           "$(wc -l <err)" 1
echo '{"version":1}' >site/manifest/none.json
try 65 'a manifest without variants'       aoinb -c "$conf" load-baseos
is 'in one line'                           "$(wc -l <err)" 1
# What a path adds to the list of what is fetched: other files, or no digest.
for path in "ok/os/none\\n$url/ok/os/other-arch.tar.xz SKIP" "ok/os/other-arch.tar.xz SKIP" 'ok/os/\u0001' 'ok/os/\u0085\t'; do
	before=$(asked /ok/os/other-arch.tar.xz)
	printf '{"variants":[{"name":"BuildKit","tarballs":[{"arch":"%s","date":"1","sha256sum":"%s","path":"%s"}]}]}\n' \
	    "$arch" "$wrong" "$path" >site/manifest/none.json
	try 65 "a manifest with the path $path" aoinb -c "$conf" load-baseos
	says err 'holds a blank or control character' 'says so'
	is 'in one line'                   "$(wc -l <err)" 1
	is 'and nothing is asked for'      "$(asked /ok/os/other-arch.tar.xz)" "$before"
done
try 65 'nor does a URL'                    aoinb -c "$conf" load-baseos --sha256="$wrong" "$url/a SKIP"
rm site/manifest/none.json
try 66 'no manifest'                       aoinb -c "$conf" load-baseos
says err 'debian SUITE' 'the other ways are named'
is 'the old base stays'                    "$(base)" "$old"
is 'and nothing is left of any'            "$(leavings)" ''

# Interrupted: the server is slow, and is asked for the rest only.
# part_there - some of the image has arrived
# shellcheck disable=SC2317 # wait_for calls it
part_there() {
	[ "$(find "$work/cache/sources/part" -size +0 -type f | wc -l)" -gt 0 ]
}
rm -rf "$work/cache/sources"; mkdir -p "$work/cache/sources/part"
manifest slow.json "\"tarballs\":[$(entry "$arch" 20240201 slow/os/root.tar.xz)]"
group aoinb -c "$conf" load-baseos
ok 'a download begins'                     wait_for 20 part_there
try 75 'a second load-baseos meanwhile'    aoinb -c "$conf" load-baseos root.tar
says err 'another load-baseos' 'says why not'
try 75 'and update-baseos'                 aoinb -c "$conf" update-baseos
group_kill KILL
is 'kill -9 ends all of it'                "$code" 137
ok 'and leaves no process'                 wait_for 5 none_running
is 'the old base stays'                    "$(base)" "$old"
group aoinb -c "$conf" load-baseos
ok 'it goes on with the download'          wait_for 20 grep -q '^GET /slow/os/root.tar.xz bytes=[1-9]' requests
kill -9 "$group"
wait "$group" 2>/dev/null
ok 'kill -9 of the front-end alone leaves no process' wait_for 5 none_running
group aoinb -c "$conf" load-baseos
ok 'once more'                             wait_for 20 is_running aoinb-fetch
group_kill INT
is 'Ctrl-C ends it'                        "$code" 130
is 'in one line'                           "$(grep -vc '^aoinb: base system:' group.err)" 1
try 0 'at last it is let'                  aoinb -c "$conf" load-baseos
base_is 'and is what was packed'
is 'nothing was asked for twice'           "$(grep '^GET /slow/os/root.tar.xz' requests | grep -c ' - -$')" 1
old=$(base)

# Killed while it unpacks.
truncate -s 2G root/etc/zeros
tar -C root --numeric-owner -c . | zstd -q >long.tar.zst
rm root/etc/zeros
for signal in KILL INT; do
	group aoinb -c "$conf" load-baseos long.tar.zst
	ok 'it unpacks'                    wait_for 20 is_running aoinb-unpack long.tar
	for pid in $(running aoinb-unpack long.tar); do
		kill -s STOP "$pid"
	done
	ok 'but has not finished'          test -d "$work"/layers/new.baseos.*
	[ "$signal" = KILL ] || env kill -s CONT -- "-$group"
	group_kill "$signal"
	is "SIG$signal ends it"            "$code" "$((128 + $(env kill -l "$signal")))"
	ok 'and leaves no process'         wait_for 5 none_running
	is 'the old base stays'            "$(base)" "$old"
	[ "$signal" = INT ] || {
		try 0 'doctor looks at it' aoinb -c "$conf" doctor
		says out '^warn.*never finished; run aoinb gc' 'and reports the layer'
	}
done
is 'Ctrl-C left nothing of its own'        "$(cd "$work/layers" && echo new.*)" 'new.*'
try 0 'the next one works'                 aoinb -c "$conf" load-baseos root.tar
base_is 'and is what was packed'
is 'nothing is left'                       "$(leavings)" ''
old=$(base)

# A full disk.
mkdir small
echo "work_dir = $PWD/small/work" >other/aoinb.ini
# shellcheck disable=SC2016 # for the inner shell
try 74 'a full disk'                       unshare -m sh -c 'mount -t tmpfs -o size=2m small small || exit
	code=0; aoinb -c other load-baseos root.tar || code=$?
	ls small/work/layers small/work/trash
	exit "$code"'
says err 'No space left' 'says so'
is 'and nothing stays on it'               "$(cat out)" "small/work/layers:

small/work/trash:"

# An image that lies in the work folder, and a configuration as of 2020.
rm "$conf/aoinb.ini"
printf 'work_dir = "%s"\narch = "%s"\n' "$work" "$arch" >"$conf/config.toml"
for image in root.tar.xz root.squashfs; do
	cp "$image" "$work/buildkit_$arch.${image#root.}"
	try 0 "buildkit_ARCH.${image#root.} in the work folder" aoinb -c "$conf" load-baseos
	base_is 'is what was packed'
	rm "$work/buildkit_$arch.${image#root.}"
done
try 64 'its digest cannot be told'         aoinb -c "$conf" load-baseos --sha256="$good"

# Not root.
if setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$top/scripts/aoinb" &&
    setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$B/bin/aoinb-conf"; then
	for command in load-baseos update-baseos gc 'cleanup all' 'build tiny stable'; do
		# shellcheck disable=SC2086 # words
		try 77 "$command as nobody" setpriv --reuid 65534 --regid 65534 --clear-groups aoinb $command
	done
	says err 'sudo aoinb build' 'says what to do'
else
	skip 6 'nobody cannot read this folder'
fi

# doctor
try 0 'doctor'                             aoinb -c "$conf" doctor
says out '^good.overlay' 'looks at the kernel'
says out '^good.base system' 'and at the base'
is 'in lines of one form'                  "$(grep -cvE '^(good|warn|bad).' out)" 0
is 'nothing bad'                           "$(grep '^bad' out)" ''
rm -rf other; mkdir other
try 1 'doctor without a configuration'     aoinb -c other doctor
says out '^bad.*other: neither' 'reports that'
try 64 'doctor takes no operand'           aoinb doctor all
mkdir -p over/up over/all
printf 'work_dir = %s\n' "$PWD/over/all" >other/aoinb.ini
cp -a "$conf/source_lists" other/
# shellcheck disable=SC2016 # for the inner shell
try 1 'doctor of a work folder on an overlay' unshare -m sh -c 'mount -t tmpfs over over/up &&
	mkdir over/up/up over/up/work &&
	mount -t overlay -o "lowerdir=$1,upperdir=over/up/up,workdir=over/up/work" over over/all &&
	aoinb -c other build tiny stable >build.out 2>build.err
	echo $? >>build.out
	exec aoinb -c other doctor' sh "$work"
says out '^bad.*over/all lies on an overlay' 'says that it cannot be'
is 'a build there ends with'               "$(cat build.out)" 71
says build.err '^aoinb-mount: .*overlay: filesystem on .* not supported as upperdir' "in the kernel's words"

try 0 'gc'                                 aoinb -c "$conf" gc
is 'keeps only the base'                   "$(ls "$work/layers")" "$(base)"
old=$(base)

# A Debian root, made by mmdebstrap from the machine's own sources.
try 69 'a suite that no source offers'     aoinb -c "$conf" load-baseos --debian=nosuch
is 'the old base stays'                    "$(base)" "$old"
# A mirror of our own: what nobody has signed is not taken, and one that says nothing
# any more is not waited for.
cat >mirror.py <<'END'
import http.server, os, time
class Mirror(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        with open("asked", "a") as f:
            print(self.path, file=f)
        while os.path.exists("hang"):
            time.sleep(1)
        super().do_GET()
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
with open("mirror.port", "w") as f:
    print(s.server_port, file=f)
s.serve_forever()
END
mkdir -p apt/mirror/dists/elsewhere/main/binary-"$(dpkg --print-architecture)"
for of in "$suite" elsewhere; do
	printf 'Package: none\nVersion: 1\nArchitecture: all\nFilename: none.deb\nSize: 1\n' \
	    >"apt/mirror/dists/$of/main/binary-$(dpkg --print-architecture)/Packages"
	apt-ftparchive -o APT::FTPArchive::Release::Codename="$of" -o APT::FTPArchive::Release::Origin=Debian \
	    -o APT::FTPArchive::Release::Label=Debian -o APT::FTPArchive::Release::Components=main \
	    release "apt/mirror/dists/$of" >apt/Release
	mv apt/Release "apt/mirror/dists/$of/Release"
done
python3 mirror.py 2>/dev/null &
later "kill $!"
ok 'a mirror is there'                     wait_for 10 test -s mirror.port
mirror=http://127.0.0.1:$(cat mirror.port)/apt/mirror
echo "deb [trusted=yes] $mirror $suite main" >apt/list
try 0 'apt has it'                         env APT_CONFIG="$PWD/apt/conf" apt-get update
mkdir -p slow
printf 'work_dir = %s\n[limit]\nsilence = 8s\n' "$work" >slow/aoinb.ini
: >asked
try 69 'a suite that no source names'      env APT_CONFIG="$PWD/apt/conf" timeout 300 aoinb -c slow load-baseos --debian=elsewhere
says asked '/apt/mirror/dists/elsewhere/InRelease' 'is asked for at the same mirror'
says err "not signed" 'and not taken, as nobody has signed it'
touch hang
try 69 'a mirror that says nothing'        env APT_CONFIG="$PWD/apt/conf" timeout 300 aoinb -c slow load-baseos --debian="$suite"
says err '^aoinb: mmdebstrap could not make a root of .* silence says; is the mirror there?$' 'is given up'
rm hang
is 'the old base stays'                    "$(base)" "$old"
is 'and nothing is left'                   "$(leavings)" ''

if [ "${codename-}" ]; then
	printf '[limit]\nsilence = "15m"\n' >>"$conf/config.toml"
	rm -rf small/work; echo "work_dir = $PWD/small/work" >other/aoinb.ini
	# shellcheck disable=SC2016 # for the inner shell
	try 69 'a disk too small for Debian' unshare -m sh -c 'mount -t tmpfs -o size=2m small small || exit
		exec aoinb -c other load-baseos --debian="$1"' sh "$codename"
	says err '^aoinb: mmdebstrap could not' 'mmdebstrap says why, and we that'
	try 0 'load-baseos --debian'       aoinb -c "$conf" load-baseos --debian="$codename"
	ok 'is a Debian root'              test -x "$work/layers/$(base)/tree/usr/bin/dpkg-deb"
	says "$work/layers/$(base)/info" "^from=debian:$codename" 'and known as such'
	old=$(base)

	# update-baseos: apt in a container on it.
	try 0 'update-baseos --list'       aoinb -c "$conf" update-baseos --list=stable
	new=$(base)
	ok 'makes a layer'                 test "$new" != "$old"
	says "$work/layers/$new/info" "^parent=$old" 'on the old base'
	is 'with the source list'          "$(cmp "$conf/source_lists/stable.list" "$work/layers/$new/tree/etc/apt/sources.list")" ''
	try 0 'update-baseos again'        aoinb -c "$conf" -v update-baseos
	says err 'nothing changed' 'makes none when nothing changed'
	is 'the base stays'                "$(base)" "$new"
	try 0 'the first instance'         aoinb -c "$conf" run stable -- true
	try 0 'ls instances'               aoinb -c "$conf" ls instances
	is 'base and instance'             "$(cut -f 1,3 out | tr '\t\n' ': ')" 'baseos:2 stable:3 '
	first=$(cat "$work/ref/instance/stable")
	echo 'deb http://127.0.0.1:1/ ./' >"$conf/source_lists/dead.list"
	try 69 'an update from a dead source' aoinb -c "$conf" update-baseos --list=dead
	says err 'update of baseos: a mirror cannot be reached' 'fails'
	is 'the base stays'                "$(base)" "$new"
	try 66 'from a list that is not there' aoinb -c "$conf" update-baseos --list=nosuch
	try 0 'a new base'                 aoinb -c "$conf" load-baseos --debian="$codename" --dry-run
	is 'dry, it is none'               "$(base)" "$new"
	try 0 'a build without update'     aoinb -c "$conf" build --no-update tiny stable
	is 'keeps its instance'            "$(cat "$work/ref/instance/stable")" "$first"
	echo "$old" >"$work/ref/baseos"
	try 0 'a build on another base'    aoinb -c "$conf" build --no-update tiny stable
	ok 'renews it'                     test "$(cat "$work/ref/instance/stable")" != "$first"
	is 'on that base'                  "$(jq -r '.layers[0], (.layers | length)' "$work/jobs/$(aoinb -c "$conf" ls jobs | tail -n 1 | cut -f 1)/result.json" | tr '\n' ' ')" "$old 2 "
else
	skip 25 'not a Debian machine'
fi

nothing_left
finish
