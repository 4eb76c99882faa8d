#!/bin/sh
# aoinb-rusage: what it costs to watch forty processes, and how near the truth
# its CPU time is for many short-lived ones
. "${0%/*}/lib.sh"
need python3

# spent PID... - the CPU time that these processes have used, in ns
spent() {
	for pid; do
		cat "/proc/$pid/schedstat"
	done | awk '{ sum += $1 } END { printf "%d\n", sum }'
}

for src in auto proc; do
	aoinb-rusage --source=$src -o record -s samples --silence=1h \
	    --disk=. --disk-floor=1M sh -c '
		for i in 0 1 2 3 4 5 6 7 8 9; do
			sleep 60 & sleep 60 & sleep 60 & sleep 60 &
		done
		wait' & front=$!
	sleep 0.5	# the start is not meant
	keeper=$(tr -d ' ' <"/proc/$front/task/$front/children")
	before=$(spent "$front" "$keeper")
	sleep 9
	after=$(spent "$front" "$keeper")
	kill "$front"
	wait "$front" 2>err
	awk -v name="rusage-overhead-$src" -v ns=$((after - before)) 'BEGIN {
		share = 100 * ns / 9e9
		printf "%-24s %9.4f %% of a core, a sample each 3 s   (at most 0.2 %%)  %s\n",
		    name, share, share <= 0.2 ? "ok" : "MISSED"
	}'
done

# A GiB of lines, in the writes that stdio makes of them, through the pipe and straight to
# the file.  Of a build that takes but a minute for so much, 3 % are 1.8 s.
cat >talk.py <<'EOF'
import os
page = (b"x" * 79 + b"\n") * 51 + b"x" * 15 + b"\n"
for _ in range(1 << 18):
    os.write(1, page)
EOF
# cpu FILE - what the children of a shell have used, in s, out of what times printed
cpu() {
	awk 'NR == 2 { for (i = 1; i <= 2; i++) { split($i, a, /[ms]/); t += 60 * a[1] + a[2] } print t }' "$1"
}
sh -c 'python3 talk.py >straight; times' >times.straight
rm straight
sh -c 'aoinb-rusage -l piped python3 talk.py; times' >times.piped
rm piped
awk -v straight="$(cpu times.straight)" -v piped="$(cpu times.piped)" 'BEGIN {
	more = piped - straight
	printf "%-24s %9.4f s %9.4f s   a GiB of log, %.2f s more   (at most 1.8 s)  %s  against: the file itself\n",
	    "rusage-log", piped, straight, more, more <= 1.8 ? "ok" : "MISSED"
}'

# The truth is what getrusage(2) tells the program of itself and its children
# as the last thing it asks.
cat >load.py <<'EOF'
import os, resource
for _ in range(3000):
    os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)
both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(sum(r.ru_utime + r.ru_stime for r in both))
EOF
for src in cgroup2 cgroup1 proc; do
	aoinb-rusage --source=$src -o record -l truth.$src python3 load.py 2>err || {
		echo "rusage-accuracy-$src: $(cat err)"
		continue
	}
	awk -F= -v name="rusage-accuracy-$src" -v truth="$(cat truth.$src)" '
	$1 == "cpu_us" {
		off = 100 * ($2 / 1e6 - truth) / truth
		verdict = off < 2 && off > -2 ? "ok" : "MISSED"
		printf "%-24s %10.4f s %10.4f s   off by %+.2f %%  (at most 2 %%)  %s  %s\n",
		    name, $2 / 1e6, truth, off, verdict, "against: getrusage"
	}' record
done
