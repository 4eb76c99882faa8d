#!/bin/sh
# what a build sees of others' sources; passwords in URLs; what logs tell a terminal
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
. "$top/tests/apt-repo.sh"
need_root
need git python3 dpkg-deb

# tty PROG [ARG]... - with a terminal, whose output out has
tty() {
	python3 -c 'import os, pty, sys
out = open("out", "wb")
def read(fd):
    data = os.read(fd, 65536)
    out.write(data)
    return data
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:], read)))' "$@" </dev/null >/dev/null
}

mkdir pub
tar -cf pub/one.tar -C "$top" README.md
echo two >pub/two
git init -q --initial-branch=main repo
git -C repo -c user.name=t -c user.email=t@localhost commit -q --allow-empty -m one
git clone -q --bare repo pub/repo.git
git -C pub/repo.git update-server-info
served
world_new w
bare=${url#http://}
secret=http://me:hunter2@$bare/pub
sum() { sha256sum <"$1" | cut -d ' ' -f 1; }

# bundle DIR SRCS CHKSUMS <BUILD
bundle() {
	bundle_tiny "$1"
	printf 'VER=1\nSRCS="%s"\nCHKSUMS="%s"\nSUBDIR=.\n' "$2" "$3" >"$1/spec"
	cat >>"$1/autobuild/build"
}

echo '# sources of others, and passwords'
bundle owner "tbl::$secret/one.tar file::rename=two::$secret/two git::commit=HEAD;rename=g::$secret/repo.git" \
    "sha256::$(sum pub/one.tar) SKIP SKIP" <<'END'
[ -e ../build/two ] || [ -e two ]
echo "sees: $(cat /buildroot/sources)"
END
bundle thief "file::rename=three::$url/pub/two" "sha256::$(sum pub/two)" <<'END'
echo "cache: $(cd /buildroot/cache && find . -type f | paste -sd ' ')"
echo "mirrors: $(find /buildroot/vcs -mindepth 1 2>/dev/null | wc -l)"
END
try 0 'a build of sources with a password' aoinb -v -c "$conf" build owner stable
cat out err >said
ok 'which it has had'                      grep -q "http://$bare/pub/repo.git" "$(find "$work/jobs" -name log)"
is 'nobody is told of it'                  "$(grep -c hunter2 said)" 0
is 'only the spec has it, and what is wanted of that' \
    "$(cd "$work" && grep -rl hunter2 . | sed 's,/jobs/[^/]*,/jobs/ID,' | LC_ALL=C sort | paste -sd ' ')" \
    './jobs/ID/bundle/spec ./jobs/ID/sources.want'
is 'not the address of a mirror'           "$(cat "$work"/cache/vcs/git/*/url)" "http://$bare/pub/repo.git"
try 0 'it is there for who has none'       aoinb -c "$conf" fetch --branch=stable owner
is 'nor is it told then'                   "$(cat out err | grep -c hunter2)" 0
try 0 'another build'                      aoinb -c "$conf" build thief stable
log=$(find "$work/jobs" -path '*thief*' -name log)
is 'sees its own sources'                  "$(sed -n 's/^cache: //p' "$log")" "./sha256/$(sum pub/two)"
is 'and no mirror'                         "$(sed -n 's/^mirrors: //p' "$log")" 0
bundle lost "tbl::$secret/nothing.tar git::rename=h::$secret/no.git" "SKIP SKIP" </dev/null
try 66 'what is not there'                 aoinb -v -c "$conf" build lost stable
says err "http://$bare/pub/nothing.tar" 'is named'
is 'without the password'                  "$(cat out err | grep -c hunter2)" 0
try 66 'nor by the fetcher'                sh -c "echo '$secret/nothing SKIP' | aoinb-fetch -v -c cache --private=127.0.0.1"
is 'is it told'                            "$(cat out err | grep -c hunter2)" 0
try 0 'with a password'                    sh -c "echo '$secret/two SKIP' | aoinb-fetch -c cache --private=127.0.0.1"
says out "http://$bare/pub/two$" 'a record has none'
n=$(grep -c 'GET /pub/two' requests)
try 0 'and without'                        sh -c "echo '$url/pub/two SKIP' | aoinb-fetch -c cache --private=127.0.0.1"
is 'it is one file of the cache'           "$(find cache/url -type f -size +0 | grep -vc meta)" 1

echo '# logs on a terminal'
# shellcheck disable=SC1003 # for printf
printf 'plain \303\251\tx\n\033[1;31mred\033[0m\033[2J\033]0;title\007\033P1$r\033\\end\nover\rwritten\r\nc1 \302\2332Jx \2332J \342\200\256bidi \342\201\246x\n\033[8mhidden\b\a\033c\0\n\033]52;c;open\nnext\033[31m' >log
bundle noisy "file::$url/pub/two" "SKIP" <<'END'
cat autobuild/log
exit 1
END
cp log noisy/autobuild/
aoinb -c "$conf" build noisy stable >/dev/null 2>&1
aoinb -c "$conf" log noisy >raw
ok 'a pipe has all of it'                  grep -aqF "$(printf '\033]0;title')" raw
tty aoinb -c "$conf" log --raw noisy
ok 'so has a terminal with --raw'          grep -aqF "$(printf '\033]0;title')" out
# evil FILE - what of FILE moves a terminal beside colours
evil() {
	python3 -c 'import re, sys
text = open(sys.argv[1], "rb").read().replace(b"\r\n", b"\n")
text = re.sub(rb"\x1b\[[0-9;:]*m", b"", text).decode("utf-8", "surrogateescape")
print(sorted({hex(ord(c)) for c in text if (ord(c) < 32 and c not in "\n\t") or 0x7f <= ord(c) < 0xa0 or 0x202a <= ord(c) <= 0x202e or 0x2066 <= ord(c) <= 0x2069 or 0xdc80 <= ord(c) <= 0xdcff}))' "$1"
}
tty aoinb -c "$conf" log noisy
is 'else nothing that moves it'            "$(evil out)" '[]'
ok 'but colours'                           grep -aqF "$(printf '\033[1;31mred\033[0m')" out
ok 'and letters'                           grep -aqF "$(printf 'plain \303\251\tx')" out
ok 'and what was written over'             grep -aq '^over' out
ok 'and what follows an open string'       grep -aq '^next' out
tty aoinb -c "$conf" log -f noisy
is 'likewise when it is followed'          "$(evil out)" '[]'
aoinb -c "$conf" cleanup jobs
tty aoinb -v -c "$conf" build noisy stable
sed -i 's/\r$//; s/\r\x1b\[[JK]//g; s/\x1b\[K//g' out
is 'and by build -v'                       "$(evil out)" '[]'
ok 'which shows it'                        grep -aq '^over' out
nothing_left

finish
