#!/bin/sh
# The log viewer, in a browser: long and hostile logs, those that grow, and broken connections
. "${0%/*}/lib.sh"
. "$top/tests/web-words.sh"
need nginx

serve_start -D serve_rate=0 -D serve_public=all
me=$(token me '"read","submit","cancel"')
worker atlas '"amd64"'; worker borea '"amd64"'
bundle hello
browser_start
browser size 1400 900

# row N - an expression: the text of that line, as it is shown
row() {
	printf '%s' "(() => { for (const w of document.querySelectorAll('.win')) {
		const at = w.querySelector('.no').textContent.split('\\n').indexOf('$1');
		if (at >= 0) return w.querySelector('.tx').textContent.split('\\n')[at]; } return null; })()"
}
# seen N - whether that line is on the screen
seen() {
	printf '%s' "(() => { for (const w of document.querySelectorAll('.win')) {
		const at = w.querySelector('.no').textContent.split('\\n').indexOf('$1');
		const y = w.getBoundingClientRect().top + 18 * at, box = document.querySelector('.view').getBoundingClientRect();
		if (at >= 0 && y >= box.top - 1 && y <= box.bottom - 10) return true; } return false; })()"
}
# index QUERY FILTER - of the last task's log
index() {
	get "$me" "/task/$id/log/index?$1" "$2"
}

# --- a log that is long and hostile

"$top/tests/log-evil" 60 >evil
lines=$(wc -l <evil)
task hello >none; begin atlas build
curl -fsS -o none -H "Authorization: Bearer $lease" "$url/lease/$id.$n/log" -T evil
ask 200 'it has an index' '' "/task/$id/log/index"
is 'lines are counted'  "$(index '' .lines)" "$lines"
is 'windows fit'        "$(index line=400000 '[.at as $a | range(1; $a | length) | $a[.][0] - $a[. - 1][0]] | max <= 65536 and min > 0')" true
is 'steps are found'    "$(index '' '[.steps[] | "\(.[1]) \(.[3])"] | join(", ")')" \
    '1000 1.0: part 1000, 100000 build, 250000 1.0: part 250000'
offset=$(index line=500000 '.at[.mark - .first][0]')
first=$(index line=500000 '.at[.mark - .first][1]')
is 'a mark is where its line begins' "$(tail -c +$((offset + 1)) evil | head -n 1)" "$(sed -n "${first}{p;q}" evil)"
is 'with the lines before it' "$(head -c "$offset" evil | wc -l)" $((first - 1))
is 'and the colour'     "$(index line=500020 '[.at[] | select(.[1] > 499990 and .[1] <= 500010) | .[2]] | unique | join(" ")' | grep -cE '^(0;1;38;5;1)?$')" 1

browser open "$url/task/$id" >none
holds 60 "$(seen "$lines")" 'it opens at its end'
browser open "$url/task/$id#L500000" >none
holds 60 "$(seen 500000)" 'or at a line'
is 'with its text' "$(browser js "$(row 500000)")" "$(sed -n '500000{p;q}' evil)"
is 'its colour'    "$(browser js "[...document.querySelectorAll('.tx span')].find((s) => s.textContent.includes('line 500000 ')).className")" 's1 f1'
is 'and no other'  "$(browser js "[...document.querySelectorAll('.tx span')].some((s) => /line 5000(1[1-9]|2)/.test(s.textContent))")" false
is 'marked'        "$(browser js "document.querySelectorAll('.hit').length")" 1

# What is shown of lines with all kinds of bytes.
browser open "$url/task/$id#L1011" >none
holds 60 "$(seen 1011)" 'hostile lines'
text() {
	browser js "$(row "$1").replace(/^.*part.c ?/, '')"
}
is 'markup is text'         "$(text 1011)" '<script>window.evil = 1</script><img src=x onerror=window.evil=1>'
is 'links are none'         "$(text 1023)" 'a link and  text'
is 'the last is what stays of what is written over' "$(text 1037)" '100% done'
is 'bytes that are no text' "$(browser js "$(row 1041).replace(/^.*part.c /, '').replaceAll('\ufffd', '?')")" 'a?b ?? ?( ??? 😀 café'
is 'sequences go'           "$(text 1053)" 'bright on dark plain gone '
is 'no text turns round'    "$(browser js "/[\\u202a-\\u202e\\u2066-\\u2069\\u0085]/.test($(row 1067))")" false
is 'nor ends an element'    "$(text 1071)" '</pre></section><a href=javascript:1>&lt;b&gt;&amp;'
is 'nothing ran'            "$(browser js 'window.evil === undefined && document.querySelectorAll("#log .view :is(script, img, a, style)").length == 0')" true
is 'and nothing can'        "$(browser js '(() => { try { document.querySelector("main").innerHTML = "<b>x</b>"; return "it did"; } catch (e) { return e.name; } })()')" TypeError
browser console >none || :	# what it said of that

# Scrolling: what is passed comes and goes.
browser js 'void (document.querySelector(".view").scrollTop = 0)' >none
holds 60 "$(row 500)" 'what is above comes'
is 'each line once, in order' "$(browser js '(() => { const all = [...document.querySelectorAll(".no")].flatMap((n) => n.textContent.split("\n")).map(Number); return all.every((n, i) => !i || n == all[i - 1] + 1); })()')" true
browser js 'void (window.down = setInterval(() => { document.querySelector(".view").scrollTop += 20000; }, 20))' >none
holds 60 'Number(document.querySelector(".no").textContent.split("\n")[0]) > 20000' 'one goes on and on'
browser js 'clearInterval(window.down)' >none
holds 60 'document.querySelectorAll(".win").length <= 25' 'what is passed goes'
is 'still in order' "$(browser js '(() => { const all = [...document.querySelectorAll(".no")].flatMap((n) => n.textContent.split("\n")).map(Number); return all.length > 1000 && all.every((n, i) => !i || n == all[i - 1] + 1); })()')" true
browser open "$url/task/$id#L360000" >none
holds 60 "$(seen 360000)" 'a line that is longer than a window'
browser open "$url/task/$id#L360001" >none
holds 60 "$(seen 360001)" 'and the one behind it'

# Search, in all of it.
ask 200 'a search' '' "/task/$id/log/search?q=needle"
is 'finds'             "$(jq -c '[.hits[].line, .next]' body)" '[350000,null]'
ask 200 'with capitals' '' "/task/$id/log/search?q=NEEDLE"
is 'they count'        "$(jq -c .hits body)" '[]'
ask 200 'of what is everywhere' '' "/task/$id/log/search?q=compiler&line=5000"
is 'in parts'          "$(jq -c '[(.hits | length), .hits[0].line, .next]' body)" '[100,5000,5100]'
ask 400 'for nothing'  '' "/task/$id/log/search?q="
browser type '.seek' 'needle\n'
holds 60 "$(seen 350000)" 'the page goes there'
is 'and lists it'      "$(browser js 'document.querySelector(".found").textContent.startsWith("350000")')" true

# Steps.
browser open "$url/task/$id#L1002" >none
holds 60 "$(seen 1002)" 'a step'
browser click '.fold'
holds 60 'document.querySelector(".fold[aria-expanded=false]")' 'is folded'
is 'with what belongs to it' "$(browser js "$(row 1002) === null && document.querySelector('.fold').textContent")" '▸ 1.0: part 1000 · 249000 lines'
holds 60 "$(row 250001)" 'the next is behind it'
browser click '.fold'
holds 60 "$(row 1002)" 'and is there again'
browser js 'void ((s) => { s.value = "250000"; s.onchange(); })(document.querySelector(".steps"))' >none
holds 60 "$(seen 250000)" 'one is chosen'
browser console >said || :
is 'the console is silent' "$(cat said)" ''

# --- why

result atlas failed 1 >none
log_size=$(stat -c %s evil) result atlas failed 1
curl -fsS -o none -H "Authorization: Bearer $lease" "$url/lease/$id.$n/result" -T result.dsse
task hello >none; begin atlas build
{ seq 3000; printf 'src/a.c:7:3: \033[31merror:\033[0m no such thing\n'; seq 3000; echo 'make: *** [a.o] Error 1'; } >log
send log log
log_size=$(stat -c %s log) broke atlas 'src/a.c:7:3: error: no such thing'
ask 200 'the lines that say why' '' "/task/$id/log/why"
is 'the first' "$(jq -r '.[0] | "\(.line) \(.text)"' body)" '3001 src/a.c:7:3: error: no such thing'
browser open "$url/task/$id" >none
holds 60 "$(seen 6002)" 'a failure is seen from its end'
browser js 'void [...document.querySelectorAll(".tools button")].find((b) => b.textContent == "First error").click()' >none
holds 60 "$(seen 3001)" 'and its first error is found'

# --- a log that grows, behind a proxy that buffers

other=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir ngx
cat >ngx/conf <<END
daemon off; user root; pid $scratch/ngx/pid; error_log $scratch/ngx/err; worker_processes 1; events {}
http { access_log off; client_body_temp_path $scratch/ngx/body; proxy_temp_path $scratch/ngx/proxy;
server { listen 127.0.0.1:$other; location / { proxy_pass $url; proxy_set_header Host \$http_host; } } }
END
nginx -p "$scratch" -c ngx/conf -e ngx/err &
later "kill $!"
through=http://127.0.0.1:$other
wait_for 10 curl -fsS -o none "$through/health"

task hello >none; begin atlas build
seq 2000 >log; cp log whole; send log log
browser open "$through/task/$id" >none
holds 60 "$(seen 2000)" 'who looks at the end'
# grow TEXT - more of the log
grow() {
	printf '%b' "$1" >piece
	cat piece >>whole
	send log piece
}
grow '2001\n2002 caf\0303'
holds 60 "$(row 2002)" 'follows'
grow '\0251 and more\n'
holds 60 "$(row 2002) == '2002 café and more'" 'also what came in the middle of a character'
grow "$(seq -s '\n' 2003 2100)\n"
holds 60 "$(seen 2100)" 'and is at the end again'
browser js 'void (document.querySelector(".view").scrollTop -= 3000)' >none
at=$(browser js 'document.querySelector(".view").scrollTop')
grow "$(seq -s '\n' 2101 2200)\n2201 begins"
holds 60 "$(row 2200)" 'what comes while one reads above'
is 'moves nothing' "$(browser js 'document.querySelector(".view").scrollTop')" "$at"
browser js 'void [...document.querySelectorAll(".tools button")].find((b) => b.textContent == "End").click()' >none
holds 60 "$(seen 2201)" 'until one goes back'

# The server is killed in the middle of a line.
serve_kill
grow_later=' and ends\n2202\n'
holds 60 'document.querySelector("#live").textContent.startsWith("connection lost")' 'a connection that is lost is said'
serve_start -D serve_rate=0 -D serve_public=all
grow "$grow_later"
holds 60 "$(seen 2202)" 'the page goes on by itself'
grow "$(seq -s '\n' 2203 9000)\n"
holds 60 "$(seen 9000)" 'and on'
browser js 'document.querySelector(".view").scrollTop = 0, 1' >none
holds 60 "$(row 1)" 'from the first line'
browser js '[...document.querySelectorAll(".tx")].map((t) => t.textContent).join("")' >shown
is 'nothing is lost, nothing is there twice' "$(head -c -1 shown | cksum)" "$(cksum <whole)"

# By events, as other programs read it: broken off in the middle of a line, and resumed.
# events LAST - what comes in a second, by the proxy
events() {
	curl -sSN --max-time 1 -H 'Accept: text/event-stream' ${1:+-H "Last-Event-ID: $1"} "$through/task/$id/log" 2>none
}
grow 'half a li'
events '' >first
last=$(sed -n 's/^id: //p' first | tail -n 1)
is 'events pass a proxy at once' "$last" "$(stat -c %s whole)"
grow 'ne\nand another\n'
events "$last" >second
cat first second | sed -n 's/^data: //p' | jq -j . >joined
is 'resumed in the middle of a line' "$(cksum <joined)" "$(cksum <whole)"

# --- another attempt

curl -fsS -o none -X PUT -H "Authorization: Bearer $lease" "$url/lease/$id.$n/refuse"
holds 60 'document.querySelector("h1 .st").textContent == "queued"' 'a worker that gives up'
begin borea build
echo 'the second attempt' >log; send log log
holds 60 "$(row 1) == 'the second attempt'" 'the page shows what the next one says'
browser open "$through/task/$id?attempt=1" >none
holds 60 "$(row 9000)" 'the first is there still'

finish
