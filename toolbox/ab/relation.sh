# shellcheck shell=bash
# Dependencies as they are written in defines.

# ab_words TEXT - a dependency a line; "a | b" and "a >= 1" may have been
# written with spaces
ab_words() {
	tr '\n\t' '  ' <<<"$1" | sed -E 's/ *(\||[<>=]+) */\1/g' | tr -s ' ' '\n' | sed '/^$/d'
}

# ab_installable - of dependencies, a line each, what there is to install: "@WORD@" is
# filled in when the package is made, and "name_" means any version of name
ab_installable() {
	sed -E '/^@/d; s/_(\||[<>=]|$)/\1/g'
}

# ab_relation WORDS - as dpkg wants them: "a<=1 b|c" is "a (<= 1), b | c"
ab_relation() {
	ab_words "$1" | sed -E '
		s/([^|<>=]+)([<>=]+)([^|]+)/\1 (\2 \3)/g
		s/\(== /(= /g; s/\(< /(<< /g; s/\(> /(>> /g
		s/\|/ | /g' | paste -sd, | sed 's/,/, /g'
}

# ab_installed - names and provided names of all that is installed
ab_installed() {
	dpkg-query -W -f '${db:Status-Status} ${Package}, ${Provides}\n' |
	    sed -n 's/^installed //p' | tr ',' '\n' | sed 's/ *(.*//; s/ //g; /^$/d'
}
