#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "err.h"
#include "file.h"
#include "parse.h"
#include "serve/db.h"
#include "serve/http.h"
#include "serve/req.h"
#include "store/store.h"

static const struct {
	int status, exit;
	const char *title;
} words[] = {
	{ 400, 65, "Bad Request" }, { 401, 77, "Unauthorized" }, { 403, 77, "Forbidden" },
	{ 404, 66, "Not Found" }, { 405, 64, "Method Not Allowed" },
	{ 408, 75, "Request Timeout" }, { 409, 65, "Conflict" }, { 410, 75, "Gone" },
	{ 413, 65, "Content Too Large" }, { 415, 65, "Unsupported Media Type" },
	{ 416, 75, "Range Not Satisfiable" }, { 422, 65, "Unprocessable Content" },
	{ 426, 69, "Upgrade Required" }, { 429, 75, "Too Many Requests" },
	{ 500, 70, "Internal Server Error" }, { 503, 75, "Service Unavailable" },
	{ 507, 75, "Insufficient Storage" },
};

const char *
req_title(int status)
{
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (words[i].status == status)
			return words[i].title;
	return "Error";
}

static int
exit_of(int status)
{
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (words[i].status == status)
			return words[i].exit;
	return EX_SOFTWARE;
}

void
req_head(struct req *r, const char *name, const char *fmt, ...)
{
	va_list ap;
	char *value;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&value, fmt, ap);
	va_end(ap);
	if (n < 0 || r->heads == REQ_HEADS) {
		if (n >= 0)
			free(value);
		return;
	}
	r->head[r->heads].name = name;
	r->head[r->heads++].value = value;
}

void
req_answer(struct req *r, int status)
{
	r->status = status;
}

static void
problem(struct req *r, int status, const char *word, const char *extra, const char *detail)
{
	r->status = status;
	r->type = "application/problem+json";
	r->out.len = 0;
	if (r->fd >= 0) {
		close_keep(r->fd);
		r->fd = -1;
	}
	if (buf_printf(&r->out, "{\"type\":\"urn:aoinb:%s\",\"title\":\"%s\",\"status\":%d,"
	    "\"detail\":", word, req_title(status), status) < 0 ||
	    buf_json(&r->out, detail) < 0 ||
	    buf_printf(&r->out, ",\"exit\":%d%s%s}\n", exit_of(status), extra ? "," : "",
	    extra ? extra : "") < 0)
		r->out.len = 0;
	if (status == 429 || status == 503 || status == 507)
		req_head(r, "Retry-After", "%d", status == 507 ? 60 : 5);
	if (status == 401)
		req_head(r, "WWW-Authenticate", "Bearer realm=\"aoinb\", Basic realm=\"aoinb\"");
}

void
req_problem(struct req *r, int status, const char *word, const char *fmt, ...)
{
	char detail[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	problem(r, status, word, NULL, detail);
}

void
req_problem_with(struct req *r, int status, const char *word, const char *extra,
    const char *fmt, ...)
{
	char detail[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	problem(r, status, word, extra, detail);
}

void
req_failed(struct req *r, const char *what)
{
	warn_sys("%s %s: %s", r->method, r->path, what);
	if (errno == ENOSPC || errno == EDQUOT)
		req_problem(r, 507, "space", "the server's disk is full; nothing that it had "
		    "taken is lost; try again later");
	else if (errno == EMFILE || errno == ENFILE || errno == EAGAIN || errno == ENOMEM)
		req_problem(r, 503, "busy", "the server has too much to do; try again later");
	else
		req_problem(r, 500, "server", "the server failed (%s); its log says more", what);
}

int
req_object(struct req *r)
{
	struct buf type = { 0 };
	int good;

	if (!r->body.len)
		return 1;
	good = strlen(r->body.s) == r->body.len &&
	    db_get("SELECT CASE WHEN json_valid(?1) THEN json_type(?1) END", "s|s", r->body.s,
	    &type) == 1 && !strcmp(type.s, "object");
	buf_free(&type);
	if (!good)
		req_problem(r, 400, "request", "the body is no JSON object; see aoinb-api(7)");
	return good;
}

/* Its kind by json_type, "" when it is not there. */
static int
member(struct req *r, const char *name, struct buf *kind, struct buf *text)
{
	char path[80];

	if (!r->body.len)
		return 0;
	snprintf(path, sizeof(path), "$.%s", name);
	if (db_get("SELECT json_type(?1, ?2), json_extract(?1, ?2)", "ss|ss", r->body.s, path,
	    kind, text) < 0) {
		req_failed(r, "body");
		return -1;
	}
	return kind->len && strcmp(kind->s, "null");
}

static int
wrong(struct req *r, const char *name, const char *what)
{
	req_problem(r, 422, "field", "%s is not %s", name, what);
	return -1;
}

int
req_text(struct req *r, const char *name, struct buf *out)
{
	struct buf kind = { 0 };
	int got = member(r, name, &kind, out);

	if (got <= 0)
		out->len = 0;
	if (got == 1 && (strcmp(kind.s, "text") || strlen(out->s) != out->len))
		got = wrong(r, name, "a text");
	buf_free(&kind);
	return got;
}

int
req_int(struct req *r, const char *name, int64_t least, int64_t most, int64_t *out)
{
	struct buf kind = { 0 }, text = { 0 };
	int got = member(r, name, &kind, &text);
	long long v;

	if (got == 1) {
		v = strtoll(text.s, NULL, 10);
		if (strcmp(kind.s, "integer") || text.len > 18 || v < least || v > most)
			got = wrong(r, name, "a number that may be here");
		else
			*out = v;
	}
	buf_free(&kind);
	buf_free(&text);
	return got;
}

int
req_bool(struct req *r, const char *name, int64_t *out)
{
	struct buf kind = { 0 }, text = { 0 };
	int got = member(r, name, &kind, &text);

	if (got == 1 && strcmp(kind.s, "true") && strcmp(kind.s, "false"))
		got = wrong(r, name, "true or false");
	else if (got == 1)
		*out = *kind.s == 't';
	buf_free(&kind);
	buf_free(&text);
	return got;
}

struct listed {
	int names, good;
};

static int
look(void *arg, const struct db_row *row)
{
	struct listed *l = arg;

	if (strcmp(db_text(row, 1), "text") || (l->names && !name_ok(db_text(row, 0))))
		l->good = 0;
	return !l->good;
}

int
req_list(struct req *r, const char *name, int names, struct buf *out)
{
	struct listed l = { names, 1 };
	struct buf kind = { 0 };
	int got = member(r, name, &kind, out);

	if (got == 1 && (strcmp(kind.s, "array") || db_each(look, &l,
	    "SELECT value, type FROM json_each(?)", "s", out->s) < 0 || !l.good))
		got = wrong(r, name, names ? "a list of names" : "a list of texts");
	buf_free(&kind);
	return got;
}

int64_t
req_query(struct req *r, const char *name, int64_t least, int64_t most, int64_t usual)
{
	const char *text = http_query(r, name);
	uint64_t n;

	if (!text)
		return usual;
	if (parse_uint(text, (uint64_t)least, (uint64_t)most, &n) == 0)
		return (int64_t)n;
	req_problem(r, 400, "request", "%s= is a number from %" PRId64 " to %" PRId64, name,
	    least, most);
	return -1;
}

int
name_ok(const char *s)
{
	return strlen(s) < STORE_NAME && store_name_ok(s);
}

int64_t
now_s(void)
{
	return time(NULL);
}

int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}
