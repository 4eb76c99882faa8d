#!/bin/sh
# Sources that only this machine, or its network, has: not without leave
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need python3 git
unset http_proxy https_proxy all_proxy
world_new w

mkdir served
echo secret >served/secret
: >log
"$top/tests/fetch-server" served port log 2>server.err &
later "kill $!"
wait_for 10 test -s port || cat server.err
u=http://127.0.0.1:$(cat port)

# private VALUE... - what [fetch] private is
private() {
	aoinb-conf -c "$conf" -D fetch_private="$*" ini >next.ini && mv next.ini "$conf/aoinb.ini"
}

# spec DIR SOURCE - a bundle DIR with that source, of which no digest is known
spec() {
	bundle_tiny "$1"
	printf 'VER=1\nSRCS="%s"\nCHKSUMS="SKIP"\n' "$2" >"$1/spec"
}

# fetches CODE TEXT DIR... - aoinb fetch
fetches() {
	want_code=$1 text=$2; shift 2
	try "$want_code" "$text" aoinb -c "$conf" fetch "$@"
}

spec file "file::$u/ok/secret"
spec git "git::$u/repo.git"
spec svn "svn::rename=x::svn://127.0.0.1/repo"
spec far git::http://nowhere.invalid/repo.git
private no
fetches 77 'a file' file
says err "$u/ok/secret: 127.0.0.1 is no public address (loopback); .*private in \[fetch\]" 'is refused, with the remedy'
fetches 77 'a repository' git
says err "$u/repo.git: 127.0.0.1 is no public address" 'too'
fetches 77 'by another client' svn
is 'nothing was asked' "$(cat log)" ''
is 'and nothing is left' "$(find "$work/jobs" "$work/cache/vcs" -mindepth 1 2>/dev/null)" ''
try 77 'a build' aoinb -c "$conf" build git stable
fetches 69 'a name without an address is for the client' far

private 127.0.0.0/8
fetches 0 'a file of a network that may' file
private "127.0.0.1:$(cat port)"
fetches 0 'of a host that may' file
fetches 69 'a repository there' git
is 'is asked for' "$(grep -c 'GET /repo.git' log | sed 's/[1-9].*/some/')" some
private 10.0.0.0/8
fetches 77 'of another network' file
printf '[fetch]\nprivate = 10.0.0.0/33\n' >bad.ini
try 78 'a network that is none' aoinb-conf -f bad.ini ini
says err 'private is neither yes, no, nor hosts and networks' 'is told'
aoinb -c "$conf" doctor >doctor.out
says doctor.out '^good.sources from public addresses; .* 10.0.0.0/8' 'doctor tells who may'
private yes
aoinb -c "$conf" doctor >doctor.out
says doctor.out '^warn.\[fetch\] private is yes' 'and warns when all may'

nothing_left
finish
