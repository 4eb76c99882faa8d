#!/bin/sh
# aoinb-spec over a tree of 5,500 packages in 100 categories, as a plan reads it:
# warm is with the files in the kernel's cache, cold is from the disk
gen=$(cd "${0%/*}/.." && pwd)/spec-gen
. "${0%/*}/lib.sh"
need python3

"$gen" --tree 5500 --categories 100 tree || exit 1
all='aoinb-spec --packages --arch=amd64 --tree=tree'

aim 'tree: warm' "$(seconds "$all")" 0.2 '5500 packages'
[ ! -w /proc/sys/vm/drop_caches ] || aim 'tree: cold' \
    "$(seconds "$all" --prepare 'sh -c "sync; echo 3 >/proc/sys/vm/drop_caches"')" 1 'the same, from the disk'
$all >lines
[ "$(wc -l <lines)" -ge 5500 ] || { echo "only $(wc -l <lines) lines" >&2; exit 1; }
