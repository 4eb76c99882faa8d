#!/bin/sh
# What "aoinb build --no-update" takes beside autobuild: the base's autobuild
# only calls dpkg-deb, and says how long that was.
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need strace

world_new w
bundle_tiny tiny
aoinb -c "$conf" run --keep stable -- sh -c 'cat >/usr/bin/autobuild <<"X"
#!/bin/bash
began=$EPOCHREALTIME
mkdir -p pkg/DEBIAN
printf "Package: tiny\nVersion: 1-0\nArchitecture: all\nMaintainer: a <a@b>\nDescription: x\n" >pkg/DEBIAN/control
dpkg-deb -Znone --root-owner-group -b pkg tiny_1-0_noarch.deb
echo "autobuild: $(((${EPOCHREALTIME/./} - ${began/./})))"
X
chmod 755 /usr/bin/autobuild' >/dev/null
aoinb -c "$conf" commit stable >/dev/null

round=0
while [ "$round" -lt 11 ]; do
	began=$(date +%s%6N)
	aoinb -c "$conf" build --no-update tiny stable >/dev/null || exit
	ended=$(date +%s%6N)
	inside=$(aoinb -c "$conf" log last | sed -n 's/^autobuild: //p')
	echo $((ended - began - inside))
	aoinb -c "$conf" cleanup jobs
	round=$((round + 1))
done | sort -n | sed -n 6p | awk '{ print $1 / 1e6 }' >middle
# 0.09, and 10 ms for a user namespace and a network of its own.
aim 'overhead of build' "$(cat middle)" 0.1

# The programs that the host starts for it.
strace -f -qq -o trace -e trace=execve,clone,clone3,fork,vfork \
    aoinb -c "$conf" build --no-update tiny stable >/dev/null
awk -f "$top/tests/bench/execs.awk" trace |
    awk '{ printf "%-24s %10d                aim       35                   %s\n", "programs of a build", $1, $1 <= 35 ? "ok" : "MISSED" }'
