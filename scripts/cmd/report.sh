# report JOB|GROUP - what it did and used, as one page of HTML that needs nothing else
#
#   -o, --output=FILE  write the page there; without this it is printed
#   --svg=FILE         only the plots, as SVG
#   --png=FILE         only the plots, as PNG

[ $# -eq 1 ] || bad 'report wants a JOB or a GROUP'
conf_load
exec aoinb-report -w "$conf_work_dir" ${opt_output:+-o "$opt_output"} ${opt_svg:+--svg="$opt_svg"} ${opt_png:+--png="$opt_png"} -- "$1"
