# submit TARGET... BRANCH - have a server build packages, and print the ids of its tasks
#
#   -t, --tree=DIR   where packages and groups are looked up
#   --arch=A,B       for these architectures, a task for each
#   --priority=N     from -100 to 100; the highest goes first
#   --wait           until they have ended, and end as "aoinb build" does
#
# A TARGET is what "aoinb build" takes.  What they are of the tree is sent along.

use need plan server watch
[ $# -ge 2 ] || bad 'submit wants a TARGET and a BRANCH'
case ${opt_priority:-0} in -|*[!0-9-]*|?*-*|?????*) bad "submit: --priority=$opt_priority: not a number from -100 to 100" ;; esac
server_begin ${opt_tree:+--set="tree_path=$(readlink -m -- "$opt_tree")"}
targets=$(($# - 1)) tab=$(printf '\t') id='' ids='' code=0
for branch; do :; done
while [ "$targets" -gt 0 ]; do
	set -- "$@" "$1"
	shift; targets=$((targets - 1))
done
shift

# pack_as ARG... - tar(1), with nothing in the archive of who makes it, and when.  Zip,
# which some builds make of what they find, knows no year before 1980.
pack_as() {
	tar -f "$tmp/tar" --format=gnu --sort=name --owner=0 --group=0 --numeric-owner \
	    --mode=u=rwX,go=rX --mtime="@${SOURCE_DATE_EPOCH:-315532800}" "$@" || exit 74
}

# pack - what the list names
pack() {
	sed -n "s/^tree$tab//p" "$tmp/list" | sort >"$tmp/files"
	pack_as -c -C "${conf_tree_path:-/}" --verbatim-files-from -T "$tmp/files"
	sed -n "s/^bundle$tab//p" "$tmp/list" | sort >"$tmp/files"
	while IFS=$tab read -r name path; do
		pack_as -r -C "$path" --transform="s,^\.,$name,S" .
	done <"$tmp/files"
	gzip -nf "$tmp/tar" || exit 74
}

# drop - the task that did not come to its start, and what was packed
drop() {
	[ ! "$id" ] || { server_call PUT "/task/$id/cancel"; server_call DELETE "/task/$id"; }
	rm -rf "$tmp"
}

tmp=$(mktemp -d) || exit 73
trap drop EXIT; trap 'exit 143' TERM HUP
server_patience=8
for conf_arch in $(printf '%s\n' "${opt_arch:-$conf_arch}" | tr , ' '); do
	name_ok "$conf_arch" || bad "submit: --arch=$conf_arch: not an architecture"
	plan_ask "$branch" '' --pack -- "$@" >"$tmp/list" || exit
	[ ! "$dry" ] || { sed "s/^/$conf_arch$tab/" "$tmp/list"; continue; }
	pack
	sed -n "s/^target$tab//p" "$tmp/list" >"$tmp/targets"
	read -r name <"$tmp/targets"
	jq -nc --rawfile targets "$tmp/targets" --arg name "$(plan_name "$name")" --arg arch "$conf_arch" \
	    --arg branch "$branch" --arg modifiers "${ABMODIFIERS-}" --argjson priority "${opt_priority:-0}" '
	    {$name, $arch, $branch, $priority, targets: ($targets | split("\n") | map(select(. != "")))} +
	    if $modifiers == "" then {} else {$modifiers} end' >"$tmp/task" || exit
	server_ask POST /task -H 'Content-Type: application/json' --data-binary "@$tmp/task"
	id=$(server_json '.id | numbers') || exit
	server_send "$tmp/tar.gz" "/task/$id/build_bundle"
	server_ask PUT "/task/$id/build"
	printf '%s\n' "$id"
	ids="$ids $id" id=''
done
[ "$opt_wait" ] && [ "$ids" ] || exit 0
trap 'trap "" INT; say "not cancelled:$ids; \"aoinb watch ID\" shows one, \"aoinb task cancel$ids\" ends them"; exit 130' INT
for task in $ids; do
	watch_wait "$task" || { ended=$?; [ "$code" -ne 0 ] || code=$ended; }
done
exit "$code"
