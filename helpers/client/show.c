#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/client.h"
#include "err.h"
#include "http/list.h"
#include "json.h"
#include "parse.h"
#include "table.h"

enum { AWAY = 120 };		/* seconds after which one that is silent is away */

struct rows {
	struct client *c;
	struct table t;
};

static void
cell(struct rows *r, const char *text)
{
	if (table_cell(&r->t, text) < 0)
		die_sys(EX_OSERR, "memory");
}

static void
sure(int r)
{
	if (r < 0)
		die_sys(EX_OSERR, "memory");
}

/* A member of an object, "" where there is none. */
static const char *
member(const struct buf *o, const char *key, struct buf *out)
{
	return member_text(o, key, out) < 0 ? "" : out->s;
}

static void
put(struct rows *r, const struct buf *o, const char *key)
{
	struct buf b = { 0 };

	cell(r, member(o, key, &b));
	buf_free(&b);
}

/* Seconds since 1970, as a date; what is none of that as it is. */
static void
as_date(struct buf *b)
{
	char text[64];
	struct tm tm;
	uint64_t n;
	time_t t;

	if (!b->len || parse_uint(b->s, 0, (uint64_t)1 << 40, &n) < 0)
		return;
	t = (time_t)n;
	if (gmtime_r(&t, &tm) && strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm)) {
		b->len = 0;
		sure(buf_puts(b, text));
	}
}

static void
put_date(struct rows *r, const struct buf *o, const char *key)
{
	struct buf b = { 0 };

	member(o, key, &b);
	as_date(&b);
	cell(r, b.s);
	buf_free(&b);
}

static int
add_word(void *arg, const char *s, size_t len)
{
	struct buf *words = arg;

	if (words->len)
		sure(buf_putc(words, ' '));
	return list_string(s, len, words);
}

/* A list of strings, with blanks between them. */
static void
put_words(struct rows *r, const struct buf *o, const char *key)
{
	struct buf list = { 0 }, words = { 0 };

	if (*member(o, key, &list) == '[')
		list_each(list.s, add_word, &words);
	cell(r, words.s);
	buf_free(&list);
	buf_free(&words);
}

/* --- one row for each object of a list */

struct each {
	struct rows *r;
	void (*row)(struct rows *r, const struct buf *o);
};

static int
add_row(void *arg, const char *s, size_t len)
{
	struct each *e = arg;
	struct buf o = { 0 };

	if (*s != '{') {
		errno = EBADMSG;
		return -1;
	}
	sure(buf_put(&o, s, len));
	e->row(e->r, &o);
	buf_free(&o);
	return 0;
}

static int
show(struct client *c, const char *path, const char *in, const char *const *heads,
    size_t columns, void (*row)(struct rows *r, const struct buf *o))
{
	struct rows r = { .c = c };
	struct each e = { &r, row };
	struct http_answer a;
	struct buf list = { 0 };

	if (ask(c, "GET", path, NULL, &a) < 0)
		return c->code;
	table_begin(&r.t, columns);
	if (c->json)
		ask_print(c, &a);
	else if ((in ? member_text(&a.body, in, &list) < 0 : 0) ||
	    list_each(in ? list.s : a.body.len ? a.body.s : "", add_row, &e) < 0)
		ask_odd(c);
	else if (table_show(&r.t, STDOUT_FILENO, heads) < 0) {
		warn_sys("standard output");
		c->code = EX_IOERR;
	}
	table_free(&r.t);
	buf_free(&list);
	http_free(&a);
	return c->code;
}

#define COLUMNS(heads) heads, sizeof(heads) / sizeof(*(heads))

static void
task_row(struct rows *r, const struct buf *o)
{
	static const char *const keys[] = { "id", "state", "name", "branch", "arch", "worker", "step",
	    "elapsed_s", "why" };
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		put(r, o, keys[i]);
}

/* One condition of the list. */
static void
pick(struct buf *path, const char *key, const char *value)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

	if (!value || !*value)
		return;
	sure(buf_printf(path, "%c%s=", strchr(path->s, '?') ? '&' : '?', key));
	for (; *value; value++)
		sure(strchr(plain, *value) ? buf_putc(path, *value) :
		    buf_printf(path, "%%%02X", (unsigned char)*value));
}

int
show_tasks(struct client *c, char **word)
{
	static const char *const heads[] = { "ID", "STATE", "NAME", "BRANCH", "ARCH", "WORKER", "STEP",
	    "SECONDS", "WHY" };
	struct buf path = { 0 };

	(void)word;
	sure(buf_puts(&path, "/task"));
	pick(&path, "state", c->state);
	pick(&path, "branch", c->branch);
	pick(&path, "arch", c->arch);
	pick(&path, "package", c->package);
	pick(&path, "limit", c->limit);
	show(c, path.s, NULL, COLUMNS(heads), task_row);
	buf_free(&path);
	return c->code;
}

static int
add_running(void *arg, const char *s, size_t len)
{
	struct buf *words = arg, task = { 0 }, n = { 0 };
	int r = json_get(s, len, "task", &task) < 0 || json_get(s, len, "attempt", &n) < 0 ? -1 : 0;

	if (r == 0)
		sure(buf_printf(words, "%s%s.%s", words->len ? " " : "", task.s, n.s));
	buf_free(&task);
	buf_free(&n);
	return r;
}

static void
worker_row(struct rows *r, const struct buf *o)
{
	struct buf b = { 0 }, running = { 0 };
	uint64_t seen = 0;
	int drained = !strcmp(member(o, "drain", &b), "true");

	if (*member(o, "running", &b) == '[')
		list_each(b.s, add_running, &running);
	parse_uint(member(o, "last_seen", &b), 0, INT64_MAX, &seen);
	put(r, o, "name");
	cell(r, drained ? "drained" : running.len ? "busy" :
	    (int64_t)time(NULL) - (int64_t)seen > AWAY ? "away" : "idle");
	put_words(r, o, "archs");
	cell(r, !strcmp(member(o, "trust", &b), "true") ? "yes" : "no");
	put(r, o, "cpus");
	put(r, o, "memory_mib");
	put(r, o, "load");
	put(r, o, "version");
	put_date(r, o, "last_seen");
	cell(r, running.s);
	put(r, o, "why");
	buf_free(&b);
	buf_free(&running);
}

int
show_workers(struct client *c, char **word)
{
	static const char *const heads[] = { "NAME", "STATE", "ARCHS", "TRUST", "CPUS", "MIB", "LOAD",
	    "VERSION", "SEEN", "TASKS", "WHY" };

	(void)word;
	return show(c, "/builder/status", "workers", COLUMNS(heads), worker_row);
}

static void
token_row(struct rows *r, const struct buf *o)
{
	struct buf b = { 0 };
	uint64_t expires = 0;
	int revoked = *member(o, "revoked", &b) && strcmp(b.s, "false") && strcmp(b.s, "0");
	int over = parse_uint(member(o, "expires", &b), 0, INT64_MAX, &expires) == 0 &&
	    (int64_t)expires <= (int64_t)time(NULL);

	put(r, o, "id");
	put(r, o, "name");
	put_words(r, o, "scopes");
	put_words(r, o, "branches");
	put_words(r, o, "archs");
	put_date(r, o, "expires");
	put_date(r, o, "used");
	cell(r, revoked ? "revoked" : over ? "expired" : "good");
	buf_free(&b);
}

int
show_tokens(struct client *c, char **word)
{
	static const char *const heads[] = { "ID", "NAME", "SCOPES", "BRANCHES", "ARCHS", "EXPIRES", "USED",
	    "STATE" };

	(void)word;
	return show(c, "/token", NULL, COLUMNS(heads), token_row);
}

/* --- all of one task */

static int
is_one_of(const char *s, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(s, *words))
			return 1;
	return 0;
}

static void
pair(struct rows *r, const char *name, const char *value)
{
	cell(r, name);
	cell(r, value);
}

/* All members but those that get rows of their own, or say nothing. */
static int
add_members(struct rows *r, const struct buf *o)
{
	static const char *const apart[] = { "attempts", "events", "outputs", "version", NULL };
	static const char *const dates[] = { "created", "queued", "began", "ended", NULL };
	const char *at = o->len ? o->s : "", *end = at + o->len, *s;
	struct buf key = { 0 }, b = { 0 };
	size_t len;
	int got;

	while ((got = json_member(&at, end, &key, &s, &len)) == 1) {
		if (is_one_of(key.s, apart) || (len == 4 && !memcmp(s, "null", 4)))
			continue;
		b.len = 0;
		sure(*s == '"' ? list_string(s, len, &b) : buf_put(&b, s, len));
		if (is_one_of(key.s, dates))
			as_date(&b);
		pair(r, key.s, b.len ? b.s : "");
	}
	buf_free(&key);
	buf_free(&b);
	return got;
}

static void
attempt_row(struct rows *r, const struct buf *o)
{
	struct buf name = { 0 }, text = { 0 }, b = { 0 };

	sure(buf_printf(&name, "attempt %s", member(o, "n", &b)));
	sure(buf_printf(&text, "%s, ", member(o, "worker", &b)));
	member(o, "began", &b);
	as_date(&b);
	sure(buf_printf(&text, "%s to ", b.s));
	member(o, "ended", &b);
	as_date(&b);
	sure(buf_printf(&text, "%s: ", b.len ? b.s : "now"));
	if (!*member(o, "verdict", &b))
		member(o, "step", &b);
	sure(buf_puts(&text, b.len ? b.s : "begun"));
	pair(r, name.s, text.s);
	buf_free(&name);
	buf_free(&text);
	buf_free(&b);
}

static void
output_row(struct rows *r, const struct buf *o)
{
	cell(r, "output");
	put(r, o, "name");
}

static int
add_list(struct rows *r, const struct buf *o, const char *key,
    void (*row)(struct rows *r, const struct buf *o))
{
	struct each e = { r, row };
	struct buf b = { 0 };
	int got = 0;

	if (*member(o, key, &b))
		got = list_each(b.s, add_row, &e);
	buf_free(&b);
	return got;
}

static int
show_one(struct client *c, const char *id)
{
	static const char *const heads[] = { "NAME", "VALUE" };
	struct rows r = { .c = c };
	struct http_answer a;
	char path[80];

	snprintf(path, sizeof(path), "/task/%s", id);
	if (ask(c, "GET", path, NULL, &a) < 0)
		return -1;
	table_begin(&r.t, 2);
	if (c->json)
		ask_print(c, &a);
	else if (add_members(&r, &a.body) < 0 ||
	    add_list(&r, &a.body, "attempts", attempt_row) < 0 ||
	    add_list(&r, &a.body, "outputs", output_row) < 0)
		ask_odd(c);
	else if (table_show(&r.t, STDOUT_FILENO, heads) < 0) {
		warn_sys("standard output");
		c->code = EX_IOERR;
	}
	table_free(&r.t);
	http_free(&a);
	return c->code ? -1 : 0;
}

int
show_task(struct client *c, char **word)
{
	for (; *word; word++)
		if (show_one(c, *word) < 0)
			break;
	return c->code;
}
