# plan TARGET... BRANCH - show what would be built, in which order, and until when
#
#   --tree=DIR       the tree of packages; -t for short
#   --with-deps      and what they need, where apt does not have it and the tree has
#   --rebuild        and what is built already
#   --slots=N        with N builds at once
#   --json           for programs
#   --dot            for dot(1)
#
# Exits 1 when something cannot be built, since what it needs is nowhere.

use tree units plan
[ $# -ge 2 ] || bad 'plan wants a TARGET and a BRANCH'
[ ! "$opt_json" ] || [ ! "$opt_dot" ] || bad 'plan: --json, or --dot'
case $opt_slots in
*[!0-9]*|?????*) bad "plan: --slots=$opt_slots: not a number of builds" ;;
esac
[ ! "$opt_json" ] || need_tool jq jq
conf_load
targets=$(($# - 1))
for branch; do :; done
while [ "$targets" -gt 0 ]; do
	set -- "$@" "$1"
	shift; targets=$((targets - 1))
done
shift
instance_list "$branch" >/dev/null
folder=$(mktemp -d) || die 73 'a temporary folder cannot be made'
trap 'rm -rf --one-file-system "$folder"' EXIT

# plan_cut - what waits for something that cannot be built is not built either: the
# list skipped, UNIT BECAUSE, and the order without all of it.  It stays in the
# graph, where it takes no time, so that the same needs are given up as in a build.
plan_cut() {
	: >"$folder/skipped"
	awk -F '\t' -v OFS='\t' '$6 ~ /^un/ { print "skip", $1 }' "$folder/units" >"$folder/events"
	[ -s "$folder/events" ] || return 0
	aoinb-order --next="$folder/events" <"$folder/graph" |
	    sed -n 's/^skip	//p' >"$folder/skipped"
	cut -f 2 "$folder/events" | cat - "$folder/skipped" | cut -f 1 >"$folder/gone"
	awk -F '\t' -v OFS='\t' '
		NR == FNR { gone[$1]; next }
		$1 in gone { $2 = 0 }
		{ print }' "$folder/gone" "$folder/graph" >"$folder/left"
	mv "$folder/left" "$folder/graph"
	plan_order >"$folder/all"
	awk -F '\t' -v OFS='\t' '
		NR == FNR { gone[$1]; next }
		$1 == "unit" && $4 in gone || $1 == "broken" && $2 in gone { next }
		$1 == "unit" { $2 = ++position }
		{ print }' "$folder/gone" "$folder/all" >"$folder/order"
}

# plan_lines - the plan, a record a line, for programs
plan_lines() {
	# order: unit POS LEVEL UNIT WEIGHT PATH START END WAITS
	#        broken UNIT NEEDS KIND SIZE
	slots=$(group_slots) awk -F '\t' -v OFS='\t' '
		FILENAME == ARGV[1] { kib[$1] = $3; next }
		FILENAME == ARGV[2] { version[$1] = $4; state[$1] = $6; why[$1] = $7; unit[++n] = $1; next }
		FILENAME == ARGV[3] { state[$1] = "skipped"; why[$1] = "waits for " $2; next }
		$1 == "unit" {
			print "build", $2, $4, version[$4], $3, $5, kib[$4], $9
			if ($8 > end)
				end = $8
		}
		$1 == "broken" { broken = broken $0 "\n" }
		END {
			for (i = 1; i <= n; i++)
				if (state[unit[i]] != "build")
					print state[unit[i]], unit[i], version[unit[i]], why[unit[i]]
			printf "%s", broken
			print "estimate", end + 0, ENVIRON["slots"]
		}' "$folder/graph" "$folder/units" "$folder/skipped" "$folder/order"
}

# plan_people - the same for people: a table, what is not in it, and the end
plan_people() {
	until=$(plan_until) awk -F '\t' -v OFS='\t' -v table="column -t -s '	'" '
		function age(s) {
			if (s < 120) return int(s + 0.5) "s"
			if (s < 7200) return int(s / 60) "m"
			if (s < 172800) return int(s / 3600) "h" int(s % 3600 / 60) "m"
			return int(s / 86400) "d" int(s % 86400 / 3600) "h"
		}
		function size(k) {
			if (k < 1) return "-"
			if (k < 10240) return k "K"
			if (k < 10485760) return int(k / 1024) "M"
			return int(k / 1048576) "G"
		}
		function some(list,   n, of) {
			n = split(list, of, " ")
			return n <= 3 ? list : of[1] " " of[2] " " of[3] " +" n - 3
		}
		$1 == "build" {
			if (!rows++)
				print "POS", "PACKAGE", "VERSION", "LEVEL", "TIME", "MEMORY", "WAITS FOR" | table
			print $2, $3, $4, $5, age($6), size($7), some($8) | table
			next
		}
		{ if (!closed++) close(table) }
		$1 == "broken" {
			print "gave up " $2 " -> " $3 " (" ($4 == "run" ? "run-time" : "build") "), a cycle of " $5
			next
		}
		$1 == "estimate" && rows {
			print rows (rows == 1 ? " package" : " packages") ", about " age($2) \
			    " with " $3 ($3 == 1 ? " slot" : " slots") ": until " ENVIRON["until"]
			next
		}
		$1 == "estimate" { print "nothing to build"; next }
		{ print $1 "  " $2 "  " $4 }' | tr '\001-\010\013-\037\177' '?'
}

# plan_until - when it would end, if it began now
plan_until() {
	end=$(awk -F '\t' '$1 == "unit" && $8 > end { end = $8 } END { printf "%.0f", end }' "$folder/order")
	date -d "@$(($(date +%s) + end))" '+%F %H:%M'
}

# plan_json - one object
plan_json() {
	jq -n --arg branch "$branch" --argjson slots "$(group_slots)" \
	    --argjson memory "$(group_memory_kib)" \
	    --rawfile units "$folder/units" --rawfile graph "$folder/graph" \
	    --rawfile order "$folder/order" --rawfile skipped "$folder/skipped" '
		def rows: split("\n") | map(select(. != "") | split("\t"));
		def words: if . == "-" then [] else split(" ") end;
		def filled: if . == "-" then null else . end;
		($order | rows) as $lines
		| ($lines | map(select(.[0] == "unit")) | INDEX(.[3])) as $at
		| ($graph | rows | INDEX(.[0])) as $in
		| ($skipped | rows | INDEX(.[0])) as $skip
		| { branch: $branch,
		    units: ($units | rows | map(. as $u | .[0] as $name | $at[$name] as $o | {
			unit: $name, dir: .[1], names: (.[2] | words), version: (.[3] | filled),
			modifiers: (.[4] | filled),
			state: (if $skip[$name] then "skipped" else .[5] end),
			why: (if $skip[$name] then "waits for " + $skip[$name][1] else (.[6] | filled) end)
		      } + if $o then {
			position: ($o[1] | tonumber), level: ($o[2] | tonumber),
			seconds: ($o[4] | tonumber), memory_kib: ($in[$name][2] | tonumber),
			path_seconds: ($o[5] | tonumber), start: ($o[6] | tonumber),
			end: ($o[7] | tonumber), waits: ($o[8] | words)
		      } else {} end) | sort_by(.position // infinite)),
		    broken: ($lines | map(select(.[0] == "broken")
			| { unit: .[1], needs: .[2], kind: .[3], size: (.[4] | tonumber) })),
		    estimate: { seconds: ([$lines[] | select(.[0] == "unit") | .[7] | tonumber] | max // 0),
			slots: $slots, memory_kib: $memory } }'
}

# plan_dot - who waits for whom; what was given up is dashed
plan_dot() {
	awk -F '\t' '
		function name(text) {
			gsub(/[\\"]/, "\\\\&", text)
			return "\"" text "\""
		}
		BEGIN { print "digraph plan {\n\trankdir=LR;\n\tnode [shape=box];" }
		$1 == "unit" {
			print "\t" name($4) ";"
			n = split($9, of, " ")
			for (i = 1; i <= n; i++)
				if (of[i] != "-")
					print "\t" name($4) " -> " name(of[i]) ";"
		}
		$1 == "broken" { print "\t" name($2) " -> " name($3) " [style=dashed];" }
		END { print "}" }' "$folder/order"
}

plan_make "$folder" "$branch" "$@"
[ ! "$plan_blind" ] || [ "$verbose" ] ||
	say "branch $branch: $plan_blind: dependencies are not checked"
plan_cut
if [ "$opt_json" ]; then plan_json
elif [ "$opt_dot" ]; then plan_dot
elif [ -t 1 ]; then plan_lines | plan_people
else plan_lines
fi
! awk -F '\t' '$6 == "unmet" { found = 1 } END { exit !found }' "$folder/units" &&
	[ ! -s "$folder/skipped" ]
