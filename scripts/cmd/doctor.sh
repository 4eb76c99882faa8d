# doctor - look at the machine and at work_dir, and say what to do
#
#   --json           print an array of objects
#
# One line a finding, bad, warn or good, the worst first.  Exits 1 when something is bad.

[ $# -eq 0 ] || bad 'doctor takes no operand'
exec aoinb-doctor ${conf_opt:+--conf="$conf_opt"} ${opt_json:+--json}
