# provenance ID [FILE]... - print what a task's packages were made of, and by whom, verified
#
#   --key=FILE   the public key of the worker; else the one that the server has of it
#
# FILEs have to be packages of the task, byte for byte.

use client
conf_load --defaults
tmp=$(mktemp -d) || exit 73
trap 'rm -rf "$tmp"' EXIT; trap 'exit 143' TERM HUP
(client envelope "${1-}" "$tmp") || exit
id=$1; shift
aoinb-provenance --key="${opt_key:-$tmp/key}" --task="$id" --worker="$(cat "$tmp/worker")" "$tmp/envelope" "$@"
