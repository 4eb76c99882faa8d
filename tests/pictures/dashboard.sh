#!/bin/sh
# dashboard.sh FILE.webp - the picture of the dashboard in README.md: the overview on a usual day
case $1 in /*) out=$1 ;; *) out=$PWD/$1 ;; esac
. "${0%/*}/../lib.sh"
. "$top/tests/web-words.sh"

serve_start -D serve_rate=0
me=$(token me '"read","submit","cancel"')
scene
browser_start
browser size 1120 760
login "$me"
browser wait 10 'document.querySelector("#live").textContent == "live"'
browser shot "$out"
