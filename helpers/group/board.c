#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "group/board.h"
#include "human.h"
#include "store/sample.h"

enum {
	STEP = 64,		/* bytes of a step's name */
	NAME = 32,		/* columns of a package's name, at least */
	NAME_MOST = 64,
	REST = 47,		/* columns of what stands around it */
};

/* Processor and memory between the last two samples of a job. */
static int
put_usage(struct buf *b, const struct group *g, const char *job)
{
	struct job_usage u;

	if (job_usage(&g->store, job, &u) < 0)
		return 0;
	return buf_printf(b, "%4.0f %% CPU  %6.0f MiB", 100 * u.cpu, (double)u.mem_kib / 1024);
}

/* Ends a line that began at: as wide as the terminal, and nothing in it that a
 * terminal would obey. */
static int
end_line(struct buf *b, size_t at, unsigned columns)
{
	size_t i;

	if (b->len - at > columns - 1) {
		b->len = at + columns - 1;
		b->s[b->len] = '\0';
	}
	for (i = at; i < b->len; i++)
		if (b->s[i] < ' ' || b->s[i] > '~')
			b->s[i] = '?';
	return buf_putc(b, '\n');
}

static int
put_build(struct buf *b, const struct group *g, const struct member *m, uint64_t now,
    int name, unsigned columns)
{
	char path[STORE_NAME + 32], step[STEP] = "", span[HUMAN_MAX];
	const char *unit = group_unit(g, m->unit);
	char *job = member_job(g, unit);
	size_t at = b->len;
	int bad;

	if (job) {
		snprintf(path, sizeof(path), "jobs/%s/step", job);
		job_tail(&g->store, path, step, sizeof(step));
		step[strcspn(step, "\n")] = '\0';
	}
	human_span(span, (now - m->began) / 1000000 * 1000000);
	bad = buf_printf(b, "  %-*.*s %-9s %8s  ", name, name, unit, step, span) < 0;
	if (job)
		bad |= put_usage(b, g, job) < 0;
	free(job);
	return bad ? -1 : end_line(b, at, columns);
}

/* When all may be over: no sooner than the longest chain, or than all work by all
 * slots. */
static uint64_t
time_left(const struct group *g, struct member *const *m, uint32_t members, uint64_t now)
{
	const struct sched *s = &g->sched;
	uint64_t work = 0, chain = 0, gone, weight;
	uint32_t u, i;

	for (u = 0; u < g->graph.n; u++) {
		if (s->state[u] != WAITING)
			continue;
		work += g->graph.unit[u].weight;
		if (s->path[u] > chain)
			chain = s->path[u];
	}
	for (i = 0; i < members; i++) {
		u = m[i]->unit;
		weight = g->graph.unit[u].weight;
		gone = now - m[i]->began < weight ? now - m[i]->began : weight;
		work += weight - gone;
		if (s->path[u] - gone > chain)
			chain = s->path[u] - gone;
	}
	work /= s->slots;
	return work > chain ? work : chain;
}

static int
put_all(struct buf *b, const struct group *g, struct member *const *m, uint32_t members,
    uint64_t now, unsigned columns)
{
	const uint32_t *n = g->sched.count;
	char span[HUMAN_MAX];
	size_t at = b->len;
	int bad;

	bad = buf_printf(b, "%" PRIu32 " running, %" PRIu32 " waiting, %" PRIu32 " built",
	    n[RUNNING], n[WAITING], n[DONE]) < 0;
	if (n[FAILED] + n[SKIPPED])
		bad |= buf_printf(b, ", %" PRIu32 " failed, %" PRIu32 " skipped", n[FAILED],
		    n[SKIPPED]) < 0;
	human_span(span, time_left(g, m, members, now));
	bad |= buf_printf(b, "; about %s left", span) < 0;
	return bad ? -1 : end_line(b, at, columns);
}

/* Columns for the names of packages: what the longest needs, as far as there are. */
static int
name_width(const struct group *g, struct member *const *m, uint32_t members,
    unsigned columns)
{
	size_t room = NAME, most = columns > NAME + REST ? columns - REST - 1 : NAME, n;
	uint32_t i;

	for (i = 0; i < members; i++) {
		n = strlen(group_unit(g, m[i]->unit));
		if (n > room)
			room = n;
	}
	if (most > NAME_MOST)
		most = NAME_MOST;
	return (int)(room < most ? room : most);
}

unsigned
board_lines(struct buf *b, const struct group *g, struct member *const *m,
    uint32_t members, uint64_t now, unsigned rows, unsigned columns)
{
	uint32_t shown = members, i;
	int name;

	if (shown + 2 > rows)	/* one for all, and one for the cursor */
		shown = rows > 2 ? rows - 2 : 0;
	name = name_width(g, m, shown, columns);
	for (i = 0; i < shown; i++)
		if (put_build(b, g, m[i], now, name, columns) < 0)
			return 0;
	return put_all(b, g, m, members, now, columns) < 0 ? 0 : shown + 1;
}
