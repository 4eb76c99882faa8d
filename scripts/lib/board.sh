# shellcheck shell=sh
# The board of a group on a terminal: a line for each build that runs, and one for
# all.  It is drawn from files, and the cursor stays at its beginning, so that
# whoever has a line to say clears it and says that.

# board_clear - a place for a line
board_clear() {
	[ ! -t 2 ] || printf '\r\033[J' >&2
}

# board_show - of group, with what is running; of what does not fit on the terminal,
# the beginning and the last line
board_show() (
	trap '' INT
	board=$({ stty size <&2 2>/dev/null || echo 0 0; board_rows; } | awk '
		NR == 1 {
			rows = $1 > 2 ? $1 : 24
			cols = $2 > 0 ? $2 : 80
			next
		}
		{ last = $0 }
		NR <= rows { line[++n] = $0 }
		END {
			line[n] = last
			for (i = 1; i <= n; i++) {
				gsub(/[^ -~]/, "?", line[i])
				print substr(line[i], 1, cols - 1)
			}
			printf "\033[%dA\r", n
		}')
	printf '\r\033[J%s\r' "$board" >&2
)

# board_rows - a line a build: package, step, time, CPU and memory as they were
# sampled last; then how many there are, and when that may end: no sooner than
# the longest chain, or all work by all slots
board_rows() {
	now=$(date +%s) running=$running dir=$group jobs_dir=$work_dir/jobs slots=$slots \
	    awk -F '\t' "$tree_awk"'
		function span(s) {
			if (s < 3600)
				return sprintf("%d:%02d", s / 60, s % 60)
			return sprintf("%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60)
		}
		# samples.csv: elapsed_us,user_us,sys_us,mem_kib,...
		function usage(file,   line, now, before, a, b, cpu) {
			while ((getline line <file) > 0) {
				before = now
				now = line
			}
			close(file)
			if (split(now, a, ",") < 4 || a[1] + 0 == 0)
				return ""
			split(before, b, ",")
			cpu = (a[2] + a[3] - b[2] - b[3]) / (a[1] - b[1])
			return sprintf("%4.0f %% CPU  %6.0f MiB", 100 * cpu, a[4] / 1024)
		}
		function row(key,   run, job, began) {
			run = ENVIRON["dir"] "/run/" key
			began = first_line(run "/began")
			job = ENVIRON["jobs_dir"] "/" first_line(run "/job")
			spent[first_line(run "/unit")] = now - began
			printf "  %-32s %-9s %8s  %s\n", first_line(run "/unit"), first_line(job "/step"),
			    span(now - began), usage(job "/samples.csv")
		}
		BEGIN {
			now = ENVIRON["now"]
			n = split(ENVIRON["running"], list, " ")
			for (i = 1; i <= n; i++) {
				sub(/:.*/, "", list[i])
				row(list[i])
			}
		}
		FILENAME == ARGV[1] { last[$2] = $1; next }
		# order: unit POS LEVEL UNIT WEIGHT PATH ...
		$1 != "unit" { next }
		last[$4] ~ /^(ok|failed|skip)$/ { count[last[$4]]++; next }
		{
			waiting += !($4 in spent)
			gone = spent[$4] < $5 ? spent[$4] + 0 : $5
			work += $5 - gone
			if ($6 - gone > chain)
				chain = $6 - gone
		}
		END {
			work /= ENVIRON["slots"]
			printf "%d running, %d waiting, %d built", n, waiting, count["ok"]
			if (count["failed"] + count["skip"])
				printf ", %d failed, %d skipped", count["failed"], count["skip"]
			printf "; about %s left\n", span(work > chain ? work : chain)
		}' "$group/events" "$group/order"
}
