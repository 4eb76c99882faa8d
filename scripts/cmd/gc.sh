# gc - remove layers that nothing stands on, and what killed programs left

use need layer job
[ $# -eq 0 ] || bad 'gc takes no operand'
need_root
conf_load
[ "$dry" ] || { job_do sweep; aoinb-rusage --sweep >/dev/null; }
job_do ${dry:+-n} ${verbose:+-v} trim --max-age="$conf_clean_max_age_s" --max-size="$conf_clean_max_size_kib" || exit
layer_do gc --debs-max-size="$conf_apt_max_size_kib" ${dry:+-n} ${verbose:+-v}
