#!/bin/sh
# aoinb-job: jobs and groups, what became of them, what is built, and history
. "${0%/*}/lib.sh"
need jq python3

W=$PWD/w
# job VERB [ARG]... - the helper, alone
job() {
	aoinb-job -w "$W" "$@"
}

# bundle DIR - one that is one
bundle() {
	mkdir -p "$1/autobuild"
	printf 'VER=1\nDUMMYSRC=1\n' >"$1/spec"
	echo PKGNAME=probe >"$1/autobuild/defines"
}

# begin - a new job of the bundle b whose lock we hold on 9: sets path and id
begin() {
	mkdir -p "$W/lock"
	exec 9>>"$W/lock/new.$$"
	path=$(job new --lock=9 --branch=stable build b) || return
	id=${path##*/}
}

# usage LINE... - what the container of the job says
usage() {
	printf '%s\n' "$@" >"$path/rusage"
}

# made FILE... - the job has made these packages
made() {
	for file; do
		printf 'sha256::%064d\t%d\t%s\n' 7 4096 "$file"
	done >"$path/packages"
}

# result FILTER - of the job
result() {
	jq -r "$1" "$path/result.json"
}

try 64 'no work_dir'                   aoinb-job list
try 64 'no verb'                       aoinb-job -w w
try 64 'no such verb'                  job frobnicate
try 64 'an option of another verb'     job list --tree=.
try 64 'too many operands'             job list jobs groups
try 64 'neither jobs nor groups'       job list layers
try 64 'new wants a kind'              job new
try 64 'of those that there are'       job new thing
try 64 'build wants a branch'          job new build .
try 64 'whose name is one'             job new --branch=../x build .
rm -rf w
try 0  'nothing is there'              job list
is 'and nothing is printed'            "$(cat out)" ''
try 0  'in JSON'                       job list --json
is 'an empty array'                    "$(jq -c . out)" '[]'
try 66 'no job to find'                job find last
says err 'there is no job yet'         'that is told'
try 1  'no history'                    job history
says err 'nothing was built yet'       'that is told'
ok 'who only looks makes nothing'      test ! -e w

echo '# a bundle, frozen'
# old_digest DIR - as the last version computed it
old_digest() {
	find -H "$1" -type d -printf 'd\0%P\0\0' -o -type l -printf 'l\0%P\0%l\0' \
	    -o -type f -printf 'f\0%P\0%m\0' -fprint0 files >raw
	xargs -0 -r -a files sha256sum -b -- >sums
	sed -z 's/\\/\\\\/g; s/\n/\\n/g; s/\t/\\t/g' raw | tr '\0' '\n' | paste - - - |
	    awk -F '\t' -v OFS='\t' '
		$1 == "l" { print 1, $2, "link", $3 }
		$1 == "f" {
			getline sum <"sums"
			sub(/^\\/, "", sum)
			print 1, $2, ($3 ~ /[1357]/ ? "program" : "file"), substr(sum, 1, 64)
		}' | LC_ALL=C sort -t "$(printf '\t')" -k 1,1n -k 2 | cut -f 2- | sha256sum | cut -d ' ' -f 1
}
bundle b
ln -s ../../etc/passwd b/link
ln -s "$(printf 'a\tb\\n')" b/odd-link
: >b/empty
mkdir -p b/none b/patches/deep
printf 'x\0y' >b/patches/deep/zero
printf '#!/bin/sh\n' >b/run.sh
chmod 755 b/run.sh
chmod 600 b/patches/deep/zero
echo 1 >"$(printf 'b/tab\there')"
echo 2 >"$(printf 'b/new\nline')"
echo 3 >"$(printf 'b/back\\slash')"
echo 4 >"$(printf 'b/caf\351')"
echo 5 >"b/a b%c"
echo 6 >b/patches.x
: >b/sticky
chmod 1644 b/sticky
touch -d @1700000000 b/spec b/none b/patches/deep
touch -h -d @1600000000 b/link
head -c 300000 /dev/zero >b/big
touch -d @1800000000 b/big
find b -type f ! -name big ! -name spec -exec touch -d @1690000000 {} +
begin; got=$?
ok 'it becomes a job'                  test "$got" -eq 0
is 'of its name'                       "${id#*-*-}" b
is 'its digest is that of the last version' "$(cat "$path/bundle.digest")" "$(old_digest b)"
is 'and that of its copy'              "$(old_digest "$path/bundle")" "$(cat "$path/bundle.digest")"
is 'everything is there'               "$(cd b && find . | LC_ALL=C sort | od -c)" \
    "$(cd "$path/bundle" && find . | LC_ALL=C sort | od -c)"
ok 'and the same'                      diff -r --no-dereference b "$path/bundle"
is 'with its times'                    "$(stat -c %Y "$path/bundle/spec" "$path/bundle/none" "$path/bundle/link" | tr '\n' ' ')" \
    '1700000000 1700000000 1600000000 '
is 'with its modes'                    "$(stat -c %a "$path/bundle/run.sh" "$path/bundle/patches/deep/zero" | tr '\n' ' ')" '755 600 '
is 'the epoch is that of its newest file' "$(cat "$path/env")" 'SOURCE_DATE_EPOCH=1800000000'
is 'what the job says of itself'       "$(cat "$path/kind" "$path/branch" "$path/unit" "$path/bundle.path" | tr '\n' ' ')" \
    "build stable $PWD/b $PWD/b "
ok 'our descriptor is its lock'        test "$W/lock/job.$id" -ef /proc/self/fd/9
ok 'which is held'                     sh -c '! flock -n "$1" true' - "$W/lock/job.$id"
is 'no other file is left of it'       "$(ls "$W/lock")" "job.$id
jobs"
try 0 'it runs'                        job list
is 'as the list says'                  "$(cut -f 1-3 out)" "$id	stable	running"
first=$id
begin
ok 'the next one sorts behind it'      test "$(printf '%s\n' "$id" "$first" | LC_ALL=C sort | tail -n 1)" = "$id"
ok 'even in the same second'           test "$id" != "$first"
mkdir -p "$W/groups/29990101-000000-late"
begin
is 'and behind any other, whatever the clock says' "${id%%-*}-$(echo "$id" | cut -d - -f 2)" 29990101-000001
rm -r "$W/groups" "$path" "$W/lock/job.$id"
exec 9>&-

mkdir -p tree/app-x
bundle tree/app-x/probe
path=$(job new --branch=stable --tree=tree build tree/app-x/probe)
is 'in a tree it has a short name'     "$(cat "$path/unit")" app-x/probe
ln -s tree/app-x/probe by-link
path=$(job new --branch=stable --tree=tree build by-link)
is 'by a link as well'                 "$(cat "$path/unit") ${path##*-}" 'app-x/probe probe'
mkdir 'odd %name'
bundle 'odd %name/b c'
path=$(job new --branch=stable --tree=tree build 'odd %name/b c')
is 'elsewhere its path, as in a URL'   "$(cat "$path/unit")" "$PWD/odd%20%25name/b%20c"
is 'its id has what a file name may have' "${path##*-}" b_c
path=$(cd b && job new --branch=stable build .)
is 'a folder without a name has one'   "${path##*-}" b
path=$(ABMODIFIERS=+stage2 SOURCE_DATE_EPOCH=42 http_proxy=http://p:1 no_proxy=a,b \
    job new --branch=stable --name=other build b)
is 'what it takes from the environment' "$(cat "$path/env")" 'ABMODIFIERS=+stage2
http_proxy=http://p:1
no_proxy=a,b
SOURCE_DATE_EPOCH=42'
is 'and its name'                      "${path##*-}" other
before=$(ls "$W/jobs")
try 64 'modifiers of two lines'        env ABMODIFIERS="a${nl-
}b" aoinb-job -w "$W" new --branch=stable build b
says err 'ABMODIFIERS: holds a control character' 'are refused'
try 64 'an epoch that is none'         env SOURCE_DATE_EPOCH=yesterday aoinb-job -w "$W" new --branch=stable build b
try 66 'no folder'                     job new --branch=stable build none
says err 'bundle none: no such folder' 'is told'
mkdir nospec nobuild linked
try 66 'no spec'                       job new --branch=stable build nospec
says err 'bundle nospec: there is no spec in it' 'is told'
: >nobuild/spec
try 66 'no autobuild'                  job new --branch=stable build nobuild
says err 'bundle nobuild: there is no autobuild folder in it' 'is told'
ln -s ../b/spec linked/spec
mkdir linked/autobuild
try 66 'a spec that is a link'         job new --branch=stable build linked
bundle huge
truncate -s 1T huge/hole
try 65 'a bundle of a terabyte'        timeout 20 aoinb-job -w "$W" new --branch=stable build huge
says err 'bundle huge: it holds more than 1 GiB' 'is told'
bundle deep
(cd deep && i=0 && while [ "$i" -lt 250 ]; do mkdir d && cd d && i=$((i + 1)) || exit; done)
try 65 'folders in folders'            job new --branch=stable build deep
is 'none of these left a job'          "$(ls "$W/jobs")" "$before"
is 'or a lock'                         "$(cd "$W/lock" && printf '%s\n' job.* | sed 's/^job\.//')" "$before"
mkdir -p "$W/lock"
exec 9>>"$W/lock/new.$$"
try 66 'with a lock'                   job new --lock=9 --branch=stable build none
ok 'that goes, too'                    test ! -e "$W/lock/new.$$"
exec 9>&-
exec 9>/dev/null
try 64 'what is no lock'               job new --lock=9 session
exec 9>&-
try 64 'a descriptor that is not open' job new --lock=77 session

if [ "$(id -u)" -eq 0 ]; then
	bundle rough
	mkfifo rough/fifo
	mknod rough/null c 1 3
	python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("rough/socket")' 
	echo 1 >rough/suid
	chown 1:1 rough/suid
	chmod 4711 rough/suid
	path=$(job new --branch=stable build rough 2>err)
	is 'only folders, files and links are copied' "$(cd "$path/bundle" && echo *)" 'autobuild spec suid'
	says err 'left out: fifo: '        'what is left out has its name told'
	is 'no owner and no bit comes with a file' "$(stat -c '%u %a' "$path/bundle/suid")" '0 711'
	rm -f rough/socket
	is 'the digest is the same'        "$(cat "$path/bundle.digest")" "$(old_digest rough)"
else
	skip 4 'devices need root'
fi
i=0
bundle many
while [ "$i" -lt 15 ]; do
	mkfifo "many/$i"; i=$((i + 1))
done
try 0 'many that are left out'         job new --branch=stable build many
is 'are not all told'                  "$(wc -l <err)" 11

echo '# one of a group'
mkdir -p member/run
mkfifo member/run/jobserver
echo app-x/probe >member/run/unit
echo 3 >member/run/jobs
printf 'a\nb\n' >member/run/without
echo +x >member/run/modifiers
path=$(ABMODIFIERS=no job new --branch=stable --member=member/run build tree/app-x/probe)
is 'it knows its unit, and what it may use' "$(cat "$path/unit" "$path/jobs" "$path/without" "$path/jobserver" | tr '\n' ' ')" \
    "app-x/probe 3 a b $PWD/member/run/jobserver "
is 'its modifiers'                     "$(grep ABMOD "$path/env")" ABMODIFIERS=+x
is 'the group knows its job'           "$(cat member/run/job)" "${path##*/}"
try 64 'a folder that is none'         job new --branch=stable --member=b build b
says err 'not a unit of a group'       'is told'

echo '# how a job ends'
# ends CODE VERDICT TEXT [OPTION]... - the job ends with CODE
ends() {
	ends_code=$1 ends_want=$2 ends_text=$3; shift 3
	mkdir -p "$path/upper/a" "$path/work/work" "$path/root" "$path/output" "$path/archives" "$path/resolve"
	got=$(job result --arch=amd64 "$@" "$id" "$ends_code")
	is "$ends_text" "$got $(result .verdict)" "$ends_want $ends_want"
}
begin
usage wall_us=1500000 cpu_us=900000 peak_kib=2048 exit=0 verdict=ok
echo 1.0-1 >"$path/version"
made probe_1.0-1_amd64.deb probe-doc_1.0-1_all.deb
echo 'base top' >"$path/stack"
echo 'base top deps' >"$path/stack.deps"
printf '1\ttarball\tsha256::00\t-\t-\thttps://x.org/a.tar\tsha256/00\n' >"$path/sources"
ends 0 ok 'ok'
is 'the workspace goes'                "$(cd "$path" && ls -d upper work root output archives resolve 2>/dev/null)" ''
is 'the record has what it had'        "$(result 'keys_unsorted - ["unit","arch","version","size_kib","kind","why"] | sort | join(" ")')" \
    'began branch bundle code ended id layer_digests layers packages sources usage verdict'
is 'and more'                          "$(result '"\(.unit) \(.arch) \(.version) \(.branch) \(.code)"')" "$PWD/b amd64 1.0-1 stable 0"
is 'its layers'                        "$(result '.layers | join(" ")')" 'base top deps'
is 'its sources'                       "$(result '.sources[0] | "\(.type) \(.digest) \(.name) \(.url)"')" 'tarball sha256::00 - https://x.org/a.tar'
is 'its packages'                      "$(result '.packages[1] | "\(.bytes) \(.file)"')" '4096 probe-doc_1.0-1_all.deb'
is 'numbers are numbers'               "$(result '.usage | [.wall_us, .verdict] | map(type) | join(" ")')" 'number string'
ok 'and its size'                      test "$(result .size_kib)" -gt 0
is 'history has a line of ten'         "$(tail -n 1 "$W/history" | cut -f 2-)" \
    "$(printf 'b\tstable\tamd64\t1.0-1\tok\t1500000\t900000\t2048\t%s' "$id")"
is 'what is built is known'            "$(cat "$W"/built/stable/*)" "version=1.0-1
bundle=$(old_digest b)
package=probe_1.0-1_amd64.deb
package=probe-doc_1.0-1_all.deb"
is 'the trash is empty'                "$(ls "$W/trash")" ''
exec 9>&-

begin; ends 0 unfinished 'nothing was made'
begin; ends 1 failed 'the package failed'
ok 'then the workspace stays'          test -d "$path/upper/a"
is 'in a state to go on'               "$(ls -A "$path/work")" ''
begin; usage verdict=timeout; ends 124 timeout 'by a limit'
begin; usage verdict=ok; ends 1 failed 'what comes behind the container fails'
begin; usage 'verdict=x"y'; ends 1 failed 'a verdict that is no word'
begin; ends 123 failed 'no record of it'
for code in 129 130 143; do
	begin; ends "$code" stopped "stopped by $code"
	ok 'the workspace goes'        test ! -e "$path/upper"
done
begin; ends 69 error 'our own fault'
ok 'the workspace goes'                test ! -e "$path/upper"
begin; ends 1 failed 'never' --keep=never
ok 'keeps nothing'                     test ! -e "$path/upper"
begin; made x.deb; ends 130 stopped 'always' --keep=always
ok 'keeps it'                          test -d "$path/upper"
lines=$(wc -l <"$W/history")
begin; usage verdict=failed; ends 1 failed 'by hand' --by-hand --keep=never
ok 'keeps it'                          test -d "$path/upper"
is 'and is no history'                 "$(wc -l <"$W/history")" "$lines"
exec 9>&-
try 64 'no exit code'                  job result "$id" 256
try 64 'no such rule'                  job result --keep=maybe "$id" 0
try 66 'no such job'                   job result 20200101-000000-x 0
mkdir -p elsewhere/jobs
cp -r "$path" elsewhere/jobs/
try 66 'the folder of another work_dir' job result "elsewhere/jobs/$id" 0
try 0 'by its path'                    job result "$path" 1
begin
exec 8<&9
exec 9>&-
try 75 'the job of another'            job result "$id" 1 8>&-
says err "job $id is running"          'is told'
try 0 'by its descriptor'              job result --lock=8 "$id" 1
exec 8>&-

mkdir -p "$W/lock"
exec 9>>"$W/lock/new.$$"
path=$(job new --lock=9 --name=stable --branch=stable session)
id=${path##*/}
ends 3 session 'a session has no other verdict' --keep=always --by-hand
ok 'its workspace stays'               test -d "$path/upper/a"
exec 9>&-

echo '# a log'
begin
exec 9>&-
try 66 'none yet'                      job follow "$id"
(
	exec 9>>"$W/lock/job.$id"
	flock 9
	: >held
	sleep 0.3; echo one >"$path/log"; sleep 0.3; echo two >>"$path/log"
	rm "$path/log"; sleep 0.3; echo three >"$path/log"
) &
wait_for 10 test -e held
try 0 'is followed until the job ends' timeout 20 aoinb-job -w "$W" follow "$id"
is 'from its beginning, also when that is a new one' "$(tr '\n' ' ' <out)" 'one two three '
exec 9>>"$W/lock/job.$id"
flock 9
try 0 'one that nobody reads'          timeout 20 sh -c 'aoinb-job -w "$1" follow "$2" | grep -m1 three' - "$W" "$id"
exec 9>&-
try 0 'when it has ended'              job follow "$path"
is 'is printed'                        "$(cat out)" three

echo '# steps by hand, of a job that is not the last'
built=$W/built/stable/$(cd "$W/built/stable" && ls)
begin; made old.deb; touch -d '1 hour ago' "$path/packages"
touch "$built"; before=$(cat "$built")
ends 0 ok 'a step of an older job' --by-hand
is 'does not change what is built'     "$(cat "$built")" "$before"
touch "$path/packages"
ends 0 ok 'one that collects' --by-hand
says "$built" package=old.deb          'does'
touch -d '+1 year' "$built"
made other.deb
ends 0 ok 'a record of the future' --by-hand
says "$built" package=other.deb        'is none'
exec 9>&-

echo '# records that are damaged'
begin
printf 'sha256::00\t4096\ta.deb\nsha256::1' >"$path/packages"
usage verdict=ok
echo 'base ../x' >"$path/stack"
printf '1\ttarball\n' >"$path/sources"
mkfifo "$path/version"
before=$(cat "$built")
got=$(timeout 20 aoinb-job -w "$W" result "$id" 0 2>err)
is 'do not keep it from ending'        "$got" ok
is 'each is named'                     "$(grep -c "job $id: .* is damaged; passed over" err)" 4
is 'what is built is not told from them' "$(cat "$built")" "$before"
is 'what can be read is in the record' "$(result '.packages | length')" 1
head -c 100 "$path/result.json" >torn && cp torn "$path/result.json"
exec 9>&-
try 0 'a torn result'                  job list
says err "job $id: result.json is damaged; passed over" 'is named'
says out "^$id	stable	damaged	"      'and has no verdict'
ok 'others are listed'                 test "$(wc -l <out)" -gt 5
try 0 'is shown'                       job show "$id"
rm -r "$path"

echo '# a list'
rm -r w
mkdir -p "$W/lock" "$W/jobs/20260101-000000-new" "$W/jobs/20250101-000000-kept/upper" \
    "$W/jobs/20250101-000001-dead/upper" "$W/jobs/20250101-000002-runs"
now=$(date +%s)
echo '{ "branch": "stable", "verdict": "ok", "began": '$((now + 100000))', "ended": '$((now + 100000))', "size_kib": 20480 }' \
    >"$W/jobs/20260101-000000-new/result.json"
# The last version had these members, on lines of their own.
printf '{\n  "id": "x",\n  "bundle": "/b",\n  "branch": "b2",\n  "verdict": "failed",\n  "code": 1,\n  "began": 1,\n  "ended": %d\n}\n' \
    $((now - 7300)) >"$W/jobs/20250101-000000-kept/result.json"
echo stable >"$W/jobs/20250101-000001-dead/branch"
echo $((now - 180000)) >"$W/jobs/20250101-000001-dead/began"
echo $((now - 30)) >"$W/jobs/20250101-000002-runs/began"
exec 9>>"$W/lock/job.20250101-000002-runs"
flock 9
try 0 'of jobs'                        job list
is 'has these columns'                 "$(cut -f 1-4 out | sed 's/3[0-9]s$/30s/')" "20250101-000000-kept	b2	failed,kept	2h
20250101-000001-dead	stable	killed,kept	2d
20250101-000002-runs	-	running	30s
20260101-000000-new	stable	ok	-"
is 'sizes where they are known'        "$(cut -f 5 out | sed 's/^[0-9]*K$/K/' | tr '\n' ' ')" 'K K K 20M '
try 0 'in JSON'                        job list --json
is 'the same'                          "$(jq -r '.[] | "\(.id) \(.verdict) \(.kept) \(.branch)"' out)" '20250101-000000-kept failed true b2
20250101-000001-dead killed true stable
20250101-000002-runs running false 
20260101-000000-new ok false stable'
try 0 'of a branch'                    job list --branch=b2
is 'is one'                            "$(cut -f 1 out)" 20250101-000000-kept
try 0 'of those that run'              job list --running
is 'is one'                            "$(cut -f 1 out)" 20250101-000002-runs
exec 8>>"$W/lock/job.20250101-000000-kept"
flock 8
try 0 'one with a workspace'           job list
says out '000-kept	.*running'         'may run'
exec 8>&-
: >empty
try 0 'nobody reads it'                sh -c 'aoinb-job -w "$1" list | head -n 0' - "$W"
try 74 'nor can'                       sh -c 'aoinb-job -w "$1" list >/dev/full' - "$W"

mkdir -p "$W/groups/20250101-000000-base/run" "$W/groups/20250101-000001-base" "$W/groups/20250101-000002-unplanned" \
    "$W/groups/20250101-000003-core"
cd "$W/groups/20250101-000000-base" || exit 1
printf 'a\nb\nc\n' >graph
printf 'start\ta\nok\ta\nstart\tb\nfailed\tb\nstart\tc\nok\tc\nagain\tc' >events
echo stable >branch
echo $((now - 300)) >began
: >order
echo app/x >targets
cp graph branch began order ../20250101-000001-base
cp graph branch began order ../20250101-000003-core
printf '{\n  "id": "g",\n  "targets": ["x"],\n  "verdict": "ok",\n  "ended": %d\n}\n' $((now - 60)) >../20250101-000003-core/group.json
cd "$scratch" || exit 1
exec 5>>"$W/lock/group.20250101-000001-base"
flock 5
try 0 'of groups'                      job list groups
is 'has these columns'                 "$(sed 's/[56][0-9]s/60s/' out)" '20250101-000000-base	stable	killed	5m	2/3
20250101-000001-base	stable	running	5m	0/3
20250101-000003-core	stable	ok	60s	0/3'
try 0 'in JSON'                        job list groups --json
is 'the same'                          "$(jq -r '.[] | "\(.verdict) \(.built) \(.total)"' out | tr '\n' ' ')" 'killed 2 3 running 0 3 ok 0 3 '

echo '# one of them'
# found TEXT WANT [ARG]... - what find says
found() {
	found_text=$1 found_want=$2; shift 2
	got=$(job find "$@" 2>err) || got=$?
	is "$found_text" "${got#"$W/"}" "$found_want"
}
mkdir "$W/jobs/20250102-000000-kept" "$W/jobs/20250102-000001-kept.1"
found 'by its id'                      jobs/20250101-000000-kept 20250101-000000-kept
found 'the newest'                     jobs/20260101-000000-new last
found 'the newest of a package, ids of the last version too' jobs/20250102-000001-kept.1 kept
found 'by a part'                      jobs/20250101-000001-dead dea
found 'by a part of several'           66 20250101
is 'which are listed'                  "$(cat err)" \
    'aoinb-job: more than one job is like 20250101: 20250101-000000-kept 20250101-000001-dead 20250101-000002-runs'
found 'by nothing of any'              66 nothing
says err 'no such job: nothing; "aoinb ls jobs" lists them' 'is told'
found 'by what is no part of an id'    64 ../x
found 'a group'                        groups/20250101-000003-core --group core
found 'a part of several'              66 --group base
is 'in the same words'                 "$(cat err)" \
    'aoinb-job: more than one group is like base: 20250101-000000-base 20250101-000001-base'
found 'the newest group'               groups/20250101-000003-core --group last
found 'the newest to go on with'       groups/20250101-000001-base --unfinished
found 'either'                         groups/20250101-000003-core --any core
found 'the newest of both'             jobs/20260101-000000-new --any last
exec 5>&- 9>&-
try 0 'a job is shown'                 job show 20250101-000000-kept
says out '^verdict	failed$'           'with what it says'
says out '^workspace	kept$'             'and what it has'
try 0 'one that was killed'            job show --json dead
is 'in JSON'                           "$(jq -r '"\(.verdict) \(.ended) \(.branch)"' out)" 'killed null stable'
head -c 40 "$W/groups/20250101-000003-core/group.json" >torn && cp torn "$W/groups/20250101-000000-base/group.json"
try 0 'a group'                        job show --group 20250101-000000-base
says err 'group.json is damaged; passed over' 'whose end is damaged'
says out '^built	2/3$'                  'has these built'
says out '^target	app/x$'                'of these'
try 0 'in JSON'                        job show --group --json core
is 'its record'                        "$(jq -r .verdict out)" ok

echo '# a job of the last version'
bundle old
digest=$(old_digest old)
old=$W/jobs/20240101-000000-old
mkdir -p "$old" "$W/built/stable"
cp -a old "$old/bundle"
printf 'version=1\nbundle=%s\nmodifiers=+x\npackage=a.deb\n' "$digest" >"$W/built/stable/app_old"
(cd "$old" && echo app/old >unit && echo stable >branch && echo '[build]' >job.ini && echo 1 >table &&
	echo 'base top deps' >stack && printf 'done\nbase top\nbase top deps\n' >deps &&
	echo '{ "verdict": "ok", "branch": "stable" }' >result.json)
found 'is found'                       jobs/20240101-000000-old old
is 'and becomes one of this version'   "$(cd "$old" && echo *)" \
    'branch bundle bundle.digest conf deps env result.json sources.want stack stack.deps unit'
is 'its layers'                        "$(cat "$old/stack" "$old/stack.deps" "$old/deps" | tr '\n' ' ')" 'base top base top deps done '
is 'its environment'                   "$(cat "$old/env")" "ABMODIFIERS=+x
SOURCE_DATE_EPOCH=$(find old -type f -printf '%Ts\n' | sort -n | tail -n 1)"
is 'its bundle'                        "$(cat "$old/bundle.digest")" "$digest"

echo '# they go'
exec 9>>"$W/lock/job.20250101-000002-runs"
flock 9
try 0 'those that died are ended'      job sweep
is 'they were killed'                  "$(jq -r '"\(.verdict) \(.code) \(.branch)"' "$W/jobs/20250101-000001-dead/result.json")" 'killed null stable'
is 'their workspace has gone'          "$(cd "$W/jobs" && ls -d ./*/upper)" ./20250101-000000-kept/upper
ok 'one that runs is let be'           test ! -e "$W/jobs/20250101-000002-runs/result.json"
mkdir -p "$W/jobs/20250103-000000-dead" "$W/jobs/20250103-000001-dead/result.json.d"
try 0 'whoever begins a build does that' job new --branch=stable build b
ok 'too'                               test -e "$W/jobs/20250103-000000-dead/result.json"
: >"$W/lock/new.999999999"
try 0 'locks that nobody took'         job sweep
ok 'go'                                test ! -e "$W/lock/new.999999999"
try 75 'a workspace in use'            job drop 20250101-000002-runs 9>&-
try 0 'a workspace'                    job drop 20250101-000000-kept
ok 'goes'                              test ! -e "$W/jobs/20250101-000000-kept/upper"
try 0 'a job'                          job remove 20250101-000001-dead
ok 'goes with its lock'                test ! -e "$W/jobs/20250101-000001-dead" -a ! -e "$W/lock/job.20250101-000001-dead"
try 0 'a group'                        job remove "$W/groups/20250101-000000-base"
ok 'goes'                              test ! -e "$W/groups/20250101-000000-base"
try 66 'what is not there'             job remove 20250101-000001-dead
before=$(ls "$W/jobs" "$W/groups")
flock 9
try 75 'all, while one runs'           job clean 9>&-
says err 'job 20250101-000002-runs is running; wait for it, or stop it' 'is refused'
is 'and nothing goes'                  "$(ls "$W/jobs" "$W/groups")" "$before"
try 0 'with -n'                        job -n clean --branch=b2 9>&-
is 'it is shown'                       "$(cat out)" "remove $W/jobs/20250101-000000-kept"
try 0 'of a branch'                    job clean --branch=b2 9>&-
ok 'go'                                test ! -e "$W/jobs/20250101-000000-kept"
ok 'others stay'                       test -e "$W/jobs/20260101-000000-new"
exec 9>&-
exec 5>>"$W/lock/group.20250101-000001-base"
flock 5
try 75 'a group that runs'             job clean 5>&-
says err 'group 20250101-000001-base is running' 'is refused, too'
exec 5>&-
try 0 'all'                            job clean
is 'have gone'                         "$(find "$W/jobs" "$W/groups" "$W/trash" -mindepth 1)" ''

echo '# history'
rm -f "$W/history"
# line ENDED NAME BRANCH - in the history
line() {
	printf '%s\t%s\t%s\tamd64\t1-0\tok\t3725000000\t61000000\t2097152\tj-%s\n' "$1" "$2" "$3" "$1" >>"$W/history"
}
line 1000 app/a stable
line 2000 app/b stable
printf '3000\tapp/a\tsta' >>"$W/history"
try 0 'a line that is torn'            job history
is 'is passed over'                    "$(cut -f 1 out | tr '\n' ' ')" '1000 2000 '
says err 'history: line 3 is damaged; passed over' 'and told'
begin; usage verdict=failed; job result "$id" 1 >/dev/null; exec 9>&-
try 0 'what comes behind it'           job history
is 'is whole'                          "$(cut -f 2 out | tr '\n' ' ')" 'app/a app/b b '
line 4000 app/a other
line 01 other/a stable
printf 'x\tapp/a\tstable\tamd64\t1\tok\t1\t1\t1\tj\n\n' >>"$W/history"
try 0 'of a package'                   job history a
is 'by its name'                       "$(cut -f 1 out | tr '\n' ' ')" '1000 4000 01 '
says err '2 lines are damaged, the first is 3' 'those that are damaged are counted'
try 0 'of several'                     job history app/a b --branch=stable
is 'by category and name, of a branch' "$(cut -f 2 out | tr '\n' ' ')" 'app/a app/b b '
try 0 'by its path'                    job history b
try 0 'by its path in a tree'          job history --tree=tree app/a
try 0 'of one in a tree'               job history app/b
is 'and what was built by its path where none was known' "$(cut -f 2 out | tr '\n' ' ')" 'app/b b '
try 1 'of one that was never built'    job history none other
says err 'no build of none other yet'  'is told'
try 0 'in JSON'                        job history --json a
is 'numbers are numbers'               "$(jq -c 'map([.ended, .package, .wall_us, .job])[0,2]' out | tr '\n' ' ')" \
    '[1000,"app/a",3725000000,"j-1000"] [1,"other/a",3725000000,"j-01"] '
if command -v script >/dev/null; then
	TZ=UTC script -qec "aoinb-job -w '$W' history app/b" typescript >/dev/null
	says typescript '^j-2000  *app/b  *stable  *1-0  *ok  *1:02:05  *1:01  *2048M  *1970-01' 'for people: the job first, which is typed again'
else
	skip 1 'needs script'
fi

echo '# several at once'
rm -r w
writers=''
for i in 1 2 3 4; do
	sh -c 'i=0; while [ "$i" -lt 25 ]; do
		aoinb-job -w "$1" new --branch=stable build b || exit; i=$((i + 1)); done' - "$W" >"paths.$i" &
	writers="$writers $!"
done
for writer in $writers; do
	ok 'begin jobs'                wait "$writer"
done
is 'each has an id of its own'         "$(cat paths.* | sort -u | wc -l)" 100
writers=''
for i in 1 2 3 4; do
	sh -c 'while read -r path; do
		rm -f "$path/result.json"
		echo verdict=failed >"$path/rusage"
		aoinb-job -w "$1" result "$path" 1 || exit
	done <"paths.$2"' - "$W" "$i" >/dev/null &
	writers="$writers $!"
done
for writer in $writers; do
	ok 'end jobs'                  wait "$writer"
done
is 'no line of the history is lost'    "$(awk -F '\t' 'NF == 10' "$W/history" | wc -l) $(wc -l <"$W/history")" '100 100'

echo '# the example of the page'
bundle hello
echo 'echo hello' >hello/autobuild/build
sed -n '/^\.Bd -literal/,/^\.Ed/{/^\./!p}' "$top/man/aoinb-job.1" >example
try 0 'runs'                           sh example
is 'and comes to what it says'         "$(sed 's/.*-hello/ID-hello/' out | cut -f 1-3 | tr '\n\t' '  ')" \
    'unfinished ID-hello stable unfinished '
rm -r work

echo '# the standard output'
begin; usage verdict=failed
try 0 'is closed'                      sh -c 'aoinb-job -w "$1" result "$2" 1 >&-' - "$W" "$id"
is 'the result is there'               "$(result .verdict)" failed
exec 9>&-
begin; usage verdict=failed
try 0 'is a pipe that nobody reads'    sh -c '(sleep 0.2; aoinb-job -w "$1" result "$2" 1; echo $? >code) | true; wait; sleep 0.5; exit "$(cat code)"' - "$W" "$id"
is 'the result is there'               "$(result .verdict)" failed
exec 9>&-

echo '# a full disk'
cat >full.sh <<'F'
# KIND: bytes or inodes.  Prints the codes of the verbs.
set -u
case $1 in
bytes) mount -t tmpfs -o size=1m tmpfs full ;;
inodes) mount -t tmpfs -o size=4m,nr_inodes=60 tmpfs full ;;
esac || exit 99
W=full/w
mkdir -p $W/lock
exec 9>>$W/lock/new.1
path=$(aoinb-job -w $W new --lock=9 --branch=stable build b2) || exit 98
echo verdict=failed >$path/rusage
mkdir -p $path/upper/x $W/jobs/20250101-000000-dead/upper
case $1 in
bytes) head -c 200000 /dev/zero >$path/upper/x/y; cat /dev/zero >full/fill 2>/dev/null ;;
inodes) i=0; while mkdir full/$i 2>/dev/null; do i=$((i + 1)); done ;;
esac
for verb in 'new session' 'new --branch=stable build b2' 'sweep'; do
	code=0; timeout 20 aoinb-job -w $W $verb >/dev/null 2>said 9>&- || code=$?
	echo "$code $(wc -l <said)"
done
code=0; timeout 20 aoinb-job -w $W result --keep=never $path 1 >/dev/null 2>said || code=$?
echo "result $code $(wc -l <said) $(ls $path | grep -cx upper) $(jq -r .verdict $path/result.json)"
timeout 20 aoinb-job -w $W list >/dev/null || echo list $?
exec 9>&-
timeout 20 aoinb-job -w $W clean || echo clean $?
ls $W/jobs
F
bundle b2
mkdir full
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	got=$(unshare -m sh full.sh bytes)
	is 'without room every verb ends, and says so once' "$(echo "$got" | sed 's/^7[34] 1$/full/; s/^0 0$/full/' | tr '\n' ' ')" \
	    'full full full result 0 0 0 failed '
	got=$(unshare -m sh full.sh inodes)
	is 'without inodes, too'       "$(echo "$got" | sed 's/^7[34] 1$/full/; s/^0 0$/full/' | tr '\n' ' ')" \
	    'full full full result 0 0 0 failed '
else
	skip 2 'a full disk needs root and a mount namespace'
fi

echo '# steps'
mkdir -p bin steps.job
for step in one two three; do
	printf '#!/bin/sh\necho "%s $*" >>said\n[ "$1" != -n ] || shift\n[ %s != two ] || exit "$(cat "$1/code")"\n' \
	    "$step" "$step" >"bin/$step"
	chmod 755 "bin/$step"
done
echo 0 >steps.job/code
try 0 'every step'              aoinb-job -w "$W" steps --steps="$PWD/bin" steps.job one two three
is 'in their order'             "$(cat said)" 'one steps.job
two steps.job
three steps.job'
rm said; echo 7 >steps.job/code
try 7 'until one fails'         aoinb-job -w "$W" -n steps --steps="$PWD/bin" steps.job one two three
is '-n is handed on'            "$(cat said)" 'one -n steps.job
two -n steps.job'
try 127 'one that is not there' aoinb-job -w "$W" steps --steps="$PWD/bin" steps.job none
try 64 'a path'                 aoinb-job -w "$W" steps --steps="$PWD/bin" steps.job ../one
try 64 'no folder of them'      aoinb-job -w "$W" steps steps.job one
printf '#!/bin/sh\necho $$ >pid\nsleep 60\n' >bin/long; chmod 755 bin/long
aoinb-job -w "$W" steps --steps="$PWD/bin" steps.job long & steps=$!
ok 'a long one begins'          wait_for 10 test -s pid
kill -9 "$steps"
wait "$steps" 2>/dev/null
gone() { ! kill -0 "$(cat pid)" 2>/dev/null; }
ok 'kill -9 ends it, too'       wait_for 10 gone

echo '# workspaces of what failed'
rm -rf w
now=$(date +%s)
# ended ID VERDICT SECONDS KIB - a job that ended so long ago, with a workspace
ended() {
	mkdir -p "$W/jobs/$1/upper" "$W/lock"
	printf '{ "branch": "stable", "verdict": "%s", "began": 1, "ended": %d, "size_kib": %d }\n' \
	    "$2" $((now - $3)) "$4" >"$W/jobs/$1/result.json"
}
kept() {
	(cd "$W/jobs" && echo */upper) | sed 's,/upper,,g'
}
ended 1-old failed 9000 10
ended 2-silent silent 8000 10
ended 3-asked ok 90000 10
ended 4-new failed 100 10
ended 5-used failed 7000 10
ended 6-session session 90000 10
try 0 'without limits'                 job trim
is 'all stay'                          "$(kept)" '1-old 2-silent 3-asked 4-new 5-used 6-session'
exec 9>>"$W/lock/job.5-used"; flock 9
try 0 'with -n'                        job -n trim --max-age=7500
is 'it is printed what would go'       "$(cat out)" "$W/jobs/1-old/upper
$W/jobs/2-silent/upper"
is 'and nothing does'                  "$(kept)" '1-old 2-silent 3-asked 4-new 5-used 6-session'
try 0 'by age'                         job trim --max-age=8500
is 'the older ones go'                 "$(kept)" '2-silent 3-asked 4-new 5-used 6-session'
try 0 'by size'                        job trim --max-size=10
is 'the oldest, but not what is used, was asked for, or is a session' "$(kept)" '3-asked 4-new 5-used 6-session'
ok 'what they were stays'              test -s "$W/jobs/1-old/result.json"
exec 9>&-
try 0 'and when it is not used any more' job trim --max-size=10
is 'it goes'                           "$(kept)" '3-asked 4-new 6-session'
try 64 'a size that is none'           job trim --max-size=10M

finish
