#!/bin/sh
# aoinb-fetch and servers, or names, that mean it ill
. "${0%/*}/lib.sh"
need python3 openssl
unset SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE

# get URL DIGEST [OPTION]... - one source, from anybody who is allowed by default
get() {
	printf '%s %s\n' "$1" "$2" >list; shift 2
	aoinb-fetch -c cache --retries=0 "$@" <list
}

# near URL DIGEST [OPTION]... - one source, from this machine too
near() {
	get "$@" --private=127.0.0.1
}

# server NAME [CERT KEY] - a fault server; its port is then in NAME
server() {
	name=$1; shift
	"$top/tests/fetch-server" pub "$name" log "$@" 2>"$name.err" &
	later "kill $!"
	wait_for 10 test -s "$name" || { cat "$name.err"; exit 1; }
}

# unasked TEXT - no server heard of us since the last time
unasked() {
	is "$1" "$(cat log)" ''
	: >log
}

mkdir pub
head -c 200000 /dev/urandom >pub/f1
sum=sha256::$(sha256sum <pub/f1 | cut -d ' ' -f 1)
openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out cert -days 2 \
    -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null
: >log
server port
server tls_port cert key
port=$(cat port) tls_port=$(cat tls_port)
u=http://127.0.0.1:$port s=https://127.0.0.1:$tls_port

echo '# addresses that are not for everybody'
for host in 127.0.0.1 localhost deep.localhost localhost. 127.1 0x7f.0.0.1 017700000001 2130706433 \
    127.0.0.1. %31%32%37.0.0.1 0.0.0.0 0 '[::1]' '[::]' '[::ffff:127.0.0.1]' '[::127.0.0.1]' \
    '[64:ff9b::7f00:1]' '[2002:7f00:1::]' 'user:pass@127.0.0.1' 'example.com@127.0.0.1'; do
	try 77 "$host" get "http://$host:$port/ok/f1" SKIP --connect-timeout=2s
done
unasked 'this machine was not asked'
for host in 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 169.254.169.254 192.0.0.1 \
    198.18.0.1 224.0.0.1 255.255.255.255 '[fc00::1]' '[fd12:3456::1]' '[fe80::1]' '[fec0::1]' \
    '[ff02::1]' '[::ffff:10.0.0.1]' '[64:ff9b::a00:1]' '[2002:c0a8:101::]' '[100::1]' '[2001:db8::1]'; do
	try 77 "$host" get "http://$host:$port/x" SKIP --connect-timeout=2s
done
says err 'no public address (reserved); --private' 'the reason and the remedy are told'
for url in https ftp; do
	try 77 "$url" get "$url://127.0.0.1:$port/x" SKIP
done
try 77 'a redirect' get "$u/to/http://localhost:$tls_port/x" SKIP --private="127.0.0.1:$port"
says err 'to http://localhost:.* refused: 127.0.0.1 is no public address' 'names both ends'
try 77 'one to another port' get "$u/to/$s/ok/f1" SKIP --private="127.0.0.1:$port"
is 'the first was asked, the second not' "$(wc -l <log)" 2
: >log
env http_proxy="$u" sh -c 'echo http://127.0.0.1:1/ok/f1 SKIP | aoinb-fetch -c cache --retries=0' >out 2>err
is 'nor is a proxy asked for one' "$(wc -l <log) $(grep -c 'no public address' err)" '0 1'
env http_proxy="$u" sh -c 'echo http://localhost/ok/f1 SKIP | aoinb-fetch -c cache --retries=0' >out 2>err
unasked 'or for localhost'
try 77 'a mirror that redirects to another' get "http://127.0.0.1:1/x" "$sum" -m "$u/to/http://localhost:$port/ok/f1"
: >log
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	printf '127.0.0.1 public.example\n::1 public.example\n' >hosts
	echo "http://public.example:$port/ok/f1 $sum" >named.list
	cat >named.sh <<-'EOF'
		mount --bind hosts /etc/hosts || exit 99
		aoinb-fetch -c named --retries=0 "$@" <named.list
	EOF
	try 77 'a name that leads here' unshare -m sh named.sh
	says err 'public.example.*is no public address' 'is found out'
	unasked 'where it is connected to'
	try 0 'a name that is allowed' unshare -m sh named.sh --private=public.example
else
	skip 4 'a name of our own needs root and a mount namespace'
fi

echo '# and who may all the same'
for private in yes 127.0.0.1 127.0.0.0/8 0.0.0.0/0 ::ffff:127.0.0.1 "10.0.0.0/8 127.0.0.1:$port" "no 127.0.0.1"; do
	rm -rf cache
	try 0 "--private=$private" get "$u/ok/f1" "$sum" --private="$private"
done
for private in no '' 10.0.0.0/8 127.0.0.2 127.0.0.0/32 '2000::/3 10.1.1.1' localhost 127.0.0.1:1; do
	rm -rf cache
	try 77 "not: --private=$private" get "$u/ok/f1" "$sum" --private="$private"
done
for private in 127.0.0.0/33 ::1/129 a,b http://x/ x:0 x:70000 '[::1'; do
	try 64 "--private=$private is none" get "$u/ok/f1" "$sum" --private="$private"
done
try 0 'a file is on no server'         get "file://localhost$PWD/pub/f1" SKIP
rm -rf cache
try 0 'a mirror that was named'        get http://127.0.0.1:1/x "$sum" -m "$u/ok/f1"
rm -rf cache
try 0 'a fallback'                     get http://127.0.0.1:1/x "$sum" --fallback="$u/ok/f1"
try 0 'a proxy'                        env http_proxy="$u" sh -c \
    'echo http://nowhere.invalid/ok/f1 SKIP | aoinb-fetch -c cache --retries=0'

echo '# hosts of URLs, for other programs'
printf '%s\n' git://127.0.0.1/x https://8.8.8.8/x 'svn://[fd00::1]/y' lp:thing http://build.lan:80/z \
    http://nowhere.invalid/a >urls
aoinb-fetch --hosts --private='build.lan' <urls >out 2>err
is '--hosts' "$? $(tr '\n' ' ' <out)" '77 https://8.8.8.8/x lp:thing http://build.lan:80/z http://nowhere.invalid/a '
is 'says which not' "$(wc -l <err) $(grep -c '^aoinb-fetch: git://127.0.0.1/x: 127.0.0.1 is no public' err)" '2 1'
echo git://127.0.0.1/x | aoinb-fetch --hosts --private=127.0.0.0/8 >out
is 'a network that may' "$?" 0
try 64 'it wants nothing else' aoinb-fetch --hosts --list

echo '# a redirect with a long body'
rm -rf cache
try 0 'is followed'                    near "$u/to-long/$u/ok/f1" "$sum"
try 0 'from TLS to TLS'                env SSL_CERT_FILE=cert sh -c \
    'echo "$1 SKIP" | aoinb-fetch -c cache --private=127.0.0.1' sh "$s/to-long//ok/f1"
try 69 'but not anywhere'              near "$u/to-long/file:///etc/passwd" SKIP
says err 'redirect from .* to file:///etc/passwd refused' 'as others are not'

echo '# folders of FTP servers'
for url in / '' /dir/ /dir/. /dir/x/.. /dir%2f '/dir/;type=i' '/file;type=d' '/file;type=D' '/dir/?x' '/dir/#x' '/x?dir/'; do
	try 66 "ftp://HOST$url" near "ftp://127.0.0.1:1$url" SKIP
	says err 'a folder of an FTP server' 'is called one'
done
try 69 'a file is none' near 'ftp://127.0.0.1:1/dir/file;type=i' SKIP
"$top/tests/ftp-elsewhere" ftp ftp.log 2>ftp.err &
later "kill $!"
wait_for 10 test -s ftp || cat ftp.err
try 0 'a server that names another address' near "ftp://127.0.0.1:$(cat ftp)/file" SKIP
is 'is asked itself'                   "$(cat ftp.log) $(cat "cache/$(cut -f 4 out)")" '127.0.0.1 data'

echo '# a byte, and again a byte'
# slowly URL DIGEST [OPTION]...
slowly() {
	near "$@" --stall-timeout=1s --speed-window=1s
}
rm -rf cache
: >log
try 69 'is not waited for'             slowly "$u/trickle/f1" "$sum"
says err 'less than 1024 bytes a second for 1 seconds' 'which is said'
try 69 'nor before the body'           slowly "$u/trickle-head/f1" SKIP
try 0 'the next place is asked'        slowly "$u/trickle/f1" "$sum" --fallback="$u/ok/f1"
is 'for the rest' "$(grep -c 'GET /ok/f1 bytes=[1-9]' log)" 1
head -c 30 pub/f1 >pub/short
try 0 'a slower pace may be allowed'   slowly "$u/trickle/short" SKIP --least-speed=0

echo '# TLS, and no length'
export SSL_CERT_FILE=cert
rm -rf cache
try 0 'an end that is said'            near "$s/unsized/f1" SKIP
ok 'is one'                            cmp pub/f1 "cache/$(cut -f 4 out)"
try 69 'an end that is not'            near "$s/unsized-cut/f1" SKIP
is 'leaves no file'                    "$(find cache/url -type f ! -name '*.meta' | wc -l)" 1
try 0 'a digest tells, too'            near "$s/unsized-cut/short" "sha256::$(sha256sum <pub/short | cut -d ' ' -f 1)"
try 0 'a length needs no end'          near "$s/ok/f1" "$sum"

finish
