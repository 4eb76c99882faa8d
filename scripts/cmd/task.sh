# task ls|show|cancel|retry|get|rm [ID]... - the tasks of a server
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
# reject say whether packages of a worker that is not trusted enter the repository.

use need server
[ $# -gt 0 ] || bad 'task wants one of ls, show, cancel, retry, get, rm, publish, reject'
verb=$1; shift
case $verb in
ls) [ $# -eq 0 ] || bad 'task ls takes no operand' ;;
show|cancel|retry|get|rm|publish|reject) [ $# -gt 0 ] || bad "task $verb wants the number of a task" ;;
*) bad "task: $verb: none of ls, show, cancel, retry, get, rm, publish, reject" ;;
esac
for id; do server_id "$id"; done
server_begin

# list - the newest first
list() {
	for pick in "state=$opt_state" "branch=$opt_branch" "arch=$opt_arch" "package=$opt_package" \
	    "limit=$opt_limit"; do
		[ ! "${pick#*=}" ] || set -- "$@" --data-urlencode "$pick"
	done
	server_ask GET /task -G "$@"
	[ ! "$opt_json" ] || { server_print; return 0; }
	server_print ID,STATE,NAME,BRANCH,ARCH,WORKER,STEP,SECONDS,WHY '.[] | [.id, .state, .name, .branch,
	    .arch, .worker, .step, .elapsed_s, .why] | map(. // "-") | @tsv'
}

# show ID
show() {
	server_ask GET "/task/$1"
	[ ! "$opt_json" ] || { server_print; return 0; }
	server_print NAME,VALUE 'def at: if . then todate else null end;
	    ([to_entries[] | select(.key | IN("attempts", "events", "outputs", "version") | not)
	      | [.key, (if .key | IN("created", "queued", "began", "ended") then .value | at
	         else .value end)]] +
	     [.attempts[] | ["attempt \(.n)", "\(.worker), \(.began | at) to \(.ended | at): \(.verdict) (\(.exit))"]] +
	     [.outputs[] | ["output", "\(.name) \(.size)"]])[]
	    | select(.[1] != null) | map(tostring) | @tsv'
}

# get ID - its packages, verified
get() {
	server_ask GET "/task/$1/output"
	outputs=$(server_json '.[] | "\(.sha256 | strings) \(.size | numbers) \(.name | strings)"') || exit
	[ "$outputs" ] || die 1 "task $1 has no packages"
	folders "$dir"
	while read -r sha size name; do
		name_ok "$name" || die 65 "task $1: a package called $name is not taken"
		get_one "$1" "$sha" "$size" "$name"
		printf '%s\n' "$dir/$name"
	done <<-END
		$outputs
	END
}

# get_one ID SHA SIZE NAME - goes on with what an earlier one left
get_one() {
	is_whole "$dir/$4" "$2" && return 0
	part=$dir/.$4.$2.part tries=0
	until is_whole "$part" "$2"; do
		tries=$((tries + 1))
		[ "$tries" -le 5 ] || die 69 "task $1: $4 cannot be fetched; the same command goes on with it"
		[ ! -e "$part" ] || [ "$(wc -c <"$part")" -lt "$3" ] || rm -f "$part"
		[ "$tries" -eq 1 ] || sleep "$tries"
		server_load "/task/$1/output/$4" "$part" || note "task $1: $4: broke off"
	done
	mv "$part" "$dir/$4" || exit 73
}

# is_whole FILE SHA
is_whole() {
	[ -f "$1" ] && sum=$(sha256sum <"$1") && [ "${sum%% *}" = "$2" ]
}

dir=${opt_output:-.}
[ "$verb" != ls ] || list
for id; do
	case $verb in
	show) show "$id" ;;
	cancel|publish|reject) server_ask PUT "/task/$id/$verb" ;;
	retry)
		server_ask POST "/task/$id/retry" -H "$(server_key)"
		server_json '.id | numbers' ;;
	get) get "$id" ;;
	rm) server_ask DELETE "/task/$id" ;;
	esac
done
