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
	grep -qE '^[0-9]+	(git|svn|hg|bzr|fossil)	' "$1/table" || return 0
	vcs_ws=$1/fetch vcs_code=0
	vcs_stand "$1"
	mkdir -p "$vcs_ws/upper" "$vcs_ws/work" "$vcs_ws/root" "$vcs_ws/output"
	vcs_rows=$vcs_ws/rows vcs_apt=''
	vcs_mirrors "$1/table" >"$vcs_rows"
	[ ! "$vcs_apt" ] || archives_begin "$vcs_ws/archives"
	while vcs_run "$vcs_ws" && [ "$vcs_got" -eq 125 ] && vcs_skip "$vcs_ws"; do
		vcs_code=69
	done
	[ "$vcs_got" -eq 0 ] || vcs_code=$(code_worst "$vcs_code" "$vcs_got")
	vcs_join "$vcs_ws" "$1/sources"
	[ ! "$vcs_apt" ] || archives_end "$vcs_ws/archives" "$stack"
	trash "$vcs_ws"
	return "$vcs_code"
}

# vcs_run WORKSPACE - the container, for what is in the file vcs_rows; sets
# vcs_got, its code
vcs_run() {
	root_begin "$1" "$stack"
	root_network=yes root_limits=1 root_log=$1/log root_record=$1/rusage
	while IFS='	' read -r _ _ _ _ _ _ path; do
		root_bind "$work_dir/cache/vcs/$path" "/buildroot/vcs/$path"
	done <"$vcs_rows"
	root_bind "$vcs_rows" /buildroot/sources ro
	if [ "$vcs_apt" ]; then
		root_bind "$work_dir/cache/debs" /buildroot/debs ro
		root_bind "$1/archives" /var/cache/apt/archives
	fi
	root_bind "$1/output" /buildroot/output
	for variable in http_proxy https_proxy all_proxy no_proxy; do
		eval "value=\${$variable-}"
		[ ! "$value" ] || root_setenv "$variable" "$value"
	done
	: >"$root_log"
	vcs_got=0
	vcs_limited in_root /buildroot/toolbox/vcs_fetch || vcs_got=$?
	vcs_said "$1"
}

# vcs_skip WORKSPACE - the server that stalled is named, and what is behind it in
# the rows is left to do; 1 when nobody knows which it was
vcs_skip() {
	[ -f "$1/output/at" ] && [ ! -L "$1/output/at" ] && read -r at <"$1/output/at" || return 1
	url=$(at=$at awk -F '\t' '$1 == ENVIRON["at"] { print $6 }' "$vcs_rows")
	[ "$url" ] || return 1
	say "$url: the server stalled"
	at=$at awk -F '\t' '$1 > ENVIRON["at"] + 0' "$1/rows" >"$1/rows.left"
	vcs_rows=$1/rows.left
	rm -rf --one-file-system "$1/upper" "$1/work" "$1/rusage" "$1/output/said"
	mkdir "$1/upper" "$1/work"
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

# vcs_mirrors TABLE - makes the folders, and prints the rows of the repositories
# with the paths of their mirrors; sets vcs_apt when clients may have to be
# installed, which git hardly ever has
vcs_mirrors() {
	while IFS='	' read -r n type digest name options url; do
		case $type in
		git|svn|hg|bzr|fossil) ;;
		*) continue ;;
		esac
		[ "$type" = git ] || vcs_apt=1
		key=$(printf '%s' "$url" | sha256sum)
		key=$type/${key%% *}
		[ -d "$work_dir/cache/vcs/$key/mirror" ] ||
			mkdir -p "$work_dir/cache/vcs/$key/mirror"
		printf '%s\n' "$url" >"$work_dir/cache/vcs/$key/url"
		printf '%s\t' "$n" "$type" "$digest" "$name" "$options" "$url"
		printf '%s\n' "$key/mirror"
	done <"$1"
}

# vcs_limited PROG [ARG]... - with the limits of a fetch and not those of a build.
# Clients are not heard for longer than a download, while the server prepares.
vcs_limited() (
	limit_time=0 limit_memory=0 limit_tasks=0
	limit_silence=$((10 * $(seconds "$fetch_stall_timeout")))
	"$@"
)

# vcs_said WORKSPACE - what there is to say
vcs_said() {
	[ ! -f "$1/output/said" ] || [ -L "$1/output/said" ] || [ ! -s "$1/output/said" ] ||
		tr -c '[:print:]\n' '?' <"$1/output/said" | sed 's/^/aoinb: /' >&2
	if ! root_began || { [ "$vcs_got" -ge 122 ] && [ "$vcs_got" -ne 125 ]; }; then
		tail -n 3 "$1/log" | tr -c '[:print:]\n' '?' >&2
		say "repositories could not be fetched (code $vcs_got)"
	fi
}

# vcs_join WORKSPACE SOURCES - the commits, by the numbers of their sources
vcs_join() {
	[ -f "$1/output/commits" ] && [ ! -L "$1/output/commits" ] || return 0
	awk -F '\t' -v OFS='\t' '
		FILENAME == ARGV[1] { path[$1] = $7; next }
		FILENAME == ARGV[2] {
			if ($1 in path && $2 ~ /^[A-Za-z0-9][A-Za-z0-9_.:@+~-]*$/)
				commit[$1] = $2
			next
		}
		$1 in commit { $3 = $2 "::" commit[$1]; $7 = path[$1] }
		{ print }' "$1/rows" "$1/output/commits" "$2" >"$2.new"
	mv "$2.new" "$2"
}
