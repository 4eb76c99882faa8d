# task VERB [ID]... - tasks of a server: ls, show, cancel, retry, get, rm, publish, reject
#
#   --state=STATE    ls: new, ready, queued, running, ok, failed, error or cancelled
#   --branch=BRANCH  ls: of that branch
#   --arch=ARCH      ls: for that architecture
#   --package=NAME   ls: with that package
#   --limit=N        ls: the newest N, 50 by default
#   --output=DIR     get: where packages go; else here
#   --json           ls and show: for programs
#
# retry prints the number of the new task, get the paths of the packages.  publish and
# reject say whether those of a worker that is not trusted enter the repository.

use need server
verb=${1-}; [ $# -eq 0 ] || shift
case $verb:$# in
ls:0|show:[1-9]*|cancel:[1-9]*|retry:[1-9]*|get:[1-9]*|rm:[1-9]*|publish:[1-9]*|reject:[1-9]*) ;;
*) bad 'task wants one of: ls; or show, cancel, retry, get, rm, publish, reject and the numbers of tasks' ;;
esac
for id; do server_id "$id"; done
server_begin
dir=${opt_output:-.}

# get ID - its packages, verified; it goes on with what an earlier one left
get() {
	server_ask GET "/task/$1/output"
	outputs=$(server_json '.[] | "\(.sha256 | strings) \(.size | numbers) \(.name | strings)"') || exit
	[ "$outputs" ] || die 1 "task $1 has no packages"
	folders "$dir"
	while read -r sha size name; do
		name_ok "$name" || die 65 "task $1: a package called $name is not taken"
		part=$dir/.$name.part tries=0
		until printf '%s *%s\n' "$sha" "$dir/$name" | sha256sum -c --status 2>/dev/null ||
		    { printf '%s *%s\n' "$sha" "$part" | sha256sum -c --status 2>/dev/null && mv "$part" "$dir/$name"; }; do
			tries=$((tries + 1))
			[ "$tries" -le 5 ] || die 69 "task $1: $name cannot be fetched; the same command goes on with it"
			[ "$tries" -eq 1 ] || sleep "$tries"
			[ ! -e "$part" ] || [ "$(wc -c <"$part")" -lt "$size" ] || rm -f "$part"
			server_load "/task/$1/output/$name" -C - -o "$part" || note "task $1: $name: broke off"
		done
		printf '%s\n' "$dir/$name"
	done <<-END
		$outputs
	END
}

if [ "$verb" = ls ]; then
	for pick in "state=$opt_state" "branch=$opt_branch" "arch=$opt_arch" "package=$opt_package" "limit=$opt_limit"; do
		[ ! "${pick#*=}" ] || set -- "$@" --data-urlencode "$pick"
	done
	server_ask GET /task -G "$@"
	server_table ID,STATE,NAME,BRANCH,ARCH,WORKER,STEP,SECONDS,WHY \
	    '.[] | [.id, .state, .name, .branch, .arch, .worker, .step, .elapsed_s, .why]' "$opt_json"
	exit 0
fi
for id; do
	case $verb in
	show)
		server_ask GET "/task/$id"
		server_table NAME,VALUE 'def at: numbers | todate; [to_entries[] | select(.key | IN("attempts", "events",
		    "outputs", "version") | not) | [.key, if .key | IN("created", "queued", "began", "ended") then
		    (.value | at) else .value end]] + [.attempts[] | ["attempt \(.n)", "\(.worker), \(.began | at) to "
		    + ((.ended | at) // "now") + ": \(.verdict // .step // "begun")"]] + [.outputs[] | ["output", .name]]
		    | .[] | select(.[1] != null) | map(tostring)' "$opt_json" ;;
	cancel|publish|reject) server_ask PUT "/task/$id/$verb" ;;
	retry) server_ask POST "/task/$id/retry"; server_json '.id | numbers' ;;
	get) get "$id" ;;
	rm) server_ask DELETE "/task/$id" ;;
	esac
done
