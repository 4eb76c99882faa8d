#!/bin/sh
# aoinb-order on a graph of the size and the cycles of a whole package tree, and
# what one step of a group costs
gen=$(cd "${0%/*}/.." && pwd)/order-gen
. "${0%/*}/lib.sh"
need python3

"$gen" 5540 30371 1 689 155 9 8 8 >tree || exit 1
"$gen" 1000 5000 2 100 >group || exit 1
awk -F '\t' 'NR <= 400 { print "ok\t" $1 }' group >log
cat >plan <<'END'
#!/bin/sh
exec aoinb-order --slots=4 --memory=16G <tree >/dev/null
END
cat >step <<'END'
#!/bin/sh
exec aoinb-order --slots=4 --memory=16G --next=log <group >/dev/null
END
chmod +x plan step

s=$(seconds ./plan --runs 20) || exit 1
aim order-tree "$s" 0.05 '5540 units, 30371 needs'
s=$(seconds ./step --runs 50) || exit 1
aim order-next "$s" 0.01 '1000 units, 5000 needs; with the start of sh'
