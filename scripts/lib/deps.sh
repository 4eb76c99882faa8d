# shellcheck shell=sh
# Build dependencies, as layers over the instance.  Such a layer holds what apt
# installed for one exact set of packages, and serves every bundle that comes to the
# same set; aoinb-layer(1) remembers which.
#
# The step has set job and branch, and job/wanted and job/without are written.

# deps_index - the index of what was built for the branch
deps_index() {
	deps_packages=$conf_work_dir/output/$branch/Packages
	[ "$conf_repo_use" = yes ] && [ -e "$deps_packages" ] || deps_packages=/dev/null
	printf '%s\n' "$deps_packages"
}

# deps_root FILE FOLDER no|LIST [UPPER] - the container in which deps.sh asks apt
deps_root() {
	read -r deps_stack <"$job/stack" || [ "$dry" ] || exit 66
	root_begin "$1" "$2" "${deps_stack-}" "$3" "${4-}"
	root_records "$1" "$job/deps.log" "$deps_ws/rusage"
	root_bind "$1" "$job/wanted" /buildroot/wanted ro
	root_bind "$1" "$job/without" /buildroot/without ro
	root_bind "$1" "$deps_ws/output" /buildroot/output
	root_repo "$1" "$branch"
}

# deps_resolve - asks apt what has to be installed; sets deps_code, and deps_key, which
# stands for the answer
deps_resolve() {
	rm -rf --one-file-system "$deps_ws"
	folders "$deps_ws/upper" "$deps_ws/work" "$deps_ws/root" "$deps_ws/output"
	cp "$(deps_index)" "$deps_ws/Packages" || exit 74
	deps_root "$deps_ws/container" "$deps_ws" no
	deps_code=0
	in_root "$deps_ws/container" /buildroot/toolbox/deps.sh resolve || deps_code=$?
	[ "$deps_code" -eq 0 ] || return 0
	deps_key=$(layer_do key "$job") || exit
}

# deps_find - whether there is a layer of deps_key; then the job stands on it
deps_find() {
	deps_found=0
	layer_do find "$job" "$deps_key" "$deps_state" || deps_found=$?
	[ "$deps_found" -le 1 ] || exit "$deps_found"
	return "$deps_found"
}

# deps_install - the layer of deps_key, made here unless somebody else has meanwhile;
# sets deps_code
deps_install() {
	! deps_find || return 0
	lock_take "deps.$deps_key" wait 'another build installs the same dependencies'
	deps_find || deps_new
	rm -f "$conf_work_dir/lock/deps.$deps_key"
	lock_drop deps
}

# deps_new - apt goes on where it was when it was asked
deps_new() {
	layer_begin "deps.$deps_key"
	cp "$job/stack" "$layer_new/stack" && rmdir "$layer_new/tree" &&
		mv -T "$deps_ws/upper" "$layer_new/tree" ||
		die 74 "$layer_new: cannot be filled"
	apt_lend "$layer_new" "$deps_ws/output/set"
	# Whatever network the build has: it gets from here what it may not fetch.
	deps_root "$layer_new/container" "$layer_new" "$(cat "$job/list")" "$layer_new/tree"
	apt_bind "$layer_new/container" "$layer_new"
	apt_proxies "$layer_new/container"
	in_root "$layer_new/container" /buildroot/toolbox/deps.sh install || deps_code=$?
	if [ "$deps_code" -eq 0 ]; then
		apt_keep "$layer_new"
		rm -f "$layer_new/container" "$layer_new/container.apt"
		# Nobody may drop it before we stand on it.
		lock_take layers wait-shared 'layers are being removed'
		layer_commit - deps "${deps_stack##* }" "key=$deps_key" "from=$deps_from" \
		    >"$deps_ws/made" || exit 74
		read -r deps_made <"$deps_ws/made" || exit 74
		layer_do put "$job" "$deps_made" "$deps_state" || exit
		lock_drop layers
	fi
	layer_close
}

# deps_make STATE FROM - asks apt, and installs what it says, for the package FROM
deps_make() {
	deps_state=$1 deps_from=$2
	deps_ws=$job/resolve deps_tries=3 deps_made='' deps_fresh=''
	: >"$job/deps.log"
	progress_begin "install for ${job##*/}" "$job/deps.log"
	while :; do
		deps_resolve
		[ "$deps_code" -ne 0 ] || deps_install
		deps_tries=$((deps_tries - 1))
		[ "$deps_code" -ne 0 ] && [ "$deps_tries" -gt 0 ] || break
		deps_moved || deps_refresh || break
	done
	progress_end
	[ "$deps_code" -eq 0 ] || deps_failed "$deps_code"
	deps_layer=-
	[ "$deps_key" = - ] || { read -r deps_layer <"$job/stack.deps" && deps_layer=${deps_layer##* }; } || exit 74
	layer_do remember --index="$deps_ws/Packages" "$job" "$deps_layer" || exit
	rm -rf --one-file-system "$deps_ws"
	[ ! "$deps_made" ] || layer_do trim --deps-max-size="$conf_deps_max_size_kib" >/dev/null || exit
}

# deps_show - with -n: how apt would be asked
deps_show() {
	[ -s "$job/wanted" ] || return 0
	deps_ws=$job/resolve
	mkdir "$deps_ws"
	deps_root "$deps_ws/container" "$deps_ws" no
	in_root "$deps_ws/container" /buildroot/toolbox/deps.sh resolve
	deps_root "$deps_ws/container" "$deps_ws" "$(cat "$job/list")" "$conf_work_dir/layers/new/tree"
	in_root "$deps_ws/container" /buildroot/toolbox/deps.sh install
}

# deps_moved - whether the branch's packages are others than those that apt saw, of
# which some may have gone
deps_moved() {
	[ "$conf_repo_use" = yes ] || return 1
	# Some may just be on their way in.
	lock_take "repo.$branch" wait "the packages of $branch are being indexed"
	lock_drop repo
	! cmp -s "$(deps_index)" "$deps_ws/Packages"
}

# deps_refresh - whether apt's lists were older than what the mirror has, and the instance
# has new ones now.  That is done once, and never where it is to stay as it is.
deps_refresh() {
	[ "$deps_code" -eq 100 ] && [ ! "$deps_fresh" ] && [ "$conf_instance_update_s" -ge 0 ] || return 1
	deps_fresh=1
	apt_stale "$job/deps.log" "$branch" || return 1
	IFS= read -r deps_list 2>/dev/null <"$job/list" || die 66 "job ${job##*/}: nothing names the source list of $branch"
	progress_end
	instance_ready "$branch" "$deps_list" 0 "$job"
	progress_begin "install for ${job##*/}" "$job/deps.log"
}

# deps_failed CODE - says why, and ends the step.  What apt cannot have is a failure of
# the package; what it cannot fetch is none.
deps_failed() {
	id=${job##*/}
	cp "$job/deps.log" "$job/log"
	root_began "$deps_ws/rusage" "$job/log" || {
		root_said "$job/log" 5
		die "$1" "$id: the container for its dependencies did not start"
	}
	case $1 in
	12[2-5]) cp "$deps_ws/rusage" "$job/rusage" ;;
	esac
	! deps_why=$(root_limit "$deps_ws/rusage") ||
		die "$1" "$id: dependencies cannot be installed: $deps_why; the log is $job/log"
	[ "$1" -lt 128 ] || die "$1" "$id: apt was ended by signal $(($1 - 128)); the log is $job/log"
	unknown=$(layer_do take "$deps_ws/output" unknown 4096 | head -n 50 | paste -sd , | sed 's/,/, /g')
	[ ! "$unknown" ] || die 1 "$id: no package is or provides: $unknown"
	deps_why=$(layer_do why -- "$job/log" "$branch") || deps_code=$?
	case $1:$deps_code in
	100:75) set -- 69 "$1" ;;
	100:*) set -- "$deps_code" "$1" ;;
	esac
	die "$1" "$id: dependencies cannot be installed: ${deps_why:-code ${2-$1}}; the log is $job/log"
}
