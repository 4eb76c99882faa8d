# repo.awk - from what apt-ftparchive(1) says to the Packages of a repository
#
#   awk -f repo.awk -v keep=N -v left=FILE -v prune=FILE \
#       part=err ERR part=list LIST part=raw RAW >Packages
#
# ERR and RAW are what it wrote, LIST the names of the files it was given.  A name and
# a reason for each that is no package go to left; those past keep versions (0: none
# is) to prune.  Neither is in Packages.  Exits 3, and tells why, when apt-ftparchive
# itself failed, which its exit code does not say.
#
# One stanza that apt cannot parse, such as "Depends: a |", makes it refuse the whole
# of Packages.  So what a container handed out is held against what apt takes.

BEGIN {
	FS = "\n"
	name = "[a-zA-Z0-9][a-zA-Z0-9+._-]*"
	version = "[0-9a-zA-Z][0-9a-zA-Z.+~:_-]*"
	item = name "(:[a-z0-9-]+)?( *[(] *(<<|<=|=|>=|>>|<|>) *" version " *[)])?"
	any = "^ *" item "( *[,|] *" item ")* *,? *$"	# of Depends and its like
	all = "^ *" item "( *, *" item ")* *,? *$"	# no alternatives there
	name = "^" name "$"
	version = "^" version "$"
	for (i = 0; i < 256; i++)
		code[sprintf("%c", i)] = i
}

part == "err" && /^BDB|^E: .*DB f|^E: Error processing/ { broken = broken ? broken : $0 }
part == "err" && /^E: Errors apply to file '/ {
	sub(/'$/, ""); sub(/.*\//, "")
	why[$0] = said
	next
}
part == "err" { if (sub(/^E: /, "")) said = $0; next }
part == "list" { listed[++files] = $0; next }

/^$/ { stanza(); next }
/^[ \t]/ { field[key] = field[key] " " $0; text = text $0 "\n"; next }
{
	key = $0; sub(/:.*/, "", key)
	field[key] = substr($0, length(key) + 2)
	sub(/^[ \t]+/, "", field[key])
	text = text $0 "\n"
}

END {
	if (broken) {
		sub(/^E: /, "", broken)
		print broken >"/dev/stderr"
		exit 3
	}
	stanza()
	for (i = 1; i <= files; i++)
		if (!(listed[i] in seen))
			out(listed[i], listed[i] in why ? why[listed[i]] : "cannot be read")
	if (keep > 0)
		old()
	for (i = 1; i <= count; i++)
		if (!gone[i])
			printf "%s\n", texts[i]
}

# stanza - the one that has been read
function stanza(  reason, f)
{
	if (text == "")
		return
	f = field["Filename"]
	seen[f] = 1
	if (reason = fault())
		out(f, reason)
	else {
		count++
		texts[count] = text; file[count] = f; versions[count] = field["Version"]
		group[count] = field["Package"] " " field["Architecture"]
	}
	text = ""; split("", field)
}

function out(f, reason)
{
	printf "%s\t%s\n", f, reason >left
}

# fault - what apt would mind; nothing when it is well
function fault()
{
	if (field["Package"] !~ name) return "Package is not a name"
	if (field["Version"] !~ version) return "Version is none"
	if (field["Architecture"] !~ /^[a-z0-9-]+$/) return "Architecture is none"
	if (length(text) > 500000) return "its description is too long"
	return long("Package") long("Version") long("Architecture") long("Section") \
	    long("Priority") long("Source") long("Multi-Arch") \
	    list("Pre-Depends", any) list("Depends", any) list("Recommends", any) \
	    list("Suggests", any) list("Enhances", any) list("Conflicts", all) \
	    list("Breaks", all) list("Replaces", all) list("Provides", all) list("Obsoletes", all)
}

function long(key)
{
	return (key in field) && length(field[key]) > 255 ? key " is too long; " : ""
}

function list(key, form,  i, n, words)
{
	if (!(key in field) || field[key] ~ /^ *$/)
		return ""
	if (field[key] !~ form)
		return key " cannot be parsed; "
	if (length(field[key]) > 255) {
		n = split(field[key], words, /[ ,|()]+/)
		for (i = 1; i <= n; i++)
			if (length(words[i]) > 255)
				return key " holds a word that is too long; "
	}
	return ""
}

# old - what is past the newest versions of its package and architecture
function old(  i, j, n, m, of, members, order, at, kept)
{
	for (i = 1; i <= count; i++)
		of[group[i]] = of[group[i]] " " i
	for (i in of) {
		n = split(substr(of[i], 2), members, / /)
		if (n <= keep)
			continue
		# The newest first.
		for (j = 1; j <= n; j++) {
			at = members[j]
			for (m = j; m > 1 && compare(versions[order[m - 1]], versions[at]) < 0; m--)
				order[m] = order[m - 1]
			order[m] = at
		}
		kept = 1
		for (j = 2; j <= n; j++) {
			if (compare(versions[order[j]], versions[order[j - 1]]))
				kept++
			if (kept > keep) {
				gone[order[j]] = 1
				print file[order[j]] >prune
			}
		}
	}
}

# compare A B - two versions in dpkg's order: below, at or above 0
function compare(a, b,  ea, eb, ra, rb, d)
{
	ea = eb = 0
	if (match(a, /^[0-9]*:/)) { ea = substr(a, 1, RLENGTH - 1) + 0; a = substr(a, RLENGTH + 1) }
	if (match(b, /^[0-9]*:/)) { eb = substr(b, 1, RLENGTH - 1) + 0; b = substr(b, RLENGTH + 1) }
	if (ea != eb)
		return ea - eb
	ra = rb = ""
	if (match(a, /-[^-]*$/)) { ra = substr(a, RSTART + 1); a = substr(a, 1, RSTART - 1) }
	if (match(b, /-[^-]*$/)) { rb = substr(b, RSTART + 1); b = substr(b, 1, RSTART - 1) }
	return (d = half(a, b)) ? d : half(ra, rb)
}

# half A B - the same for the part before or behind the revision's "-": in turn what
# is no digit, by character, and what is, by value (of any length)
function half(a, b,  x, y, i, d)
{
	while (a != "" || b != "") {
		x = match(a, /^[^0-9]+/) ? substr(a, 1, RLENGTH) : ""
		y = match(b, /^[^0-9]+/) ? substr(b, 1, RLENGTH) : ""
		a = substr(a, length(x) + 1); b = substr(b, length(y) + 1)
		for (i = 1; i <= length(x) || i <= length(y); i++)
			if (d = weight(substr(x, i, 1)) - weight(substr(y, i, 1)))
				return d
		x = match(a, /^[0-9]+/) ? substr(a, 1, RLENGTH) : ""
		y = match(b, /^[0-9]+/) ? substr(b, 1, RLENGTH) : ""
		a = substr(a, length(x) + 1); b = substr(b, length(y) + 1)
		sub(/^0+/, "", x); sub(/^0+/, "", y)
		if (length(x) != length(y))
			return length(x) - length(y)
		if (x "" != y "")
			return x "" < y "" ? -1 : 1
	}
	return 0
}

# weight C - "~" goes before the end, the end before letters, those before the rest
function weight(c)
{
	if (c == "") return 0
	if (c == "~") return -1
	return c ~ /[A-Za-z]/ ? code[c] : code[c] + 256
}
