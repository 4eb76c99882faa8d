#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "plain.h"
#include "serve/answer.h"
#include "serve/db.h"
#include "serve/http.h"
#include "serve/log_find.h"
#include "serve/log_index.h"
#include "serve/log_walk.h"
#include "why/why.h"

enum {
	HITS = 100,		/* in one answer */
	BYTES = 512 << 20,	/* that are searched for one; the next goes on */
	TEXT = 200,		/* of a line that is shown, bytes */
	WORD = 200,		/* that is sought, bytes */
	AT_ONCE = 2,		/* searches; more of them wait */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t freed = PTHREAD_COND_INITIALIZER;
static int searches;

struct search {
	const char *word;
	size_t len;
	int any_case;
	char *folded;		/* a piece in lower case */
	int64_t first;		/* line that is searched */
	int64_t line, from;	/* the line that the next piece belongs to; where it began */
	int64_t hit;		/* the last line that has it */
	int n;
	int64_t next;		/* line to go on from; 0: it was all */
	struct buf *out;
};

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
}

static int
add_hit(struct search *s, const char *text, size_t n, size_t at)
{
	size_t from = at > TEXT / 3 ? at - TEXT / 3 : 0, i;
	char line[TEXT + 1];

	n = n - from < TEXT ? n - from : TEXT;
	memcpy(line, text + from, n);
	line[n] = '\0';
	for (i = 0; i < n; i++)	/* a NUL would end it */
		line[i] = line[i] ? line[i] : '?';
	plain_line(line);
	return buf_printf(s->out, "%s\n{\"line\":%" PRId64 ",\"text\":", s->n++ ? "," : "", s->line) < 0 ||
	    buf_json(s->out, line) < 0 || buf_putc(s->out, '}') < 0 ? -1 : 0;
}

static int
seek(void *arg, const struct log_piece *p)
{
	struct search *s = arg;
	const char *in = p->s, *hit;
	size_t i;

	if (s->line < s->first) {
		s->line += p->ends;
		return 0;
	}
	if (p->begins && (s->n == HITS || p->offset - s->from > BYTES)) {
		s->next = s->line;
		return 1;
	}
	if (s->any_case && p->n >= s->len) {
		for (i = 0; i < p->n; i++)
			s->folded[i] = lower(p->s[i]);
		in = s->folded;
	}
	hit = s->hit == s->line ? NULL : memmem(in, p->n, s->word, s->len);
	if (hit && add_hit(s, p->s, p->n, (size_t)(hit - in)) < 0)
		return -1;
	if (hit)
		s->hit = s->line;
	s->line += p->ends;
	return 0;
}

static void
enter(void)
{
	pthread_mutex_lock(&lock);
	while (searches == AT_ONCE)
		pthread_cond_wait(&freed, &lock);
	searches++;
	pthread_mutex_unlock(&lock);
}

static void
leave(void)
{
	pthread_mutex_lock(&lock);
	searches--;
	pthread_cond_signal(&freed);
	pthread_mutex_unlock(&lock);
}

/* All that there is of it from the line first on, as JSON. */
static int
search(struct search *s, int64_t task, int64_t n, int fd)
{
	int bad = log_index_line(task, n, fd, s->first, &s->from, &s->line) < 0 ||
	    buf_puts(s->out, "{\"hits\":[") < 0 || log_walk(fd, s->from, seek, s) < 0;

	bad = bad || (s->next ? buf_printf(s->out, "],\"next\":%" PRId64 "}\n", s->next) :
	    buf_puts(s->out, "],\"next\":null}\n")) < 0;
	return bad ? -1 : 0;
}

void
log_search(struct req *r)
{
	int64_t n = answer_attempt(r), line = req_query(r, "line", 1, INT64_MAX, 1);
	const char *word = http_query(r, "q");
	struct search s = { .word = word, .first = line, .out = &r->out };
	const char *c;
	int fd, bad;

	if (n < 0 || r->status)
		return;
	s.len = word ? strlen(word) : 0;
	if (!s.len || s.len > WORD) {
		req_problem(r, 400, "request", "q= is what is sought, of at most %d bytes", WORD);
		return;
	}
	for (s.any_case = 1, c = word; *c; c++)
		s.any_case &= *c < 'A' || *c > 'Z';
	fd = log_open(r, n);
	if (fd < 0)
		return;
	http_timeout(r, 120);
	s.folded = malloc(LOG_PIECE);
	enter();
	bad = !s.folded || search(&s, r->task, n, fd) < 0;
	leave();
	free(s.folded);
	close_keep(fd);
	if (bad)
		req_failed(r, "log");
	else
		req_answer(r, 200);
}

void
log_why(struct req *r)
{
	static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
	int64_t n = answer_attempt(r);
	struct buf verdict = { 0 };
	struct why why;
	int fd, bad;

	if (n < 0)
		return;
	fd = log_open(r, n);
	if (fd < 0)
		return;
	bad = db_get("SELECT coalesce(verdict, '') FROM attempt WHERE task = ? AND n = ?", "ii|s",
	    r->task, n, &verdict) < 0;
	/* One at a time: the first makes a table for all. */
	pthread_mutex_lock(&one);
	bad = bad || why_find(fd, verdict.len ? verdict.s : "", &why) < 0;
	pthread_mutex_unlock(&one);
	close_keep(fd);
	if (bad || why_json(&why, "", &r->out) < 0)
		req_failed(r, "log");
	else
		req_answer(r, 200);
	buf_free(&verdict);
}
