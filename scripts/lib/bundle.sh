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
	name=$(cd -- "$1" && pwd); name=${name##*/}
	name_ok "$name" || name=$(printf '%s' "$name" | tr -c 'a-zA-Z0-9._+~@' '_' | sed 's/^\./_/')
}

# job_freeze BUNDLE BRANCH [SETTING]... - the job's own copies of what it is made
# from, so that nothing changes under it
job_freeze() {
	freeze_bundle=$1 branch=$2; shift 2
	[ ! "$dry" ] || return 0
	echo "$branch" >"$job/branch"
	freeze_bundle=$(readlink -e -- "$freeze_bundle")
	echo "$freeze_bundle" >"$job/bundle.path"
	[ -e "$job/unit" ] || { bundle_unit "$freeze_bundle"; echo "$unit" >"$job/unit"; }
	aoinb-conf --conf="$conf_dir" "$@" ini >"$job/job.ini"
	# Links stay links: one that leads out of the bundle leads nowhere in the
	# container, instead of bringing a file of the host in.
	cp -a --no-preserve=ownership -- "$freeze_bundle/." "$job/bundle" ||
		die 74 "bundle $freeze_bundle: cannot be copied"
	bundle_check "$job/bundle"
}

# bundle_unit DIR - sets unit, by which DIR, an absolute path, is known: category/name
# in the tree, else the path, with blanks and "%" as in a URL
bundle_unit() {
	if [ "$tree_path" ] && unit_tree=$(readlink -e -- "$tree_path"); then
		unit=${1#"$unit_tree"/}
		[ "$unit" = "$1" ] || ! name_ok "${unit%%/*}" || ! name_ok "${unit#*/}" || return 0
	fi
	unit=$1
	case $unit in
	*[\ %]*) unit=$(printf '%s' "$unit" | sed 's/%/%25/g; s/ /%20/g') ;;
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

# bundle_digests FOLDER DIR... - a digest of each bundle, in their order, a line
# each: of the names of its files and links, whether a file may be executed, and
# what is in it or where a link leads.  One program reads all files, since a group
# may have a thousand bundles.  DIRs are absolute; FOLDER is made, for scratch.
bundle_digests() {
	digests=$1; shift
	rm -rf --one-file-system "$digests"
	mkdir -p "$digests/n" || return
	# A name may hold anything, so it comes between NULs and is escaped behind them.
	find -H "$@" -type d -printf 'd\0%P\0\0' \
	    -o -type l -printf 'l\0%P\0%l\0' \
	    -o -type f -printf 'f\0%P\0%m\0' -fprint0 "$digests/files" >"$digests/raw" &&
		xargs -0 -r -a "$digests/files" sha256sum -b -- >"$digests/sums" || return
	sed -z 's/\\/\\\\/g; s/\n/\\n/g; s/\t/\\t/g' "$digests/raw" | tr '\0' '\n' |
	    paste - - - | sums=$digests/sums into=$digests/n/ awk -F '\t' -v OFS='\t' '
		$1 == "d" && $2 == "" {
			n++
			# A bundle may have no file at all.
			printf "" >(ENVIRON["into"] n)
			close(ENVIRON["into"] n)
			next
		}
		$1 == "l" { print n, $2, "link", $3 }
		$1 == "f" {
			getline sum <ENVIRON["sums"]
			sub(/^\\/, "", sum)
			print n, $2, ($3 ~ /[1357]/ ? "program" : "file"), substr(sum, 1, 64)
		}' | LC_ALL=C sort -t '	' -k 1,1n -k 2 | into=$digests/n/ awk '
		BEGIN { FS = "\t" }
		$1 != n {
			if (n)
				close(ENVIRON["into"] n)
			n = $1
		}
		{ print substr($0, index($0, "\t") + 1) >(ENVIRON["into"] n) }'
	(
		cd "$digests/n" || exit
		seq $# | xargs sha256sum -b
	) | cut -d ' ' -f 1
	rm -rf --one-file-system "$digests"
}
