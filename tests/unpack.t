#!/bin/sh
# aoinb-unpack: what comes out is what went in, whatever the packing; and
# nothing is ever written outside
. "${0%/*}/lib.sh"
need_root
PATH=$PATH:/usr/sbin:/sbin
need bsdtar cpio script tar xz zstd gzip bzip2 python3 setfattr getfattr setfacl setcap mksquashfs \
    unsquashfs unshare mknod setpriv

# The facts of a tree, to compare: what find, getfattr and the contents say.
facts() {
	(cd "$1" && {
		find . -printf '%y %m %U:%G %s %n %T@ %l %p\0' | sort -z |
		    sed -z '/^d/s/^\(d [^ ]* [^ ]*\) [^ ]*/\1/' | tr '\0\n' '\n?'
		find . -type f -size -100M -print0 | sort -z | xargs -0 sha256sum
		find . \( -type b -o -type c \) -exec stat -c '%n %t:%T' {} + | sort
		find . ! -type l -print0 | sort -z |
		    xargs -0 getfattr -h -d -m - -e hex --
	} 2>&1)
}

fresh() { rm -rf o; }

# --- a tree with everything that a base system may have
mkdir -p tree/bin tree/etc/deep/er tree/tmp tree/ro tree/many
printf 'one\n' >tree/etc/file
ln tree/etc/file tree/bin/again
ln -s ../etc/file tree/bin/soft
ln -s /nowhere tree/dangling
mkfifo -m 640 tree/fifo
mknod -m 666 tree/null c 1 3
mknod -m 660 tree/disk b 259 70000
chown 0:6 tree/disk
cp "$(command -v sleep)" tree/bin/caps; setcap cap_net_raw+ep tree/bin/caps
cp tree/bin/caps tree/bin/suid; chown 0:42 tree/bin/suid; chmod 6755 tree/bin/suid
printf 'secret\n' >tree/etc/shadow; chown 0:42 tree/etc/shadow; chmod 640 tree/etc/shadow
printf 'far\n' >tree/etc/far; chown 3000000:3000001 tree/etc/far
chmod 1777 tree/tmp; chmod 2775 tree/etc/deep
truncate -s 8M tree/sparse; printf 'middle' | dd of=tree/sparse bs=1 seek=4000000 conv=notrunc 2>dd.log
printf 'x' >"tree/etc/new
line"
printf 'x' >'tree/etc/ünïcødé 名前'
printf 'x' >"tree/etc/$(printf 'decomposed-e\314\201')"
printf 'x' >"tree/etc/$(printf 'latin1-\351')"
ln "tree/etc/$(printf 'latin1-\351')" "tree/etc/$(printf 'again-\351')"
ln -s "$(printf 'to-e\314\201-\351')" tree/etc/soft
printf 'x' >"tree/etc/$(printf %0200d 0 | tr 0 n)"
mkdir -p "tree/etc/$(printf %0200d 0 | tr 0 d)/$(printf %0100d 0 | tr 0 e)"
: >tree/etc/empty
setfattr -n user.note -v 'a value' tree/etc/file tree/etc/deep
setfattr -n trusted.note -v t tree/etc/file
setfacl -m u:1234:rw,g:77:r tree/etc/file
setfacl -d -m u:1234:rwx tree/etc/deep/er
i=0; while [ $i -lt 80 ]; do echo $i >tree/many/$i; i=$((i + 1)); done
chmod 555 tree/ro tree/many
find tree -depth -exec touch -h -d '2011-02-03 04:05:06.5 UTC' {} +

tarflags="--acls --xattrs --xattrs-include=* --numeric-owner"
# shellcheck disable=SC2086 # flags are words
(set -f; exec tar $tarflags --format=posix -S -C tree -cf t.tar .)
gzip -kn t.tar; bzip2 -k t.tar; zstd -qk t.tar; lzma -k t.tar
xz -T1 -k t.tar
xz -T2 --block-size=100KiB -c t.tar >multi.xz
head -c 100000 t.tar | xz >joined.xz; tail -c +100001 t.tar | xz >>joined.xz
head -c 100000 t.tar | gzip >joined.gz; tail -c +100001 t.tar | gzip >>joined.gz
head -c 100 /dev/zero >>joined.gz
head -c 100000 t.tar | zstd -q >joined.zst
printf '\120\052\115\030\003\000\000\000abc' >>joined.zst
tail -c +100001 t.tar | zstd -q --long=31 >>joined.zst
mksquashfs tree t.squashfs -quiet -no-progress >mksquashfs.log 2>&1

mkdir peer
# shellcheck disable=SC2086
(set -f; exec tar $tarflags -p -C peer -xf t.tar)
facts peer >peer.facts
says peer.facts security.capability 'the peer, GNU tar, brings capabilities'
says peer.facts posix_acl_default 'and ACLs'

for f in t.tar t.tar.gz t.tar.bz2 t.tar.lzma t.tar.zst t.tar.xz multi.xz joined.xz \
    joined.zst joined.gz t.squashfs; do
	fresh
	try 0 "$f" aoinb-unpack --devices $f o
	facts o >o.facts
	cp peer.facts want.facts
	# squashfs has whole seconds, and no ACLs
	[ $f != t.squashfs ] || sed -i 's/\.[05]\{10\} / /
	    /posix_acl/d; /^# file/d; /^$/d' want.facts o.facts
	ok "$f is what GNU tar makes of it" diff want.facts o.facts
done
fresh; aoinb-unpack --devices t.tar.xz o
is 'a sparse file stays sparse' "$(test "$(stat -c %b o/sparse)" -lt 200 && echo yes)" yes
is 'silent on success' "$(fresh; aoinb-unpack --devices t.tar.xz o 2>&1)" ''
fresh; mkdir o
ok 'from a pipe, into a folder that is there' sh -c 'cat t.tar.xz | aoinb-unpack --devices - o'
facts o >o.facts
ok 'the same from a pipe' diff peer.facts o.facts

# --- without privileges, or without owners
fresh; chmod 755 .; mkdir mine; chown 1000:1000 mine
try 0 'not root: belongs to the caller' setpriv --reuid=1000 --regid=1000 --clear-groups \
    sh -c 'umask 022; tar -C tree -cf - bin etc/file ro tmp 2>/dev/null | '"aoinb-unpack - mine/o"
is 'own uid, no setuid' "$(stat -c %u:%g:%a mine/o/bin/suid)" 1000:1000:755
is 'folders keep their modes' "$(stat -c %a mine/o/ro)" 555
try 0 'root, --no-owner' sh -c 'umask 027; aoinb-unpack --devices --no-owner t.tar o'
is 'nothing belongs to anybody else' "$(find o ! -user 0 -o ! -group 0 -o -perm /6000)" ''
is 'the umask counts' "$(stat -c %a o/bin/suid)" 750
is 'capabilities and ACLs stay behind' \
    "$(getfattr -R -h -d -m '^(security|system|trusted)' o 2>/dev/null)" ''
try 64 'a squashfs image always has owners' aoinb-unpack --no-owner t.squashfs new

# --- listing
fresh
try 0 '-n lists' aoinb-unpack -n --devices t.tar.zst o
ok 'and writes nothing' test ! -e o
says out '^h	.*	./bin/again	./etc/file$\|^h	.*	./etc/file	./bin/again$' \
    'a hard link with its target'
says out 'etc/new\\012line$' 'a newline is escaped'
is 'one line an entry' "$(wc -l <out)" "$(find tree -printf . | wc -c)"
try 0 '-n of a squashfs image' aoinb-unpack -n --devices t.squashfs
says out '^f	6755	0	42	[0-9]*	./bin/suid$' 'in the same form'
try 65 '-n refuses too' aoinb-unpack -n t.tar
fresh
try 0 '-v names each entry' aoinb-unpack -v --devices t.tar o
says err 'aoinb-unpack: ./etc/far$' 'on stderr'

# --- other formats
(cd tree && find bin etc/deep many | cpio -o -H newc --quiet) >t.cpio
gzip t.cpio
fresh
try 0 'cpio (newc), with hard links' aoinb-unpack t.cpio.gz o
ok 'its contents' diff -r tree/many o/many
python3 -c 'import zipfile
with zipfile.ZipFile("t.zip", "w", zipfile.ZIP_DEFLATED) as z: z.write("tree/etc/file", "a/file")'
fresh
try 0 'zip' aoinb-unpack t.zip o
ok 'its contents' cmp tree/etc/file o/a/file
bsdtar --format=7zip -cf t.7z tree/etc/file tree/bin/soft
fresh
try 0 '7z' aoinb-unpack t.7z o
ok 'its contents' cmp tree/etc/file o/tree/etc/file
try 64 'zip from a pipe is refused' sh -c 'cat t.zip | aoinb-unpack - p'
try 64 'so is squashfs' sh -c 'cat t.squashfs | aoinb-unpack - q'
rm -rf p q

# --- duplicates: the last one wins
mkdir dup; printf 1 >dup/f; mkdir dup/x; chmod 700 dup/x
tar -C dup -cf dup.tar f x
rm -r dup/f dup/x; mkdir dup/f; ln -s f dup/x; tar -C dup -rf dup.tar f x
rm -r dup/f dup/x; ln -s x dup/f; printf 2 >dup/x; tar -C dup -rf dup.tar f x
fresh
try 0 'an entry may come twice' aoinb-unpack dup.tar o
is 'a file after a symlink after a folder' "$(stat -c %F o/x; cat o/x)" 'regular file
2'
is 'a symlink after a folder after a file' "$(readlink o/f)" x

# --- into a folder that has something already
fresh; mkdir -p o/etc outside; echo canary >outside/canary
ln -s ../outside o/many; ln -s ../../outside/canary o/etc/file
try 73 'the folder must be empty' aoinb-unpack --devices t.tar o
says err 'Directory not empty' 'and it says so'
is 'and nothing is done' "$(ls -A o outside; cat outside/canary)" 'o:
etc
many

outside:
canary
canary'
try 73 'the parent must exist' aoinb-unpack t.tar no/such/o
try 73 'a file is no folder' aoinb-unpack t.tar t.tar

# --- an unsquashfs that was taken over
mkdir fake; real=$(command -v unsquashfs)
cat >fake/unsquashfs <<EOF
#!/usr/bin/python3
import os, sys
if '-lln' in sys.argv:
    os.execv('$real', ['unsquashfs'] + sys.argv[1:])
at = '$scratch/outside/'
for name, deed in [
    ('truncate', lambda: os.truncate(at + 'canary', 0)),
    ('write', lambda: os.open(at + 'canary', os.O_WRONLY)),
    ('create', lambda: os.mknod(at + 'new')),
    ('mkdir', lambda: os.mkdir(at + 'newdir')),
    ('link', lambda: os.link(at + 'canary', 'canary')),
    ('rename', lambda: os.rename(at + 'canary', at + 'other')),
    ('away', lambda: os.rename(at + 'canary', 'canary')),
    ('remove', lambda: os.unlink(at + 'canary')),
    ('signal', lambda: os.kill($$, 0)),
]:
    try:
        deed()
        word = 'done'
    except OSError as e:
        word = e.strerror
    open('deeds', 'a').write(name + ' ' + word + '\\n')
os.mkdir('a'); os.mkdir('b'); os.rename('deeds', 'a/deeds'); os.link('a/deeds', 'b/deeds'); os.truncate('b/deeds', 1000)
EOF
chmod +x fake/unsquashfs
landlock=$(python3 -c 'import ctypes; print(ctypes.CDLL(None).syscall(444, None, 0, 1))')
if [ "$landlock" -lt 2 ]; then
	skip 3 'this kernel has no landlock'
else
	fresh
	try 0 'an unsquashfs that does as it likes' env PATH="$PWD/fake:$PATH" aoinb-unpack --devices t.squashfs o
	free=''
	[ "$landlock" -ge 3 ] || free='truncate '
	[ "$landlock" -ge 6 ] || free="${free}signal "
	is 'cannot reach outside' "$(tr -d '\0' <o/a/deeds | grep -v 'Permission denied$\|not permitted$\|cross-device link$' |
	    sed 's/ .*//' | tr '\n' ' ')" "$free"
	is 'and the canary lives' "$(cat outside/canary)" canary
fi

# --- hostile archives
mkdir evil; (cd evil && "$top/tests/unpack-evil" ../outside) >evil.list
chmod 700 outside; touch -d 2001-01-01 outside/canary outside
around() { facts outside; find . -mindepth 1 -name o -prune -o -name err -prune -o -printf '%p %s %T@\n'; }
before=$(around)
while IFS='	' read -r file word; do
	fresh
	got=0; (cd evil && aoinb-unpack "$file" ../o) 2>err || got=$?
	grep -qF -e "$word" err || got="$got, without $word: $(cat err)"
	is "refused: $file" "$got" 65
done <evil.list
fresh
is 'nothing outside was touched' "$(around)" "$before"
try 65 'a squashfs image with devices' aoinb-unpack t.squashfs o
says err 'disk\|null' 'names one'
is 'and has written nothing' "$(find o | wc -l)" 1
head -c 40000 /dev/zero >zeros; printf 'CD001' >>zeros
for how in cat gzip xz 'zstd -q'; do
	$how <zeros >zeros.packed
	fresh
	try 65 "$how: zeros and more" aoinb-unpack zeros.packed o
	says err 'not an archive: nothing is in it' 'are no archive'
	try 65 'nor with -n' aoinb-unpack -n zeros.packed
done
python3 - device.tar <<'P'
import sys, tarfile
with tarfile.open(sys.argv[1], "w", format=tarfile.GNU_FORMAT) as tar:
    info = tarfile.TarInfo("f")
    info.type, info.devmajor, info.devminor = tarfile.CHRTYPE, 5000, 2000000
    tar.addfile(info)
P
fresh
try 65 'a device that there cannot be' aoinb-unpack --devices device.tar o
says err 'f: device number out of range' 'is called one'
for size in 90 400 1000 2000; do
	head -c "$size" t.squashfs >cut.squashfs
	fresh
	try 65 "$size bytes of a squashfs image" aoinb-unpack --devices cut.squashfs o
	is 'are told in one line of ours' "$(wc -l <err) $(grep -c '^aoinb-unpack: cut.squashfs: unsquashfs: .' err)" '1 1'
done

# --- maps of holes that are right
for form in gnu 'pax --sparse-version=0.0' 'pax --sparse-version=0.1' 'pax --sparse-version=1.0'; do
	# shellcheck disable=SC2086 # words
	tar -C tree -cSf holes.tar --format=$form sparse
	fresh
	try 0 "$form: a file with holes" aoinb-unpack holes.tar o
	ok 'is the same' cmp tree/sparse o/sparse
done

# --- bombs
fresh; head -c 20000000 /dev/zero >zero; tar -cf - zero | xz -1 >bomb.xz
try 65 '--max-size' aoinb-unpack --max-size=1M bomb.xz o
says err 'zero: more bytes than --max-size' 'names the entry'
is 'and stops in time' "$(test "$(stat -c %s o/zero)" -le 1048576 && echo yes)" yes
fresh
try 65 '--max-entries' aoinb-unpack --max-entries=50 --devices t.tar o
fresh
try 0 '0 is no limit' aoinb-unpack --max-size=0 --max-entries=0 bomb.xz o
fresh
try 65 '--max-size, squashfs' aoinb-unpack --max-size=1M --devices t.squashfs o

# --- broken input
fresh
: >nothing; printf '<html><body>404 Not Found</body></html>\n' >page.html
for f in nothing page.html; do
	try 65 "$f" aoinb-unpack $f o
	says err "$f: not an archive" 'is not an archive'
	fresh
done
xz -c page.html >page.xz
try 65 'packed, but no archive' aoinb-unpack page.xz o
fresh
try 66 'a missing archive' aoinb-unpack missing.tar o
try 64 'no folder' aoinb-unpack t.tar
try 64 'a bad size' aoinb-unpack --max-size=much t.tar o

# damage PROG FILE NAME... - for each file that PROG makes of FILE, the exit code
# if it is not 65
damage() {
	rm -rf cuts; mkdir cuts
	python3 "$1" "$2" cuts
	for cut in cuts/*; do
		fresh
		got=0; aoinb-unpack --devices "$cut" o >cut.out 2>&1 || got=$?
		[ $got -eq 65 ] || echo "$cut: $got"
	done
}

# Cuts at 30 places, three of them just before the end; what pads the end of a
# tar or a squashfs (byte 40 of which says how long it is) does not count.
cat >cut.py <<'P'
import sys
data = open(sys.argv[1], "rb").read()
if data[:4] == b"hsqs":
    data = data[:int.from_bytes(data[40:48], "little")]
if data[257:262] == b"ustar":
    data = data[:-20480]
size = len(data)
for cut in [size * i // 27 + 1 for i in range(27)] + [size - n for n in (1, 4, 9)]:
    open(f"{sys.argv[2]}/{cut}", "wb").write(data[:cut])
P
for f in t.tar.xz multi.xz t.tar.zst t.tar.gz t.tar.bz2 t.tar t.squashfs; do
	is "$f: each cut is noticed" "$(damage cut.py $f)" ''
done

cat >flip.py <<'P'
import sys
data = open(sys.argv[1], "rb").read()
for i in range(20):
    bad = bytearray(data)
    at = len(data) * i // 20 + 20
    bad[at] ^= 0x41
    open(f"{sys.argv[2]}/{at}", "wb").write(bad)
P
for f in t.tar.xz multi.xz t.tar.bz2 t.tar.zst t.tar.gz; do
	is "$f: each changed byte is noticed" "$(damage flip.py $f)" ''
done

# --- a full disk
mkdir small
# shellcheck disable=SC2016 # for the inner shell
try 74 'a full disk' unshare -m sh -c 'mount -t tmpfs -o size=4M small small &&
    exec aoinb-unpack bomb.xz small'
says err 'zero: No space left on device' 'names the entry and the reason'
head -c 6000000 /dev/urandom >noise; mksquashfs noise noise.squashfs -quiet -no-progress
# shellcheck disable=SC2016
try 74 'the same with a squashfs image' unshare -m sh -c \
    'mount -t tmpfs -o size=4M small small && exec aoinb-unpack noise.squashfs small'

# --- somebody waits
try 0 'on a terminal' script -qec '(head -c 50000 t.tar; sleep 2.3; tail -c +50001 t.tar) |
    aoinb-unpack --devices - waited' script.log
says script.log ' MiB' 'it says how far it is'

finish
