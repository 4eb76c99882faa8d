# shellcheck shell=sh
# Build dependencies, as layers over the instance.  Such a layer holds what apt
# installed for one exact set of packages, and serves every bundle that comes to the
# same set.  cache/deps/TOP, TOP being the instance's layer, has
#
#   memo.KEY   KEY stands for what is wanted: the layer it came to, or "-" when
#              nothing had to be installed, and a digest of what the branch's own
#              packages had to do with it; then the names that those are found by
#   used.ID    of a layer: its time is that of the last use, by the job in it
#
# and can be removed at any time: then apt is asked again.

# deps_stanzas NAMES PACKAGES - a digest of what PACKAGES, an index, says about the
# packages that are or provide one of the NAMES, a file whose first line is none
deps_stanzas() {
	awk '
		FILENAME == ARGV[1] { if (FNR > 1) names[$1]; next }
		{
			for (i = 1; i <= NF; i++) {
				if ($i !~ /^(Package|Provides): /)
					continue
				n = split($i, one, /[ ,]+/)
				for (k = 2; k <= n; k++)
					if (one[k] in names) {
						print
						next
					}
			}
		}' "$1" RS= FS='\n' "$2" | sha256sum
}

# deps_stand LAYER - from here on the job stands on LAYER as well, on none when it
# is "-"; 1 when it has gone
deps_stand() {
	if [ "$1" = - ]; then
		deps_put ''
	else
		lock_take 7 layers wait-shared 'layers are being removed'
		deps_stood=0
		name_ok "$1" && [ -d "$work_dir/layers/$1/tree" ] && deps_put "$1" || deps_stood=1
		lock_drop 7
		return "$deps_stood"
	fi
}

# deps_put LAYER - the caller holds the lock of the layers
deps_put() {
	deps_instance=$stack
	if [ "$1" ]; then
		[ -d "$deps_cache" ] || mkdir -p "$deps_cache"
		echo "$job_id" >"$deps_cache/used.$1"
		stack="$stack $1"
	fi
	echo "$stack" >"$job/stack" &&
	    printf '%s\n' "$deps_state" "$deps_instance" "$stack" >"$job/deps" ||
		die 74 "job $job_id: its layers cannot be written down"
}

# deps_began - takes back what an earlier try of the step did to stack
deps_began() {
	[ -r "$job/deps" ] || return 0
	{ read -r _; read -r deps_instance; read -r deps_after; } <"$job/deps"
	[ "$stack" != "$deps_after" ] || stack=$deps_instance
}

# deps_done - whether the layers that the job stands on have all that it wants
deps_done() {
	[ ! "$dry" ] || { [ "${deps_state-}" = 'done' ]; return; }
	[ -r "$job/deps" ] || return 1
	{ read -r deps_state; read -r _; read -r deps_after; } <"$job/deps"
	[ "$deps_state" = 'done' ] && [ "$deps_after" = "$stack" ]
}

# deps_branch_index - sets deps_index, that of what was built for the branch
deps_branch_index() {
	deps_index=$work_dir/output/$branch/Packages
	[ "$repo_use" = yes ] && [ -e "$deps_index" ] || deps_index=/dev/null
}

# deps_recall - stands on the layer that the same words came to before, if nothing
# has changed since; 1 when apt has to be asked
deps_recall() {
	[ -r "$deps_memo" ] || return 1
	read -r deps_layer deps_digest <"$deps_memo"
	deps_branch_index
	[ "$(deps_stanzas "$deps_memo" "$deps_index")" = "$deps_digest  -" ] &&
		deps_stand "$deps_layer"
}

# deps_remember LAYER - what deps_recall goes by.  The digest is of the index as it
# was before apt saw it: if it has changed meanwhile, apt is asked once too often.
deps_remember() {
	{
		echo
		printf '%s' "$deps_wanted${deps_without#"$nl"}" | tr '|' '\n' | sed 's/[:<>=].*//'
		[ -L "$deps_ws/output/names" ] || awk '/^[A-Za-z0-9][A-Za-z0-9+.-]*$/' "$deps_ws/output/names"
	} >"$deps_ws/memo"
	digest=$(deps_stanzas "$deps_ws/memo" "$deps_ws/Packages")
	lock_take 7 layers wait-shared 'layers are being removed'
	[ -d "$deps_cache" ] || mkdir -p "$deps_cache"
	sed "1s/.*/$1 ${digest%% *}/" "$deps_ws/memo" >"$deps_memo.$$"
	mv -T "$deps_memo.$$" "$deps_memo"
	lock_drop 7
}

# deps_in FOLDER UPPER WORD - toolbox/deps.sh in a container on the instance; sets
# deps_code.  The limits are not those of a build, which they are no part of.
deps_in() {
	root_begin "$1" "$stack"
	root_upper=$2
	root_limits=1 root_log=$job/deps.log root_record=$deps_ws/rusage
	[ "$dry" ] || rm -f "$root_record"
	root_bind "$deps_ws/wanted" /buildroot/wanted ro
	root_bind "$deps_ws/without" /buildroot/without ro
	root_bind "$deps_ws/output" /buildroot/output
	repo_bind "$branch"
	case $3 in
	resolve) root_network=no ;;
	install)
		# Whatever the build has: it gets from here what it may not fetch.
		root_network=yes root_volatile=''
		root_bind "$1/archives" /var/cache/apt/archives
		root_bind "$work_dir/cache/debs" /buildroot/debs ro ;;
	esac
	deps_code=0
	(
		limit_time=0 limit_memory=0 limit_tasks=0
		in_root /buildroot/toolbox/deps.sh "$3"
	) || deps_code=$?
}

# deps_resolve - asks apt what has to be installed; sets deps_code, and deps_key,
# which stands for the answer, "-" for nothing
deps_resolve() {
	[ ! -d "$deps_ws" ] || trash "$deps_ws"
	mkdir -p "$deps_ws/upper" "$deps_ws/work" "$deps_ws/root" "$deps_ws/output"
	printf '%s' "$deps_wanted" >"$deps_ws/wanted"
	printf '%s' "${deps_without#"$nl"}" >"$deps_ws/without"
	deps_branch_index
	cp "$deps_index" "$deps_ws/Packages"
	deps_in "$deps_ws" "$deps_ws/upper" resolve
	[ "$deps_code" -eq 0 ] || return 0
	[ -f "$deps_ws/output/set" ] && [ ! -L "$deps_ws/output/set" ] ||
		die 70 "$job_id: apt's answer is missing; the log is $job/deps.log"
	deps_key=-
	[ ! -s "$deps_ws/output/set" ] || {
		deps_key=$({ echo "$deps_top"; cat "$deps_ws/output/set"; } | sha256sum)
		deps_key=${deps_key%% *}
	}
}

# deps_find - sets deps_layer, the one that holds deps_key; 1 when there is none
deps_find() {
	deps_layer=-
	[ "$deps_key" != - ] || return 0
	deps_layer=$(grep -lsx "key=$deps_key" "$work_dir"/layers/[0-9]*/info | head -n 1)
	[ "$deps_layer" ] || return 1
	deps_layer=${deps_layer%/info} deps_layer=${deps_layer##*/}
}

# deps_lock - the lock of deps_key, on 8.  Its file goes with who holds it, so what
# we have waited for may be a file that is no more.
deps_lock() {
	until
		lock_take 8 "deps.$deps_key" wait 'another build installs the same dependencies'
		# shellcheck disable=SC3013 # dash, bash and busybox have it
		[ "$lock_file" -ef /proc/self/fd/8 ]
	do :; done
	deps_locked=1
}

# deps_unlock - what was made under it and is not finished goes, too
deps_unlock() {
	[ ! "${layer_new-}" ] || trash "$layer_new"
	layer_new=''
	rm -f "$work_dir/lock/deps.$deps_key"
	lock_drop 8
	deps_locked=''
}

# deps_use - stands on the layer, when somebody has made it
deps_use() {
	deps_find && deps_stand "$deps_layer"
}

# deps_install - the same, made here unless somebody else has meanwhile
deps_install() {
	! deps_use || return 0
	deps_lock
	deps_use || deps_new
	deps_unlock
}

# deps_new - apt goes on where it was when it was asked; sets deps_code
deps_new() {
	layer_begin "deps.$deps_key"
	rmdir "$layer_new/tree"
	mv -T "$deps_ws/upper" "$layer_new/tree"
	archives_begin "$layer_new/archives"
	deps_in "$layer_new" "$layer_new/tree" install
	[ "$deps_code" -eq 0 ] || return 0
	archives_end "$layer_new/archives" "$stack"
	rm -rf --one-file-system "$layer_new/archives"
	# Nobody may drop it before we stand on it.
	lock_take 7 layers wait-shared 'layers are being removed'
	layer_commit deps "$deps_top" key="$deps_key" from="$deps_from"
	deps_layer=$layer_id deps_made=1
	deps_put "$layer_id"
	lock_drop 7
}

# deps_make - asks apt, and installs what it says
deps_make() {
	deps_ws=$job/resolve deps_made='' deps_tries=3
	: >"$job/deps.log"
	progress_begin "install for $job_id" "$job/deps.log"
	while :; do
		deps_resolve
		[ "$deps_code" -ne 0 ] || deps_install
		deps_tries=$((deps_tries - 1))
		[ "$deps_code" -ne 0 ] && [ "$deps_tries" -gt 0 ] && deps_moved || break
	done
	progress_end
	[ "$deps_code" -eq 0 ] || deps_failed "$deps_code"
	deps_remember "$deps_layer"
	trash "$deps_ws"
	[ ! "$deps_made" ] || deps_trim
	trash_empty
}

# deps_moved - whether the branch's packages are others than those that apt saw, of
# which some may have gone
deps_moved() {
	[ "$repo_use" = yes ] || return 1
	# Some may just be on their way in.
	repo_lock "$branch"
	lock_drop 6
	deps_branch_index
	! cmp -s "$deps_index" "$deps_ws/Packages"
}

# deps_failed CODE - says why, and ends the step.  What apt cannot have is a failure
# of the package; what it cannot fetch is none.
deps_failed() {
	cp "$job/deps.log" "$job/log"
	root_began || {
		tail -n 5 "$job/log" | tr -c '[:print:]\n' '?' >&2
		die "$1" "$job_id: the container for its dependencies did not start"
	}
	case $1 in
	12[2-5]) cp "$root_record" "$job/rusage" ;;
	esac
	[ "$1" -lt 128 ] || die "$1" "$job_id: apt was ended by signal $(($1 - 128)); the log is $job/log"
	unknown=''
	[ ! -f "$deps_ws/output/unknown" ] || [ -L "$deps_ws/output/unknown" ] ||
		unknown=$(head -n 50 "$deps_ws/output/unknown" | paste -sd , | sed 's/,/, /g')
	[ ! "$unknown" ] || die 1 "$job_id: no package is or provides: $unknown"
	grep -aE '^E:|Depends: ' "$job/log" | tail -n 3 | tr -c '[:print:]\n' '?' >&2
	! grep -aq '^E: Failed to fetch' "$job/log" ||
		die 69 "$job_id: dependencies could not be fetched; the log is $job/log"
	case $1 in
	100) set -- 1 ;;
	esac
	die "$1" "$job_id: dependencies cannot be installed (code $1); the log is $job/log"
}

# deps_parent ID - what ID stands on, when it is one of our layers
deps_parent() {
	[ -r "$work_dir/layers/$1/info" ] &&
		[ "$(info_get "$work_dir/layers/$1" kind)" = deps ] || return 0
	info_get "$work_dir/layers/$1" parent
}

# deps_tops - the layers that deps may stand on: the tops of instances
deps_tops() {
	for ref in $(ref_names); do
		case $ref in
		instance/*) ref_get "$ref" || : ;;
		esac
	done
}

# deps_layers - ours, a line each: ID, the layer below it, when it was made, its KiB
deps_layers() {
	for info in "$work_dir"/layers/[0-9]*/info; do
		[ ! -e "$info" ] || set -- "$@" "$info"
	done
	[ $# -eq 0 ] || awk -F = '
		$1 == "kind" { kind = $2 }
		$1 == "parent" { parent = $2 }
		$1 == "made" { made = $2 }
		$1 == "size_kib" && kind == "deps" {
			n = split(FILENAME, at, "/")
			print at[n - 1], parent, made, $2
		}' "$@"
}

# deps_kept - those that the next build may use
deps_kept() {
	deps_layers | tops=" $(deps_tops | tr '\n' ' ')" awk '
		index(ENVIRON["tops"], " " $2 " ") { print $1 }'
}

# deps_past - of our layers in the order of their last use, those that are to go:
# those that no build will use, and as many of the others as it takes to come below
# the limit.  What is in use is not counted out.
deps_past() {
	{
		find "$work_dir/cache/deps" -name 'used.*' -printf '%f %T@\n'
		deps_layers
	} | awk '
		sub(/^used\./, "") { used[$1] = $2; next }
		{ print ($1 in used ? used[$1] : $3), $1, $2, $4 }' | sort -n |
	    used=" $(layers_used | tr '\n' ' ')" tops=" $(deps_tops | tr '\n' ' ')" \
	    awk -v most="$(kib "$deps_max_size")" '
		index(ENVIRON["used"], " " $2 " ") { total += $4; next }
		!index(ENVIRON["tops"], " " $3 " ") { print $2, $3; next }
		{ total += $4; id[++n] = $2; top[n] = $3; size[n] = $4 }
		END {
			for (i = 1; i <= n && most && total > most; i++) {
				print id[i], top[i]
				total -= size[i]
			}
		}'
}

# kib SIZE - "20G" in KiB; the configuration is checked already
kib() {
	case $1 in
	*K) echo "${1%K}" ;;
	*M) echo $((${1%M} * 1024)) ;;
	*G) echo $((${1%G} * 1048576)) ;;
	*T) echo $((${1%T} * 1073741824)) ;;
	*) echo $((($1 + 1023) / 1024)) ;;
	esac
}

# deps_trim - keeps our layers below their limit
deps_trim() {
	lock_take 7 layers wait 'the layers are in use'
	deps_past | while read -r id top; do
		note "layer $id: dependencies unused"
		trash "$work_dir/layers/$id"
		rm -f "$work_dir/cache/deps/$top/used.$id"
	done
	deps_forget
	lock_drop 7
}

# deps_forget - memos of instances that are no more, and locks that nobody holds.
# The caller holds the lock of the layers.
deps_forget() {
	tops=" $(deps_tops | tr '\n' ' ')"
	for dir in "$work_dir"/cache/deps/*; do
		case $tops in
		*" ${dir##*/} "*) ;;
		*) [ ! -d "$dir" ] || run trash "$dir" ;;
		esac
	done
	for lock in "$work_dir"/lock/deps.*; do
		[ ! -e "$lock" ] || run flock -n "$lock" rm -f "$lock" || :
	done
}
