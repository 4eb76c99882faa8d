# shellcheck shell=sh
# Layers, refs and stacks.  A layer is a folder work_dir/layers/ID that never
# changes: tree/ is an overlay upper (or a whole root), info says where it comes
# from.  A ref is a file that names the top layer of a stack: ref/baseos,
# ref/instance/BRANCH.  Moving a ref is one rename.

# name_ok TEXT - whether TEXT may become a file name of ours
name_ok() {
	case $1 in
	''|.*|-*|*[!a-zA-Z0-9._+~@-]*) return 1 ;;
	esac
}

# info_get FOLDER KEY - a value of FOLDER/info; nothing when there is none
info_get() {
	while IFS='=' read -r info_key info_value; do
		[ "$info_key" != "$2" ] || { printf '%s\n' "$info_value"; return 0; }
	done <"$1/info"
}

# ref_get NAME - the id that a ref names; 1 when there is no such ref
ref_get() {
	[ -r "$work_dir/ref/$1" ] && read -r ref_id <"$work_dir/ref/$1" &&
		[ -d "$work_dir/layers/$ref_id/tree" ] && echo "$ref_id"
}

# ref_set NAME ID
ref_set() {
	mkdir -p "$work_dir/ref/instance"
	echo "$2" >"$work_dir/ref/$1.new$$"
	mv -T "$work_dir/ref/$1.new$$" "$work_dir/ref/$1"
}

# ref_names - every ref
ref_names() {
	[ ! -d "$work_dir/ref" ] || (cd "$work_dir/ref" &&
		find baseos instance -type f ! -name '*.new*' 2>/dev/null | LC_ALL=C sort)
}

# stack_of ID - the ids of its stack, the base first, on one line
stack_of() {
	stack_ids=''
	stack_at=$1
	while [ "$stack_at" ]; do
		[ -r "$work_dir/layers/$stack_at/info" ] ||
			die 70 "layer $stack_at is missing; \"aoinb cleanup all\" starts anew"
		stack_ids="$stack_at${stack_ids:+ }$stack_ids"
		while IFS='=' read -r info_key info_value; do
			[ "$info_key" != parent ] || break
		done <"$work_dir/layers/$stack_at/info"
		stack_at=$info_value
	done
	echo "$stack_ids"
}

# layer_begin NAME - an empty layer in the making: sets layer_new.  The caller
# holds the lock NAME, so whatever else is in the making under it is left over.
layer_begin() {
	mkdir -p "$work_dir/layers"
	for stale in "$work_dir/layers/new.$1."*; do
		[ ! -d "$stale" ] || trash "$stale"
	done
	layer_id=$(date +%Y%m%dT%H%M%S)-$$
	while [ -e "$work_dir/layers/$layer_id" ]; do	# we made one in this second
		layer_id=${layer_id}_
	done
	layer_new=$work_dir/layers/new.$1.$layer_id
	mkdir -p "$layer_new/work" "$layer_new/root"
	mkdir "$layer_new/tree"
}

# layer_commit KIND PARENT [KEY=VALUE]... - what layer_begin began becomes a
# layer for ever: sets layer_id.  The tree is on the disk before its name is.
layer_commit() {
	layer_id=${layer_new##*.}
	kind=$1 parent=$2; shift 2
	rm -rf --one-file-system "$layer_new/work" "$layer_new/root" "$layer_new/stack" \
	    "$layer_new/tree/buildroot"
	{
		printf 'kind=%s\nparent=%s\nmade=%s\n' "$kind" "$parent" "$(date +%s)"
		printf 'size_kib=%s\n' "$(du -skx "$layer_new/tree" | cut -f 1)"
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >"$layer_new/info"
	sync -f "$layer_new"
	mv -T "$layer_new" "$work_dir/layers/$layer_id"
	sync -f "$work_dir/layers"
}

trash_count=0
# trash FOLDER... - out of the way at once; removed as soon as may be
trash() {
	trash_count=$((trash_count + 1))
	trash_in=$work_dir/trash/$$.$trash_count
	until mkdir "$trash_in" 2>/dev/null; do
		mkdir -p "$work_dir/trash" || die 73 "$work_dir/trash: cannot be made"
		trash_count=$((trash_count + 1))
		trash_in=$work_dir/trash/$$.$trash_count
	done
	for gone; do
		[ ! -e "$gone" ] || set -- "$@" "$gone"
		shift
	done
	[ $# -eq 0 ] || mv -t "$trash_in" "$@"
}

# trash_empty - removes what was put there, by us or by who has died.  Who lives may
# just be about to move something into a folder that is empty yet.
trash_empty() {
	for gone in "$work_dir"/trash/*; do
		trash_of=${gone##*/}
		trash_of=${trash_of%%.*}
		[ ! -e "$gone" ] || [ "$trash_of" = $$ ] || [ -d "/proc/$trash_of" ] ||
			mv -T "$gone" "$work_dir/trash/$$.${gone##*/}" 2>/dev/null || :	# somebody else has it
	done
	set -- "$work_dir/trash/$$".*
	[ ! -e "$1" ] || rm -rf --one-file-system "$@"
}

# layers_used - the ids that a ref, a running job, a kept workspace or a layer in
# the making stands on
layers_used() {
	{
		for ref in $(ref_names); do
			! id=$(ref_get "$ref") || stack_of "$id"
		done
		for job_dir in "$work_dir"/jobs/*; do
			[ -r "$job_dir/stack" ] || continue
			[ ! -d "$job_dir/upper" ] && ! job_running "${job_dir##*/}" ||
				cat "$job_dir/stack"
		done
		cat "$work_dir"/layers/new.*/stack 2>/dev/null
	} | tr ' ' '\n' | LC_ALL=C sort -u
}

# layers_gc - drops the layers that nothing stands on, but dependencies that a build
# may use.  The lock makes sure that no job is just about to stand on one.
layers_gc() {
	lock_take 7 layers wait 'the layers are in use'
	for layer in "$work_dir"/layers/new.*; do
		id=${layer##*/new.}
		[ ! -d "$layer" ] || lock_held "${id%.*}" || {
			note "layer $id: left over"
			run trash "$layer"
		}
	done
	used=" $({ layers_used; deps_kept; } | tr '\n' ' ') "
	for layer in "$work_dir"/layers/*; do
		id=${layer##*/}
		case $id:$used in
		'*:'*|new.*|*:*" $id "*) ;;
		*) note "layer $id: unused"; run trash "$layer" ;;
		esac
	done
	deps_forget
	lock_drop 7
	run trash_empty
}
