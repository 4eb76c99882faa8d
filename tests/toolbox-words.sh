# shellcheck shell=sh
# The words of toolbox.t: bundles, tables of sources and containers.  All lie in
# the scratch folder, and what is called NAME is NAME, NAME.table, NAME.src.

box_over=base box_table='' box_spec='' box_env='' box_backend=native
mkdir cache

# boxed_over base|tools - what the next containers stand on
boxed_over() { box_over=$1; }

# boxed_table FILE|'' - the table of sources the next containers see
boxed_table() { box_table=$1; }

# boxed_spec FILE|'' - what the host says of the spec in the next containers
boxed_spec() { box_spec=$1; }

# boxed_env [NAME=VALUE]... - set in the next containers; values without spaces
boxed_env() {
	box_env=
	for pair; do box_env="$box_env -e $pair"; done
}

box_groups=$(aoinb-spec --groups -a "$arch" | tr '\n' ' ')

# boxed BOX BUNDLE PROG [ARG]... - PROG in a container, with the folders of the
# contract in place; changes stay in BOX/upper, results in BOX/output
boxed() {
	box=$scratch/$1 bundle=$2; shift 2
	case $bundle in /*) ;; *) bundle=$scratch/$bundle ;; esac
	for dir in bundle toolbox cache output build; do
		mkdir -p "$box/upper/buildroot/$dir"
	done
	mkdir -p "$box/output" "$box/work" "$box/root"
	# shellcheck disable=SC2086 # words
	set -- aoinb-run --backend="$box_backend" --network=yes -e SOURCE_DATE_EPOCH=1700000000 -e "AOINB_ARCH=$arch" \
	    -e "AOINB_ARCH_GROUPS=$box_groups" \
	    -e 'AOINB_MAINTAINER=A Tester <tester@example.org>' $box_env "$box/root" "$@"
	set -- -b "$bundle:/buildroot/bundle:ro" -b "$top/toolbox:/buildroot/toolbox:ro" \
	    -b "$scratch/cache:/buildroot/cache:ro" -b "$box/output:/buildroot/output" \
	    "$box/root" "$@"
	if [ -n "$box_table" ]; then
		: >"$box/upper/buildroot/sources"
		set -- -b "$(realpath "$box_table"):/buildroot/sources:ro" "$@"
	fi
	if [ -n "$box_spec" ]; then
		: >"$box/upper/buildroot/spec.env"
		set -- -b "$(realpath "$box_spec"):/buildroot/spec.env:ro" "$@"
	fi
	set -- -l "$base" -u "$box/upper" -w "$box/work" --volatile "$@"
	[ "$box_over" = base ] || set -- -l "$tools/upper" "$@"
	aoinb-mount "$@"
}

# tools_layer [NAME PACKAGE...] - a layer over base with these packages, or with what the
# bundles' BUILDDEPs name, and an apt that knows its packages; made once, and kept beside
# the base
tools_layer() {
	[ $# -gt 0 ] || set -- toolbox-tools autoconf automake cmake meson ninja-build \
	    python3-build python3-installer python3-setuptools python3-wheel wget
	tools=$top/build/$1; shift
	exec 9>"$tools.lock"
	flock 9
	if [ "$(cat "$tools/packages" 2>/dev/null)" != "$*" ] ||
	    [ -n "$(find "$base" -maxdepth 0 -newer "$tools/packages")" ]; then
		rm -rf --one-file-system "$tools" "$tools.part"
		boxed layer / sh -c 'apt-get -q update && apt-get -q -y --no-install-recommends \
		    install "$@"' apt "$@" >layer.log 2>&1 </dev/null 9>&- || {
			tail -n 20 layer.log | sed 's/^/# /'
			return 1
		}
		rm -rf layer/upper/buildroot
		mkdir "$tools.part"
		mv layer/upper "$tools.part/"
		echo "$*" >"$tools.part/packages"
		mv "$tools.part" "$tools"
	fi
	exec 9>&-
}

# cache_add FILE NAME - have NAME in the cache
cache_add() {
	cp "$1" "cache/$2"
}

# source_make NAME DIR - cache NAME.tar.gz, which holds DIR as NAME/
source_make() {
	tar -czf "cache/$1.tar.gz" --sort=name --mtime=@1600000000 --owner=0 --group=0 \
	    --numeric-owner --transform "s,^\.,$1," -C "$2" .
}

# table NAME 'TYPE NAME [OPTIONS URL]'... - the table of sources that a host
# would give for that bundle
table() {
	of=$1 n=0; shift
	for source; do
		n=$((n + 1))
		echo "$source" | while read -r type name options url; do
			path=$name
			case $type in tarball | file) ;; *) path=- ;; esac
			printf '%s\t%s\tSKIP\t%s\t%s\t%s\t%s\n' "$n" "$type" "$name" \
			    "${options:--}" "${url:-https://sources.invalid/$name}" "$path"
		done
	done >"$of.table"
}

# bundle NAME SPEC [DEFINES] - make a bundle anew, noarch, called "thing"
bundle() {
	rm -rf "$1"
	mkdir -p "$1/autobuild"
	printf '%s\n' "$2" >"$1/spec"
	printf '%s\n' 'PKGNAME=thing' ${3:+'PKGSEC=misc' 'PKGDES="A thing"' 'ABHOST=noarch'} \
	    ${3:+"$3"} >"$1/autobuild/defines"
}

# build NAME WHICH JOBS BACKEND - build bundles.WHICH/NAME in the container
# NAME.WHICH; its code and words go to files of that name
build() (
	aoinb-spec --env -a "$arch" "bundles.$2/$1/spec" >"$1.$2.env" || exit
	boxed_over tools
	boxed_table "$1.table"
	boxed_spec "$1.$2.env"
	boxed_env AOINB_JOBS="$3"
	box_backend=$4 code=0
	boxed "$1.$2" "bundles.$2/$1" /buildroot/toolbox/build.sh \
	    >"$1.$2.log" 2>&1 </dev/null || code=$?
	echo "$code" >"$1.$2.code"
)

# git_make DIR - a repository with a tag, a branch that has a submodule with a
# submodule in it, and a commit that no branch leads to, named by DIR.lost
git_make() (
	export GIT_CONFIG_GLOBAL=/dev/null GIT_ALLOW_PROTOCOL=file \
	    GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org \
	    GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
	work=$scratch/git-work
	git_commit() { git add . && git commit -q -m "$1"; }
	git_new() { mkdir -p "$1" && cd "$1" && git init -q -b main; }

	git_new "$work/inner"; : >inner; git_commit inner
	git_new "$work/sub"; : >sub
	git submodule --quiet add ../inner inner; git_commit sub
	git_new "$work/repo"; : >first; git_commit one; git tag v1
	git checkout -q --detach; : >lost; git_commit lost
	git rev-parse HEAD >"$scratch/$1.lost"
	git checkout -q -b side v1
	git submodule --quiet add ../sub sub; git_commit side
	git config uploadpack.allowAnySHA1InWant true
	for name in inner sub repo; do
		cp -r "$work/$name" "$scratch/${1%/*}/$name"
	done
)
