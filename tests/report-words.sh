# shellcheck shell=sh
# The words of the tests of reports.
need python3 tidy

# page FILE TEXT - it is whole HTML, well nested, and asks for nothing from elsewhere
page() {
	tidy -q -e --show-warnings no "$1" >tidy.out 2>&1; code=$?
	[ "$code" -lt 2 ]; report $? "$2: no error in its HTML"
	[ "$code" -lt 2 ] || sed 's/^/# /' tidy.out
	python3 "$top/tests/report-check" "$1" >found 2>&1; report $? "$2: nested, labelled, and nothing from elsewhere"
	sed 's/^/# /' found
}

# shows FILE TEXT... - the text of the page, its markup left out, has each TEXT
shows() {
	python3 "$top/tests/report-check" --text "$1" >shown
	page=$1; shift
	for word; do
		says shown "$word" "$page: $word"
	done
}

browser() {
	"$top/tests/browser" "$@"
}
