#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "err.h"
#include "file.h"
#include "job/args.h"
#include "job/member.h"

/* The file name, or nothing where there is none.  With one_line its first line, and
 * no more.  Returns whether it is there. */
static int
get(struct member *m, const char *name, struct buf *b, int one_line)
{
	if (file_get(m->dir, name, STORE_TEXT, b) < 0) {
		if (errno != ENOENT)
			die_sys(err_code(errno), "%s/%s", m->folder, name);
		sure(buf_puts(b, ""));
		return 0;
	}
	if (one_line) {
		b->len = strcspn(b->s, "\n");
		b->s[b->len] = '\0';
	}
	return 1;
}

static void
find_jobserver(struct member *m)
{
	struct stat st;
	char *real;

	if (fstatat(m->dir, "jobserver", &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISFIFO(st.st_mode))
		return;
	real = realpath(m->folder, NULL);
	if (!real || asprintf(&m->jobserver, "%s/jobserver", real) < 0)
		die_sys(EX_OSERR, "%s", m->folder);
	free(real);
}

void
member_read(struct member *m, const char *folder)
{
	const char *modifiers = getenv("ABMODIFIERS");

	*m = (struct member){ .folder = folder, .dir = -1 };
	if (folder) {
		m->dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (m->dir < 0 || !get(m, "unit", &m->unit, 1) || !m->unit.len)
			die(EX_USAGE, "%s: not a unit of a group", folder);
		get(m, "jobs", &m->jobs, 1);
		if (m->jobs.s[strspn(m->jobs.s, "0123456789")])
			die(EX_DATAERR, "%s/jobs: not a number", folder);
		get(m, "without", &m->without, 0);
		find_jobserver(m);
		if (get(m, "modifiers", &m->modifiers, 1)) {
			if (!strcmp(m->modifiers.s, "-"))
				m->modifiers.len = 0, *m->modifiers.s = '\0';
			return;
		}
	}
	sure(buf_puts(&m->modifiers, modifiers ? modifiers : ""));
}

int
member_tell(const struct member *m, const char *id)
{
	struct buf line = { 0 };
	int r;

	if (m->dir < 0)
		return 0;
	sure(buf_printf(&line, "%s\n", id));
	r = file_put(m->dir, "job", line.s, line.len);
	buf_free(&line);
	return r;
}
