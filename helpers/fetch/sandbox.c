#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "landlock.h"
#include "opt.h"
#include "proc.h"
#include "fetch/cache.h"
#include "fetch/sandbox.h"

/* Finds out whose rights to take. */
static void
find(struct sandbox *s)
{
	s->switches = s->user && geteuid() == 0;
	if (s->switches && user_find(&s->who, s->user) < 0)
		die(EX_UNAVAILABLE, "--user: there is neither a user %s nor "
		    "nobody", s->user);
}

void
sandbox_user(struct sandbox *s)
{
	find(s);
	if (s->switches && user_become(&s->who) < 0)
		die_sys(EX_NOPERM, "become %s", s->user);
}

void
sandbox_open(struct sandbox *s, int reads)
{
	s->missing = cache_enter(s->dir, reads) < 0;
	if (s->missing && (!reads || errno != ENOENT))
		die_sys(EX_CANTCREAT, "%s", s->dir);
	find(s);
	if (s->switches && !s->missing && !opt_dry && user_own(&s->who) < 0)
		die_sys(EX_CANTCREAT, "%s: give it to %s", s->dir, s->user);
}

void
sandbox_borrow(const struct sandbox *s)
{
	if (s->switches && user_borrow(&s->who) < 0)
		die_sys(EX_NOPERM, "become %s", s->user);
}

void
sandbox_return(const struct sandbox *s)
{
	if (s->switches && user_return() < 0)
		die_sys(EX_OSERR, "become root again");
}

void
sandbox_enter(const struct sandbox *s)
{
	int r, here;

	if (s->switches && user_become(&s->who) < 0)
		die_sys(EX_NOPERM, "become %s", s->user);
	if (s->missing)
		return;
	here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	r = here < 0 ? -1 : landlock_write_only(here, LANDLOCK_NO_EXEC);
	close_keep(here);
	if (r < 0)
		die_sys(EX_OSERR, "landlock");
	if (r > 0)
		note("this kernel has no landlock: writing is not confined");
}

int
sandbox_run(const struct sandbox *s, int (*work)(void *arg), void *arg)
{
	pid_t parent = getpid(), pid = fork();
	int status;

	if (pid < 0)
		die_sys(EX_OSERR, "start a process");
	if (pid == 0) {
		if (proc_die_with(parent) < 0)
			die_sys(EX_OSERR, "die with parent");
		sandbox_enter(s);
		exit(work(arg));
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die_sys(EX_OSERR, "wait");
	if (WIFSIGNALED(status))
		warn_msg("fetching was ended by signal %d", WTERMSIG(status));
	return proc_code(status);
}
