#!/bin/sh
# The pages of aoinb-serve, in a browser: what they show and do, who may, and how they look
. "${0%/*}/lib.sh"
. "$top/tests/web-words.sh"

serve_start -D serve_rate=0
me=$(token me '"read","submit","cancel"')
scene
browser_start
html='Accept: text/html'

# --- who may look

ask 401 'who has no token'            '' / -H "$html"
says body '<form class=login method=post action="/session?to=%2F">' 'gets a form for one'
ask 401 'also for a task'             '' "/task/$ok_id" -H "$html"
ask 401 'programs get'                '' "/task/$ok_id"
is 'JSON' "$(jq -r .type body)" urn:aoinb:token
ask 200 'one address gives a page'    "$me" "/task/$ok_id" -H "$html"
is 'or JSON' "$(header Content-Type) $(get "$me" "/task/$ok_id" .name)" 'text/html; charset=utf-8 zlib'
is 'with a strict policy' "$(curl -sSI -X GET -H "$html" -H "Authorization: Bearer $me" "$url/" |
    sed -n "s/^Content-Security-Policy: \(default-src 'none'; script-src 'self'\);.*frame-ancestors 'none'.*trusted-types.*/\1/p")" \
    "default-src 'none'; script-src 'self'"
is 'no page has code or style in it' "$(grep -cE '<style|style=|<script>| on[a-z]+=' body)" 0

# --- a session

form='Content-Type: application/x-www-form-urlencoded'
ask 303 'a form with a token'         '' '/session?to=/task/1' -H "$form" -d "token=$me"
is 'leads back' "$(header Location)" /task/1
says head "^Set-Cookie: aoinb=$me; HttpOnly; SameSite=Strict; Path=/" 'with a cookie that scripts cannot read'
ask 303 'to no other server'          '' '/session?to=//example.org/' -H "$form" -d "token=$me"
is 'but to the first page' "$(header Location)" /
ask 303 'nor by a backslash'          '' '/session?to=/%5Cexample.org' -H "$form" -d "token=$me"
is 'but to the first page' "$(header Location)" /
ask 401 'a token that is wrong'       '' '/session?to=/' -H "$form" -d "token=aoinb1_1_$(printf %064d 0)" -H "$html"
says body '<form class=login' 'may be tried again'

# --- another site asks (the browser adds the cookie, as it would to a page that is older than SameSite)

cookie="Cookie: aoinb=$me"
task hello >none; victim=$id
ask 403 'from another site'           '' "/task/$victim/cancel" -X PUT -H "$cookie" -H 'Sec-Fetch-Site: cross-site'
ask 403 'or one beside'               '' "/task/$victim/cancel" -X PUT -H "$cookie" -H 'Sec-Fetch-Site: same-site'
ask 403 'by its Origin'               '' "/task/$victim/cancel" -X PUT -H "$cookie" -H 'Origin: http://evil.example'
ask 403 'also with both'              '' "/task/$victim/cancel" -X PUT -H "$cookie" -H 'Sec-Fetch-Site: same-origin' -H 'Origin: http://evil.example'
ask 403 'or neither'                  '' "/task/$victim/cancel" -X PUT -H "$cookie"
ask 403 'a retry'                     '' "/task/$failed_id/retry" -X POST -H "$cookie" -H 'Origin: null'
ask 403 'a session for its visitor'   '' /session -d "$me" -H 'Origin: http://evil.example'
is 'nothing was done' "$(get "$me" "/task/$victim/status" .state)" queued
ask 200 'from a page of this server'  '' "/task/$victim/cancel" -X PUT -H "$cookie" -H "Origin: $url" -H 'Sec-Fetch-Site: same-origin'
ask 200 'nothing that GETs needs it'  '' "/task/$victim" -H "$cookie"

# --- what is sent can run nothing

for path in "/task/$ok_id/log" "/task/$ok_id/output/zlib_1.3-0_amd64.deb" "/task/$ok_id/samples.csv" "/task/$ok_id/bundle" "/badge/zlib.svg"; do
	ask 200 "$path" "$me" "$path" -H "$html"
	is 'is nothing that runs' "$(header X-Content-Type-Options) $(header Content-Security-Policy)" "nosniff default-src 'none'; sandbox"
done

# --- as a person sees it

login "$me"
browser console >none	# 401, before the token was there
is 'a session' "$(browser js 'document.querySelector(".who").textContent')" me
is 'the overview counts' "$(browser js '[...document.querySelectorAll(".figures b")].map((b) => b.textContent).join()')" '3,3,5,1,3'
is 'and lists' "$(browser js 'document.querySelectorAll("#running tbody tr").length + " " +
    document.querySelector("#failures .why").textContent')" '3 src/graph.cc:88:14: error: Depfile was not declared in this scope'
is 'what waits says why' "$(browser js '[...document.querySelectorAll("#queue tr")].find((r) => r.cells[0].textContent == "riscv64").cells[5].textContent')" \
    'there is no worker for riscv64'
browser open "$url/task?state=ok&limit=2" >none
is 'a list by pages' "$(browser js '[...document.querySelectorAll("tbody tr")].map((r) => r.id).join()')" t5,t4
browser click 'a[rel=next]'
holds 60 'document.querySelector("#t3")' 'has older ones behind it'
is 'of the same kind' "$(browser js '[...document.querySelectorAll("tbody .st")].map((b) => b.textContent).join()')" ok,ok
browser type 'input[name=package]' 'zlib\n'
holds 60 'document.querySelectorAll("tbody tr").length == 3' 'a filter'
browser open "$url/package/zlib" >none
is 'the versions of a package' "$(browser js 'document.querySelector(".matrix td .v").textContent + " " + document.querySelectorAll(".bars rect").length')" '1.3-0 6'
is 'as JSON' "$(get "$me" /package/zlib '[.latest[0].built, (.history | length)] | @csv')" "$ok_id,3"

# What was changed elsewhere comes by itself, and does not take the focus away.
browser open "$url/" >none
holds 60 'document.querySelector("#live").textContent == "live"' 'the overview'
browser js 'document.querySelector(".figures a").focus()' >none
browser js 'window.kept = document.querySelector("#t7")' >none
task curl >none; new=$id
holds 60 'document.querySelector(".figures .queued b").textContent == "4"' 'is true by itself'
is 'what is the same stays' "$(browser js 'window.kept == document.querySelector("#t7") && document.activeElement == document.querySelector(".figures a")')" true
is 'through one stream' "$(browser js 'performance.getEntriesByType("resource").filter((e) => e.name.includes("/events")).length <= 1')" true

# --- what one does

browser open "$url/task/$new" >none
holds 60 'document.querySelector("#live").textContent == "live"' 'a task that waits'
browser click '[data-do$="/cancel"]'
is 'asks before it is cancelled' "$(browser js 'document.querySelector("[data-do$=cancel]").textContent') $(get "$me" "/task/$new/status" .state)" 'Cancel: sure? queued'
browser click '[data-do$="/cancel"]'
holds 60 'document.querySelector("h1 .st").textContent == "cancelled"' 'is cancelled'
holds 60 'document.querySelector("[data-do$=retry]")' 'and can be had again'
browser click '[data-do$="/retry"]'
holds 60 'location.pathname == "/task/'$((new + 1))'"' 'as a task of its own'
browser open "$url/builder/atlas" >none
is 'who is no admin drains nothing' "$(browser js 'document.querySelectorAll("[data-do]").length')" 0
browser click '#logout'
holds 60 'document.querySelector("form.login")' 'logged out'
admin=$(token boss '"admin"')
login "$admin" /builder/atlas
browser click '[data-do$="/drain"]'
holds 60 'document.querySelector("h1 .st").textContent == "drained"' 'an admin does'
browser open "$url/task/$held_id" >none
browser click '[data-do$="/publish"]'; browser click '[data-do$="/publish"]'
holds 60 'document.querySelector(".facts").textContent.includes("done")' 'and lets packages in'
browser console >none

# --- what is where

browser size 1400 900
browser open "$url/task/$ok_id" >none
is 'no part of a page is within another' "$(browser js '[...document.querySelectorAll("section[id]")].filter((s) => s.parentElement.id == "main").map((s) => s.id).join()')" \
    log,plots,outputs,attempts
holds 60 'document.querySelectorAll("#plots canvas").length >= 6' 'what it used is drawn'
is 'beside each other' "$(browser js '(() => { const all = [...document.querySelectorAll(".plots figure")].map((f) => [f.getBoundingClientRect(), f.querySelector("canvas").getBoundingClientRect()]);
    return all.length == 3 && all.every(([f, c]) => c.right <= f.right + 1); })()')" true

# --- for the eye, on a phone and on a desk, and for who has none

at=${shots:-$PWD/shots}
try 0 'every page, narrow and wide, light and dark: names, contrast, focus, order; nothing on the console' \
    browser tour "$at" "$url" / /task "/task/$ok_id" "/task/$failed_id" "/task/$running_id" /builder /builder/atlas /package/zlib
is 'no request left the server' "$(browser requests "$url")" ''
browser size 1400 900
browser open "$url/" >none
is 'the first key leads to the content' "$(browser tab)" 'Skip to the content'
is 'then the pages' "$(browser tab 2)" 'Overview'

# --- without scripts

curl -fsS -H "$html" -H "Authorization: Bearer $me" "$url/task/$failed_id" >page
says page 'src/graph.cc:88:14: error: Depfile was not declared' 'the end of the log is in the page'
is 'as text' "$(grep -c 'Depfile &#38;d : all' page) $(tr -d '\n\t -~' <page | tr -d '\200-\377' | wc -c)" '1 0'
curl -fsS -H "$html" -H "Authorization: Bearer $me" "$url/" | python3 -c '
import html.parser, sys
seen = {"tr": 0}
class P(html.parser.HTMLParser):
    def handle_starttag(self, tag, attrs): seen[tag] = seen.get(tag, 0) + 1
P().feed(sys.stdin.read()); print(seen["tr"] > 10, seen["form"] if "form" in seen else 0)' >got
is 'the overview has its rows' "$(cat got)" 'True 0'

finish
