#!/bin/sh
# aoinb-layer: layers, refs and stacks, what is in use of them, and that nothing of
# that is ever removed, whatever fails
. "${0%/*}/lib.sh"

nl='
'
work=$PWD/w
# layer [OPTION]... VERB [WORD]... - on our work_dir
layer() {
	aoinb-layer -w "$work" "$@"
}

# new LOCK KIND PARENT|- [KEY=VALUE]... - a layer, made under LOCK; sets id
new() {
	mkdir -p "$work/lock"
	folder=$(flock "$work/lock/$1" aoinb-layer -w "$work" begin "$1") || return
	shift
	echo "$*" >"$folder/tree/file"
	id=$(layer commit "$folder" "$@")
}

# job NAME STACK [kept] - a job; kept is one with a workspace
job() {
	mkdir -p "$work/jobs/$1"
	[ ! "$2" ] || echo "$2" >"$work/jobs/$1/stack"
	[ ! "${3-}" ] || mkdir -p "$work/jobs/$1/upper"
}

# there ID... - whether all these layers are
there() {
	for there; do
		[ ! "$there" ] || [ -d "$work/layers/$there/tree" ] || { echo "# $there is not there"; return 1; }
	done
}

# layers - how many
layers() {
	find "$work/layers" -mindepth 1 -maxdepth 1 | wc -l
}

echo '# begin and commit'
try 64 'a verb is wanted'              aoinb-layer -w w
try 64 'one that there is'             layer lay
try 64 'with its words'                layer stack
try 64 'and a work_dir'                aoinb-layer used
try 0 'an empty work_dir has none'     layer list
is 'of them'                           "$(cat out)" ''
try 0 'nor anything in use'            layer used
try 0 'nor to remove'                  layer gc
try 70 'begin without a lock'          layer begin baseos
says err 'nobody holds that lock'      'is refused'
try 64 'a lock of another class'       layer begin job.x
try 64 'of no branch'                  layer begin instance
mkdir -p w/lock
try 0 'begin'                          flock w/lock/baseos aoinb-layer -w "$work" begin baseos
folder=$(cat out)
is 'makes the folders'                 "$(cd "$folder" && echo *)" 'root tree work'
case ${folder##*/} in
new.baseos.[12][0-9][0-9][0-9][01][0-9][0-3][0-9]T[0-2][0-9][0-5][0-9][0-5][0-9]-[0-9]*) r=0 ;;
*) r=1 ;;
esac
report "$r" 'under a name that says what and when'
exec 4>>w/lock/baseos
try 0 'a descriptor that we give'      layer --lock=4 begin baseos
ok 'and what was left goes'            test ! -e "$folder"
ok 'away'                              test ! -e w/trash/*/0
folder=$(cat out)
try 70 'one of another lock'           layer --lock=1 begin baseos
exec 4>&-
mkdir -p "$folder/tree/usr/share" "$folder/tree/buildroot/x" "$folder/work/work" "$folder/output"
chmod 0 "$folder/work/work"
echo 1 >"$folder/stack"
head -c 300000 /dev/zero >"$folder/tree/usr/share/a"
ln "$folder/tree/usr/share/a" "$folder/tree/usr/b"
ln -s / "$folder/tree/usr/c"
deep=$folder/tree; i=0
while [ "$i" -lt 60 ]; do deep=$deep/deep; i=$((i + 1)); done
mkdir -p "$deep"
try 64 'a kind that there is not'      layer commit "$folder" other -
try 64 'a key that is ours'            layer commit "$folder" base - made=1
try 64 'a value of two lines'          layer commit "$folder" base - "from=a
b"
try 66 'a parent that is not there'    layer commit "$folder" base 20200101T000000-1
ok 'nothing is lost'                   test -d "$folder/tree/usr/share"
mkdir -p other/new.x.1
try 64 'a folder of somebody else'     layer commit "$PWD/other/new.x.1" base -
before=$(date +%s)
try 0 'commit'                         layer commit "$folder" base - from='an image'
base=$(cat out)
is 'is named by when it was begun'     "$base" "${folder##*.}"
is 'and has a tree and an info'        "$(cd "w/layers/$base" && echo *)" 'info tree'
is 'which tells where it is from'      "$(layer info "$base" kind).$(layer info "$base" parent).$(layer info "$base" from)" 'base..an image'
ok 'and when'                          test "$(layer info "$base" made)" -ge "$before"
is 'and its size, as du has it'        "$(layer info "$base" size_kib)" "$(du -skx "w/layers/$base/tree" | cut -f 1)"
ok 'without what the container saw'    test ! -e "w/layers/$base/tree/buildroot"
try 64 'unref wants a ref'             layer unref
is 'a key that it has not is empty'    "$(layer info "$base" nothing; echo $?)" "${nl}0"
try 66 'a layer that is not there'     layer info nothing kind

echo '# refs and stacks'
try 66 'no ref yet'                    layer ref baseos
says err 'no base system; "aoinb load-baseos" loads one' 'what to do'
try 66 'no instance'                   layer stack instance/b
says err 'instance b: there is none'   'is said'
try 64 'no name of a ref'              layer ref instances/b
try 64 'nor one of a file half written' layer ref instance/b.new12 "$base"
try 66 'a ref to nothing'              layer ref baseos nothing
try 0 'a ref'                          layer ref baseos "$base"
is 'is a file with one line'           "$(cat w/ref/baseos)" "$base"
new instance.b instance "$base" branch=b base="$base"
one=$id
new instance.b instance "$one" branch=b base="$base"
two=$id
try 0 'another'                        layer ref instance/b "$two"
is 'a stack'                           "$(layer stack instance/b)" "$base $one $two"
is 'of a layer'                        "$(layer stack "$one")" "$base $one"
is 'ids sort by when they were begun'  "$(printf '%s\n' "$two" "$one" "$base" | sort | tr '\n' ' ')" "$base $one $two "
is 'layers are listed'                 "$(layer list | cut -f 1-3,6 | tr '\t\n' ' ;')" \
    "$base base - an image;$one instance $base -;$two instance $one -;"
is 'as JSON'                           "$(layer list --json | python3 -c 'import json,sys; print([(l["kind"], l["parent"], l["from"]) for l in json.load(sys.stdin)])')" \
    "[('base', None, 'an image'), ('instance', '$base', None), ('instance', '$one', None)]"
try 0 'checked'                        layer checked b
touch -d '10 minutes ago' w/ref/checked/b
is 'instances are listed'              "$(layer list instances | cut -f 1-4 | sed '1s/[0-9]*s$/0s/' | tr '\t\n' ' ;')" \
    "baseos $base 1 0s;b $two 3 10m;"
is 'with the size of the stack'        "$(layer list instances --json | python3 -c 'import json,sys; print(json.load(sys.stdin)[1]["size_kib"])')" \
    "$(($(layer info "$base" size_kib) + $(layer info "$one" size_kib) + $(layer info "$two" size_kib)))"
touch -d 'next year' w/ref/checked/b
is 'a check to come has no age'        "$(layer list instances | sed -n 's/^b	.*	\(.*\)	.*/\1/p')" -
try 64 'no other list'                 layer list things
is 'nothing more is there'             "$(find w/ref -name '*.new*')$(ls w/trash)" ''

echo '# ids when the clock is set back'
mkdir -p w/layers/29991231T235958-1/tree
cp "w/layers/$one/info" w/layers/29991231T235958-1
new instance.c instance "$base" branch=c
is 'come after the newest'             "${id%-*}" 29991231T235959
new instance.c instance "$base" branch=c
is 'and the next after that'           "${id%-*}" 30000101T000000
rm -r w/layers/29991231T235958-1 w/layers/29991231T235959* w/layers/3000*

echo '# is the instance good'
echo 'deb x' >list
digest=$(sha256sum <list)
new instance.b instance "$base" branch=b base="$base" list="${digest%% *}"
top=$id
layer ref instance/b "$top"
# instance TEXT CODE LAYER OPTION...
instance() {
	text=$1 code=$2 layer=$3; shift 3
	try "$code" "$text"            layer instance b --list=list "$@"
	is "$text: the layer"          "$(cat out)" "$layer"
}
touch -d '10 minutes ago' w/ref/checked/b
now=$(date +%s)
instance 'never updated'               0 "$top"
instance 'update = never'              0 "$top" --update=-1
instance 'young enough'                0 "$top" --update=3600
instance 'too old'                     1 "$top" --update=60
instance 'update = always'             1 "$top" --update=0
instance 'but looked at since'         0 "$top" --update=0 --since=$((now - 700))
instance 'not since then'              1 "$top" --update=0 --since="$now"
instance 'deep enough'                 0 "$top" --max-layers=1
touch -d '1 hour' w/ref/checked/b
instance 'a check to come is stale'    1 "$top" --update=7200
instance 'for everybody'               1 "$top" --update=0 --since=$((now - 10))
rm w/ref/checked/b
instance 'never checked'               1 "$top" --update=3600
instance 'which never minds'           0 "$top" --update=-1
layer ref instance/b "$two"
instance 'another source list'         1 "$base" --update=-1
new instance.b instance "$top" branch=b base="$base" list="${digest%% *}"
layer ref instance/b "$id"
instance 'too many layers'             1 "$base" --max-layers=1
instance 'not with more'               0 "$id" --max-layers=2
new baseos base "$base"
layer ref baseos "$id"
instance 'another base'                1 "$id"
layer ref baseos "$base"
printf half >w/ref/instance/b
instance 'a torn ref'                  1 "$base"
says err 'ref/instance/b: is torn; the instance is made anew' 'is named'
rm w/ref/instance/b
instance 'no instance yet'             1 "$base"
try 66 'no source list'                layer instance b --list=none
says err 'none is missing; write'      'what to do'
try 64 'a branch with a strange name'  layer instance ../b --list=list
layer unref baseos
try 66 'no base'                       layer instance b --list=list
layer ref baseos "$base"
try 0 'gc'                             layer gc
is 'leaves the base'                   "$(ls w/layers)" "$base"
try 0 'once more'                      layer -v gc
is 'does nothing'                      "$(cat err)" ''

echo '# to stand on layers'
new instance.b instance "$base" branch=b base="$base"
one=$id
layer ref instance/b "$one"
job 1 ''
echo 'done' >w/jobs/1/deps; echo x >w/jobs/1/stack.deps
try 0 'a job'                          layer stand "$work/jobs/1" b
is 'its stack'                         "$(cat w/jobs/1/stack)" "$base $one"
ok 'what it stood on before is gone'   test ! -e w/jobs/1/deps -a ! -e w/jobs/1/stack.deps
try 0 'by its id'                      layer stand 1 b
try 66 'a branch without instance'     layer stand 1 none
mkdir -p w/other
try 64 'not a job'                     layer stand w/other b
try 66 'none at all'                   layer stand w/jobs/none b
folder=$(flock w/lock/instance.b aoinb-layer -w "$work" begin instance.b)
try 0 'a layer in the making'          layer stack-in "$folder" "$one"
is 'its stack'                         "$(cat "$folder/stack")" "$base $one"
mkdir -p w/cache/names/new w/cache/names/old
try 0 'what looks up names'            layer stack-in w/cache/names/new instance/b
try 64 'where gc does not look'        layer stack-in "$work/cache/names/old" instance/b
try 64 'nor in a layer'                layer stack-in "$work/layers/$one" instance/b
try 66 'nor where nothing is'          layer stack-in "$work/layers/new.none.1" instance/b
rm -r w/cache/names
try 0 'can be dropped'                 layer drop "$folder"
ok 'away'                              test ! -e "$folder"
try 0 'twice'                          layer drop "$folder"
try 64 'a layer cannot'                layer drop "$work/layers/$one"
ok 'it is there'                       there "$one"
try 64 'nor what is not ours'          layer drop "$PWD/other/new.x.1"

echo '# dependencies'
# stanzas NAMES PACKAGES - the digest that the last version wrote into its memos
stanzas() {
	awk 'FILENAME == ARGV[1] { if (FNR > 1) names[$1]; next }
		{
			for (i = 1; i <= NF; i++) {
				if ($i !~ /^(Package|Provides): /)
					continue
				n = split($i, one, /[ ,]+/)
				for (k = 2; k <= n; k++)
					if (one[k] in names) {
						print
						next
					}
			}
		}' "$1" RS= FS='\n' "$2" | sha256sum | cut -d ' ' -f 1
}
printf 'tool>=1|other\nzlib\n' >w/jobs/1/wanted
printf 'b\na\n' >w/jobs/1/without
mkdir -p w/jobs/1/resolve/output
printf 'tool_2_all.deb SHA256:0\n' >w/jobs/1/resolve/output/set
printf 'libtool\n$(x)\n-x\nlibfoo+\n' >w/jobs/1/resolve/output/names
{
	printf 'Package: unrelated\nVersion: 1\n\n\n'
	printf 'Package: tool\nVersion: 1\n\n'
	printf 'Package: x\nProvides: libfoo+ (= 1), y\nDescription: z\n zlib\n\n'
	printf 'Package: zlibb\nProvides: q, xzlib\n\nPackage: a\n'
} >Packages
key=$({ echo "$one"; cat w/jobs/1/resolve/output/set; } | sha256sum | cut -d ' ' -f 1)
memo=w/cache/deps/$one/memo.$({ cat w/jobs/1/wanted; printf '\na\nb\n'; } | sha256sum | cut -d ' ' -f 1)
is 'the key of a set'                  "$(layer key 1)" "$key"
try 1 'nothing is remembered'          layer recall 1 'done' --index=Packages
try 1 'and there is no layer'          layer find 1 "$key" 'done'
new "deps.$key" deps "$one" key="$key" from=tool
deps=$id
try 0 'a layer'                        layer put 1 "$deps" 'done'
is 'the job stands on it'              "$(cat w/jobs/1/stack.deps w/jobs/1/deps)" "$base $one $deps${nl}done"
is 'its use is recorded'               "$(cat "w/cache/deps/$one/used.$deps")" 1
try 0 'remembered'                     layer remember 1 "$deps" --index=Packages
is 'by its names'                      "$(tail -n +2 "$memo" | tr '\n' ' ')" 'tool other zlib a b libtool libfoo+ '
is 'and the digest of the last version' "$(head -n 1 "$memo")" "$deps $(stanzas "$memo" Packages)"
ok 'which is not that of no package'   test "$(stanzas "$memo" Packages)" != "$(stanzas "$memo" /dev/null)"
rm w/jobs/1/stack.deps w/jobs/1/deps
try 0 'recalled'                       layer recall 1 partly --index=Packages
is 'the job stands on it again'        "$(cat w/jobs/1/stack.deps w/jobs/1/deps)" "$base $one $deps${nl}partly"
sed -i 's/zlib$/more/; s/^Package: unrelated/&s/' Packages
try 1 'what matters has changed'       layer recall 1 'done' --index=Packages
sed -i 's/more$/zlib/' Packages
try 0 'and back; other things do not'  layer recall 1 'done' --index=Packages
try 1 'no index at all'                layer recall 1 'done'
try 1 'nor one that is not there'      layer recall 1 'done' --index=none
try 71 'or cannot be read'             sh -c 'aoinb-layer -w w recall 1 done --index=/ || exit 71'
mv w/jobs/1/without without
echo "$deps e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" \
    >"w/cache/deps/$one/memo.$(sha256sum <w/jobs/1/wanted | cut -d ' ' -f 1)"
try 0 'a memo of a job that does without nothing' layer recall 1 'done' --index=Packages
: >w/jobs/1/without
try 0 'an empty file says that, too'   layer recall 1 'done' --index=Packages
mv without w/jobs/1/without
rm w/jobs/1/stack.deps
try 0 'found'                          layer find 1 "$key" 'done'
is 'it stands on it'                   "$(cat w/jobs/1/stack.deps)" "$base $one $deps"
try 0 'nothing is needed'              layer find 1 - 'done'
is 'it stands on the instance'         "$(cat w/jobs/1/stack.deps)" "$base $one"
: >w/jobs/1/resolve/output/set
is 'an empty set is no layer'          "$(layer key 1)" -
ln -sf /etc/passwd w/jobs/1/resolve/output/set
try 70 'a link is no answer'           layer key 1
says err "apt's answer is missing"     'as is said'
ln -sf /etc/passwd w/jobs/1/resolve/output/names
try 65 'nor are names'                 layer remember 1 "$deps" --index=Packages
mkfifo w/jobs/1/resolve/output/fifo
mv w/jobs/1/resolve/output/fifo w/jobs/1/resolve/output/names
try 65 'a FIFO is not waited for'      layer remember 1 "$deps" --index=Packages
rm w/jobs/1/resolve/output/*
mv w/jobs/1 now
job 1 "$base $one $deps"
printf '%s\n' partly "$base $one" "$base $one $deps" >w/jobs/1/deps
cp now/wanted now/without w/jobs/1
try 0 'a job of the last version'      layer recall 1 'done' --index=Packages
is 'is one of ours'                    "$(cd w/jobs/1 && cat stack stack.deps deps)" \
    "$base $one$nl$base $one $deps${nl}done"
rm -r w/jobs/1
mv now w/jobs/1
mv "w/layers/$deps" hidden
try 1 'the layer has gone'             layer recall 1 'done' --index=Packages
try 66 'which nobody can stand on'     layer put 1 "$deps" 'done'
mv hidden "w/layers/$deps"
new instance.b instance "$one" branch=b base="$base"
two=$id
layer ref instance/b "$two"
layer stand 1 b
try 66 'a layer on another instance'   layer put 1 "$deps" 'done'
: >w/jobs/1/wanted
try 0 'nothing wanted'                 layer recall 1 'done'
is 'is no layer'                       "$(cat w/jobs/1/stack.deps)" "$base $one $two"
rm -r w/jobs/1

echo '# what dependencies stay'
try 0 'those of an instance that has moved' layer trim
is 'go'                                "$(cd w/layers && echo *)" "$base $one $two"
ok 'with what is known of them'        test ! -e "w/cache/deps/$one"
mkdir -p "w/cache/deps/$two"
for n in 1 2 3 4; do
	new "deps.$n" deps "$two" key="$n"
	sed -i 's/^size_kib=.*/size_kib=100/' "w/layers/$id/info"
	eval "d$n=$id"
	touch -d "$n hours ago" "w/cache/deps/$two/used.$id"
done
# shellcheck disable=SC2154 # set by eval
set -- "$d1" "$d2" "$d3" "$d4"
touch -d '1 hour' "w/cache/deps/$two/used.$2"
job kept "$base $one $two $4" kept
touch w/lock/deps.left
try 0 'gc'                             layer gc
ok 'keeps what the next build may use' there "$@"
ok 'and no lock that nobody holds'     test ! -e w/lock/deps.left -a ! -e w/lock/deps.1
try 0 'a limit that is not reached'    layer trim --deps-max-size=400
ok 'keeps them'                        there "$@"
is 'dry'                               "$(layer -n trim --deps-max-size=399)" "$work/layers/$2
$work/cache/deps/$two/used.$2"
ok 'as well'                           there "$@"
try 0 'a limit'                        layer trim --deps-max-size=300
ok 'lets one go that was used in times to come' test ! -e "w/layers/$2"
ok 'and no other'                      there "$1" "$3" "$4"
try 0 'a lower one'                    layer gc --deps-max-size=250
ok 'what was used longest ago'         test ! -e "w/layers/$3" -a ! -e "w/cache/deps/$two/used.$3"
ok 'but not what is in use'            there "$1" "$4"
try 0 'one for none'                   layer trim --deps-max-size=1
is 'leaves what is in use'             "$(cd w/layers && echo *)" "$base $one $two $4"
rm -r w/jobs/kept
try 0 'which goes when it is no more'  layer trim --deps-max-size=1
is 'in use'                            "$(cd w/layers && echo *)" "$base $one $two"

echo '# names'
try 1 'what apt can install is not known' layer names b
is 'yet'                               "$(cat out)" "$work/cache/names/$two"
printf 'Package: a\nProvides: b (= 1), c:any (= 2),d\nDepends: no\nPackage: a\nPackage: x\033y\nPackage: e' >index
try 0 'now it is'                      layer names b index
is 'each once'                         "$(tr '\n' ' ' <"w/cache/names/$two")" 'a any b c d e '
touch w/cache/names/20200101T000000-1 w/cache/names/x.new999999999
mkdir -p w/cache/names/new/upper
exec 4>>w/lock/names
flock 4
try 0 'gc'                             layer gc
is 'leaves those of instances, and what is looked up' "$(cd w/cache/names && echo *)" "$two new"
exec 4>&-
try 0 'and when nobody does'           layer gc
is 'not that'                          "$(ls w/cache/names)" "$two"

echo '# what is in use'
mkdir -p "w/cache/deps/$two"
new deps.1 deps "$one" key=1; old_deps=$id
new instance.b instance "$old_deps" branch=b; by_job=$id
new instance.b instance "$one" branch=b; by_kept=$id
new deps.1 deps "$by_kept" key=2; by_kept_deps=$id
new instance.b instance "$one" branch=b; by_making=$id
new instance.x instance "$one" branch=x; just_made=$id
new instance.b instance "$one" branch=b; unused=$id
new instance.b instance "$unused" branch=b; unused2=$id
exec 4>>w/lock/job.runs
flock 4
job runs "$base $one $old_deps $by_job"
job stands-not ''
exec 5>>w/lock/job.stands-not
flock 5
job kept "$base $one $by_kept" kept
echo "$base $one $by_kept $by_kept_deps" >w/jobs/kept/stack.deps
job ended "$base $one $unused"
exec 6>>w/lock/instance.x
flock 6
making=$(layer begin instance.x)
layer stack-in "$making" "$by_making"
mkdir -p w/layers/new.instance.x.y.20200101T000000-1/tree w/layers/new.deps.1.20200101T000000-2/tree
used="$base $one $two $old_deps $by_job $by_kept $by_kept_deps $by_making $just_made"

# used_there ID... - whether all that is used is there, and these
# shellcheck disable=SC2120 # ok calls it with some
used_there() {
	# shellcheck disable=SC2086 # a list
	there $used "$@"
}

is 'is told'                           "$(layer used | sort | tr '\n' ' ')" "$(echo "$used" | tr ' ' '\n' | sort | tr '\n' ' ')"
layer -n gc >dry
is 'dry: the others are told'          "$(sed "s|$work/layers/||" dry | grep -v /lock/ | tr '\n' ' ')" \
    "$unused2 $unused new.deps.1.20200101T000000-2 new.instance.x.y.20200101T000000-1 "
ok 'and stay'                          used_there "$unused" "$unused2"
mkdir spare
cp -a "w/layers/$unused" "w/layers/$unused2" w/layers/new.deps.1.20200101T000000-2 spare
try 0 'gc'                             layer gc
ok 'leaves it'                         used_there
is 'and no other'                      "$(layers)" 10
ok 'nor what is in the making'         test -d "$making/tree"

# again - as before gc
again() {
	rm -rf w/trash
	cp -a spare/. w/layers
}

# damaged TEXT PATTERN - gc does nothing, and names what is wrong
damaged() {
	try 70 "$1: gc"                layer gc
	says err "$2; nothing was removed; " "$1: is named, and what to do"
	is "$1: in one line"           "$(wc -l <err)" 1
	ok "$1: and nothing is removed" used_there "$unused" "$unused2"
	try 70 "$1: trim"              layer trim --deps-max-size=1
	try 70 "$1: used"              layer used
	is "$1: prints nothing"        "$(cat out)" ''
}

echo '# damaged: nothing is removed'
again
# spoil FILE - what comes next is to its place; mend puts it back
spoil() {
	mv "$1" spoilt
	spoilt=$1
}
mend() {
	rm -rf "$spoilt"
	mv spoilt "$spoilt"
}
spoil w/ref/instance/b
: >w/ref/instance/b
damaged 'an empty ref'                 'ref/instance/b: is empty'
printf 2020 >w/ref/instance/b
damaged 'a torn ref'                   'ref/instance/b: is torn'
echo 20200101T000000-1 >w/ref/instance/b
damaged 'a ref to nothing'             'names the layer 20200101T000000-1, which is not there'
rm w/ref/instance/b; ln -s spoilt w/ref/instance/b
damaged 'a link'                       'ref/instance/b: is no ref'
mend
spoil w/ref
damaged 'no refs'                      'ref/instance: is not there, though there are layers'
mend
spoil "w/layers/$one/info"
: >"w/layers/$one/info"
damaged 'an empty info'                "layers/$one/info: is empty"
head -c 30 spoilt >"w/layers/$one/info"
damaged 'a torn info'                  "layers/$one/info: is torn"
grep -v ^parent spoilt >"w/layers/$one/info"
damaged 'no parent'                    "layers/$one/info: names no parent"
sed 's/^parent=.*/parent=20200101T000000-1/' spoilt >"w/layers/$one/info"
damaged 'a parent that is not there'   "layers/$one/info: names the layer 20200101T000000-1, which is not there"
mend
number=$(layers)
spoil "w/layers/$base"
try 70 'a base that is not there'      layer gc
says err "names the layer $base, which is not there; nothing was removed" 'is named'
mend
spoil "w/layers/$base/tree"
try 70 'a tree that is not there'      layer gc
says err "layers/$base/tree: is missing; nothing was removed" 'is named'
mend
is 'nothing is removed'                "$(layers)" "$number"
for name in runs kept; do
	spoil "w/jobs/$name/stack"
	printf '%s' "$base $one" >"w/jobs/$name/stack"
	damaged "$name: a torn stack"  "jobs/$name/stack: is torn"
	echo "$base 20200101T000000-1" >"w/jobs/$name/stack"
	damaged "$name: a layer that is not there" "jobs/$name/stack: names the layer 20200101T000000-1, which is not there"
	mend
done
spoil w/jobs/kept/stack
damaged 'a workspace on nothing'       'jobs/kept/stack: is missing'
: >w/jobs/kept/stack
damaged 'a workspace on an empty stack' 'jobs/kept/stack: is torn'
mend
spoil "$making/stack"
: >"$making/stack"
damaged 'a layer in the making'        "layers/${making##*/}/stack: is torn"
mend
spoil w/jobs/kept/stack
mkdir w/jobs/kept/stack
try 70 'what cannot be read'           layer gc
ok 'has nothing removed'               used_there "$unused" "$unused2"
mend

echo '# damaged: what does not matter'
printf 'kind=inst' >"w/layers/$unused/info"
: >w/jobs/ended/stack
: >w/jobs/file
printf x >w/ref/instance/b.new999999999
try 0 'gc'                             layer gc
says err "layers/$unused/info: is torn; the layer is kept" 'names the layer'
ok 'and keeps it, and what stands on it' used_there "$unused" "$unused2"
ok 'not a ref half written'            test ! -e w/ref/instance/b.new999999999
ok 'and what is left over'             test ! -e w/layers/new.deps.1.20200101T000000-2
try 0 'list'                           layer list
says err "layers/$unused/info: is torn" 'names it, too'
is 'and passes over it'                "$(wc -l <out)" $(($(layers) - 2))
rm -r w/jobs/file; rm -r "w/layers/$unused" "w/layers/$unused2"
new instance.b instance "$one" branch=b
mv "w/layers/$id" hidden; new instance.b instance "$one" branch=b
sed -i "s/^parent=.*/parent=20200101T000000-1/" "w/layers/$id/info"; rm -r hidden
try 0 'an unused layer without parent' layer gc
ok 'goes'                              test ! -e "w/layers/$id"

echo '# everything fails once'
# after CODE WHAT - gc ended with CODE: what is in use is there, and with 0 it did all
after() {
	used_there "" && [ -d "$making/tree" ] || { wrong="$wrong $2:in-use"; return; }
	[ "$1" -ne 0 ] || { [ "$(layers)" -eq 10 ] && [ ! "$(ls -A w/trash 2>/dev/null)" ]; } ||
		wrong="$wrong $2:0"
}
ASAN_OPTIONS=detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}
export ASAN_OPTIONS
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
	again
	strace -f -o calls aoinb-layer -w w gc
	set -- openat:EMFILE getdents64:EIO newfstatat:EIO
	case $B in
	*san*) ;;	# a sanitizer's own calls fail, too
	*)
		set -- "$@" openat:EIO read:EIO flock:ENOLCK flock:EINTR renameat:EIO \
		    renameat:ENOSPC mkdirat:ENOSPC unlinkat:EIO faccessat2:EIO access:EIO \
		    close:EIO fcntl:EIO mmap:ENOMEM brk:ENOMEM ;;
	esac
	for call; do
		name=${call%:*} wrong='' n=0 failed=0
		most=$(grep -c "^[0-9]* *$name(" calls)
		while [ "$n" -lt "$most" ]; do
			n=$((n + 1)) code=0
			again
			timeout 20 strace -f -o /dev/null -e "inject=$name:error=${call#*:}:when=$n" \
			    aoinb-layer -w w gc 2>err || code=$?
			[ "$code" -eq 0 ] || failed=$((failed + 1))
			after "$code" "$n"
		done
		is "$call, each of $most, of which $failed failed" "$wrong" ''
	done
else
	skip 1 'no strace here'
fi
wrong='' n=3 code=1
while [ "$n" -lt 40 ] && [ "$code" -ne 0 ]; do
	again
	code=0
	# shellcheck disable=SC3045 # dash, bash and busybox have it
	(ulimit -n "$n"; exec aoinb-layer -w w gc) 2>err || code=$?
	after "$code" "$n"
	n=$((n + 1))
done
is 'too few descriptors'               "$wrong" ''
is 'until there are enough'            "$code" 0
case $B in
*san*) skip 2 'sanitizers want more memory' ;;
*)
	wrong='' n=2000 code=1
	while [ "$n" -lt 60000 ] && [ "$code" -ne 0 ]; do
		again
		code=0
		# shellcheck disable=SC3045
		(ulimit -v "$n"; exec aoinb-layer -w w gc) 2>err || code=$?
		after "$code" "$n"
		n=$((n + 100))
	done
	is 'too little memory'         "$wrong" ''
	is 'until there is enough'     "$code" 0 ;;
esac

echo '# who reads nothing'
again
try 0 'nobody reads what gc says'      sh -c 'aoinb-layer -w w -v gc 2>&1 >/dev/null | :'
ok 'and it has done all'               test "$(layers)" -eq 10
again
try 0 'nor can it say anything'        sh -c 'aoinb-layer -w w -v gc >&- 2>&- <&-'
ok 'it has, too'                       test "$(layers)" -eq 10
try 74 'a full output'                 sh -c 'aoinb-layer -w w used >/dev/full'

exec 4>&- 5>&- 6>&-
is 'order, class and descriptor of locks' "$(aoinb-layer locks | tail -n 3)" '5 layers 7
6 sources 7
7 jobs -1'

echo '# gc beside those who make layers'
# maker BRANCH - makes layers, and moves the ref, and back
maker() {
	n=0
	while [ "$n" -lt 12 ]; do
		n=$((n + 1))
		(
			flock 9
			top=$(layer ref baseos)
			folder=$(layer begin "instance.$1") &&
			    layer stack-in "$folder" "$top" &&
			    id=$(layer commit "$folder" instance "$top" branch="$1") &&
			    layer ref "instance/$1" "$id" && layer stack "instance/$1" >/dev/null
		) 9>>"w/lock/instance.$1" || return
	done
}
(while [ ! -e enough ]; do layer gc || echo failed >>gc-failed; done) &
collector=$!
maker m & one=$!
maker n & two=$!
ok 'one makes layers'                  wait "$one"
ok 'another does'                      wait "$two"
touch enough
wait "$collector"
ok 'gc never failed'                   test ! -e gc-failed
try 0 'gc'                             layer gc
ok 'what is in use is whole'           eval 'layer stack instance/m && layer stack instance/n'
layer unref instance/m instance/n
try 0 'a value by the name of a ref'   layer info instance/b branch
is 'is that of its layer'              "$(cat out)" b

echo '# mirrors'
# mirror TYPE URL AGE - sets key
mirror() {
	key=$1/$(printf %s "$2" | sha256sum | cut -d ' ' -f 1)
	mkdir -p "w/cache/vcs/$key/mirror"
	echo "$2" >"w/cache/vcs/$key/url"
	touch -d "$3" "w/cache/vcs/$key/url"
}
mirror git http://a/old '5 days ago'; old=$key
mirror git http://a/read '5 days ago'; read=$key
mirror svn http://a/nested '5 days ago'; nested=$key
mirror git http://a/young '5 hours ago'; young=$key
mirror git http://a/future '1 year'; future=$key
exec 4>>w/lock/job.runs
flock 4
printf '1\tgit\tSKIP\tx\t-\thttp://a/read\n' >w/jobs/runs/sources.want
mkdir -p w/jobs/runs/1 w/jobs/runs/upper
printf '1\tsvn\tSKIP\tx\t-\thttp://a/nested\n' >w/jobs/runs/1/table
ln -s /dev/zero w/jobs/runs/upper/table
# mirrors - how many
mirrors() {
	find w/cache/vcs -name url | wc -l
}
try 0 'no limit'                       layer vcs-gc
is 'keeps all'                         "$(mirrors)" 5
try 0 'dry'                            layer -n vcs-gc --max-age=60
is 'tells what would go'               "$(cat out) $(mirrors)" 'http://a/old 5'
rm -f w/jobs/runs/sources.want; mkfifo w/jobs/runs/sources.want
try 70 'a table that cannot be read'   layer vcs-gc --max-age=60
is 'keeps all'                         "$(mirrors)" 5
rm w/jobs/runs/sources.want
printf '1\tgit\tSKIP\tx\t-\thttp://a/read\n' >w/jobs/runs/sources.want
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
	cp -a w/cache/vcs vcs
	for call in openat:EIO getdents64:EIO newfstatat:EIO read:EIO flock:ENOLCK; do
		wrong='' n=0
		while [ "$n" -lt 40 ]; do
			n=$((n + 1)) code=0
			cp -a vcs/. w/cache/vcs
			strace -f -o /dev/null -e "inject=${call%:*}:error=${call#*:}:when=$n" \
			    aoinb-layer -w w vcs-gc --max-age=60 >/dev/null 2>&1 || code=$?
			[ -e "w/cache/vcs/$read/url" ] && [ -e "w/cache/vcs/$nested/url" ] &&
			    { [ "$code" -ne 0 ] || [ ! -e "w/cache/vcs/$old" ]; } ||
				wrong="$wrong $n:$code"
		done
		is "$call: mirrors"    "$wrong" ''
	done
	rm -rf w/cache/vcs w/trash
	mv vcs w/cache/vcs
fi
exec 7>>w/lock/sources
flock 7
try 0 'a limit, under our lock'        layer vcs-gc --max-age=60 --lock=7
exec 7>&-
is 'lets the old one go'               "$(cat out)" http://a/old
ok 'only that'                         test ! -e "w/cache/vcs/$old" -a -e "w/cache/vcs/$read" \
    -a -e "w/cache/vcs/$nested" -a -e "w/cache/vcs/$young" -a -e "w/cache/vcs/$future"
ok 'one that was used in times to come is as of now' \
    test "$(stat -c %Y "w/cache/vcs/$future/url")" -le "$(date +%s)"

echo '# to start anew'
exec 4>&-
rm -r w/jobs
: >w/ref/instance/torn
printf x >"w/layers/$by_kept/info"
try 70 'a torn ref'                    layer gc
try 0 'all refs go'                    layer unref --all
is 'the torn one, too'                 "$(find w/ref -type f)" ''
try 0 'and all layers'                 layer gc
is 'damaged ones as well'              "$(ls w/layers)" ''

echo '# a full disk'
if [ "$(id -u)" -eq 0 ] && unshare -m mount -t tmpfs none w 2>/dev/null; then
	cat >full <<'X'
	set -e
	mount -t tmpfs -o nr_inodes=40 none "$1/small"
	work=$1/small/w
	mkdir -p "$work/lock" "$work/ref/instance"
	folder=$(flock "$work/lock/baseos" aoinb-layer -w "$work" begin baseos)
	base=$(aoinb-layer -w "$work" commit "$folder" base -)
	aoinb-layer -w "$work" ref baseos "$base"
	folder=$(flock "$work/lock/instance.b" aoinb-layer -w "$work" begin instance.b)
	mkdir "$folder/tree/a" "$folder/tree/b"
	aoinb-layer -w "$work" commit "$folder" instance "$base" branch=b >/dev/null
	rm -rf "$work/trash"
	i=0
	while touch "$1/small/$i" 2>/dev/null; do i=$((i + 1)); done
	timeout 10 aoinb-layer -w "$work" gc || echo "gc: $?"
	ls "$work/layers"
X
	mkdir small
	try 0 'gc'                         unshare -m sh full "$PWD"
	is 'frees what it can'             "$(wc -l <out)" 1
else
	skip 2 'no mounts here'
fi
finish
