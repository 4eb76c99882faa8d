#!/bin/sh
# the network of a container: whom it reaches, and whom it does not
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
. "$top/tests/apt-repo.sh"
need_root
need python3 perl slirp4netns pgrep dpkg-deb

base=$(sh "$top/tests/base.sh") || exit 1

# What listens on this machine: on all addresses, on loopback, on an abstract socket.
cat >listen.py <<'P'
import socket, threading
def serve(family, address):
    s = socket.socket(family)
    s.bind(address)
    s.listen(9)
    def go():
        while True:
            c, _ = s.accept()
            c.sendall(b"reached\n")
            c.close()
    threading.Thread(target=go).start()
    return s.getsockname()
print(serve(socket.AF_INET, ("0.0.0.0", 0))[1], serve(socket.AF_INET, ("127.0.0.1", 0))[1], flush=True)
serve(socket.AF_UNIX, "\0aoinb-network-t")
print("ready", flush=True)
P
python3 listen.py >ports 2>&1 &
later "kill $!"
ok 'somebody listens'                      wait_for 10 grep -qs ready ports
read -r all loop <ports
own=$(python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(("198.51.100.1", 9))
print(s.getsockname()[0])') || own=''
cat >probe.pl <<'P'
use Socket;
for (@ARGV) {
	my ($host, $port) = split /:/;
	socket(my $s, AF_INET, SOCK_STREAM, 0);
	local $SIG{ALRM} = sub { print "$host: silent\n"; die };
	alarm 5;
	eval {
		print "$host: ", (connect($s, sockaddr_in($port, inet_aton($host))) && <$s> ? "reached" : "no"), "\n";
	};
	alarm 0;
}
socket(my $s, AF_UNIX, SOCK_STREAM, 0);
print "abstract: ", connect($s, pack("Sa*", AF_UNIX, "\0aoinb-network-t")) ? "reached" : "no", "\n";
P
mkdir up work root
# probe WORD... - what is reached by a container with these options
probe() {
	aoinb-mount --upper=up --work=work --lower="$base" --bind="$PWD/probe.pl:/probe.pl:ro" root \
	    aoinb-run "$@" root perl /probe.pl "127.0.0.1:$all" "127.0.0.1:$loop" \
	    "198.19.255.2:$all" "198.19.255.2:$loop" "198.19.255.3:$loop" "198.19.255.7:$loop" "198.19.255.200:$all" \
	    ${own:+"$own:$all"} 169.254.169.254:80 >said 2>err
	code=$?
	sed -n 's/: reached$//p' said | sort -u | paste -sd ' '
	return "$code"
}

backends=native
command -v systemd-nspawn >/dev/null && backends='native nspawn' || echo '# without systemd-nspawn'
for backend in $backends; do
	echo "# $backend"
	is 'private: nothing of this machine is reached' "$(probe --backend="$backend" --network=private)" ''
	is 'nothing is waited for'         "$(grep -c silent said)" 0
	is 'no: neither'                   "$(probe --backend="$backend" --network=no)" ''
	is 'host: its ports, and no abstract socket' "$(probe --backend="$backend" --network=host)" \
	    "$(printf '%s\n' 127.0.0.1 ${own:+"$own"} | sort -u | paste -sd ' ')"
done
is 'yes is private'                        "$(probe --network=yes)" ''
is 'and so it is shown'                    "$(aoinb-run -n --network=yes "$base" true | sed -n 's/^network //p')" private
PATH=$B/bin try 69 'private without slirp4netns' aoinb-run --network=private "$base" true
says err 'there is no slirp4netns; install the package slirp4netns' 'is told'
is 'yes is host, then'                     "$(PATH=$B/bin "$B/bin/aoinb-run" -n --network=yes "$base" true | sed -n 's/^network //p')" host
try 64 'another word'                      aoinb-run --network=perhaps "$base" true
# shellcheck disable=SC2016 # for the inner shell
try 0 'it has a name server'               aoinb-mount --upper=up --work=work --lower="$base" root \
    aoinb-run --network=private root grep -q '^nameserver [0-9]' /etc/resolv.conf

echo '# others are reached'
aoinb-mount --upper=up --work=work --lower="$base" root \
    aoinb-run --network=private root apt-get -q -o Acquire::Retries=3 -o APT::Update::Error-Mode=any update >out 2>err
report $? 'the mirrors of this machine, by name'
tail -n 3 err | sed 's/^/# /'

echo '# its end'
mkdir up2 work2 root2
slirps() { pgrep -f "slirp4netns.*--netns-type=path /proc/[0-9]*/ns/net" | wc -l; }
before=$(slirps)
aoinb-mount --upper=up2 --work=work2 --lower="$base" root2 aoinb-run --network=private root2 sleep 1000 &
chain=$!
runs() { [ "$(slirps)" -gt "$1" ]; }
ok 'slirp4netns runs'                      wait_for 10 runs "$before"
kill -9 "$chain"
gone() { [ "$(slirps)" -le "$1" ]; }
ok 'and ends with a container that is killed' wait_for 10 gone "$before"
wait "$chain" 2>/dev/null

echo '# who has which'
mkdir srv
deb srv victim 1 one
index srv
served
world_new w instance_update=1d
echo "deb [trusted=yes] $url/srv ./" >"$conf/source_lists/here.list"
bundle_tiny tiny
echo BUILDDEP=victim >>tiny/autobuild/defines
cat >>tiny/autobuild/build <<END
exec 3<>/dev/tcp/127.0.0.1/$loop && cat <&3
END
network_of() { sed -n 's/^run network=//p' "$(find "$work/jobs" -name container -newer stamp)"; }
touch stamp
try 0 'mirrors on loopback: the host'"'"'s' aoinb -c "$conf" build tiny here
is 'for the build, too'                    "$(network_of)" host
try 0 'a session'                          aoinb -c "$conf" run here -- apt-get -q update
bundle_tiny other
cp tiny/autobuild/build other/autobuild/
sed -i 's/&& cat/\&\& echo got-there \&\& cat/' other/autobuild/build
touch stamp
try 1 'else a build reaches no loopback'   aoinb -c "$conf" build other stable
is 'by default'                            "$(network_of)" yes
aoinb -c "$conf" cleanup jobs
touch stamp
try 0 'but where it may'                   aoinb -c "$conf" build --network=host --rebuild other stable
is 'as that says'                          "$(network_of)" host
try 1 'and without any'                    aoinb -c "$conf" build --no-network --rebuild other stable
try 64 'another word'                      aoinb -c "$conf" build --network=perhaps other stable
aoinb -c "$conf" doctor >out
says out 'good.networks of containers: private, by slirp4netns' 'doctor knows'
nothing_left

finish
