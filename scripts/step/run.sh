# shellcheck shell=sh
# The container: toolbox/build.sh over a fresh workspace.

[ "${stack-}" ] || [ "$dry" ] || read -r stack <"$job/stack" ||
	die 66 "job $job_id: no layers yet; run the step instance first"
[ "$dry" ] || need_tool apt-ftparchive apt-utils	# of the step collect; better now than in hours
job_workspace
root_begin "$job" "${stack-}"
root_limits=1 root_record=$job/rusage root_samples=$job/samples.csv root_log=$job/log
root_bind "$job/bundle" /buildroot/bundle ro
root_bind "$job/sources" /buildroot/sources ro
root_bind "$work_dir/cache/sources" /buildroot/cache ro
root_bind "$work_dir/cache/vcs" /buildroot/vcs ro
root_bind "$work_dir/cache/debs" /buildroot/debs ro
root_bind "$job/archives" /var/cache/apt/archives
root_bind "$job/output" /buildroot/output
repo_bind "$branch"
[ ! "$job_jobserver" ] || root_bind "$job_jobserver" /buildroot/jobserver
jobs=${job_jobs:-$build_jobs}
[ "$jobs" -gt 0 ] || jobs=$(nproc)
root_setenv AOINB_ARCH "$arch"
root_setenv AOINB_JOBS "$jobs"
root_setenv AOINB_NETWORK "$build_network"
! deps_done || root_setenv AOINB_DEPS 'done'
root_setenv AOINB_MAINTAINER "$build_maintainer"
root_setenv ABMODIFIERS "${ABMODIFIERS-}"
root_setenv SOURCE_DATE_EPOCH "${SOURCE_DATE_EPOCH:-$(bundle_epoch "${bundle:-$job/bundle}")}"

if [ "$dry" ]; then
	in_root /buildroot/toolbox/build.sh
else
	[ -d "$work_dir/cache/sources" ] && [ -d "$work_dir/cache/vcs" ] ||
		mkdir -p "$work_dir/cache/sources" "$work_dir/cache/vcs"
	[ ! -e "$job/log" ] || rm -f "$job/rusage" "$job/samples.csv" "$job/log" "$job/code"
	: >"$job/log"
	progress_begin "build $job_id" "$job/log"
	bundle_digests "$job/digests" "$job/bundle" >"$job/bundle.digest" &	# meanwhile
	digest_pid=$!
	code=0; in_root /buildroot/toolbox/build.sh || code=$?
	progress_end
	wait "$digest_pid" || die 74 "bundle $job/bundle: cannot be read"
	if root_began; then
		echo "$code" >"$job/code"
		job_version
		verdict=$(record_get verdict failed)
		[ "$code" -eq 0 ] || say "$job_id: $verdict (code $code); the log is $job/log"
		case $verdict:$code in
		ok:0) ;;
		stopped:*|*:12[2-5]) exit "$code" ;;
		*) exit 1 ;;
		esac
	elif [ "$code" -ne 0 ]; then
		tail -n 5 "$job/log" | tr -c '[:print:]\n' '?' >&2
		die "$code" "$job_id: the container did not start"
	fi
fi
