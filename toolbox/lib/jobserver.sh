# shellcheck shell=bash
# Sourced at the end of the defines, by a base's own autobuild.  That sets MAKEFLAGS
# afterwards, to -j and a number; but make reads GNUMAKEFLAGS as well, and takes tokens
# rather than count to a number of its environment.  Unless the package has settled on
# another number: then make gets that.

jobserver_shared() {
	local name
	[ "${ABTHREADS-}" = "$AOINB_JOBS" ] || return 1
	for name in "${!NOPARALLEL@}"; do
		case ${!name,,} in
		'' | 0 | n | no | f | false | off) ;;
		*) return 1 ;;
		esac
	done
}

# They may be read more than once.
if jobserver_shared; then
	[ -n "${GNUMAKEFLAGS-}" ] || echo 'build.sh: make shares the jobs of the group'
	export GNUMAKEFLAGS=--jobserver-auth=fifo:$AOINB_JOBSERVER
else
	unset GNUMAKEFLAGS
fi
unset -f jobserver_shared
