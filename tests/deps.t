#!/bin/sh
# dependencies: what is installed once, as a layer, and when it is not good any more
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need jq python3 dpkg-deb

# An apt repository of our own, so that we say what there is and see what is asked.
# package NAME VERSION [LINE]... - one more in it, with these lines in its control
package() {
	rm -rf deb
	mkdir -p deb/DEBIAN "deb/usr/share/$1" repo
	echo "$2" >"deb/usr/share/$1/version"
	printf '%s\n' "Package: $1" "Version: $2" 'Architecture: all' \
	    'Maintainer: T <t@localhost>' 'Description: a test' >deb/DEBIAN/control
	name=$1 version=$2; shift 2
	[ $# -eq 0 ] || printf '%s\n' "$@" >>deb/DEBIAN/control
	[ ! -e big ] || cp big "deb/usr/share/$name/"
	[ ! -e postinst ] || install -m 755 postinst deb/DEBIAN/postinst
	deb=repo/${name}_${version}_all.deb
	dpkg-deb --build --root-owner-group -Znone deb "$deb" >/dev/null
	{
		[ ! -e repo/Packages ] || cat repo/Packages
		cat deb/DEBIAN/control
		printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "${deb#*/}" \
		    "$(stat -c %s "$deb")" "$(sha256sum <"$deb" | cut -d ' ' -f 1)"
	} >Packages
	mv Packages repo/Packages
	printf 'Suite: probe\nSHA256:\n %s %s Packages\n' \
	    "$(sha256sum <repo/Packages | cut -d ' ' -f 1)" "$(stat -c %s repo/Packages)" >repo/Release
	days=$((${days:-0} + 1))
	touch -d "2024-01-01 + $days days" repo/Packages repo/Release
}

package libb 1
package liba 1 'Depends: libb (>= 1)'
package tool 2 'Provides: a-tool'
package unmet 1 'Depends: nowhere-at-all'
package gone 1
package slow 1
package spare 1
printf '#!/bin/sh\necho installing; until [ -e /buildroot/toolbox/../output/go ]; do sleep 0.1; done\n' >postinst
package waits 1
rm postinst repo/gone_1_all.deb
head -c 4M /dev/urandom >big
for n in 1 2 3; do package "big$n" 1; done
rm big
python3 -u -m http.server --bind 127.0.0.1 --directory repo 0 >served 2>requests &
later "kill $!"
ok 'a repository is there'                 wait_for 10 grep -qs port served
url=http://127.0.0.1:$(sed 's/.* port \([0-9]*\).*/\1/' served)

world_new w
echo "deb [trusted=yes] $url ./" >"$conf/source_lists/probe.list"

# setting KEY=VALUE - in our configuration, from here on
setting() {
	aoinb-conf -f "$conf/aoinb.ini" -D "$1" ini >"$conf/next.ini"
	mv "$conf/next.ini" "$conf/aoinb.ini"
}

# bundle DIR [LINE]... - a bundle that makes the package DIR, with these lines in its
# defines; its log says what was installed when it was built
bundle() {
	bundle_tiny "$1"
	sed -i "s/tiny/$1/" "$1/autobuild/defines"
	cat >"$1/autobuild/build" <<-'END'
		echo "deps: ${AOINB_DEPS-}"
		cd /usr/share
		for file in {lib?,tool,spare,local,big?}/version; do [ ! -e $file ] || echo "has ${file%/*} $(<$file)"; done
		mkdir -p "$PKGDIR/usr/share/$PKGNAME"
		echo "${SAYS-1}" >"$PKGDIR/usr/share/$PKGNAME/version"
	END
	name=$1; shift
	[ $# -eq 0 ] || printf '%s\n' "$@" >>"$name/autobuild/defines"
}

# build BUNDLE [OPTION]... - on the branch; sets job
build() {
	built=0
	aoinb -c "$conf" build "$@" probe || built=$?
	return "$built"
}

# job - the folder of the newest
job() {
	find "$work/jobs" -mindepth 1 -maxdepth 1 -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d ' ' -f 2-
}

# had - what was installed in the newest build, on one line
had() {
	sed -n 's/^has //p' "$(job)/log" | tr '\n' ' '
}

# deps - the layers of dependencies, on one line
deps() {
	aoinb -c "$conf" ls layers | awk -F '\t' -v ORS=' ' '$2 == "deps" { print $1 }'
}

# on - the layer that the newest job stood on
on() {
	jq -r '.layers | last' "$(job)/result.json"
}

# apt - whether apt was asked by the newest job
apt() {
	if [ -e "$(job)/deps.log" ]; then echo yes; else echo no; fi
}

# asked - how many requests there were
asked() {
	grep -c GET requests
}

echo '# made once'
bundle plain
try 0 'a package without dependencies'     build plain
is 'asks no apt, and has no layer'         "$(apt) $(deps)" 'no '
is 'and nothing more is to be installed'   "$(grep ^deps: "$(job)/log")" 'deps: done'
bundle one 'BUILDDEP="tool>=1 liba"'
try 0 'a package with dependencies'        build one
is 'has them'                              "$(had)" 'liba 1 libb 1 tool 2 '
is 'and is told so'                        "$(grep ^deps: "$(job)/log")" 'deps: done'
layer=$(on)
is 'they are in a layer'                   "$(deps)" "$layer "
is 'which lists show, and who wanted it'   "$(aoinb -c "$conf" ls layers | awk -F '\t' '$2 == "deps" { print $3, $6 }')" \
    "$(cat "$work/ref/instance/probe") one"
is 'apt was asked'                         "$(apt)" yes
is 'what it downloaded is in the cache, by its digest'    "$(cd "$work/cache/debs" && echo *)" \
    "$(sha256sum repo/liba_1_all.deb repo/libb_1_all.deb repo/tool_2_all.deb | cut -d ' ' -f 1 | LC_ALL=C sort | paste -sd ' ')"
is 'its own cache is not in the layer'     "$(find "$work/layers/$layer/tree" -name '*pkgcache.bin')" ''
n=$(asked)
try 0 'once more'                          build one
is 'the same layer'                        "$(had)$(on)" "liba 1 libb 1 tool 2 $layer"
is 'without apt'                           "$(apt) $(asked)" "no $n"
bundle two 'BUILDDEP="liba"' 'PKGDEP="tool>=1  bash"'
sed -i 's/  bash//' two/autobuild/defines
try 0 'another package, another order'     build two
is 'the same layer, without apt'           "$(on) $(apt)" "$layer no"
bundle three 'BUILDDEP="libb nowhere|a-tool bash liba"'
try 0 'other words for the same'           build three
is 'apt has to be asked'                   "$(apt)" yes
is 'but the layer serves'                  "$(on) $(asked)" "$layer $n"
try 0 'and then apt has not'               build three
is 'any more'                              "$(apt) $(on)" "no $layer"
bundle four 'BUILDDEP="spare"'
try 0 'another set'                        build four
is 'is another layer'                      "$(had)$(deps)" "spare 1 $layer $(on) "
bundle none 'BUILDDEP="bash dpkg>=1"'
try 0 'what the instance has'              build none
is 'is no layer'                           "$(apt) $(on)" "yes $(cat "$work/ref/instance/probe")"
try 0 'and is known, too'                  build none
is 'without apt'                           "$(apt)" no

echo '# what cannot be had'
before=$(deps)
bundle bad 'BUILDDEP="liba nowhere a-tool other>=2|elsewhere"'
try 1 'what nothing is or provides'        build bad
says err '^aoinb: [0-9-]*bad: no package is or provides: nowhere, other>=2|elsewhere$' 'is named'
is 'in one line'                           "$(wc -l <err)" 1
is 'the build has failed'                  "$(jq -r .verdict "$(job)/result.json")" failed
says "$(job)/log" 'nowhere'                'what apt said is in the log'
is 'and the line that says why in the record' "$(jq -r '.why[0].text | test(" : Depends: (nowhere|other).* but it is not ")' "$(job)/result.json")" true
bundle bad 'BUILDDEP="unmet"'
try 1 'what depends on such a thing'       build bad
says err 'Depends: nowhere-at-all'         'is told as apt does'
bundle bad 'BUILDDEP="gone"'
try 69 'what the server has lost'          build bad
says err 'a mirror lacks what its lists name' 'is not the fault of the package'
is 'as its verdict says'                   "$(jq -r .verdict "$(job)/result.json")" error
bundle bad 'BUILDDEP="liba \$(x) --force"'
try 1 'what is no word of apt'             build bad
says err '"$(x)" is no dep'                       'is refused'
is 'nothing of all that is left'           "$(deps)$(leavings)" "$before"
is 'no lock either'                        "$(find "$work/lock" -name 'deps.*')" ''
setting limit_disk_free=900T
bundle full 'BUILDDEP="slow"'
try 122 'no space'                         build full
setting limit_disk_free=512M

echo '# what is not wanted from apt, or not from us'
bundle multi
mkdir multi/01-first multi/02-second
for part in 01-first 02-second; do
	sed "s/^PKGNAME=.*/PKGNAME=${part#*-}/" multi/autobuild/defines >"multi/$part/defines"
	cp multi/autobuild/build "multi/$part/build"
done
rm -r multi/autobuild
echo 'PKGPROV="virtual"' >>multi/01-first/defines
echo 'BUILDDEP="first spare virtual"' >>multi/02-second/defines
try 0 'sub-packages that want each other'  build multi
is 'and one thing more'                    "$(on) $(cat "$work/ref/instance/probe")" \
    "$(jq -r '.layers | last' "$work/jobs/"*-four/result.json) $(cat "$work/ref/instance/probe")"
is 'are built on that'                     "$(grep -c '^deps: done' "$(job)/log")" 2
bundle array 'BUILDDEP="spare"' 'if true; then PKGDEP=tool; fi'
try 0 'defines that are not all evaluated' build array
is 'autobuild installs the rest'           "$(had)" 'tool 2 spare 1 '
is 'as it is told that there may be some'  "$(grep ^deps: "$(job)/log")" 'deps: '
bundle alone 'BUILDDEP=spare' 'PKGDEP=nowhere' 'ABBUILDDEPONLY=yes'
try 0 'ABBUILDDEPONLY leaves PKGDEP'       build alone
bundle unfit 'BUILDDEP=slow' "FAIL_ARCH=$(dpkg --print-architecture)"
try 1 'a package that is not for this'     build unfit
is 'gets nothing installed'                "$(apt) $(grep -c 'known to fail' "$(job)/log")" 'no 1'

echo '# without the network'
try 0 'dependencies are there'             build --no-network one
is 'all of them'                           "$(had)" 'liba 1 libb 1 tool 2 '
bundle five 'BUILDDEP="slow"'
printf 'cat </dev/tcp/%s && exit 9\n:\n' "$(echo "${url#http://}" | tr : /)" >>five/autobuild/build
try 0 'new ones, too'                      build --no-network five
is 'and were installed'                    "$(apt)" yes
ok 'but the build sees no network'         grep -q 'Network is unreachable\|Connection refused' "$(job)/log"
try 1 'what we could not read is missing'  build --no-network array
says "$(job)/log" 'no network to install: tool' 'as autobuild says'

echo '# jobs by hand'
try 0 'dry'                                aoinb -c "$conf" -n build one probe
says out 'toolbox/deps.sh install$'        'shows the chain'
says out 'AOINB_DEPS=done'                 'and what the build is told'
try 0 'a job'                              build --keep one
job=$(job)
try 0 'its workspace stands on the layer'  aoinb -c "$conf" run "${job##*/}" -- cat /usr/share/liba/version
for step in instance deps build collect; do
	try 0 "its step $step"             aoinb -c "$conf" job "${job##*/}" "$step"
done
try 0 'deps twice'                         aoinb -c "$conf" job "${job##*/}" deps deps
is 'is the same'                           "$(cat "$job/stack.deps") $(cat "$job/deps")" "$(cat "$job/stack") $layer done"
is 'once'                                  "$(tr ' ' '\n' <"$job/stack.deps" | grep -cx "$layer")" 1
try 0 'and dry'                            aoinb -c "$conf" -n job "${job##*/}" deps
says out 'toolbox/deps.sh install$'        'shows the chain, too'
try 0 'all of it'                          aoinb -c "$conf" job "${job##*/}"

echo '# commit takes the dependencies along'
try 0 'a workspace'                        build --keep one
try 0 'is committed'                       aoinb -c "$conf" commit "$(basename "$(job)")"
try 0 'and the instance has them'          aoinb -c "$conf" run probe -- cat /usr/share/libb/version
try 0 'gc'                                 aoinb -c "$conf" gc
ok 'leaves what it stands on'              test -d "$work/layers/$layer"
is 'and no other'                          "$(deps)" "$layer "
try 0 'rollback'                           aoinb -c "$conf" rollback probe
is 'goes to the instance below'            "$(cat out)" "$(sed -n 's/^parent=//p' "$work/layers/$layer/info")"
try 0 'where the layer serves again'       build one
is 'indeed'                                "$(on)" "$layer"

echo '# an autobuild of the base'
setting repo_also=own
cat >autobuild.own <<'END'
#!/bin/bash
env | grep -E '^(PKG|AOINB_DEPS)' | LC_ALL=C sort >/buildroot/output/given
cat /usr/share/tool/version >>/buildroot/output/given
mkdir -p pkg/DEBIAN
printf 'Package: own\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b>\nDescription: x\n' >pkg/DEBIAN/control
dpkg-deb -b pkg own_1-0_noarch.deb
END
try 0 'is put there'                       aoinb -c "$conf" run --keep probe -- touch /usr/bin/autobuild
install -m 755 autobuild.own "$work/jobs/$(cat out)/upper/usr/bin/autobuild"
try 0 'as a layer'                         aoinb -c "$conf" commit "$(cat out)"
try 0 'it runs'                            build --keep two
is 'and is given what it should, and the dependencies' "$(tr '\n' ' ' <"$(job)/output/given")" \
    'AOINB_DEPS=done PKGEPOCH=0 PKGREL=0 PKGVER=1 2 '
aoinb -c "$conf" cleanup jobs
try 0 'it goes'                            aoinb -c "$conf" rollback probe

echo '# an instance that has moved'
setting instance_update=always
package liba 2 'Depends: libb (>= 1)'
try 0 'an update'                          build one
is 'is what dependencies come from'        "$(had)" 'liba 2 libb 1 tool 2 '
is 'in a new layer; the old ones are gone' "$(deps)" "$(on) "
ok 'which is another'                      test "$(on)" != "$layer"
setting instance_update=never

echo "# the branch's own packages"
bundle local 'SAYS=first'
bundle user 'BUILDDEP="local"'
try 1 'a package that is not built yet'    build user
try 0 'is built'                           build local
try 0 'and can be used'                    build user
is 'from a layer'                          "$(had)$(aoinb -c "$conf" ls layers | awk -F '\t' -v id="$(on)" '$1 == id { print $2 }')" 'local first deps'
layer=$(on)
is 'which does not say where it came from' "$(find "$work/layers/$layer/tree" -name '*aoinb*' -o -name '*buildroot*')" ''
try 0 'once more'                          build user
is 'without apt'                           "$(apt) $(on)" "no $layer"
try 0 'something else is built'            build plain
try 0 'which has nothing to do with it'    build user
is 'so apt is not asked'                   "$(apt) $(on)" "no $layer"
bundle local 'SAYS=second'
try 0 'it is built anew, the version stays' build local
try 0 'and used'                           build user
is 'as it is now'                          "$(had)$(apt)" 'local second yes'
ok 'in another layer'                      test "$(on)" != "$layer"
bundle virtual 'PKGPROV=virtual'
try 0 'one that provides something'        build virtual
bundle wants 'BUILDDEP=virtual'
try 0 'can be had by that'                 build wants
bundle liba 'PKGVER=9' 'SAYS=ours'
sed -i s/VER=1/VER=9/ liba/spec
try 0 'one that the mirror has, too'       build liba
try 0 'goes before it'                     build one
is 'though the memo said otherwise'        "$(had)" 'liba ours tool 2 '
try 0 'an instance has it from the mirror' aoinb -c "$conf" run --keep probe -- apt-get -qy install liba=2 libb
try 0 'installed'                          aoinb -c "$conf" commit probe
bundle six 'BUILDDEP=libb'
try 0 'who does not want it leaves it'     build six
is 'as it is'                              "$(had)" 'liba 2 libb 1 '
try 0 'who wants it'                       build two
is 'builds against ours'                   "$(had)" 'liba ours libb 1 tool 2 '
try 0 'the instance goes'                  aoinb -c "$conf" rollback probe
setting repo_use=no
try 0 'repo = no'                          build one
is 'is the mirror only'                    "$(had)" 'liba 2 libb 1 tool 2 '
setting repo_use=yes

echo '# killed, and at once'
# installing - the logs of those that are
installing() {
	grep -ls ^installing "$work"/jobs/*/deps.log
}
bundle slowly 'BUILDDEP=waits'
before=$(deps)
for signal in INT KILL; do
	group aoinb -c "$conf" build slowly probe
	ok 'an install hangs'              wait_for 30 eval 'installing >/dev/null' 
	group_kill "$signal"
	is "SIG$signal ends it"            "$code" "$((128 + $(env kill -l "$signal")))"
	ok 'and leaves no process'         wait_for 20 none_running
	is 'and no layer'                  "$(deps)" "$before"
	[ "$signal" = INT ] || try 0 'gc'  aoinb -c "$conf" gc
	is 'nor half of one, nor a lock'   "$(leavings; find "$work/lock" -name 'deps.*'; find "$work/jobs" -name resolve)" ''
	aoinb -c "$conf" cleanup jobs
done
before=$(deps)
bundle left 'BUILDDEP="waits tool"'
bundle right 'BUILDDEP="tool waits a-tool"'
for name in left right; do
	aoinb -c "$conf" build "$name" probe >"$name.out" 2>"$name.err" &
	eval "$name=$!"
done
ok 'one installs'                          wait_for 30 eval 'installing >/dev/null' 
# waiting - the other one waits for the lock
waiting() {
	set -- "$work"/jobs/*/deps.log
	[ $# -eq 2 ] && pgrep -xf 'flock -x 8' >/dev/null
}
ok 'the other waits'                       wait_for 30 waiting
sleep 1
is 'and does not'                          "$(installing | wc -l)" 1
touch "$(installing | sed 's/deps.log/resolve\/output\/go/')"
for name in left right; do
	pid=''
	eval "pid=\$$name"
	code=0; wait "$pid" || code=$?
	is "the $name build succeeds"      "$code $(grep -v ': ok, ' "$name.err")" '0 '
done
is 'both on one layer'                     "$(jq -r '.layers | last' "$work"/jobs/*/result.json | uniq | wc -l)" 1
is 'the only new one'                      "$(deps | wc -w)" "$(($(echo "$before" | wc -w) + 1))"
is 'no lock is left'                       "$(find "$work/lock" -name 'deps.*')" ''

echo '# the limit'
aoinb -c "$conf" cleanup jobs
for n in 1 2 3; do
	bundle "use$n" "BUILDDEP=big$n"
done
# held BUNDLE - the layer that the last build of it stood on, if it is there
held() {
	layer=$(jq -r '.layers | last' "$work"/jobs/*-"$1"*/result.json | tail -n 1)
	[ -d "$work/layers/$layer" ]
}
try 0 'a large one'                        build use1
one=$(sed -n 's/^size_kib=//p' "$work/layers/$(on)/info")
setting "deps_max_size=$((one * 5 / 2))K"
touch -d '1 hour ago' "$work"/cache/deps/*/used.*
try 0 'another'                            build use2
ok 'keeps the first'                       held use1
touch -d '1 hour ago' "$work"/cache/deps/*/used.*
try 0 'which is used again'                build use1
try 0 'so that a third'                    build use3
ok 'lets the second go'                    eval 'held use1 && held use3 && ! held use2'
is 'and what was said of its use'          "$(find "$work"/cache/deps -name 'used.*' | wc -l)" 2
touch -d '1 hour ago' "$work"/cache/deps/*/used.*
try 0 'a kept workspace'                   build --keep use1
kept=$(basename "$(job)")
touch -d '2 hours ago' "$work"/cache/deps/*/used."$(on)"
try 0 'and the second again'               build use2
ok 'keeps what that stands on'             eval 'held use1 && held use2 && ! held use3'
try 0 'which can be entered'               aoinb -c "$conf" run "$kept" -- test -e /usr/share/big1/big
setting deps_max_size=1K
try 0 'a limit that is too small'          build use3
ok 'leaves what is used'                   held use1
ok 'and what was just made'                held use3
try 0 'whose job has ended'                build one
ok 'until the next'                        eval 'held use1 && ! held use3'
setting deps_max_size=0
try 0 'no limit'                           build use3
try 0 'keeps all'                          build use2
is 'of them'                               "$(deps | wc -w)" 4

echo '# cleaning up'
try 0 'gc'                                 aoinb -c "$conf" gc
is 'keeps what the next build may use'     "$(deps | wc -w)" 4
try 0 'cleanup jobs'                       aoinb -c "$conf" cleanup jobs
is 'too'                                   "$(deps | wc -w)" 4
rm -r "$work/cache/deps"
try 0 'a cache that is lost'               build use1
is 'is no loss'                            "$(deps | wc -w) $(apt)" '4 yes'
touch "$work/lock/deps.left"
try 0 'cleanup of the branch'              aoinb -c "$conf" cleanup probe
is 'is that of its dependencies'           "$(deps)" ''
is 'and of all that was known of them'     "$(find "$work/cache/deps" "$work/lock" -mindepth 1 -name '*deps*')" ''
nothing_left

finish
