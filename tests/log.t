#!/bin/sh
# the log: what is in it stays, whatever the build does by name or descriptor; it has an
# end; and what could not be written is told
# shellcheck disable=SC2016 # quoted for another shell
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need setpriv unshare python3

# field KEY [RECORD] - one value of a record
field() {
	sed -n "s/^$1=//p" "${2-r}"
}

# --- what prog can do to it

cat >attack <<'END'
echo first
echo by name >/dev/stderr
echo from others >/dev/stdout
setpriv --reuid=65534 --regid=65534 --clear-groups sh -c 'echo as nobody >>/dev/stderr'
truncate -s 8G /dev/stderr
chmod 4755 /dev/stderr
: >/dev/stdout
python3 -c 'import os; os.ftruncate(1, 0)'
python3 -c 'import os; os.lseek(1, 0, 0)'
echo last
END
try 0 'an attack on the log'               aoinb-rusage -o r -l log sh attack
is 'all is there, in order' "$(grep -E '^(first|by name|from others|as nobody|last)$' log)" \
    "$(printf '%s\n' first 'by name' 'from others' 'as nobody' last)"
is 'it is as it was made'                  "$(stat -c '%a %F' log)" '644 regular file'
ok 'and not large'                         test "$(stat -c %s log)" -lt 4096
is 'the record counts it'                  "$(field log_bytes) $(field log_missing)" "$(stat -c %s log) 0"
try 0 'what is there already'              aoinb-rusage -l log sh -c 'echo more; readlink /proc/self/fd/1 /proc/self/fd/2'
is 'is added to'                           "$(grep -n . log | sed -n '1p')" 1:first
is 'prog sees one pipe'                    "$(tail -n 2 log | uniq | grep -c '^pipe:')" 1
# A descriptor of the file must not be anybody's but the keeper's.
try 0 'no other way to it'                 aoinb-rusage -l log2 sh -c 'ls -l /proc/self/fd'
ok 'is handed in'                          test "$(grep -c log2 log2)" -eq 0

try 0 'a daemon that holds it'             aoinb-rusage -o r -l held sh -c 'setsid sleep 300 & echo done'
is 'delays nothing, and takes nothing'     "$(cat held)" 'done'
ok 'in a moment'                           test "$(field wall_us)" -lt 60000000
try 0 'one that closes it is not ended'    aoinb-rusage -o r -l closed sh -c 'echo a; exec >&- 2>&-; sleep 0.3'
is 'nor its words lost'                    "$(cat closed)" a
try 124 'one who prints for ever is, in time' aoinb-rusage -o r -l flood --log-max=64K --time=1s --grace=0 yes
ok 'and leaves a small log'                test "$(stat -c %s flood)" -lt 66000

# --- its end

try 0 'a long log'                         aoinb-rusage -o r -l long --log-max=64K seq 100000
ok 'is as long as it may be'               test "$(stat -c %s long)" -le $((64 * 1024 + 300)) -a "$(stat -c %s long)" -gt 60000
is 'with its beginning'                    "$(head -n 3 long)" "$(seq 3)"
is 'and its end'                           "$(tail -n 1000 long)" "$(seq 99001 100000)"
is 'two lines tell'                        "$(grep -c '^aoinb-rusage: ' long)" 2
missing=$(sed -n 's/^aoinb-rusage: \([0-9]*\) bytes are left out here$/\1/p' long)
# The beginning may end within a line, which is closed then.
off=$((missing + $(grep -v '^aoinb-rusage: ' long | wc -c) - $(seq 100000 | wc -c)))
ok 'how much is missing'                   test "$off" -eq 0 -o "$off" -eq 1
is 'and so does the record'                "$(field log_bytes) $(field log_missing)" "$(seq 100000 | wc -c) $missing"
sed -n '/are kept$/,/left out here$/p' long >told
is 'what is beside the gap'                "$(wc -l <told)" 2
try 0 'one that just fits'                 aoinb-rusage -o r -l fits --log-max=1K sh -c 'head -c 768 /dev/zero | tr "\0" x'
is 'is whole'                              "$(stat -c %s fits)" 768
try 0 'one a little longer'                aoinb-rusage -o r -l over --log-max=1K seq 250
is 'is whole as well, around a line'       "$(grep -v '^aoinb-rusage' over | tr -d '\n')" "$(seq 250 | tr -d '\n')"
is 'as the record says'                    "$(field log_missing)" 0

# --- silence is by what is said, also where it is not kept

try 0 'one who talks past the end is not silent' aoinb-rusage --silence=2s --grace=1s -l talk --log-max=4 \
    sh -c 'for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.5; done'

# --- a full disk

mkdir small
cat >full <<'END'
mount -t tmpfs -o size=256k none small || exit 99
aoinb-rusage -o r -l small/log seq 100000
code=$?
cp small/log kept
exit "$code"
END
try 74 'a log that cannot be written'      unshare -m sh full
says err '^aoinb-rusage: small/log: No space left' 'is said'
is 'once'                                  "$(wc -l <err)" 1
is 'what was written is there'             "$(head -n 2 kept)" "$(seq 2)"
is 'prog had a good end'                   "$(field verdict)" ok
ok 'what is missing is told'               test "$(field log_missing)" -gt 200000
cat >full <<'END'
mount -t tmpfs -o size=4k none small || exit 99
head -c 4k /dev/zero >small/x
aoinb-rusage -o r -s small/samples -i 1s sleep 1.5
END
try 74 'samples that cannot be written'    unshare -m sh full
says err '^aoinb-rusage: small/samples: No space left' 'are said'
is 'once'                                  "$(wc -l <err)" 1
is 'and counted as they are'               "$(field samples)" 0

# --- what goes to the caller's own file, device or terminal

echo 'echo out; echo err >&2; chmod 4755 /dev/stdout /dev/stderr; : >/dev/stdout; echo last; exit 3' >words
aoinb-rusage --relay sh words >file 2>&1
is 'its code'                              "$?" 3
is 'both go to a file, in order'           "$(cat file)" "$(printf 'out\nerr\nlast')"
is 'whose mode is the caller'"'"'s'        "$(stat -c %a file)" 644
aoinb-rusage --relay sh -c 'echo more; echo err >&2' >>file 2>err2
is 'it is added to'                        "$(tail -n 2 file)" "$(printf 'last\nmore')"
is 'and each goes its own way'             "$(cat err2)" err
is 'a pipe is handed on, to its end'       "$(aoinb-rusage --relay seq 300000 | tail -n 1)" 300000
cat >full <<'END'
mount -t tmpfs -o size=256k none small || exit 99
exec aoinb-rusage --relay seq 100000 >small/out
END
try 74 'a file that cannot be written'     unshare -m sh full
says err 'standard output: No space left'  'is said'
cat >terminal.py <<'END'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
said = b""
try:
    if sys.argv[1] == "type":
        os.write(fd, b"typed\n")
    while sys.argv[1] != "stop":
        piece = os.read(fd, 4096)
        if not piece:
            break
        said += piece
except OSError:
    pass
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.stdout.write(said.decode().replace("\r", ""))
sys.exit(code)
END
try 0 'a terminal'                         python3 terminal.py read aoinb-rusage --relay sh -c \
    'seq 2000; readlink /proc/self/fd/1; [ ! -t 1 ] && [ ! -t 2 ] && echo none'
is 'is not handed in'                      "$(tail -n 1 out)" none
is 'and gets all'                          "$(head -n 2000 out)" "$(seq 2000)"
try 124 'one that is stopped stops no limit' timeout 60 python3 terminal.py stop aoinb-rusage \
    --relay --time=1s --grace=0 yes

# --- and what is read

seq 100000 >in
chmod 640 in
is 'a file is read through a pipe'         "$(aoinb-rusage --relay sh -c 'tail -n 1; readlink /proc/self/fd/0 | tr -d 0-9
	chmod 4755 /dev/stdin' <in)" "$(printf '100000\npipe:[]')"
is 'which keeps its mode'                  "$(stat -c %a in)" 640
is 'without --relay it is handed in'       "$(aoinb-rusage readlink /proc/self/fd/0 <in)" "$PWD/in"
is 'a pipe is handed on, and not read ahead' "$(seq 3 | { aoinb-rusage --relay sh -c 'read -r x; echo "$x"'; cat; } | tr '\n' ' ')" '1 2 3 '
is 'nothing comes of a folder'             "$(aoinb-rusage --relay cat <. 2>&1; echo "$?")" \
    "$(printf 'aoinb-rusage: standard input: Is a directory\n74')"
is 'nor of /dev/null'                      "$(aoinb-rusage --relay cat </dev/null; echo "$?")" 0
try 0 'who does not read all'              timeout 20 aoinb-rusage --relay true <in
try 0 'what is typed on a terminal'        timeout 20 python3 terminal.py type aoinb-rusage --relay sh -c \
    'read -r x; echo "got $x"; [ -t 0 ] || echo none'
is 'comes without it'                      "$(tail -n 2 out)" "$(printf 'got typed\nnone')"
try 0 'in the background'                  timeout 20 python3 terminal.py type sh -mc \
    'aoinb-rusage --relay sh -c "sleep 1; echo done" & wait $!'
is 'nobody is stopped for it'              "$(tail -n 1 out)" 'done'

# --- builds

# devices BACKEND - what a program in an instance can do to the host's /dev/null
devices() {
	cp -a "$conf" "conf.$1"
	aoinb-conf -f "$conf/aoinb.ini" -D build_backend="$1" ini >"conf.$1/aoinb.ini"
	cat >devices <<-END
	mount -t tmpfs none small && mknod -m 666 small/null c 1 3 && mount --bind small/null /dev/null || exit 99
	aoinb -c "$PWD/conf.$1" run stable -- sh -c 'chmod 667 /dev/stdin; chmod 667 /dev/stdout /dev/stderr' </dev/null >/dev/null 2>&1
	stat -c %a small/null
	END
	try 0 "$1: /dev/null as input and output" unshare -m sh devices
	is "$1: is as it was"                  "$(cat out)" 666
}

world_new w limit_log=64K
# logs BACKEND - a build in which the log is attacked
logs() {
	bundle_tiny "logs$1"
	cat >>"logs$1/autobuild/build" <<-'END'
	echo marker-one
	for i in $(seq 200); do echo "compiling file $i"; done
	echo "a warning" >/dev/stderr
	setpriv --reuid=65534 --regid=65534 --clear-groups sh -c 'echo as nobody >>/dev/stderr'
	truncate -s 8G /dev/stderr || true
	chmod 4755 /dev/stderr
	echo marker-two
	seq 100000
	END
	try 0 "$1: a build"                    aoinb -c "$conf" build --backend="$1" "logs$1" stable
	aoinb -c "$conf" log "logs$1" >whole
	is "$1: its log is whole"              "$(grep -c '^compiling file' whole)" 200
	says whole '^marker-one$'                "$1: what was said before"
	says whole '^a warning$'                 "$1: by name"
	says whole '^as nobody$'                 "$1: by somebody else"
	says whole '^marker-two$'                "$1: and after"
	says whole 'bytes are left out here$'    "$1: it is bounded"
	ok "$1: to what the configuration says" test "$(wc -c <whole)" -lt 66000
	is "$1: it is no program"              "$(find "$work/jobs" -name log -perm /6111)" ''
}
logs native
devices native
if command -v systemd-nspawn >/dev/null; then
	logs nspawn
	devices nspawn
else
	skip 11 'no systemd-nspawn here'
fi
nothing_left

finish
