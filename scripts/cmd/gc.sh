# gc - remove layers that nothing stands on, and what killed programs left

[ $# -eq 0 ] || bad 'gc takes no operand'
need_root
conf_load
[ "$dry" ] || { jobs_sweep; aoinb-rusage --sweep >/dev/null; }
layers_gc
