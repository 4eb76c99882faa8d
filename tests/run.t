#!/bin/sh
# aoinb-run: what a program inside sees and may do, with both back ends; codes,
# signals, terminals, hostile roots; and that nothing is left, however it ends
# shellcheck disable=SC2016,SC2317 # quoted for another shell; called by name
. "${0%/*}/lib.sh"
need_root
need python3 pgrep setpriv
base=$(sh "$top/tests/base.sh") || skip_all 'no base'
echo "# kernel $(uname -r), pid 1 is $(cat /proc/1/comm)"

# An upper wants a disk or a tmpfs below it, not an overlay.
mkdir disk && mount -t tmpfs aoinb-test disk || exit 1
later "umount -l '$scratch/disk'"
cd disk || exit 1
here=$PWD
mkdir r
mark=$(($$ + 3000000))	# how long our sleepers sleep: their name
stub=/run/systemd/resolve/stub-resolv.conf

fresh() {
	rm -rf u w && mkdir u w
}
# inside ARG... - aoinb-run with back end $back on the base, changes go to u
inside() {
	rm -rf w && mkdir w
	aoinb-mount -l "$base" -u u -w w --volatile r aoinb-run --backend="$back" "$@"
}
# start ARG... - the same, left running; $pid is aoinb-run's
start() {
	rm -rf w && mkdir w
	aoinb-mount -l "$base" -u u -w w --volatile r \
	    aoinb-run --backend="$back" "$@" 2>err &
	pid=$!
}
asleep() { pgrep -fx "sleep $mark(\.5)?" >/dev/null; }
quiet() { ! asleep; }
# code PROG... - how the one that was started ends
code() {
	"$@"
	got=0
	wait "$pid" 2>/dev/null || got=$?
	is "$text" "$got" "$want"
}

backs='native nspawn'
command -v systemd-nspawn >/dev/null || {
	backs=native
	skip 1 'nspawn: systemd-nspawn is not there'
}
for back in $backs; do

# --- what is seen
fresh
try 0 "$back: the environment" inside -e A='b c' -e LANG=C r env
is 'is exactly this' "$(sort out)" 'A=b c
HOME=/root
LANG=C
LOGNAME=root
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
SHELL=/bin/sh
TERM=dumb
USER=root'
exec 9>lock
umask 077
try 0 "$back: a look around" inside --hostname=box -C /usr r sh -c '
	umask; ulimit -c; pwd; hostname; readlink /proc/self/fd/0; id -u
	(for fd in /proc/self/fd/*; do [ ! -e "$fd" ] || echo "${fd##*/}"; done) |
	    tr "\n" " "; echo; (: </dev/tty) 2>/dev/null || echo no terminal'
umask 022
exec 9>&-
is 'umask, core limit, folder, host, input, user, descriptors' "$(cat out)" \
    '0022
0
/usr
box
/dev/null
0
0 1 2 
no terminal'
is "$back: --input is the caller's" "$(echo words | inside --input r cat 2>&1)" words
is 'who is there once' "$(echo words | inside --input r sh -c 'read -r x; echo "$x"
	for fd in /proc/self/fd/*; do [ ! -e "$fd" ] || echo "${fd##*/}"; done' 2>&1 | tr '\n' ' ')" 'words 0 1 2 '
[ "$back" != native ] || is 'pid 1 has none of it' "$(echo words | inside --input r sh -c '
	readlink /proc/1/fd/0' 2>&1)" ''
try 0 "$back: devices" inside r sh -ec '
	cd /dev; echo x >null; head -c 4 zero | od -An -tx1; head -c 1 urandom >null
	! echo x >full; echo x >shm/f; stat -c "%a" shm; ls -d fd stdin stdout stderr
	script -qc "tty; stty size" /dev/null'
is 'work' "$(tr -d '\r' <out)" ' 00 00 00 00
1777
fd
stderr
stdin
stdout
/dev/pts/0
0 0'
for no in 'echo h >/proc/sys/kernel/hostname' \
    'head -c 1 /proc/kcore | grep -q .' 'mkdir /sys/x' 'mount -t tmpfs x /mnt' \
    'mknod d b 8 0' 'mknod c c 1 1' 'dmesg' 'hostname x' 'unshare -m true' \
    'date -s 2000-01-01'; do
	! inside r sh -c "$no" >out 2>err
	report $? "$back: no $no"
done
try 0 "$back: what installing takes" inside r sh -ec '
	touch f; chown nobody f; chmod 4755 f; cp /usr/bin/id f2
	su nobody -s /bin/sh -c "id -un"; chroot / true; setpriv --reuid=nobody id -un
	setpriv --reuid=_apt --regid=nogroup --clear-groups test -r /etc/passwd
	apt-get check -qq; stat -c "%U %a" f'
is 'works' "$(cat out)" 'nobody
nobody
nobody 4755'
try 0 "$back: /run and /tmp" inside r sh -c '
	touch /run/x /tmp/x && stat -c "%a" /run /tmp'
is 'are fresh' "$(cat out) $(find u -name x)" '755
1777 '

# --- network
cat >listen.pl <<'EOF'
use IO::Socket::IP;
for my $h ("127.0.0.1", "::1") {
	my $s = IO::Socket::IP->new(LocalHost => $h, Listen => 1) or die "$h: $@";
	IO::Socket::IP->new(PeerHost => "localhost", PeerPort => $s->sockport,
	    Family => $s->sockdomain) or die "localhost: $@";
	print "$h\n";
}
EOF
fresh; cp listen.pl u/
try 0 "$back: loopback, both families, by name" inside r perl /listen.pl
is 'serves' "$(cat out)" '127.0.0.1
::1'
try 0 "$back: no other interface" inside r sed '1,2d;s/:.*//' /proc/net/dev
is 'but lo' "$(tr -d ' ' <out)" lo
try 0 "$back: the host's network" inside --network=host r \
    sh -c 'sed "s/:.*//" /proc/net/dev; cat /etc/resolv.conf'
{ sed 's/:.*//' /proc/net/dev; cat /etc/resolv.conf 2>/dev/null; } >host
ok 'and its resolver' cmp out host
rm -rf u/etc; mkdir u/etc; ln -s "../$stub" u/etc/resolv.conf
try 0 "$back: a resolv.conf that dangles" inside --network=yes r \
    cat /etc/resolv.conf
ok 'is made good' cmp out /etc/resolv.conf
is 'and is what it was' "$(readlink u/etc/resolv.conf)" "../$stub"
echo canary >canary
ln -sf "$here/canary" u/etc/resolv.conf
try 0 "$back: one that points to a file of the host" inside --network=yes r \
    sh -c 'echo x >>/etc/resolv.conf'
is 'leaves that alone' "$(cat canary)" canary
fresh

# --- ends
for n in 0 1 3 100; do
	try $n "$back: exit $n" inside r sh -c "exit $n"
done
try 137 "$back: killed" inside r sh -c 'kill -9 $$'
try 143 "$back: terminated" inside r sh -c 'kill $$'
try 127 "$back: not found" inside r no-such-program
says err 'no-such-program' 'named'
try 126 "$back: not a program" inside r /etc/passwd
rm -f r/x
fresh
try 0 "$back: 1000 orphans" inside r sh -c '
	i=0
	while [ $i -lt 1000 ]; do (: &) ; i=$((i + 1)); done
	n=0
	while grep -qs "^State:.Z" /proc/[0-9]*/status; do
		sleep 0.1; n=$((n + 1)); [ $n -lt 50 ] || exit 1
	done'
try 0 "$back: a daemon stays behind" inside r sh -c "setsid sleep $mark.5 & :"
ok 'and is ended' wait_for 5 quiet

for who in TERM-run KILL-run KILL-first KILL-prog; do
	want=137
	[ "$who" != TERM-run ] || want=143
	text="$back: $who gives $want"
	start r sh -c "setsid sleep $mark.5 & exec sleep $mark"
	wait_for 10 pgrep -fx "sleep $mark" >pid || report 1 'started'
	case $who in
	*-run) code kill "-${who%-run}" "$pid" ;;
	*-first) code kill -KILL "$(pgrep -P "$pid")" ;;
	*-prog) code kill -KILL "$(tail -n 1 pid)" ;;
	esac
	wait_for 5 quiet; report $? 'and leaves no process'
	quiet || { pgrep -fa "sleep $mark" | sed 's/^/# /'; }
done
is "$back: no mount is left" "$(grep -c "$here/" /proc/self/mountinfo)" 0

# --- terminal
cat >script <<'EOF'
expect #
send stty size; tty\r
expect 24 80
expect #
send echo ${x}TERM=$TERM\r
expect TERM=vt220
expect #
size 30 100
send stty size\r
expect 30 100
expect #
send bash -c 'echo g${x}o; exec sleep 100'\r
expect go
send \x03
expect #
send bash -c 'trap "echo b${x}ack" CONT; echo g${x}o; while :; do sleep 0.1; done'\r
expect go
send \x1a
expect Stopped
expect #
send fg\r
expect back
send \x03
expect #
send exit 5\r
EOF
rm -rf w; mkdir w
"$top/tests/run-tty" 24 80 sh -c 'stty -g >before; "$@"; c=$?; stty -g >after; exit $c' \
    sh env TERM=vt220 aoinb-mount -l "$base" -u u -w w r \
    aoinb-run --backend="$back" --tty r bash <script >out 2>err
is "$back: size, Ctrl-C, Ctrl-Z, fg, code" $? 5
ok 'and the terminal as it was' cmp before after
says out '/dev/pts/' 'a terminal of its own'
try 64 "$back: --tty without a terminal" inside --tty r true
fresh; cp "$top/tests/run-probe.c" u/probe.c
try 0 "$back: a program that asks the kernel" inside r \
    sh -c 'gcc -D_GNU_SOURCE -pthread -o probe /probe.c && ./probe && true'
# nspawn denies this one besides.
[ "$back" = native ] || sed -i 's/^ptrace EPERM/ptrace ok/' out
is 'gets these answers' "$(cat out)" 'keyctl EPERM
add_key EPERM
bpf EPERM
perf_event_open EPERM
userfaultfd EPERM
open_by_handle_at EPERM
init_module EPERM
kexec_load EPERM
syslog EPERM
clone3 ENOSYS
io_uring_setup ENOSYS
no such call ENOSYS
openat2 ok
personality ok
ptrace ok
openpty ok
TIOCSTI EPERM
user namespace EPERM
fanotify_init EPERM
kcmp EPERM
memfd_secret EPERM
modify_ldt EPERM
name_to_handle_at EPERM
socket UNIX ok
socket INET ok
socket INET6 ok
socket NETLINK route ok
socket NETLINK audit EAFNOSUPPORT
socket PACKET EAFNOSUPPORT
socket ALG EAFNOSUPPORT
socket VSOCK EAFNOSUPPORT
socket AX25 EAFNOSUPPORT
thread ok'
try 0 "$back: without the filter" inside --seccomp=no r ./probe
says out '^user namespace ok' 'it gets others'
[ "$back" = nspawn ] || says out '^clone3 E[^N]' 'of the kernel itself'

fresh
mkdir -p nodes
[ -e nodes/null ] || { mknod -m 666 nodes/null c 1 3; cp /usr/bin/id nodes/; chmod 4755 nodes/id; }
mknod -m 666 u/node c 1 3
rm -rf w && mkdir w
try 0 "$back: with device nodes and set-user-ID files in a bind" aoinb-mount -l "$base" -u u -w w \
    --volatile -b "$PWD/nodes:/nodes" r aoinb-run --backend="$back" r sh -c '
	for node in /nodes/null /node; do (echo x >"$node") 2>/dev/null || echo "$node is dead"; done
	setpriv --reuid=65534 --clear-groups /nodes/id -u'
is 'none of them does anything'  "$(cat out)" '/nodes/null is dead
/node is dead
65534'
done

# --- native alone
back=native
try 2 'no command to the kernel by /proc/sysrq-trigger' inside r \
    sh -c 'echo h >/proc/sysrq-trigger'

want=7 text='PROG may heed a signal'
start r sh -c 'trap "exit 7" TERM; echo up; while :; do sleep 0.1; done' >up
wait_for 10 test -s up || report 1 'started'
code kill "$pid"
fresh
sh -c 'aoinb-mount -l "$1" -u u -w w --volatile r \
    aoinb-run --die-with-parent r sleep '"$mark"' & wait' sh "$base" 2>/dev/null &
pid=$!
ok 'the caller runs' wait_for 10 asleep
kill -9 $pid; wait $pid 2>/dev/null
ok '--die-with-parent: it dies, we die' wait_for 5 quiet

for place in dev proc sys run tmp; do
	fresh; rm -rf "canary.d"; mkdir canary.d
	ln -s "$here/canary.d" u/$place
	try 65 "a root whose /$place is a link" inside r true
	says err "^aoinb-run: make /$place in r: Not a directory" 'named'
	fresh; : >u/$place
	try 65 "or a file" inside r true
	is 'nothing is made outside' "$(ls canary.d)" ''
done
fresh; ln -s "$here/canary.d" u/etc
try 66 'a root whose /etc leads out' inside --network=yes r true
is 'nothing is made outside' "$(ls canary.d)" ''
fresh; mkdir u/etc; mkdir u/etc/hosts
try 65 'a folder for a file' inside r true
fresh; mknod u/disk b 8 0; mknod u/null c 1 3
try 2 "the root's own device nodes are dead" inside r sh -c 'echo x >/null'

fresh
try 0 'a root that cannot be written' aoinb-mount -l "$base" r aoinb-run r \
    sh -c 'touch /tmp/x /dev/shm/x && ! touch /x 2>/dev/null'
mkdir plain src; echo bound >src/file
for l in bin lib lib64 sbin; do ln -s usr/$l plain/$l; done
try 0 'a plain folder, with binds' aoinb-mount -b "$base/usr:/usr:ro" \
    -b src:/tmp -b src:/build/src:ro plain aoinb-run plain sh -c '
	touch /made; cat /tmp/file /build/src/file; ! touch /build/src/x 2>/dev/null'
is 'keeps the binds, on /tmp too' "$(cat out)" 'bound
bound'
ok 'and what is written' test -e plain/made
rm -f script

# --- not root
chmod 755 "$scratch" "$here"; fresh; chown nobody u w
asuser() {
	setpriv --reuid nobody --regid nogroup --clear-groups "$@"
}
if asuser unshare -Urpf --mount-proc true 2>/dev/null; then
	try 0 'a user runs a container' asuser aoinb-mount -l "$base" -u u -w w r \
	    aoinb-run r sh -c 'id -u; echo x >/dev/null; echo $$; touch /mine'
	is 'as its root' "$(cat out)" '0
2'
	is 'and outside as themselves' "$(stat -c %U u/mine)" nobody
	try 1 "not to touch the host's devices" asuser aoinb-run "$base" \
	    chmod 600 /dev/null
else
	try 77 'where users may not have namespaces' asuser aoinb-run "$base" true
	skip 3 'users get no user namespace here'
fi
try 77 'nspawn wants root' asuser aoinb-run --backend=nspawn "$base" true

# --- options in a file
cat >options <<EOF
root r
mount lower=$base
mount upper=u
mount work=w
mount volatile
mount bind=src:/b\\\\:c:ro
rusage output=record
run hostname=box
run cwd=/usr
run env=A=in the file
run env=B=one\ntwo\\\\three "\$x"
run env=C=
EOF
fresh
try 0 'options in a file, for the whole chain' aoinb-rusage --options=options \
    aoinb-mount --options=options aoinb-run --options=options -e A=behind \
    sh -c 'hostname; pwd; printf "%s|" "$A" "$B" "$C"; cat /b:c/file'
is 'all of them' "$(cat out)" 'box
/usr
behind|one
two\three "$x"||bound'
ok 'a record too' test -s record
# wrong LINE TEXT
wrong() {
	printf '%s\nroot r\n' "$1" >options
	try 65 "a line that is wrong: $1" aoinb-run --options=options true
	says err "^aoinb-run: options:1: .*$2" 'file, line, reason'
}
wrong 'run network=x' '--network=x: no, private, host or yes'
wrong 'run seccomp=' 'yes or no'
wrong 'run backend=x' 'native or nspawn'
wrong 'run env=x' 'NAME=VALUE'
wrong 'run env' 'wants a value'
wrong 'run tty=yes' 'takes no value'
wrong 'run e=A=B' 'no such option: run e'
echo 'root r' >options
try 64 'no PROG' aoinb-run --options=options
try 66 'no such file' aoinb-run --options=none r true

# --- the least kernel
try 0 'this kernel is new enough' aoinb-run --kernel
is 'and one number is everywhere' "$(cat "$top/README.md" "$top"/man/* |
    grep -o 'Linux [0-9.]* or [a-z]*' | sort -u)" "Linux $(cat out) or later"
is 'the README, and both who need it' "$(cd "$top" && grep -l 'Linux [0-9.]* or later' \
    README.md man/* | tr '\n' ' ')" 'README.md man/aoinb-mount.1 man/aoinb-run.1 '
try 1 'an older one is not' setarch "$(uname -m)" --uname-2.6 aoinb-run --kernel

# --- words and codes
try 64 'no PROG' aoinb-run r
try 64 'no such back end' aoinb-run --backend=x r true
try 64 'neither yes nor no' aoinb-run --network=x r true
try 64 'no NAME=VALUE' aoinb-run -e x r true
try 66 'no such root' aoinb-run none true
try 66 'no such folder inside' inside -C /none r true
try 65 'nspawn wants a /usr' aoinb-run --backend=nspawn r true
try 0 'dry run' aoinb-run -n --backend=nspawn --network=yes r echo 'a b'
says out "^systemd-nspawn .* echo 'a b'$" "prints nspawn's command line"
try 0 'dry run' aoinb-run -n none echo 'a b'
says out "^echo 'a b'$" 'native'
finish
