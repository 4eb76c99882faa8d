# shellcheck shell=sh
# The words of the tests of the pages: a browser, and something to be seen.

. "$top/tests/serve-words.sh"
need chromium chromedriver python3

browser() {
	"$top/tests/browser" "$@"
}
# browser_start - a browser of this test's own, which may run code of no other origin
browser_start() {
	browser start && later 'browser stop'
}

# holds SECONDS EXPRESSION TEXT - it becomes true in the page
holds() {
	if browser wait "$1" "$2"; then
		report 0 "$3"
	else
		report 1 "$3"
		printf '%s\n' "$2" | sed 's/^/# never: /'
		browser js 'document.querySelector("main").innerText.slice(0, 200)' | tr '\n' ' ' | sed 's/^/# /'; echo
	fi
}

# login TOKEN [PATH] - by the form of a page
login() {
	browser open "$url${2-/}" >load
	browser js '[...document.querySelectorAll("details.who")].forEach((d) => d.open = true)' >none
	browser type 'input[name=token]' "$1\\n"
	browser wait 10 'document.querySelector("#logout")'
}

# worker NAME ARCHS [MORE] - its token in token_NAME; MORE are members of its lease
worker() {
	key "$1"
	eval "token_$1=\$(token \"\$1\" '\"work\"' '\"archs\":[$2],\"trust\":${3-true},\"pubkey\":\"'\"\$(cat \"\$1.pub\")\"'\"')"
}

# begin NAME - the worker asks, and gets a task: sets id, n and lease
begin() {
	eval "bearer=\$token_$1"
	lease "$bearer" '{"version":"0.1.0","cpus":8,"memory_mib":16384,"disk_mib":204800,"slots":2,"load":3.4,"bases":["debian-bookworm"]}' || return
	beat "$2"
}

# beat STEP [CPU-S [KIB]] - a word of who has the lease
beat() {
	curl -fsS -o none -X PUT -H "Authorization: Bearer $lease" "$url/lease/$id.$n/beat" \
	    -d "{\"step\":\"$1\",\"cpu_us\":$((${2-0} * 1000000)),\"peak_kib\":${3-0}}"
}

# send WHAT FILE - log or samples.csv of the lease grow by FILE
send() {
	sent=$(curl -fsSI -H "Authorization: Bearer $lease" "$url/lease/$id.$n/$1" | sed -n 's/^Upload-Offset: *\([0-9]*\).*/\1/Ip')
	size=$(stat -c %s "$2")
	curl -fsS -o none -H "Authorization: Bearer $lease" "$url/lease/$id.$n/$1" -T "$2" \
	    -H "Content-Range: bytes $sent-$((sent + size - 1))/*"
}

# built WORKER NAME VERSION - the lease ends well
built() {
	beat collect 341 812345
	deb "$2" "$3"
	curl -fsS -o none -H "Authorization: Bearer $lease" "$url/lease/$id.$n/output/$2_$3_amd64.deb" -T "$2_$3_amd64.deb"
	result "$1" ok 0 "$2_$3_amd64.deb"
	curl -fsS -o none -H "Authorization: Bearer $lease" "$url/lease/$id.$n/result" -T result.dsse
}

# broke WORKER WHY - the lease ends badly
broke() {
	why=$2
	result "$1" failed 1
	why=''
	curl -fsS -o none -H "Authorization: Bearer $lease" "$url/lease/$id.$n/result" -T result.dsse
}

# samples N - what a build used, each three seconds
samples() {
	awk -v n="$1" 'BEGIN {
		print "elapsed_us,user_us,sys_us,mem_kib,tasks,read_bytes,write_bytes,disk_used_kib,disk_free_kib"
		for (i = 1; i <= n; i++) {
			busy = 3.4 + 3 * sin(i / 9) * cos(i / 23)
			user += busy * 2600000; sys += (0.3 + 0.2 * sin(i / 5)) * 3000000
			printf "%d,%d,%d,%d,%d,%d,%d,17200176,83137012\n", i * 3000000, user, sys,
			    220000 + 1400000 * (1 - cos(i / 37)) / 2 + i * 900, 20 + i % 9, i * 4000000, i * 9000000
		}
	}'
}

# log_of NAME - the log of a build that goes well so far
log_of() {
	printf '\n=== 1.0: sources ===\nbuild.sh: unpack %s-1.0.tar.gz\n\n=== 1.0: autobuild ===\n\n--- configure ---\n' "$1"
	for i in 1 2 3 4 5 6 7 8 9; do
		for what in stdio.h stdlib.h string.h memory.h unistd.h sys/types.h dlfcn.h; do
			printf 'checking for %s (%s)... \033[32myes\033[0m\n' "$what" "$i"
		done
	done
	printf '\n--- build ---\n'
	for i in $(seq 160); do
		printf '[%3d/400] cc -O2 -pipe -g -fstack-protector-strong -c src/part%s.c -o part%s.o\n' "$i" "$i" "$i"
		[ $((i % 40)) -ne 7 ] || printf '\033[1msrc/part%s.c:12:9: \033[1;35mwarning: \033[0munused variable \033[1mx\033[0m [-Wunused-variable]\n' "$i"
	done
}

# scene - a server's usual day: sets the numbers ok_id, failed_id, running_id, held_id
scene() {
	worker atlas '"amd64"'; worker borea '"amd64"'; worker cedar '"amd64"' false; worker delta '"arm64","loongarch64"'
	for name in zlib curl hello ninja llvm openssl gtk4; do
		bundle "$name"
	done
	samples 140 >used
	for version in 1.2-0 1.2-1 1.3-0; do
		task zlib >none; begin atlas build; log_of zlib >log; send log log; send samples.csv used
		built atlas zlib $version
	done
	ok_id=$id
	task curl >none; begin borea build; log_of curl >log; send log log; built borea curl 8.9.1-0
	task openssl '{"branch":"stable","group":"core"}' >none; begin cedar build; log_of openssl >log; send log log; built cedar openssl 3.0.15-0
	held_id=$id
	task ninja >none; begin borea build
	{
		log_of ninja
		printf 'src/graph.cc: In function \033[1mint main()\033[0m:\nsrc/graph.cc:88:14: \033[1;31merror: \033[0m'
		printf '\033[1mDepfile\033[0m was not declared in this scope\n   88 |         for (\033[1;31mDepfile\033[0m &d : all)\n'
		printf 'ninja: build stopped: subcommand failed.\n'
	} >log
	send log log; send samples.csv used; beat build 95 422000
	broke borea 'src/graph.cc:88:14: error: Depfile was not declared in this scope'
	failed_id=$id
	task llvm >none; begin atlas run; running_id=$id
	log_of llvm >log; send log log; send samples.csv used; beat run 1290 1912345
	cp given running.given
	running_lease=$lease
	task hello >none; begin borea deps
	task gtk4 '{"branch":"stable","arch":"arm64"}' >none; begin delta fetch
	task gtk4 '{"branch":"other","arch":"loongarch64"}' >none
	task curl '{"branch":"stable","arch":"arm64","needs":{"cpus":64}}' >none
	task ninja '{"branch":"stable","arch":"riscv64"}' >none
	admin /builder/delta/drain -X PUT -d '{"why":"disk is being replaced"}'
}
