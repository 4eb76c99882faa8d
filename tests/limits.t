#!/bin/sh
# limits: every container has its own, also those that go before a build
# shellcheck disable=SC2016 # quoted for another shell
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need python3 dpkg-deb apt-ftparchive

# --- the words of the configuration

conf_of() {
	aoinb-conf -f /dev/null "$@"
}
total=$(sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p' /proc/meminfo)
kib=$(conf_of shell | sed -n 's/^conf_limit_memory_kib=//p')
ok 'memory is bounded by default'          test "$kib" -gt $((total * 7 / 8 - 1024)) -a "$kib" -le $((total * 7 / 8))
is 'as auto, which goes with the machine'  "$(conf_of get limit_memory)" auto
is 'or by a size'                          "$(conf_of -D limit_memory=2M shell | grep limit_memory)" conf_limit_memory_kib=2048
is 'or not at all'                         "$(conf_of -D limit_memory=0 shell | grep limit_memory)" conf_limit_memory_kib=0
try 64 'or wrongly'                        conf_of -D limit_memory=much check
says err 'limit_memory=much: is neither auto nor a size' 'which is said'

# --- a repository whose packages do what they like

# package NAME VERSION [POSTINST] - one more
package() {
	mkdir -p "deb.$1/DEBIAN" repo
	rm -f "repo/$1"_*.deb
	printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: T <t@localhost>\nDescription: a probe\n' \
	    "$1" "$2" >"deb.$1/DEBIAN/control"
	printf '#!/bin/sh\n[ "$1" != configure ] || { %s; }\n' "${3:-:}" >"deb.$1/DEBIAN/postinst"
	chmod 755 "deb.$1/DEBIAN/postinst"
	dpkg-deb -Znone --build --root-owner-group "deb.$1" "repo/$1_$2_all.deb" >/dev/null
	(cd repo && rm -f Release && apt-ftparchive packages . >Packages && apt-ftparchive release . >../Release)
	mv Release repo/Release
	stamp=$((${stamp:-0} + 1))
	touch -d "2024-01-01 + $stamp days" repo/Packages repo/Release
}

package probe 1
package hangs 1 'echo is hanging; exec sleep 1000'
python3 -u -m http.server --bind 127.0.0.1 --directory repo 0 >served 2>requests &
later "kill $!"
ok 'a repository is there'                 wait_for 10 grep -qs port served
port=$(sed 's/.* port \([0-9]*\).*/\1/' served)

world_new w limit_log=64K
echo "deb [trusted=yes] http://127.0.0.1:$port ./" >"$conf/source_lists/probe.list"

# with KEY=VALUE... - aoinb has these settings from here on
cp "$conf/aoinb.ini" plain.ini
with() {
	cp plain.ini "$conf/aoinb.ini"
	for setting; do
		aoinb-conf -f "$conf/aoinb.ini" -D "$setting" ini >"$conf/next.ini"
		mv "$conf/next.ini" "$conf/aoinb.ini"
	done
}

# bounded FILE - whether each container that FILE tells of has all limits
bounded() {
	[ -s "$1" ] && ! grep '^aoinb-rusage ' "$1" | grep -v -- '--disk-floor=.*--memory=[1-9].*--tasks=[1-9].*--log-max=.*--time=.*--silence='
}

# --- updates

try 0 'an instance with a package of it'   aoinb -c "$conf" run --keep probe -- apt-get -y -q install probe
try 0 'is kept'                            aoinb -c "$conf" commit probe
was=$(cat "$work/ref/instance/probe")
sleep 1	# what was made in the same second counts as of now
package probe 2 'echo is hanging; exec sleep 1000'
bundle_tiny tiny
with instance_update=always limit_silence=3s
try 69 'a maintainer script that hangs in an update' timeout 120 aoinb -c "$conf" build tiny probe
says err 'update of probe: it neither printed nor computed for as long as \[limit\] silence says' 'is ended, and why'
says "$work/log/update-probe.log" 'is hanging' 'its last words are kept'
is 'the instance is as it was'             "$(cat "$work/ref/instance/probe")" "$was"
package probe 3 'yes on and on'
with instance_update=always limit_setup_time=8s
try 69 'one that prints for ever'          timeout 120 aoinb -c "$conf" build tiny probe
says err 'update of probe: it took longer than \[limit\]' 'is ended, and why'
ok 'and leaves a small log'                test "$(stat -c %s "$work/log/update-probe.log")" -lt 132000
package probe 4 'head -c 600M /dev/zero | tail -n 1'
with instance_update=always limit_memory=300M
try 69 'one that takes all memory'         timeout 120 aoinb -c "$conf" build tiny probe
says err 'update of probe: it needed more memory' 'is ended, and why'
package probe 5
with instance_update=always
try 0 'nothing holds the branch'           timeout 120 aoinb -c "$conf" build -v tiny probe
grep '^aoinb-rusage ' err >chains
ok 'and each container has limits'         bounded chains
ok 'of updates'                            grep -q update.sh chains
ok 'of builds'                             grep -q build.sh chains

# --- dependencies

with instance_update=never limit_silence=3s
cp -a tiny user
sed -i 's/^PKGNAME=.*/PKGNAME=user/' user/autobuild/defines
echo BUILDDEP=hangs >>user/autobuild/defines
try 125 'a dependency that hangs'          timeout 120 aoinb -c "$conf" build -v user probe
says err 'dependencies cannot be installed: it neither printed nor computed' 'is ended, and why'
grep '^aoinb-rusage ' err >chains
ok 'each of its containers has limits'     bounded chains
ok 'what asks apt'                         grep -q 'deps.sh resolve' chains
ok 'and what installs'                     grep -q 'deps.sh install' chains

# --- version control

# A server that brings a byte now and then.
cat >drip.py <<'EOF'
import socket, time
s = socket.create_server(("127.0.0.1", 0))
print("port", s.getsockname()[1], flush=True)
while True:
    c, _ = s.accept()
    try:
        c.recv(4096)
        c.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-advertisement\r\n\r\n")
        c.sendall(b"001e# service=git-upload-pack\n0000")
        while True:
            c.sendall(b"0")
            time.sleep(0.5)
    except OSError:
        pass
EOF
python3 drip.py >drips &
later "kill $!"
ok 'a slow server'                         wait_for 10 grep -qs port drips
with instance_update=never limit_setup_time=4s
cp -a tiny slow
printf 'VER=1\nSRCS="git::commit=main::http://127.0.0.1:%s/slow"\nCHKSUMS=SKIP\n' "$(sed 's/port //' drips)" >slow/spec
try 69 'holds nobody for ever'             timeout 120 aoinb -c "$conf" fetch -v slow
says err 'could not be fetched: it took longer than \[limit\]' 'which is said'
grep '^aoinb-rusage ' err >chains
ok 'its container has limits'              bounded chains

# --- sessions

with limit_time=2s limit_tasks=50 limit_memory=200M
try 124 'a program past the time limit'    timeout 60 aoinb -c "$conf" run stable -- sleep 1000
try 123 'one that takes all memory'        timeout 60 aoinb -c "$conf" run stable -- sh -c 'head -c 600M /dev/zero | tail -n 1'
aoinb-rusage -o r true
case $(sed -n 's/^source_detail=//p' r) in
*tasks:cgroup*)
	try 2 'one that forks for ever'    timeout 60 aoinb -c "$conf" run stable -- \
	    sh -c 'i=0; while [ $i -lt 200 ]; do sleep 5 & i=$((i + 1)); done; wait' ;;
*)	skip 1 'no pids controller here' ;;
esac
with
try 0 'a kept workspace'                   aoinb -c "$conf" build --no-update --keep tiny probe
kept=$(aoinb -c "$conf" ls jobs | sed -n 's/	.*,kept.*//p')
with limit_time=2s
try 0 'is entered'                         aoinb -c "$conf" -v run "$kept" -- true
grep '^aoinb-rusage ' err >chains
ok 'with limits'                           bounded chains
try 124 'which hold'                       timeout 60 aoinb -c "$conf" run "$kept" -- sleep 1000
with
nothing_left

# --- doctor

aoinb -c "$conf" doctor >out 2>err
says out '^good.limits of containers: '   'doctor tells the limits'
for key in memory tasks log; do
	with limit_$key=0
	aoinb -c "$conf" doctor >out 2>err
	says out '^warn.a container can take all .* see \[limit\]' "and that there is none: $key"
done

finish
