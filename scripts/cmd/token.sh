# token VERB [NAME|ID] - who may ask a server for what: add NAME, ls, revoke ID
#
#   --scopes=A,B     add: of read, submit, cancel, work and admin
#   --branches=A,B   add: for these branches only
#   --archs=A,B      add: what a worker builds for
#   --trust          add: packages of this worker enter the repository by themselves
#   --pubkey=FILE    add: the worker's public key
#   --days=N         add: how long it is good; else for ever
#   --output=FILE    add: write it there, for its owner alone, and print nothing
#   --json           ls: for programs

use client
conf_load --defaults
client --scopes="$opt_scopes" --branches="$opt_branches" --archs="$opt_archs" --pubkey="$opt_pubkey" \
    --days="$opt_days" --output="$opt_output" ${opt_trust:+--trust} ${opt_json:+--json} -- token "$@"
