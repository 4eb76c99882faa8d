#include <sys/wait.h>

#include "err.h"
#include "proc.h"
#include "rusage/cgroup.h"
#include "rusage/verdict.h"

static const struct {
	const char *name;
	int code;
} ended[] = {
	[TIMEOUT] = { "timeout", EX_TIMEOUT },
	[SILENT] = { "silent", EX_SILENT },
	[OOM] = { "oom", EX_OOM },
	[DISK_FULL] = { "disk-full", EX_DISKFULL },
};

const char *
verdict_judge(const struct verdict *v, int status, uint64_t oom_kills, int *code)
{
	int good = WIFEXITED(status) && !WEXITSTATUS(status);
	enum cause why = v->why;

	/* A build that lost a process and still came to a good end is good. */
	if (why == NONE && !good && oom_kills && oom_kills != UNKNOWN)
		why = OOM;
	if (why == STOPPED) {
		*code = 128 + v->stopped_by;
		return "stopped";
	}
	if (why != NONE) {
		*code = ended[why].code;
		return ended[why].name;
	}
	*code = proc_code(status);
	if (!WIFSIGNALED(status))
		return good ? "ok" : "failed";
	return WTERMSIG(status) == v->from_terminal ? "stopped" : "signal";
}
