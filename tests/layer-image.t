#!/bin/sh
# Layers as one file: export and import keep everything, refuse what is hostile, and an
# image can stand in place of a tree
. "${0%/*}/lib.sh"
need_root
need mksquashfs unsquashfs setfattr getcap setcap jq

# layer WORK VERB... - on a work_dir
layer() {
	at=$1; shift
	aoinb-layer -w "$PWD/$at" "$@"
}
# make WORK KIND PARENT [KEY=VALUE]... - a layer of the folder tree/
make() {
	mkdir -p "$1/lock"
	folder=$(flock "$1/lock/baseos" aoinb-layer -w "$PWD/$1" begin baseos)
	at=$1; shift
	rmdir "$folder/tree" && cp -a tree "$folder/tree"
	aoinb-layer -w "$PWD/$at" commit "$folder" "$@"
}
# facts DIR - everything that a layer is to keep, of every file, sorted
facts() {
	(cd "$1" && find . -printf '%p %y %m %U %G %s %Ts %l\n' | sort
	find . -type c -exec stat -c '%n %t:%T' {} + | sort
	find . -type f -links +1 -printf '%i %p\n' | sort -k 2 | awk '{ if (!($1 in n)) n[$1] = $2; print $2, "is", n[$1] }'
	find . -type f -exec sha256sum {} + | sort -k 2
	getfattr -h -R -d -m - . 2>/dev/null)
}

# --- a base and an instance over it, with all that a layer may hold

mkdir -p tree/bin tree/deep/er tree/mode
echo prog >tree/bin/prog; ln tree/bin/prog tree/bin/same; ln -s ../bin/prog tree/deep/link
chmod 6755 tree/bin/prog; chmod 1777 tree/mode; chown 4711:815 tree/deep/er
cp /bin/true tree/bin/ping; setcap cap_net_raw=ep tree/bin/ping
setfattr -n user.note -v text tree/bin/ping; setfattr -n trusted.note -v more tree/deep
mkfifo tree/fifo; : >tree/empty; truncate -s 3M tree/sparse
printf 'x' >"tree/a name with
a newline"
touch -d '2001-02-03 04:05:06' tree/bin/prog tree/deep
base=$(make a base - from=test)
rm -r tree; mkdir -p tree/opaque tree/bin
mknod tree/bin/prog c 0 0; setfattr -n trusted.overlay.opaque -v y tree/opaque
setfattr -n trusted.overlay.origin -v 0x00fb1d00 tree/opaque
setfattr -n trusted.overlay.impure -v y tree/bin
setfattr -n trusted.overlay.protattr -v i tree/bin
tip=$(make a instance "$base" branch=stable base="$base" list=0 state=0)
layer a ref baseos "$base"; layer a ref instance/stable "$tip"
is 'what overlayfs has of this machine goes with the commit' \
    "$(getfattr -h -R -m trusted.overlay "a/layers/$tip/tree" 2>/dev/null | grep -c trusted)" 1

mkdir out1 out2
try 0 'export' layer a export stable out1
image=$(cat out)
is 'is one file, named by its digest' "$(sha256sum <"$image" | cut -c 1-64)" "$(basename "$image" .squashfs)"
is 'for root alone' "$(stat -c %a "$image")" 600
sleep 1.1
try 0 'the same again' layer a export stable out2
ok 'is the same bytes' cmp -s "$image" "$(cat out)"

try 0 'import, elsewhere' layer b import "$image"
is 'is the same layer' "$(cat out)" "$tip"
facts "a/layers/$base/tree" >a.facts; facts "b/layers/$base/tree" >b.facts
try 0 'the base is the same: owners, modes, times, links, attributes, capabilities' diff a.facts b.facts
ok 'which means something' grep -q 'security.capability' a.facts
facts "a/layers/$tip/tree" >a.facts; facts "b/layers/$tip/tree" >b.facts
try 0 'so is the instance, with what it hides' diff a.facts b.facts
ok 'which is a whiteout'         grep -q '/prog 0:0' b.facts
ok 'and an opaque folder'        grep -q 'trusted.overlay.opaque="y"' b.facts
is 'refs name them' "$(layer b ref baseos) $(layer b ref instance/stable)" "$base $tip"
is 'digests are the same' "$(layer b info "$tip" digest)" "$(layer a info "$tip" digest)"
try 0 'again' layer b import "$image"
is 'changes nothing' "$(find b/layers -mindepth 1 -maxdepth 1 | wc -l)" 2
try 0 'export from there' layer b export stable out2
ok 'is the same bytes again' cmp -s "$image" "$(cat out)"
is 'nothing is left' "$(find a/trash b/trash b/layers/new.* -mindepth 1 2>/dev/null)" ''

# --- one layer

try 0 'one layer alone' layer a export --one stable out1
one=$(cat out)
try 66 'wants what it stands on' layer c import "$one"
says err "stands on the layer $base" 'which is named'
is 'and leaves nothing' "$(find c/layers -mindepth 1)" ''
try 0 'the base' layer a export baseos out1
try 0 'comes first' layer c import "$(cat out)"
try 0 'then it goes' layer c import "$one"
is 'to the same instance' "$(layer c ref instance/stable)" "$tip"

# --- mounted

if aoinb-layer mountable >/dev/null 2>why; then
	try 0 'an image can stay one' layer m import --mount=yes "$image"
	is 'its trees are empty' "$(find "m/layers/$base/tree" "m/layers/$tip/tree" -mindepth 1)" ''
	mkdir root
	at=$PWD/m/layers
	try 0 'and is mounted where it is used' aoinb-mount --image="$at/$base" --image="$at/$tip" \
	    --lower="$at/$tip/tree/$tip/tree" --lower="$at/$base/tree/$base/tree" root \
	    sh -c 'find root/opaque root/bin; cat root/bin/same'
	says out '^prog$' 'files are read from it'
	is 'what it hides is hidden' "$(grep -c '^root/bin/prog$' out)" 0
	is 'no mount is left' "$(grep -c "$PWD" /proc/self/mountinfo)" 0
	is 'nor a loop device' "$(losetup -n -O BACK-FILE -l 2>/dev/null | grep -c "$PWD")" 0
	try 0 'it is exported' layer m export stable out2
	ok 'as it came' cmp -s "$image" "$(cat out)"
	try 69 'but not in parts' layer m export --one stable out2
else
	echo "# $(cat why)"
	skip 10 'this machine cannot mount images'
fi

# --- what is damaged or hostile

cp "$image" bad.squashfs
try 64 'a name that is no digest'     layer d import bad.squashfs
printf x | dd of=bad.squashfs bs=1 seek=300 conv=notrunc status=none
try 65 'a file that was changed'      layer d import --sha256="$(basename "$image" .squashfs)" bad.squashfs
says err 'wanted' 'is told so'
ok 'and nothing of it is used' test -z "$(find d/layers -mindepth 1)"

# evil CODE TEXT PATTERN - what is in evil/ as an image
evil() {
	rm -f evil.squashfs
	mksquashfs evil evil.squashfs -noappend -quiet -no-progress >/dev/null
	for how in no yes; do
		try "$1" "$2 (mount=$how)" layer e import --mount="$how" --sha256="$(sha256sum <evil.squashfs | cut -c 1-64)" evil.squashfs
		says err "$3" 'and why'
	done
	is 'nothing came of it' "$(find e/layers e/ref -mindepth 1 2>/dev/null)" ''
	rm -r evil; cp -a good evil
}
mkdir good; cp -a "a/layers/$base" good; cp -a good evil
echo more >"evil/$base/tree/bin/more"
evil 65 'a tree that is another than its digest says' 'not what its digest says'
setfattr -n trusted.overlay.redirect -v /etc "evil/$base/tree/deep"
evil 65 'a redirect of overlayfs' 'attribute of overlayfs'
: >"evil/$base/more"
evil 65 'a file beside the tree' 'more in it'
rm -r "evil/$base/tree"; ln -s / "evil/$base/tree"
evil 65 'a tree that is a link' 'tree'
rm "evil/$base/info"; ln -s /etc/passwd "evil/$base/info"
evil 65 'an info that is a link' 'info'
sed -i 's/^parent=.*/parent=20200101T000000-1/' "evil/$base/info"
evil 65 'a base with a parent' 'not that of a layer'
mv "evil/$base" "evil/29990101T000000-1"
evil 65 'a layer of times to come' 'such an id'
mv "evil/$base" evil/x
evil 65 'a name that is none' 'such an id'
cp -a "evil/$base" "evil/20200101T000000-1"
evil 65 'two bases' 'not a stack'
mkdir empty; rm -r evil; cp -a empty evil
evil 65 'no layer at all' 'not a stack'
printf 'from=\033[2J\n' >>"evil/$base/info"
evil 65 'an escape for the terminal' 'control character'
tar -C good -cf evil.tar .
try 65 'an archive that is no image' layer e import --mount=yes --sha256="$(sha256sum <evil.tar | cut -c 1-64)" evil.tar

# --- whole builds on it, and the front-end

. "$top/tests/world.sh"
world_new one
try 0 'the front-end exports' aoinb -c "$conf" layer export stable out1
image=$PWD/$(cat out)
bundle_tiny hello
try 0 'a build here' aoinb -c "$conf" build hello stable
digests() {
	jq -c '.layer_digests' "$(find "$work/jobs" -name result.json | sort | tail -n 1)"
}
here=$(digests)
is 'its result names the digests of the layers' "$(echo "$here" | jq 'length == 2 and all(test("^[0-9a-f]{64}$"))')" true
for how in no yes; do
	mkdir -p "to.$how/conf"
	other=$(mktemp -d "$top/build/tests/XXXXXX")
	later "rm -rf --one-file-system '$other'"
	aoinb-conf -f "$conf/aoinb.ini" -D work_dir="$other" -D base_mount="$how" ini >"to.$how/conf/aoinb.ini"
	cp -a "$conf/source_lists" "to.$how/conf/"
	work=$other
	try 0 "another machine imports (mount=$how)" aoinb -c "to.$how/conf" layer import "$image"
	try 0 'and builds on it' aoinb -c "to.$how/conf" build hello stable
	is 'the same layers, says its result' "$(digests)" "$here"
	conf=to.$how/conf nothing_left
	is 'no loop device is left' "$(losetup -n -O BACK-FILE -l 2>/dev/null | grep -c "$other")" 0
done
try 64 'other words are none of the front-end' aoinb -c "to.no/conf" layer gc x

# --- others are at work

mkdir -p d/lock
(flock 9; aoinb-layer -w "$PWD/d" import "$image") 9>d/lock/baseos >out 2>err
is 'while the base is changed nothing comes in' "$?" 75
finish
