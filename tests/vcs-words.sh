# shellcheck shell=sh
# The words of vcs.t and its bench: repositories of every kind below ./served, and
# real servers for them on loopback.  Sets http, git, svn, hg, bzr and fossil, the
# URLs that repositories lie below.

export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_ALLOW_PROTOCOL=file:http:git \
    GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org \
    GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org \
    HGRCPATH="" HGUSER=a BRZ_EMAIL='a <a@example.org>' BRZ_HOME="$scratch" BRZ_LOG=/dev/null \
    FOSSIL_HOME="$scratch" USER=root
unset GIT_DIR GIT_WORK_TREE

# git_repo NAME - a working repository, whose .git is served as NAME.git
git_repo() {
	mkdir -p "work/$1" served/git
	git init -q -b main "work/$1"
	ln -s "$scratch/work/$1/.git" "served/git/$1.git"
	git -C "work/$1" config http.receivepack false
}

# git_commit NAME TEXT - a commit, with a file of that name
git_commit() {
	echo "$2" >"work/$1/$2"
	git -C "work/$1" add -A
	git -C "work/$1" commit -q -m "$2"
}

# git_module NAME URL PATH OF [SUBNAME] - a commit in NAME, with a submodule at PATH,
# which is on the newest commit of the repository OF; URL may be anything
git_module() {
	git -C "work/$1" config -f .gitmodules "submodule.${5:-$3}.path" "$3"
	git -C "work/$1" config -f .gitmodules "submodule.${5:-$3}.url" "$2"
	git -C "work/$1" add .gitmodules
	git -C "work/$1" update-index --add --cacheinfo "160000,$(git -C "work/$4" rev-parse HEAD),$3"
	git -C "work/$1" commit -q -m "with $3"
}

git_make() {
	git_repo inner; git_commit inner inner
	git_repo sub; git_commit sub sub
	git_module sub ../inner.git in inner
	git_repo repo; git_commit repo one
	git -C work/repo tag v1
	git_commit repo two
	git -C work/repo tag -a -m 'annotated' v2
	git -C work/repo checkout -q --detach
	git_commit repo lost; lost=$(git -C work/repo rev-parse HEAD)
	git_commit repo hidden; hidden=$(git -C work/repo rev-parse HEAD)
	git -C work/repo update-ref refs/changes/1 "$hidden"
	git -C work/repo checkout -q -b side v1
	git_module repo ../sub.git deep/sub sub
	git -C work/repo checkout -q -f main
}

svn_make() {
	mkdir -p served/svn/import/trunk
	svnadmin create served/svn/repo
	echo one >served/svn/import/trunk/one
	svn -q import -m one served/svn/import "file://$scratch/served/svn/repo"
	svn -q co "file://$scratch/served/svn/repo/trunk" work/svn
	echo two >work/svn/two
	svn -q add work/svn/two
	svn -q commit -m two work/svn
}

hg_make() {
	hg -q init served/hg
	for word in one two; do
		echo "$word" >"served/hg/$word"
		hg -q -R served/hg commit -A -m "$word" "served/hg/$word"
		hg -q -R served/hg tag "v-$word"
	done
	hg_one=$(hg -R served/hg log -r v-one -T '{node}')
}

bzr_make() {
	mkdir -p served/bzr
	brz init -q served/bzr/repo
	for word in one two; do
		echo "$word" >"served/bzr/repo/$word"
		brz add -q "served/bzr/repo/$word"
		brz commit -q -m "$word" served/bzr/repo
	done
	ln -s repo served/bzr/bzr
}

fossil_make() (
	mkdir -p served/fossil work/fossil
	fossil init "$scratch/served/fossil/repo.fossil" >/dev/null
	cd work/fossil || exit
	fossil open "$scratch/served/fossil/repo.fossil" >/dev/null
	for word in one two; do
		echo "$word" >"$word"
		fossil add "$word" >/dev/null
		fossil commit -m "$word" --tag "v-$word" --no-warnings >/dev/null
	done
)

# port - a free one
port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# serve NAME PORT PROG [ARG]... - PROG in the background, until it listens at PORT;
# serve_end NAME ends it
serve() {
	serve_name=$1 serve_port=$2; shift 2
	setsid "$@" >"$serve_name.serve" 2>&1 </dev/null &
	echo $! >"$serve_name.pid"
	later "serve_end $serve_name 2>/dev/null"
	wait_for 10 python3 -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])))' \
	    "$serve_port" 2>/dev/null || sed 's/^/# /' "$serve_name.serve"
}

# serve_end NAME... - and all that it started
serve_end() {
	for server; do
		[ -e "$scratch/$server.pid" ] || continue
		env kill -s KILL -- "-$(cat "$scratch/$server.pid")"
		rm "$scratch/$server.pid"
	done
}

http_serve() {
	serve_end http	# one at a time: only the last would be ended
	: >requests
	rm -f port
	setsid "$top/tests/vcs-server" "$scratch/served" port requests >http.serve 2>&1 &
	echo $! >http.pid
	later 'serve_end http 2>/dev/null'
	wait_for 10 test -s port || sed 's/^/# /' http.serve
	http=http://127.0.0.1:$(cat port)
}

# servers - one of each kind
servers() {
	http_serve
	git_port=$(port)
	serve git "$git_port" git daemon --reuseaddr --listen=127.0.0.1 --port="$git_port" \
	    --export-all --base-path="$scratch/served/git"
	git=git://127.0.0.1:$git_port
	svn_port=$(port)
	serve svn "$svn_port" svnserve --daemon --foreground --listen-host 127.0.0.1 \
	    --listen-port "$svn_port" --root served/svn
	svn=svn://127.0.0.1:$svn_port
	hg_port=$(port)
	serve hg "$hg_port" hg serve -R served/hg --address 127.0.0.1 --port "$hg_port" --prefix work
	hg=http://127.0.0.1:$hg_port/work
	bzr_port=$(port)
	serve bzr "$bzr_port" brz serve --listen=127.0.0.1 --port="$bzr_port" --directory=served/bzr
	bzr=bzr://127.0.0.1:$bzr_port
	fossil_port=$(port)
	serve fossil "$fossil_port" fossil server --localhost --port "$fossil_port" served/fossil/repo.fossil
	fossil=http://127.0.0.1:$fossil_port
}
