#!/bin/sh
# aoinb-spec over a tree of packages, against a bash that sources each in a
# subshell
gen=$(cd "${0%/*}/.." && pwd)/spec-gen
. "${0%/*}/lib.sh"
need python3 bash

"$gen" --tree 5500 tree || exit 1
cat >ours <<'END'
#!/bin/sh
exec aoinb-spec -f records tree/*/spec >/dev/null
END
cat >both <<'END'
#!/bin/sh
exec aoinb-spec -l -f records tree/*/spec tree/*/autobuild/defines >/dev/null
END
cat >theirs <<'END'
#!/usr/bin/env bash
for f in tree/*/spec; do
	(. "$f"; printf '%s\n' "$VER" "$SRCS" "$CHKSUMS")
done >/dev/null
END
chmod +x ours both theirs

against spec-tree 0.05 ./ours ./theirs --runs 2
awk -v s="$(seconds ./both)" 'BEGIN {
	printf "%-24s %10.4f s  (at most 0.3 s)  %s  5500 specs and 5500 defines\n",
	    "spec-and-defines", s, s <= 0.3 ? "ok" : "MISSED"
}'
