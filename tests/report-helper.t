#!/bin/sh
# aoinb-report alone: folders as a server has them, and records and samples that are damaged or
# meant to do harm
. "${0%/*}/lib.sh"
. "$top/tests/report-words.sh"

echo '# a folder that a server has, and hostile samples'
mkdir -p at/1
{
	echo elapsed_us,user_us,sys_us,mem_kib,tasks,read_bytes,write_bytes,disk_used_kib,disk_free_kib,log_bytes
	printf '%s\n' '1000000,900000,1,2048,3,,,,,7' 'x,y' '-1,2' '500000,1,1,1,1,1,1,1,1,1' \
	    '99999999999999999999999,1,1,1,1,1,1,1,1,1' '2000000,18446744073709551614,5,18446744073709551614,3' '3000000,'
	printf '4000000,1'
} >at/1/samples.csv
printf 'x\n=== 1: a ===\n' >at/1/log
printf '{"task":1,"verdict":"<b>","why":"<i>","version":"1\\u003cb\\u003e","outputs":[{"name":"a_1_all.deb","size":5}],"sources":[{"url":"<a>"}]' >at/1/result.json
try 0 'a record that is cut off'           aoinb-report -o at.html at/1
page at.html 'an attempt'
try 0 'its drawing'                        aoinb-report --svg=at.svg at/1
ok 'is well-formed'                        python3 -c 'import xml.dom.minidom; xml.dom.minidom.parse("at.svg")'
printf '}' >>at/1/result.json
try 0 'one that is whole'                  aoinb-report -o at.html at/1
page at.html 'an attempt'
shows at.html '^<b>$' '^<i>$' '^a_1_all.deb$' '^<a>$' '<b>'
rm at/1/samples.csv
try 0 'nothing measured: a page'           aoinb-report -o at.html at/1
try 1 'but no drawing'                     aoinb-report --svg=at.svg at/1
ln -s /etc/passwd at/1/samples.csv
try 1 'a link is not followed'             aoinb-report --svg=- at/1
try 66 'no such folder'                    aoinb-report ./nothing
try 73 'a device is not replaced'          aoinb-report -o /dev/null at/1

finish
