# layer export NAME [FOLDER] | import IMAGE - the base or an instance as one file
#
#   --one            of export: the topmost layer alone
#   --sha256=HEX     of import: what IMAGE must be; the default is its name

use need layer
[ $# -ge 2 ] || bad 'layer wants export NAME [FOLDER], or import IMAGE'
need_root
conf_load
case $1 in
export) run layer_do ${opt_one:+--one} "$@" ;;
import) run layer_do --mount="$conf_base_mount" ${opt_sha256:+--sha256="$opt_sha256"} "$@" ;;
*) bad "layer: $1: neither export nor import" ;;
esac
