#!/bin/sh
# aoinb-conf: the file, the folder, the table
. "${0%/*}/lib.sh"

mkdir new old empty
cat >new/aoinb.ini <<'X'
; a comment
work_dir = /some/where   ; and one behind
arch = arm64
[build]
network = ON
maintainer = A B <a@b>
[limit]
time = 6h
memory = 8G
[fetch]
mirror = https://m.invalid/{sha256}
  https://n.invalid/{host}/{path}
X
try 0 'a good file is read'           aoinb-conf -c new check
try 0 'one value'                     aoinb-conf -c new get limit_time
is    'as it was written'             "$(cat out)" 6h
try 0 'a truth value'                 aoinb-conf -c new get build_network
is    'is yes or no'                  "$(cat out)" yes
try 0 'a continued list'              aoinb-conf -c new get fetch_mirror
is    'joins with blanks'             "$(cat out)" 'https://m.invalid/{sha256} https://n.invalid/{host}/{path}'
try 0 'a default'                     aoinb-conf -c new get monitor_interval
is    'is that of the table'          "$(cat out)" 3s

aoinb-conf -c new shell >sh.out
is 'shell assignments begin with the folder' "$(sed -n 1p sh.out)" "conf_dir=$PWD/new"
# shellcheck disable=SC2154 # they are set by that file
is 'shell assignments survive a shell' \
    "$(. ./sh.out; echo "$conf_work_dir|$conf_arch|$conf_build_maintainer|$conf_limit_memory_kib")" \
    '/some/where|arm64|A B <a@b>|8388608'
try 0 'json'                          aoinb-conf -c new json
is    'has them too'                  "$(jq -r .build_maintainer out)" 'A B <a@b>'
aoinb-conf -c new ini >frozen.ini
aoinb-conf -f frozen.ini shell >sh.again
sed -i '/^conf_dir=/d' sh.out
ok 'what ini prints reads back the same' cmp sh.out sh.again
try 0 'a setting goes over the file'  aoinb-conf -c new -D limit_time=5m get limit_time
is    'and is printed'                "$(cat out)" 5m
try 64 'a setting is checked'         aoinb-conf -c new -D limit_time=soon check
try 64 'an unknown one as well'       aoinb-conf -c new -D limit_tmie=5m check
try 64 'get wants a key that is one'  aoinb-conf -c new get tmie

printf 'work_dir = "/old place"\narch = "amd64" # mine\n' >old/config.toml
try 0 'the folder of 2020'            aoinb-conf -c old get work_dir
is    'is read unchanged'             "$(cat out)" '/old place'
printf 'workDir = "/x"\n' >old/config.toml
is    'its first spelling as well'    "$(aoinb-conf -c old get work_dir)" /x
printf 'work_dir = /x\n' >old/config.toml
try 78 'TOML wants quotes'            aoinb-conf -c old get work_dir
says err 'config.toml:1: /x is no value; a string stands in quotes' 'and the line says so'

mkdir toml
# reads TEXT KEY VALUE - config.toml with TEXT has that VALUE, and nothing is said
reads() {
	printf '%s\n' "$1" >toml/config.toml
	is "TOML: $(echo "$1" | head -n 1)" "$(aoinb-conf -c toml get "$2" 2>&1)" "$3"
}
nl='
'
reads '"work_dir" = "/a"'             work_dir /a
reads "'work_dir'='/a\\t' # behind"   work_dir '/a\t'
reads 'work_dir = """/a"""'           work_dir /a
reads "work_dir = \"\"\"$nl/a\\  $nl  $nl	/b\"\"\"" work_dir /a/b
reads 'work_dir = """/a""b"""'        work_dir '/a""b'
reads 'work_dir = """/a"""""'         work_dir '/a""'
reads "work_dir = '''$nl/it's'''"     work_dir "/it's"
reads 'work_dir = "/caf\u00e9/\U0001F600/\"\\"' work_dir "/café/😀/\"\\"
reads 'work_dir = "here/it is"'       work_dir "$PWD/here/it is"
reads 'workDir = "here"'              work_dir "$PWD/here"
reads 'limit.time = "6h"'             limit_time 6h
reads '"limit" . time = "6h"'         limit_time 6h
reads 'limit = { time = "6h", log = "1M" } # both' limit_log 1M
reads "[ limit ]${nl}time = 3_600"    limit_time 3600
reads "[limit]${nl}tasks = 0x1F"      limit_tasks 31
reads "[limit]${nl}tasks = +0"        limit_tasks 0
reads "[repo]${nl}use = false"        repo_use no
reads "[build]${nl}network = true"    build_network yes
printf '\r\n[limit]\r\ntime = "6h" # an end of another kind\r\n' >toml/config.toml
is 'lines may end as those of DOS do' "$(aoinb-conf -c toml get limit_time 2>&1)" 6h
printf 'work_dir = "/end"' >toml/config.toml
is 'the last one need not end'        "$(aoinb-conf -c toml get work_dir 2>&1)" /end
: >toml/config.toml
is 'and there may be none'            "$(aoinb-conf -c toml get limit_log 2>&1)" 256M

cat >toml/config.toml <<'X'
# as somebody had it
work_dir = "/w"
workDir = "/other"
mirrorBaseUrl = "https://m.invalid"
"odd key" = 'x'
hosts = [
  "one",	# an array
  [ 1, 2.5, { a = "]" } ],
  1979-05-27 07:32:00Z,
]
when = 1979-05-27T07:32:00.5-07:00
rate = -1e3
[mirror.'eu'.list]
url = "x"
[[bot]]
arch = "arm64"
[bot.more]
x = inf
[[bot]]
arch = "riscv64"
[bot.more]
x = nan
[limit]
tmie = "1h"
X
try 0 'what aoinb does not know is passed over' aoinb-conf -c toml get arch
is 'and is not taken for something else' "$(cat out)" "$(aoinb-conf -f /dev/null get arch)"
is 'each is told, with its line'      "$(sed -n 's/^aoinb-conf: toml.config.toml:\([0-9]*\): \([^ ]*\( key"\)*\).* is no key of aoinb and is passed over; .*/\1 \2/p' err | tr '\n' ',')" \
    '4 mirrorBaseUrl,5 "odd key",6 hosts,11 when,12 rate,14 mirror.eu.list.url,16 bot[0].arch,18 bot[0].more.x,20 bot[1].arch,22 bot[1].more.x,24 limit.tmie,'
says err 'toml:3: workDir is passed over, as work_dir is set' 'and which of two names holds'
is 'nothing else is'                  "$(wc -l <err)" 12
try 0 'or not, where it was told'     aoinb-conf -q -c toml ini
is 'said once'                        "$(cat err)" ''

# no_toml PATTERN TEXT - config.toml with TEXT is refused in one line that matches
no_toml() {
	printf %b "$2" >toml/config.toml
	try 78 "no TOML: line $1" aoinb-conf -q -c toml check
	is 'one line says so'         "$(grep -c "^aoinb-conf: toml/config.toml:$1" err) $(wc -l <err)" '1 1'
}
no_toml '1: a string does not end'    'work_dir = "/a\n'
no_toml '2: the string that begins in line 1' 'work_dir = """/a\n'
no_toml '1: .*escapes nothing'        'work_dir = "C:\\work"\n'
no_toml '1: .*wants 4 hexadecimal'    'work_dir = "/\\u00g0"\n'
no_toml '1: .*no character'           'work_dir = "/\\ud800"\n'
no_toml '1: .*no character'           'work_dir = "/\\u0000"\n'
no_toml '1: .*control character'      'work_dir = "/a\0001b"\n'
no_toml '1: work_dir holds a control' 'work_dir = "/a\\nb"\n'
no_toml '1: work_dir is empty'        'work_dir = ""\n'
no_toml '1: work_dir is not a quoted' 'work_dir = 5\n'
no_toml '1: arch is not a quoted'     'arch = ["amd64"]\n'
no_toml '1: .limit. time is neither'  'limit.time = true\n'
no_toml '1: .repo. use is neither a quoted string, true' 'repo.use = 1\n'
no_toml '1: .limit. time is not a time' 'limit.time = "soon"\n'
no_toml '1: .limit. tasks is not a whole' 'limit.tasks = 99999999999999999999999\n'
no_toml '2: arch is already set in line 1' 'arch = "a"\narch = "b"\n'
no_toml '2: limit is already set in line 1' '[limit]\n[limit]\n'
no_toml '2: a.b is already set in line 1' 'a = 1\na.b = 2\n'
no_toml '1: something stands behind'  'work_dir = "/a" "/b"\n'
no_toml '1: something stands behind'  '[limit] time = "1h"\n'
no_toml '1: a value is missing'       'work_dir =\n'
no_toml '1: neither'                  'work_dir\n'
no_toml '1: neither'                  '= "/a"\n'
no_toml '1: a header has no ]'        '[limit\n'
no_toml '3: a header has no ]]'       '\n\n[[limit]\n'
no_toml '2: an array has no end'      'a = [1\n2]\n'
no_toml '1: .*in braces'              'a = { b = 1\n}\n'
for word in 01 1__0 _1 1_ 0x 1. .5 1e yes 1979-05-2 25:00; do
	no_toml "1: $word is no value" "x = $word\n"
done
no_toml '1: more than 64'             "x = $(printf '%0100d' 0 | tr 0 '[')\n"
printf 'arch = "a\0b"\n' >toml/config.toml
try 78 'a NUL'                        aoinb-conf -c toml check
head -c 100000 /dev/zero | tr '\0' '\n' >toml/config.toml
try 78 'a file that is too large'     aoinb-conf -c toml check

cp new/aoinb.ini old/
is    'aoinb.ini goes before'         "$(aoinb-conf -c old get arch)" arm64

# bad LINE PATTERN TEXT - a file whose second line is LINE
bad() {
	printf '[limit]\n%b\n' "$1" >bad.ini
	try 78 "$3" aoinb-conf -f bad.ini check
	says err "$2" "and the line says so"
}
bad 'tmie = 3'            '^aoinb-conf: bad.ini:2: \[limit\] tmie is no key' 'an unknown key'
bad 'time = soon'         'bad.ini:2: .limit. time is not a time'   'a bad time'
bad 'memory = 8Q'         'bad.ini:2: .limit. memory is neither auto nor a size' 'a bad amount of memory'
bad 'log = 8Q'            'bad.ini:2: .limit. log is not a size' 'a bad size'
bad 'tasks = -1'          'bad.ini:2: .limit. tasks is not a whole' 'a negative number'
bad 'time = 1h\ntime = 2h' 'bad.ini:3: .* already set in line 2'    'a duplicate'
bad 'time 1h'             'bad.ini:2: neither'                      'a line that is nothing'
bad 'time = 1h\n 2h'      'bad.ini:3: .* cannot be continued'       'a continued time'
bad "time = $(printf '%0300d' 1)" 'bad.ini:2: line is longer'       'a line too long for inih'
bad '[limits]\ntime = 1h' 'bad.ini:3: .limits. time is no key'      'an unknown section'
bad '[build]\nbackend = docker' 'bad.ini:3: .* none of the choices' 'not one of the choices'
for value in 1-2 'a b' yes 1 '/'; do
	bad "[build]\nverstamp = $value" 'bad.ini:3: .build. verstamp is neither auto, no, nor' "a stamp that is none: $value"
done
is 'no stamp, in other words'         "$(for value in NO off 0 false; do aoinb-conf -f /dev/null -D "build_verstamp=$value" get build_verstamp; done | sort -u)" no
is 'a stamp'                          "$(aoinb-conf -f /dev/null -D 'build_verstamp=~rc1+x' get build_verstamp)" '~rc1+x'
bad '[nothing\n'          'bad.ini:2: neither'                      'an open bracket'
printf 'work_dir = here\n' >bad.ini
try 78 'a relative work_dir'          aoinb-conf -f bad.ini check
try 64 'an empty one, too'            aoinb-conf -f /dev/null -D work_dir= check
printf '[tree]\npath =\n' >none.ini
try 0 'but what has no default may be empty' aoinb-conf -f none.ini get tree_path
is    'and is'                        "$(cat out)" ''
printf '[tree]\npath = here\n' >bad.ini
try 78 'and is a path otherwise'      aoinb-conf -f bad.ini check
printf 'tmie = 1\nbad = 2\n' >bad.ini
try 78 'every error is said'          aoinb-conf -f bad.ini check
is     'one line each'                "$(grep -c 'is no key' err)" 2
try 78 'a file that is not there'     aoinb-conf -f none check
try 78 'a folder without one'         aoinb-conf -c empty check
says err 'aoinb init'                 'names the remedy'

AOINB_CONF=new; export AOINB_CONF
is 'AOINB_CONF names the folder'      "$(aoinb-conf get arch)" arm64
is '-c goes before it'                "$(aoinb-conf -c old dir)" old
unset AOINB_CONF

ok 'conf/aoinb.ini is the sample'     sh -c 'aoinb-conf sample | cmp - "$top/conf/aoinb.ini"'
try 0 'and it is a good file'         aoinb-conf -f "$top/conf/aoinb.ini" check
sed 's/^# \([a-z_]* =\)/\1/' "$top/conf/aoinb.ini" >all.ini
try 0 'so it is with nothing commented out' aoinb-conf -f all.ini -D arch=amd64 ini
aoinb-conf -f /dev/null -D arch=amd64 ini >plain
ok 'and says what the defaults are'   cmp out plain
try 64 'an operand too many'          aoinb-conf -c new get arch arch
try 64 'no operand'                   aoinb-conf -c new
try 74 'a full standard output'       sh -c 'aoinb-conf keys >/dev/full'

nobody() {
	env -u AOINB_CONF "$@"
}
if [ ! -e /etc/aoinb ] && [ ! -e /var/cache/aoinb/conf ]; then
	try 0 'defaults hold where there is no configuration' nobody aoinb-conf --defaults get limit_time
	try 78 'else that is wrong'  nobody aoinb-conf get limit_time
else
	skip 2 'this machine has a configuration'
fi
try 78 'but not for one that is named' nobody aoinb-conf --defaults -c gone get limit_time

finish
