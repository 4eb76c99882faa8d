# init - make a configuration folder for this machine
#
#   --work-dir=DIR   where layers, jobs and packages go
#   --arch=ARCH      build for ARCH, not for this machine's architecture
#
# The folder is that of -c, else /etc/aoinb.  What is there already stays.

use debian
[ $# -eq 0 ] || bad 'init takes no operand; -c DIR names the folder'
dir=${conf_opt:-${AOINB_CONF:-/etc/aoinb}}

# init_list - the apt sources of a branch that is like this machine
init_list() {
	id=$(. /etc/os-release; echo "$ID ${ID_LIKE-}")
	case " $id " in
	*' aosc '*) echo 'deb https://repo.aosc.io/debs stable main' ;;
	*' debian '*)
		codename=$(. /etc/os-release; echo "${VERSION_CODENAME-}")
		debian_sources "${id%% *}" "$codename" || {
			rm -f "$list.new"
			die 69 "apt knows no package lists of ${id%% *} $codename yet; run: apt-get update"
		} ;;
	*) return 1 ;;
	esac
}

[ ! "$dry" ] || { say "$dir: would be made"; exit 0; }
folders "$dir/source_lists"
if [ -e "$dir/aoinb.ini" ] || [ -e "$dir/config.toml" ]; then
	say "$dir: there is a configuration; left as it is"
else
	work=${opt_work_dir:-$(aoinb-conf --file=/dev/null get work_dir)}
	aoinb-doctor --fit="$work" || exit
	aoinb-conf --set="work_dir=$work" ${opt_arch:+--set="arch=$opt_arch"} sample >"$dir/aoinb.ini.new"
	mv "$dir/aoinb.ini.new" "$dir/aoinb.ini"
fi
list=$dir/source_lists/stable.list
if [ -e "$list" ]; then
	say "$list: left as it is"
elif init_list >"$list.new"; then
	mv "$list.new" "$list"
else
	rm -f "$list.new"
	die 66 "$list: this is neither AOSC OS nor Debian; write the branch's apt sources there yourself"
fi
printf '%s\n' "$dir"
