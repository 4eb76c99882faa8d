# shellcheck shell=sh
# What a command needs of the machine.

# need_root - most of what we do mounts, and owns files of other users
need_root() {
	# id(1) would be one program more.
	while read -r need_key _ need_uid _; do
		[ "$need_key" != Uid: ] || break
	done <"/proc/$$/status"
	[ "$need_uid" = 0 ] || [ "$dry" ] ||
		die 77 "$command: needs root; try: sudo aoinb $command"
}

# need_build - what a build needs sooner or later: better known now than in hours
need_build() {
	[ ! "$dry" ] || return 0
	need_tool apt-ftparchive apt-utils
	[ ! "$conf_repo_sign" ] || need_tool gpg gnupg
	[ "$conf_build_backend" != nspawn ] || need_tool systemd-nspawn systemd-container
}

# need_tool PROG PACKAGE - PROG, which Debian and AOSC have in PACKAGE
need_tool() {
	command -v "$1" >/dev/null || die 69 "$1 is missing; install the package $2"
}
