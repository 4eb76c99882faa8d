# shellcheck shell=sh
# What a bundle wants to be installed, read from its defines without running them.

# deps_rows BUNDLE - its packages, as aoinb-spec(1) prints them
deps_rows() {
	aoinb-spec --packages --arch="$arch" -- "$1"
}

# Rows: BUNDLE PART NAME VERSION ABHOST FITS BUILDDEP PKGDEP PKGPROV, or BUNDLE PART
# ! TEXT.  To a state, the first package, and the words that are wanted, sorted.
# shellcheck disable=SC2016 # awk's own words
deps_awk='
	function take(list, kind,   i, n, word) {
		n = list == "-" ? 0 : split(list, word, " ")
		for (i = 1; i <= n; i++) {
			want[++all] = word[i]
			part[all] = NR
			build[all] = kind == "build"
		}
	}
	function provide(list,   i, n, word) {
		n = split(list, word, " ")
		for (i = 1; i <= n; i++) {
			sub(/[<>=].*/, "", word[i])
			if (!(word[i] in maker))
				maker[word[i]] = NR
		}
	}
	# read(word) - its alternatives into alt; whether each is a dependency
	function read(word,   i) {
		alts = split(word, alt, "|")
		for (i = 1; i <= alts; i++) {
			if (alt[i] !~ /^[A-Za-z0-9][A-Za-z0-9+.-]*(:[a-z0-9-]+)?([<>=]+[A-Za-z0-9.+~:-]+)?$/)
				return 0
			sub(/[:<>=].*/, "", alt[i])
		}
		return alts > 0
	}
	function made(   i) {
		for (i = 1; i <= alts; i++)
			if (alt[i] in maker)
				return maker[alt[i]]
		return 0
	}
	# sort(word) - each once, in its place
	function sort(word,   k) {
		if (word in have)
			return
		have[word]
		for (k = ++count; k > 1 && sorted[k - 1] > word; k--)
			sorted[k] = sorted[k - 1]
		sorted[k] = word
	}
	BEGIN { state = "done" }
	$3 == "!" { state = "partly"; next }
	{
		if (from == "")
			from = $3
		provide($3 " " $9)
	}
	# autobuild refuses it before anything else.
	$6 != "ok" { state = "partly"; next }
	{
		take($7, "build")
		if (!index(ENVIRON["alone"], "/" $2 "/"))
			take($8)
	}
	END {
		for (i = 1; i <= all; i++) {
			if (!read(want[i])) {
				print "bad" "\n" want[i]
				exit
			}
			# What it takes to build itself, a compiler say, comes from elsewhere.
			by = made()
			if (!by || (build[i] && by >= part[i]))
				sort(want[i])
			else if (by >= part[i])
				state = "partly"	# and is not there when it is looked for
		}
		print (from == "" ? "partly" : state)
		print (from == "" ? "-" : from)
		for (i = 1; i <= count; i++)
			print sorted[i]
	}'

# deps_want BUNDLE - sets deps_wanted, what its parts want from others, a word a
# line; deps_from, its first package; and deps_state: "done" when there can be
# nothing more to install, "partly" when there may be, and "bad" when deps_from is a
# word that cannot be a dependency
deps_want() {
	! deps_stage2 "$1" || { deps_state=partly deps_from=- deps_wanted=''; return 0; }
	deps_words=$(deps_rows "$1" | alone=${2-} awk -F '\t' "$deps_awk")$nl
	deps_state=${deps_words%%"$nl"*} deps_words=${deps_words#*"$nl"}
	deps_from=${deps_words%%"$nl"*} deps_wanted=${deps_words#*"$nl"}
	name_ok "$deps_from" || [ "$deps_state" = bad ] || deps_from=-
	[ "$deps_wanted" ] && [ $# -eq 1 ] || return 0
	alone=$(deps_alone "$1")
	[ ! "$alone" ] || deps_want "$1" "/$alone/"
}

# deps_stage2 BUNDLE - whether autobuild will read other defines than we do
deps_stage2() {
	case ${ABMODIFIERS-} in
	*+[sS][tT][aA][gG][eE]2*)
		for defines in "$1"/*/defines.stage2; do
			[ ! -e "$defines" ] || return 0
		done ;;
	esac
	return 1
}

# deps_alone BUNDLE - the parts whose PKGDEP stays uninstalled, because
# ABBUILDDEPONLY says so
deps_alone() {
	for defines in "$1/autobuild/defines" "$1"/[0-9]*-*/defines; do
		[ -f "$defines" ] && grep -q ABBUILDDEPONLY "$defines" || continue
		only=$(aoinb-spec --lenient --kind=defines --arch="$arch" --format=records -- \
		    "$defines" 2>/dev/null | sed -n 's/.*\tABBUILDDEPONLY\t//p')
		part=${defines%/defines} part=${part##*/}
		case $only in
		1|[tT]|[tT][rR][uU][eE]|[yY]|[yY][eE][sS])
			[ "$part" != autobuild ] || part=.
			printf '%s/' "$part" ;;
		esac
	done
}
