# shellcheck shell=sh
# The words of the tests of Slurm: a cluster of this machine alone, with two nodes, n1 and n2.
# Each daemon is started here and ended by its number; nothing of it lies outside of $scratch.

need slurmctld slurmd sbatch munged python3
host=$(hostname -s)

# ports N - so many that are free
ports() {
	python3 -c 'import socket, sys
all = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in all: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in all))' "$1"
}

# slurm_munge - who tells the daemons whom they talk to
slurm_munge() {
	mkdir -m 755 munge
	(umask 077; head -c 128 /dev/urandom >munge/key)
	munged --foreground --force --key-file="$PWD/munge/key" --socket="$PWD/munge/socket" --num-threads=2 \
	    --pid-file="$PWD/munge/pid" --log-file="$PWD/munge/log" --seed-file="$PWD/munge/seed" >munge/out 2>&1 </dev/null &
	pid_munged=$!
	later 'kill "$pid_munged"; wait "$pid_munged" 2>/dev/null'
	wait_for 10 test -S munge/socket
}

# slurm_conf - short times, so that what a cluster sees in minutes happens in seconds
slurm_conf() {
	# shellcheck disable=SC2046 # numbers
	set -- $(ports 3)
	mkdir -p slurm/state
	cat >slurm/slurm.conf <<END
ClusterName=$1
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$1
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$PWD/munge/socket
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=0
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=2
SlurmdTimeout=8
SlurmctldTimeout=5
InactiveLimit=0
MessageTimeout=${message_s:-10}
MinJobAge=2
TCPTimeout=2
StateSaveLocation=$PWD/slurm/state
SlurmdSpoolDir=$PWD/slurm/spool.%n
SlurmctldPidFile=$PWD/slurm/ctld.pid
SlurmdPidFile=$PWD/slurm/%n.pid
SlurmctldLogFile=$PWD/slurm/ctld.log
SlurmdLogFile=$PWD/slurm/%n.log
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$2 CPUs=2 RealMemory=2000 TmpDisk=100000 Feature=$arch
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$3 CPUs=2 RealMemory=3000 TmpDisk=100000 Feature=$arch
PartitionName=build Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
END
	export SLURM_CONF="$PWD/slurm/slurm.conf"
}

# slurm_start NAME [ARG]... - a daemon: ctld, or the node n1 or n2; sets pid_NAME
slurm_start() {
	case $1 in
	ctld) setsid slurmctld -D -f "$SLURM_CONF" -i >>slurm/ctld.out 2>&1 </dev/null & ;;
	*) setsid slurmd -D -N "$1" -f "$SLURM_CONF" >>"slurm/$1.out" 2>&1 </dev/null & ;;
	esac
	eval "pid_$1=\$!"
}
# slurm_kill NAME - as a power failure would; of a node with all that runs there
slurm_kill() {
	eval "pid=\$pid_$1 pid_$1=''"
	kill -9 "$pid"
	wait "$pid" 2>/dev/null
	[ "$1" != ctld ] || return 0
	# Those that slurmd left: slurmstepd and the job, whose spool is that of the node.
	for pid in $(slurm_jobs_of "$1"); do
		kill -9 "$pid" 2>/dev/null
	done
}
# slurm_jobs_of NODE - processes that have its name from Slurm, or see to those
slurm_jobs_of() {
	for at in /proc/[0-9]*; do
		if tr '\0' '\n' 2>/dev/null <"$at/environ" | grep -qx -e "SLURMD_NODENAME=$1" &&
		    tr '\0' '\n' 2>/dev/null <"$at/environ" | grep -qxF -e "SLURM_CONF=$SLURM_CONF"; then
			echo "${at#/proc/}"
		fi
	done
}

slurm_is_up() {
	[ "$(sinfo -h -N -o %T 2>/dev/null | grep -c -e idle -e mixed -e allocated)" = 2 ]
}

# slurm_end - each by its number, jobs first
slurm_end() {
	for name in n1 n2; do
		for pid in $(slurm_jobs_of "$name"); do
			kill -9 "$pid" 2>/dev/null
		done
		eval "pid=\${pid_$name-}"
		[ ! "$pid" ] || { kill "$pid"; wait "$pid" 2>/dev/null; }
	done
	[ ! "${pid_ctld-}" ] || { kill "$pid_ctld"; wait "$pid_ctld" 2>/dev/null; }
}

# slurm_up - all of it
slurm_up() {
	slurm_munge || return 1
	slurm_conf
	later slurm_end
	slurm_start ctld
	slurm_start n1
	slurm_start n2
	wait_for 20 slurm_is_up
}

# slurm_nodes - two workers of work-words.sh, n1 and n2, for jobs; and place/, the
# configuration of who places them.  Sets nodes, the folders of their attempts.
slurm_nodes() {
	worker_new n1
	nodes=$work/work
	worker_new n2
	nodes="$nodes $work/work"
	# What a node has in /usr/local/bin; the two of this machine differ in their configuration.
	cat >node <<END
#!/bin/sh
PATH=$PATH
exec aoinb -c "$scratch/\$SLURMD_NODENAME/conf" "\$@"
END
	chmod 755 node
	mkdir place
	aoinb-conf -f /dev/null -D work_server="$url" -D slurm_token_file="$scratch/place.token" -D slurm_poll=1s \
	    -D slurm_grace=3s -D slurm_patience=8s -D slurm_command="$scratch/node" ini >place/aoinb.ini
	pid_place=''
	later 'place_stop -TERM'
}

# place_start - programs in tools/ go before those of Slurm
place_start() {
	PATH=$PWD/tools:$PATH setsid aoinb-place -v -c "$PWD/place" >>place.log 2>&1 </dev/null &
	pid_place=$!
}
# place_stop SIGNAL - sets code
place_stop() {
	[ "$pid_place" ] || return 0
	kill "$1" "$pid_place"
	code=0; wait "$pid_place" 2>/dev/null || code=$?
	pid_place=''
}

# slurm_task BUNDLE [MORE] - prints its number
slurm_task() {
	submit "$1" "\"engine\":\"slurm\"${2:+,$2}"
}
