# lint [BUNDLE]... - what is wrong in bundles, as FILE:LINE: WHAT
#
#   -t, --tree=DIR   in all of this tree
#   --json           for programs
#
# Exits 1 when something is.

conf_load
[ "$opt_tree" ] || [ $# -gt 0 ] || bad 'lint wants a BUNDLE, or --tree=DIR'
exec aoinb-bundle --arch="$conf_arch" ${opt_json:+--json} ${opt_tree:+--tree="$opt_tree"} lint "$@"
