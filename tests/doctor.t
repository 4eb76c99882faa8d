#!/bin/sh
# aoinb-doctor: what it finds, and that it finds nothing where nothing is; in machines
# that may less than others
. "${0%/*}/lib.sh"
need_root
need setpriv systemd-nspawn unshare jq

mkdir conf conf/source_lists
printf 'work_dir = %s/far/away/work\n' "$PWD" >conf/aoinb.ini
# levels LEVEL - the findings of that level in out
levels() {
	sed -n "s/^$1	//p" out
}

try 0 'a machine that is fit'              aoinb-doctor -c conf
is 'has nothing bad'                       "$(levels bad)" ''
says out '^good.a container can be made'   'a container was made'
ok 'and nothing stays of it'               test ! -e far
is 'nor beside it'                         "$(find . -name 'doctor.*')" ''
says out '^warn.*/far/away/work: not there yet' 'work_dir is told to be missing'
is 'the worst comes first'                 "$(cut -f 1 out | uniq | tr '\n' ' ')" 'warn good '
try 0 'as JSON'                            aoinb-doctor -c conf --json
is 'the same findings'                     "$(jq -r '.[] | "\(.level)\t\(.text)"' out | sed 's/[0-9]* MiB//')" \
    "$(aoinb-doctor -c conf | sed 's/[0-9]* MiB//')"
try 0 'by the command'                     aoinb -c conf doctor --json
ok 'which is the same'                     jq -e 'map(.level) | index("good")' out
try 64 'no operands'                       aoinb-doctor -c conf all
ok 'with an empty environment'             env -i /bin/sh -c "'$top/scripts/aoinb' -c conf doctor >env.out"
says env.out '^good.a container can be made' 'all of our programs are found'

echo 'build_tpm = 1' >>conf/aoinb.ini
try 1 'a configuration that is wrong'      aoinb-doctor -c conf
says out '^bad.*build_tpm'                 'is named'
sed -i '$d' conf/aoinb.ini

# without CAPABILITY - doctor without it
without() {
	setpriv --bounding-set="-$1" --inh-caps="-$1" aoinb-doctor -c conf >out 2>err
}
try 0 'without CAP_NET_ADMIN: fit'         without net_admin
says out '^warn.no CAP_NET_ADMIN: '        'and what is missing is said'
says out '^good.a container can be made'   'a loopback that stays down is no failure'
try 0 'without CAP_MKNOD: fit'             without mknod
says out '^warn.no CAP_MKNOD: '            'and what is missing is said'
says out '^good.a container can be made'   'device nodes are those of the machine'
try 1 'without CAP_SYS_ADMIN: not fit'     without sys_admin
is 'one thing is bad'                      "$(levels bad | wc -l)" 1
says out '^bad.root may not mount here'    'and that is said'
try 1 'not root'                           setpriv --reuid 65534 --regid 65534 --clear-groups aoinb-doctor --conf=/nowhere
says out '^bad.not root; .* use sudo'      'is told to use sudo'

# A folder that cannot hold an upper.
try 0 'a disk is fit'                      aoinb-doctor --fit="$PWD/none/work"
is 'which is not worth a word'             "$(cat out err)" ''
ok 'nothing is made'                       test ! -e none
cat >overlay.sh <<'END'
set -e
mount -t tmpfs tmpfs over
mkdir over/up over/work over/root
mount -t overlay -o "lowerdir=/,upperdir=$PWD/over/up,workdir=$PWD/over/work" overlay over/root
END
mkdir over
try 69 'a folder on an overlay is not'     unshare -m sh -c '. ./overlay.sh; aoinb-doctor --fit="$PWD/over/root/var/none"'
says err '/over/root/var/none lies on an overlay, .*set work_dir' 'and why is said'
try 69 'init refuses it'                   unshare -m sh -c '. ./overlay.sh; aoinb -c "$PWD/made" init --work-dir="$PWD/over/root/var/none"'
ok 'and makes no configuration'            test ! -e made/aoinb.ini
printf 'work_dir = %s/over/root/var/none\n' "$PWD" >conf/aoinb.ini
try 69 'load-baseos refuses it'            unshare -m sh -c '. ./overlay.sh; aoinb -c conf load-baseos --debian stable'
try 1 'doctor calls it bad'                unshare -m sh -c '. ./overlay.sh; exec aoinb-doctor -c conf'
is 'in the first line'                     "$(sed 's/ lies on.*//; q' out)" "bad	$PWD/over/root/var/none"

# A machine that is a container of systemd-nspawn, on an overlay, with a volume.
mkdir volume
printf 'work_dir = %s/volume/work\n' "$PWD" >conf/aoinb.ini
# nspawn PROG [ARG]... - in a copy of this machine
nspawn() {
	unshare -m sh -c '. ./overlay.sh; folder=$1 house=$2 built=$3; shift 3
	exec systemd-nspawn -q -D over/root --register=no --keep-unit --as-pid2 --pipe --link-journal=no \
	    --bind="$folder/volume" --bind-ro="$folder/conf" --bind-ro="$house" --bind-ro="$built" \
	    --setenv=PATH="$PATH" "$@"' sh "$PWD" "$top" "$B" "$@"
}
try 0 'in systemd-nspawn with a volume: fit' nspawn aoinb -c "$PWD/conf" doctor
says out '^good.a container can be made'   'a container is made'
try 69 'without one: not'                  nspawn aoinb-doctor --fit=/var/work
says err '/var/work lies on an overlay'    'and why is said'

finish
