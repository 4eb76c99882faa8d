# task VERB [ID]... - tasks of a server: ls, show, cancel, retry, get, rm, publish, reject
#
#   --state=STATE    ls: new, ready, queued, running, ok, failed, error or cancelled
#   --branch=BRANCH  ls: of that branch
#   --arch=ARCH      ls: for that architecture
#   --package=NAME   ls: with that package
#   --limit=N        ls: the newest N, 50 by default
#   --output=DIR     get: where packages go; else here
#   --json           ls and show: for programs
#
# retry prints the number of the new task, get the paths of the packages.  publish and
# reject say whether those of a worker that is not trusted enter the repository.

use client
conf_load --defaults
client --state="$opt_state" --branch="$opt_branch" --arch="$opt_arch" --package="$opt_package" \
    --limit="$opt_limit" --output="$opt_output" ${opt_json:+--json} -- task "$@"
