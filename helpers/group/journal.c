#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "group/journal.h"
#include "group/member.h"
#include "json.h"
#include "order/events.h"

enum { EVENTS_TEXT = 64 << 20 };

/* Adds a line to the end of a file, wholly or not at all. */
static int
add_line(int fd, const char *a, const char *b)
{
	off_t end = lseek(fd, 0, SEEK_END);
	char *line;
	int n, r, err;

	n = asprintf(&line, "%s\t%s\n", a, b);
	if (n < 0)
		return -1;
	r = file_write(fd, line, (size_t)n);
	err = errno;
	free(line);
	if (r < 0 && end >= 0 && ftruncate(fd, end) < 0)
		return -1;	/* the torn line goes when the file is read next */
	errno = err;
	return r;
}

/* Takes the state that each unit's last event says. */
static void
take_events(struct journal *j, struct console *c, char *text)
{
	struct group *g = j->g;
	unsigned line = 1;
	struct fault f;
	char *end;

	for (; (end = strchr(text, '\n')); text = end + 1, line++) {
		*end = '\0';
		if (event_read(&g->sched, &g->units, text, &f) < 0)
			console_say(c, "group %s: events:%u: %s; passed over", g->id, line, f.why);
	}
}

/* Reads what was written until now, and cuts off a last line that has no end. */
static int
read_events(struct journal *j, struct console *c)
{
	struct buf b = { 0 };
	size_t whole, i;
	int r = -1;

	if (buf_read(&b, j->events, EVENTS_TEXT) < 0)
		goto end;
	for (whole = b.len; whole && b.s[whole - 1] != '\n'; whole--)
		;
	if (whole < b.len && ftruncate(j->events, (off_t)whole) < 0)
		goto end;
	for (i = 0; i < whole; i++)
		if (!b.s[i])
			b.s[i] = '?';	/* makes a damaged line of it */
	b.s[whole] = '\0';
	take_events(j, c, b.s);
	r = 0;
end:
	buf_free(&b);
	return r;
}

int
journal_open(struct journal *j, struct group *g, struct console *c)
{
	const int flags = O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC;

	*j = (struct journal){ .g = g, .skipped = -1 };
	j->events = openat(g->dir, "events", flags | O_RDWR, 0644);
	if (j->events < 0 || read_events(j, c) < 0)
		return -1;
	j->skipped = openat(g->dir, "skipped", flags | O_WRONLY | O_TRUNC, 0644);
	return j->skipped < 0 ? -1 : 0;
}

int
journal_event(struct journal *j, uint32_t u, enum state state)
{
	if (add_line(j->events, event_name[state], group_unit(j->g, u)) < 0)
		return -1;
	sched_set(&j->g->sched, u, state);
	return 0;
}

int
journal_skip(struct journal *j, uint32_t u, uint32_t because)
{
	if (journal_event(j, u, SKIPPED) < 0)
		return -1;
	j->g->because[u] = because;
	return add_line(j->skipped, group_unit(j->g, u), group_unit(j->g, because));
}

/* Whether the job that built a unit says that it went well. */
static int
job_is_ok(const struct group *g, const char *unit)
{
	struct buf text = { 0 }, verdict = { 0 };
	char *job = member_job(g, unit), *path = NULL;
	int ok;

	ok = job && asprintf(&path, "jobs/%s/result.json", job) > 0 &&
	    file_get(g->store.dir, path, STORE_TEXT, &text) == 0 &&
	    json_get(text.s, text.len, "verdict", &verdict) == 0 &&
	    !strcmp(verdict.s, "ok");
	free(path);
	free(job);
	buf_free(&text);
	buf_free(&verdict);
	return ok;
}

/* Whether a build that nobody waited for ended well. */
static int
went_well(const struct group *g, const char *unit)
{
	char *path = group_run(unit, "/code");
	struct buf code = { 0 };
	int ok;

	ok = file_get(g->dir, path, STORE_TEXT, &code) == 0 && code.s &&
	    !strcmp(code.s, "0\n");
	free(path);
	buf_free(&code);
	return ok || job_is_ok(g, unit);
}

/* The state that a unit is to begin in. */
static enum state
state_now(const struct group *g, const struct row *row)
{
	const char *plan = row->field[ROW_STATE];
	enum state was = (enum state)g->sched.state[row->unit];

	if (!strcmp(plan, "unmet") || !strcmp(plan, "unfit"))
		return SKIPPED;		/* so is what needs it */
	if (was == RUNNING && went_well(g, row->field[ROW_UNIT]))
		return DONE;
	return was == DONE ? DONE : WAITING;
}

int
journal_recover(struct journal *j, struct console *c)
{
	struct group *g = j->g;
	const struct row *row;
	enum state now;

	for (row = g->row; row < g->row + g->rows; row++) {
		if (row->unit == SCHED_NONE)
			continue;
		now = state_now(g, row);
		if ((now == SKIPPED || now != g->sched.state[row->unit]) &&
		    journal_event(j, row->unit, now) < 0)
			return -1;
		if (now == SKIPPED)
			console_say(c, "%s: %s", row->field[ROW_UNIT], row->field[ROW_WHY]);
	}
	return 0;
}

void
journal_close(struct journal *j)
{
	close(j->events);
	if (j->skipped >= 0)
		close(j->skipped);
}
