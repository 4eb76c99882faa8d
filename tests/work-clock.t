#!/bin/sh
# aoinb work: a worker whose clock is a day off, before or behind that of the server
. "${0%/*}/lib.sh"
need_root
need gcc
. "$top/tests/work-words.sh"
gcc -shared -fPIC -O1 -o shift.so "$top/tests/faults.c" -ldl || exit 1

# off SECONDS TEXT - a worker whose clock is that much before the true one builds what lasts
# longer than a lease; what the server says of it is by its own clock
off() {
	before=$(date +%s)
	id=$(submit slow)
	try 0 "$2"                         env LD_PRELOAD="$PWD/shift.so" AOINB_SHIFT="$1" aoinb -c w1/conf work --once
	is 'in one attempt'                "$(status "$id" '"\(.state) \(.verdict) \(.exit) \(.attempt)"')" 'ok ok 0 1'
	ok 'the log is whole'              counts "$id" $((lease_s + 4))
	ask 200 'the server has its times' "$me" "/task/$id/status"
	is 'by its own clock'              "$(jq --argjson a "$before" --argjson b "$(date +%s)" \
	    '.began >= $a and .ended >= .began and .ended <= $b and .elapsed_s <= $b - $a' body)" true
	ask 200 'the result'               "$me" "/task/$id/result.json"
	is 'ends by that of the worker'    "$(jq --argjson a "$((before + $1))" --argjson b "$(($(date +%s) + $1))" \
	    '.ended >= $a and .ended <= $b' body)" true
	ask 200 'its package can be had'   "$me" "/task/$id/output/slow_1-0_noarch.deb"
	ok 'nothing is left at the worker' at_rest
}

bundle_of slow "for i in \$(seq $((lease_s + 4))); do echo line \$i; sleep 1; done"
off 86400 'a day ahead, it builds'
off -86400 'a day behind, it builds'
finish
