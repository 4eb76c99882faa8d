# doctor - look at the machine and at work_dir, and say what to do
#
# One line a finding: good, warn or bad.  Exits 1 when something is bad.

use layer job
[ $# -eq 0 ] || bad 'doctor takes no operand'
bads=0

good() { printf 'good  %s\n' "$*"; }
warn() { printf 'warn  %s\n' "$*"; }
fail() { printf 'bad   %s\n' "$*"; bads=$((bads + 1)); }

doctor_kernel() {
	if least=$(aoinb-run --kernel); then
		good "kernel $(uname -r)"
	else
		fail "kernel $(uname -r): older than $least; boot a newer one"
	fi
	if grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null; then
		good 'overlay'
	else
		fail 'the kernel has no overlay; load or build the module overlay'
	fi
	for ns in pid ipc uts mnt net cgroup; do
		[ -e "/proc/self/ns/$ns" ] || fail "the kernel has no $ns namespaces; build it with CONFIG_NAMESPACES"
	done
}

# doctor_userns - tried on work_dir, where the layers lie
doctor_userns() {
	[ "$conf_build_userns" != no ] || { warn '[build] userns is no: root of a build is root of this machine, with less privileges'; return 0; }
	[ "$conf_build_backend" = native ] || { warn "no user namespace for builds: backend is $conf_build_backend, which makes none"; return 0; }
	[ -d "$conf_work_dir" ] && [ "$(id -u)" -eq 0 ] || return 0
	doctor_try=$(mktemp -d "$conf_work_dir/doctor.XXXXXX") || { fail "$conf_work_dir: cannot be written"; return 0; }
	mkdir "$doctor_try/lower" "$doctor_try/upper" "$doctor_try/work" "$doctor_try/root"
	if doctor_why=$(aoinb-mount -l "$doctor_try/lower" -u "$doctor_try/upper" -w "$doctor_try/work" \
	    --userns=yes "$doctor_try/root" true 2>&1); then
		good 'user namespaces for builds'
	else
		[ "$conf_build_userns" != yes ] || bads=$((bads + 1))
		warn "no user namespace for builds: ${doctor_why#aoinb-mount: }; set work_dir to ext4, xfs or btrfs, and boot Linux 5.19 or newer"
	fi
	rm -rf --one-file-system "$doctor_try"; doctor_try=''
}

doctor_cgroup() {
	case $(aoinb-rusage --output="$doctor_tmp/record" true; sed -n 's/^source=//p' "$doctor_tmp/record") in
	cgroup2) good 'cgroup v2 with controllers' ;;
	cgroup1) good 'cgroup v1' ;;
	*) warn 'no cgroup that we may use: memory and tasks are sampled from /proc; run as root, or with cgroups mounted' ;;
	esac
}

doctor_tools() {
	while read -r prog package what; do
		if command -v "$prog" >/dev/null; then
			good "$prog"
		elif [ "$what" = must ]; then
			fail "$prog is missing; install $package"
		else
			warn "$prog is missing, which $what needs; install $package"
		fi
	done <<-EOF
	flock util-linux must
	setpriv util-linux must
	jq jq load-baseos without an image
	apt-ftparchive apt-utils must
	unsquashfs squashfs-tools squashfs images
	mmdebstrap mmdebstrap load-baseos --debian
	systemd-nspawn systemd-container --backend=nspawn
	EOF
}

doctor_fetch() {
	if id -u "$conf_fetch_user" >/dev/null 2>&1; then
		good "user $conf_fetch_user"
	else
		warn "no user $conf_fetch_user: nobody downloads in its place; run useradd --system --no-create-home --shell /usr/sbin/nologin $conf_fetch_user"
	fi
	if aoinb-fetch -v --cache="$doctor_tmp/cache" </dev/null 2>&1 | grep -q landlock; then
		warn 'no landlock: only file modes keep downloads from writing elsewhere; boot with lsm=landlock,..., Linux 5.19 or newer'
	else
		good 'landlock'
	fi
	case " $conf_fetch_private " in
	*' yes '*) warn '[fetch] private is yes: specs can have fetched whatever this machine reaches; name the hosts or networks that may' ;;
	*) good "sources from public addresses; [fetch] private: ${conf_fetch_private:-no}" ;;
	esac
}

doctor_network() {
	if ! why=$(aoinb-run -n --network=private / true 2>&1 >/dev/null); then
		warn "containers share this machine's network, or have none: ${why#aoinb-run: --network=private: }"
	elif [ "$conf_build_network" = host ]; then
		warn '[build] network is host: builds reach what listens on the loopback of this machine; set it to yes or private'
	else
		good 'networks of containers: private, by slirp4netns'
	fi
}

doctor_limits() {
	good "limits of containers: $((conf_limit_memory_kib / 1024)) MiB of memory, $conf_limit_tasks tasks, $((conf_limit_log_kib / 1024)) MiB of log; ${conf_limit_setup_time_s} s before a build, $conf_limit_silence_s s of silence (0: none)"
	[ "$conf_limit_memory_kib" -gt 0 ] && [ "$conf_limit_tasks" -gt 0 ] && [ "$conf_limit_log_kib" -gt 0 ] &&
		[ "$conf_limit_setup_time_s" -gt 0 ] || warn 'a container can take all there is of what has no limit; see [limit]'
}

doctor_repo() {
	[ "$conf_repo_sign" ] || return 0
	command -v gpg >/dev/null || { fail 'gpg is missing, which [repo] sign needs; install gnupg'; return 0; }
	for key in $conf_repo_sign; do
		if gpg --batch --list-secret-keys -- "$key" >/dev/null 2>&1; then
			good "key $key"
		else
			fail "no secret key $key, which [repo] sign names; import it, or set GNUPGHOME to where it is"
		fi
	done
}

doctor_work_dir() {
	[ -d "$conf_work_dir" ] || { warn "$conf_work_dir: not there yet; it is made when it is needed"; return 0; }
	case $(stat -f -c %T "$conf_work_dir") in
	overlayfs) fail "$conf_work_dir lies on an overlay, which cannot hold another's upper; set work_dir to a disk or a volume" ;;
	nfs*|fuse*) fail "$conf_work_dir lies on a network or FUSE file system; set work_dir to a local one" ;;
	esac
	free=$(($(stat -f -c '%a * %S' "$conf_work_dir") / 1048576))
	if [ "$free" -lt 4096 ]; then
		warn "$conf_work_dir: $free MiB free; a build wants a few gigabytes"
	else
		good "$conf_work_dir: $free MiB free"
	fi
	# As it is found: whatever else opens work_dir closes it.
	layer_do modes >"$doctor_tmp/modes" || fail 'the modes of its folders cannot be read'
	while read -r dir is want; do
		warn "$conf_work_dir/${dir#.}: other users could enter or read it ($is); it is $want from now on"
	done <"$doctor_tmp/modes"
	if base=$(layer_do ref baseos 2>/dev/null); then
		good "base system $base"
	else
		warn 'no base system; run aoinb load-baseos'
	fi
}

doctor_stale() {
	[ -d "$conf_work_dir/jobs" ] || [ -d "$conf_work_dir/layers" ] || return 0
	job_do list jobs >"$doctor_tmp/jobs" || fail 'the jobs cannot be listed'
	while IFS='	' read -r id _ verdict _; do
		case $verdict in
		killed*) [ -e "$conf_work_dir/jobs/$id/result.json" ] || warn "job $id was killed; run aoinb gc" ;;
		esac
	done <"$doctor_tmp/jobs"
	layer_do gc -n --debs-max-size="$conf_apt_max_size_kib" >"$doctor_tmp/gc" || fail 'what is used cannot be told; aoinb gc removes nothing until that is mended'
	while IFS= read -r left; do
		case $left in
		*/layers/new.*) warn "layer ${left##*/} was never finished; run aoinb gc" ;;
		*) warn "$left is not used any more; run aoinb gc" ;;
		esac
	done <"$doctor_tmp/gc"
}

doctor_tmp=$(mktemp -d)
doctor_try=''
trap 'rm -rf --one-file-system "$doctor_tmp" ${doctor_try:+"$doctor_try"}' EXIT
doctor_kernel
if [ "$(id -u)" -eq 0 ]; then good 'root'; else fail 'not root; aoinb mounts and keeps the owners of files; use sudo'; fi
doctor_cgroup
doctor_tools
if (conf_load) 2>"$doctor_tmp/err"; then
	conf_load
	good "configuration $conf_dir"
	doctor_fetch
	doctor_network
	doctor_limits
	doctor_repo
	doctor_work_dir
	doctor_userns
	doctor_stale
else
	fail "$(sed 's/^[a-z-]*: //;q' "$doctor_tmp/err")"
fi
[ "$bads" -eq 0 ]
