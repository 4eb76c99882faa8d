#!/bin/sh
# aoinb work: over TLS, from nothing, and on what other machines have made
. "${0%/*}/lib.sh"
need_root
need nginx apt-ftparchive pgrep
. "$top/tests/work-words.sh"

# published NAME - the repository has it
published() {
	curl -fsS "$url/repo/stable/Packages" | grep -qx "Package: $1"
}
# sleeps - the script of the package "slow" runs
sleeps() {
	pgrep -f '/slow\.postinst' >/dev/null
}

worker_new w2
nginx_conf
nginx_start

echo '# a machine without a base system, by TLS'
bundle_of first 'mkdir -p "$PKGDIR"/usr/bin; printf "#!/bin/sh\\necho the first\\n" >"$PKGDIR"/usr/bin/first; chmod 755 "$PKGDIR"/usr/bin/first'
tar --xattrs --xattrs-include='*' --numeric-owner -C "$(B=$B sh "$top/tests/base.sh")" -cf base.tar .
work=$work_w1
rm -rf "$work/ref" "$work/layers"
aoinb-conf -f w1/conf/aoinb.ini -D work_server="https://localhost:$tls" ini >next.ini && mv next.ini w1/conf/aoinb.ini
id=$(submit first)
try 66 'without a base system it says so'  aoinb -c w1/conf work --once
says err 'no base system; .*\[work\] base' 'and what to do'
aoinb-conf -f w1/conf/aoinb.ini -D work_base="$scratch/base.tar" ini >next.ini && mv next.ini w1/conf/aoinb.ini
try 0 "with its certificate"                 env CURL_CA_BUNDLE="$scratch/tls.pem" aoinb -c w1/conf work --once
is 'the base system is loaded'             "$(aoinb -c w1/conf ls layers | grep -c '	base	')" 1
is 'it is built'                           "$(status "$id" '"\(.state) \(.worker)"')" 'ok w1'
try 0 'by who may'                         admin "/task/$id/publish" -X PUT
ok 'then it is'                            wait_for 20 published first

id=$(submit first)
try 124 'a server that nobody vouches for' timeout 5 aoinb -c w1/conf work --once
says err 'certificate' 'is not spoken to'
is 'the task still waits'                  "$(status "$id" .state)" queued
ask 200 'and is cancelled'                 "$me" "/task/$id/cancel" -X PUT

echo '# what one machine made, another builds upon'
# shellcheck disable=SC2154 # by worker_new
work=$work_w2
bundle_of second '[ "$(first)" = "the first" ]'
sed -i '$aBUILDDEP=first' second/autobuild/defines
tar -C second -czf second.tar.gz .
id=$(submit second)
try 0 'the other one builds'               aoinb -c w2/conf work --once
is 'on it'                                 "$(status "$id" '"\(.state) \(.worker)"')" 'ok w2'

echo '# cancelled while dependencies are installed'
bundle_of third 'echo built'
sed -i '$aBUILDDEP=slow' third/autobuild/defines
mkdir slow && mkdir slow/DEBIAN && printf 'Package: slow\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b>\nDescription: x\n' >slow/DEBIAN/control
printf '#!/bin/sh\nsleep 12\n' >slow/DEBIAN/postinst && chmod 755 slow/DEBIAN/postinst
mkdir mirror && dpkg-deb -Znone -b slow mirror >/dev/null
(cd mirror && apt-ftparchive packages . >Packages && apt-ftparchive release . >../Release && mv ../Release .)
python3 -u -m http.server --bind 127.0.0.1 --directory mirror 0 >http.log 2>&1 &
later "kill $!"
wait_for 10 grep -q 'port [0-9]' http.log
echo "deb [trusted=yes] http://127.0.0.1:$(sed -n 's/.*port \([0-9]*\).*/\1/p' http.log) ./" >>w2/conf/source_lists/stable.list
tar -C third -czf third.tar.gz .
worker_start w2
id=$(submit third)
ok 'it is in the step deps'                wait_for 60 step_is "$id" deps
ok 'and in the middle of it'               wait_for 60 sleeps
ask 202 'it is cancelled'                  "$me" "/task/$id/cancel" -X PUT
ok 'and ends'                              wait_for 60 state_is "$id" cancelled
ok 'nothing of it is left'                 wait_for 10 at_rest
ok 'nothing of it runs'                    wait_for 10 none_built

echo '# killed while dependencies are installed'
id=$(submit third)
ok 'it is in the middle of that'           wait_for 60 sleeps
worker_kill w2
ok 'nothing of it runs'                    wait_for 10 none_running
worker_start w2
ended_well "$id" 'the same attempt builds it'
worker_stop w2
finish
