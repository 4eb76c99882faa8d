# shellcheck shell=sh
# The instance of the branch, updated, and the layers this job stands on.

instance_ready "$branch"
job_stand "$branch"
