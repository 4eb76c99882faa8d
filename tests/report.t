#!/bin/sh
# aoinb report: the page of a job, of a group and of a server's attempt; its drawings; and
# what builds write that is meant to become markup
# shellcheck disable=SC2016 # scripts for other shells
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
. "$top/tests/report-words.sh"
need_root
need chromium chromedriver jq rsvg-convert

echo '# a job, and what changed since the one before'
world_new w monitor_interval=1s
bundle_tiny tiny
printf 'sleep 1.2\nhead -c 300000 /dev/urandom >"$PKGDIR"/usr/share/tiny/x\n' >>tiny/autobuild/build
try 0 'a build'                            aoinb -c "$conf" build tiny stable
first=$(basename "$work"/jobs/*tiny)
is 'it wrote down when its steps ran'      "$(cut -f 1 "$work/jobs/$first/steps" | tr '\n' ' ')" \
    'instance fetch deps build collect '
ok 'one behind the other'                  awk -F '\t' '$2 < last || $3 < $2 || $4 != 0 { exit 1 } { last = $3 }' "$work/jobs/$first/steps"
sed -i 's/^VER=1$/VER=2/' tiny/spec
sed -i 's/300000/600000/' tiny/autobuild/build
try 0 'another version'                    aoinb -c "$conf" build tiny stable
try 0 'its report'                         aoinb -c "$conf" report -o tiny.html tiny
page tiny.html 'a job'
shows tiny.html '^tiny 2-0$' '^ok$' '^instance$' '^collect$' '^tiny_2-0_noarch.deb$' '^Since the last build$' \
    "^That was job $first," '^1-0$' '^changed$' '^+[89][0-9.]* %$' 'Processors busy: .* at most' '^base$'
is 'each plot has its words'               "$(grep -c '<svg [^>]*role="img"' tiny.html)" "$(grep -c '<svg [^>]*\(aria-labelledby\|aria-label\)=' tiny.html)"
ok 'parts of the build are marked'         grep -q 'class="mark"' tiny.html
shows tiny.html 'Dotted lines: .*sources; .*autobuild; .*packages'

echo '# drawings'
try 0 'SVG and PNG'                        aoinb -c "$conf" report --svg=a.svg --png=a.png tiny
is 'no page then'                          "$(cat out)" ''
ok 'SVG is well-formed'                    python3 -c 'import xml.dom.minidom; xml.dom.minidom.parse("a.svg")'
is 'PNG is one'                            "$(head -c 8 a.png | od -An -tx1 | tr -d ' ')" 89504e470d0a1a0a
mkdir no
ln -s /bin/sh no/sh
ln -s "$B/bin/aoinb-report" no/aoinb-report
try 69 'without rsvg-convert'              env PATH="$PWD/no" aoinb-report -w "$work" --png=b.png tiny
says err 'install librsvg2-bin'            'says what to do'
try 0 'a chart'                            aoinb -c "$conf" log --usage tiny
says out '^Memory, .* at most$'            'of memory'
says out '█'                               'of blocks'
is 'as wide as it should be'               "$(wc -L <out)" 80
try 0 'a chart without UTF-8'              env LC_ALL=C aoinb-report -w "$work" --chart --columns=40 tiny
is 'is ASCII'                              "$(LC_ALL=C grep -c '[^ -~]' out)" 0
says out '##'                              'and is one'
is 'and as wide'                           "$(wc -L <out)" 40

echo '# a failure, and a log that is meant to be more than text'
bundle_tiny bad
cat >bad/autobuild/build <<'END'
printf '<script>alert(1)</script>\n</pre><img src=x onerror=alert(2)>\n\033[31mred\033[0m\n'
printf '\033]8;;http://evil.example/\033\\link\033]8;;\033\\\n\000nul\n\377\376bad\n\342\200\256bidi\n"\047&amp;\n'
echo '=== 1: <b>part</b> ==='
sleep 1.1
echo 'int main(void) { return "</script><script>alert(3)</script>"; }' >a.c
echo 'a.c:1:2: error: <script>alert(4)</script> & "quotes"'
false
END
try 1 'a build that fails'                 aoinb -c "$conf" build bad stable
try 0 'its report'                         aoinb -c "$conf" report -o bad.html bad
page bad.html 'a failure'
shows bad.html '^failed$' '^Why it failed$' 'a.c:1:2: error: <script>alert(4)</script> & "quotes"' '<img src=x onerror=alert(2)>' '<b>part</b>'
is 'one script, our own'                   "$(grep -c '<script' bad.html)" 1
is 'no control character, no turned text'  "$(LC_ALL=C tr -d '\n\t -~\200-\377' <bad.html | wc -c; grep -c '‮' bad.html)" "$(printf '0\n0')"
ok 'UTF-8 to its end'                      iconv -f UTF-8 -t UTF-8 bad.html -o /dev/null
ok 'its drawing is well-formed'            sh -c 'aoinb-report -w "$1" --svg=- bad >bad.svg && python3 -c "import xml.dom.minidom; xml.dom.minidom.parse(\"bad.svg\")"' sh "$work"

echo '# a group'
for name in one two three four; do bundle_tiny tree/demo/$name; done
printf 'BUILDDEP=one\n' >>tree/demo/two/autobuild/defines
printf 'false\n' >>tree/demo/three/autobuild/build
printf 'BUILDDEP=three\n' >>tree/demo/four/autobuild/defines
printf 'sleep 1\n' >>tree/demo/one/autobuild/build
mkdir tree/groups
printf 'demo/one demo/two demo/three demo/four\n' >tree/groups/all
try 1 'is built'                           aoinb -c "$conf" build -t tree --slots=2 groups/all stable
group=$(basename "$work"/groups/*)
try 0 'its report'                         aoinb -c "$conf" report -o group.html "$group"
page group.html 'a group'
shows group.html '^2 of 4$' '^What failed$' 'Skipped because of it: ' '^demo/four$' 'demo/three was not built' \
    '^demo/one: ok, ' 'Memory: .* at most'
is 'the critical path'                     "$(grep -o 'critical path.*figcaption' group.html | grep -o 'demo/[a-z]*' | tr '\n' ' ')" 'demo/one demo/two '
is 'a bar for each build'                  "$(grep -c '<a href="#u[0-9]*"><svg ' group.html)" 3
try 0 'its drawing'                        aoinb-report -w "$work" --svg=g.svg "$group"
ok 'is well-formed'                        python3 -c 'import xml.dom.minidom; xml.dom.minidom.parse("g.svg")'

echo '# in a browser'
browser start && later 'browser stop'
pages=0 wide=0 dirty=0
mkdir -p "$B/pictures"
for page in tiny bad group; do
	for size in '1400 900 light' '360 900 dark'; do
		# shellcheck disable=SC2086 # three words
		browser size $size
		browser open "file://$PWD/$page.html" >none
		browser check >>findings; browser console >>findings || dirty=1
		[ "$(browser js 'document.documentElement.scrollWidth <= innerWidth')" = true ] || wide=1
		browser shot "$B/pictures/report-$page-${size%% *}.png"
		pages=$((pages + 1))
	done
done
is 'each page, wide and light, narrow and dark' "$pages" 6
is 'fits in'                               "$wide" 0
is 'has nothing that keeps people out, and no error' "$(grep . findings; echo "$dirty")" 0
is 'asks for nothing'                      "$(browser requests file://)" ''
is 'runs no script of a log'               "$(browser open "file://$PWD/bad.html" >none; browser js 'document.scripts.length + " " + document.images.length')" '1 0'
browser open "file://$PWD/group.html" >none
order() { browser js '[...document.querySelectorAll("table.sort tbody th")].map((e) => e.textContent).join(" ")'; }
is 'a table as it was planned'             "$(order | tr ' ' '\n' | sort | tr '\n' ' ')" 'demo/four demo/one demo/three demo/two '
browser click 'table.sort thead button'
is 'a click on a head sorts it'            "$(order)" 'demo/four demo/one demo/three demo/two'
browser click 'table.sort thead button'
is 'another the other way'                 "$(order)" 'demo/two demo/three demo/one demo/four'
is 'who cannot see is told'                "$(browser js 'document.querySelector("table.sort th").getAttribute("aria-sort")')" descending

try 66 'no such job'                       aoinb -c "$conf" report nothing

nothing_left
finish
