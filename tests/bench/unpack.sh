#!/bin/sh
# unpack: a Debian root, against GNU tar and the packers' own programs
. "${0%/*}/lib.sh"
need_root
need tar xz zstd

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
	against "$1" "$2" "aoinb-unpack --devices $packed/$3 $scratch/o" \
	    "tar $4 -xf $packed/$3 -C $scratch/o" \
	    --prepare "sh -c 'rm -rf $scratch/o && mkdir $scratch/o && sync -f $scratch/o'" \
	    --runs 2
}

unpack 'unpack xz, one block' 1.0 base.tar.xz --xz
unpack 'unpack xz, blocks' 0.65 blocks.tar.xz --xz
unpack 'unpack zstd' 0.8 base.tar.zst --zstd
