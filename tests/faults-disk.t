#!/bin/sh
# A disk without room, or without inodes: every command ends, says why once, and gc
# frees what it can
. "${0%/*}/lib.sh"
need_root
need mkfs.ext4 unshare timeout gcc
if [ ! "${AOINB_TEST_MOUNTS-}" ]; then
	unshare -m mount -t tmpfs none /mnt 2>/dev/null || skip_all 'no mounts here'
	cd / && exec unshare -m env AOINB_TEST_MOUNTS=1 sh "$top/tests/${0##*/}"
fi
. "$top/tests/world.sh"

# disk NAME MKFS-OPTION... - an empty file system at NAME, and a work folder on it, in
# which the trees of layers are those of the world: sets conf and work
disk() {
	at=$PWD/$1; shift
	mkdir "$at"
	truncate -s 24M "$at.img"
	mkfs.ext4 -q -m 0 "$@" "$at.img" && mount -o loop "$at.img" "$at" || return
	later "umount -R '$at'"
	work=$at/work conf=$at.conf
	mkdir -p "$work/layers" "$conf"
	cp -a "$world/work/ref" "$work/"
	for layer in "$world/work/layers"/*; do
		mkdir -p "$work/layers/${layer##*/}/tree"
		cp "$layer/info" "$work/layers/${layer##*/}/"
		mount --bind "$layer/tree" "$work/layers/${layer##*/}/tree" || return
	done
	cp -a "$world/conf/source_lists" "$conf/"
	cp "$conf/source_lists/stable.list" "$conf/source_lists/other.list"
	cp "$work/ref/instance/stable" "$work/ref/instance/other"
	aoinb-conf -f /dev/null -D work_dir="$work" -D instance_update=never \
	    -D limit_disk_free=0 ini >"$conf/aoinb.ini"
}

world_make
bundle_tiny tiny
bundle_tiny source
cat >serve.py <<'X'
import http.server, functools
h = functools.partial(http.server.SimpleHTTPRequestHandler, directory='served')
s = http.server.ThreadingHTTPServer(('127.0.0.1', 0), h)
print(s.server_port, flush=True)
s.serve_forever()
X
mkdir served
head -c 300000 /dev/urandom >served/file
python3 serve.py >port 2>/dev/null &
later "kill $!"
wait_for 10 test -s port
printf 'VER=1\nSRCS="file::http://127.0.0.1:%s/file"\nCHKSUMS="sha256::%s"\n' "$(cat port)" \
    "$(sha256sum <served/file | cut -d ' ' -f 1)" >source/spec

# fill WHAT - takes all blocks, or all inodes, of the disk
fill() {
	if [ "$1" = inodes ]; then
		mkdir -p "$at/many"
		(cd "$at/many" && seq 100000 | xargs touch 2>/dev/null)
	else
		dd if=/dev/zero of="$at/fill" bs=64k 2>/dev/null
		dd if=/dev/zero of="$at/fill.2" bs=1k 2>/dev/null
	fi
	:
}
empty() { rm -rf "$at/many" "$at/fill" "$at/fill.2"; }

# ends TEXT COMMAND... - it ends within seconds, for want of room, and says so once
ends() {
	text=$1 code=0; shift
	began=$(date +%s)
	timeout -k 5 20 aoinb -c "$conf" "$@" >out 2>err </dev/null || code=$?
	took=$(($(date +%s) - began))
	case $code in
	73|74) [ "$took" -lt 15 ] && [ "$(grep -c . err)" -eq 1 ] && grep -q . err ;;
	*) false ;;
	esac
	report $? "$text"
	[ "$(sort err | uniq -d)" ] || [ "$(grep -c . err)" -ne 1 ] || case $code in 73|74) return ;; esac
	echo "# $code after $took s: $*"; sed 's/^/# err: /' err
}

# ended_by SIGNAL COMMAND... - it ends soon, whenever it comes
ended_by() {
	signal=$1; shift
	for moment in 0 0.02 0.05 0.1; do
		group timeout --foreground -s KILL 10 aoinb -c "$conf" "$@"
		sleep "$moment"
		group_kill "$signal" 2>/dev/null
		[ "$code" -ne 137 ] || return
	done
}

for what in blocks inodes; do
	echo "# no $what"
	case $what in
	blocks) disk blocks || skip_all 'no loop devices here' ;;
	inodes) disk inodes -N 600 ;;
	esac
	try 0 'a package'                  aoinb -c "$conf" build tiny stable
	try 0 'a workspace'                aoinb -c "$conf" run --keep stable -- touch /srv/kept
	kept=$(cat out)
	spare=$(flock "$work/lock/baseos" aoinb-layer -w "$work" begin baseos)
	(cd "$spare/tree" && dd if=/dev/zero of=big bs=64k count=16 2>/dev/null && seq 200 | xargs touch)
	spare=$(aoinb-layer -w "$work" commit "$spare" base -)
	mkdir -p "$work/trash/999999.1/left"
	fill "$what"
	ends 'build'                       build tiny stable
	ends 'run'                         run stable -- true
	ends 'a group'                     build tiny source stable
	ends 'fetch'                       fetch source
	ends 'checksums'                   checksums source
	ends 'repo index'                  repo index stable
	ends 'commit'                      commit "$kept"
	ok 'which leaves the workspace'    test -e "$work/jobs/$kept/upper/srv/kept"
	for list in ls 'ls jobs' 'ls layers' history 'log tiny' 'cache ls' 'repo ls stable'; do
		# shellcheck disable=SC2086 # words
		try 0 "$list, which writes nothing" timeout 20 aoinb -c "$conf" $list
	done
	for signal in INT TERM; do
		ok "build heeds $signal"   ended_by "$signal" build tiny stable
		ok "gc heeds $signal"      ended_by "$signal" gc -n
	done
	try 0 'cache gc'                   timeout 20 aoinb -c "$conf" cache gc
	try 0 'gc'                         timeout 20 aoinb -c "$conf" gc
	ok 'frees what nothing stands on'  test ! -e "$work/layers/$spare"
	is 'and the trash'                 "$(ls "$work/trash")" ''
	try 0 'after which there is room'  aoinb -c "$conf" build tiny stable
	try 0 'and the workspace'          aoinb -c "$conf" commit "$kept"
	ok 'is a layer'                    test -e "$work/layers/$(cat out)/tree/srv/kept"
	fill "$what"
	try 0 'cleanup'                    timeout 20 aoinb -c "$conf" cleanup other
	empty
	try 0 'and more'                   aoinb -c "$conf" build tiny stable
	is 'the index has it'              "$(grep -c '^Package: tiny$' "$work/output/stable/Packages")" 1
done
finish
