#!/bin/sh
# What can be seen without running anything: compilers' warnings, shellcheck,
# mandoc, that pages name every option, and that the drawing of the house holds
. "${0%/*}/lib.sh"
need clang gcc shellcheck mandoc make

cd "$top" || exit 1
# made COMPILER - everything builds without a warning, -Werror being set
made() {
	try 0 "$1 builds everything without a warning" \
	    make -s -j2 CC="$1" B="$scratch/$1" SAN=
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

try 0 'shellcheck: the front-end'      shellcheck -s sh scripts/aoinb scripts/quickstart \
    scripts/lib/*.sh scripts/lib/progress scripts/cmd/*.sh scripts/step/*.sh scripts/exec/*
try 0 'the toolbox'                    tests/toolbox-lint toolbox
# misspelt FILE WORD WRONG - where FILE of the toolbox has the one for the other, it is seen
misspelt() {
	rm -rf "$scratch/toolbox"
	cp -r toolbox "$scratch/"
	sed -i "s/$2/$3/" "$scratch/toolbox/$1"
	try 1 "$1: $3 is seen"         tests/toolbox-lint "$scratch/toolbox"
}
misspelt build.sh              '\$subdir"'      '$subdri"'
misspelt lib/git.sh            'local repo='    'local rpeo='
misspelt ab/defaults.sh        '"$MANDIR"'      '"$MANDRI"'
misspelt ab/type/autotools.sh  'MAKE_AFTER\['   'MAKE_AFTRE['
misspelt lib/source.sh         '^source_place'  'place_source'
try 0 'shellcheck: the tests'          sh -c 'shellcheck -x -P tests -P tests/bench -e SC2016,SC2013,SC2317 \
    tests/*.t tests/*.sh tests/bench/*.sh .ci/run'
try 0 'mandoc: every page'             mandoc -T lint -W warning man/*.[157]

for helper in "$B"/bin/aoinb-*; do
	name=${helper##*/}
	page=man/$name.1
	[ -e "$page" ]; report $? "$name has a page"
	options=$("$helper" --help | sed -n 's/^ .* --\([a-z0-9-]*\).*/\1/p')
	missing=''
	for option in $options; do
		grep -q -e "Fl -$option\( \|\$\)" "$page" || missing="$missing --$option"
	done
	is "$name(1) names every option" "$missing" ''
	unknown=''
	for option in $(sed -n 's/^\.It.*Fl -\([a-z0-9-]*\).*/\1/p' "$page"); do
		case "$nl$options$nl" in *"$option"*) ;; *) unknown="$unknown --$option" ;; esac
	done
	is "$name(1) names no other" "$unknown" ''
done
missing=''
for cmd in scripts/cmd/*.sh; do
	cmd=${cmd##*/}
	grep -q "^\.It Cm ${cmd%.sh}\( \|\$\)" man/aoinb.1 || missing="$missing ${cmd%.sh}"
	for option in $(sed -n '1d; /^#/!q; s/^#   --\([a-z0-9-]*\).*/\1/p' "scripts/cmd/$cmd"); do
		grep -q -e "Fl -$option\( \|\$\)" man/aoinb.1 || missing="$missing ${cmd%.sh}:--$option"
	done
done
is 'aoinb(1) names every command and option' "$missing" ''
missing=''
for key in $("$B/bin/aoinb-conf" keys | cut -f 1); do
	grep -q "^\.It Cm ${key#*_} \|^\.It Cm $key " man/aoinb.ini.5 || missing="$missing $key"
done
is 'aoinb.ini(5) names every key' "$missing" ''

# doors HEADER - how many files include it
doors() {
	grep -rlE "#include <$1" helpers | wc -l
}
is 'one door to inih'       "$(doors ini.h)" 1
is 'one door to libcurl'    "$(doors curl/)" 1
is 'one door to libseccomp' "$(doors seccomp.h)" 1
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
is 'nothing of ours is eval in the toolbox or sourced from a bundle on the host' \
    "$(grep -nE '^[^#]*(\. |source )"?\$(job|bundle)/bundle' scripts -r)" ''

finish
