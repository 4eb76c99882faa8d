#!/bin/sh
# aoinb-spec over a tree of 5,500 packages in 100 categories, as a plan reads it:
# cold is without an index, which it then writes, and warm is with one that says
# it all.  The files themselves are in the kernel's cache both times.
gen=$(cd "${0%/*}/.." && pwd)/spec-gen
. "${0%/*}/lib.sh"
need python3

"$gen" --tree 5500 --categories 100 tree || exit 1
# What has just changed is not kept in the index.
sleep 3
all='aoinb-spec --packages --arch=amd64 --tree=tree --index=index'

aim 'tree: cold' "$(seconds "$all" --prepare 'rm -f index')" 0.5 \
    '5500 packages, no index; it is written'
aim 'tree: warm' "$(seconds "$all")" 0.05 'the same, nothing has changed'
$all >lines
aim 'tree: one changed' "$(seconds "$all" --prepare 'echo REL=9 >>tree/category7/package7/spec')" \
    0.1 'a spec; the index is written again'
[ "$(wc -l <lines)" -ge 5500 ] || { echo "only $(wc -l <lines) lines" >&2; exit 1; }
