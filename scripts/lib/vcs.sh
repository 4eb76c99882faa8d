# shellcheck shell=sh
# Repositories.  cache/vcs/TYPE/KEY, KEY the SHA-256 of the URL less user and password, has
#   url      whose time is that of the last use
#   mirror/  what toolbox/lib/vcs.sh keeps there
# Version control runs in containers only.  That of a fetch has the network, and of one URL
# the rows and the mirror, which it may write: a server that got hold of its client has
# what it serves itself.  A build sees those of its own table, and writes none.

# vcs_fetch FOLDER - brings the mirrors of FOLDER/sources.want up to date, and gives the
# repositories in FOLDER/sources the digest TYPE::COMMIT and the path of their mirror in
# cache/vcs.  Everything that can be had is fetched before a failure is returned.
vcs_fetch() {
	vcs_wanted "$1/sources.want" || return 0
	vcs_ws=$1/fetch vcs_code=0 vcs_apt=''
	rm -rf --one-file-system "$vcs_ws"	# of one that was killed
	folders "$vcs_ws/rows"
	vcs_reachable "$1/sources.want" "$vcs_ws/table"
	vcs_wanted "$vcs_ws/table" || return "$vcs_code"
	[ -r "$job/stack" ] || vcs_stand
	read -r vcs_layers <"$job/stack" || die 66 "$job/stack: cannot be read"
	vcs_others=''
	vcs_mirrors "$vcs_ws/table"
	# git is there; a client that has to be installed wants apt.
	[ ! "$vcs_others" ] || vcs_plan
	for vcs_rows in "$vcs_ws"/rows/*; do
		vcs_workspace
		vcs_run
		[ "$vcs_got" -eq 0 ] || vcs_code=$(sources_worst "$vcs_code" "$vcs_got")
		vcs_join "$1/sources"
		apt_keep "$vcs_ws"
	done
	rm -rf --one-file-system "$vcs_ws"
	return "$vcs_code"
}

# vcs_wanted TABLE - whether it names repositories
vcs_wanted() {
	# The shell would read it byte by byte.
	grep -Eq '^[^	]*	(git|svn|hg|bzr|fossil)	' "$1"
}

# vcs_reachable TABLE NEW - NEW is TABLE without the repositories whose hosts may not be
# spoken to; they are named, and are a failure.  A client looks the name up again, so this
# keeps out who says where his host is, and not who says it now so and now otherwise.
vcs_reachable() {
	awk -F '\t' '$2 ~ /^(git|svn|hg|bzr|fossil)$/ { print $6 }' "$1" >"$vcs_ws/urls" || exit 74
	vcs_reach=0
	aoinb-fetch --die-with-parent --hosts --user="$conf_fetch_user" --private="$conf_fetch_private" \
	    <"$vcs_ws/urls" >"$vcs_ws/reachable" || vcs_reach=$?
	case $vcs_reach in
	0) ;;
	65|77) vcs_code=$vcs_reach ;;
	*) exit "$vcs_reach" ;;
	esac
	awk -F '\t' 'FILENAME == ARGV[1] { may[$0]; next } $6 in may' \
	    "$vcs_ws/reachable" "$1" >"$2" || exit 74
}

# vcs_stand - the layers that have the clients, for a job that was made to fetch only
vcs_stand() {
	vcs_list=$(instance_list "$branch") || exit
	layer_finally job_forget
	instance_ready "$branch" "$vcs_list" -1
	trap 'job_forget "$?"' EXIT	# which that took
	layer_do stand "$job" "$branch" || exit
}

# vcs_plan - apt says which files the clients are, in a container that no server has been
# before
vcs_plan() {
	vcs_apt=1
	folders "$vcs_ws/plan/upper" "$vcs_ws/plan/work" "$vcs_ws/plan/root" "$vcs_ws/plan/output"
	root_begin "$vcs_ws/plan/container" "$vcs_ws/plan" "$vcs_layers" no
	root_records "$vcs_ws/plan/container" "$vcs_ws/plan/log" "$vcs_ws/plan/rusage"
	cat "$vcs_ws"/rows/* >"$vcs_ws/plan/rows" || exit 74
	root_bind "$vcs_ws/plan/container" "$vcs_ws/plan/rows" /buildroot/sources ro
	root_bind "$vcs_ws/plan/container" "$vcs_ws/plan/output" /buildroot/output
	in_root "$vcs_ws/plan/container" /buildroot/toolbox/vcs_fetch plan ||
		note 'apt cannot tell what the clients of repositories are made of'
}

# vcs_workspace - a new one, that no other mirror has been in
vcs_workspace() {
	[ ! -d "$vcs_ws/upper" ] ||
		rm -rf --one-file-system "$vcs_ws/upper" "$vcs_ws/work" "$vcs_ws/rusage" "$vcs_ws/output"
	folders "$vcs_ws/upper" "$vcs_ws/work" "$vcs_ws/root" "$vcs_ws/output"
	[ ! "$vcs_apt" ] || apt_lend "$vcs_ws" "$vcs_ws/plan/output/set"
}

# vcs_run - the container, for these rows; sets vcs_got, its code
vcs_run() {
	IFS='	' read -r _ _ _ _ _ vcs_url vcs_path <"$vcs_rows" || exit 74
	vcs_root=$vcs_ws/container
	printf '%s\n' "$vcs_url" >"$vcs_ws/urls" || exit 74
	root_begin "$vcs_root" "$vcs_ws" "$vcs_layers" "$vcs_ws/urls"
	root_records "$vcs_root" "$vcs_ws/log" "$vcs_ws/rusage"
	# Clients are not heard for longer than a download, while the server prepares.
	root_set "$vcs_root" rusage "silence=$((10 * conf_fetch_stall_timeout_s))"
	root_bind "$vcs_root" "$conf_work_dir/cache/vcs/$vcs_path" "/buildroot/vcs/$vcs_path"
	root_bind "$vcs_root" "$vcs_rows" /buildroot/sources ro
	[ ! "$vcs_apt" ] || apt_bind "$vcs_root" "$vcs_ws"
	root_bind "$vcs_root" "$vcs_ws/output" /buildroot/output
	apt_proxies "$vcs_root"
	: >"$vcs_ws/log"
	vcs_got=0; in_root "$vcs_root" /buildroot/toolbox/vcs_fetch || vcs_got=$?
	vcs_said
}

# vcs_said - what there is to say
vcs_said() {
	[ ! -s "$vcs_ws/output/said" ] ||
		layer_do take "$vcs_ws/output" said 65536 | tr -c '[:print:]\n' '?' | sed 's/^/aoinb: /' >&2
	[ "$vcs_got" -ne 0 ] || return 0
	if [ "$vcs_got" -eq 125 ] && root_began "$vcs_ws/rusage" "$vcs_ws/log"; then
		say "$vcs_url: the server stalled"
		vcs_got=69
		return 0
	fi
	if ! root_began "$vcs_ws/rusage" "$vcs_ws/log" || [ "$vcs_got" -ge 122 ]; then
		root_said "$vcs_ws/log" 3
		if vcs_why=$(root_limit "$vcs_ws/rusage"); then
			vcs_got=69	# it is no fault of the package
		else
			vcs_why="code $vcs_got"
		fi
		say "$vcs_url: could not be fetched: $vcs_why"
	fi
}

# vcs_mirrors TABLE - makes the folders of the mirrors, and of the repositories in TABLE a
# file for each mirror, rows/TYPE-KEY, with its path as one more column; sets vcs_others
# when one is not of git
vcs_mirrors() {
	while IFS='	' read -r n type digest name options url; do
		case $type in
		git) ;;
		svn|hg|bzr|fossil) vcs_others=1 ;;
		*) continue ;;
		esac
		plain=$url
		case $url in *@*) plain=$(printf '%s' "$url" | sed 's,://[^/?#]*@,://,') ;; esac
		key=$(printf '%s' "$plain" | sha256sum)
		key=${key%% *}
		path=vcs/$type/$key
		[ -d "$conf_work_dir/cache/$path/mirror" ] || layer_do folder "cache/$path/mirror" || exit
		printf '%s\n' "$plain" >"$conf_work_dir/cache/$path/url" ||
			die 74 "cache/$path/url: cannot be written"
		printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$n" "$type" "$digest" "$name" "$options" "$url" \
		    "$type/$key/mirror" >>"$vcs_ws/rows/$type-$key" || die 74 "$vcs_ws/rows: cannot be written"
	done <"$1"
}

# vcs_join SOURCES - the commits, by the numbers of their sources
vcs_join() {
	layer_do take "$vcs_ws/output" commits 65536 >"$vcs_ws/commits" || exit
	awk -F '\t' -v OFS='\t' '
		FILENAME == ARGV[1] { path[$1] = $7; next }
		FILENAME == ARGV[2] {
			if ($1 in path && $2 ~ /^[A-Za-z0-9][A-Za-z0-9_.:@+~-]*$/)
				commit[$1] = $2
			next
		}
		$1 in commit { $3 = $2 "::" commit[$1]; $7 = path[$1] }
		{ print }' "$vcs_rows" "$vcs_ws/commits" "$1" >"$1.new" &&
		mv "$1.new" "$1" || die 74 "$1: cannot be written"
}
