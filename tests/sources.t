#!/bin/sh
# Sources by way of the front-end: every kind of file, every fault, the cache, and
# digests into specs
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need jq python3 bsdtar openssl
unset SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE

world_new w fetch_retries=0 fetch_stall_timeout=1s

# server NAME [CERT KEY] - a fault server on "served"; its port is then in NAME
server() {
	name=$1; shift
	"$top/tests/fetch-server" served "$name" log "$@" 2>"$name.err" &
	later "kill $!"
	wait_for 10 test -s "$name" || cat "$name.err"
}

# digest FILE
digest() {
	echo "sha256::$(sha256sum <"$1" | cut -c -64)"
}

# asked PATH - how often
asked() {
	grep -c "^GET $1 " log
}

# bundle NAME SPEC... - a bundle of its own whose spec has these lines, and whose
# package lists the build folder
bundle() {
	bundle_tiny "$1"
	name=$1; shift
	printf 'VER=1\n' >"$name/spec"
	printf '%s\n' "$@" >>"$name/spec"
	cat >"$name/autobuild/build" <<-'X'
		mkdir -p "$PKGDIR"/usr/share/tiny
		cd /buildroot/build
		find . -path ./.acbs-script -prune -o ! -path '*/autobuild*' ! -path '*/abdist*' -type f -printf '%P\n' |
		    LC_ALL=C sort >"$PKGDIR"/usr/share/tiny/version
	X
}

# listed - the build folder that the package just built was made in
listed() {
	dpkg-deb --fsys-tarfile "$(tail -n 1 out)" | tar -xO ./usr/share/tiny/version
}

mkdir -p served/tree/tree-1.0/deep
echo one >served/tree/tree-1.0/deep/file
echo two >served/tree/tree-1.0/readme
(
	cd served/tree || exit 1
	for kind in gz bz2 xz zst lzma; do
		bsdtar --auto-compress -cf "../tree-1.0.tar.$kind" tree-1.0
	done
	bsdtar -cf ../plain.tar tree-1.0
	bsdtar --auto-compress -cf ../short.tgz tree-1.0
	bsdtar --format=zip -cf ../tree-1.0.zip tree-1.0
	bsdtar --format=7zip -cf ../tree-1.0.7z tree-1.0
	bsdtar --format=cpio --gzip -cf ../tree-1.0.cpio.gz tree-1.0
	bsdtar --lzip -cf ../tree-1.0.tar.lz tree-1.0
	mkdir gem
	bsdtar --gzip -cf gem/data.tar.gz tree-1.0
	echo '--- !ruby' | gzip >gem/metadata.gz
	bsdtar -C gem --format=ustar -cf ../tree-1.0.gem data.tar.gz metadata.gz
	mkdir -p deb/DEBIAN
	printf 'Package: d\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b>\nDescription: d\n' >deb/DEBIAN/control
	dpkg-deb -b deb ../d.deb >/dev/null
)
rm -r served/tree
head -c 2000000 /dev/urandom >served/big
for i in 1 2 3; do
	echo "file $i" >"served/f$i"
done
: >log
server port
openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out cert -days 2 \
    -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 2>/dev/null
server tls_port cert key
tls=https://127.0.0.1:$(cat tls_port)
u=http://127.0.0.1:$(cat port)
zero=sha256::$(printf '%064d' 0)

echo '# every kind of archive'
for file in tree-1.0.tar.gz tree-1.0.tar.bz2 tree-1.0.tar.xz tree-1.0.tar.zst tree-1.0.tar.lzma \
    plain.tar short.tgz tree-1.0.zip tree-1.0.7z tree-1.0.cpio.gz tree-1.0.tar.lz; do
	bundle kind "SRCS='tbl::$u/ok/$file'" "CHKSUMS='$(digest "served/$file")'"
	try 0 "$file" aoinb -c "$conf" build kind stable
	is 'is unpacked' "$(listed | tr '\n' ' ')" 'tree-1.0/deep/file tree-1.0/readme '
done
bundle gem "SRCS=$u/ok/tree-1.0.gem" "CHKSUMS='$(digest served/tree-1.0.gem)'"
try 0 'a gem, by its bare URL'           aoinb -c "$conf" build gem stable
is 'what it holds stays packed'          "$(listed | tr '\n' ' ')" 'data.tar.gz metadata.gz '
bundle deb "SRCS=tbl::$u/ok/d.deb" "CHKSUMS='$(digest served/d.deb)'"
try 0 'a deb'                            aoinb -c "$conf" build deb stable
is 'so does this'                        "$(listed | sed 's/tar\..*/tar/' | tr '\n' ' ')" 'control.tar data.tar debian-binary '

echo '# files'
sha512=$(sha512sum <served/f2 | cut -d ' ' -f 1)
bundle files "SRCS='file::$u/ok/f1 file::rename=second::$u/ok/f2 tbl::use-url-name=true::$u/ok/short.tgz
    file::rename=third::$u/ok/f3?x=y#z none::'" \
    "CHKSUMS='$(digest served/f1) SHA512::$(echo "$sha512" | tr a-f A-F) $(digest served/short.tgz) SKIP SKIP'" SUBDIR=.
try 0 'names, algorithms, and none'      aoinb -c "$conf" build files stable
is 'each has its name'                   "$(listed | tr '\n' ' ')" 'files-1 second third tree-1.0/deep/file tree-1.0/readme '
is 'result.json has their digests'       "$(jq -r '.sources[].digest' "$work"/jobs/*-files/result.json | tr '\n' ' ')" \
    "$(digest served/f1) sha512::$sha512 $(digest served/short.tgz) $(digest served/f3) SKIP "
: >log
try 0 'the second build'                 aoinb -c "$conf" build files stable
is 'asks for what has no digest only'    "$(cut -d ' ' -f 1,2 log)" 'GET /ok/f3?x=y'
bundle arch "SRCS=file::$u/ok/f1" "CHKSUMS='$(digest served/f1)'" \
    "SRCS__$(dpkg --print-architecture | tr '[:lower:]' '[:upper:]')='file::$u/ok/f2 file::$u/ok/f3'" \
    "CHKSUMS__$(dpkg --print-architecture | tr '[:lower:]' '[:upper:]')='$(digest served/f2) $(digest served/f3)'"
try 0 'a list of the architecture'       aoinb -c "$conf" build arch stable
is 'replaces the other'                  "$(listed | tr '\n' ' ')" 'arch-1 arch-1-1 '
bundle said "SRCS='file::$u/ok/f1 file::$u/ok/f2'" "CHKSUMS='$(digest served/f1) $(digest served/f2)'"
echo '[ -L f1 ] && cmp said-1 f1 && [ ! -e f$((1 + 1)) ]' >>said/autobuild/build
try 0 'the name of a URL that a hook says' aoinb -c "$conf" build said stable
is 'is a link'                           "$(listed | tr '\n' ' ')" 'said-1 said-1-1 '
bundle parts "SRCS='file::$u/ok/f1'" "CHKSUMS='$(digest served/f1)'"
mv parts/autobuild parts/01-one
try 0 'where there are sub-packages'     aoinb -c "$conf" build parts stable
is 'a file goes by the folder'           "$(listed)" parts-1
bundle plain "SRCS='file::127.0.0.1:$(cat port)/ok/f1'" "CHKSUMS='$(digest served/f1)'"
try 0 'a URL without a scheme'           aoinb -c "$conf" build plain stable
is 'is one of http'                      "$(listed)" plain-1
bundle slash "SRCS='tbl::$u/ok/short.tgz/'" "CHKSUMS='$(digest served/short.tgz)'"
try 0 'a URL that ends in a slash'       aoinb -c "$conf" build slash stable
is 'is unpacked'                         "$(listed | tr '\n' ' ')" 'tree-1.0/deep/file tree-1.0/readme '
srcs='' sums=''
i=0
while [ "$i" -lt 184 ]; do
	i=$((i + 1))
	echo "number $i" >"served/n$i"
	srcs="$srcs file::$u/ok/n$i" sums="$sums $(digest "served/n$i")"
done
bundle many "SRCS='$srcs'" "CHKSUMS='$sums'"
try 0 '184 sources'                      aoinb -c "$conf" build many stable
is 'are all there'                       "$(listed | grep -c '^many-1\(-[0-9]*\)\{0,1\}$')" 184
bundle pypi 'SRCS=pypi::version=1.0::tree' "CHKSUMS='$(digest served/tree-1.0.tar.gz)'"
aoinb-conf -c "$conf" -D "fetch_pypi=$u/ok/{name}-{version}.tar.gz?{initial}" ini >next
rm -rf "$work/cache/sources"
mkdir -p pypi.conf && cp -a "$conf/source_lists" pypi.conf/ && mv next pypi.conf/aoinb.ini
try 0 'pypi'                             aoinb -c pypi.conf build pypi stable
is 'is unpacked'                         "$(listed | tr '\n' ' ')" 'tree-1.0/deep/file tree-1.0/readme '
is 'from where the template says'        "$(asked '/ok/tree-1.0.tar.gz?t')" 1
mkdir -p served/packages/source/t/tree && cp served/tree-1.0.tar.gz served/packages/source/t/tree/
aoinb-conf -c "$conf" -D "fetch_pypi=$u/ok/packages/source/{initial}/{name}/{name}-{version}.tar.gz" ini >pypi.conf/aoinb.ini
rm -rf "$work/cache/sources"
try 0 'laid out as an index is'          aoinb -c pypi.conf build pypi stable
is 'asks for that'                       "$(asked /ok/packages/source/t/tree/tree-1.0.tar.gz)" 1
rm -rf "$work/cache/sources"
try 65 'without the key'                 aoinb -c "$conf" build pypi stable
says err '\[fetch\] pypi' 'which is told'
bundle pypi 'SRCS=pypi::version=../../1::tree' "CHKSUMS='$(digest served/tree-1.0.tar.gz)'"
try 65 'a version that is a path'        aoinb -c pypi.conf build pypi stable

echo '# faults: one line, a code, and the others are fetched'
# fault CODE PATTERN TEXT SOURCE [DIGEST] - behind a source that is good
fault() {
	rm -rf "$work/cache/sources"
	bundle fault "SRCS='$4 file::$u/ok/f1'" "CHKSUMS='${5:-$zero} $(digest served/f1)'"
	try "$1" "$3" aoinb -c "$conf" build fault stable
	says err "$2" 'says so'
	[ "$6" ] || ok 'and the other source is there' test -e "$work/cache/sources/sha256/$(digest served/f1 | cut -c 9-)"
}
served_page=$u/html/tree-1.0.tar.gz
fault 66 'none.tar.gz.*404'              'a 404' "tbl::$u/ok/none.tar.gz" "$zero" ''
fault 65 "$zero.*HTML page"              'a page for an archive' "tbl::$served_page" "$zero" ''
fault 65 "digest is $(digest served/f2), wanted $zero" 'a wrong digest' "file::$u/ok/f2" "$zero" ''
fault 69 'bytes remaining'               'a body that ends early' "file::$u/truncate-always/f2" "$zero" ''
fault 69 'nobody asked for'              'a range that nobody asked for' "file::$u/unasked-206/tree-1.0.tar.gz" "$zero" ''
fault 69 'Operation too slow' 'a stall' "file::$u/stall-always/tree-1.0.tar.gz" "$zero" ''
fault 69 'more than 10 redirects'        'a redirect loop' "file::$u/loop/x" "$zero" ''
fault 69 'file:///etc/passwd refused'    'a redirect to a file' "file::$u/to-file/x" SKIP ''
fault 69 '127.0.0.1:1/x'                 'nobody there' "file::http://127.0.0.1:1/x" "$zero" ''
fault 69 'SSL\|TLS\|wrong version'       'no TLS there' "file::https://127.0.0.1:$(cat port)/ok/f2" "$zero" ''
fault 69 'ertificate'                    'a certificate of nobody' "file::$tls/ok/f2" "$zero" ''
fault 69 'answered 503'                  'a server that is busy' "file::$u/error-page/f2" SKIP ''
fault 65 'unknown type tarbal'           'an unknown type' "tarbal::$u/ok/f2" "$zero" spec
fault 65 'unknown option unpack'         'an unknown option' "tbl::unpack=no::$u/ok/f2" "$zero" spec
fault 65 'unknown algorithm crc32'       'an unknown algorithm' "file::$u/ok/f2" crc32::00000000 spec
fault 65 'spec:2: SRCS, entry 1: not a URL with a scheme: f2' 'no URL' 'file::f2' "$zero" spec
fault 65 'spec:2: SRCS, entry 1: bad value in commit=' 'an empty commit' "git::commit=::$u/x" SKIP spec
fault 69 '127.0.0.1:1/f2'                'a URL without a scheme, where nobody is' 'file::127.0.0.1:1/f2' "$zero" ''
fault 65 'file.s name: "../f2"'          'a way out by rename' "file::rename=../f2::$u/ok/f2" "$zero" spec
fault 65 'file.s name: ".."'             'and another' "file::rename=..::$u/ok/f2" "$zero" spec
fault 65 'cannot tell the type of'       'a bare URL of anything' "$u/ok/f2" "$zero" spec
bundle page "SRCS=tbl::$served_page" 'CHKSUMS=SKIP'
try 65 'a page without a digest'         aoinb -c "$conf" build page stable
says err "$served_page: a web page came" 'says so'
head -c 40000 /dev/zero >served/zeros.tar
echo 'no name of an ISO' >>served/zeros.tar
bundle zeros "SRCS=tbl::$u/ok/zeros.tar" "CHKSUMS='$(digest served/zeros.tar)'"
try 1 'an archive of zeros'              aoinb -c "$conf" build zeros stable
ok 'is none'                             grep -q 'zeros.tar: not an archive: nothing is in it' "$work"/jobs/*-zeros/log
mkdir -p two/a two/b; echo x >two/a/x; echo x >two/b/x
bsdtar -C two -czf served/two.tar.gz a b
bundle two "SRCS=tbl::$u/ok/two.tar.gz" "CHKSUMS='$(digest served/two.tar.gz)'"
try 1 'several folders and no SUBDIR'    aoinb -c "$conf" build two stable
ok 'are named in the log'                grep -q 'SUBDIR has to say which: a b' "$work"/jobs/*-two/log
echo 'SUBDIR=b' >>two/spec
try 0 'with SUBDIR'                      aoinb -c "$conf" build two stable

echo '# mirrors, proxies, TLS and FTP'
# conf_with SETTING... - a configuration of its own, in other/
conf_with() {
	for setting; do
		set -- "$@" -D "$setting"; shift
	done
	aoinb-conf -c "$conf" "$@" ini >next
	rm -rf other "$work/cache/sources"
	mkdir other && cp -a "$conf/source_lists" other/ && mv next other/aoinb.ini
}
bundle far "SRCS=file::http://127.0.0.1:1/dir/f1" "CHKSUMS='$(digest served/f1)'"
conf_with "fetch_mirror=$u/none/{sha256} $u/ok/{name}"
try 0 'a mirror'                         aoinb -c other fetch far
conf_with "fetch_fallback=$u/ok/{name}"
try 0 'a fallback'                       aoinb -c other fetch far
conf_with "fetch_mirror=$u/ok/f2"
try 69 'a mirror with another file'      aoinb -c other fetch far
says err "$u/ok/f2: digest is $(digest served/f2), wanted $(digest served/f1)" 'is told from upstream'
says err '127.0.0.1:1/dir/f1'            'whose failure is the error'
conf_with fetch_max_size=1K
bundle large "SRCS=file::$u/ok/big" "CHKSUMS='$zero'"
try 65 '[fetch] max_size'                aoinb -c other fetch large
conf_with
bundle proxied 'SRCS=file::http://nowhere.invalid/ok/f2' "CHKSUMS='$(digest served/f2)'"
try 0 'http_proxy'                       env http_proxy="$u" aoinb -c other fetch proxied
bundle secure "SRCS=file::$tls/ok/f3" "CHKSUMS='$(digest served/f3)'"
chmod 755 .; chmod 644 cert
try 0 'TLS, through a tunnel'            env https_proxy="$u" SSL_CERT_FILE="$PWD/cert" aoinb -c other fetch secure
is 'which was asked for'                 "$(grep -c '^CONNECT' log)" 1
if /usr/bin/python3 -c 'import pyftpdlib' 2>/dev/null; then
	"$top/tests/ftp-server" served ftp.port ftp.log 2>ftp.err &
	later "kill $!"
	wait_for 10 test -s ftp.port || cat ftp.err
	bundle ftp "SRCS='tbl::ftp://127.0.0.1:$(cat ftp.port)/tree-1.0.tar.xz'" "CHKSUMS='$(digest served/tree-1.0.tar.xz)'"
	try 0 'FTP'                      aoinb -c other build ftp stable
	is 'is unpacked'                 "$(listed | tr '\n' ' ')" 'tree-1.0/deep/file tree-1.0/readme '
else
	skip 2 'needs python3-pyftpdlib'
fi
conf_with
aoinb -c "$conf" cleanup jobs

echo '# aoinb fetch'
aoinb -c "$conf" cleanup jobs; rm -rf "$work/cache/sources"
: >log
bundle one "SRCS='file::$u/ok/f1 file::$u/ok/f2'" "CHKSUMS='$(digest served/f1) $(digest served/f2)'"
bundle same "SRCS='file::rename=x::$u/ok/f2 file::$u/ok/f3'" "CHKSUMS='$(digest served/f2) $(digest served/f3)'"
bundle wrong "SRCS='file::$u/ok/f2 file::$u/ok/n1'" "CHKSUMS='$zero $(digest served/n1)'"
bundle bad 'SRCS=x'
bundle none 'DUMMYSRC=1'
try 65 'many bundles'                    aoinb -c "$conf" fetch one none nowhere same bad wrong
is 'each good source is there, in order' "$(cut -f 1,4 out | tr '\t\n' '/ ')" 'one/one-1 one/one-1-1 same/x same/same-1-1 wrong/wrong-1 wrong/wrong-1-1 '
is 'six fields'                          "$(sed -n 1p out)" \
    "$(printf 'one\tfile\t%s\tone-1\tsha256/%s\t%s' "$(digest served/f1)" "$(digest served/f1 | cut -c 9-)" "$u/ok/f1")"
is 'no path for what is wrong'           "$(awk -F '\t' '$5 == "-" { print $1, $3 }' out)" "wrong $zero"
is 'the file of two is asked for once'   "$(cut -d ' ' -f 2 log | grep -c f2)" 3	# twice for the wrong digest
says err 'nowhere: no such folder'       'what is no bundle is named'
says err 'bad/spec'                      'and what has a bad spec'
is 'no job is left'                      "$(ls "$work/jobs")" ''
try 66 'the lowest of the codes'         aoinb -c "$conf" fetch nowhere one
try 0 'again'                            aoinb -c "$conf" fetch one same
: >log
try 0 'a build needs no network then'    aoinb -c "$conf" build --no-network one stable
is 'and nobody is asked'                 "$(cat log)" ''
try 0 '-n'                               aoinb -n -c "$conf" fetch one
says out '^aoinb-spec .*one/spec$'       'prints the commands'
try 64 'of nothing'                      aoinb -c "$conf" fetch

echo '# whose rights'
is 'the cache is not root'\''s'          "$(find "$work/cache/sources" -user root)" ''
conf_with fetch_user=nobody
ok 'doctor knows him'                    sh -c 'aoinb -c other doctor | grep -qx "good.user nobody"'
conf_with fetch_user=no-such-user
ok 'and says when there is none'         sh -c 'aoinb -c other doctor | grep -q "^warn.no user no-such-user: .*useradd"'
aoinb -c "$conf" fetch one same >/dev/null

echo '# a damaged file'
file=$work/cache/sources/sha256/$(digest served/f1 | cut -c 9-)
chmod u+w "$file"; echo x >>"$file"
try 0 'is found at its use'              aoinb -c "$conf" build one stable
says err 'f1: damaged in the cache'      'and said'
ok 'and is fetched again'                cmp "$file" served/f1

echo '# parallel builds share the cache'
rm -rf "$work/cache/sources"
: >log
bundle p1 "SRCS='file::$u/slow/big'" "CHKSUMS='$(digest served/big)'"
bundle p2 "SRCS='file::$u/slow/big file::$u/ok/f1'" "CHKSUMS='$(digest served/big) $(digest served/f1)'"
aoinb -c "$conf" build p1 stable >p1.out 2>p1.err &
p1=$!
aoinb -c "$conf" build p2 stable >p2.out 2>p2.err &
p2=$!
ok 'the first'                           wait "$p1"
ok 'the second'                          wait "$p2"
is 'the server was asked once'           "$(asked /slow/big)" 1

echo '# kill -9 in the middle of a fetch'
rm -rf "$work/cache/sources"
group aoinb -c "$conf" build p1 stable
begun() {
	[ "$(find "$work/cache/sources/part" -type f -size +300k 2>/dev/null)" ]
}
ok 'a download begins'                   wait_for 20 begun
group_kill KILL
ok 'nothing runs on'                     wait_for 10 none_running
: >log
try 0 'the next build'                   aoinb -c "$conf" build p1 stable
says log 'GET /slow/big bytes=[1-9]'     'goes on where it stopped'

echo '# aoinb cache'
limits() {
	aoinb-conf -c "$conf" "$@" ini >next
	mkdir -p limits && cp -a "$conf/source_lists" limits/ && mv next limits/aoinb.ini
}
rm -rf "$work/cache/sources"
aoinb -c "$conf" fetch one same >/dev/null
aoinb -c "$conf" cleanup jobs
# used HOURS FILE
used() {
	touch -d "-$1 hours" "$work/cache/sources/stamp/sha256-$(digest "$2" | cut -c 9-)"
}
used 9 served/f2; used 5 served/f3; used 2 served/f1
is 'ls: what was used longest ago first' "$(aoinb -c "$conf" cache ls | cut -f 1,2,4,5)" "$(
	for i in 2 3 1; do
		name=f$i; [ "$i" != 2 ] || name=f2
		printf '%s\t%s\t%s\t%s\n' "$(digest "served/f$i")" 7 "$name" "$u/ok/f$i"
	done)"
limits -D cache_max_size=14 -D cache_max_age=3h
is 'gc -n: says what would go'           "$(aoinb -n -c limits cache gc | cut -f 5 | tr '\n' ' ')" 'f2 f3 '
is 'and removes nothing'                 "$(aoinb -c limits cache ls | wc -l)" 3
aoinb -c "$conf" build p1 stable >/dev/null
limits -D cache_max_size=14
used 30 served/big
group aoinb -c "$conf" run stable -- sleep 60
wait_for 20 is_running sleep
job=$(find "$work/jobs" -mindepth 1 -maxdepth 1 -name '*-stable')
cp "$(find "$work/jobs" -path '*-p1/sources.want')" "$job/sources.want"
try 0 'gc while a job runs'              aoinb -c limits cache gc
is 'takes what is too much'              "$(cut -f 5 out | tr '\n' ' ')" 'f2 f3 f1 '
is 'but what that job wants'             "$(aoinb -c limits cache ls | cut -f 4)" big
group_kill INT
try 0 'and when it has ended'            aoinb -c limits cache gc
is 'that goes too'                       "$(aoinb -c limits cache ls)" ''
try 0 'import'                           aoinb -c "$conf" cache import served/f1 served/f2
is 'prints the digests'                  "$(cut -f 2 out)" "$(digest served/f1; digest served/f2)"
try 65 'import of a wrong file'          aoinb -c "$conf" cache import --digest="$(digest served/f1)" served/f2
try 66 'import of nothing, and of one'   aoinb -c "$conf" cache import nowhere served/f3
is 'takes the one'                       "$(cut -f 5 out)" f3
try 0 'export'                           aoinb -c "$conf" cache export "$(digest served/f3)" exported
ok 'to a file'                           cmp exported served/f3
try 0 'export by a bare SHA-256'         aoinb -c "$conf" cache export "$(digest served/f2 | cut -c 9-)"
ok 'to the standard output'              cmp out served/f2
try 66 'export of what is not there'     aoinb -c "$conf" cache export "$zero" exported
ok 'leaves the file as it was'           cmp exported served/f3
try 73 'export to a device'              aoinb -c "$conf" cache export "$(digest served/f2)" /dev/null
ok 'which stays one'                     test -c /dev/null
try 0 'verify'                           aoinb -c "$conf" cache verify
file=$work/cache/sources/sha256/$(digest served/f2 | cut -c 9-)
chmod u+w "$file"; echo x >>"$file"
try 65 'verify, with a damaged file'     aoinb -c "$conf" cache verify
is 'names it'                            "$(cut -f 1,5 out)" "$(printf 'damaged\tf2')"
is 'and removes it'                      "$(aoinb -c "$conf" cache ls | wc -l)" 2
for args in '' tidy 'ls x' 'ls --digest=x' import export 'export a b c'; do
	# shellcheck disable=SC2086 # words
	try 64 "cache $args"             aoinb -c "$conf" cache $args
done

echo '# aoinb checksums'
bundle sums "SRCS='file::$u/ok/f1
    git::commit=x::$u/none.git \\" "    file::$u/ok/f2'" '# a comment' "CHKSUMS=\"MD5::$(printf '%032d' 0)
    SKIP   SKIP\"	# of these" "SRCS__RISCV64='file::$u/ok/f3'"
sed -i '3s/ \\$//' sums/spec
printf 'REL=1' >>sums/spec
chmod 640 sums/spec; chown 1:1 sums/spec
cp sums/spec before
md5=md5::$(md5sum <served/f1 | cut -d ' ' -f 1)
try 0 'checksums'                        aoinb -c "$conf" checksums sums
is 'a line a list'                       "$(cat out)" "CHKSUMS=\"$md5 SKIP $(digest served/f2)\"
CHKSUMS__RISCV64=\"$(digest served/f3)\""
ok 'the spec is as it was'               cmp sums/spec before
try 0 '--write'                          aoinb -c "$conf" checksums -w sums
sed "s/MD5::0*/$md5/; s/SKIP   SKIP/SKIP   $(digest served/f2)/
    /^SRCS__/a CHKSUMS__RISCV64=\"$(digest served/f3)\"" before >after
ok 'changes nothing but digests'         cmp sums/spec after
is 'nor mode and owner'                  "$(stat -c '%a %u:%g' sums/spec)" '640 1:1'
is 'and leaves nothing beside it'        "$(ls sums)" "$(printf 'autobuild\nspec')"
: >log
aoinb -c "$conf" fetch sums >out 2>err
is 'the files are in the cache then'     "$(grep /ok/ log)" ''
inode=$(stat -c %i sums/spec)
try 0 'again'                            aoinb -c "$conf" checksums --write sums
is 'the file stays'                      "$(stat -c %i sums/spec)" "$inode"
echo 'a new version' >served/f1
try 0 'a new file by an old name'        aoinb -c "$conf" checksums -w sums
says out "md5::$(md5sum <served/f1 | cut -d ' ' -f 1)" 'is asked for, whatever the old digest was'
bundle sums "SRCS=tbl::$served_page" 'CHKSUMS=SKIP'
try 65 'a page for an archive'           aoinb -c "$conf" checksums -w sums
says err "$served_page: a web page"      'is no archive'
says sums/spec '^CHKSUMS=SKIP$'          'and not written'
bundle sums "SRCS=tbl::$u/ok/none.tar.gz"
try 66 'a source that is not there'      aoinb -c "$conf" checksums -w sums
bundle sums "SRCS=file::$u/ok/f1; REL=1"
try 65 'no sure place'                   aoinb -c "$conf" checksums -w sums
is 'and nothing is left beside it'       "$(ls sums)" "$(printf 'autobuild\nspec')"
bundle sums "SRCS='file::$u/ok/f1 file::$u/ok/f2'" 'CHKSUMS="* *"' "SRCS__table=file::$u/ok/f3"
try 0 'digests that are none, an odd architecture' aoinb -c "$conf" checksums sums
is 'are replaced'                        "$(sed -n 1p out)" "CHKSUMS=\"$(digest served/f1) $(digest served/f2)\""
mkdir -p ./-w && cp -a sums/. ./-w/
try 0 'a bundle that is like an option'  aoinb -c "$conf" checksums -- -w
try 0 'fetched, too'                     aoinb -c "$conf" fetch -- one
bundle sums 'DUMMYSRC=1'
try 65 'no sources'                      aoinb -c "$conf" checksums sums
try 64 'no bundle'                       aoinb -c "$conf" checksums

echo '# aoinb bump'
for version in 1.0 1.1; do
	echo "part $version" >"served/part-$version.tar"
done
bundle part "SRCS=\"file::$u/ok/part-\$VER.tar\"" "CHKSUMS='$(digest served/part-1.0.tar)'	# theirs" 'REL=3  # ours'
sed -i 's/^VER=.*/VER=1.0	# a comment/' part/spec
sed "s/1\.0	#/1.1	#/; s/REL=3/REL=0/; s/$(digest served/part-1.0.tar)/$(digest served/part-1.1.tar)/" part/spec >after
try 0 'bump'                             aoinb -c "$conf" bump part 1.1
ok 'sets version, release and digests, and no other byte' cmp part/spec after
try 0 'the new version builds'           aoinb -c "$conf" build part stable
try 1 'the same version again'           aoinb -c "$conf" bump part 1.1
says err 'VER is 1.1 already'            'is said'
try 64 'what is no version'              aoinb -c "$conf" bump part '1.2; rm'
try 66 'a version that is nowhere'       aoinb -c "$conf" bump part 9
mkdir -p forest/a && mv part forest/a/
try 0 'a name of the tree' aoinb-bundle --tree=forest find part
is 'prints its folder'                   "$(cat out)" forest/a/part

echo '# a digest that was forgotten'
echo 'the old one' >served/thing-1.0.tar
echo 'the new one' >served/thing-1.1.tar
cp served/thing-1.0.tar served/thing-2.0.tar
mkdir served/mirror && cp served/thing-1.0.tar served/mirror/
bundle bumped "SRCS=\"file::$u/ok/thing-\$VER.tar\"" "CHKSUMS='$(digest served/thing-1.0.tar)'"
sed -i 's/^VER=.*/VER=1.0/' bumped/spec
try 0 'the old version'                  aoinb -c "$conf" build bumped stable
sed -i 's/^VER=.*/VER=1.1/' bumped/spec
try 65 'a new version with the old digest' aoinb -c "$conf" build bumped stable
says err "^aoinb-fetch: $u/ok/thing-1.1.tar: the digest is that of thing-1.0.tar, which came from $u/ok/thing-1.0.tar;" 'is refused, and both are named'
says err "aoinb checksums -w $PWD/bumped\$" 'with what mends it'
try 65 'fetch refuses it, too'           aoinb -c "$conf" fetch bumped
says err 'aoinb checksums -w bumped$'    'and names the bundle as it was called'
eval "aoinb -c \"\$conf\" $(sed -n 's/.*: aoinb \(checksums .*\)/\1/p' err)" >/dev/null 2>&1
try 0 'what it said mends it'            aoinb -c "$conf" build bumped stable
is 'and the package has the new file'    "$(listed)" bumped-1.1.tar
sed -i 's/^VER=.*/VER=2.0/; s/^CHKSUMS=.*//' bumped/spec
for word in checksums fetch build; do
	case $word in
	checksums) set -- checksums -w bumped ;;
	fetch) set -- fetch bumped ;;
	build) set -- build bumped stable ;;
	esac
	try 0 "$word: two versions that are the same bytes, asked for" aoinb -c "$conf" "$@"
done
bundle bumped "SRCS=file::rename=other-7.tar::$u/ok/mirror/thing-1.0.tar" "CHKSUMS='$(digest served/thing-1.0.tar)'"
try 0 'the same file elsewhere, by another name' aoinb -c "$conf" fetch bumped

aoinb -c "$conf" cleanup jobs
nothing_left
finish
