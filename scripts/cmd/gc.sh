# gc - remove layers that nothing stands on, and what killed programs left

use need layer job
[ $# -eq 0 ] || bad 'gc takes no operand'
need_root
conf_load
[ "$dry" ] || { job_do sweep; aoinb-rusage --sweep >/dev/null; }
layer_do gc ${dry:+-n} ${verbose:+-v}
