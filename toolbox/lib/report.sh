# shellcheck shell=bash
# What the host is told of a build: output/report, which appears at once, at the end.
# Of the program: output.

# report_add KEY=VALUE...
report_add() {
	printf '%s\n' "$@" >>"$output/.report.part"
}

# report_end CODE
report_end() {
	report_add "exit=$1"
	mv -f -- "$output/.report.part" "$output/report"
}
