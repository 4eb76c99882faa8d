# shellcheck shell=sh
# The tree of packages, and what targets mean in it; see aoinb-tree(5).  A unit is
# one folder that is built as a whole: its name is "category/name", or the path of
# a bundle that lies elsewhere, with blanks and "%" as in a URL.

# What awk needs to know of a row of aoinb-spec --packages:
#   DIR PART PKGNAME VERSION ABHOST FITS BUILDDEP PKGDEP PKGPROV
#   DIR PART ! TEXT
# and of the names of units and bundles.
# shellcheck disable=SC2016 # awk's own words
tree_awk='
	function is_unit(text) {
		return text ~ /^[A-Za-z0-9_+~@][A-Za-z0-9._+~@-]*\/[A-Za-z0-9_+~@][A-Za-z0-9._+~@-]*$/
	}
	function base(path) {
		sub(/.*\//, "", path)
		return path
	}
	# as unit_key has it: of each byte, so LC_ALL is C where this is used
	function key_of(unit) {
		gsub("/", "_", unit)
		gsub(/[^a-zA-Z0-9._+~@-]/, "_", unit)
		sub(/^[.-]/, "_", unit)
		return unit
	}
	function first_line(file,   text) {
		text = ""
		getline text <file
		close(file)
		return text
	}
	function unit_of_path(path) {
		gsub(/%/, "%25", path)
		gsub(/ /, "%20", path)
		return path
	}
	function as_in_row(path) {
		gsub(/\\/, "&&", path)
		return path
	}'

# tree_find - sets tree to the folder that --tree or [tree] path names, or to
# nothing
tree_find() {
	tree=${opt_tree-}
	tree=${tree:-$tree_path}
	[ "$tree" ] || return 0
	[ -d "$tree" ] || die 66 "tree $tree: no such folder"
	tree=$(readlink -e -- "$tree")
	case $tree in
	*[[:cntrl:]]*) bad "tree $tree: its path holds a control character" ;;
	esac
}

# tree_rows - every package of the tree
tree_rows() {
	[ "$tree" ] || return 0
	aoinb-spec --packages --arch="$arch" --tree="$tree"
}

# tree_groups - the group files: f NAME, or l NAME OTHER for a link to another.
# Links that lead elsewhere are none, so a tree shows no file but its own.
tree_groups() {
	[ "$tree" ] && [ -d "$tree/groups" ] || return 0
	find "$tree/groups/" -mindepth 1 -maxdepth 1 ! -name '.*' \
	    ! -name '*[!a-zA-Z0-9._+~@-]*' \
	    \( -type f -printf 'f\t%f\n' -o -type l ! -lname '*[!a-zA-Z0-9._+~@-]*' -printf 'l\t%f\t%l\n' \)
}

# target_is_path TARGET - a bundle by its path: written as one, or simply there
target_is_path() {
	case $1 in
	/*|.|..|./*|../*) ;;
	*) [ -f "$1/spec" ] ;;
	esac
}

# targets_read FOLDER TARGET... - sorts them out, into FOLDER/asked: a line of
#   path MODIFIERS DIR       a bundle outside of the tree
#   unit MODIFIERS UNIT      one in it, by its path
#   name MODIFIERS TEXT      anything else
targets_read() {
	asked=$1/asked; shift
	: >"$asked"
	for target; do
		case $target in
		*[[:cntrl:]]*) bad "$target: holds a control character" ;;
		esac
		modifiers=-
		[ -f "$target/spec" ] || case $target in
		*:[+-]*) modifiers=${target##*:} target=${target%:*} ;;
		esac
		while [ "${target%/}" != "$target" ] && [ "$target" != / ]; do
			target=${target%/}
		done
		if target_is_path "$target"; then
			target_path
		else
			printf 'name\t%s\t%s\n' "$modifiers" "$target"
		fi >>"$asked"
	done
}

# target_path - the line of a target that is a path
target_path() {
	bundle_check "$target"
	target=$(readlink -e -- "$target")
	case $target in
	*[[:cntrl:]]*) bad "$target: holds a control character" ;;
	esac
	unit=${target#"$tree"/}
	if [ "$tree" ] && [ "$unit" != "$target" ] && name_ok "${unit%%/*}" && name_ok "${unit#*/}"; then
		printf 'unit\t%s\t%s\n' "$modifiers" "$unit"
	else
		printf 'path\t%s\t%s\n' "$modifiers" "$target"
	fi
}

# targets_rows FOLDER - the packages of bundles outside of the tree
targets_rows() {
	(
		set -f; IFS=$nl
		# shellcheck disable=SC2046 # one a line
		set -- $(sed -n 's/^path	[^	]*	//p' "$1/asked")
		[ $# -eq 0 ] || aoinb-spec --packages --arch="$arch" -- "$@"
	)
}

# targets_resolve FOLDER - what FOLDER/asked means, by FOLDER/rows.tree, rows.path
# and groups: a line for each unit, UNIT DIR MODIFIERS VERSION, in the order in
# which they are asked for.  What means nothing is said, with the names that are
# most like it; the code is the lowest of 65 and 66 that fits.
targets_resolve() {
	: >"$1/said"
	resolve_code=0
	said=$1/said tree=$tree mods=$plan_mods awk -F '\t' "$tree_awk$names_awk$groups_awk"'
		BEGIN {
			tree = ENVIRON["tree"]
			rows = ARGV[1]; paths = ARGV[2]; groups = ARGV[3]
		}
		function fail(code, text) {
			print text >ENVIRON["said"]
			if (!worst || code < worst)
				worst = code
		}

		FILENAME == rows {
			if (!is_unit($1))
				next
			if (!($1 in version)) {
				version[$1] = "-"
				name = base($1)
				folders[name] = folders[name] " " $1
			}
			if ($3 == "!")
				next
			if (version[$1] == "-")
				version[$1] = $4
			if ($6 == "ok")
				fits[$1]
			if (index(makers[$3] " ", " " $1 " ") == 0)
				makers[$3] = makers[$3] " " $1
			next
		}
		FILENAME == paths {
			if ($3 != "!" && !($1 in version))
				version[$1] = $4
			next
		}
		FILENAME == groups { is_group[$2]; link[$2] = $3; next }

		# What follows is asked for.
		{ own = 1 }
		!modifiers_ok($2) { fail(65, $3 ":" $2 ": these are no modifiers"); next }
		$1 == "path" {
			row = as_in_row($3)
			add(unit_of_path($3), $3, $2, "by its path", row in version ? version[row] : "-")
			next
		}
		$1 == "unit" { add($3, tree "/" $3, $2, "by its path", version_of($3)); next }
		$3 ~ /^groups\// { group_walk(substr($3, 8), $2); next }
		{ add_named($3, $2, "", "on the command line") }

		# modifiers: those of a group member only where nothing was asked for
		# directly
		function add(unit, dir, mods, where, ver) {
			if (!(unit in dir_of)) {
				order[++count] = unit
				dir_of[unit] = dir
				ver_of[unit] = ver
				mods_of[unit] = "-"
			}
			if (mods == "-" || mods == mods_of[unit] && own <= own_of[unit] + 0)
				return
			if (mods_of[unit] == "-" || own > own_of[unit]) {
				mods_of[unit] = mods
				own_of[unit] = own
				where_of[unit] = where
			} else if (own == own_of[unit])
				fail(65, unit ": asked for with " mods_of[unit] " (" where_of[unit] ") and with " mods " (" where ")")
		}
		function version_of(unit) {
			return unit in version ? version[unit] : "-"
		}
		function modifiers_ok(mods) {
			return mods == "-" || mods ~ /^[+-][A-Za-z0-9_.]+(,[+-][A-Za-z0-9_.]+)*$/
		}
		function add_named(name, mods, before, where,   unit) {
			unit = find(name, before)
			if (unit != "")
				add(unit, tree "/" unit, mods, where, version_of(unit))
		}

		# the unit that a name means, or nothing; BEFORE is for messages
		function find(name, before,   unit) {
			if (tree == "") {
				fail(66, before name ": no such bundle, and no tree to look in; set [tree] path in aoinb.ini, or give --tree=DIR")
				return ""
			}
			if (name in version)
				return name
			if (name in makers)
				return only(name, before, makers[name])
			if (name in folders)
				return only(name, before, folders[name])
			fail(66, before name ": no such package in " tree likely(name))
			return ""
		}
		# of several that make NAME, the one that fits
		function only(name, before, list,   n, i, of, fit, unit) {
			n = split(list, of, " ")
			if (n == 1)
				return of[1]
			for (i = 1; i <= n; i++)
				if (of[i] in fits) {
					fit++
					unit = of[i]
				}
			if (fit == 1)
				return unit
			sub(/^ /, "", list)
			gsub(/ /, " and ", list)
			fail(65, before name ": made by " list "; name one of these")
			return ""
		}

		END {
			if (worst)
				exit worst
			for (i = 1; i <= count; i++) {
				unit = order[i]
				mods = mods_of[unit] == "-" ? ENVIRON["mods"] : mods_of[unit]
				print unit "\t" dir_of[unit] "\t" mods "\t" ver_of[unit]
			}
		}' "$1/rows.tree" "$1/rows.path" "$1/groups" "$1/asked" || resolve_code=$?
	while IFS= read -r resolve_line; do
		say "$resolve_line"
	done <"$1/said"
	return "$resolve_code"
}

# Which names are like another: at most three, by the letters that differ.
# shellcheck disable=SC2016 # awk's own words
names_awk='
	# letters to change, add or leave out, when they are at most LIMIT
	function distance(a, b, limit,   la, lb, i, j, c, up, left, least) {
		la = length(a); lb = length(b)
		if (la - lb > limit || lb - la > limit)
			return limit + 1
		for (j = 0; j <= lb; j++)
			cost[j] = j
		for (i = 1; i <= la; i++) {
			c = substr(a, i, 1)
			up = cost[0]
			cost[0] = least = i
			for (j = 1; j <= lb; j++) {
				left = cost[j - 1] + 1
				if (cost[j] + 1 < left)
					left = cost[j] + 1
				if (up + (c != substr(b, j, 1)) < left)
					left = up + (c != substr(b, j, 1))
				up = cost[j]
				cost[j] = left
				if (left < least)
					least = left
			}
			if (least > limit)
				return limit + 1
		}
		return cost[lb]
	}
	# keeps the three best: by the letters, then by name
	function consider(shown, word, with,   d, i) {
		d = distance(word, with, allowed)
		if (d > allowed && length(word) >= 4 && index(with, word) == 1)
			d = allowed
		if (d > allowed)
			return
		for (i = 1; i <= best; i++)
			if (best_name[i] == shown)
				return
		for (i = best; i >= 1 && (best_at[i] > d || best_at[i] == d && best_name[i] > shown); i--) {
			best_at[i + 1] = best_at[i]
			best_name[i + 1] = best_name[i]
		}
		best_at[i + 1] = d
		best_name[i + 1] = shown
		if (best < 3)
			best++
	}
	function likely(name,   word, other) {
		# Of many that are wrong, the first ones tell what.
		if (++asked_likely > 20)
			return ""
		word = base(name)
		allowed = length(word) < 3 ? 1 : length(word) < 7 ? 2 : 3
		best = 0
		if (name ~ /^groups\//)
			;
		else if (name ~ /\//)
			for (other in version)
				consider(other, word, base(other))
		else {
			for (other in makers)
				consider(other, word, other)
			for (other in folders)
				consider(other, word, other)
		}
		for (other in is_group)
			consider("groups/" other, word, other)
		other = ""
		for (i = 1; i <= best; i++)
			other = other (i > 1 ? ", " : "") best_name[i]
		return other == "" ? "" : "; like it: " other
	}'

# Groups.  A hostile tree may nest them deeply, and include one from many places:
# each is read once, and gone through once for each set of modifiers.
# shellcheck disable=SC2016 # awk's own words
groups_awk='
	# 1 when there is such a group; its entries are entry[NAME, 1..size[NAME]]
	function group_read(name,   file, line, n, i, words, count_of) {
		if (name in size)
			return 1
		if (!(name in is_group))
			return 0
		size[name] = 0
		if (link[name] != "") {
			entry[name, ++size[name]] = "groups/" link[name]
			at_line[name, 1] = 1
			return 1
		}
		file = tree "/groups/" name
		while ((getline line <file) > 0) {
			n++
			sub(/#.*/, "", line)
			gsub(/[ \t\r]+/, " ", line)
			count_of = split(line, words, " ")
			for (i = 1; i <= count_of; i++) {
				entry[name, ++size[name]] = words[i]
				at_line[name, size[name]] = n
			}
		}
		close(file)
		return 1
	}
	function group_enter(name, mods, before,   i, way) {
		if (!group_read(name)) {
			fail(66, before "groups/" name ": " (tree == "" ? \
			    "no tree to look in; set [tree] path in aoinb.ini, or give --tree=DIR" : \
			    "no such group in " tree likely("groups/" name)))
			return
		}
		if (name in inside) {
			for (i = inside[name]; i <= depth; i++)
				way = way stack[i] " -> "
			fail(65, "groups/" name ": includes itself: " way name)
			return
		}
		if ((name, mods) in walked)
			return
		walked[name, mods]
		stack[++depth] = name
		inside[name] = depth
		next_of[depth] = 1
		mods_at[depth] = mods
	}
	function group_walk(name, mods,   where, at, word, with) {
		own = 0
		depth = 0
		group_enter(name, mods, "")
		while (depth) {
			name = stack[depth]
			at = next_of[depth]++
			if (at > size[name]) {
				delete inside[name]
				depth--
				continue
			}
			where = "groups/" name ":" at_line[name, at]
			word = entry[name, at]
			with = mods_at[depth]
			if (match(word, /:[+-][^:]*$/)) {
				with = substr(word, RSTART + 1)
				word = substr(word, 1, RSTART - 1)
				if (!modifiers_ok(with)) {
					fail(65, where ": " with ": these are no modifiers")
					continue
				}
			}
			if (word ~ /^groups\//)
				group_enter(substr(word, 8), with, where ": ")
			else
				add_named(word, with, where ": ", where)
		}
	}'
