# shellcheck shell=sh
# A root is a file: FILE describes a container for the three helpers of the chain, as
# aoinb-container(5) tells.  Whoever has it can enter the same root again.

# root_begin FILE WORKSPACE STACK no|LIST [UPPER] - begins FILE: a workspace (upper,
# work, root) over the layers of STACK, base first, without a network or with one that
# reaches the mirrors of LIST.  What changes is thrown away; with UPPER it is kept there.
root_begin() {
	root_network "$4"
	{
		printf '# see aoinb-container(5)\nrusage die-with-parent\n'
		[ "${5-}" ] || printf 'mount volatile\n'
		printf 'run backend=%s\nrun network=%s\n' "$conf_build_backend" "$root_net"
		root_userns
	} >"$1" || die 74 "$1: cannot be written"
	root_set "$1" mount "upper=${5:-$2/upper}" "work=$2/work"
	root_set "$1" root "$2/root"
	root_limits "$1" "${5:-$2/upper}" "$conf_limit_setup_time_s" "$conf_limit_silence_s"
	root_layers=''
	for word in $3; do
		root_layer=$conf_work_dir/layers/$word
		root_tree=$root_layer/tree
		[ ! -e "$root_layer/image" ] || { root_tree=$root_tree/$word/tree; root_set "$1" mount "image=$root_layer"; }
		root_layers="lower=$root_tree$nl$root_layers"
	done
	while IFS= read -r word; do	# the topmost first
		[ ! "$word" ] || root_set "$1" mount "$word"
	done <<-EOF
	$root_layers
	EOF
	root_bind "$1" "$toolbox" /buildroot/toolbox ro
}

# root_userns - whether its root is nobody outside.  systemd-nspawn makes files in the root
# as the host's root, who is not among the owners there.
root_userns() {
	case $conf_build_backend:$conf_build_userns in
	native:*) printf 'mount userns=%s\nrun userns=%s\n' "$conf_build_userns" "$conf_build_userns" ;;
	*:yes) die 78 "[build] userns = yes: not with backend = $conf_build_backend; set it to native, or userns to auto" ;;
	esac
}

# root_set FILE HELPER OPTION=VALUE... - adds settings
root_set() {
	root_file=$1 root_helper=$2; shift 2
	for word; do
		case $word in
		*[\\"$nl"]*) word=$(printf '%s.' "$word" | sed -z 's/\\/\\\\/g; s/\n/\\n/g'); word=${word%.} ;;
		esac
		printf '%s %s\n' "$root_helper" "$word"
	done >>"$root_file" || die 74 "$root_file: cannot be written"
}

# root_bind FILE SRC DST [ro]
root_bind() {
	root_src=$2
	case $2 in
	*[:\\]*) root_src=$(printf '%s.' "$2" | sed 's/[:\\]/\\&/g'); root_src=${root_src%.} ;;
	esac
	root_set "$1" mount "bind=$root_src:$3${4:+:$4}"
}

# root_network no|LIST - sets root_net.  Where the mirrors of LIST, a source list, or a proxy
# are on this machine's loopback, by the word of its administrator, it is the host's.
root_network() {
	root_net=$conf_build_network
	[ "$1" != no ] || { root_net=no; return 0; }
	[ "$root_net" != no ] || root_net=yes
	for word in "${http_proxy-}" "${https_proxy-}" "${all_proxy-}" "$conf_apt_proxy"; do
		root_loopback "$word"
	done
	[ ! -r "$1" ] || while IFS= read -r word || [ "$word" ]; do
		root_loopback "$word"
	done <"$1"
}

# root_loopback TEXT - root_net is host when TEXT, a URL or a line with one, leads there
root_loopback() {
	root_host=${1%%#*}
	root_host=${root_host#*//}
	root_host=${root_host%%[/ 	]*}
	root_host=${root_host##*@}
	case $root_host in
	[Ll][Oo][Cc][Aa][Ll][Hh][Oo][Ss][Tt]|[Ll][Oo][Cc][Aa][Ll][Hh][Oo][Ss][Tt]:*|'[::1]'*) root_net=host ;;
	127.*[!0-9.:]*) ;;
	127.*) root_net=host ;;
	esac
}

# root_sources FILE TABLE - the container sees of the caches what TABLE names, read-only,
# and nothing of others' sources
root_sources() {
	[ ! -s "$2" ] || cut -f 2,7 "$2" | sort -u >"$1.sources" || die 74 "$1.sources: cannot be written"
	[ -e "$1.sources" ] || return 0
	while IFS='	' read -r root_type root_path; do
		case $root_type in
		git|svn|hg|bzr|fossil) set -- "$1" "$2" vcs vcs ;;
		*) set -- "$1" "$2" sources cache ;;
		esac
		# What has gone is missed by name when it is used.
		[ "$root_path" = - ] || [ ! -e "$conf_work_dir/cache/$3/$root_path" ] ||
			root_bind "$1" "$conf_work_dir/cache/$3/$root_path" "/buildroot/$4/$root_path" ro
	done <"$1.sources"
	rm -f "$1.sources"
}

# root_records FILE LOG RECORD - where the container's words go, and what it used
root_records() {
	root_set "$1" rusage "log=$2" "output=$3"
}

# root_limits FILE UPPER TIME SILENCE - what it may take; root_begin gives each container
# those of what goes before a build, and TIME and SILENCE, in seconds, may be others: 0 is
# none
root_limits() {
	root_set "$1" rusage "interval=$conf_monitor_interval_s" "disk=$2" \
	    "disk-floor=${conf_limit_disk_free_kib}K" "memory=${conf_limit_memory_kib}K" \
	    "tasks=$conf_limit_tasks" "log-max=${conf_limit_log_kib}K" "time=$3" "silence=$4"
}

# root_limit RECORD - says which limit ended it; 1 when none did
root_limit() {
	case $(sed -n 's/^verdict=//p' "$1" 2>/dev/null) in
	timeout) echo 'it took longer than [limit] time or setup_time allows' ;;
	silent) echo 'it neither printed nor computed for as long as [limit] silence says' ;;
	oom) echo 'it needed more memory than there is, or [limit] memory allows' ;;
	disk-full) echo 'less space is free than [limit] disk_free says' ;;
	*) return 1 ;;
	esac
}

# root_build FILE - what a build has that updates and dependencies have not
root_build() {
	root_tmp=root
	[ "$conf_build_tmp_kib" -eq 0 ] || root_tmp=${conf_build_tmp_kib}K
	root_set "$1" run "sandbox=$conf_build_sandbox" "tmp=$root_tmp"
}

# root_repo FILE BRANCH - the container sees what was built for BRANCH, read-only
root_repo() {
	[ "$conf_repo_use" = yes ] || return 0
	[ "$dry" ] || [ -d "$conf_work_dir/output/$2" ] || aoinb-layer -w "$conf_work_dir" folder "output/$2" || exit
	root_bind "$1" "$conf_work_dir/output/$2" /buildroot/repo ro
}

# in_root FILE PROG [ARG]... - the mounts live exactly as long as this one line.  Its
# code is PROG's, or one of aoinb-exit(7).
in_root() {
	root_file=$1; shift
	if [ "$dry" ]; then
		aoinb-job -w "$conf_work_dir" chain -- "$root_file" "$@"
		return
	fi
	[ ! "$verbose" ] || aoinb-job -w "$conf_work_dir" chain -- "$root_file" "$@" >&2
	aoinb-rusage --options="$root_file" aoinb-mount --options="$root_file" \
	    aoinb-run --options="$root_file" "$@"
}

# root_began RECORD LOG - whether PROG began: when it did not, there is no record, or
# our own words are the first of the log
root_began() {
	[ -e "$1" ] || return 1
	# It may be empty, or binary, or one long line.
	root_first=$(head -c 16 "$2" | tr -d '\0')
	case $root_first in
	aoinb-mount:*|aoinb-run:*) return 1 ;;
	esac
}

# root_said LOG N - the last lines of what a container said, when they explain a failure
root_said() {
	tail -c 2000 "$1" | tail -n "$2" | tr -c '[:print:]\n' '?' >&2
}
