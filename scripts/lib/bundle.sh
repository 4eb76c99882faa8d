# shellcheck shell=sh
# Bundles: a folder with spec and autobuild/, or spec and 01-NAME/, 02-NAME/ ...
# They are hostile: they are copied, parsed as data, and run in the container.

# bundle_check BUNDLE - is it one at all
bundle_check() {
	[ -d "$1" ] || die 66 "bundle $1: no such folder"
	[ -f "$1/spec" ] && [ ! -L "$1/spec" ] || die 66 "bundle $1: there is no spec in it"
	for part in "$1/autobuild" "$1"/[0-9][0-9]-*; do
		[ ! -d "$part" ] || return 0
	done
	die 66 "bundle $1: there is no autobuild folder in it"
}

# bundle_name BUNDLE - sets name, which may name its job
bundle_name() {
	name=$(cd "$1" && pwd); name=${name##*/}
	name_ok "$name" || name=$(printf '%s' "$name" | tr -c 'a-zA-Z0-9._+~@' '_' | sed 's/^\./_/')
}

# job_freeze BUNDLE BRANCH [SETTING]... - the job's own copies of what it is made
# from, so that nothing changes under it
job_freeze() {
	freeze_bundle=$1 branch=$2; shift 2
	[ ! "$dry" ] || return 0
	echo "$branch" >"$job/branch"
	freeze_bundle=$(cd "$freeze_bundle" && pwd)
	echo "$freeze_bundle" >"$job/bundle.path"
	[ -e "$job/unit" ] || { bundle_unit "$freeze_bundle"; echo "$unit" >"$job/unit"; }
	aoinb-conf --conf="$conf_dir" "$@" ini >"$job/job.ini"
	# Links stay links: one that leads out of the bundle leads nowhere in the
	# container, instead of bringing a file of the host in.
	cp -a --no-preserve=ownership -- "$freeze_bundle/." "$job/bundle" ||
		die 74 "bundle $freeze_bundle: cannot be copied"
	bundle_check "$job/bundle"
}

# bundle_unit DIR - sets unit, by which DIR, an absolute path, is known:
# category/name in the tree, else the path
bundle_unit() {
	unit=$1
	case ${1#"$tree_path"/} in
	*/*/*|/*) ;;
	*/*) [ ! "$tree_path" ] || unit=${1#"$tree_path"/} ;;
	esac
}

# bundle_epoch FOLDER - SOURCE_DATE_EPOCH: the time of its newest file
bundle_epoch() {
	find "$1" -type f -printf '%Ts\n' | {
		newest=0
		while read -r time; do
			[ "$time" -le "$newest" ] || newest=$time
		done
		echo "$newest"
	}
}
