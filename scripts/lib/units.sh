# shellcheck shell=sh
# The units of a plan: which belong to the set, what state each is in, and what it
# needs of the others.

# plan_units - writes units and graph, by the rows, wanted, built, known and times
plan_units() {
	apt=''
	[ ! -e "$plan/apt" ] || apt=1
	: >"$plan/said"
	: >"$plan/graph"
	LC_ALL=C tree=$tree arch=$arch apt=$apt mods=$plan_mods with_deps=${opt_with_deps-} rebuild=${opt_rebuild-} \
	    branch=$plan_branch said=$plan/said graph=$plan/graph \
	    awk -F '\t' -v OFS='\t' "$tree_awk$needs_awk$graph_awk" \
	    "$plan/wanted" "$plan/built" "$plan/known" "$plan/times" "$plan/rows.tree" \
	    "$plan/rows.path" >"$plan/units"
}

# The set of units, and what each one needs.
# shellcheck disable=SC2016 # awk's own words
needs_awk='
	# "python3:any", "a>=1": the name
	function name_in(word) {
		sub(/(:[a-z].*|[<>=].*)$/, "", word)
		return word
	}
	# what is known of a package: by rows of the tree and of other bundles
	function learn(unit,   n, i, of) {
		if ($3 == "!") {
			trouble[unit, ++troubles[unit]] = $4
			return
		}
		names[unit] = names[unit] (names[unit] == "" ? "" : " ") $3
		if (!(unit in version))
			version[unit] = $4
		if ($6 != "ok" && !(unit in unfit))
			unfit[unit] = ($2 == "." ? "" : $2 ": ") $6
		if ($7 != "-")
			build[unit] = build[unit] " " $7
		if ($8 != "-")
			run[unit] = run[unit] " " $8
		if ($9 != "-") {
			n = split($9, of, " ")
			for (i = 1; i <= n; i++)
				also[unit] = also[unit] " " name_in(of[i])
		}
	}
	# who in the tree makes each name: by a name of its own rather than by one that
	# it provides too, and one that fits rather than one that does not
	function makers(unit,   n, i, of) {
		n = split(names[unit], of, " ")
		for (i = 1; i <= n; i++)
			maker_is(of[i], unit, unit in unfit ? 2 : 4)
		n = split(also[unit], of, " ")
		for (i = 1; i <= n; i++)
			maker_is(of[i], unit, unit in unfit ? 1 : 3)
	}
	function maker_is(name, unit, good) {
		if (good > maker_good[name] + 0) {
			maker_good[name] = good
			maker[name] = unit
		}
	}
	# a unit joins the set; FOR needs it
	function join(unit, dir, mods, by,   n, i, of, key) {
		key = key_of(unit)
		if (key in has_key) {
			print unit ": cannot be told from " has_key[key] " (both are " key " in file names); build one after the other" >ENVIRON["said"]
			exit 65
		}
		has_key[key] = unit
		set[++count] = unit
		in_set[unit]
		dir_of[unit] = dir
		mods_of[unit] = mods
		joined[unit] = by != ""
		why[unit] = by == "" ? "-" : "needed by " by
		if (!(unit in names) || names[unit] == "")
			names[unit] = base(dir)
		state[unit] = unit in is_built && (by != "" || ENVIRON["rebuild"] == "") ? "built" : \
		    unit in unfit ? "unfit" : "build"
		if (state[unit] == "built")
			why[unit] = "in output/" ENVIRON["branch"]
		if (state[unit] == "unfit") {
			why[unit] = "not for " ENVIRON["arch"] ": " unfit[unit]
			return
		}
		n = split(names[unit] also[unit], of, " ")
		for (i = 1; i <= n; i++)
			given[of[i]]
	}
	# one alternative is enough; of those that are missing, the one to be made
	function needs(unit, word,   n, i, of, name) {
		n = split(word, of, "|")
		for (i = 1; i <= n; i++) {
			of[i] = name = name_in(of[i])
			if (name in given || name in apt)
				return
		}
		for (i = 1; i <= n; i++)
			if (maker_good[of[i]] > 2) {
				if (ENVIRON["with_deps"] == "")
					return lacks(unit, word, maker[of[i]] " makes it: --with-deps builds it")
				if (!(maker[of[i]] in in_set))
					join(maker[of[i]], tree "/" maker[of[i]], ENVIRON["mods"], unit)
				return
			}
		for (i = 1; i <= n; i++)
			if (of[i] in maker)
				return lacks(unit, word, maker[of[i]] " is not for " ENVIRON["arch"] ": " unfit[maker[of[i]]])
		lacks(unit, word, tree == "" ? "apt has no such package" : "neither apt nor the tree has it")
	}
	function lacks(unit, word, text) {
		if ((unit, word) in lacked)
			return
		lacked[unit, word]
		state[unit] = "unmet"
		missing[unit]++
		if (missing[unit] == 1)
			why[unit] = "needs " word " (" text ")"
		else if (missing[unit] <= 5)
			why[unit] = why[unit] ", " word " (" text ")"
	}'

# The graph: with the names that count only, so that it is small.
# shellcheck disable=SC2016 # awk's own words
graph_awk='
	BEGIN {
		tree = ENVIRON["tree"]
		wanted = ARGV[1]; built = ARGV[2]; known = ARGV[3]
		times = ARGV[4]; rows = ARGV[5]; paths = ARGV[6]
	}
	FILENAME == wanted {
		wish[++wishes] = $1
		wish_dir[$1] = $2
		wish_mods[$1] = $3
		if ($1 ~ /^\//)
			at_row[as_in_row($2)] = $1
		next
	}
	FILENAME == built { is_built[$1]; next }
	FILENAME == known { apt[$1]; next }
	FILENAME == times {
		seconds[$1] = $2
		kib[$1] = $3
		sorted[++timed] = $2
		next
	}
	FILENAME == rows && is_unit($1) {
		if ($1 != of_tree[in_tree])
			of_tree[++in_tree] = $1
		learn($1)
	}
	FILENAME == paths && $1 in at_row { learn(at_row[$1]) }

	function tell(unit,   i) {
		for (i = 1; i <= troubles[unit]; i++)
			print dir_of[unit] "/" trouble[unit, i] >ENVIRON["said"]
	}
	function name_of(unit) {
		return unit ~ /^\// ? key_of(base(dir_of[unit])) : unit
	}
	# what a unit gives the others: a name of its own goes before the same name
	# that another provides too
	function gives(unit,   n, i, of, list) {
		if (state[unit] == "unfit")
			return "-"
		list = names[unit]
		n = split(also[unit], of, " ")
		for (i = 1; i <= n; i++)
			if (!(of[i] in own_name))
				list = list " " of[i]
		return list
	}
	# the words of LIST that others of the graph give, and it does not itself
	function asks(unit, list,   n, i, k, m, of, alt, mine, kept, hit) {
		n = split(names[unit] also[unit], of, " ")
		for (i = 1; i <= n; i++)
			mine[of[i]]
		n = split(list, of, " ")
		kept = ""
		for (i = 1; i <= n; i++) {
			m = split(of[i], alt, "|")
			hit = 0
			for (k = 1; k <= m; k++) {
				alt[k] = name_in(alt[k])
				if (alt[k] in mine) {
					hit = 0
					break
				}
				if (alt[k] in in_graph)
					hit = 1
			}
			if (!hit)
				continue
			kept = kept (kept == "" ? "" : " ") alt[1]
			for (k = 2; k <= m; k++)
				kept = kept "|" alt[k]
		}
		return kept == "" ? "-" : kept
	}

	END {
		for (i = 1; i <= in_tree; i++)
			makers(of_tree[i])
		for (i = 1; i <= wishes; i++)
			join(wish[i], wish_dir[wish[i]], wish_mods[wish[i]], "")
		# Others may join while we look.  When nobody knows what apt can
		# install, it can install everything.
		if (ENVIRON["apt"] != "")
			for (i = 1; i <= count; i++) {
				if (state[set[i]] != "build")
					continue
				n = split(build[set[i]] run[set[i]], word, " ")
				for (k = 1; k <= n; k++)
					needs(set[i], word[k])
			}
		for (i = 1; i <= count; i++) {
			unit = set[i]
			if (state[unit] == "built" && joined[unit])
				continue
			if (missing[unit] > 5)
				why[unit] = why[unit] ", and " missing[unit] - 5 " more"
			print unit, dir_of[unit], names[unit], \
			    (unit in version ? version[unit] : "-"), mods_of[unit], state[unit], why[unit]
			if (state[unit] == "built")
				continue
			todo[++todos] = unit
			tell(unit)
			if (state[unit] == "unfit")
				continue
			n = split(names[unit], word, " ")
			for (k = 1; k <= n; k++)
				own_name[word[k]]
			n = split(names[unit] also[unit], word, " ")
			for (k = 1; k <= n; k++)
				in_graph[word[k]]
		}
		# What was never built takes as long as others do; what cannot be
		# built takes no time.
		usual = timed ? sorted[int((timed + 1) / 2)] : 60
		for (i = 1; i <= todos; i++) {
			unit = todo[i]
			name = name_of(unit)
			takes = name in seconds ? seconds[name] : usual
			print unit, (state[unit] == "build" ? takes : 0), \
			    (name in kib ? kib[name] : 0), gives(unit), \
			    asks(unit, build[unit]), asks(unit, run[unit]) >ENVIRON["graph"]
		}
	}'
