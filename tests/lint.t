#!/bin/sh
# What can be seen without running anything: compilers' warnings, shellcheck,
# mandoc, that pages name every option, and that the drawing of the house holds
. "${0%/*}/lib.sh"
nl='
'
need clang gcc shellcheck mandoc make python3

cd "$top" || exit 1
# made COMPILER - everything builds without a warning, -Werror being set; what was
# built so before, and is the same, is not built again
made() {
	try 0 "$1 builds everything without a warning" \
	    make -s -j2 CC="$1" B="build/lint-$1" SAN=
}
out=$scratch/out err=$scratch/err
try() {
	want=$1 text=$2; shift 2
	got=0; "$@" >"$out" 2>"$err" </dev/null || got=$?
	[ "$got" -eq "$want" ]; report $? "$text"
	[ "$got" -eq "$want" ] || {
		echo "# exit $got, wanted $want: $*"
		tail -n 40 "$out" "$err" | sed 's/^/# /'
	}
}
made gcc
made clang

# The front-end's programs, each put together from its files.
mkdir "$scratch/sh"
cp .shellcheckrc "$scratch/sh/"
sh tests/lint-shell "$scratch/sh" >"$scratch/programs" || report 1 'the front-end is put together'
# shellcheck disable=SC2046 # paths without blanks
try 0 'shellcheck: every command and step' shellcheck -e SC2034,SC2317,SC2119,SC2120 $(cat "$scratch/programs")
try 0 'shellcheck: no variable that nobody reads' shellcheck -i SC2034 "$scratch/sh/all"
# shellcheck disable=SC2046 # paths without blanks
try 0 'no variable that nobody sets'   tests/lint-names $(cat "$scratch/programs")
try 0 'shellcheck: scripts of one file' shellcheck -e SC2016 scripts/quickstart scripts/exec/* scripts/lib/progress tests/lint-shell
misspelt() {
	mkdir "$scratch/typo" && cp -r scripts tests "$scratch/typo/" && mkdir "$scratch/typo/sh" &&
	    cp .shellcheckrc "$scratch/typo/sh/" || return 2
	sed -i "$2" "$scratch/typo/scripts/$1"
	B=$B sh "$scratch/typo/tests/lint-shell" "$scratch/typo/sh" | while IFS= read -r program; do
		cmp -s "$program" "$scratch/sh/${program##*/}" || printf '%s\n' "$program"
	done >"$scratch/typo/programs"
	# shellcheck disable=SC2046 # paths without blanks
	shellcheck -e SC2034,SC2317,SC2119,SC2120 $(cat "$scratch/typo/programs") &&
	    "$top/tests/lint-names" $(cat "$scratch/typo/programs")
	code=$?
	rm -r "$scratch/typo"
	return "$code"
}
try 1 'a misspelt setting is found'  misspelt lib/instance.sh 's/conf_instance_max_layers/conf_instance_max_layer/'
try 1 'a misspelt option is found'   misspelt cmd/build.sh 's/--slots="$opt_slots"/--slots="$opt_slts"/'
try 1 'a misspelt variable of a step is found' misspelt step/deps 's/\[ "$state" != bad/[ "$stat" != bad/'

try 0 'the toolbox'                    tests/toolbox-lint toolbox
# wrong_word FILE WORD WRONG - where FILE of the toolbox has the one for the other, it is seen
wrong_word() {
	rm -rf "$scratch/toolbox"
	cp -r toolbox "$scratch/"
	sed -i "s/$2/$3/" "$scratch/toolbox/$1"
	try 1 "$1: $3 is seen"         tests/toolbox-lint "$scratch/toolbox"
}
wrong_word build.sh              'cd "\$subdir"'    'cd "$subdri"'
wrong_word lib/git.sh            'local repo='    'local rpeo='
wrong_word ab/defaults.sh        'configdir="$SYSCONF' 'configdir="$SYSCNOF'
wrong_word ab/type/autotools.sh  'MAKE_AFTER\['   'MAKE_AFTRE['
wrong_word lib/source.sh         '^source_place'  'place_source'
try 0 'shellcheck: the tests'          sh -c 'shellcheck -x -P tests -P tests/bench -e SC2016,SC2013,SC2317 tests/*.t .ci/run'
try 0 'shellcheck: the words of tests' sh -c 'shellcheck -x -P tests -P tests/bench -e SC2016,SC2013,SC2034,SC2154,SC2317 tests/*.sh tests/bench/*.sh'
try 0 'mandoc: every page'             mandoc -T lint -W warning man/*.[1578]

for helper in "$B"/bin/aoinb-*; do
	name=${helper##*/}
	page=man/$name.1
	[ -e "$page" ] || page=man/$name.8
	[ -e "$page" ]; report $? "$name has a page"
	options=$("$helper" --help | sed -n 's/^ .* --\([a-z0-9-]*\).*/\1/p')
	missing=''
	for option in $options; do
		grep -q -e "Fl -$option\( \|\$\)" "$page" || missing="$missing --$option"
	done
	is "$name(1) names every option" "$missing" ''
	unknown=''
	for option in $(sed -n 's/^\.It.*Fl -\([a-z0-9-]*\).*/\1/p' "$page"); do
		case "$nl$options$nl" in *"$nl$option$nl"*) ;; *) unknown="$unknown --$option" ;; esac
	done
	is "$name(1) names no other" "$unknown" ''
done
# The commands, each with its options on one page.
missing=''
for cmd in scripts/cmd/*.sh; do
	cmd=${cmd##*/} cmd=${cmd%.sh} found=''
	for page in man/aoinb.1 man/aoinb-build.1 man/aoinb-cache.1 man/aoinb-plan.1 man/aoinb-repo.1 man/aoinb-state.1 man/aoinb-submit.1 man/aoinb-work.1; do
		grep -q "^\.It Cm $cmd\( [A-Z].*\|\$\)" "$page" || continue
		absent=''
		for option in $(sed -n '1d; /^#/!q; s/^#   \(-., \)*--\([a-z0-9-]*\).*/\2/p' "scripts/cmd/$cmd.sh"); do
			grep -q -e "Fl -$option\( \|\$\)" "$page" || absent="$absent $cmd:--$option"
		done
		[ "$absent" ] || found=1
	done
	[ "$found" ] || missing="$missing $cmd${absent-}"
done
is 'each command and its options stand on one page' "$missing" ''
missing=''
for key in $("$B/bin/aoinb-conf" keys | cut -f 1); do
	grep -q "^\.It Cm ${key#*_} \|^\.It Cm $key " man/aoinb.ini.5 || missing="$missing $key"
done
is 'aoinb.ini(5) names every key' "$missing" ''

# doors HEADER - the files that include it
doors() {
	grep -rlE "#include <$1" helpers | grep -v '\.d$'
}
for header in ini.h curl/ seccomp.h 'archive' microhttpd.h sqlite3.h; do
	is "one door to $header" "$(doors "$header" | wc -l)" 1
done
is 'two doors to OpenSSL: digests, and signatures' "$(doors openssl/ | sort | tr '\n' ' ')" \
    'helpers/lib/digest.c helpers/lib/sign.c '
is 'the library knows no helper' \
    "$(grep -lE '#include "[a-z]+/' helpers/lib/*.[ch] | wc -l)" 0
# parts HELPER - the folders that it may include from, as the Makefile has them
parts() {
	sed -n "s/^parts_$1 *= *//p" Makefile
}
is 'a helper knows its own folder and its parts' "$(
	for helper in helpers/aoinb-*.c; do
		helper=${helper##*/aoinb-} helper=${helper%.c}
		for file in "helpers/aoinb-$helper.c" "helpers/$helper"/*.[ch]; do
			[ -e "$file" ] || continue
			for dir in $(sed -n 's/^#include "\([a-z]*\)\/.*/\1/p' "$file"); do
				case " $helper store $(parts "$helper") " in
				*" $dir "*) ;;
				*) echo "$file: $dir" ;;
				esac
			done
		done
	done)" ''
# loops - includes that come back to where they began, among the headers of a folder
loops() {
	grep -rHo '#include "[a-z0-9_/]*\.h"' helpers --include='*.h' |
	    sed 's/^helpers\///; s/:#include "/ /; s/"$//' |
	    awk '{ if ($2 !~ /\//) $2 = "lib/" $2; sub(/^store\//, "lib/store/", $2); print }' |
	    tsort 2>&1 | grep '^tsort:'
}
is 'no includes go round' "$(loops)" ''

# words_of FILE - functions of lib/X.sh that are not called X_...
words_of() {
	word=${1##*/} word=${word%.sh}
	sed -n 's/^\([a-z_0-9]*\)() .*/\1/p' "$1" | grep -vE "^${word}(_|\$)" |
	    grep -vxE 'use|say|note|die|bad|run|words|name_ok|folders|in_root'
}
is 'a function of lib/X.sh is called X_...' \
    "$(for file in scripts/lib/*.sh; do words_of "$file" | sed "s|^|$file: |"; done)" ''

# long_quotes - awk or jq of more than twelve lines in single quotes
long_quotes() {
	awk '
		FNR == 1 { open = 0 }
		!open && /(awk|jq)[^#]*'"'"'[^'"'"']*$/ { open = FNR; next }
		open && /'"'"'/ { if (FNR - open > 12) print FILENAME ":" open; open = 0 }' "$@"
}
# shellcheck disable=SC2046 # paths without blanks
is 'no awk or jq of more than twelve lines in quotes' \
    "$(long_quotes scripts/aoinb scripts/quickstart scripts/*/* $(find toolbox -type f))" ''

# long_functions - of any language, those of more than 60 lines
long_functions() {
	awk '
		FNR == 1 { name = "" }
		/^[a-z_]+\(.*\)?$/ && FILENAME ~ /\.c$/ { head = $0 }
		/^{$/ && FILENAME ~ /\.c$/ { name = head; from = FNR }
		/^[a-z_0-9]+\(\) [{(]$/ && FILENAME !~ /\.c$/ { name = $1; from = FNR }
		/^[})]$/ && name != "" {
			if (FNR - from - 1 > 60) print FILENAME ": " name " " FNR - from - 1
			name = ""
		}' "$@"
}
# shellcheck disable=SC2046 # paths without blanks
is 'no function of more than 60 lines' \
    "$(long_functions $(find helpers -name '*.c') scripts/aoinb scripts/quickstart scripts/*/* $(find toolbox -type f) tests/*.t tests/*.sh)" ''
crossing=$(tests/crossing scripts)
is 'at most ten variables cross files'  "$(echo "$crossing" | awk 'NF > 10')" ''
is 'and CONTRIBUTING.md names them'     "$(
	for name in $crossing; do
		grep -q "\`$name\`" CONTRIBUTING.md || echo "$name"
	done)" ''
is 'the front-end is thin' "$([ "$(cat scripts/aoinb scripts/quickstart scripts/*/* | wc -l)" -le 3000 ]; echo $?)" 0

is 'nothing of ours is eval in the toolbox or sourced from a bundle on the host' \
    "$(grep -nE '^[^#]*(\. |source )"?\$(job|bundle)/bundle' scripts -r)" ''

finish
