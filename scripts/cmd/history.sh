# history [PACKAGE]... - earlier builds: when, how they ended, what they used
#
#   --branch=BRANCH  of that branch only
#
# A PACKAGE is a folder's name, category/name, or a path.  The oldest comes first.
# Columns are separated by tabs when the output is not a terminal: the end in
# seconds since 1970, times in microseconds and memory in KiB.

conf_load
[ -r "$work_dir/history" ] || die 1 'nothing was built yet'

# history_rows PACKAGE... - the lines of these, or all
history_rows() {
	history_want=$nl
	for package; do
		if [ -e "$package/spec" ]; then
			bundle_unit "$(readlink -e -- "$package")"
			history_name "$unit"
			package=$history_unit
		fi
		history_want=$history_want$package$nl
	done
	want=$history_want branch=$opt_branch awk -F '\t' '
		BEGIN {
			n = split(ENVIRON["want"], words, "\n")
			for (i = 2; i < n; i++)
				want[words[i]]
			branch = ENVIRON["branch"]
		}
		{
			name = $2
			sub(/.*\//, "", name)
		}
		NF == 10 && (n == 2 || $2 in want || name in want) && (branch == "" || branch == $3) {
			print
			found = 1
		}
		END { exit !found }' "$work_dir/history"
}

rows=$(history_rows "$@") || die 1 "no build${*:+ of $*} yet"
if [ -t 1 ]; then
	printf '%s\n' "$rows" | jq -R -s -r '
		def span: (. / 1e6 + 0.5 | floor)
			| "\(. / 60 | floor):\(. % 60 | tostring | if length < 2 then "0" + . else . end)";
		["ENDED", "PACKAGE", "BRANCH", "VERSION", "VERDICT", "TIME", "CPU", "MEMORY", "JOB"],
		(split("\n")[] | select(. != "") | split("\t")
			| [(.[0] | tonumber | strflocaltime("%Y-%m-%d %H:%M")), .[1], .[2], .[4], .[5],
			   (.[6] | tonumber | span), (.[7] | tonumber | span),
			   "\((.[8] | tonumber) / 1024 + 0.5 | floor)M", .[9]])
		| @tsv' | column -t -s "$(printf '\t')"
else
	printf '%s\n' "$rows"
fi
