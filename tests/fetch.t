#!/bin/sh
# aoinb-fetch: what lands in the cache, whatever the server does
. "${0%/*}/lib.sh"
PATH=$PATH:/usr/sbin
need python3 nginx openssl curl strace pgrep script
unset SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE

# Its servers are on this machine.
mkdir bin
printf '#!/bin/sh\nexec "%s/bin/aoinb-fetch" --private="127.0.0.0/8 localhost" "$@"\n' "$B" >bin/aoinb-fetch
chmod +x bin/aoinb-fetch
PATH=$PWD/bin:$PATH

# sum ALGO FILE - the digest as sources name it
sum() {
	printf '%s::%s\n' "$1" "$(openssl dgst -"$1" -r "$2" | cut -d' ' -f1)"
}

# get URL DIGEST [OPTION]... - one source
get() {
	printf '%s %s\n' "$1" "$2" >list; shift 2
	aoinb-fetch -c cache "$@" <list
}

# fetch LIST [OPTION]...
fetch() {
	from=$1; shift
	aoinb-fetch -c cache "$@" <"$from"
}

# column N - of the records of the last try
column() {
	cut -f "$1" out
}

# asked PATH - how often the fault server was asked for PATH
asked() {
	grep -c "^GET $1 " log
}

# server NAME [CERT KEY] - a fault server; its port is then in NAME
server() {
	name=$1; shift
	"$top/tests/fetch-server" pub "$name" log "$@" 2>"$name.err" &
	later "kill $!"
	wait_for 10 test -s "$name" || {
		cat "$name.err"
		exit 1
	}
}

mkdir pub
for i in 1 2 3 4 5 6; do
	head -c 200000 /dev/urandom >"pub/f$i"
done
head -c 3000000 /dev/urandom >pub/big
d1=$(sum sha256 pub/f1) d2=$(sum sha256 pub/f2) d3=$(sum sha256 pub/f3)
dbig=$(sum sha256 pub/big)
zero=sha256::0000000000000000000000000000000000000000000000000000000000000000

openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out cert -days 2 \
    -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null

: >log
server port
server tls_port cert key
port=$(cat port) tls_port=$(cat tls_port)
u=http://127.0.0.1:$port s=https://127.0.0.1:$tls_port

# --- a list
cat >list <<EOF
# a comment, a blank line, TABs and spaces

$u/ok/f1	$d1	first
  $u/ok/f2   $(printf %s "$d2" | tr '[:lower:]' '[:upper:]')
file://$scratch/pub/f3 $d3 a name
EOF
try 0  'a list is fetched'              fetch list
is     'one record a source'            "$(column 1 | sort -u) $(wc -l <out)" 'fetched 3'
is     'digests are lower case'         "$(column 2 | sort)" "$(printf '%s\n' "$d1" "$d2" "$d3" | sort)"
is     'sizes'                          "$(column 3 | sort -u)" 200000
is     'names, given or from the URL'   "$(column 5 | sort | tr '\n' ,)" 'a name,f2,first,'
is     'nothing on stderr'              "$(cat err)" ''
ok     'the path is named by digest'    cmp pub/f1 "cache/sha256/${d1#*::}"
is     'the path in the record'         "$(grep ok/f2 out | cut -f4)" "sha256/${d2#*::}"
is     'files are read-only'            "$(stat -c %a "cache/sha256/${d1#*::}")" 444
is     'no part and no lock is left'    "$(find cache/part cache/lock -type f)" ''
try 0  'the second time'                fetch list
is     'all of it comes from the cache' "$(column 1 | sort -u)" cached
is     'and nobody was asked again'     "$(asked /ok/f1)" 1
try 0  'offline'                        fetch list --offline
try 69 'offline, and not there'         get "$u/ok/f4" "$(sum sha256 pub/f4)" --offline
says err "$u/ok/f4.*offline"            'names what is missing'
try 0  '-n'                             get "$u/ok/f4" "$(sum sha256 pub/f4)" -n
is     'says what is missing'           "$(column 1)" missing
is     'and asks nobody'                "$(grep -c ok/f4 log)" 0
try 0  '-n without a cache'             aoinb-fetch -n -c none
ok     'makes none'                     test ! -e none

# --- every algorithm
for a in sha1 sha224 sha384 sha512 md5 whirlpool; do
	try 0 "$a" get "$u/ok/f1" "$(openssl dgst -provider default -provider legacy -"$a" -r pub/f1 |
	    sed "s/ .*//; s/^/$a::/")"
done
for a in 'blake2b blake2b512' 'blake2s blake2s256' 'sha3_224 sha3-224' 'sha3_256 sha3-256' \
    'sha3_384 sha3-384' 'sha3_512 sha3-512'; do
	try 0 "${a% *}" get "$u/ok/f1" "${a% *}::$(openssl dgst -"${a#* }" -r pub/f1 | cut -d' ' -f1)"
done

# --- a bad list
cat >list <<EOF
gopher://x/y SKIP
$u/ok/f5 crc32::00
$u/ok/f5
$u/ok/f5 sha256::12
$u/ok/f5 $(sum sha256 pub/f5)
EOF
try 65 'bad lines'                      fetch list
is     'the good one is fetched'        "$(column 1)" fetched
says err 'input:1: .*not http'          'a scheme that we do not have'
says err 'input:2: .*crc32'             'an unknown algorithm'
says err 'input:3: .*missing'           'no digest'
says err 'input:4: .*64 hex'            'too few digits'
try 64 'a cache is needed'              aoinb-fetch
try 64 'a template with a typo'         get "$u/ok/f1" "$d1" -m 'http://x/{nmae}'

# --- failures, and the rest is fetched all the same
: >log
cat >list <<EOF
$u/ok/none SKIP
$u/ok/f1 $zero
http://127.0.0.1:1/x $zero
$u/ok/f6 $(sum sha256 pub/f6)
EOF
try 65 'a wrong digest comes first'     fetch list --retries=0
is     'four records'                   "$(column 1 | sort | tr '\n' ' ')" 'failed failed failed fetched '
says err "$u/ok/f1: digest is $d1, wanted $zero" 'both digests and the URL'
says err "$u/ok/none.*404"              'not found'
says err '127.0.0.1:1/x'                'unreachable'
is     'a failed record has no path'    "$(grep ok/none out | cut -f2-5)" "$(printf 'SKIP\t-\t-\tnone')"
try 66 'not found'                      get "$u/ok/none" SKIP
try 66 'a file that is not there'       get "file://$scratch/none" SKIP
try 66 'a folder'                       get "file://$scratch" SKIP
try 69 'unreachable'                    get http://127.0.0.1:1/x "$zero" --retries=1
is     'a wrong file is fetched twice'  "$(asked /ok/f1)" 2
try 0  'wrong once'                     get "$u/wrong-once/f1" "$(sum sha256 pub/f1)" -c c1
is     'and right then'                 "$(column 1)" fetched
try 65 'a page for an archive'          get "$u/html/a.tar.xz" "$zero"
says err 'HTML page'                    'is called one'

# --- servers that fail half way, or lie; each in a cache of its own
for how in truncate changed lie-start lie-total lie-bytes 416 stall; do
	: >log
	rm -rf cache
	try 0 "$how" get "$u/$how/big" "$dbig" --stall-timeout=1s
	ok "$how: the file is right" cmp -s pub/big "cache/sha256/${dbig#*::}"
	says log "/$how/big bytes=[0-9]*- \"one\"" "$how: was asked for the rest"
done
try 0  'a range that nobody asked for'  get "$u/ok/f1" "$d1"
try 69 'and only that'                  get "$u/unasked-206/f2" "$d2"
try 69 'truncated for ever'             get "$u/truncate-always/f2" "$d2" --retries=1
says err 'bytes remaining'              'says so'
try 69 'a stall for ever'               get "$u/stall-always/f2" "$d2" --retries=0 --stall-timeout=1s
rm -rf cache
: >log
try 0  'Retry-After'                    get "$u/busy/f2" "$d2"
is     'asked twice'                    "$(asked /busy/f2)" 2
try 0  'Retry-After as a date'          get "$u/busy-until/f3" "$d3" -c c2
is     'asked twice, too'               "$(asked /busy-until/f3)" 2
try 69 'an error page'                  get "$u/error-page/f3" SKIP -c c2 --retries=0
says err '503'                          'is no file'
is     'and is not kept'                "$(find c2/url -type f)" ''
try 69 'Retry-After a day'              get "$u/busy-long/f2" "$d2" -c c2
says err '86400'                        'is not waited for'
try 65 'larger than allowed'            get "$u/ok/big" "$dbig" --max-size=1M
try 65 'without an end'                 get "$u/endless/x" "$zero" --max-size=1M
is     'no part of these is left'       "$(ls cache/part)" ''
try 0  'an encoded body is left alone'  get "$u/gzip/f3" "$d3"

# --- redirects
try 0  'a redirect'                     get "$u/hop/f1" "$d1"
try 69 'a loop'                         get "$u/loop/x" "$zero"
says err 'more than 10 redirects'       'is noticed'
try 69 'a redirect to file:'            get "$u/to-file/x" SKIP
says err "from $u/to-file/x to file:///etc/passwd" 'names both'
try 69 'TLS without its CA'             get "$s/ok/f4" "$(sum sha256 pub/f4)"
says err 'certificate'                  'says so'
export SSL_CERT_FILE=cert
try 0  'TLS with its CA'                get "$s/ok/f4" "$(sum sha256 pub/f4)"
try 69 'https to http'                  get "$s/to/$u/ok/f5" "$(sum sha256 pub/f5)"
says err "from $s/to/$u/ok/f5 to $u/ok/f5" 'names both'
try 0  'http to https'                  get "$u/to/$s/ok/f5" "$(sum sha256 pub/f5)"

# --- a proxy
: >log
export http_proxy="$u"
try 0  'by way of a proxy'              get http://nowhere.invalid/ok/f1 SKIP
is     'that was asked'                 "$(asked http://nowhere.invalid/ok/f1)" 1
try 66 'ftp by way of an HTTP proxy'    env ftp_proxy="$u" sh -c \
    'echo ftp://nowhere.invalid/none SKIP | aoinb-fetch -c cache'
no_proxy=127.0.0.1
export no_proxy
try 0  'no_proxy'                       get "$u/no-etag/f1" SKIP
is     'was obeyed'                     "$(asked /no-etag/f1)" 1
unset http_proxy no_proxy
: >log
try 0  'https by way of a proxy'        env https_proxy="$u" sh -c \
    'echo "$1/ok/f5 $2" | aoinb-fetch -c c5' sh "$s" "$(sum sha256 pub/f5)"
is     'is a tunnel'                    "$(grep -c "^CONNECT 127.0.0.1:$tls_port$" log)" 1
try 69 'whose far end is verified, too' env https_proxy="$u" sh -c 'unset SSL_CERT_FILE
    echo "$1/ok/f6 SKIP" | aoinb-fetch -c c5' sh "$s"
try 69 'a proxy that refuses'           env https_proxy="$u" sh -c \
    'echo https://forbidden/f5 SKIP | aoinb-fetch -c c5 --retries=0'
says err 'forbidden/f5.*403'            'says so'
try 69 'a proxy that is not there'      env http_proxy=http://127.0.0.1:1 sh -c \
    'echo http://nowhere.invalid/f5 SKIP | aoinb-fetch -c c5 --retries=0'

# --- many at once, but not from one host
for i in 1 2 3 4 5 6 1 2 3 4 5 6; do
	echo "$u/crowd/f$i?$((n = ${n:-0} + 1)) SKIP"
done >crowd
try 0  '--per-host'                     fetch crowd --jobs=8 --per-host=3
ok     'three at most'                  test "$(curl -s "$u/most/x")" -le 3
sed 's/127.0.0.1/localhost/; s/?/?x/' crowd | cat - crowd >crowds
try 0  'more than one host'             fetch crowds --jobs=8 --per-host=3
ok     'have their own'                 test "$(curl -s "$u/most/x")" -gt 3

# --- FTP
if /usr/bin/python3 -c 'import pyftpdlib' 2>/dev/null; then
	: >ftp.log
	cp pub/big pub/half
	"$top/tests/ftp-server" pub ftp.port ftp.log 2>ftp.err &
	later "kill $!"
	wait_for 10 test -s ftp.port || cat ftp.err
	f=ftp://127.0.0.1:$(cat ftp.port)
	try 0  'FTP'                    get "$f/f1" "$d1" -c c7
	is     'has the file'           "$(column 1) $(cmp "c7/$(column 4)" pub/f1 && echo same)" 'fetched same'
	try 0  'FTP that breaks off'    get "$f/half" "$dbig" -c c7
	says ftp.log '^REST [1-9]'      'is asked for the rest'
	ok     'the file is right'      cmp pub/big "c7/sha256/${dbig#*::}"
	head -c 1000000 pub/big >c7/part/sha256-"${dbig#*::}"
	rm "c7/sha256/${dbig#*::}"
	try 0  'FTP goes on with a part' get "$f/big" "$dbig" -c c7
	is     'and says so'            "$(column 1)" resumed
	says ftp.log '^REST 1000000$'   'from where it ends'
	try 65 'FTP, a wrong digest'    get "$f/f2" "$zero" -c c7
	try 66 'FTP, not there'         get "$f/none" SKIP -c c7
	try 69 'FTP, a wrong password'  get "ftp://me:x@${f#ftp://}/f2" SKIP -c c7 --retries=0
	try 0  'FTP without a digest'   get "$f/f2" SKIP -c c7
	try 65 'FTP, too large'         get "$f/f3" "$d3" -c c7 --max-size=1K
	try 69 'a redirect to FTP'      get "$u/to/$f/f1" "$d1" -c c8
else
	skip 14 'needs python3-pyftpdlib'
fi

# --- mirrors
: >log
try 0  'a mirror first'                 get "http://127.0.0.1:1/a/f6" "$(sum sha256 pub/f6)" \
    -m "$u/ok/{name}" --retries=0
try 0  'upstream after a mirror that lacks it' get "$u/ok/big" "$dbig" -m "$u/none/{sha256}/{host}"
try 65 'a wrong mirror and a wrong source' get "$u/ok/f1" "$zero" -m "$u/ok/f2?{algo}-{hex}"
says err "$u/ok/f2?sha256-0*: digest is $d2" 'each is named'
try 0  'a fallback'                     get "$u/none/f2" "$d2" --fallback="$u/ok/f2" --retries=0
try 66 'SKIP does not go to mirrors'    get "$u/ok/none" SKIP -m "$u/ok/f2"

# --- without a digest
try 0  'SKIP'                           get "$u/etag/f1" SKIP
is     'has a SHA-256 and a path'       "$(column 2) $(cmp "cache/$(column 4)" pub/f1 && echo same)" "$d1 same"
try 0  'SKIP again'                     get "$u/etag/f1" SKIP
is     'is revalidated'                 "$(column 1)" revalidated
try 0  'SKIP without validators'        get "$u/no-etag/f1" SKIP
try 0  'SKIP without validators, again' get "$u/no-etag/f1" SKIP
is     'is fetched again'               "$(column 1)" fetched
try 0  'SKIP offline'                   get "$u/etag/f1" SKIP --offline
is     'comes from the cache'           "$(column 1)" cached

# --- import
try 0  'import'                         aoinb-fetch -c c3 --import=pub/f1 --digest="$d1"
is     'the record'                     "$(cut -f1-5 out)" "$(printf 'imported\t%s\t200000\tsha256/%s\tf1' "$d1" "${d1#*::}")"
ok     'is there'                       cmp pub/f1 "c3/sha256/${d1#*::}"
try 65 'import of a wrong file'         aoinb-fetch -c c3 --import=pub/f2 --digest="$d1"
says err "pub/f2: digest is $d2, wanted $d1" 'both digests'
try 0  'import, dry'                    aoinb-fetch -n -c c3 --import=pub/f4
is     'would be new'                   "$(column 1,2)" "$(printf 'missing\t%s' "$(sum sha256 pub/f4)")"
ok     'and nothing is stored'          test ! -e "c3/sha256/$(column 2 | cut -c9-)"
try 66 'import of nothing'              aoinb-fetch -c c3 --import=none
aoinb-fetch -c c3 --import=- <pub/f2 >out
is     'import from stdin'              "$(column 2)" "$d2"
is     'no part is left'                "$(ls c3/part)" ''

# --- what the cache holds
# used N FILE - FILE was last used N hours ago
used() {
	touch -d "-$1 hours" "c4/stamp/sha256-$(sha256sum <"$2" | cut -c -64)"
}
# holds - the names of what c4 holds
holds() {
	aoinb-fetch -c c4 --list | cut -f 5 | tr '\n' ' '
}
get "$u/ok/f1" "$d1" -c c4 >out
for i in 2 3 4; do
	aoinb-fetch -c c4 --import=pub/f$i >out
done
get "$u/etag/f5" SKIP -c c4 >out
used 5 pub/f1; used 4 pub/f2; used 3 pub/f3; used 2 pub/f4
is     '--list: what was used longest ago first' "$(holds)" 'f1 f2 f3 f4 f5 '
is     'with digest, size, path and URL' "$(aoinb-fetch -c c4 --list | sed -n 1p | cut -f 2-)" \
    "$(printf '%s\t200000\tsha256/%s\tf1\t%s' "$d1" "${d1#*::}" "$u/ok/f1")"
is     'and for a URL its digest'       "$(aoinb-fetch -c c4 --list | tail -n 1 | cut -f 2)" "$(sum sha256 pub/f5)"
aoinb-fetch -c c4 --list >rows; aoinb-fetch -c c4 --list --json >json
is     'as JSON the same'               "$(python3 -c 'import json, sys
for h in json.load(open("json")): print(*[h[k] or "-" for k in ("used", "digest", "bytes", "path", "name", "url")], sep="\t")')" "$(cat rows)"
is     'of none an empty array'         "$(aoinb-fetch -c none --list --json)" '[]'
try 64 'JSON of nothing but a list'     aoinb-fetch -c c4 --verify --json
is     'of no cache'                    "$(aoinb-fetch -c none --list; ls -d none 2>/dev/null)" ''
is     'on a terminal a table'          "$(script -qc 'aoinb-fetch -c c4 --list' /dev/null | tr -d '\r' |
    sed -n '1,2p' | sed 's/127.0.0.1:[0-9]*/x/')" "$(
    printf '%-20s  SIZE  USED  NAME  URL\n' DIGEST
    printf '%.20s  196K  5h    f1    http://x/ok/f1' "$d1")"
get "$u/ok/f1" "$d1" -c c4 >out
is     'use is remembered'              "$(holds)" 'f2 f3 f4 f5 f1 '
get "$u/ok/f2" "$d2" -c c4 -n >out
is     'but not of -n'                  "$(holds)" 'f2 f3 f4 f5 f1 '
try 0  '--export'                       aoinb-fetch -c c4 --export="$d3"
ok     'is the file'                    cmp out pub/f3
try 0  '--export of one by URL'         aoinb-fetch -c c4 --export="$(sum sha256 pub/f5)"
ok     'is the file'                    cmp out pub/f5
try 66 '--export of what is not there'  aoinb-fetch -c c4 --export="$zero"
try 64 '--export of no digest'          aoinb-fetch -c c4 --export=f3
try 64 'two things at once'             aoinb-fetch -c c4 --list --verify
echo "x $d3" >keep
try 65 '--gc with a list that cannot be read' sh -c 'aoinb-fetch -c c4 --gc --cache-max-size=1 <keep'
is     'removes nothing'                "$(holds)" 'f2 f3 f4 f5 f1 '
gc() {
	echo "http://x/f3 $d3" | aoinb-fetch -c c4 --gc "$@"
}
echo old >c4/part/sha256-old; : >c4/part/sha256-old.meta; : >c4/part/import.XyZ; : >c4/part/new
touch -d '-2 days' c4/part/sha256-old* c4/part/import.XyZ
: >c4/lock/dead; : >c4/stamp/sha256-dead; : >"c4/url/$(printf %064d 0).meta"
touch -d '-2 days' "c4/url/$(printf %064d 0).meta"
gc -n --cache-max-size=800000 >out
is     '--gc -n says what would go'     "$(cut -f 1,5 out)" "$(printf 'removed\tf2')"
is     'and it stays'                   "$(holds; ls c4/lock)" 'f2 f3 f4 f5 f1 dead'
gc --cache-max-size=800000 >out
is     '--gc by size: the oldest goes'  "$(holds)" 'f3 f4 f5 f1 '
is     'and that is said'               "$(cut -f 1,5 out)" "$(printf 'removed\tf2')"
is     'dead locks, stamps and metas go' "$(find c4 -name '*dead' -o -name '000*')" ''
is     'parts of yesterday too'         "$(ls c4/part)" new
gc --cache-max-age=1h >out
is     '--gc by age: not what the list has' "$(holds)" 'f3 f5 f1 '
gc --cache-max-size=1 >out
is     'nor what was used in the last minute' "$(holds)" 'f3 f5 f1 '
touch -d '-1 hour' c4/stamp/*
aoinb-fetch -c c4 --gc --cache-max-size=100000 </dev/null >out
is     'files by URL go as well'        "$(find c4/url c4/sha256 -type f)" ''
aoinb-fetch -c c4 --import=pub/f1 >out
touch -d '-900 hours' c4/stamp/*
gc --cache-max-size=0 --cache-max-age=0 >out
is     '0 is no limit'                  "$(holds | wc -w)" 1
aoinb-fetch -c c4 --import=pub/f1 >out; aoinb-fetch -c c4 --import=pub/f2 >out
flock "c4/lock/sha256-${d1#*::}" sh -c 'touch -d "-1 hour" c4/stamp/*; aoinb-fetch -c c4 --gc --cache-max-size=1 </dev/null' >out
is     'what somebody works on stays'   "$(holds)" 'f1 '
get "$u/etag/f5" SKIP -c c4 >out
touch -d '-3 hours' c4/stamp/*
try 0  '--verify'                       aoinb-fetch -c c4 --verify
is     'says nothing when all is well'  "$(cat out err)" ''
is     'and is no use'                  "$(aoinb-fetch -c c4 --list | awk -v t="$(date +%s)" '$1 > t - 7200')" ''
for f in c4/sha256/* "$(find c4/url -type f ! -name '*.meta')"; do
	chmod u+w "$f"
	echo x >>"$f"
done
touch -d '-1 hour' c4/url/*
try 65 '--export of a damaged file'     aoinb-fetch -c c4 --export="$d1"
try 65 '--verify -n finds it'           aoinb-fetch -c c4 --verify -n
try 65 '--verify'                       aoinb-fetch -c c4 --verify
is     'names both'                     "$(cut -f 1,5 out | sort)" "$(printf 'damaged\tf1\ndamaged\tf5')"
is     'and removes them'               "$(find c4/sha256 c4/url c4/stamp -type f)" ''
try 0  'what is gone is fetched again'  get "$u/ok/f1" "$d1" -c c4
try 0  'an import by another algorithm' aoinb-fetch -c c4 --import=pub/f1 --digest=sha512
is     'has its digest'                 "$(column 2)" "$(sum sha512 pub/f1)"
try 64 'an unknown one'                 aoinb-fetch -c c4 --import=pub/f1 --digest=crc32

# --- tables of sources
# row N TYPE DIGEST NAME OPTIONS URL - a row of a table
row() {
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$@"
}
# table NAME [OPTION]... - fetches NAME.want into c9
table() {
	name=$1; shift
	aoinb-fetch -c c9 --table="$name.want" "$@"
}
# field NAME N - a column of a table
field() {
	cut -f "$2" "$1" | tr '\n' ' '
}
: >log
{
	row 1 tarball "$d1" a.tar.gz - "$u/etag/f1"
	row 2 git SKIP repo 'commit=x;branch=y' "$u/none.git"
	row 3 file SKIP f2 rename=f2 "$u/etag/f2"
	row 4 none SKIP - - -
	row 5 pypi "$(printf %s "$d3" | tr '[:lower:]' '[:upper:]')" thing 'rename=x;Version=1.0' thing
} >t1.want
row 1 file "$d1" other - "$u/etag/f1" >t2.want
: >t3.want
echo kept >t3
pypi="$u/ok/f3?{initial}-{name}-{version}-{name}-{odd}"
try 0  'tables'                         aoinb-fetch -c c9 --table=t1.want -t t2.want --table t3.want --pypi="$pypi"
is     'nothing is said'                "$(cat out err)" ''
is     'digests as the files have them' "$(field t1 3)" "$d1 SKIP $d2 SKIP $d3 "
is     'paths in the cache, or none'    "$(field t1 7 | sed 's,url/[0-9a-f]*,url/,')" \
    "sha256/${d1#*::} - url/ - sha256/${d3#*::} "
ok     'they are these files'           sh -c 'cmp "c9/$(sed -n 3p t1 | cut -f 7)" pub/f2'
is     'the rest of a row stays'        "$(cut -f 1,2,4-6 t1)" "$(cut -f 1,2,4-6 t1.want)"
is     'a table of nothing'             "$(cat t3)" ''
is     'the other table'                "$(cat t2)" "$(printf '1\tfile\t%s\tother\t-\t%s\tsha256/%s' "$d1" "$u/etag/f1" "${d1#*::}")"
is     'what two want is asked for once' "$(asked /etag/f1)" 1
is     'what the template says'         "$(grep -c '^GET /ok/f3?t-thing-1.0-thing-{odd} ' log)" 1
is     'and nothing is left beside'     "$(echo t1* t2* t3*)" 't1 t1.want t2 t2.want t3 t3.want'
: >log
cp t1.want t4.want
try 0  'again'                          table t4 --pypi="$pypi"
is     'only what has no digest is asked for' "$(cut -d ' ' -f 2 log)" /etag/f2
ok     'and the table is the same'      cmp t1 t4
try 0  'offline'                        table t4 --offline --pypi="$pypi"
ok     'it is, too'                     cmp t1 t4
try 0  '-n'                             table t2 -n
is     'is records'                     "$(column 1,2)" "$(printf 'cached\t%s' "$d1")"
rm t2
try 0  '-n writes nothing'              table t2 -n
ok     'no table'                       test ! -e t2
try 0  'to a full disk'                 sh -c 'aoinb-fetch -c c9 --table=t2.want >/dev/full'
try 0  'the standard output is closed'  sh -c 'aoinb-fetch -c c9 --table=t2.want >&-'
{
	row 1 file "$zero" f1 - "$u/ok/f1"
	row 2 tarball SKIP x.tar.gz - "$u/html/x.tar.gz"
	row 3 file SKIP page - "$u/html/x.tar.gz"
	row 4 file "$d2" f2 - "$u/ok/f2"
	row 5 file SKIP passwd - FILE:///etc/passwd
	row 6 pypi SKIP a version=../../1 a
	row 7 tarball "$(sum sha256 pub/f4)" x.tar.gz - "$u/none/f3"
	row 8 pypi SKIP a version=1 a
	row 9 file SKIP x - gopher://x/y
} >t5.want
try 65 'what cannot be had'             table t5
is     'is without a path'              "$(field t5 7 | sed 's,url/[0-9a-f]*,url/,g')" "- url/ url/ sha256/${d2#*::} - - - - - "
is     'and with the digest it had'     "$(sed -n 1p t5 | cut -f 3) $(sed -n 5p t5 | cut -f 3)" "$zero SKIP"
is     'a web page is no archive, but a file' "$(grep -c "^aoinb-fetch: $u/html/x.tar.gz: a web page came in place of the archive" err)" 1
says err 'FILE:///etc/passwd: file: URLs are not taken from a spec' 'no file: URL'
says err '^aoinb-fetch: a: not a name and a version of PyPI' 'no path for a version'
says err '^aoinb-fetch: a: \[fetch\] pypi in aoinb.ini' 'no PyPI without a template'
says err 'gopher://x/y: the URL is not http' 'no scheme that we do not have'
row 1 file "$zero" x - "$u/ok/none" >t6.want
try 66 'of several codes the lowest'    aoinb-fetch -c c9 --table=t6.want --table=nowhere/t.want --table=t2.want
says err 'nowhere/t.want: No such file' 'a table that is not there is named'
ok     'the others are fetched'         test -s t2
for bad in 'x	y' "1	file	$d1		-	$u/ok/f1" "$(row 1 file "$d1" x - "$u/ok/f1")	-	-"; do
	printf '%s\n' "$bad" >t7.want
	try 65 'a row that is none'     table t7
	says err 't7.want: line 1 is not a row' 'is named'
done
printf '1\tfile' >t7.want
try 65 'a table that was cut off'       table t7
ok     'is not written'                 test ! -e t7
try 64 'a table of another name'        aoinb-fetch -c c9 --table=t1
try 64 'tables, and something else'     aoinb-fetch -c c9 --table=t1.want --gc
mkdir t8; echo 1 >t8.want
try 65 'a folder in the way'            table t8
cp t2.want t8.want
try 73 'is not replaced'                table t8
ok     'it is there'                    test -d t8
ln -s t2.want t9.want
try 65 'nor is a link followed'         table t9
i=0
while [ "$i" -lt 300 ]; do
	i=$((i + 1))
	row "$i" file "$d1" "f$i" - "$u/etag/f1?$((i % 100))"
done >t10.want
: >log
try 0  'a large one'                    table t10
is     'is there'                       "$(grep -c "sha256/${d1#*::}$" t10)" 300

# --- what running jobs want is kept
keep() {
	touch -d '-2 hours' c9/stamp/*
	aoinb-fetch -c c9 --gc --cache-max-age=1h "$@" </dev/null
}
held() {
	aoinb-fetch -c c9 --list | cut -f 4 | sort | tr '\n' ' '
}
before=$(held)
printf '1\tfile' >torn
for bad in torn nowhere t8; do
	try 70 "--gc with a table that cannot be read: $bad" keep --keep-table=t2.want --keep-table=$bad
	says err 'nothing was removed'  'says so'
	is 'everything is there'        "$(held)" "$before"
done
row 1 pypi SKIP a version=1 a >pypi.want
try 70 'nor what names nobody knows what' keep --keep-table=pypi.want
is     'everything is there'            "$(held)" "$before"
try 0  'what the tables want'           keep --keep-table=t1.want --keep-table=t5.want --pypi="$pypi"
is     'is kept'                        "$(held)" "$(cut -f 7 t1 t5 | grep / | sort -u | tr '\n' ' ')"
try 0  'by what was fetched'            keep --keep-table=t1 --pypi=http://x/
is     'is kept, too'                   "$(held)" "$(cut -f 7 t1 | grep / | sort -u | tr '\n' ' ')"
try 0  'and without'                    keep
is     'it goes'                        "$(held)" ''
try 64 '--keep-table without --gc'      aoinb-fetch -c c9 --keep-table=t1.want

# --- a file in the cache that was damaged
rm -rf cache
get "$u/ok/f1" "$d1" >out
chmod u+w "cache/sha256/${d1#*::}"
printf damaged | dd of="cache/sha256/${d1#*::}" conv=notrunc 2>/dev/null
try 69 'damaged, and offline'           get "$u/ok/f1" "$d1" --offline
try 0  'damaged'                        get "$u/ok/f1" "$d1"
is     'is fetched again'               "$(column 1)" fetched
says err 'damaged'                      'and that is said'
get "$u/etag/f1" SKIP >out
: >"cache/$(column 4).new"
mv "cache/$(column 4).new" "cache/$(column 4)"
try 0  'a damaged SKIP'                 get "$u/etag/f1" SKIP
is     'is fetched again, not revalidated' "$(column 1)" fetched

# --- nginx, where it serves
mkdir ngx
cat >ngx/conf <<EOF
daemon off; master_process off; error_log ngx/err; pid ngx/pid;
events { }
http {
	log_format range '\$uri \$status \$http_range \$http_if_range';
	access_log ngx/access range;
	client_body_temp_path ngx/1; proxy_temp_path ngx/2; fastcgi_temp_path ngx/3;
	uwsgi_temp_path ngx/4; scgi_temp_path ngx/5;
	server {
		listen 127.0.0.1:NGINX ssl http2;
		ssl_certificate $scratch/cert; ssl_certificate_key $scratch/key;
		root $scratch/pub;
		location = /big { limit_rate 1m; }
	}
}
EOF
nginx_port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
sed -i "s/NGINX/$nginx_port/" ngx/conf
nginx -p "$scratch" -c ngx/conf -e ngx/err &
later "kill $!"
n=https://localhost:$nginx_port
wait_for 10 curl -s --cacert cert -o /dev/null "$n/f1" || cat ngx/err
rm -rf cache
for i in 1 2 3 4 5 6; do
	echo "$n/f$i $(sum sha256 "pub/f$i")"
done >six
try 0  'HTTP/2, many at once'           fetch six
is     'all are there'                  "$(column 1 | sort -u) $(wc -l <out)" 'fetched 6'
try 0  'SKIP from nginx'                get "$n/f1" SKIP
try 0  'SKIP from nginx, again'         get "$n/f1" SKIP
is     'is revalidated'                 "$(column 1)" revalidated

# --- kill -9
part=cache/part/sha256-${dbig#*::}
# shellcheck disable=SC2317 # called by wait_for
begun() {
	[ -e "$part" ] && [ "$(stat -c %s "$part")" -gt 300000 ]
}
echo "$n/big $dbig" >big.list
aoinb-fetch -c cache <big.list >killed &
pid=$!
ok     'a download begins'              wait_for 10 begun
kill -9 "$pid"
wait "$pid" 2>/dev/null
is     'killed: nothing said'           "$(cat killed)" ''
try 0  'the next one goes on'           fetch big.list
is     'and says so'                    "$(column 1)" resumed
cp ngx/access access
says access '/big 206 bytes=[1-9][0-9]*- .x22' 'the server was asked for the rest'
ok     'the file is right'              cmp pub/big "cache/sha256/${dbig#*::}"

rm -rf cache
cp six mixed
echo "$u/etag/f1 SKIP" >>mixed
wrong=0
for ms in 05 10 15 20 25 30 35 40 45 50 60 70; do
	aoinb-fetch -c cache <mixed >killed 2>&1 &
	pid=$!
	sleep "0.0$ms"
	kill -9 "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	[ ! -d cache/sha256 ] || for f in cache/sha256/*; do
		[ ! -e "$f" ] || echo "${f##*/}  $f" | sha256sum -c --status || wrong=$((wrong + 1))
	done
	[ "$ms" != 35 ] || rm -rf cache
done
is     'killed at many moments: no wrong file' "$wrong" 0
try 0  'and the next run has them all'  fetch mixed

# --- many processes, one cache
rm -rf cache
: >log
echo "$u/slow/big $dbig" >one
printf '%s\n' "$u/slow/big $dbig other" "$u/ok/f1 $d1" >two
fetch one >out1 2>err1 &
p1=$!
wait_for 10 begun
fetch two >out2 2>err2 &
p2=$!
fetch one >out3 2>err3 &
p3=$!
ok     'the first of three'             wait "$p1"
ok     'the second of three'            wait "$p2"
ok     'the third of three'             wait "$p3"
is     'the server saw one GET'         "$(asked /slow/big)" 1
is     'one fetched it'                 "$(cut -f1 out1 out3 | tr '\n' ' ')" 'fetched cached '
is     'and what did not need it came first' "$(cut -f1,5 out2)" "$(printf 'fetched\tf1\ncached\tother')"
printf '%s\n' "$u/etag/f2 $d2 a" "$u/etag/f2 $d2 b" >twice
try 0  'twice in one list'              fetch twice
is     'is asked for once'              "$(asked /etag/f2)" 1
is     'and reported twice'             "$(column 5 | sort | tr -d '\n')" ab

# --- a full disk
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	mkdir full
	cat >full.sh <<-EOF
		mount -t tmpfs -o size=1m tmpfs full || exit 99
		aoinb-fetch -c full <full.list
		code=\$?
		ls -s full/part | tail -n 1
		exit \$code
	EOF
	echo "$u/ok/big $dbig" >full.list
	try 74 'a full disk' unshare -m sh full.sh
	says err 'No space left' 'is called one'
	echo "$u/endless/x $zero" >full.list
	try 74 'a full disk in the middle' unshare -m sh full.sh
	says out 'sha256-000' 'keeps the part'
	cat >without.sh <<-'EOF'
		for lib in $(ldconfig -p | sed -n "s/.*lib$1[^ ]*\.so\.[0-9] .*=> //p"); do
			mount --bind /dev/null "$lib" || exit 99
		done
		shift
		exec "$@"
	EOF
	row 1 file "$d2" f2 - "$u/ok/f2" >have.want
	row 1 file "$zero" f2 - "$u/ok/f2" >lack.want
	aoinb-fetch -c lib --table=have.want
	try 0 'what is there needs no libcurl' unshare -m sh without.sh curl aoinb-fetch -c lib --table=have.want
	try 0 'nor OpenSSL' unshare -m sh without.sh crypto aoinb-fetch -c lib --table=have.want
	try 69 'what is not there does' unshare -m sh without.sh curl aoinb-fetch -c lib --table=lack.want
	says err 'no libcurl.so.4' 'and says so'
	try 69 'and OpenSSL' unshare -m sh without.sh crypto aoinb-fetch -c lib --table=lack.want
else
	skip 9 'a full disk, and missing libraries, need root and a mount namespace'
fi

# --- whose rights a fetch has
# status KEY - of the process $pid
status() {
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$pid/status" | tr '\t' ' '
}
if [ "$(id -u)" -eq 0 ] && id -u nobody >/dev/null; then
	nobody=$(id -u nobody)
	rm -rf cache
	get "$u/ok/f1" "$d1" >out
	begun_any() {
		[ "$(find cache/part -type f -size +300k 2>/dev/null)" ]
	}
	printf '%s\n' "$u/slow/big $dbig" >one
	setpriv --pdeathsig KILL aoinb-fetch -c cache --user=nobody <one >out 2>err &
	pid=$!
	ok 'as a user: a download begins' wait_for 10 begun_any
	is 'with his rights'            "$(status Uid)" "$nobody $nobody $nobody $nobody"
	is 'without groups'             "$(status Groups)" ''
	is 'without capabilities'       "$(status CapEff)" 0000000000000000
	is 'nor a way to get some'      "$(status NoNewPrivs)" 1
	ok 'it comes to its end'        wait "$pid"
	is 'the cache is his'           "$(find cache ! -user nobody)" ''
	cat >parent <<-EOF
		aoinb-fetch --die-with-parent -c cache2 --user=nobody <one &
		echo \$! >child
		wait
	EOF
	sh parent &
	pid=$!
	wait_for 10 sh -c '[ "$(find cache2/part -type f -size +300k 2>/dev/null)" ]'
	kill -9 "$pid"
	wait "$pid" 2>/dev/null
	ok 'and he dies with us'        wait_for 10 sh -c '! kill -0 "$(cat child)" 2>/dev/null'
	printf '1\tfile\t%s\tf1\t-\t%s\n2\tfile\t%s\tbig\t-\t%s\n' "$d1" "$u/ok/f1" "$dbig" "$u/slow/big" >user.want
	rm -rf cache cache3
	setpriv --pdeathsig KILL aoinb-fetch -c cache --user=nobody --table=user.want >out 2>err &
	parent=$!
	ok 'a table: a download begins' wait_for 10 begun_any
	pid=$(pgrep -P "$parent")
	is 'with his rights'            "$(status Uid)" "$nobody $nobody $nobody $nobody"
	is 'without capabilities'       "$(status CapEff)" 0000000000000000
	ok 'it comes to its end'        wait "$parent"
	is 'the table is root'\''s'      "$(stat -c %U user) $(grep -c sha256/ user)" 'root 2'
	is 'the cache is his'           "$(find cache ! -user nobody)" ''
	: >log
	try 0 'when all is there'       env ASAN_OPTIONS=detect_leaks=0 strace -f -o trace aoinb-fetch -c cache --user=nobody --table=user.want
	is 'nobody is asked, and nothing started' "$(cat log; grep -cE '^[0-9 ]*(clone3?|v?fork|landlock_[a-z_]*)\(' trace)" 0
	aoinb-fetch -c cache3 --user=nobody --table=user.want 2>err &
	pid=$!
	wait_for 10 sh -c '[ "$(find cache3/part -type f -size +300k 2>/dev/null)" ]'
	pgrep -P "$pid" >child
	kill -9 "$pid"
	wait "$pid" 2>/dev/null
	ok 'who talks to servers dies with us' wait_for 10 sh -c '! kill -0 "$(cat child)" 2>/dev/null'
	mkdir here
	try 0 'no cache, and a user'    env -C here aoinb-fetch -c none --list --user=nobody
	is 'the working folder stays ours' "$(stat -c %U here)" root
	try 66 'root'\''s files are not his' get "file://$scratch/pub/f3" "$d3" --user=nobody
	try 0 'an import is'            aoinb-fetch -c cache --user=nobody --import=pub/f3
	try 0 'an unknown user'         get "$u/ok/f4" SKIP -v --user=no-such-user
	says err 'no user no-such-user, using nobody' 'is replaced by nobody'
else
	skip 24 'needs root and a user nobody'
fi
if get "$u/ok/f1" "$d1" -v 2>&1 | grep -q 'no landlock'; then
	skip 3 'this kernel has no landlock'
else
	rm -rf cache elsewhere
	mkdir -p cache elsewhere
	ln -s "$scratch/elsewhere" cache/stamp
	try 0 'a way out of the cache'  get "$u/ok/f1" "$d1" -v
	says err 'Permission denied: not stamped' 'is closed'
	is 'and nothing gets there'     "$(ls elsewhere)" ''
fi

# --- where there is no cache, nothing is removed, least of all here
mkdir -p here/part here/tmp && : >here/part/x && touch -d '2 days ago' here/part/x
try 0 'gc of a cache that is not there' sh -c 'cd here && aoinb-fetch -c none --gc --cache-max-size=1 </dev/null'
is 'leaves the working folder alone'    "$(cd here && find . | LC_ALL=C sort | tr '\n' ' ')" '. ./part ./part/x ./tmp '

finish
