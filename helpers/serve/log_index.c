#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "serve/answer.h"
#include "serve/conf.h"
#include "serve/http.h"
#include "serve/log_index.h"
#include "serve/log_walk.h"
#include "serve/sgr.h"
#include "vec.h"

enum {
	WINDOW = 64 << 10,
	STEPS = 300,		/* that are told; each begins a window */
	STEP_NAME = 80,
	KEPT = 16,		/* logs whose index is kept: it can be made again */
	TOLD = 64,		/* windows in one answer */
};

struct mark {
	int64_t offset, line;
	struct sgr sgr;
	int mid;		/* it begins within a line */
};

struct step {
	int64_t mark, line;
	int level;
	char name[STEP_NAME];
};

struct log_index {
	int64_t task, n, used;	/* whose it is, and when it was taken last */
	int users;		/* who have it, or wait for it */
	pthread_mutex_t lock;	/* of what is below */
	int64_t at, line;	/* how far it was read, and the number of the line there */
	int mid;		/* which is a line that has begun before */
	struct sgr sgr;
	VEC(struct mark) marks;
	VEC(struct step) steps;
};

static struct log_index kept[KEPT];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;	/* of what is above that */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
make(void)
{
	int i;

	for (i = 0; i < KEPT; i++)
		pthread_mutex_init(&kept[i].lock, NULL);
}

static int
begin(struct log_index *x)
{
	x->at = 0;
	x->line = 1;
	x->mid = 0;
	x->sgr = (struct sgr){ 0 };
	x->marks.len = x->steps.len = 0;
	return vec_push(&x->marks, (struct mark){ .line = 1 });
}

/* The place of the log's index, or one that nobody has; NULL when there is none. */
static struct log_index *
place(int64_t task, int64_t n)
{
	struct log_index *x = NULL;
	int i;

	for (i = 0; i < KEPT; i++) {
		if (kept[i].task == task && kept[i].n == n)
			return &kept[i];
		if (!kept[i].users && (!x || kept[i].used < x->used))
			x = &kept[i];
	}
	return x;
}

/* The index of the log, for us alone; an empty one where there was none.  NULL with errno
 * set: EAGAIN when all are in use. */
static struct log_index *
take(int64_t task, int64_t n)
{
	struct log_index *x;

	pthread_once(&once, make);
	pthread_mutex_lock(&lock);
	x = place(task, n);
	if (!x) {
		errno = EAGAIN;
	} else if ((x->task != task || x->n != n) && begin(x) < 0) {
		x->task = 0;
		x = NULL;
	} else {
		x->task = task;
		x->n = n;
		x->used = now_us();
		x->users++;
	}
	pthread_mutex_unlock(&lock);
	if (x)
		pthread_mutex_lock(&x->lock);
	return x;
}

static void
give_back(struct log_index *x)
{
	if (!x)
		return;
	pthread_mutex_unlock(&x->lock);
	pthread_mutex_lock(&lock);
	x->users--;
	pthread_mutex_unlock(&lock);
}

/* The name in "=== NAME ===" or "--- NAME ---", which the toolbox prints.  Returns its level,
 * 0 when it is none. */
static int
step_name(const struct log_piece *p, char name[STEP_NAME])
{
	const char *bar = *p->s == '=' ? "===" : "---";
	size_t n = p->n;

	if (n < 9 || n >= STEP_NAME || memcmp(p->s, bar, 3) || p->s[3] != ' ' ||
	    memcmp(p->s + n - 3, bar, 3) || p->s[n - 4] != ' ')
		return 0;
	snprintf(name, STEP_NAME, "%.*s", (int)n - 8, p->s + 4);
	return *p->s == '=' ? 1 : 2;
}

/* A place within n bytes at s, near to the end, that parts neither a character nor a
 * sequence that is short. */
static size_t
clean(const char *s, size_t n)
{
	enum { NEAR = 256 };
	const char *at = n > NEAR ? memrchr(s + n - NEAR, 0x1b, NEAR) : NULL;
	size_t back;

	if (at && !memchr(at, 'm', (size_t)(s + n - at)))
		return (size_t)(at - s);
	for (back = 0; back < 3 && n > back && (s[n - back] & 0xc0) == 0x80; back++)
		;
	return n - back;
}

static int
add_mark(struct log_index *x, int64_t offset, int mid)
{
	return vec_push(&x->marks, (struct mark){ offset, x->line, x->sgr, mid });
}

/* Begins windows where this piece does, or within it as far as it is too long for one. */
static int
add_marks(struct log_index *x, const struct log_piece *p, int begins)
{
	int64_t from = x->marks.at[x->marks.len - 1].offset, offset = p->offset;
	int64_t end = p->offset + (int64_t)p->n + p->ends;
	const char *s = p->s;
	size_t n;

	if (end - from > WINDOW && begins && offset > from) {
		if (add_mark(x, offset, 0) < 0)
			return -1;
		from = offset;
	}
	while (end - from > WINDOW) {
		n = clean(s, (size_t)(WINDOW - (offset - from)));
		sgr_text(&x->sgr, s, n);
		s += n;
		from = offset += (int64_t)n;
		if (add_mark(x, offset, 1) < 0)
			return -1;
	}
	sgr_text(&x->sgr, s, (size_t)(p->s + p->n - s));
	return 0;
}

static int
add_step(struct log_index *x, const struct log_piece *p)
{
	struct step step = { .line = x->line };

	step.level = step_name(p, step.name);
	if (!step.level || x->steps.len == STEPS)
		return 0;
	if (x->marks.at[x->marks.len - 1].offset < p->offset && add_mark(x, p->offset, 0) < 0)
		return -1;
	step.mark = (int64_t)x->marks.len - 1;
	return vec_push(&x->steps, step);
}

static int
add_piece(void *arg, const struct log_piece *p)
{
	struct log_index *x = arg;
	int begins = p->begins && !x->mid;

	if (begins && p->ends && p->n > 8 && (*p->s == '=' || *p->s == '-') && add_step(x, p) < 0)
		return -1;
	if (add_marks(x, p, begins) < 0)
		return -1;
	x->line += p->ends;
	x->mid = !p->ends;
	x->at = p->offset + (int64_t)p->n + p->ends;
	return 0;
}

/* Reads what came since. */
static int
update(struct log_index *x, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || (st.st_size < x->at && begin(x) < 0))
		return -1;
	return st.st_size > x->at ? log_walk(fd, x->at, add_piece, x) : 0;
}

/* The last window that begins at or before a line, which begins in it. */
static size_t
find_line(const struct log_index *x, int64_t line)
{
	size_t low = 0, high = x->marks.len, half;

	while (high - low > 1) {
		half = (low + high) / 2;
		if (x->marks.at[half].line + x->marks.at[half].mid <= line)
			low = half;
		else
			high = half;
	}
	return low;
}

int
log_open(struct req *r, int64_t n)
{
	char path[80];
	int fd;

	snprintf(path, sizeof(path), "task/%" PRId64 "/%" PRId64 "/log", r->task, n);
	fd = n ? openat(conf.at, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) : -1;
	if (fd < 0)
		req_problem(r, 404, "log", "attempt %" PRId64 " of task %" PRId64 " has no log yet, or "
		    "none any more", n, r->task);
	return fd;
}

int
log_index_line(int64_t task, int64_t n, int fd, int64_t line, int64_t *offset, int64_t *is)
{
	struct log_index *x = take(task, n);
	size_t i;
	int bad;

	if (!x)
		return -1;
	bad = update(x, fd) < 0;
	for (i = find_line(x, line); i && x->marks.at[i].mid; i--)
		;
	*offset = x->marks.at[i].offset;
	*is = x->marks.at[i].line;
	give_back(x);
	return bad ? -1 : 0;
}

static int
tell_marks(const struct log_index *x, size_t first, struct buf *out)
{
	size_t i;
	int bad = 0;

	for (i = first; i < x->marks.len && i < first + TOLD && !bad; i++) {
		const struct mark *m = &x->marks.at[i];

		bad = buf_printf(out, "%s[%" PRId64 ",%" PRId64 ",\"", i > first ? "," : "", m->offset,
		    m->line) < 0 || sgr_put(&m->sgr, out) < 0 || buf_printf(out, "\",%d]", m->mid) < 0;
	}
	return bad ? -1 : 0;
}

static int
tell(const struct log_index *x, int64_t size, size_t mark, struct buf *out)
{
	size_t first = mark > TOLD / 2 ? mark - TOLD / 2 : 0, i;
	int bad;

	bad = buf_printf(out, "{\"size\":%" PRId64 ",\"lines\":%" PRId64 ",\"marks\":%zu,\"mark\":%zu,"
	    "\"first\":%zu,\"at\":[", size, x->line - (size == x->at), x->marks.len, mark, first) < 0 ||
	    tell_marks(x, first, out) < 0 || buf_puts(out, "],\"steps\":[") < 0;
	for (i = 0; i < x->steps.len && !bad; i++) {
		const struct step *s = &x->steps.at[i];

		bad = buf_printf(out, "%s[%" PRId64 ",%" PRId64 ",%d,", i ? "," : "", s->mark, s->line,
		    s->level) < 0 || buf_json(out, s->name) < 0 || buf_putc(out, ']') < 0;
	}
	return bad || buf_puts(out, "]}\n") < 0 ? -1 : 0;
}

void
log_index_get(struct req *r)
{
	int64_t n = answer_attempt(r), line = req_query(r, "line", 1, INT64_MAX, 0);
	int64_t mark = req_query(r, "mark", 0, INT64_MAX, -1);
	struct log_index *x;
	struct stat st;
	size_t at;
	int fd, bad;

	if (n < 0 || r->status)
		return;
	fd = log_open(r, n);
	if (fd < 0)
		return;
	http_timeout(r, 120);
	x = take(r->task, n);
	bad = !x || fstat(fd, &st) < 0 || update(x, fd) < 0;
	if (!bad) {
		at = line ? find_line(x, line) : mark >= 0 && mark < (int64_t)x->marks.len ? (size_t)mark :
		    x->marks.len - 1;
		bad = tell(x, st.st_size, at, &r->out) < 0;
	}
	give_back(x);
	close_keep(fd);
	if (bad)
		req_failed(r, "log");
	else
		req_answer(r, 200);
}
