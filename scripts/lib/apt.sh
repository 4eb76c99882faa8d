# shellcheck shell=sh
# What apt downloads, outside the layers: each container has an archives folder of its
# own, so apt's lock is never in the way.  Where apt runs for us, in what nobody but the
# branch's own mirrors has touched, the files that it is about to install come from the
# cache as far as they are there: by name and SHA256, as that very apt has said before
# anything else ran.  What it downloaded goes back under the SHA256 that aoinb-layer(1)
# computes of it.  A build has nothing of the cache, and brings nothing into it.

# apt_lend FOLDER [SET] - an empty archives folder in FOLDER; with SET, lines of file and
# SHA256, one that has these as far as we have them
apt_lend() {
	[ ! "$dry" ] || return 0
	layer_do debs-lend -- "$@" || exit
}

# apt_bind FILE FOLDER - the container described by FILE sees it
apt_bind() {
	root_bind "$1" "$2/archives" /var/cache/apt/archives
	[ ! -d "$2/debs" ] || root_bind "$1" "$2/debs" /buildroot/debs ro
}

# apt_keep FOLDER - what apt added goes into the cache, and the folder goes
apt_keep() {
	[ ! "$dry" ] && [ -d "$1/archives" ] || return 0
	layer_do debs-keep --debs-max-size="$conf_apt_max_size_kib" -- "$1" ||
		note 'what apt downloaded will be downloaded again'
}

# apt_proxies FILE - the container described by FILE has the proxies of the environment,
# and for apt that of the configuration
apt_proxies() {
	for apt_variable in http_proxy https_proxy all_proxy no_proxy; do
		eval "apt_value=\${$apt_variable-}"
		[ ! "$apt_value" ] || root_set "$1" run "env=$apt_variable=$apt_value"
	done
	[ "$conf_apt_proxy" ] || return 0
	[ "$dry" ] || printf 'Acquire::%s::Proxy "%s";\n' http "$conf_apt_proxy" https "$conf_apt_proxy" >"$1.apt" ||
		die 74 "$1.apt: cannot be written"
	root_bind "$1" "$1.apt" /buildroot/apt.conf ro
	root_set "$1" run env=APT_CONFIG=/buildroot/apt.conf
}

# apt_stale LOG BRANCH - whether apt failed since its lists are older than what the mirror
# has; that is said
apt_stale() {
	apt_code=0
	layer_do why -- "$1" "$2" >/dev/null 2>&1 || apt_code=$?
	[ "$apt_code" -eq 75 ] || return 1
	say "branch $2: the mirror has changed meanwhile; its lists are fetched again"
	: >"$1"
}
