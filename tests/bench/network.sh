#!/bin/sh
# A network of the container's own, beside the host's: a download of 256 MiB from
# another machine, which is a network namespace here.
. "${0%/*}/lib.sh"
need_root
need ip nginx slirp4netns
base=$(sh "$top/tests/base.sh") || exit 1

# Two namespaces with a cable: one is the host, and one is who serves.
host=aoinb-bench-h$$ far=aoinb-bench-s$$
for ns in "$host" "$far"; do
	ip netns add "$ns" || exit 1
	later "ip netns del $ns"
done
ip link add cable netns "$host" type veth peer name cable netns "$far" || exit 1
ip -n "$host" address add 198.51.100.1/24 dev cable
ip -n "$far" address add 198.51.100.2/24 dev cable
ip -n "$host" link set cable up
ip -n "$far" link set cable up
ip -n "$host" route add default via 198.51.100.2

mkdir -p served up work root
chmod 755 . served
truncate -s 256M served/file
cat >nginx.conf <<EOF
daemon off; pid $scratch/nginx.pid; error_log stderr; worker_processes 1;
events { }
http { access_log off; sendfile on; server { listen 198.51.100.2:80; root $scratch/served; } }
EOF
ip netns exec "$far" nginx -p "$scratch" -c "$scratch/nginx.conf" 2>nginx.log &
later "kill $!"
sleep 1

for net in host private; do
	seconds "ip netns exec $host aoinb-mount -l $base -u up -w work root aoinb-run --network=$net root curl -sfo /dev/null http://198.51.100.2/file" --runs 5 >took.$net || exit 1
done
awk -v ours="$(cat took.private)" -v host="$(cat took.host)" 'BEGIN {
	printf "%-24s %7.0f MB/s %7.0f MB/s   ratio %6.3f  against: network=host\n", "network-private",
	    268.4 / ours, 268.4 / host, host / ours
}'
