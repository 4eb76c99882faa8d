# bump BUNDLE VERSION - make it of that version: VER, REL and digests of its spec
#
# Every other byte of the spec stays.  The sources of the new version are fetched.

use need sources
[ $# -eq 2 ] || bad 'bump wants a BUNDLE and a VERSION'
need_root
conf_load
bundle=$(sources_find "$1") || exit
run aoinb-bundle bump "$bundle/spec" "$2" || exit
want=$(aoinb-spec --sources --no-digests --arch="$conf_arch" -- "$bundle/spec") || exit
[ ! "$want" ] || exec "$here/aoinb" --conf="$conf_dir" ${dry:+-n} checksums --write -- "$bundle"
