# shellcheck shell=sh
# What asks a server: aoinb-client(1).

# client ARG... - with our settings, and out
client() {
	[ ! "$verbose" ] || set -- -v "$@"
	[ ! "$dry" ] || set -- -n "$@"
	exec aoinb-client --server="${AOINB_SERVER:-$conf_server_url}" --admin="$conf_serve_dir/admin.sock" \
	    --token-file="${AOINB_TOKEN_FILE:-$conf_server_token_file}" "$@"
}
