#!/bin/sh
# aoinb-text: text of others for a terminal, and rows as columns
. "${0%/*}/lib.sh"
need script python3
tab=$(printf '\t')

# tty COLUMNS COMMAND - what a terminal so wide gets, with escapes to be read
tty() {
	script -qec "stty cols $1; $2" /dev/null | tr -d '\r' | sed 's/\x1b/^[/g'
}

printf 'a\033[31mred\033[0m\033]0;title\007\000\377 \303\244\n' >odd
aoinb-text <odd >out
ok 'elsewhere nothing changes'       cmp odd out
is 'a terminal gets text and colours' "$(tty 80 'aoinb-text <odd')" 'a^[[31mred^[[0m?? ä'
is 'or text alone' "$(NO_COLOR=1 tty 80 'aoinb-text <odd')" 'ared?? ä'
is 'or all' "$(tty 80 'aoinb-text --raw <odd' | grep -c title)" 1
is 'a colour does not stay' "$(printf '\033[31mred' >red; tty 80 'aoinb-text <red')" '^[[31mred^[[0m'
aoinb-text --count=3 <odd >out 3>count
is 'what came is counted' "$(cat count)" "$(wc -c <odd)"
is 'before it was changed' "$(script -qec 'aoinb-text --count=3 <odd 3>count' /dev/null >/dev/null; cat count)" "$(wc -c <odd)"
is 'nothing is nothing' "$(aoinb-text --count=3 </dev/null 3>&1)" 0
mkfifo in
aoinb-text <in >slow & pid=$!
exec 4>in
printf 'a piece' >&4
ok 'each piece goes on as it comes'  wait_for 5 grep -q 'a piece' slow
exec 4>&-
wait "$pid"

printf 'a\tb\nlong name\t\nx\ty\tz\nonly\n' >rows
aoinb-text --table=NAME,WHY <rows >out
is 'rows for programs have tabs, and all cells' "$(cat out)" "a${tab}b
long name${tab}-
x${tab}y
only${tab}-"
is 'for people columns and heads' "$(tty 80 'aoinb-text --table=NAME,WHY <rows')" 'NAME       WHY
a          b
long name  -
x          y
only       -'
printf 'äöü\täääääääääääääää\033[31m\n' >wide
is 'no wider than the terminal' "$(tty 12 'aoinb-text --table=A,B <wide')" 'A    B
äöü  ääääää…'
is 'just as wide is not cut' "$(tty 12 'aoinb-text --table=A,B <rows' | sed -n 2p)" 'a          b'
is 'an escape is none' "$(tty 80 'aoinb-text --table=A,B <wide' | tail -n 1)" 'äöü  äääääääääääääää?[31m'
is 'no rows, no heads' "$(tty 80 'aoinb-text --table=A,B </dev/null')" ''
try 64 'a descriptor that is none'   aoinb-text --count=x
try 74 'one that is not open'        aoinb-text --count=9
try 64 'a table as it is'            aoinb-text --raw --table=A
try 64 'more columns than that'      aoinb-text --table="$(seq -s , 1 99)"
try 74 'a full disk'                 sh -c 'echo x | aoinb-text >/dev/full'
try 74 'a folder'                    sh -c 'aoinb-text </'

finish
