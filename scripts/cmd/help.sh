# help [COMMAND] - list the commands, or tell about one

if [ $# -gt 0 ]; then
	command_file "$1"
	sed -n '1{s/^# /usage: aoinb /; s/ - /\n\n/; p; b}; /^#/!q; /--group=FOLDER/d; s/^# \{0,1\}//p' "$cmd"
	exit 0
fi
echo 'usage: aoinb [-c DIR] [-nv] COMMAND [ARG]...

  -c DIR          the configuration folder; --conf, and --config_path as in 2020
  -n, --dry-run   print the commands, and change nothing
  -v, --verbose   show the commands, and the log of a build as it grows
  -h, --help      print this; "aoinb help COMMAND" tells about one
  -V, --version   print the version
'
for cmd in "$here"/cmd/*.sh; do
	read -r _ line <"$cmd"
	printf '  %-34s %s\n' "${line%% - *}" "${line#* - }"
done
