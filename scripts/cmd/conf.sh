# conf [KEY] - print the configuration, or one value

[ $# -le 1 ] || bad 'conf takes one KEY'
dir=$(aoinb-conf ${conf_opt:+--conf="$conf_opt"} dir)
if [ $# -eq 1 ]; then
	aoinb-conf --conf="$dir" get "$1"
else
	printf '# %s\n' "$dir"
	aoinb-conf --conf="$dir" ini
fi
