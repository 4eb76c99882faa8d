# doctor - look at the machine and at work_dir, and say what to do
#
# One line a finding: good, warn or bad.  Exits 1 when something is bad.

[ $# -eq 0 ] || bad 'doctor takes no operand'
bads=0

good() { printf 'good  %s\n' "$*"; }
warn() { printf 'warn  %s\n' "$*"; }
fail() { printf 'bad   %s\n' "$*"; bads=$((bads + 1)); }

doctor_kernel() {
	release=$(uname -r)
	if [ "$(printf '%s\n5.11\n' "$release" | sort -V | head -n 1)" = 5.11 ]; then
		good "kernel $release"
	else
		fail "kernel $release: older than 5.11; boot a newer one"
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
	jq jq must
	apt-ftparchive apt-utils must
	xz xz-utils must
	column bsdextrautils must
	unsquashfs squashfs-tools squashfs images
	mmdebstrap mmdebstrap load-baseos --debian
	systemd-nspawn systemd-container --backend=nspawn
	EOF
}

doctor_fetch() {
	if id -u "$fetch_user" >/dev/null 2>&1; then
		good "user $fetch_user"
	else
		warn "no user $fetch_user: nobody downloads in its place; run useradd --system --no-create-home --shell /usr/sbin/nologin $fetch_user"
	fi
	if aoinb-fetch -v --cache="$doctor_tmp/cache" </dev/null 2>&1 | grep -q landlock; then
		warn 'no landlock: only file modes keep downloads from writing elsewhere; boot with lsm=landlock,..., Linux 5.19 or newer'
	else
		good 'landlock'
	fi
}

doctor_repo() {
	[ "$repo_sign" ] || return 0
	if ! command -v gpg >/dev/null; then
		fail 'gpg is missing, which [repo] sign needs; install gnupg'
		return 0
	fi
	for key in $repo_sign; do
		if gpg --batch --list-secret-keys -- "$key" >/dev/null 2>&1; then
			good "key $key"
		else
			fail "no secret key $key, which [repo] sign names; import it, or set GNUPGHOME to where it is"
		fi
	done
}

doctor_work_dir() {
	if [ ! -d "$work_dir" ]; then
		warn "$work_dir: not there yet; it is made when it is needed"
		return 0
	fi
	case $(stat -f -c %T "$work_dir") in
	overlayfs) fail "$work_dir lies on an overlay, which cannot hold another's upper; set work_dir to a disk or a volume" ;;
	nfs*|fuse*) fail "$work_dir lies on a network or FUSE file system; set work_dir to a local one" ;;
	esac
	free=$(($(stat -f -c '%a * %S' "$work_dir") / 1024))
	if [ "$free" -lt 4194304 ]; then
		warn "$work_dir: $(size "$free") free; a build wants a few gigabytes"
	else
		good "$work_dir: $(size "$free") free"
	fi
	if ref_get baseos >/dev/null; then
		good "base system $(ref_get baseos)"
	else
		warn 'no base system; run aoinb load-baseos'
	fi
}

doctor_stale() {
	for dead in "$work_dir"/jobs/*; do
		[ -d "$dead" ] && [ ! -e "$dead/result.json" ] && ! job_running "${dead##*/}" || continue
		warn "job ${dead##*/} was killed; run aoinb gc"
	done
	for left in "$work_dir"/trash/*; do
		[ ! -e "$left" ] || { warn 'work_dir/trash is not empty; run aoinb gc'; break; }
	done
	for new in "$work_dir"/layers/new.*; do
		id=${new##*/new.}
		[ ! -d "$new" ] || lock_held "${id%.*}" || warn "layer ${new##*/} was never finished; run aoinb gc"
	done
}

doctor_tmp=$(mktemp -d)
trap 'rm -rf "$doctor_tmp"' EXIT
doctor_kernel
if [ "$(id -u)" -eq 0 ]; then good 'root'; else fail 'not root; aoinb mounts and keeps the owners of files; use sudo'; fi
doctor_cgroup
doctor_tools
if (conf_load) 2>"$doctor_tmp/err"; then
	conf_load
	good "configuration $conf_dir"
	doctor_fetch
	doctor_repo
	doctor_work_dir
	doctor_stale
else
	fail "$(sed 's/^[a-z-]*: //;q' "$doctor_tmp/err")"
fi
[ "$bads" -eq 0 ]
