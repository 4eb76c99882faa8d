#!/bin/sh
# aoinb-run, aoinb-unpack, layers: /etc/hosts and resolv.conf can be replaced and get into no
# layer; memory has an end in each tmpfs; a sandbox of a build's own only where it is allowed;
# a base with device nodes where none can be made
# shellcheck disable=SC2016,SC2317 # quoted for another shell; called by name
. "${0%/*}/lib.sh"
need_root
need setpriv
base=$(sh "$top/tests/base.sh") || skip_all 'no base'

mkdir disk && mount -t tmpfs aoinb-test disk || exit 1
later "umount -l '$scratch/disk'"
cd disk || exit 1
mkdir r

fresh() {
	rm -rf u w && mkdir u w
}
# inside ARG... - aoinb-run with back end $back on the base, changes go to u
inside() {
	rm -rf w && mkdir w
	aoinb-mount -l "$base" -u u -w w ${bind:+"-b$bind"} --volatile r aoinb-run --backend="$back" "$@"
}
bind=''

backs='native nspawn'
command -v systemd-nspawn >/dev/null || {
	backs=native
	skip 1 'nspawn: systemd-nspawn is not there'
}
for back in $backs; do

# --- the files of /etc
for network in yes no; do
	fresh
	try 0 "$back, network=$network: the files of /etc are replaced" \
	    inside --network=$network r sh -ec '
		sed -i "s/localhost/localhost example/" /etc/hosts; grep -q example /etc/hosts
		echo new >/etc/r; mv /etc/r /etc/resolv.conf; ln -sf /run/r /etc/resolv.conf
		rm /etc/hosts; ! grep " /etc/" /proc/self/mountinfo'
	is 'the link stays' "$(readlink u/etc/resolv.conf)" /run/r
done
try 0 "$back: what a link to /run names" inside --network=yes r \
    sh -ec 'cat /etc/resolv.conf; echo >/run/other; mv /run/other /run/r 2>/dev/null || :'
cat /etc/resolv.conf >resolv 2>/dev/null || : >resolv
ok 'is what the host has' cmp out resolv
fresh; mkdir kept u/kept; ln -s /kept u/etc; bind=$PWD/kept:/kept
inside --network=yes r true >out 2>err
bind=''
is "$back: an /etc that leads to a bind leaves nothing there that says much" \
    "$(find kept -type f -size +0)" ''
rm -rf kept

# --- memory
fresh
try 0 "$back: what is in memory has an end" inside r sh -c '
	for at in /dev /dev/shm /run /tmp; do
		df -Pk "$at" | awk -v at="$at" "NR > 1 { print at, \$2 }"
	done'
is 'together below what the machine has' "$(awk -v all="$(sed -n 's/^MemTotal: *\([0-9]*\).*/\1/p' \
    /proc/meminfo)" '{ n++; s += $2 } END { print n, s < all * 0.9 ? "less" : s }' out)" '4 less'
try 0 "$back: and empty files have" inside r sh -c 'df -Pi /dev/shm | awk "NR > 1 { print \$2 }"'
ok 'too' test "$(cat out)" -le 1000000
try 0 "$back: --tmp=1M" inside --tmp=1M r sh -c '
	! head -c 2M /dev/zero >/tmp/x 2>/dev/null; stat -c %a /tmp; df -Pk /tmp | tail -n 1'
is 'is that' "$(awk 'NR == 1 { print } NR == 2 { print $2 }' out)" '1777
1024'
try 0 "$back: --tmp=root" inside --tmp=root r sh -ec '
	df -Pk /tmp / | awk "NR > 1 { print \$2 }" | uniq | wc -l; stat -c %a /tmp; echo x >/tmp/x'
is 'is as large as the workspace, where its files lie' "$(cat out u/tmp/x)" '1
1777
x'
rm -rf u/tmp; ln -s /etc u/tmp
try 65 "$back: --tmp=root where that is a link" inside --tmp=root r true

# --- a sandbox of its own
fresh
try 0 "$back: no user namespace" inside r sh -c '! unshare --user --map-root-user true'
try 0 "$back: nor with auto, where it is in none itself" inside --sandbox=auto r \
    sh -c '! unshare --user --map-root-user true'
try 0 "$back: --sandbox=yes: one" inside --sandbox=yes r \
    unshare --user --map-root-user --mount --pid --fork sh -ec 'mount -t tmpfs x /mnt; id -u'
is 'in which it is root' "$(cat out)" 0
for no in 'mount -t tmpfs x /mnt' 'mknod d b 8 0' 'dmesg' 'unshare -m true' \
    'unshare -Ur mknod d b 8 0' 'unshare -Urm umount /proc/sys' \
    'unshare -Ur sh -c "echo h >/proc/sys/kernel/domainname"' 'unshare -Ur head -c 1 /proc/kcore'; do
	! inside --sandbox=yes r sh -c "$no" >out 2>err
	report $? "$back: --sandbox=yes: no $no"
done
done

# --- layers
work=$PWD/work
mkdir -p work/lock
layer() { aoinb-layer --work-dir="$work" "$@"; }
begin() { flock "$work/lock/$1" aoinb-layer --work-dir="$work" begin "$1"; }
try 0 'a base' begin baseos
b=$(cat out)
mkdir -p "$b/tree/etc"; echo base >"$b/tree/etc/hosts"
try 0 'is a layer' layer commit "$b" base -
below=$(cat out)
try 0 'one above' begin instance.stable
b=$(cat out)
mkdir -p "$b/tree/etc" "$b/tree/tmp"
echo host >"$b/tree/etc/hosts"; ln -s ../run/r "$b/tree/etc/resolv.conf"; echo x >"$b/tree/tmp/x"
try 0 'is a layer, too' layer commit "$b" instance "$below"
above=$work/layers/$(cat out)/tree
is 'without what a container was given' "$(cd "$above" && find . | sort | tr '\n' ' ')" \
    '. ./etc ./etc/resolv.conf '
is 'but for a link' "$(readlink "$above/etc/resolv.conf")" ../run/r
is 'and a base is left as it is' "$(cat "$work/layers/$below/tree/etc/hosts")" base
mkdir canary; echo x >canary/hosts
try 0 'one whose /etc leads out' begin instance.stable
b=$(cat out)
ln -s "$PWD/canary" "$b/tree/etc"
try 0 'is a layer' layer commit "$b" instance "$below"
is 'and nothing is removed there' "$(ls canary)" hosts

# --- device nodes where they cannot be made
mkdir -p base/dev base/etc
mknod base/dev/null c 1 3; mknod base/dev/sda b 8 0; mkfifo base/dev/initctl
echo x >base/etc/hostname
tar -C base --numeric-owner -cf base.tar .
no_mknod() { setpriv --bounding-set=-mknod --inh-caps=-mknod -- "$@"; }
try 0 'device nodes that cannot be made are left out' no_mknod aoinb-unpack --devices base.tar to
is 'and nothing else' "$(cd to && find . -type f -o -type p | sort | tr '\n' ' ')" \
    './dev/initctl ./etc/hostname '
says err '2 device nodes left out.*CAP_MKNOD' 'which is said'
try 0 'where they can be they are made' aoinb-unpack --devices base.tar to2
is 'all' "$(stat -c '%t:%T' to2/dev/null to2/dev/sda | tr '\n' ' ')" '1:3 8:0 '
mkdir hide; mknod hide/x c 0 0 2>/dev/null && tar -C hide -cf hide.tar . &&
    try 0 'what hides a file can be made' no_mknod aoinb-unpack --devices hide.tar to3
finish
