#!/bin/sh
# instances: updates, layers, sessions, jobs and what is cleaned up
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
nl='
'
need_root
need jq python3 dpkg-deb

# An apt repository of our own, so that we say what changes and see what is asked.
# probe VERSION - one more version of the package probe in it
probe() {
	mkdir -p deb/DEBIAN deb/usr/share/probe repo
	printf 'Package: probe\nVersion: %s\nArchitecture: all\nMaintainer: T <t@localhost>\nDescription: a probe\n' \
	    "$1" >deb/DEBIAN/control
	echo "$1" >deb/usr/share/probe/version
	dpkg-deb --build --root-owner-group deb "repo/probe_$1_all.deb" >/dev/null
	{
		[ ! -e repo/Packages ] || cat repo/Packages
		cat deb/DEBIAN/control
		printf 'Filename: ./probe_%s_all.deb\nSize: %s\nSHA256: %s\n\n' "$1" \
		    "$(stat -c %s "repo/probe_$1_all.deb")" \
		    "$(sha256sum <"repo/probe_$1_all.deb" | cut -d ' ' -f 1)"
	} >Packages
	mv Packages repo/Packages
	printf 'Suite: probe\nSHA256:\n %s %s Packages\n' \
	    "$(sha256sum <repo/Packages | cut -d ' ' -f 1)" "$(stat -c %s repo/Packages)" >repo/Release
	touch -d "2024-01-01 + $1 days" repo/Packages repo/Release
}

probe 1
python3 -u -m http.server --bind 127.0.0.1 --directory repo 0 >served 2>requests &
later "kill $!"
ok 'a repository is there'                 wait_for 10 grep -qs port served
url=http://127.0.0.1:$(sed 's/.* port \([0-9]*\).*/\1/' served)

world_new w
list=$conf/source_lists/probe.list
echo "deb [trusted=yes] $url ./" >"$list"
cp "$list" good.list
bundle_tiny tiny

# setting KEY=VALUE - in our configuration, from here on
setting() {
	aoinb-conf -f "$conf/aoinb.ini" -D "$1" ini >"$conf/next.ini"
	mv "$conf/next.ini" "$conf/aoinb.ini"
}

# instance - the layer that its ref names
instance() {
	cat "$work/ref/instance/probe"
}

# above - how many layers of the instance are above the base
above() {
	aoinb -c "$conf" ls instances | awk -F '\t' '{ d[$1] = $3 } END { print d["probe"] - d["baseos"] }'
}

# asked [PATTERN] - how many requests there were (like PATTERN)
asked() {
	grep -c "GET .*${1-}" requests
}

# checked AGE - as if the last check of the instance were so old
checked() {
	touch -d "$1 ago" "$work/ref/checked/probe"
}

# in_probe PROG [ARG]... - in a session
# shellcheck disable=SC2317 # try calls it
in_probe() {
	aoinb -c "$conf" run probe -- "$@"
}

# Instances: when they are made and updated.
try 0 'a session makes the instance'       in_probe cat /etc/apt/sources.list
is 'with the sources of the branch'        "$(cat out)" "$(cat good.list)"
is 'one layer on the base'                 "$(above)" 1
first=$(instance) n=$(asked)
checked '1 year'
try 0 'update = never'                     aoinb -c "$conf" build tiny probe
is 'asks nobody'                           "$(asked)" "$n"
setting instance_update=always
try 0 'update = always, and --no-update'   aoinb -c "$conf" build --no-update tiny probe
is 'asks nobody'                           "$(asked)" "$n"
try 0 'update = always'                    aoinb -c "$conf" build tiny probe
ok 'asks'                                  test "$(asked)" -gt "$n"
is 'and makes no layer when nothing changed' "$(instance) $(above)" "$first 1"
is 'nothing is left of it'                 "$(leavings)" ''
setting instance_update=6h
n=$(asked)
checked '5 hours'
try 0 'update = 6h, after 5'               aoinb -c "$conf" build tiny probe
is 'asks nobody'                           "$(asked)" "$n"
checked '7 hours'
try 0 'update = 6h, after 7'               aoinb -c "$conf" build tiny probe
ok 'asks'                                  test "$(asked)" -gt "$n"
bundle_tiny broken; cp broken/autobuild/build build.good; echo 'exit 3' >broken/autobuild/build
n=$(asked)
try 1 'a build that fails'                 aoinb -c "$conf" build broken probe
checked '7 hours'
try 1 'is repeated'                        aoinb -c "$conf" build broken probe
is 'on what it failed on'                  "$(asked)" "$n"
cp build.good broken/autobuild/build
try 0 'also when it is mended'             aoinb -c "$conf" build broken probe
is 'on the same'                           "$(asked)" "$n"
try 0 'once it went well'                  aoinb -c "$conf" build broken probe
ok 'an update is due again'                test "$(asked)" -gt "$n"
echo 'exit 3' >broken/autobuild/build
try 1 'after another failure'              aoinb -c "$conf" build broken probe
n=$(asked); checked '7 hours'
try 0 'a build of something else'          aoinb -c "$conf" build tiny probe
ok 'has an update'                         test "$(asked)" -gt "$n"
setting instance_update=always
n=$(asked); checked '1 minute'	# one in the same second would be young enough
try 1 'and update = always'                aoinb -c "$conf" build broken probe
ok 'is always'                             test "$(asked)" -gt "$n"
probe 2; checked '1 minute'
try 0 'when the repository has changed'    aoinb -c "$conf" build tiny probe
is 'there is a layer more'                 "$(above)" 2
is 'on the one before'                     "$(sed -n 's/^parent=//p' "$work/layers/$(instance)/info")" "$first"
probe 3; checked '1 minute'
setting instance_max_layers=2
try 0 'and again'                          aoinb -c "$conf" build tiny probe
is 'there is one more'                     "$(above)" 3
try 0 'but a stack deeper than max_layers' aoinb -c "$conf" build --no-update tiny probe
is 'is renewed in one layer'               "$(above)" 1
setting instance_max_layers=16
second=$(instance)
echo '# changed' >>"$list"
try 0 'a changed source list'              aoinb -c "$conf" build --no-update tiny probe
ok 'starts anew'                           test "$(instance)" != "$second"
is 'in one layer'                          "$(above)" 1
try 0 'the list is the new one'            in_probe tail -n 1 /etc/apt/sources.list
is 'indeed'                                "$(cat out)" '# changed'

# Updates that fail, and updates that are stopped.
good=$(instance)
cp "$list" good.list
echo 'deb [trusted=yes] http://127.0.0.1:1/ ./' >"$list"
try 69 'a source that is not there'        aoinb -c "$conf" build tiny probe
says err "^E: " 'apt says why'
says err "update of probe: a mirror cannot be reached.* $work/log/update-probe.log" 'and we where to look'
ok 'there is something to see'             grep -q 127.0.0.1:1 "$work/log/update-probe.log"
is 'the instance is as it was'             "$(instance)" "$good"
is 'the job failed by our own fault'       "$(jq -r .verdict "$work/jobs/$(aoinb -c "$conf" ls jobs | tail -n 1 | cut -f 1)/result.json")" error
python3 -u -c 'import socket, time
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1])
time.sleep(600)' >silent &
later "kill $!"
ok 'a server that never answers'           wait_for 10 test -s silent
echo "deb [trusted=yes] http://127.0.0.1:$(cat silent)/ ./" >"$list"
for signal in INT KILL; do
	group aoinb -c "$conf" build tiny probe
	ok 'an update hangs'               wait_for 20 is_running aoinb-run update.sh
	group_kill "$signal"
	is "SIG$signal ends it"            "$code" "$((128 + $(env kill -l "$signal")))"
	ok 'and leaves no process'         wait_for 20 none_running
	is 'the instance is as it was'     "$(instance)" "$good"
	if [ "$signal" = INT ]; then
		is 'in one line'           "$(cat group.err)" 'aoinb: interrupted'
	else
		try 0 'doctor'             aoinb -c "$conf" doctor
		says out '^warn.* was killed; run aoinb gc' 'reports the job'
	fi
done
cp good.list "$list"
try 0 'the next build works'               aoinb -c "$conf" build tiny probe
is 'on the instance that was'              "$(instance)" "$good"
checked '1 minute'
probe 4
try 0 'and so does the next update'        aoinb -c "$conf" build tiny probe
is 'above it'                              "$(above)" 2
is 'nothing is left'                       "$(leavings)" ''

# Sessions.
try 7 'run passes the exit code on'        in_probe sh -c 'exit 7'
try 127 'not found is 127'                 in_probe no-such-program
try 200 'whatever it is'                   in_probe sh -c 'exit 200'
try 137 'killed is 128 and the signal'     in_probe sh -c 'kill -9 $$'
try 0 'what follows -- is not ours'        in_probe echo --keep -n -c
is 'all of it'                             "$(cat out)" '--keep -n -c'
is 'it reads our stdin'                    "$(echo words | aoinb -c "$conf" run probe -- cat)" words
is 'all of it'                             "$(seq 200000 | aoinb -c "$conf" run probe -- tail -n 1)" 200000
is 'by its name, too'                      "$(echo words | aoinb -c "$conf" run probe -- cat /dev/stdin)" words
seq 200000 >numbers
is 'of a file'                             "$(aoinb -c "$conf" run probe -- tail -n 1 <numbers)" 200000
# shellcheck disable=SC2016 # for the inner shell
is 'whose mode and name it does not get'   "$(aoinb -c "$conf" run probe -- sh -c 'chmod 4755 /dev/stdin; cat /dev/stdin | tail -n 1
	case $(readlink /proc/self/fd/0) in pipe:*) ;; *) echo "no pipe" ;; esac' <numbers; stat -c %a numbers)" "200000${nl}$(stat -c %a numbers)"
try 0 'who writes does not hold it up'     timeout 60 sh -c 'yes | aoinb -c "$1" run probe -- head -n 1' sh "$conf"
mkdir bound 'b:c\d'
echo here >bound/file
echo odd >'b:c\d/file'
# shellcheck disable=SC2016 # for the inner shell
try 0 'run --bind'                         aoinb -c "$conf" run --bind=bound:/mnt/x --bind "$PWD/bound:/mnt/y:ro" \
    --bind='b\:c\\d:/mnt/z' probe -- sh -c 'cat /mnt/[xyz]/file; ! touch /mnt/y/none 2>&1 | grep -v Read-only; echo new >/mnt/x/new'
is 'shows what is named, each where it was asked for' "$(cat out)" "here${nl}here${nl}odd"
is 'to be written, where that is not ro'   "$(cat bound/new; ls bound)" "new${nl}file${nl}new"
try 66 'a bind of nothing'                 aoinb -c "$conf" run --bind=none:/mnt probe -- true
says err 'bind none' 'is named'
try 65 'one that names no place'           aoinb -c "$conf" run --bind=bound probe -- true
says err 'not SRC:DST or SRC:DST:ro: bound' 'is told'
try 0 '-n'                                 aoinb -n -c "$conf" run --bind=bound:/mnt probe -- true
says out '--bind=bound:/mnt .*--input' 'shows it'
try 0 'changes'                            in_probe touch /srv/changed
try 1 'are thrown away'                    in_probe test -e /srv/changed
is 'with the job'                          "$(aoinb -c "$conf" ls jobs | grep -c -- '-probe')" 0
try 66 'run of an unknown branch or job'   aoinb -c "$conf" run nosuch -- true
try 64 'run without a program'             aoinb -c "$conf" run probe
try 64 'shell without a terminal'          aoinb -c "$conf" shell probe
says err 'aoinb run' 'says what does without'
try 0 'shell, dry'                         aoinb -c "$conf" -n shell probe
says out 'aoinb-mount .*aoinb-run .*--tty.* /bin/bash -l$' 'shows the chain'
# shellcheck disable=SC2016 # for the inner shell
ok 'shell on a terminal'                   sh -c 'printf "%s\n" "expect # " "send stty size\\r" "expect 33 99" "send exit 3\\r" |
    "$1/tests/run-tty" 33 99 aoinb -c "$2" shell probe >shown; [ $? -eq 3 ]' sh "$top" "$conf"

# Workspaces that are kept become layers.
try 0 'run --keep'                         aoinb -c "$conf" run --keep probe -- \
    sh -c 'mkdir -p /srv/old/sub /srv/dir/sub; echo one >/srv/old/sub/file; : >/srv/gone; : >/srv/dir/sub/file; : >/srv/file'
job=$(cat out)
ok 'prints its job'                        test -d "$work/jobs/$job/upper"
try 0 'commit BRANCH'                      aoinb -c "$conf" commit probe
is 'prints the layer'                      "$(cat out)" "$(instance)"
before=$(instance)
try 0 'another one'                        aoinb -c "$conf" run --keep probe -- \
    sh -c 'mv /srv/old /srv/new; rm /srv/gone /srv/file; rm -r /srv/dir; echo file >/srv/dir; mkdir /srv/file'
job=$(cat out)
try 0 'is entered again'                   aoinb -c "$conf" run "$job" -- touch /srv/again
try 0 'commit JOB'                         aoinb -c "$conf" commit "$job"
try 0 'everything is as it was left'       in_probe sh -c \
    'cat /srv/new/sub/file /srv/dir; ls -F /srv'
is 'renamed, removed, replaced'            "$(tr '\n' ' ' <out)" 'one file again dir file/ new/ '
is 'committed, the workspace is gone'      "$(find "$work/jobs/$job" -name upper)" ''
try 66 'and cannot be committed twice'     aoinb -c "$conf" commit "$job"
try 0 'rollback'                           aoinb -c "$conf" rollback probe
is 'prints the layer'                      "$(cat out) $(instance)" "$before $before"
try 0 'and it is all back'                 in_probe sh -c 'cat /srv/old/sub/file; ls -F /srv'
is 'indeed'                                "$(tr '\n' ' ' <out)" 'one dir/ file gone old/ '
try 0 'a workspace is kept'                aoinb -c "$conf" run --keep probe -- touch /srv/one
one=$(cat out)
try 0 'and another one'                    aoinb -c "$conf" run --keep probe -- touch /srv/two
try 0 'this one is committed'              aoinb -c "$conf" commit "$(cat out)"
try 75 'that one is too late'              aoinb -c "$conf" commit "$one"
says err 'probe has moved on' 'and told so'
ok 'but it is still there'                 test -e "$work/jobs/$one/upper/srv/one"
try 66 'rollback of an unknown instance'   aoinb -c "$conf" rollback nosuch

# What a container wrote is read by descriptor, as far as it is wanted.
mkdir taken
echo hello >taken/plain
ln -s /etc/shadow taken/link
mkfifo taken/fifo
mkdir taken/folder
truncate -s 8G taken/large
take() { timeout 10 aoinb-layer -w "$work" take "$@"; }
try 0 'a file'                             take taken plain 3
is 'its first bytes'                       "$(cat out)" hel
try 0 'one that is not there'              take taken none 10
is 'holds nothing'                         "$(cat out)" ''
try 65 'a link'                            take taken link 10
says err 'taken/link: not a regular file' 'is told'
try 65 'a FIFO'                            take taken fifo 10
try 65 'a folder'                          take taken folder 10
try 0 'eight gigabytes'                    take taken large 10
is 'are not read'                          "$(stat -c %s out)" 10
try 64 'what is elsewhere'                 take taken ../taken/plain 10
# update.sh ends with cut, which an image may have of its own.
cp "$list" "$conf/source_lists/evil.list"
cp "$conf/aoinb.ini" "$conf/aoinb.before"
for evil in 'ln -s /etc/shadow' 'mkfifo' 'truncate -s 8G' mkdir; do
	# shellcheck disable=SC2016 # for the inner shell
	aoinb -c "$conf" run --keep evil -- sh -c 'printf "#!/bin/sh\ncat >/dev/null; rm -f /buildroot/output/state; exec %s /buildroot/output/state\n" "$1" >/usr/bin/cut' sh "$evil" >/dev/null
	try 0 'an image lies'              aoinb -c "$conf" commit evil
	touch -d '1 minute ago' "$work/ref/checked/evil"
	setting instance_update=always
	try 65 "a state made by $evil"     timeout 60 aoinb -c "$conf" build tiny evil
	says err 'update of evil: the container wrote no state' 'is none'
	cp "$conf/aoinb.before" "$conf/aoinb.ini"
	aoinb -c "$conf" cleanup evil
done

# What an update downloads is downloaded once; what a session does is its own.
try 0 'apt downloads'                      in_probe apt-get -qy install probe
is 'from the repository'                   "$(asked probe_4)" 1
before=$(ls "$work/cache/debs")
# shellcheck disable=SC2016 # for the inner shell
try 0 'a hostile session'                  in_probe sh -c 'cd /var/cache/apt/archives
	cp --remove-destination /bin/true probe_4_all.deb
	cp /bin/true probe_5_all.deb
	cp /bin/true other_1_all.deb
	cp /bin/true ODD.deb
	ln -s /etc/shadow shadow_1_all.deb
	mkdir folder_1_all.deb
	: >"$(printf "a\nb_1_all.deb")"'
is 'brings nothing into the cache'         "$(ls "$work/cache/debs")" "$before"
try 0 'an instance with the package in it' aoinb -c "$conf" run --keep probe -- apt-get -qy install probe
try 0 'is committed'                       aoinb -c "$conf" commit probe
probe 5; checked '1 minute'
try 0 'an update upgrades it'              aoinb -c "$conf" build tiny probe
try 0 'indeed'                             in_probe cat /usr/share/probe/version
is 'to the new version'                    "$(cat out)" 5
try 0 'the update is rolled back'          aoinb -c "$conf" rollback probe
checked '1 minute'
try 0 'and made again'                     aoinb -c "$conf" build tiny probe
try 0 'indeed'                             in_probe cat /usr/share/probe/version
is 'without another download'              "$(cat out) $(asked probe_5)" '5 1'

# Two builds at once, which wait for us inside; and everything that could disturb
# them meanwhile.
try 0 'a mark in the instance'             aoinb -c "$conf" run --keep probe -- sh -c 'echo mark >/etc/mark'
try 0 'is committed'                       aoinb -c "$conf" commit probe
marked=$(instance)
for name in left right; do
	bundle_tiny "$name"
	sed -i "s/tiny/$name/" "$name/autobuild/defines"
	cat >"$name/autobuild/build" <<-'END'
		echo waiting
		until [ -e /buildroot/bundle/go ]; do sleep 0.05; done
		mkdir -p "$PKGDIR"/usr/share
		cat /etc/mark >"$PKGDIR/usr/share/$PKGNAME"
		ls /usr/bin >/dev/null
	END
	aoinb -c "$conf" build "$name" probe >"$name.out" 2>"$name.err" &
	eval "$name=$!"
done
# waiting NAME - the build of NAME waits for us
# shellcheck disable=SC2317 # wait_for calls it
waiting() {
	grep -qs waiting "$work"/jobs/*-"$1"/log
}
ok 'one build runs'                        wait_for 60 waiting left
ok 'and another of the same branch'        wait_for 60 waiting right
left_job=$(basename "$work"/jobs/*-left)
right_job=$(basename "$work"/jobs/*-right)
is 'they are listed'                       "$(aoinb -c "$conf" ls jobs | awk -F '\t' '$3 == "running" { print $1 }')" \
    "$(printf '%s\n' "$left_job" "$right_job" | sort)"
aoinb -c "$conf" log -f "$left_job" >followed &
follower=$!
try 75 'cleanup of their branch'           aoinb -c "$conf" cleanup probe
says err "$left_job\|$right_job" 'names one of them'
for what in all baseos jobs; do
	try 75 "cleanup $what"             aoinb -c "$conf" cleanup "$what"
done
try 75 'commit of a running job'           aoinb -c "$conf" commit "$left_job"
try 75 'job of a running job'              aoinb -c "$conf" job "$left_job" build
try 75 'a session in a running job'        aoinb -c "$conf" run "$left_job" -- true
probe 6; checked '1 minute'
try 0 'the instance is updated meanwhile'  aoinb -c "$conf" build tiny probe
ok 'to a new layer'                        test "$(instance)" != "$marked"
try 0 'and the base'                       aoinb -c "$conf" update-baseos --list=probe
try 0 'so the instance starts anew'        aoinb -c "$conf" build tiny probe
try 1 'and has no mark any more'           in_probe test -e /etc/mark
try 0 'gc'                                 aoinb -c "$conf" gc
ok 'keeps what they stand on'              test -d "$work/layers/$marked/tree"
touch "$work/jobs/$left_job/bundle/go" "$work/jobs/$right_job/bundle/go"
for name in left right; do
	pid=''
	eval "pid=\$$name"
	code=0; wait "$pid" || code=$?
	is "the $name build succeeds"      "$code $(cat "$name.out"; grep -v ': ok, ' "$name.err")" \
	    "0 $work/output/probe/${name}_1-0_noarch.deb"
	is 'on the layers it began with'   "$(jq -r '.layers | last' "$work/jobs/"*"-$name/result.json")" "$marked"
	is 'which it saw until the end'    "$(dpkg-deb --fsys-tarfile "$work/output/probe/${name}_1-0_noarch.deb" | tar -xO "./usr/share/$name")" mark
done
ok 'log -f ends with the job'              wait "$follower"
is 'and has shown all of it'               "$(cmp followed "$work/jobs/$left_job/log")" ''
n=$(find "$work/layers" -maxdepth 1 | wc -l)
try 0 'gc'                                 aoinb -c "$conf" gc
ok 'removes what nothing stands on now'    test "$(find "$work/layers" -maxdepth 1 | wc -l)" -lt "$n"
ok 'such as that layer'                    test ! -e "$work/layers/$marked"
try 75 'whose workspace cannot be committed' aoinb -c "$conf" commit "$one"

# Jobs by name.
try 0 'log of a job'                       aoinb -c "$conf" log left
is 'by a part of its name'                 "$(cmp out "$work/jobs/$left_job/log")" ''
try 0 'by the name of a package'           aoinb -c "$conf" log tiny
is 'its newest job'                        "$(cmp out "$(find "$work/jobs" -maxdepth 1 -name '*-tiny*' | LC_ALL=C sort | tail -n 1)/log")" ''
try 66 'a part of many names'              aoinb -c "$conf" log tin
says err 'more than one job is like tin' 'names them'
try 66 'no such job'                       aoinb -c "$conf" log nosuch
try 64 'no name at all'                    aoinb -c "$conf" log ../conf
bundle_tiny newest 3
try 0 'a build'                            aoinb -c "$conf" build --no-update newest probe
is 'is the last'                           "$(aoinb -c "$conf" log last | tail -n 1)" 'build.sh: made newest_3-0_noarch.deb'
rm "$(cat out)"
for step in instance fetch build; do
	try 0 "its step $step can be run again" aoinb -c "$conf" job last "$step"
done
last=$(aoinb -c "$conf" ls jobs | tail -n 1 | cut -f 1)
try 0 'the workspace is there to be looked at' aoinb -c "$conf" run "$last" -- test -e /buildroot/bundle/spec
try 0 'then collect'                       aoinb -c "$conf" job last collect
is 'gives the same package'                "$(cat out)" "$work/output/probe/newest_3-0_noarch.deb"
try 0 'and clean'                          aoinb -c "$conf" job last clean
ok 'removes the workspace'                 test ! -e "$work/jobs/$last/upper"
try 0 'or all of them'                     aoinb -c "$conf" job newest
try 64 'but not others'                    aoinb -c "$conf" job last dance
try 64 'nor those of a session'            aoinb -c "$conf" job "$one"
try 0 'ls'                                 aoinb -c "$conf" ls jobs
is 'is a table of five columns'            "$(awk -F '\t' 'NF != 5' out)" ''
try 0 'ls layers'                          aoinb -c "$conf" ls layers
is 'is one of six'                         "$(awk -F '\t' 'NF != 6' out)" ''
is 'of all layers'                         "$(cut -f 1 out)" "$(ls "$work/layers")"
try 64 'ls of anything else'               aoinb -c "$conf" ls bundles

# On a terminal.
bundle_tiny slow
sed -i '1i echo under way; sleep 3' slow/autobuild/build
# shellcheck disable=SC2016 # for the inner shell
ok 'a build on a terminal shows progress'  sh -c 'printf "%s\n" "expect under way" "expect slow_1-0_noarch.deb" |
    "$1/tests/run-tty" 24 80 aoinb -c "$2" build --no-update slow probe >shown' sh "$top" "$conf"
sed -i 's/sleep 3/sleep 600/' slow/autobuild/build
# shellcheck disable=SC2016 # for the inner shell
ok 'Ctrl-C ends one with 130'              sh -c 'printf "%s\n" "expect under way" "send \\x03" "expect interrupted" |
    env --default-signal=INT "$1/tests/run-tty" 24 80 aoinb -c "$2" build --no-update slow probe >shown; [ $? -eq 130 ]' sh "$top" "$conf"
is 'and is recorded'                       "$(cat "$work"/jobs/*-slow*/result.json | jq -r .verdict | sort | tr '\n' ' ')" 'ok stopped '

# Cleaning up.
try 0 'cleanup of an instance'             aoinb -c "$conf" cleanup probe
try 66 'there is none any more'            aoinb -c "$conf" cleanup probe
try 0 'cleanup jobs'                       aoinb -c "$conf" cleanup jobs
is 'there is none any more'                "$(ls "$work/jobs")" ''
is 'nor a lock of one'                     "$(find "$work/lock" -name 'job.*')" ''
try 0 'cleanup baseos'                     aoinb -c "$conf" cleanup baseos
is 'no layer is left'                      "$(ls "$work/layers")" ''
try 66 'so nothing can be built'           aoinb -c "$conf" build tiny stable
try 0 'cleanup all'                        aoinb -c "$conf" cleanup all
ok 'packages stay'                         test -e "$work/output/probe/tiny_1-0_noarch.deb"
nothing_left

finish
