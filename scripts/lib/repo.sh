# shellcheck shell=sh
# The repository of a branch: work_dir/output/BRANCH is a flat one, for apt, with an
# index that is made by apt-ftparchive(1).  aoinb-repo(7) tells what lies there.
#
# A client must find what a Release names, whenever it read that.  So each index
# also lies in by-hash/ under its digest, where a few old ones stay, and a Release
# gets its name only after them.

repo_generations=8

# repo_bind BRANCH - the container sees it at /buildroot/repo, read-only
repo_bind() {
	[ "$repo_use" = yes ] || return 0
	[ "$dry" ] || [ -d "$work_dir/output/$1" ] || mkdir -p "$work_dir/output/$1"
	root_bind "$work_dir/output/$1" /buildroot/repo ro
}

# repo_names BRANCH - sets repo_out, where it lies; repo_new, what is to get a name
# there; repo_cache, what apt-ftparchive knows and says
repo_names() {
	repo_out=$work_dir/output/$1
	repo_new=$repo_out/.new
	repo_cache=$work_dir/cache/repo/$1
}

# repo_lock BRANCH - for whoever puts packages there, takes some away, or indexes
repo_lock() {
	lock_take 6 "repo.$1" wait "the packages of $1 are being indexed"
}

# repo_update BRANCH - makes its index anew
repo_update() {
	repo_lock "$1"
	repo_index "$1"
	lock_drop 6
}

# repo_newer NEW OLD - NEW, which replaces OLD, does not have its time.  apt-ftparchive
# sees by that, in whole seconds, that it is another file.
repo_newer() {
	[ ! -e "$2" ] || repo_times=$(stat -c %Y "$1" "$2")
	[ ! -e "$2" ] || [ "${repo_times%"$nl"*}" != "${repo_times#*"$nl"}" ] ||
		touch -d "@$((${repo_times%"$nl"*} + 1))" "$1"
}

# repo_index BRANCH - the index becomes one of the packages that are there.  The
# caller holds the lock.  What is no package is left out and said: then repo_bad is 1.
# What is older than [repo] keep leaves the index, then the folder: repo_pruned.
# What goes wrong ends the program, and the index before it stays.
repo_index() {
	repo_branch=$1 repo_bad='' repo_pruned=''
	repo_names "$1"
	[ -d "$repo_cache" ] && [ -d "$repo_new" ] && [ -d "$repo_out/by-hash/SHA256" ] ||
		mkdir -p "$repo_cache" "$repo_new" "$repo_out/by-hash/SHA256" ||
		die 73 "$repo_out: no index can be made there"
	repo_list >"$repo_cache/list"
	repo_packages
	repo_release
	repo_publish
	repo_remove
}

# repo_failed CODE TEXT
repo_failed() {
	die "$1" "repository $repo_branch: $2; its index stays as it was"
}

# repo_left_out FILE TEXT
repo_left_out() {
	say "repository $repo_branch: $1: $2; left out"
	repo_bad=1
}

# repo_list - the files to index, sorted.  apt-ftparchive, left to itself, takes
# those in folders too, and waits for a pipe.
repo_list() {
	for deb in "$repo_out"/*.deb; do
		if name_ok "${deb##*/}" && [ -f "$deb" ] && [ ! -L "$deb" ]; then
			printf '%s\n' "${deb##*/}"
		elif [ -e "$deb" ] || [ -L "$deb" ]; then
			repo_left_out "${deb##*/}" 'not a file that a package can be in, or not a name for one'
		fi
	done
}

# repo_packages - makes Packages.  A database that a killed one left behind, or that
# cannot be read, is made anew.
repo_packages() {
	read -r repo_state 2>/dev/null <"$repo_cache/state" || repo_state=none
	[ "$repo_state" = whole ] || rm -f "$repo_cache/db"
	repo_describe && repo_filter || {
		note "repository $repo_branch: $repo_said; tries again with a new database"
		rm -f "$repo_cache/db"
		repo_describe && repo_filter || repo_failed 74 "apt-ftparchive: $repo_said"
	}
	while IFS='	' read -r deb why; do
		repo_left_out "$deb" "${why%; }"
	done <"$repo_cache/left"
	# Of 5,000 packages level 6 takes nine times as long, and saves a fifth.
	xz -0 -c "$repo_new/Packages" >"$repo_new/Packages.xz" ||
		repo_failed 74 'Packages.xz cannot be written'
}

# repo_describe - apt-ftparchive reads the packages.  What it has read once it knows
# from its database, as long as the file keeps its time; without AlwaysStat, for ever.
repo_describe() {
	echo changing >"$repo_cache/state"
	: >"$repo_cache/raw"
	case $repo_out in *\"*) repo_failed 78 "$repo_out: apt-ftparchive takes no quote in a path" ;; esac
	printf '%s\n' "Dir { ArchiveDir \"$repo_out\"; FileListDir \"$repo_cache\"; CacheDir \"$repo_cache\"; };" \
	    'Default { Packages::Compress "."; };' \
	    "BinDirectory \".\" { Packages \"$repo_cache/raw\"; Contents \" \"; FileList \"list\"; BinCacheDB \"db\"; };" \
	    >"$repo_cache/conf"
	repo_said='it failed'
	apt-ftparchive -q -o APT::FTPArchive::AlwaysStat=true -o APT::FTPArchive::MD5=false \
	    -o APT::FTPArchive::SHA1=false -o APT::FTPArchive::SHA512=false \
	    generate "$repo_cache/conf" >"$repo_cache/out" 2>"$repo_cache/err" || return
	echo whole >"$repo_cache/state"
}

# repo_filter - Packages, left and prune, from what it wrote
repo_filter() {
	: >"$repo_cache/left"
	: >"$repo_cache/prune"
	repo_said=$(awk -f "$here/lib/repo.awk" -v keep="$repo_keep" -v left="$repo_cache/left" \
	    -v prune="$repo_cache/prune" part=err "$repo_cache/err" part=list "$repo_cache/list" \
	    part=raw "$repo_cache/raw" 2>&1 >"$repo_new/Packages")
}

# repo_old - the files that prune would remove
repo_old() {
	[ ! -e "$repo_out/Packages" ] || awk -f "$here/lib/repo.awk" -v keep="$repo_keep" \
	    -v left=/dev/null -v prune=/dev/stderr part=raw "$repo_out/Packages" 2>&1 >/dev/null |
	    while read -r deb; do
		printf '%s\n' "$repo_out/$deb"
	done
}

# repo_release - makes Release, with the signatures: sets repo_made, what is to be
# put in place, Release last
repo_release() {
	for left in "$repo_new"/Release* "$repo_new/InRelease"; do
		[ ! -e "$left" ] || rm -f "$left"	# of one that was killed
	done
	release=$(apt-ftparchive -o APT::FTPArchive::MD5=false -o APT::FTPArchive::SHA1=false \
	    -o APT::FTPArchive::SHA512=false -o APT::FTPArchive::Release::Origin=aoinb \
	    -o APT::FTPArchive::Release::Label=aoinb -o APT::FTPArchive::Release::Suite="$repo_branch" \
	    -o APT::FTPArchive::Release::Codename="$repo_branch" \
	    -o APT::FTPArchive::Release::ValidTime="$(seconds "$repo_valid")" \
	    -o APT::FTPArchive::Release::Acquire-By-Hash=yes release "$repo_new" 2>&1) ||
		repo_failed 74 "apt-ftparchive: $release"
	printf '%s\n' "$release" >"$repo_new/Release" || repo_failed 74 'Release cannot be written'
	repo_made='Packages Packages.xz Release'
	[ ! "$repo_sign" ] || {
		need_tool gpg gnupg
		repo_gpg InRelease --clearsign
		repo_gpg Release.gpg --detach-sign
		repo_made='Packages Packages.xz InRelease Release.gpg Release'
	}
}

# repo_gpg FILE OPTION - a signature of Release.  gpg may leave an agent behind, which
# must not hold our locks.
repo_gpg() {
	repo_file=$1
	set -- gpg --batch --yes --quiet --armor "$2" --output="$repo_new/$1"
	for key in $repo_sign; do
		set -- "$@" --local-user="$key"
	done
	"$@" "$repo_new/Release" 2>"$repo_cache/err" </dev/null 6>&- 9>&- || {
		repo_said=$(sed -n '/^gpg: signing failed: /s///p; /^gpg: no default/s/^gpg: //p' "$repo_cache/err" | tail -n 1)
		repo_failed 69 "cannot be signed by $repo_sign: ${repo_said:-$(tail -n 1 "$repo_cache/err")}"
	}
}

# repo_publish - what is named by Release first, by its digest; then all of it under
# its name, Release last
repo_publish() {
	in_sha256='' repo_digests=' '
	while read -r digest bytes file; do
		case $digest:$file in
		SHA256:*) in_sha256=1 ;;
		*:Packages|*:Packages.xz)
			[ "$in_sha256" ] || continue
			ln -f "$repo_new/$file" "$repo_out/by-hash/SHA256/$digest" ||
				repo_failed 74 'by-hash cannot be written'
			repo_digests="$repo_digests$digest " ;;
		esac
	done <"$repo_new/Release"
	for file in InRelease Release.gpg; do	# those of another Release
		[ "$repo_sign" ] || [ ! -e "$repo_out/$file" ] || rm -f "$repo_out/$file"
	done
	set --
	for file in $repo_made; do
		set -- "$@" "$repo_new/$file"
	done
	mv -f -t "$repo_out" "$@" || repo_failed 74 'its files cannot be replaced'
}

# repo_remove - what no index names any more
repo_remove() {
	[ ! -s "$repo_cache/prune" ] || {
		while read -r deb; do
			rm -f "$repo_out/$deb"
			repo_pruned="$repo_pruned$repo_out/$deb$nl"
		done <"$repo_cache/prune"
		apt-ftparchive -q clean "$repo_cache/conf" >"$repo_cache/out" 2>&1 ||
			rm -f "$repo_cache/db"
	}
	# Not each time: it takes four programs.
	set -- "$repo_out"/by-hash/SHA256/*
	[ $# -gt $((repo_generations * 4)) ] || return 0
	find "$repo_out/by-hash/SHA256" -type f -printf '%T@ %f\n' | sort -rn |
	    tail -n +$((repo_generations * 2 + 1)) | while read -r _ digest; do
		case $repo_digests in
		*" $digest "*) ;;
		*) rm -f "$repo_out/by-hash/SHA256/$digest" ;;
		esac
	done
}
