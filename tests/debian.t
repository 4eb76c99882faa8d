#!/bin/sh
# which of a machine's apt sources become a branch's: those of its distribution
. "${0%/*}/lib.sh"
need_root
need apt-get

id=$(. /etc/os-release; echo "$ID") suite=$(. /etc/os-release; echo "${VERSION_CODENAME-}")
[ "$id" = debian ] && [ "$suite" ] || skip_all 'needs a release of Debian'
mkdir -p apt/lists/partial apt/parts
: >apt/status; : >apt/sources.list
cat >apt.conf <<END
Dir::State::Lists "$PWD/apt/lists";
Dir::State::Status "$PWD/apt/status";
Dir::Etc::SourceList "$PWD/apt/sources.list";
Dir::Etc::SourceParts "$PWD/apt/parts";
END
# from_apt HOST SUITE ORIGIN LABEL COMPONENT... - a source that apt has fetched before
from_apt() {
	host=$1 of=$2 origin=$3 label=$4; shift 4
	echo "deb [trusted=yes] http://$host/debian $of $*" >>apt/sources.list
	file=apt/lists/${host}_debian_dists_$(printf %s "$of" | tr / _)_InRelease
	printf 'Origin: %s\nLabel: %s\nSuite: %s\nCodename: %s\nArchitectures: %s all\nComponents: %s\nSHA256:\n' \
	    "$origin" "$label" "$of" "$of" "$(dpkg --print-architecture)" "$*" >"$file"
	for component; do
		: >"${file%InRelease}${component}_binary-$(dpkg --print-architecture)_Packages"
	done
}
init() {
	rm -rf made
	APT_CONFIG=$PWD/apt.conf aoinb -c made init --work-dir="$PWD/work"
}
from_apt own.invalid "$suite" Debian Debian main contrib
from_apt own.invalid "$suite-security" Debian Debian-Security main
from_apt own.invalid "$suite-backports" Debian 'Debian Backports' main
from_apt other.invalid "$suite" Other Other main
from_apt liar.invalid "$suite" Debian 'Some shop' main
from_apt old.invalid ancient Debian Debian main
try 0 'init'                               init
is 'takes what is the distribution'"'"'s'    "$(cat made/source_lists/stable.list)" \
"deb http://own.invalid/debian/ $suite contrib main
deb http://own.invalid/debian/ $suite-backports main
deb http://own.invalid/debian/ $suite-security main"
says err "^aoinb-doctor: http://other.invalid/debian/ $suite: left out, .* Origin \"Other\"" 'names what it leaves out'
says err "^aoinb-doctor: http://liar.invalid/debian/ $suite: left out, .* Label \"Some shop\"" 'by its label, too'
is 'each once'                             "$(grep -c 'left out' err)" 2
sed -i '/own.invalid/d' apt/sources.list
try 69 'where none is its own'             init
says err "no package lists of debian $suite yet; run: apt-get update" 'that is said'
ok 'and nothing is half made'              test ! -e made/source_lists/stable.list

finish
