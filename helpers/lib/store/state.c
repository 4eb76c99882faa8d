#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "json.h"
#include "store/job.h"
#include "store/layer.h"

enum { HEAD = 1 << 14 };

/* A record that is an object of JSON.  What we look for stands at its head, mostly,
 * and one read gets that. */
struct record {
	const struct store *s;
	char path[JOB_PATH + 16], head[HEAD];
	size_t len;
	struct buf whole, value;
};

static int
record_open(struct record *r, const struct store *s, const char *folder, const char *id,
    const char *name)
{
	ssize_t n;
	int fd;

	r->s = s;
	r->whole = r->value = (struct buf){ 0 };
	snprintf(r->path, sizeof(r->path), "%s/%s/%s", folder, id, name);
	fd = openat(s->dir, r->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = read(fd, r->head, sizeof(r->head));
	close_keep(fd);
	r->len = n < 0 ? 0 : (size_t)n;
	return n < 0 ? -1 : 0;
}

/* The value of key, in r->value.  Returns 0, or -1 with errno as of json_get. */
static int
record_get(struct record *r, const char *key)
{
	r->value.len = 0;
	if (!r->whole.s) {
		if (json_get(r->head, r->len, key, &r->value) == 0)
			return 0;
		if (errno != EBADMSG || r->len < sizeof(r->head))
			return -1;
		if (file_get(r->s->dir, r->path, JOB_TEXT, &r->whole) < 0)
			return -1;
		r->value.len = 0;
	}
	return json_get(r->whole.s, r->whole.len, key, &r->value);
}

static void
record_close(struct record *r)
{
	buf_free(&r->whole);
	buf_free(&r->value);
}

/* A text of at most size bytes, its NUL included.  Returns 0, or -1. */
static int
get_text(struct record *r, const char *key, char *out, size_t size)
{
	if (record_get(r, key) < 0 || r->value.len >= size || !r->value.s)
		return -1;
	memcpy(out, r->value.s, r->value.len + 1);
	return 0;
}

/* A number that is not negative, or -1. */
static int64_t
number_of(const char *text)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 10);
	return end == text || *end || n < 0 || errno ? -1 : n;
}

static int64_t
get_number(struct record *r, const char *key)
{
	return record_get(r, key) < 0 || !r->value.s ? -1 : number_of(r->value.s);
}

static int
file_line(const struct store *s, const char *folder, const char *id, const char *name,
    char *out, size_t size)
{
	struct buf line = { 0 };
	char path[JOB_PATH];
	int r;

	*out = '\0';
	snprintf(path, sizeof(path), "%s/%s", folder, id);
	r = job_line(s, path, name, &line);
	if (r == 0 && line.len < size)
		memcpy(out, line.s, line.len + 1);
	buf_free(&line);
	return r;
}

static int64_t
file_number(const struct store *s, const char *folder, const char *id, const char *name)
{
	char text[32];

	return file_line(s, folder, id, name, text, sizeof(text)) < 0 ? -1 : number_of(text);
}

/* By the result: 1 when there is one and it can be read, 0 when it cannot, -1 with
 * errno set when there is none. */
static int
ended(const struct store *s, const char *id, struct job_state *state)
{
	struct record r;
	int good;

	if (record_open(&r, s, "jobs", id, "result.json") < 0)
		return errno == ENOENT || errno == ENOTDIR ? -1 : 0;
	good = get_text(&r, "verdict", state->verdict, sizeof(state->verdict)) == 0 &&
	    get_text(&r, "branch", state->branch, sizeof(state->branch)) == 0;
	state->began = get_number(&r, "began");
	state->ended = get_number(&r, "ended");
	state->size_kib = get_number(&r, "size_kib");
	/* The last version did not have it; but what is torn may have had it. */
	if (state->size_kib < 0 && errno == EBADMSG)
		good = 0;
	record_close(&r);
	return good;
}

int
job_state(const struct store *s, const char *id, struct job_state *state)
{
	char path[JOB_PATH];
	int has, running;
	struct stat st;

	*state = (struct job_state){ .began = -1, .ended = -1, .size_kib = -1 };
	has = ended(s, id, state);
	if (has < 0) {
		snprintf(path, sizeof(path), "jobs/%s", id);
		if (fstatat(s->dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return -1;
		if (!S_ISDIR(st.st_mode)) {
			errno = ENOTDIR;
			return -1;
		}
	}
	state->kept = job_kept(s, id) == 1;
	running = has < 0 || state->kept ? job_running(s, JOB, id) : 0;
	if (has == 1 && running <= 0)
		return 0;
	file_line(s, "jobs", id, "branch", state->branch, sizeof(state->branch));
	state->began = file_number(s, "jobs", id, "began");
	if (running > 0) {
		state->ended = state->size_kib = -1;
		state->kept = 0;
	}
	strcpy(state->verdict, running > 0 ? "running" : has < 0 ? "killed" : "damaged");
	return 0;
}

struct event {
	const char *unit;
	size_t n;	/* its length */
	int ok;
};

static int
by_unit(const void *a, const void *b)
{
	const struct event *x = a, *y = b;
	int r = memcmp(x->unit, y->unit, x->n < y->n ? x->n : y->n);

	if (r == 0 && x->n != y->n)
		r = x->n < y->n ? -1 : 1;
	/* What happened first stands first in the text. */
	return r ? r : x->unit < y->unit ? -1 : 1;
}

static unsigned
lines_of(const char *text)
{
	unsigned n = 0;

	for (; text && (text = strchr(text, '\n')); text++)
		n++;
	return n;
}

/* How many units the last event of which is "ok". */
static unsigned
count_built(const char *text)
{
	struct event *e = calloc(lines_of(text) + 1, sizeof(*e));
	const char *end, *tab;
	size_t n = 0, i;
	unsigned built = 0;

	for (; e && text && (end = strchr(text, '\n')); text = end + 1) {
		tab = memchr(text, '\t', (size_t)(end - text));
		if (tab)
			e[n++] = (struct event){ tab + 1, (size_t)(end - tab - 1),
			    tab - text == 2 && !memcmp(text, "ok", 2) };
	}
	if (n)
		qsort(e, n, sizeof(*e), by_unit);
	for (i = 0; i < n; i++)
		if (i + 1 == n || e[i].n != e[i + 1].n ||
		    memcmp(e[i].unit, e[i + 1].unit, e[i].n))
			built += e[i].ok;
	free(e);
	return built;
}

int
group_state(const struct store *s, const char *id, struct group_state *state)
{
	struct buf graph = { 0 }, events = { 0 };
	char path[JOB_PATH];
	struct record r;
	int running, has;

	*state = (struct group_state){ .began = -1, .ended = -1 };
	snprintf(path, sizeof(path), "groups/%s", id);
	if (job_text(s, path, "graph", &graph) < 0) {
		buf_free(&graph);
		return -1;
	}
	state->total = lines_of(graph.s);
	if (job_text(s, path, "events", &events) == 0)
		state->built = count_built(events.s);
	buf_free(&graph);
	buf_free(&events);
	file_line(s, "groups", id, "branch", state->branch, sizeof(state->branch));
	state->began = file_number(s, "groups", id, "began");
	running = job_running(s, GROUP, id);
	has = record_open(&r, s, "groups", id, "group.json") == 0;
	if (running <= 0 && has) {
		if (get_text(&r, "verdict", state->verdict, sizeof(state->verdict)) < 0)
			strcpy(state->verdict, "damaged");
		state->ended = get_number(&r, "ended");
	}
	if (has)
		record_close(&r);
	if (!*state->verdict)
		strcpy(state->verdict, running > 0 ? "running" : "killed");
	return 0;
}

int
job_size(const struct store *s, const char *path, int64_t *kib)
{
	uint64_t n;

	if (size_kib(s->dir, path, &n) < 0)
		return -1;
	*kib = (int64_t)n;
	return 0;
}
