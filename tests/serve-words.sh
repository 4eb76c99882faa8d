# shellcheck shell=sh
# The words of the tests of aoinb-serve: a server of this test's own, and who asks it.

need curl jq openssl python3 dpkg-deb setpriv
mkdir conf conf/source_lists
printf '[serve]\n' >conf/aoinb.ini
echo 'deb http://127.0.0.1:1/debs stable main' >conf/source_lists/stable.list
echo 'deb http://127.0.0.1:1/debs other main' >conf/source_lists/other.list
later 'serve_stop'
server=''
# What sanitizers take of memory is not the server's.
mib_most=64
! grep -q __asan_init "$B/bin/aoinb-serve" || mib_most=1000

# as_user PROG... - becomes it, as somebody without rights
as_user() {
	[ "$(id -u)" -eq 0 ] || exec "$@"
	exec setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs --bounding-set=-all "$@"
}
mkdir -m 700 d
[ "$(id -u)" -ne 0 ] || {
	chown 65534:65534 d
	chmod 711 "$scratch"
}

# serve_start [OPTION]... - a server in d/; sets url, and server to its process
serve_start() {
	as_user aoinb-serve -c "$scratch/conf" -D serve_dir="$scratch/d" -D arch=amd64 --listen=127.0.0.1:"${port-0}" "$@" \
	    >>serve.out 2>>serve.err </dev/null &
	server=$!
	wait_for 10 serve_is_up || return 1
	url=$(sed -n 's/^listening on \(http:.*\)/\1/p' serve.out | tail -n 1)
	port=${url##*:}
}

serve_is_up() {
	kill -0 "$server" 2>/dev/null || return 0
	curl -fsS --max-time 2 --unix-socket d/admin.sock http://d/health >/dev/null 2>&1
}

# serve_stop - asks it to end, and waits
serve_stop() {
	[ "$server" ] || return 0
	kill "$server" 2>/dev/null
	ended=0
	wait "$server" 2>/dev/null || ended=$?
	server=''
	[ "$ended" -eq 0 ] || report 1 "the server ends well ($ended)"
}

# serve_kill - it has no time for anything
serve_kill() {
	kill -9 "$server"
	wait "$server" 2>/dev/null
	server=''
}

# admin ROUTE [CURL-OPTION]... - by the socket; the body is printed
admin() {
	route=$1; shift
	curl -sS --max-time 60 --unix-socket d/admin.sock "$@" "http://d$route"
}

# token NAME SCOPES [MORE] - a new token; MORE are members of JSON
token() {
	admin /token -d "{\"name\":\"$1\",\"scopes\":[$2]${3:+,$3}}" | jq -r '.token // halt_error'
}

# ask CODE TEXT BEARER ROUTE [CURL-OPTION]... - the answer must have CODE; body and head are kept
ask() {
	want=$1 text=$2 bearer=$3 route=$4; shift 4
	: >body
	got=$(curl -sS --max-time 60 -o body -D head -w '%{http_code}' \
	    ${bearer:+-H "Authorization: Bearer $bearer"} "$@" "$url$route" 2>curl.err)
	[ "$got" = "$want" ]; report $? "$text"
	[ "$got" = "$want" ] || {
		echo "# got $got, wanted $want: $route $*"
		head -c 600 body | sed 's/^/# /'; tail -n 3 curl.err serve.err | sed 's/^/# /'
	}
}

# get BEARER ROUTE FILTER - what jq makes of the answer
get() {
	curl -sS --max-time 60 -H "Authorization: Bearer $1" "$url$2" | jq -r "$3"
}

# header NAME - of the last answer
header() {
	sed -n "s/^$1: *\(.*\)\r\$/\1/Ip" head | tail -n 1
}

# bundle NAME - a bundle in NAME/, and NAME.tar.gz of what is in it
bundle() {
	mkdir -p "$1/autobuild"
	printf 'VER=1.0\nDUMMYSRC=1\n' >"$1/spec"
	printf 'PKGNAME=%s\nPKGSEC=utils\nPKGDES="%s"\nABTYPE=dummy\n' "$1" "$1" >"$1/autobuild/defines"
	tar -C "$1" -czf "$1.tar.gz" .
}

# deb NAME [VERSION [ARCH]] - a package NAME_VERSION_ARCH.deb
deb() {
	set -- "$1" "${2:-1.0-0}" "${3:-amd64}"
	mkdir -p "deb.$1/DEBIAN" "deb.$1/usr/share/$1"
	date >"deb.$1/usr/share/$1/made"
	printf 'Package: %s\nVersion: %s\nArchitecture: %s\nMaintainer: A <a@localhost>\nDescription: %s\n' \
	    "$1" "$2" "$3" "$1" >"deb.$1/DEBIAN/control"
	dpkg-deb --root-owner-group -Znone -b "deb.$1" "$1_$2_$3.deb" >/dev/null
	rm -r "deb.$1"
}

# task BUNDLE [JSON] - creates a task, uploads BUNDLE.tar.gz, and starts it; prints its id
task() {
	id=$(curl -fsS -H "Authorization: Bearer $me" "$url/task" -d "${2:-"{\"branch\":\"stable\"}"}" | jq .id) &&
	    curl -fsS -o /dev/null -H "Authorization: Bearer $me" -T "$1.tar.gz" "$url/task/$id/build_bundle" &&
	    curl -fsS -o /dev/null -H "Authorization: Bearer $me" -X PUT "$url/task/$id/build" && echo "$id"
}

# lease BEARER [JSON] - asks; sets id, n and lease, empty when there is nothing
lease() {
	curl -sS --max-time 60 -H "Authorization: Bearer $1" "$url/lease" -d "${2:-"{}"}" >given
	id='' n='' lease=''
	[ -s given ] || return 1
	id=$(jq -r .id given) n=$(jq -r .attempt given) lease=$(jq -r .lease given)
	[ "$lease" != null ]
}

# key NAME - a key pair: NAME.key and NAME.pub, one line
key() {
	openssl genpkey -algorithm ed25519 -out "$1.key" 2>/dev/null
	openssl pkey -in "$1.key" -pubout -outform DER | tail -c 32 | base64 >"$1.pub"
}

# result KEY VERDICT EXIT [DEB]... - what a worker says of the lease, in result.dsse
result() {
	key=$1 verdict=$2 exit=$3; shift 3
	for file; do
		jq -n --arg n "${file##*/}" --arg s "$(sha256sum <"$file" | cut -d' ' -f1)" --argjson z "$(stat -c %s "$file")" \
		    '{name: $n, size: $z, sha256: $s}'
	done | jq -s . >outputs
	jq -nc --slurpfile o outputs --argjson id "$id" --argjson n "$n" --arg v "$verdict" --argjson e "$exit" \
	    --arg b "$(jq -r .bundle_sha256 given)" --argjson l "${log_size:-0}" --arg h "${log_sha-}" --arg w "${why-}" \
	    '{task: $id, attempt: $n, verdict: $v, exit: $e, bundle_sha256: $b, log_size: $l, outputs: $o[0]}
	    + if $h == "" then {} else {log_sha256: $h} end + if $w == "" then {} else {why: $w} end' >payload
	dsse "$key" payload >result.dsse
}

# dsse KEY FILE - an envelope of FILE, signed by KEY.key
dsse() {
	type=application/vnd.aoinb.result+json
	{ printf 'DSSEv1 %s %s %s ' "${#type}" "$type" "$(stat -c %s "$2")"; cat "$2"; } >pae
	openssl pkeyutl -sign -rawin -inkey "$1.key" -in pae -out sig
	jq -nc --arg t "$type" --arg p "$(base64 -w0 "$2")" --arg s "$(base64 -w0 sig)" \
	    '{payloadType: $t, payload: $p, signatures: [{keyid: "k", sig: $s}]}'
}

# nginx_conf - the sample of conf/ before the server, with a certificate of its own, tls.pem:
# sets tls, its port
nginx_conf() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tls.key -out tls.pem -days 2 \
	    -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
	tls=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	{
		echo "pid $scratch/nginx.pid; error_log $scratch/nginx.err; worker_processes 2; daemon off; events {} http { access_log off;"
		sed "s|127.0.0.1:8720|127.0.0.1:$port|; s|443|127.0.0.1:$tls|; s|build.example.org;|localhost;|
		    s|/etc/ssl/certs/.*pem|$scratch/tls.pem|; s|/etc/ssl/private/.*key|$scratch/tls.key|" "$top/conf/nginx-aoinb.conf"
		echo '}'
	} >nginx.conf
}

# nginx_start - it answers: sets nginx to its process
nginx_start() {
	nginx -p "$scratch" -e nginx.err -c nginx.conf &
	nginx=$!
	later "kill $nginx 2>/dev/null"
	wait_for 10 curl -fsS --cacert tls.pem -o out "https://localhost:$tls/health" 2>err
}
