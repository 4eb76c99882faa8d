#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "digest.h"
#include "json.h"
#include "parse.h"
#include "provenance/statement.h"

/* Nothing of result is copied as it is written: each text is read and written anew, so
 * that what comes out is JSON whatever went in. */
struct maker {
	const struct buf *result;
	struct buf *out;
	int bad;		/* memory ended, or result is none */
};

static void
raw(struct maker *m, const char *s)
{
	m->bad |= buf_puts(m->out, s) < 0;
}

/* A comma, unless something begins; and the name of a member, if it has one. */
static void
next(struct maker *m, const char *name)
{
	char last = m->out->len ? m->out->s[m->out->len - 1] : '{';

	if (last != '{' && last != '[')
		raw(m, ",");
	if (name) {
		m->bad |= buf_json(m->out, name) < 0;
		raw(m, ":");
	}
}

static void
text(struct maker *m, const char *name, const char *s)
{
	next(m, name);
	m->bad |= buf_json(m->out, s) < 0;
}

/* The member key of an object.  Returns whether it is there, and neither null nor "". */
static int
get(struct maker *m, const char *object, size_t len, const char *key, struct buf *b)
{
	b->len = 0;
	if (json_get(object, len, key, b) < 0) {
		m->bad |= errno != ENOENT;
		return 0;
	}
	return b->len && strcmp(b->s, "null");
}

static int
of_result(struct maker *m, const char *key, struct buf *b)
{
	return get(m, m->result->s, m->result->len, key, b);
}

/* Members of the result that are texts, by their names. */
static void
texts(struct maker *m, const char *const *keys)
{
	struct buf b = { 0 };

	for (; *keys; keys++)
		if (of_result(m, *keys, &b))
			text(m, *keys, b.s);
	buf_free(&b);
}

/* "digest" of ALGO::HEX, or of the hex of a SHA-256. */
static void
digest(struct maker *m, const char *s)
{
	const struct algo *algo;
	char hex[DIGEST_HEX], both[DIGEST_HEX + 16];

	snprintf(both, sizeof(both), "%s%s", strstr(s, "::") ? "" : "sha256::", s);
	if (digest_parse(both, &algo, hex))
		return;
	next(m, "digest");
	raw(m, "{");
	text(m, algo->name, hex);
	raw(m, "}");
}

/* Calls put for each object or text of a list of the result.  Returns how many. */
static int
each(struct maker *m, const char *key,
    void (*put)(struct maker *, const char *, size_t))
{
	struct buf list = { 0 };
	const char *at, *one;
	size_t len;
	int n = 0, got;

	if (!of_result(m, key, &list))
		goto end;
	for (at = list.s; (got = json_next(&at, list.s + list.len, &one, &len)) > 0; n++)
		put(m, one, len);
	m->bad |= got < 0;
end:
	buf_free(&list);
	return n;
}

/* An element that is a text, by way of an object. */
static int
element(const char *one, size_t len, struct buf *b)
{
	struct buf object = { 0 };
	int r = -1;

	b->len = 0;
	if (*one == '"' && buf_puts(&object, "{\"x\":") == 0 && buf_put(&object, one, len) == 0 &&
	    buf_puts(&object, "}") == 0)
		r = json_get(object.s, object.len, "x", b);
	buf_free(&object);
	return r == 0 && b->len;
}

static void
put_word(struct maker *m, const char *one, size_t len)
{
	struct buf b = { 0 };

	if (element(one, len, &b))
		text(m, NULL, b.s);
	buf_free(&b);
}

static void
put_subject(struct maker *m, const char *one, size_t len)
{
	struct buf name = { 0 }, sha = { 0 };

	if (*one == '{' && get(m, one, len, "name", &name) && get(m, one, len, "sha256", &sha) &&
	    strlen(sha.s) == 64) {
		next(m, NULL);
		raw(m, "{");
		text(m, "name", name.s);
		digest(m, sha.s);
		raw(m, "}");
	} else {
		m->bad = 1;
	}
	buf_free(&name);
	buf_free(&sha);
}

/* A source or a package that was there: a text, or an object with some of these. */
static void
put_dependency(struct maker *m, const char *one, size_t len)
{
	static const char *const names[][2] = {
		{ "name", "name" }, { "version", "version" }, { "url", "uri" }, { "uri", "uri" },
	};
	struct buf b = { 0 };
	size_t i;

	next(m, NULL);
	raw(m, "{");
	if (element(one, len, &b))
		text(m, "name", b.s);
	for (i = 0; *one == '{' && i < sizeof(names) / sizeof(*names); i++) {
		if (!get(m, one, len, names[i][0], &b))
			continue;
		if (i != 1) {
			text(m, names[i][1], b.s);
			continue;
		}
		next(m, "annotations");
		raw(m, "{");
		text(m, "version", b.s);
		raw(m, "}");
	}
	if (*one == '{' && (get(m, one, len, "digest", &b) || get(m, one, len, "sha256", &b)))
		digest(m, b.s);
	raw(m, "}");
	buf_free(&b);
}

static void
named_digest(struct maker *m, const char *name, const char *key)
{
	struct buf b = { 0 };

	if (of_result(m, key, &b)) {
		next(m, NULL);
		raw(m, "{");
		text(m, "name", name);
		digest(m, b.s);
		raw(m, "}");
	}
	buf_free(&b);
}

static void
definition(struct maker *m)
{
	static const char *const outside[] = { "branch", "arch", "modifiers", "bundle_sha256", NULL };
	static const char *const inside[] = { "base", "release", NULL };

	raw(m, "\"buildDefinition\":{");
	text(m, "buildType", "urn:aoinb:build:1");
	next(m, "externalParameters");
	raw(m, "{");
	texts(m, outside);
	next(m, "targets");
	raw(m, "[");
	each(m, "targets", put_word);
	raw(m, "]}");
	next(m, "internalParameters");
	raw(m, "{");
	texts(m, inside);
	raw(m, "}");
	next(m, "resolvedDependencies");
	raw(m, "[");
	named_digest(m, "bundle", "bundle_sha256");
	each(m, "sources", put_dependency);
	each(m, "packages_installed", put_dependency);
	raw(m, "]}");
}

static void
at_time(struct maker *m, const char *name, const char *key)
{
	struct buf b = { 0 };
	char iso[32];
	struct tm tm;
	uint64_t n;
	time_t t;

	if (of_result(m, key, &b) && parse_uint(b.s, 0, INT32_MAX * (uint64_t)64, &n) == 0) {
		t = (time_t)n;
		if (gmtime_r(&t, &tm) && strftime(iso, sizeof(iso), "%Y-%m-%dT%H:%M:%SZ", &tm))
			text(m, name, iso);
	}
	buf_free(&b);
}

static void
details(struct maker *m, const char *worker)
{
	struct buf b = { 0 }, id = { 0 };

	next(m, "runDetails");
	raw(m, "{\"builder\":{");
	m->bad |= buf_printf(&id, "urn:aoinb:worker:%s", worker ? worker : "unknown") < 0;
	text(m, "id", m->bad ? "" : id.s);
	if (of_result(m, "version", &b)) {
		next(m, "version");
		raw(m, "{");
		text(m, "aoinb", b.s);
		raw(m, "}");
	}
	raw(m, "},\"metadata\":{");
	id.len = 0;
	if (of_result(m, "task", &b) && buf_printf(&id, "%s.", b.s) == 0 &&
	    of_result(m, "attempt", &b) && buf_puts(&id, b.s) == 0)
		text(m, "invocationId", id.s);
	at_time(m, "startedOn", "began");
	at_time(m, "finishedOn", "ended");
	raw(m, "},\"byproducts\":[");
	named_digest(m, "log", "log_sha256");
	raw(m, "]}");
	buf_free(&b);
	buf_free(&id);
}

int
statement_put(const struct buf *result, const char *worker, struct buf *out)
{
	struct maker m = { result, out, 0 };
	int n;

	raw(&m, "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[");
	n = each(&m, "outputs", put_subject);
	raw(&m, "],\"predicateType\":\"https://slsa.dev/provenance/v1\",\"predicate\":{");
	definition(&m);
	details(&m, worker);
	raw(&m, "}}\n");
	errno = EBADMSG;
	return m.bad ? -1 : n;
}

int
statement_has(const struct buf *result, const char *name, const char *hex)
{
	struct buf list = { 0 }, b = { 0 };
	const char *at, *one;
	size_t len;
	int has = 0;

	if (json_get(result->s, result->len, "outputs", &list) == 0 && list.len)
		for (at = list.s; !has && json_next(&at, list.s + list.len, &one, &len) > 0; ) {
			b.len = 0;
			if (json_get(one, len, "name", &b) < 0 || strcmp(b.s, name))
				continue;
			b.len = 0;
			has = json_get(one, len, "sha256", &b) == 0 && !strcmp(b.s, hex);
		}
	buf_free(&list);
	buf_free(&b);
	return has;
}
