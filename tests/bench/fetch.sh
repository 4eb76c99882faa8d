#!/bin/sh
# aoinb-fetch against the programs it stands for: many small files far away, one
# big file near by
here=$(cd "${0%/*}" && pwd) || exit 1
. "$here/lib.sh"
need python3 nginx curl wget

mkdir pub
"$here/../fetch-server" pub port log 2>server.err &
later "kill $!"
wait_for 10 test -s port || exit 1
u=http://127.0.0.1:$(cat port)

# far FILES BYTES - so many files of that size, 50 ms away: sets ours, and leaves
# what wget would do in far.peer
far() {
	rm -f far.list far.peer
	i=0
	while [ "$i" -lt "$1" ]; do
		head -c "$2" /dev/urandom >"pub/f$i"
		sum=$(sha256sum <"pub/f$i")
		echo "$u/latency/f$i sha256::${sum%% *}" >>far.list
		echo "wget -q -O got $u/latency/f$i; sha256sum got" >>far.peer
		i=$((i + 1))
	done
	ours=$(seconds 'sh -c "aoinb-fetch -c cache --private=127.0.0.1 --jobs=8 <far.list"' --prepare 'rm -rf cache got')
}

# far_row NAME MOST
far_row() {
	row "$1" "$ours" "$(seconds 'sh -e far.peer' --runs 2 --prepare 'rm -rf cache got')" "$2" \
	    'against: wget and sha256sum, one by one'
}

far 20 1000000
far_row 'fetch: 20 files of 1 MB' 0.2

# Ideal: a round trip of 50 ms for every eighth file, and the time that the bytes
# take, which is what one connection without a delay needs for them.
far 200 100000
row 'fetch: 200 files, 50 ms' "$ours" \
    "$(awk -v b="$(seconds "curl -s -o got $u/ok/f[0-199]")" 'BEGIN { print 200 / 8 * 0.05 + b }')" \
    1.1 'against: round trips and bytes'
far_row 'fetch: 200 files, 50 ms' 0.15

head -n 1 far.list | { read -r url digest; printf '1\tfile\t%s\tf0\t-\t%s\n' "$digest" "$url"; } >one.want
aim 'fetch: one cached file' "$(seconds 'aoinb-fetch -c cache --private=127.0.0.1 --table=one.want' --runs 101)" 0.003

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir ngx
cat >ngx/conf <<EOF
daemon off; master_process off; error_log ngx/err; pid ngx/pid;
events { }
http {
	access_log off; sendfile on;
	client_body_temp_path ngx/1; proxy_temp_path ngx/2; fastcgi_temp_path ngx/3;
	uwsgi_temp_path ngx/4; scgi_temp_path ngx/5;
	server { listen 127.0.0.1:$port; root $scratch/pub; }
}
EOF
nginx -p "$scratch" -c ngx/conf -e ngx/err &
later "kill $!"
head -c 500000000 /dev/urandom >pub/big
sum=$(sha256sum <pub/big)
wait_for 10 curl -s -o got "http://127.0.0.1:$port/f1" || exit 1
echo "http://127.0.0.1:$port/big sha256::${sum%% *}" >big.list
echo "curl -s -o got http://127.0.0.1:$port/big; sha256sum got" >big.peer
against 'fetch: 500 MB' 0.8 \
    'sh -c "aoinb-fetch -c cache --private=127.0.0.1 <big.list"' 'sh -e big.peer' --prepare 'rm -rf cache got'
