#!/bin/sh
# aoinb-run: how long a container takes, from the start to the end of true(1)
. "${0%/*}/lib.sh"
need_root
need bwrap systemd-nspawn
base=$(sh "$top/tests/base.sh") || exit 1

# The same root for all: an overlay, whose upper wants a disk or a tmpfs below.
mkdir disk root && mount -t tmpfs aoinb-bench disk || exit 1
later "umount -l '$scratch/disk'"
mkdir disk/u disk/w
mount -t overlay -o "lowerdir=$base,upperdir=disk/u,workdir=disk/w" aoinb-bench root ||
    exit 1
later "umount -l '$scratch/root'"

bwrap='bwrap --unshare-all --bind root / --dev /dev --proc /proc'
nspawn='systemd-nspawn --quiet --register=no --keep-unit --private-network
--console=pipe --timezone=off --resolv-conf=off --directory=root'

against start-bwrap 0.85 'aoinb-run root true' "$bwrap true" --runs 100
against start-bwrap-net 0.85 'aoinb-run --network=host root true' \
    "$bwrap --share-net true" --runs 100
against start-nspawn 0.1 'aoinb-run root true' \
    "$(echo "$nspawn true" | tr '\n' ' ')" --runs 20
# Each in a user namespace of its own.  Ours wants a root with the owners of a range, which
# is in the mount namespace of who waits.
mkdir disk/u2 disk/w2 users
if aoinb-mount -l "$base" -u disk/u2 -w disk/w2 --userns=yes users true 2>why; then
	aoinb-mount -l "$base" -u disk/u2 -w disk/w2 --userns=yes users sleep 1000 &
	holder=$!
	later "kill $holder"
	sleep 1
	into="nsenter --mount --target $holder"
	against start-userns 1.0 "$into aoinb-run --userns=yes $scratch/users true" \
	    "$into bwrap --unshare-all --unshare-user --bind $scratch/users / --dev /dev --proc /proc true" --runs 100
else
	echo "# no user namespaces over layers here: $(cat why)"
fi
