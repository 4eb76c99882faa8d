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

finish
