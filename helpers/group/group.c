#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "group/group.h"
#include "order/cycle.h"

enum {
	UNITS_ROWS = 64 << 20,	/* bytes of units */
	LOCK_TRIES = 10,
	LOCK_US = 50000,	/* between two */
};

static void
read_file(const struct group *g, const char *name, size_t most, struct buf *b)
{
	if (file_get(g->dir, name, most, b) == 0)
		return;
	if (errno == ENOENT)
		die(EX_NOINPUT, "group %s: it was never planned; build it again", g->id);
	die_sys(errno == EFBIG ? EX_DATAERR : EX_IOERR, "%s/%s", g->path, name);
}

/* The first line of a file, without its newline. */
static void
read_line(const struct group *g, const char *name, struct buf *b)
{
	read_file(g, name, STORE_TEXT, b);
	b->len = strcspn(b->s, "\n");
	b->s[b->len] = '\0';
}

static void
read_graph(struct group *g, uint32_t slots, uint64_t memory_kib)
{
	struct buf *b = &g->graph_text;
	struct fault f;
	uint32_t e;

	read_file(g, "graph", UNITS_TEXT, b);
	if (units_read(&g->units, b->s, b->len, &f) < 0) {
		if (errno == EBADMSG)
			die(EX_DATAERR, "%s/graph:%u: %s", g->path, f.line, f.why);
		die_sys(EX_OSERR, "units");
	}
	if (graph_make(&g->graph, &g->units) < 0 || cycle_break(&g->graph) < 0 ||
	    sched_begin(&g->sched, &g->graph, slots, memory_kib) < 0)
		die_sys(EX_OSERR, "order");
	for (e = 0; e < g->graph.edges; e++)
		g->broken |= g->graph.kind[e] & EDGE_GONE;
}

/* Cuts line at its tabs. */
static void
read_row(struct group *g, struct row *row, char *line, size_t number)
{
	int i;

	for (i = 0; i < ROW_FIELDS && line; i++)
		row->field[i] = strsep(&line, "\t");
	if (i < ROW_FIELDS || line)
		die(EX_DATAERR, "%s/units:%zu: not seven fields with tabs between them",
		    g->path, number);
	row->unit = units_find(&g->units, row->field[ROW_UNIT]);
	if (row->unit != SCHED_NONE)
		g->row_of[row->unit] = row;
	else if (strcmp(row->field[ROW_STATE], "built"))
		die(EX_DATAERR, "%s/units:%zu: %s is not in the graph", g->path, number,
		    row->field[ROW_UNIT]);
}

static void
read_rows(struct group *g)
{
	struct buf *b = &g->units_text;
	size_t lines = 1, i;
	char *line, *end;
	uint32_t u;

	read_file(g, "units", UNITS_ROWS, b);
	for (i = 0; i < b->len; i++)
		lines += b->s[i] == '\n';
	g->row = calloc(lines, sizeof(*g->row));
	g->row_of = calloc(g->units.n + (size_t)1, sizeof(*g->row_of));
	g->because = calloc(g->units.n + (size_t)1, sizeof(*g->because));
	if (!g->row || !g->row_of || !g->because)
		die_sys(EX_OSERR, "units");
	for (line = b->s; *line; line = end) {
		end = strchrnul(line, '\n');
		if (*end)
			*end++ = '\0';
		read_row(g, &g->row[g->rows], line, g->rows + 1);
		g->rows++;
	}
	for (u = 0; u < g->units.n; u++)
		if (!g->row_of[u])
			die(EX_DATAERR, "%s/graph:%u: %s is not among the units", g->path,
			    g->units.v[u].line, g->units.v[u].name);
}

void
group_load(struct group *g, const char *path, uint32_t slots, uint64_t memory_kib)
{
	struct buf began = { 0 };

	g->path = realpath(path, NULL);
	g->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!g->path || g->dir < 0)
		die_sys(EX_NOINPUT, "%s", path);
	g->id = strrchr(g->path, '/') + 1;
	if (faccessat(g->dir, "order", F_OK, 0) < 0)
		die(EX_NOINPUT, "group %s: it was never planned; build it again", g->id);
	read_line(g, "branch", &g->branch);
	read_file(g, "targets", UNITS_ROWS, &g->targets);
	read_line(g, "began", &began);
	g->began = atoll(began.s);
	buf_free(&began);
	read_graph(g, slots, memory_kib);
	read_rows(g);
}

static int
take_lock(struct group *g, int fd)
{
	if (fd < 0)
		return lock_take(&g->store, "group", g->id, LOCK_NOW, NULL);
	return lock_inherit(&g->store, "group", g->id, fd);
}

void
group_lock(struct group *g, int fd)
{
	int r, tries;

	/* A supervisor that was killed while it started a build leaves the lock to a
	 * process that is about to end. */
	for (tries = 0; (r = take_lock(g, fd)) < 0 && errno == EWOULDBLOCK; tries++) {
		if (tries == LOCK_TRIES)
			die(EX_TEMPFAIL, "group %s is running", g->id);
		usleep(LOCK_US);
	}
	if (r < 0)
		die_sys(errno == EBADF || errno == EDEADLK ? EX_SOFTWARE : EX_CANTCREAT,
		    "the lock of group %s", g->id);
	/* What is started has no part in it. */
	if (fd >= 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		die_sys(EX_OSERR, "descriptor %d", fd);
}

char *
group_run(const char *unit, const char *file)
{
	struct buf b = { 0 };

	if (buf_puts(&b, "run/") < 0 || unit_key(&b, unit) < 0 || buf_puts(&b, file) < 0)
		die_sys(EX_OSERR, "%s", unit);
	return b.s;
}

void
group_free(struct group *g)
{
	sched_end(&g->sched);
	graph_free(&g->graph);
	units_free(&g->units);
	free(g->row);
	free(g->row_of);
	free(g->because);
	free(g->path);
	buf_free(&g->branch);
	buf_free(&g->targets);
	buf_free(&g->units_text);
	buf_free(&g->graph_text);
	close(g->dir);
	close(g->store.dir);
}
