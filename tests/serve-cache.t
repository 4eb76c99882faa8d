#!/bin/sh
# aoinb-serve: sources once, out of the cache of the server's machine
. "${0%/*}/lib.sh"
. "$top/tests/serve-words.sh"

# fetch CACHE [OPTION]... - what "list" names
fetch() {
	dir=$1; shift
	aoinb-fetch --cache="$dir" --private=yes --retries=0 "$@" <list
}

# The machine of the server has the file from somewhere that is gone by now.
head -c 3000000 /dev/urandom >file
sha=$(sha256sum <file | cut -d' ' -f1) md5=$(md5sum <file | cut -d' ' -f1)
try 0 'the server has a cache' aoinb-fetch --cache="$PWD/cache" --import=file --digest="sha256::$sha"
aoinb-fetch --cache="$PWD/cache" --import=file --digest="md5::$md5" >/dev/null
url=http://127.0.0.1:1/file-1.0.tar
printf '%s sha256::%s\n%s md5::%s\n' "$url" "$sha" "$url" "$md5" >list
upstream=$url
serve_start -D serve_cache="$PWD/cache"
try 0 'a worker has it from there, and its host is not asked' \
    fetch "$PWD/worker" --mirror="$url/cache/{algo}/{hex}"
is 'by both digests' "$(cut -f 1,2 out | sort | tr '\n\t' '  ')" "fetched md5::$md5 fetched sha256::$sha "
ok 'byte for byte' cmp -s file "worker/sha256/$sha"

ask 206 'a part of it' '' "/cache/sha256/$sha" -r 1000000-1000009
is 'is that part' "$(od -An -tx1 <body)" "$(tail -c +1000001 file | head -c 10 | od -An -tx1)"
ask 304 'what somebody has is not sent again' '' "/cache/sha256/$sha" -H "If-None-Match: \"$sha\""
is 'it is for no browser' "$(header Content-Disposition)" attachment

# --- what is not there, and what is not for others

other=$(printf %064d 7)
ask 404 'what it does not have'        '' "/cache/sha256/$other"
is 'is said so' "$(jq -r .detail body)" 'the cache does not have it'
ask 404 'what lies beside the sources' '' '/cache/stamp/sha256-'"$sha"
ask 404 'an algorithm in capitals'     '' "/cache/SHA256/$sha"
ask 404 'a digest that is too short'   '' '/cache/sha256/00'
ask 404 'no way up'                    '' '/cache/sha256/..%2f..%2fd%2fqueue.db'
ask 404 'nor a folder'                 '' /cache/sha256
ln -s "$scratch/d/queue.db" "cache/sha256/$other"
ask 404 'a link leads nowhere'         '' "/cache/sha256/$other"
rm -r cache/md5; ln -s "$scratch/worker/md5" cache/md5
ask 404 'neither does that of a folder' '' "/cache/md5/$md5"
ask 405 'nobody can put something there' '' "/cache/sha256/$other" -T file

# --- what lies

rm "cache/sha256/$sha"
head -c 3000000 /dev/urandom >"cache/sha256/$sha"
printf '%s sha256::%s\n' "$upstream" "$sha" >list
fetch "$PWD/other" --mirror="$url/cache/{algo}/{hex}" >out 2>err
is 'what a server damaged is refused' "$?" 69
says err 'digest' 'and it is said that its digest is wrong'
ok 'nothing of it is kept' test ! -e "other/sha256/$sha"

serve_stop
serve_start -D serve_cache="$PWD/cache" -D serve_public=no
ask 401 'where nothing is public, nor are sources' '' "/cache/sha256/$sha"
reader=$(token reader '"read"')
ask 200 'the scope is read' "$reader" "/cache/sha256/$sha"
serve_stop
serve_start
ask 404 'without the setting there is none' '' "/cache/sha256/$sha"
says body 'serve' 'the answer tells which'
serve_stop
(as_user aoinb-serve -c conf -D serve_dir="$scratch/d" -D serve_cache=/no/where --listen=127.0.0.1:0) >out 2>err
is 'a folder that is not there is no cache' "$?" 66
says err 'cache: /no/where: .*fetch' 'and how one comes about is said'
finish
