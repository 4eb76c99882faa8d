# shellcheck shell=sh
# Plans: from targets to units, their needs, and the order.  A plan is a FOLDER:
#
#   targets   the arguments, a line each
#   units     UNIT DIR NAMES VERSION MODIFIERS STATE WHY, "-" for what is empty
#   graph     what aoinb-order(1) reads: units that are not built yet
#   order     what it made of them
#   apt       there only when it is known what apt can install
#
# STATE is one of
#
#   build   to be built
#   built   there already, of this version and this bundle
#   unfit   not for this architecture
#   unmet   needs what neither the units, nor apt, nor the tree gives

# plan_make FOLDER BRANCH TARGET... - makes the plan in FOLDER, which is there; or
# ends us, saying why.  Units that are unfit or unmet stand in the graph, so that
# what waits for them can be told.  It heeds opt_tree, opt_with_deps, opt_rebuild
# and opt_slots, where these are set.
plan_make() {
	plan_wanted "$@"
	plan_finish
}

# plan_wanted FOLDER BRANCH TARGET... - the beginning of it: what the targets mean
plan_wanted() {
	plan=$1 plan_branch=$2 plan_code='' plan_mods=${ABMODIFIERS:--}; shift 2
	case $plan_mods in
	*[[:cntrl:]]*) bad 'ABMODIFIERS: holds a control character' ;;
	esac
	printf '%s\n' "$@" >"$plan/targets"
	tree_find
	targets_read "$plan" "$@"
	tree_rows >"$plan/rows.tree" || exit $?
	targets_rows "$plan" >"$plan/rows.path" || exit $?
	tree_groups >"$plan/groups" || exit $?
	targets_resolve "$plan" >"$plan/wanted" || exit $?
}

# plan_finish - the rest, when there is the instance that it is asked of
plan_finish() {
	plan_built "$plan/wanted" >"$plan/built" || exit $?
	plan_known >"$plan/known" || exit $?
	[ ! "$plan_blind" ] || note "branch $plan_branch: $plan_blind: dependencies are not checked"
	plan_times >"$plan/times" || exit $?
	plan_units && plan_joined || plan_code=$?
	while IFS= read -r plan_line; do
		say "$plan_line"
	done <"$plan/said"
	[ ! "$plan_code" ] || exit "$plan_code"
	plan_order >"$plan/order" || exit $?
	rm -f "$plan"/rows.* "$plan/groups" "$plan/asked" "$plan/said" "$plan/wanted" \
	    "$plan/built" "$plan/known" "$plan/times"
}

# plan_order - with as many slots and as much memory as there are
plan_order() {
	aoinb-order --slots="$(group_slots)" --memory="$(group_memory_kib)K" <"$plan/graph"
}

# group_slots - how many builds at once: a compiler for each two cores, and 4 GiB
# for each, unless somebody says so
group_slots() {
	slots=${opt_slots-}
	slots=${slots:-$group_slots}
	if [ "$slots" -eq 0 ]; then
		slots=$(($(nproc) / 2))
		by_memory=$(($(machine_kib) / 4194304))
		[ "$by_memory" -ge "$slots" ] || slots=$by_memory
		[ "$slots" -ge 1 ] || slots=1
	fi
	echo "$slots"
}

# group_memory_kib - what they may use together
group_memory_kib() {
	case $group_memory in
	0) machine_kib ;;
	*K) echo "${group_memory%K}" ;;
	*M) echo $((${group_memory%M} * 1024)) ;;
	*G) echo $((${group_memory%G} * 1048576)) ;;
	*T) echo $((${group_memory%T} * 1073741824)) ;;
	*) echo $((group_memory / 1024)) ;;
	esac
}

machine_kib() {
	awk '$1 == "MemTotal:" { print $2 }' /proc/meminfo
}

# plan_built LIST - which units of LIST (UNIT DIR MODIFIERS VERSION) are built: a
# record of a build says so, the bundle is still the same, and the packages are
# there.  record: version= bundle= modifiers= package=...
plan_built() {
	[ -d "$work_dir/built/$plan_branch" ] && [ -d "$work_dir/output/$plan_branch" ] || return 0
	find "$work_dir/built/$plan_branch" -maxdepth 1 -type f -printf '%f\n' >"$plan/records"
	find "$work_dir/output/$plan_branch" -maxdepth 1 -type f -printf '%f\n' >"$plan/files"
	LC_ALL=C records=$work_dir/built/$plan_branch/ awk -F '\t' -v OFS='\t' "$tree_awk"'
		function is_built(unit, mods, version, path,   line, ok, key, value) {
			ok = 0
			version_of = digest = ""
			mods_of = "-"
			while ((getline line <path) > 0) {
				key = substr(line, 1, index(line, "=") - 1)
				value = substr(line, index(line, "=") + 1)
				if (key == "version")
					version_of = value
				else if (key == "bundle")
					digest = value
				else if (key == "modifiers" && value != "")
					mods_of = value
				else if (key == "package")
					ok = value in is_file ? ok + 1 : -1e9
			}
			close(path)
			sub(/^[0-9]+:/, "", version)
			sub(/^[0-9]+:/, "", version_of)
			return ok > 0 && mods == mods_of && (version == "-" || version == version_of)
		}
		FILENAME == ARGV[1] { is_record[$0]; next }
		FILENAME == ARGV[2] { is_file[$0]; next }
		{
			key = key_of($1)
			if (key in is_record && is_built($1, $3, $4, ENVIRON["records"] key))
				print digest, $1, $2
		}' "$plan/records" "$plan/files" "$1" >"$plan/maybe"
	[ ! -s "$plan/maybe" ] || plan_same
	rm -f "$plan/records" "$plan/files" "$plan/maybe" "$plan/now"
}

# plan_same - of those that may be built, which ones have a bundle that did not
# change
plan_same() {
	(
		set -f; IFS=$nl
		# shellcheck disable=SC2046 # one a line
		set -- $(cut -f 3 "$plan/maybe")
		bundle_digests "$plan/digests" "$@"
	) >"$plan/now" || {
		say 'bundles could not be read; what is built is not known'
		return 0
	}
	paste "$plan/now" "$plan/maybe" | awk -F '\t' '$1 == $2 { print $3 }'
}

# plan_known - every name that apt can install in the instance of the branch, and
# what the branch's own packages have.  When that is known there is a mark, "apt";
# else plan_blind says why not.
plan_known() {
	plan_blind='there is no instance yet'
	plan_top=$(ref_get "instance/$plan_branch") || return 0
	plan_blind='it takes root to ask apt'
	[ ! "$dry" ] || plan_blind='-n does not ask apt'
	plan_names=$work_dir/cache/names/$plan_top
	if [ ! -r "$plan_names" ]; then
		[ ! "$dry" ] && [ "$(id -u)" -eq 0 ] || return 0
		plan_blind='apt could not be asked'
		(names_look >&2) && [ -r "$plan_names" ] || return 0
	fi
	plan_blind=''
	: >"$plan/apt"
	cat "$plan_names"
	packages=$work_dir/output/$plan_branch/Packages
	[ "${repo_use-yes}" != yes ] || [ ! -r "$packages" ] || names_in "$packages"
}

# names_in FILE - the names of packages, and what they provide, in an index of apt
names_in() {
	awk -F '[:,] *' '
		/^(Package|Provides): / {
			gsub(/ *\([^)]*\)/, "")
			for (i = 2; i <= NF; i++)
				if (!seen[$i]++)
					print $i
		}' "$1"
}

# names_look - writes plan_names, as apt in the instance has them.  A process of its
# own, so its locks end with it.
names_look() {
	names=$work_dir/cache/names
	lock_take 8 names wait 'another looks up what apt can install'
	[ ! -r "$plan_names" ] || return 0
	rm -rf --one-file-system "$names/new"	# of one that was killed
	mkdir -p "$names/new/root" "$names/new/upper" "$names/new/work" "$names/new/output"
	lock_take 7 layers wait-shared 'layers are being removed'
	root_begin "$names/new" "$(stack_of "$plan_top")"
	root_bind "$names/new/output" /buildroot/output
	root_network=no root_log=$names/new/log
	progress_begin "look up what apt can install"
	names_code=0; in_root /buildroot/toolbox/known_names || names_code=$?
	progress_end
	if [ "$names_code" -eq 0 ] && [ -f "$names/new/output/names" ] && [ ! -L "$names/new/output/names" ]; then
		names_keep
	else
		say "branch $plan_branch: what apt can install could not be looked up (code $names_code)"
		tail -n 3 "$names/new/log" | tr -c '[:print:]\n' '?' >&2
	fi
	rm -rf --one-file-system "$names/new"
}

# names_keep - what no instance stands on any more goes
names_keep() {
	names_in "$names/new/output/names" >"$names/new/names"
	mv -T "$names/new/names" "$plan_names"
	for name in "$names"/*; do
		name=${name##*/}
		grep -qxF -e "$name" "$work_dir"/ref/instance/* || [ "$name" = new ] || rm -f "$names/$name"
	done
}

# plan_times - NAME SECONDS KIB of what was built before, the quickest first: the
# last time that it went well, here rather than for another branch
plan_times() {
	[ -r "$work_dir/history" ] || return 0
	# ENDED UNITNAME BRANCH ARCH VERSION VERDICT WALL_US CPU_US PEAK_KIB JOB
	branch=$plan_branch arch=$arch awk -F '\t' -v OFS='\t' '
		$4 == ENVIRON["arch"] && $6 == "ok" {
			here = $3 == ENVIRON["branch"]
			if (here < was_here[$2] + 0)
				next
			was_here[$2] = here
			wall[$2] = $7
			peak[$2] = $9
		}
		END {
			for (name in wall)
				printf "%s\t%.3f\t%.0f\n", name, wall[name] / 1e6, peak[name]
		}' "$work_dir/history" | LC_ALL=C sort -t '	' -k 2,2n -k 1,1
}

# plan_joined - what --with-deps brought in, and is built already, is not shown
plan_joined() {
	[ "${opt_with_deps-}" ] || return 0
	awk -F '\t' -v OFS='\t' '
		FILENAME == ARGV[1] { wanted[$1]; next }
		!($1 in wanted) && $6 != "built" { print $1, $2, $5, $4 }' \
	    "$plan/wanted" "$plan/units" >"$plan/joined"
	if [ -s "$plan/joined" ]; then
		plan_built "$plan/joined" >"$plan/gone"
		if [ -s "$plan/gone" ]; then
			cat "$plan/gone" >>"$plan/built"
			plan_units
		fi
	fi
	rm -f "$plan/joined" "$plan/gone"
}
