# shellcheck shell=sh
# Repositories.  cache/vcs/TYPE/KEY, KEY being the SHA-256 of the URL, has
#
#   url      whose time is that of the last use
#   mirror/  what toolbox/lib/vcs.sh keeps there
#
# Version control runs in containers only.  That of a fetch has the network, the
# table, and the mirrors of the URLs in it, which it may write; a build sees all
# mirrors and writes none.

# vcs_fetch FOLDER - brings the mirrors of FOLDER/table up to date, and gives the
# repositories in FOLDER/sources the digest TYPE::COMMIT and the path of their
# mirror in cache/vcs.  Everything that can be had is fetched before a failure is
# returned.
vcs_fetch() {
	vcs_ws=$1/fetch
	grep -qE '^[0-9]+	(git|svn|hg|bzr|fossil)	' "$1/table" || return 0
	vcs_stand "$1"
	mkdir -p "$vcs_ws/upper" "$vcs_ws/work" "$vcs_ws/root" "$vcs_ws/output"
	archives_begin "$vcs_ws/archives"
	root_begin "$vcs_ws" "$stack"
	root_network=yes root_limits=1 root_log=$vcs_ws/log root_record=$vcs_ws/rusage
	vcs_mirrors "$1/table" >"$vcs_ws/mirrors"
	while read -r _ path; do
		root_bind "$work_dir/cache/vcs/$path" "/buildroot/vcs/$path"
	done <"$vcs_ws/mirrors"
	root_bind "$1/table" /buildroot/table ro
	root_bind "$work_dir/cache/debs" /buildroot/debs ro
	root_bind "$vcs_ws/archives" /var/cache/apt/archives
	root_bind "$vcs_ws/output" /buildroot/output
	for variable in http_proxy https_proxy all_proxy no_proxy; do
		eval "value=\${$variable-}"
		[ ! "$value" ] || root_setenv "$variable" "$value"
	done
	: >"$root_log"
	vcs_code=0
	vcs_limited in_root /buildroot/toolbox/vcs_fetch || vcs_code=$?
	vcs_said "$vcs_ws" "$vcs_code"
	vcs_join "$vcs_ws" "$1/sources"
	archives_end "$vcs_ws/archives" "$stack"
	trash "$vcs_ws"
	return "$vcs_code"
}

# vcs_stand FOLDER - sets stack, the layers that have the clients
vcs_stand() {
	[ ! "${stack-}" ] || return 0
	if [ -r "$1/stack" ]; then
		read -r stack <"$1/stack"
	else
		instance_ready "$branch" never
		job_stand "$branch"
	fi
}

# vcs_mirrors TABLE - makes the folders, and prints "N TYPE/KEY/mirror" for each
# repository
vcs_mirrors() {
	while IFS='	' read -r n type _ _ _ url; do
		case $type in
		git|svn|hg|bzr|fossil) ;;
		*) continue ;;
		esac
		key=$(printf '%s' "$url" | sha256sum)
		key=$type/${key%% *}
		mkdir -p "$work_dir/cache/vcs/$key/mirror"
		printf '%s\n' "$url" >"$work_dir/cache/vcs/$key/url"
		printf '%s\t%s\n' "$n" "$key/mirror"
	done <"$1"
}

# vcs_limited PROG [ARG]... - with the limits of a fetch and not those of a build.
# Clients are not heard for longer than a download, while the server prepares.
vcs_limited() (
	limit_time=0 limit_memory=0 limit_tasks=0
	limit_silence=$((10 * $(seconds "$fetch_stall_timeout")))
	"$@"
)

# vcs_said WORKSPACE CODE - what there is to say
vcs_said() {
	if [ "$2" -ge 122 ] || ! root_began; then
		tail -n 3 "$1/log" | tr -c '[:print:]\n' '?' >&2
		say "repositories could not be fetched (code $2)"
	fi
	[ ! -f "$1/output/said" ] || [ -L "$1/output/said" ] ||
		tr -c '[:print:]\n' '?' <"$1/output/said" | sed 's/^/aoinb: /' >&2
}

# vcs_join WORKSPACE SOURCES - the commits, by the numbers of their sources
vcs_join() {
	[ -f "$1/output/commits" ] && [ ! -L "$1/output/commits" ] || return 0
	awk -F '\t' -v OFS='\t' '
		FILENAME == ARGV[1] { path[$1] = $2; next }
		FILENAME == ARGV[2] {
			if ($1 in path && $2 ~ /^[A-Za-z0-9][A-Za-z0-9_.:@+~-]*$/)
				commit[$1] = $2
			next
		}
		$1 in commit { $3 = $2 "::" commit[$1]; $7 = path[$1] }
		{ print }' "$1/mirrors" "$1/output/commits" "$2" >"$2.new"
	mv "$2.new" "$2"
}
