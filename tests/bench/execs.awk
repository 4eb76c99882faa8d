# execs.awk - of what strace -f writes about fork and execve: how many programs the host
# started.  What descends from aoinb-run is in the container, and does not count.
{
	pid = $1
	if (!started++)
		host[pid]
}
/ execve\(/ && / = 0$/ && pid in host { n++; if ($0 ~ /aoinb-run"/) inside[pid] }
/(clone|clone3|fork|vfork)\(|<\.\.\. (clone|clone3|fork|vfork) resumed>/ && $NF ~ /^[0-9]+$/ && pid in host && !(pid in inside) {
	host[$NF]
}
/<\.\.\. execve resumed>/ && / = 0$/ && pid in host { n++ }
END { print n }
