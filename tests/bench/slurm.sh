#!/bin/sh
# Builds that sleep, by Slurm: on two nodes, beside the same on one of them.  It is two
# slurmd, slurmctld, aoinb-serve and real builds; the machine sleeps most of the time.
. "${0%/*}/lib.sh"
need_root
. "$top/tests/slurm-words.sh"
. "$top/tests/work-words.sh"
slurm_up || { echo 'slurm: it does not start'; exit 1; }
slurm_nodes
(umask 077; token cluster '"place"' >place.token)
place_start
bundle_of sleeper 'sleep 12'

are_ok() {
	for id in $ids; do
		state_is "$id" ok || return 1
	done
}
# took - how long eight of them take, each with all cores of a node
took() {
	ids='' began=$(date +%s.%N)
	for i in 1 2 3 4 5 6 7 8; do
		ids="$ids $(slurm_task sleeper '"needs":{"cpus":2}')"
	done
	wait_for 400 are_ok || { echo 'slurm: a build fails' >&2; exit 1; }
	echo "$(date +%s.%N) - $began" | bc
}
two=$(took) || exit
scontrol update nodename=n2 state=drain reason=bench || exit
one=$(took) || exit
row slurm-two-nodes "$two" "$one" 0.556 'eight builds that sleep 12 s: two nodes beside one'
