#!/bin/sh
# the user namespace of root's containers: root inside is nobody outside, whatever a build
# tries; files keep their owners, and packages that are picky install as they always did
# shellcheck disable=SC2016 # quoted for another shell
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need python3 pgrep nsenter gcc jq getfattr dpkg-deb
base=$(sh "$top/tests/base.sh") || skip_all 'no base'

# On a disk, as those know how since long before a tmpfs does.
mkdir -p "$top/build/tests"
disk=$(mktemp -d "$top/build/tests/XXXXXX")
later "rm -rf --one-file-system '$disk'"
cd "$disk" || exit 1
mkdir r w lower u given
aoinb-mount -l lower -u u -w w --userns=yes r true 2>why ||
	skip_all "no user namespaces over layers here: $(head -n 1 why)"

# chain BINDS ARG... - a container in a range of its own, whose changes stay in u
chain() (
	binds=$1; shift
	rm -rf u w && mkdir u w || exit 1
	# shellcheck disable=SC2086 # options
	exec aoinb-mount -l "$base" -u u -w w --userns=yes $binds r aoinb-run --userns=yes r "$@"
)
try 0 'one may make a sandbox of its own there' aoinb-mount -l "$base" -u u -w w --userns=yes r \
    aoinb-run --userns=yes --sandbox=auto r unshare --user --map-root-user id -u
ready() { [ -e u/ready ]; }
# begin ARG... - one that says /ready, and goes on: sets chain and inside, its PROG
begin() {
	rm -f u/ready	# of the one before
	chain "-b $PWD/count:/count:ro" "$@" >said 2>&1 &
	chain=$!
	wait_for 10 ready || cat said
	# The shell of the function may be between.
	inside=$chain
	while [ -n "$(pgrep -P "$inside")" ] && [ "$(awk '/^NSpid:/ { print NF }' "/proc/$inside/status")" -lt 3 ]; do
		inside=$(pgrep -P "$inside" | head -n 1)
	done
}
gone() { [ ! -e "/proc/$inside" ]; }
end() {
	kill "$inside"		# of pid 1 the supervisor hears
	kill "$chain" 2>/dev/null
	wait "$chain" 2>/dev/null
	wait_for 10 gone
}
# field NAME - of its status, blanks in place of tabs
field() {
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$inside/status" | tr '\t' ' ' | sed 's/ *$//'
}

cat >attack.c <<'X'
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static void
say(const char *what, long r)
{
	printf("%s: %s\n", what, r < 0 ? strerrorname_np(errno) : "ok");
	fflush(stdout);
}

/* PID SECRET OPEN SETUID - what there is of the host's, each for one attack */
int
main(int argc, char *argv[])
{
	pid_t pid = (pid_t)atoi(argv[1]);
	int i;

	(void)argc;
	say("kill", kill(pid, SIGKILL));
	say("ptrace", ptrace(PTRACE_SEIZE, pid, 0, 0));
	say("read", open(argv[2], O_RDONLY));
	say("chmod", chmod(argv[2], 0666));
	say("write", open(argv[3], O_WRONLY));
	say("mknod", mknod("drop/disk", S_IFBLK | 0600, makedev(8, 0)));
	say("mount", mount("none", "/mnt", "tmpfs", 0, NULL));
	for (i = 1; i < 10000 && open("/proc/sys/kernel/core_pattern", O_WRONLY) >= 0; i++)
		;
	say("core_pattern", i > 1 ? 0 : -1);
	execl(argv[4], argv[4], NULL);
	return 1;
}
X
printf '#include <stdio.h>\n#include <unistd.h>\nint main(void) { printf("euid %%d\\n", (int)geteuid()); return 0; }\n' >euid.c
cat >count.c <<'X'
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

int
main(void)
{
	while (inotify_init() >= 0)
		;
	if (mkdir("/ready", 0755) == 0)
		pause();
	return 1;
}
X
gcc -D_GNU_SOURCE -static -o attack attack.c && gcc -static -o count count.c && gcc -static -o euid euid.c || exit 1
sleep 300 & victim=$!
later "kill $victim"
echo s >secret && chmod 600 secret && echo o >open && chmod 644 open
chmod 755 .
mkdir -m 1777 drop

echo '# who root is'
begin sh -c 'id -u; cat /proc/self/uid_map /proc/self/gid_map; : >/ready; exec sleep 300'
first=$(field Uid); first=${first%% *}
is 'uid 0 inside'                       "$(head -n 1 said)" 0
is 'is a high one outside, in all of its ids' "$(field Uid)" "$first $first $first $first"
ok 'above all accounts'                 test "$first" -ge 1879048192
is 'and of no group of the caller'      "$(field Gid)|$(field Groups)" "$first $first $first $first|"
is 'it has 65536 users and groups'      "$(sed 1d said | tr -s ' ' | sed 's/^ //' | sort -u)" "0 $first 65536"
mkdir other other/u other/w other/r
try 0 'another container meanwhile'     aoinb-mount -l "$base" -u other/u -w other/w --userns=yes other/r \
    aoinb-run --userns=yes other/r cat /proc/self/uid_map
ok 'has others'                         test "$(tr -s ' ' <out | cut -d ' ' -f 3)" != "$first"

# Root of that namespace, with all privileges in it, but in the host's processes, mounts
# and network: a build for which nothing else has held.
echo '# what a build can do that has got out of all else'
cp euid setuid && chmod 4755 setuid
nsenter --user="/proc/$inside/ns/user" --setuid 0 --setgid 0 ./attack "$victim" "$PWD/secret" "$PWD/open" \
    "$PWD/setuid" >out 2>&1
is 'nothing' "$(cat out)" 'kill: EPERM
ptrace: EPERM
read: EACCES
chmod: EPERM
write: EACCES
mknod: EPERM
mount: EPERM
core_pattern: EACCES
euid 0'
ok 'whom it wanted to kill lives'       kill -0 "$victim"
end

echo '# what is counted by user'
begin /count
ok 'one that has taken all inotify there is' test -e u/ready
try 0 'leaves root his own'             python3 -c '
import ctypes, sys
sys.exit(ctypes.CDLL(None).inotify_init() < 0)'
end

echo '# owners on the disk'
try 0 'a build makes files of some users' chain "-b $PWD/given:/given" sh -c '
	mkdir /made && cp /bin/true /made/t && chmod 4755 /made/t && touch /made/u && chown 42:43 /made/u
	touch /given/x && rm -r /usr/share/doc && mkdir /usr/share/doc && mknod /made/null c 1 3 2>/dev/null
	echo no >/dev/null && echo words >/dev/stderr | cat'
is 'who are the same on the disk'       "$(stat -c '%u:%g %a' u/made/t u/made/u given/x | tr '\n' ,)" '0:0 4755,42:43 644,0:0 644,'
ok 'no device node is there'            test ! -e u/made/null
is 'and the layer is one for everybody' "$(getfattr --absolute-names --only-values -n trusted.overlay.opaque u/usr/share/doc 2>&1)" y
rm -rf layer && mv u layer
try 0 'root without a namespace sees it so' aoinb-mount -l layer -l "$base" r stat -c %u:%g r/made/u
is 'too'                                "$(cat out)" 42:43
try 0 'and a namespace above it'        aoinb-mount -l layer -l "$base" --userns=yes r aoinb-run --userns=yes r stat -c %u:%g /made/u /made/t
is 'as well'                            "$(tr '\n' , <out)" 42:43,0:0,

echo '# what is told when it cannot be'
mkdir far && chown 70000 far
try 65 'a root of nobody in the range'  aoinb-mount -l far -l "$base" --userns=yes r true
try 64 'a folder that is not mounted so' aoinb-run --userns=yes "$base" true
says err 'aoinb-mount --userns=yes'     'says how'
try 0 'auto takes it as it is'          aoinb-run --userns=auto "$base" cat /proc/self/uid_map
says out '4294967295'                   'in the namespace of the machine'
mkdir -p far/away u w
try 71 'upper and work in two folders'  aoinb-mount -l "$base" -u u -w far/away --userns=yes r true

echo '# a build, and what apt installs'
world_new world
bundle_tiny tiny
cat >>tiny/autobuild/build <<'X'
cat /proc/self/uid_map
echo through-stderr >/dev/stderr
X
try 0 'a package builds'                aoinb -c "$conf" build tiny stable
ok 'in a range of its own'              grep -q '^ *0 *1[89][0-9]* *65536\|^ *0 *2[01][0-9]* *65536' "$work"/jobs/*/log
ok 'and /dev/stderr can be opened'      grep -q '^through-stderr' "$work"/jobs/*/log
is 'its files are of root'              "$(dpkg-deb -c "$work"/output/stable/tiny_1-0_noarch.deb | awk '{ print $2 }' | sort -u)" root/root
nothing_left
finish
