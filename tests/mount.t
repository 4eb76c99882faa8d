#!/bin/sh
# aoinb-mount: layers, binds, strange names, what is left behind (nothing)
# shellcheck disable=SC1003,SC2016,SC2317 # quoted for another shell; called by name
. "${0%/*}/lib.sh"
need_root
echo "# kernel $(uname -r), pid 1 is $(cat /proc/1/comm)"

# The scratch folder may itself lie on an overlay, where no upper can.
if ! (mkdir l u w r && aoinb-mount -l l -u u -w w r true) 2>/dev/null; then
	mkdir -p disk && mount -t tmpfs aoinb-test disk || exit 1
	later "umount -l '$scratch/disk'"
	cd disk || exit 1
else
	rm -rf l u w r
fi
here=$PWD

# layers NAME... - folders, each with a file of its name, and "same"
layers() {
	for l; do
		mkdir -p "$l" && echo "$l" >"$l/of-$l" && echo "$l" >"$l/same" || exit 1
	done
}
# fresh - an upper and a work that nobody used
fresh() {
	rm -rf u w && mkdir u w
}
mounted() { grep -c "$here" /proc/self/mountinfo; }

mkdir r
layers a b c
fresh

# --- layers
try 0 'three lowers under an upper' aoinb-mount -l a -l b -l c -u u -w w r \
    sh -c 'cat r/same r/of-a r/of-b r/of-c && echo new >r/new && rm r/of-b'
is 'the topmost comes first' "$(cat out)" 'a
a
b
c'
is 'changes are in the upper' "$(cat u/new)" new
ok 'a removal too' test -c u/of-b
is 'lowers are untouched' "$(cat b/of-b)" b
is 'nothing is mounted here' "$(mounted)" 0
try 0 'the upper is good as a lower' aoinb-mount -l u -l a -l b r \
    sh -c 'cat r/new && test ! -e r/of-b'
try 1 'no upper: read-only' aoinb-mount -l a -l b r touch r/x
says err 'Read-only file system' 'as the kernel says'
try 0 'one lower alone is shown' aoinb-mount -l a r cat r/of-a
try 1 'and read-only' aoinb-mount -l a r touch r/x
ok 'and left so' test ! -e a/x
try 0 'no lower: ROOT itself' aoinb-mount -b a:/sub a sh -c 'cat a/sub/of-a a/of-a'
rmdir a/sub

mkdir -p a/dir/sub && echo deep >a/dir/sub/file
fresh
try 0 'a folder of a lower is renamed by mv' aoinb-mount -l a -l b -u u -w w r \
    mv r/dir r/moved
is 'and the new layer needs no other' "$(cat u/moved/sub/file)" deep
rm -rf a/dir

fresh
try 0 'volatile' aoinb-mount -l a -u u -w w --volatile r touch r/x
ok 'which the kernel marks' test -d w/work/incompat/volatile
try 71 'and refuses to mount again' aoinb-mount -l a -u u -w w r true
says err 'volatile' 'saying why'

# old - aoinb-mount as on a kernel before 6.8, where fsconfig(2) does not know
# "lowerdir+".  A sanitizer cannot look for leaks under strace(1).
old() {
	ASAN_OPTIONS=detect_leaks=0 strace -qqo trace -e trace=fsconfig,mount \
	    -e inject=fsconfig:error=EINVAL aoinb-mount "$@"
}
hows=aoinb-mount
if strace -qqo trace -e inject=fsconfig:error=EINVAL true 2>/dev/null; then
	hows='aoinb-mount old'
	fresh
	try 0 'as on a kernel before 6.8' old -l a -l b -u u -w w r true
	ok 'by mount(2)' grep -q '^mount("aoinb", .* = 0$' trace
else
	skip 12 'strace(1) cannot change what calls return here'
fi

many=''
i=0
while [ $i -lt 120 ]; do
	d=$here/many/a-layer-whose-name-is-fairly-long-as-names-of-layers-are-$i
	mkdir -p "$d" && echo $i >"$d/same" && echo $i >"$d/of-$i"
	many="$many -l $d"
	i=$((i + 1))
done
for how in $hows; do
	fresh
	# shellcheck disable=SC2086
	try 0 "120 lowers: $how" $how $many -u u -w w r \
	    sh -c 'cat r/same && ls r | wc -l && echo new >r/new'
	is 'all there, in order' "$(cat out)" '0
121'
	is 'and an upper' "$(cat u/new)" new
done

# --- names
odd='a:b,c\d "e" $f
g'
for how in $hows; do
	rm -rf odd
	mkdir -p "odd/$odd/l1" "odd/$odd/l2" "odd/$odd/u" "odd/$odd/w" "odd/$odd/r" \
	    "odd/$odd/src"
	echo one >"odd/$odd/l1/one"; echo two >"odd/$odd/l2/two"
	echo shown >"odd/$odd/src/shown"
	escaped='a\:b,c\\d "e" $f
g'
	for d in "$here/odd/$odd" "odd/$odd"; do
		rm -rf "odd/$odd/u" "odd/$odd/w"; mkdir "odd/$odd/u" "odd/$odd/w"
		try 0 "names with : , \\ space and newline: $how" \
		    "$how" -l "$d/l1" -l "$d/l2" -u "$d/u" -w "$d/w" \
		    -b "${d%"$odd"}$escaped/src:/$escaped" "$d/r" \
		    sh -c 'cd "$1" && cat one two "$2/shown" && echo x >new' sh "$d/r" "$odd"
		is 'all shown' "$(cat out)" 'one
two
shown'
		ok 'and the upper used' test -s "odd/$odd/u/new"
	done
done
long=$here
for i in 1 2 3 4 5 6; do
	long=$long/$(printf %050d $i)
done
mkdir -p "$long/l" "$long/u" "$long/w" && echo far >"$long/l/far"
for how in $hows; do
	rm -rf "$long/w" && mkdir "$long/w"
	try 0 "names of ${#long} bytes: $how" "$how" -l "$long/l" \
	    -l a -u "$long/u" -w "$long/w" r cat r/far
done

# --- binds
fresh
mkdir -p src/under && echo bound >src/file
mount -t tmpfs aoinb-test src/under
later "umount -l '$here/src/under'"
echo below >src/under/below
try 0 'a bind, with what is mounted in it' aoinb-mount -l a -u u -w w \
    -b src:/made/for/it r sh -c 'cat r/made/for/it/file r/made/for/it/under/below'
ok 'its place was made in the upper' test -d u/made/for/it
fresh
try 0 'read-only' aoinb-mount -l a -u u -w w -b src:/s:ro r \
    sh -c '! touch r/s/x && ! touch r/s/under/x'
ok 'all the way down' test ! -e src/x -a ! -e src/under/x
fresh
try 0 'writable otherwise' aoinb-mount -l a -u u -w w -b src:/s r touch r/s/under/x
ok 'through to the source' test -e src/under/x
fresh
try 0 'a file' aoinb-mount -l a -u u -w w -b src/file:/etc/file:ro r cat r/etc/file
is 'is shown' "$(cat out)" bound
ok 'over an empty one that was made' test -f u/etc/file -a ! -s u/etc/file
fresh
try 0 'several, in order' aoinb-mount -l a -u u -w w -b src:/s -b a:/s/deep r \
    cat r/s/deep/of-a
rmdir src/deep
is 'nothing of it is mounted here' "$(mounted)" 1
fresh
try 71 'not on the root itself' aoinb-mount -l a -u u -w w -b src:/ r true
try 71 'by any name' aoinb-mount -l a -u u -w w -b src:/x/../.. r true

# --- a root that lies
mkdir -p evil canary/inner && ln -s "$here/canary" evil/abs &&
    mkdir -p "evil$here/canary" && ln -s ../../../../../../../../../../../../../.."$here/canary" evil/rel &&
    ln -s /proc/self/cwd evil/magic && ln -s nowhere evil/dangling
for link in abs rel; do
	fresh
	try 0 "a link to a host path stays inside ($link)" aoinb-mount -l evil -u u -w w \
	    -b src:/$link/inner/made r test -e "r$here/canary/inner/made/file"
done
fresh
try 66 'a link that dangles is not made good' aoinb-mount -l evil -u u -w w \
    -b src:/dangling/x r true
fresh
try 65 'nor are the ways of /proc taken' aoinb-mount -l evil -u u -w w \
    -b /proc:/proc -b src:/magic/x r true
find canary >found
is 'the host is untouched' "$(cat found)" 'canary
canary/inner'

# --- words and codes
try 64 'no PROG' aoinb-mount -l a r
try 64 'an upper wants a work' aoinb-mount -l a -u u r true
try 64 'and a lower' aoinb-mount -u u -w w r true
for bind in a a: :b a:b:rw a:b:ro:c 'a\n:b'; do
	try 64 "not a bind: $bind" aoinb-mount -b "$bind" r true
done
try 66 'a lower that is not there' aoinb-mount -l a -l none r true
says err '^aoinb-mount: .*none: No such file' 'named'
try 66 'a root that is not there' aoinb-mount -l a none true
try 66 'a bind that is not there' aoinb-mount -b none:/x r true
try 127 'a PROG that is not there' aoinb-mount -l a r no-such-program
try 3 "PROG's code" aoinb-mount -l a r sh -c 'exit 3'
fresh
try 71 'an upper on an overlay' aoinb-mount -l a -u u -w w r \
    sh -c 'mkdir r/u r/w && exec aoinb-mount -l b -l c -u r/u -w r/w r true'
says err 'upper' 'and why'
fresh
mkdir other && mount -t tmpfs aoinb-test other
later "umount -l '$here/other'"
mkdir other/w
try 71 'a work on another file system' aoinb-mount -l a -u u -w other/w r true
says err 'file system\|mount' 'and why'
try 0 'dry run' aoinb-mount -n -l a -u u -w w -b src:/s:ro r echo 'a b'
is 'says what would be done' "$(cat out)" "root r
lower a
upper u
work w
bind src at /s, read-only
echo 'a b'"

# --- options in a file
cat >options <<EOF
# a stack, and what others are told
root r
mount lower=a
run network=no

rusage time=1h
mount lower=b
mount bind=src:/s:ro
EOF
fresh
try 0 'options in a file' aoinb-mount -n --options=options --upper u -w w echo 'a b'
is 'its lines for us, and the command line' "$(cat out)" "root r
lower a
lower b
upper u
work w
bind src at /s, read-only
echo 'a b'"
try 0 'options behind come after' aoinb-mount -l c --options options -n -l d -u u -w w true
is 'those in front before' "$(sed -n 's/^lower //p' out | tr '\n' ' ')" 'c a b d '
printf 'root r\nmount lower=a' >options
try 65 'no newline at the end' aoinb-mount -n --options=options true
says err '^aoinb-mount: options:2: .*torn' 'is a file that is torn'
: >options
try 0 'an empty one' aoinb-mount -n --options=options r true
is 'says nothing' "$(cat out)" 'root r
true'
for odd in 'with space "and" $quotes' 'colon:colon' 'back\slash' 'back\nn\\' 'new
line' '=#'; do
	rm -rf "odd/$odd"; mkdir -p "odd/$odd/l" && printf "%s\n" "$odd" >"odd/$odd/l/file"
	fresh
	# As in the page: ":" and "\" for the bind, then "\" and newline for the file.
	path=$(printf %s "$here/odd/$odd/l" | sed 's/[:\]/\\&/g')
	value=$(printf '%s/file:/%s/file:ro' "$path" "$path" | sed 's/\\/\\\\/g' |
	    sed ':a;N;$!ba;s/\n/\\n/g')
	lower=$(printf %s "$here/odd/$odd/l" | sed 's/\\/\\\\/g' | sed ':a;N;$!ba;s/\n/\\n/g')
	printf 'root r\nmount upper=u\nmount work=w\nmount bind=%s\nmount lower=%s\n' \
	    "$value" "$lower" >options
	try 0 "a path in a file: $odd" aoinb-mount --options=options \
	    cat r/file "r/$here/odd/$odd/l/file"
	is 'is found, and made' "$(cat out)" "$odd
$odd"
done
# wrong LINE TEXT - the third line of a file is wrong
wrong() {
	printf '# one\nroot r\n%b\nmount lower=a\n' "$1" >options
	try 65 "a line that is wrong: $1" aoinb-mount --options=options -n true
	says err "^aoinb-mount: options:3: .*$2" 'file, line, reason'
}
wrong 'mount nothing=x' 'mount nothing'
wrong 'mount low=x' 'mount low'
wrong 'mount lower' 'lower wants'
wrong 'mount volatile=yes' 'volatile takes no'
wrong 'mount options=x' 'mount options'
wrong 'mount dry-run' 'mount dry-run'
wrong 'mount help' 'mount help'
wrong 'mount bind=a' 'SRC:DST'
wrong 'mount bind=a\\x:/b' 'backslash'
wrong 'mount lower=a\\' 'backslash'
wrong 'root a\\tb' 'backslash'
wrong 'root ' 'neither'
wrong 'root' 'neither'
wrong 'mount' 'neither'
wrong ' mount lower=a' 'no such helper'
wrong 'umount lower=a' 'no such helper: umount'
wrong 'mount lower=a\0000b' 'NUL'
try 66 'a file that is not there' aoinb-mount --options=none r true
says err '^aoinb-mount: none: No such file' 'named'
mkfifo fifo
try 65 'a FIFO holds nobody' timeout 10 aoinb-mount --options=fifo r true
says err 'fifo: not a regular file' 'named'
try 65 'a folder' aoinb-mount --options=a r true
try 65 'a device' aoinb-mount --options=/dev/zero r true
{ echo 'root r'; head -c 4194300 /dev/zero | tr '\0' '#'; } >options
try 65 'too large' aoinb-mount -n --options=options true
says err 'options: more than 4 MiB' 'and says so'
rm options

# --- what is left when the chain is killed
fresh
aoinb-mount -l a -l b -u u -w w -b src:/s r sleep 1000 &
pid=$!
in_place() { grep -q "$here/r/s" "/proc/$pid/mountinfo"; }
ok 'mounts belong to the process' wait_for 5 in_place
kill -9 "$pid"
wait "$pid" 2>/dev/null
is 'killed, it leaves no mount' "$(mounted)" 2
try 0 'and its layers serve again' aoinb-mount -l a -l b -u u -w w r true

# --- not root
fresh
chmod 755 "$scratch" "$here"; chown -R nobody u w r
if setpriv --reuid nobody --clear-groups unshare -U true 2>/dev/null; then
	try 0 'a user gets a user namespace' setpriv --reuid nobody --regid nogroup \
	    --clear-groups aoinb-mount -l a -l b -u u -w w -b src:/s:ro r \
	    sh -c 'id -u && cat r/of-b r/s/file && echo mine >r/mine'
	is 'in which they are root' "$(head -n 1 out)" 0
	is 'and write as themselves' "$(stat -c %U u/mine)" nobody
else
	try 77 'where users may not have namespaces' setpriv --reuid nobody \
	    --clear-groups aoinb-mount -l a r true
	skip 2 'users get no user namespace here'
fi
for slash in / /../. "/proc/self/root"; do
	try 64 "layers on $slash"       aoinb-mount -l "$PWD" "$slash" true
	says err 'would not be seen' 'are refused'
done
try 0 'a bind in / is not'              aoinb-mount -b "$PWD:/mnt" / true

finish
