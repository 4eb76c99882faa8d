# shellcheck shell=sh
# Layers in the making; aoinb-layer(1) knows those that are made.

# layer_do VERB [ARG]... - aoinb-layer on our work_dir
layer_do() {
	aoinb-layer --work-dir="$conf_work_dir" "$@"
}

# layer_stack_of JOB - the layers that it stands on, with that of its dependencies where it
# has one; 66 when it stands on none yet
layer_stack_of() {
	layer_file=$1/stack
	[ ! -e "$1/stack.deps" ] || layer_file=$1/stack.deps
	[ -e "$layer_file" ] || [ "$dry" ] ||
		die 66 "job ${1##*/}: no layers yet; run the step instance first"
	[ -e "$layer_file" ] || return 0
	read -r layer_line <"$layer_file" && [ "$layer_line" ] ||
		die 65 "job ${1##*/}: $layer_file is torn; run it again: aoinb job ${1##*/}"
	printf '%s\n' "$layer_line"
}

layer_new='' layer_lock='' layer_then='' layer_state='' layer_back=''
# layer_finally WORD - it is called with the exit code when this shell ends while a layer is
# in the making
layer_finally() {
	layer_then=$1
}

# layer_begin NAME - an empty layer: sets layer_new.  Whatever becomes of it until
# layer_close ends with this shell, whose EXIT trap it takes.  The caller holds the lock
# NAME.
layer_begin() {
	trap 'layer_end $?' EXIT
	layer_lock=$1
	layer_new=$(layer_do begin "$1") || exit
}

# layer_from FOLDER - the layer in the making is FOLDER, which is back where it was when no
# layer comes of it
layer_from() {
	rmdir "$layer_new/tree" && mv -T "$1" "$layer_new/tree" || die 74 "$1: cannot be moved to $layer_new"
	layer_back=$1
}

# layer_commit REF KIND PARENT [KEY=VALUE]... - it becomes a layer for ever, which REF
# names from now on, unless that is "-"; prints its id
layer_commit() {
	layer_ref=$1; shift
	layer_id=$(layer_do commit "$layer_new" "$@" ${layer_state:+"state=$layer_state"}) || exit
	layer_new=''
	[ "$layer_ref" = - ] || layer_do ref "$layer_ref" "$layer_id" || {
		layer_code=$?
		die "$layer_code" "layer $layer_id was made, but $layer_ref does not name it yet; then run: aoinb-layer -w $conf_work_dir ref $layer_ref $layer_id"
	}
	note "layer $layer_id: $1"
	printf '%s\n' "$layer_id" || exit 74
}

# layer_same ID - whether layer_update has found what ID has
layer_same() {
	[ "$(layer_do info "$1" state)" = "$layer_state" ]
}

# layer_close - nothing is in the making any more
layer_close() {
	[ ! "$layer_new" ] || layer_do drop "$layer_new" || exit
	layer_new='' layer_lock=''
	trap - EXIT
}

# layer_end CODE - what is not a layer by now goes
layer_end() {
	trap '' INT TERM HUP
	trap - EXIT
	progress_end
	[ ! "$layer_new" ] || [ ! "$layer_back" ] || mv -T "$layer_new/tree" "$layer_back" ||
		die 74 "$layer_new/tree: cannot be moved back to $layer_back"
	[ ! "$layer_new" ] || layer_do drop "$layer_new" || exit
	case $layer_lock in
	deps.*) rm -f "$conf_work_dir/lock/$layer_lock" ;;	# it is of no other layer
	esac
	[ ! "$layer_then" ] || "$layer_then" "$1"
	exit "$1"
}

# layer_update NAME PARENT LIST - runs toolbox/update.sh over PARENT into layer_new.
# NAME is for messages; LIST may be empty.
layer_update() {
	# Written down, so that gc lets it stand whatever becomes of its ref.
	layer_do stack-in "$layer_new" "$2" || exit
	read -r layer_stack <"$layer_new/stack" || exit 74
	folders "$layer_new/output"
	true >"$layer_new/log" || exit 73
	progress_begin "update $1" "$layer_new/log"
	layer_code=0
	layer_parts "$3" || layer_code=$?
	# The mirror may have changed between its lists and its packages.
	[ "$layer_code" -ne 100 ] || ! apt_stale "$layer_new/log" "$1" || { layer_code=0; layer_parts "$3" || layer_code=$?; }
	progress_end
	[ "$layer_code" -eq 0 ] || layer_failed "$1"
	layer_state=$(layer_do take "$layer_new/output" state 65) || layer_state=''
	case $layer_state in
	''|*[!0-9a-f]*) die 65 "update of $1: the container wrote no state" ;;
	esac
	apt_keep "$layer_new"
	rm -rf --one-file-system "$layer_new/output" "$layer_new/log" \
	    "$layer_new/rusage" "$layer_new/container" "$layer_new/container.apt"
}

# layer_parts LIST - the parts of an update
layer_parts() {
	layer_run "$1" lists && layer_run "$1" upgrade
}

# layer_run LIST PART - one part of an update, in the container that layer_new is made in.
# Before lists there is nothing to lend, and after it apt has said what it wants.
layer_run() {
	apt_lend "$layer_new" "$layer_new/output/set"
	layer_root "$layer_new/container" "$layer_stack" "$1"
	in_root "$layer_new/container" /buildroot/toolbox/update.sh "$2"
}

# layer_root FILE STACK LIST - that container
layer_root() {
	root_begin "$1" "$layer_new" "$2" "$3" "$layer_new/tree"
	root_records "$1" "$layer_new/log" "$layer_new/rusage"
	apt_bind "$1" "$layer_new"
	apt_proxies "$1"
	root_bind "$1" "$layer_new/output" /buildroot/output
	[ ! "$3" ] || root_bind "$1" "$3" /buildroot/source.list ro
}

# layer_failed NAME - says why, and out; nothing has changed
layer_failed() {
	layer_log=$conf_work_dir/log/update-$1.log
	layer_do folder log || exit
	cp "$layer_new/log" "$layer_log"
	root_began "$layer_new/rusage" "$layer_log" || {
		root_said "$layer_log" 5
		die "$layer_code" "update of $1: the container did not start"
	}
	! layer_why=$(root_limit "$layer_new/rusage") || {
		root_said "$layer_log" 2
		die 69 "update of $1: $layer_why; it is as it was; the log is $layer_log"
	}
	[ "$layer_code" -lt 128 ] || die "$layer_code" "update of $1: ended by signal $((layer_code - 128))"
	layer_text=$(layer_do why -- "$layer_log" "$1") || :	# the code is of no use here
	die 69 "update of $1: ${layer_text:-code $layer_code}; it is as it was, and $layer_log tells more"
}
