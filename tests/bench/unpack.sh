#!/bin/sh
# unpack: a Debian root, against GNU tar and the packers' own programs
. "${0%/*}/lib.sh"
need_root
need tar xz zstd

# Both unpack to memory: on a disk, the time is that of the disk's writes, which
# are the same for both, and no ratio can fall below them.
out=$(mktemp -d /dev/shm/aoinb-bench.XXXXXX) || exit 1
later 'rm -rf "$out"'

base=$(sh "$top/tests/base.sh") || exit 1
packed=$top/build/bench-unpack
if [ ! -e "$packed/done" ]; then
	mkdir -p "$packed"
	tar --numeric-owner -C "$base" -cf "$packed/base.tar" .
	xz -T1 -kf "$packed/base.tar"
	xz -T2 --block-size=8MiB -c "$packed/base.tar" >"$packed/blocks.tar.xz"
	zstd -qf "$packed/base.tar"
	: >"$packed/done"
fi

# unpack NAME MOST ARCHIVE TAR-OPTIONS
unpack() {
	against "$1" "$2" "aoinb-unpack --devices $packed/$3 $out/o" \
	    "tar $4 -xf $packed/$3 -C $out/o" \
	    --prepare "sh -c 'rm -rf $out/o && mkdir $out/o'" \
	    --runs 2
}

unpack 'unpack xz, one block' 1.0 base.tar.xz --xz
unpack 'unpack xz, blocks' 0.65 blocks.tar.xz --xz
unpack 'unpack zstd' 0.8 base.tar.zst --zstd
