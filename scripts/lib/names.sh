# shellcheck shell=sh
# What apt can install in the instance of a branch: a file of names, which aoinb-layer(1)
# keeps.

names_file=''
# names_known - prints the path of the file that names_ready made sure of, or nothing
names_known() {
	printf '%s\n' "$names_file"
}

# names_ready BRANCH - sees to it that the file is there, or says why it cannot be.  Not for
# a subshell, with which the container would end.
names_ready() {
	names_code=0
	names_file=$(layer_do names "$1" 2>/dev/null) || names_code=$?
	case $names_code in
	0) return 0 ;;
	66) names_blind "$1" 'there is no instance yet'; return 0 ;;
	esac
	[ ! "$dry" ] || { names_blind "$1" '-n does not ask apt'; return 0; }
	[ "$(id -u)" -eq 0 ] || { names_blind "$1" 'it takes root to ask apt'; return 0; }
	names_look "$1"
	names_file=$(layer_do names "$1") || names_blind "$1" 'apt could not be asked'
}

names_blind() {
	names_file=''
	say "branch $1: $2: dependencies are not checked"
}

# names_look BRANCH - asks apt in a container on the instance
names_look() {
	lock_take names wait 'another looks up what apt can install'
	layer_do names "$1" >/dev/null 2>&1 || {
		names=$conf_work_dir/cache/names/new
		rm -rf --one-file-system "$names"	# of one that was killed
		folders "$names/root" "$names/upper" "$names/work" "$names/output"
		names_ask "$1"
		rm -rf --one-file-system "$names"
	}
	lock_drop names
}

names_ask() {
	lock_take layers wait-shared 'layers are being removed'
	names_stack=$(layer_do stack "instance/$1") || exit
	root_begin "$names/container" "$names" "$names_stack" no
	root_records "$names/container" "$names/log" "$names/rusage"
	root_bind "$names/container" "$names/output" /buildroot/output
	progress_begin 'look up what apt can install'
	names_code=0
	in_root "$names/container" /buildroot/toolbox/known_names || names_code=$?
	progress_end
	lock_drop layers
	if [ "$names_code" -eq 0 ]; then
		layer_do names "$1" "$names/output/names" >/dev/null ||
			say "branch $1: what apt can install could not be looked up"
	else
		names_why=$(root_limit "$names/rusage") || names_why="code $names_code"
		say "branch $1: what apt can install could not be looked up: $names_why"
		root_said "$names/log" 3
	fi
}
