#!/bin/sh
# What the README tells a newcomer to paste below "Many machines": a server, a worker and a
# client on one machine, from a tree to a package that apt installs
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
need_root
need jq curl apt-ftparchive python3
[ -e "$top/scripts/cmd/work.sh" ] || skip_all 'needs the command work'

# pasted SECTION N - the Nth block of code below SECTION
pasted() {
	awk -v section="## $1" -v n="$2" '
		/^## / { inside = $0 == section; next }
		inside && /^    / { if (!code++) at++; if (at == n) print substr($0, 5); next }
		inside && !/^$/ { code = 0 }
		inside && /^$/ && at == n && code { print "" }' "$top/README.md"
}

world_new w
# A newcomer has set nothing of these.
awk '/^\[/ { drop = /^\[(serve|work)\]/ } !drop' "$conf/aoinb.ini" >mine.ini
mv mine.ini "$conf/aoinb.ini"
mkdir "$work/checkout"
cd "$work/checkout" || exit 1
mkdir quickstart
ln -s "$conf" quickstart/conf
pasted 'Many packages' 1 | sed '/^aoinb /d' >tree.sh
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
pasted 'Many machines' 1 | sed "s/8720/$port/; s/^\[serve\]/&\nlisten = 127.0.0.1:$port/" >build.sh
pasted 'Many machines' 2 | sed "s/8720/$port/" >install.sh
is 'there are five commands to paste'      "$(grep -c '^aoinb' build.sh)" 5
{
	cat tree.sh build.sh
	echo 'jobs -p >pids'
	echo 'aoinb task get "$(cat id)" --output=debs'
	echo 'aoinb provenance "$(cat id)" debs/*.deb'
} >all.sh
# The jobs of a shell that ends go on.
later 'kill $(cat "$work/checkout/pids"); wait_for 20 ended'
ended() {
	for pid in $(cat "$work/checkout/pids"); do
		[ ! -e "/proc/$pid" ] || return 1
	done
}
try 0 'the group is built'                 timeout 300 sh -e all.sh
says out 'greet' 'its log is shown'
ok 'both are what the worker signed'       grep -q 'urn:aoinb:worker:w1' out
is 'the task is over'                      "$(aoinb -c "$conf" task ls | cut -f 1-3,6)" '1	ok	demo	w1'

# The machine that installs is a root of its own, which asks by HTTP.
mkdir -p up work root
layer=$work/layers/$(cat "$work/ref/instance/stable")/tree
base=$work/layers/$(cat "$work/ref/baseos")/tree
wait_for 60 curl -fsS -o /dev/null "http://127.0.0.1:$port/repo/stable/Packages"
try 0 'apt installs from the server'       aoinb-mount -l "$layer" -l "$base" -u up -w work root \
    aoinb-run --network=host root sh -ec "$(cat install.sh)"
is 'and it greets'                         "$(tail -n 1 out)" 'Good morning'
finish
