#!/bin/sh
# report.sh FILE.png - the picture of a report in README.md: of GNU hello
case $1 in /*) out=$1 ;; *) out=$PWD/$1 ;; esac
. "${0%/*}/../lib.sh"
. "$top/tests/world.sh"
browser() { "$top/tests/browser" "$@"; }

world_new w monitor_interval=1s
tarball=$(sh "$top/tests/upstream.sh") || exit
aoinb-fetch --cache="$work/cache/sources" --import="$tarball" \
    --digest=sha256::31e066137a962676e89f69d1b65382de95a7ef7d914b8cb956f41ea72e0f516b >none || exit
for _ in 1 2; do
	aoinb -c "$conf" build "$top/tests/bundles/hello" stable >deb || exit
done
aoinb -c "$conf" report -o page.html hello || exit
browser start && later 'browser stop'
browser size 1000 800
browser open "file://$PWD/page.html" >none
browser shot "$out"
