#!/bin/sh
# aoinb-run: what a hostile build tries on pid 1 of its container, which is a program of
# the host's: to change it, to see its caller, and to outlive it
# shellcheck disable=SC2016 # quoted for another shell
. "${0%/*}/lib.sh"
need_root
need python3 pgrep setsid gcc
base=$(sh "$top/tests/base.sh") || skip_all 'no base'

mkdir disk && mount -t tmpfs aoinb-test disk || exit 1
later "umount -l '$scratch/disk'"
cd disk || exit 1
mkdir r
mark=$(($$ + 4000000))

# What it tries, a line each: "DEED: ok", or why not.
cat >attack.c <<'X'
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <unistd.h>

static void
say(const char *what, long r)
{
	printf("%s: %s\n", what, r < 0 ? strerrorname_np(errno) : "ok");
}

int
main(void)
{
	static const char *const files[] = { "mem", "exe", "environ", "maps", "fd/0", "cwd", "ns/mnt" };
	char path[64], c[64];
	size_t i;
	ssize_t n = -1;
	int fd;

	say("ptrace", ptrace(PTRACE_ATTACH, 1, 0, 0));
	say("seize", ptrace(PTRACE_SEIZE, 1, 0, 0));
	for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
		snprintf(path, sizeof(path), "/proc/1/%s", files[i]);
		say(files[i], open(path, O_RDONLY));
	}
	say("write exe", open("/proc/1/exe", O_WRONLY));
	fd = open("/proc/1/cmdline", O_RDONLY);
	if (fd >= 0)
		n = read(fd, c, sizeof(c));
	for (i = 0; n > 0 && i < (size_t)n && !c[i]; i++)
		;
	printf("cmdline: %s\n", n < 0 || i == (size_t)n ? "empty" : "ok");
	return 0;
}
X
gcc -D_GNU_SOURCE -static -o attack attack.c || exit 1

# chain BACKEND ARG... - the container, changes go nowhere
chain() {
	back=$1; shift
	rm -rf u w && mkdir u w
	aoinb-mount -l "$base" -u u -w w --volatile --bind="$PWD/attack:/attack:ro" r \
	    aoinb-run --backend="$back" "$@"
}
asleep() { pgrep -fx "sleep $mark" >/dev/null; }
quiet() { ! asleep; }

echo '# pid 1 from inside'
try 0 'the attacks'                     chain native r /attack
is 'none gets through'                  "$(cat out)" 'ptrace: EPERM
seize: EPERM
mem: EACCES
exe: EACCES
environ: EACCES
maps: EACCES
fd/0: EACCES
cwd: EACCES
ns/mnt: EACCES
write exe: EACCES
cmdline: empty'

# One of our own, which nobody else executes.
cp "$B/bin/aoinb-run" .
# of PID - that and its children, a line each
of() {
	echo "$1"
	for child in $(pgrep -P "$1"); do of "$child"; done
}
backs='native nspawn'
command -v systemd-nspawn >/dev/null || { backs=native; skip 4 'nspawn: systemd-nspawn is not there'; }
for back in $backs; do
	echo "# $back: what it runs from, and what of its caller is in it"
	rm -rf u w && mkdir u w
	SECRET=of-the-caller setsid aoinb-mount -l "$base" -u u -w w --volatile r \
	    ./aoinb-run --backend="$back" r sleep "$mark" <attack &
	pid=$!
	wait_for 10 asleep
	# shellcheck disable=SC2046 # numbers
	python3 - "$pid" $(of "$pid") >seen <<'X'
import os, signal, sys, time
group, pids, held = int(sys.argv[1]), sys.argv[2:], []
for pid in pids:
    if open('/proc/%s/comm' % pid).read().strip() != 'aoinb-run':
        continue
    held.append(os.open('/proc/%s/exe' % pid, os.O_RDONLY))
    if b'SECRET=' in open('/proc/%s/environ' % pid, 'rb').read():
        print('the environment of the caller is there')
    if pid != pids[0] and os.readlink('/proc/%s/fd/0' % pid) != '/dev/null':
        print('so is its standard input')
os.killpg(group, signal.SIGKILL)
while any(os.path.exists('/proc/%s/fd/0' % pid) for pid in pids):
    time.sleep(0.05)
for fd in held:
    try:
        os.open('/proc/self/fd/%d' % fd, os.O_WRONLY)
        print('it can be written')
    except OSError as e:
        print(os.strerror(e.errno))
X
	is "$back: nobody can write it, and it has nothing of its caller" "$(sort -u seen)" 'Read-only file system'
	ok "$back: it ends with its caller"     wait_for 10 quiet
	wait "$pid" 2>/dev/null
	try 0 "$back: the environment of pid 1" env SECRET=of-the-caller sh -c '
		rm -rf u w && mkdir u w
		aoinb-mount -l "$1" -u u -w w --volatile r aoinb-run --backend="$2" r \
		    sh -c "tr \"\\0\" \"\\n\" </proc/1/environ 2>/dev/null | grep -c SECRET; cat /proc/1/environ >/dev/null 2>&1 || echo no"' sh "$base" "$back"
	is 'has nothing of the caller'          "$(sed -n 1p out)" 0
done

echo '# to outlive it'
cat >outlive <<'X'
for i in 1 2 3; do
	(setsid sh -c 'trap "" HUP INT TERM; (exec setsid sleep "$1") &' sh "$1" &)
done
kill -STOP 1; kill -KILL 1
sleep 100
X
rm -rf u w && mkdir u w
setsid aoinb-rusage -o record --die-with-parent aoinb-mount -l "$base" -u u -w w --volatile r \
    aoinb-run r sh -c "$(cat outlive)" sh "$mark" &
pid=$!
wait_for 10 asleep
kill -KILL "-$pid"
ok 'nobody does, when all of its chain is killed at once' wait_for 10 quiet
wait "$pid" 2>/dev/null

# shellcheck disable=SC2119
finish
