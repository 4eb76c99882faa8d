#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "job/args.h"
#include "opt.h"
#include "proc.h"

/* Becomes the step, which ends with us, and we with who called us: kill -9 of any of
 * them leaves nothing behind. */
static void
become(const struct args *a, const char *step, pid_t parent)
{
	static char dry[] = "-n", verbose[] = "-v";
	char *words[5], path[4096], **w = words;

	if (proc_die_with(parent) < 0)
		die_sys(EX_OSERR, "step %s", step);
	proc_signals_default();
	if (snprintf(path, sizeof(path), "%s/%s", a->steps, step) >= (int)sizeof(path))
		die(EX_USAGE, "step %s: its path is too long", step);
	*w++ = path;
	if (opt_dry)
		*w++ = dry;
	if (opt_verbose)
		*w++ = verbose;
	*w++ = a->operand[0];
	*w = NULL;
	proc_become(words);
}

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

/* Adds a line to the job's file steps.  Nothing but a report hangs on it. */
static void
note_step(const struct args *a, const char *step, int64_t began, int code)
{
	struct buf line = { 0 }, path = { 0 };
	int fd;

	if (opt_dry)
		return;
	sure(buf_printf(&path, "%s/steps", a->operand[0]));
	sure(buf_printf(&line, "%s\t%" PRId64 "\t%" PRId64 "\t%d\n", step, began, now_us(), code));
	fd = open(path.s, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
	if (fd < 0 || file_write(fd, line.s, line.len) < 0)
		warn_sys("%s", path.s);
	if (fd >= 0)
		close(fd);
	buf_free(&line);
	buf_free(&path);
}

static int
run(const struct args *a, const char *step)
{
	pid_t self = getpid(), pid;
	int64_t began = now_us();
	int status;

	note("step %s", step);
	pid = fork();
	if (pid == 0)
		become(a, step, self);
	if (pid < 0)
		die_sys(EX_OSERR, "step %s", step);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die_sys(EX_OSERR, "step %s", step);
	/* Who pressed Ctrl-C knows. */
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGINT)
		warn_msg("step %s: ended by signal %d", step, WTERMSIG(status));
	note_step(a, step, began, proc_code(status));
	return proc_code(status);
}

int
verb_steps(struct args *a)
{
	int i, code = 0;

	if (!a->steps)
		die(EX_USAGE, "steps wants --steps=DIR, where they are");
	for (i = 1; i < a->operands; i++)
		if (!store_name_ok(a->operand[i]))
			die(EX_USAGE, "no such step: %s", a->operand[i]);
	if (proc_die_with(getppid()) < 0)
		die_sys(EX_OSERR, "steps");
	/* Ctrl-C is for the step, which says by its code that it had it. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	for (i = 1; i < a->operands && code == 0; i++)
		code = run(a, a->operand[i]);
	return code;
}
