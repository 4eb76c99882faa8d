# shellcheck shell=sh
# The end of a group: what became of each unit, for programs and for people.

# group_ends - writes group.json, and a table to stderr
group_ends() {
	ends_rows >"$group/rows"
	read -r ends_began <"$group/began"
	jq -R -s --arg id "$group_id" --arg branch "$group_branch" --rawfile targets "$group/targets" \
	    --rawfile order "$group/order" --argjson began "$ends_began" --argjson ended "$(date +%s)" \
	    --arg stopped "$stopping" '
		def lines: split("\n") | map(select(. != ""));
		def known: if . == "-" then null else . end;
		def number: known | if . then tonumber else null end;
		(lines | map(split("\t"))) as $rows |
		{ id: $id, branch: $branch, targets: ($targets | lines),
		  verdict: (if $rows | any(.[1] == "waiting") then (if $stopped != "" then "stopped" else "unfinished" end)
		            elif $rows | all(.[1] | IN("ok", "built", "unfit")) then "ok" else "failed" end),
		  began: $began, ended: $ended,
		  broken: ($order | lines | map(split("\t") | select(.[0] == "broken")
		      | { unit: .[1], needs: .[2], kind: .[3] })),
		  units: ($rows | map({ unit: .[0], verdict: .[1], why: (.[2] | known), job: (.[3] | known),
		      version: (.[4] | known), wall_us: (.[5] | number), cpu_us: (.[6] | number),
		      peak_kib: (.[7] | number), packages: (.[8] | split(" ") | map(select(. != "-"))) })) }' \
	    <"$group/rows" >"$group/group.json.new"
	mv "$group/group.json.new" "$group/group.json"
	rm -f "$group/rows"
	ends_table >&2
}

# ends_rows - UNIT VERDICT WHY JOB VERSION WALL_US CPU_US PEAK_KIB PACKAGES
ends_rows() {
	LC_ALL=C dir=$group jobs_dir=$work_dir/jobs awk -F '\t' -v OFS='\t' "$tree_awk"'
		function is(text) {
			return text == "" ? "-" : text
		}
		function record(file,   line, at) {
			split("", used)
			while ((getline line <file) > 0)
				if ((at = index(line, "=")))
					used[substr(line, 1, at - 1)] = substr(line, at + 1)
			close(file)
		}
		function packages(file,   line, all) {
			all = ""
			while ((getline line <file) > 0) {
				split(line, part, FS)
				all = all (all == "" ? "" : " ") part[3]
			}
			close(file)
			return all
		}
		FILENAME == ARGV[1] { last[$2] = $1; next }
		FILENAME == ARGV[2] { because[$1] = $2; next }
		# units: UNIT DIR NAMES VERSION MODIFIERS STATE WHY
		$6 != "build" { print $1, $6, is($7), "-", is($4), "-", "-", "-", "-"; next }
		{
			state = last[$1]
			verdict = state == "ok" || state == "failed" ? state : state == "skip" ? "skipped" : "waiting"
			why = state == "skip" ? because[$1] " was not built" : ""
			job = state == "ok" || state == "failed" ? first_line(ENVIRON["dir"] "/run/" key_of($1) "/job") : ""
			dir = ENVIRON["jobs_dir"] "/" job
			split("", used)
			if (job != "")
				record(dir "/rusage")
			if (verdict == "failed" && used["verdict"] != "" && used["verdict"] != "ok")
				verdict = used["verdict"]
			print $1, verdict, is(why), is(job), is($4), is(used["wall_us"]), is(used["cpu_us"]),
			    is(used["peak_kib"]), is(job != "" ? packages(dir "/packages") : "")
		}' "$group/events" "$group/skipped" "$group/units"
}

# ends_table - of group.json
ends_table() {
	jq -r '
		def two: tostring | if length < 2 then "0" + . else . end;
		def span: if . then (. / 1e6 + 0.5 | floor) | "\(. / 60 | floor):\(. % 60 | two)" else "-" end;
		["PACKAGE", "VERDICT", "TIME", "MEMORY", "CPU", "VERSION", ""],
		(.units[] | [.unit, .verdict, (.wall_us | span),
			(if .peak_kib then "\(.peak_kib / 1024 + 0.5 | floor)M" else "-" end),
			(.cpu_us | span), .version // "-", .why // ""]) | @tsv' "$group/group.json" |
		tr -c '[:print:]\t\n' '?' | column -t -s "$(printf '\t')"
}
