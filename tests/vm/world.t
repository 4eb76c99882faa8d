#!/bin/sh
# the second world is the one we mean: systemd, pure cgroup v2, an older kernel
. "${0%/*}/../lib.sh"

is 'pid 1 is systemd'           "$(cat /proc/1/comm)" systemd
is 'cgroup v2 and nothing else' "$(grep -c cgroup /proc/mounts) $(stat -fc %T /sys/fs/cgroup)" \
    '1 cgroup2fs'
for controller in cpuset cpu io memory pids; do
	ok "with $controller"   grep -qw "$controller" /sys/fs/cgroup/cgroup.controllers
done
try 0 'a kernel that is new enough' aoinb-run --kernel
case $(uname -r) in 6.1.*) old=yes ;; *) old=$(uname -r) ;; esac
is 'a kernel without lowerdir+' "$old" yes

mkdir upper work all
try 0 'overlay'                 mount -t overlay -o lowerdir=/srv/base,upperdir=upper,workdir=work x all
later 'umount all'
ok 'with the base below'        test -x all/usr/bin/dpkg
try 0 'all that a program uses'  aoinb-rusage -o record --memory=1G --tasks=100 \
    dd if=/dev/zero of=io bs=1M count=16 oflag=direct
is 'is counted by cgroup v2'    "$(sed -n 's/^source_detail=//p' record)" \
    cpu:cgroup2,memory:cgroup2,tasks:cgroup2,io:cgroup2,kill:cgroup2
ok 'I/O too'                    test "$(sed -n 's/^write_bytes=//p' record)" -ge 16777216
is 'no unit has failed'         "$(systemctl list-units --failed --plain --no-legend)" ''

finish
