#include <string.h>

#include "serve/route.h"

/* What a word of a path stands for, and how its values are described. */
static const struct {
	const char *word, *name, *schema;
} params[] = {
	{ "ID", "id", "{\"type\":\"integer\",\"minimum\":1}" },
	{ "A", "attempt", "{\"type\":\"string\",\"pattern\":\"^[1-9][0-9]*\\\\.[1-9][0-9]*$\"}" },
	{ "NAME", "name", "{\"type\":\"string\"}" },
	{ "BRANCH", "branch", "{\"type\":\"string\"}" },
	{ "PATH", "path", "{\"type\":\"string\"}" },
};
enum { PARAMS = sizeof(params) / sizeof(*params) };

static int
param(const char *s, size_t len)
{
	int i;

	for (i = 0; i < PARAMS; i++)
		if (strlen(params[i].word) == len && !memcmp(params[i].word, s, len))
			return i;
	return -1;
}

/* The path with {name} for each word; and the parameters of it. */
static int
path(struct buf *out, struct buf *list, const char *s)
{
	size_t n, dot;
	int i, bad = 0;

	for (; *s && !bad; s += n) {
		bad = buf_putc(out, *s++) < 0;
		n = strcspn(s, "/");
		dot = n > 4 && !memcmp(s + n - 4, ".svg", 4) ? n - 4 : n;
		i = param(s, dot);
		if (i < 0) {
			bad |= buf_put(out, s, n) < 0;
			continue;
		}
		bad |= buf_printf(out, "{%s}%.*s", params[i].name, (int)(n - dot), s + dot) < 0 ||
		    buf_printf(list, "%s{\"name\":\"%s\",\"in\":\"path\",\"required\":true,\"schema\":%s}",
		    list->len ? "," : "", params[i].name, params[i].schema) < 0;
	}
	return bad ? -1 : 0;
}

static const char *
security(const struct route *t)
{
	return t->flags & ROUTE_LEASE ? "[{\"lease\":[]}]" : t->flags ? "[]" : "[{\"token\":[]}]";
}

static int
method(struct buf *out, const struct route *t, const struct buf *list)
{
	char name[8] = "";
	size_t i;

	for (i = 0; t->method[i] && i < sizeof(name) - 1; i++)
		name[i] = (char)(t->method[i] | 32);
	return buf_printf(out, "\"%s\":{\"summary\":\"%s\",\"security\":%s,\"parameters\":[%s],"
	    "\"responses\":{\"default\":{\"description\":\"as told in aoinb-api(7)\"}}}", name, t->help,
	    security(t), list->len ? list->s : "");
}

int
openapi(struct buf *out)
{
	struct buf list = { 0 };
	const struct route *t, *u;
	int bad;

	bad = buf_printf(out, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"aoinb-serve\",\"version\":"
	    "\"%s\"},\"components\":{\"securitySchemes\":{\"token\":{\"type\":\"http\",\"scheme\":"
	    "\"bearer\"},\"lease\":{\"type\":\"http\",\"scheme\":\"bearer\"}}},\"paths\":{",
	    AOINB_VERSION) < 0;
	for (t = routes; t->method && !bad; t++) {
		for (u = routes; strcmp(u->path, t->path); u++)
			;
		if (u != t)	/* it came with the first of that path */
			continue;
		list.len = 0;
		bad = buf_printf(out, "%s\n\"", t == routes ? "" : ",") < 0 ||
		    path(out, &list, t->path) < 0 || buf_puts(out, "\":{") < 0;
		for (u = t; u->method && !bad; u++)
			if (!strcmp(u->path, t->path))
				bad = (u != t && buf_putc(out, ',') < 0) || method(out, u, &list) < 0;
		bad = bad || buf_putc(out, '}') < 0;
	}
	buf_free(&list);
	return bad || buf_puts(out, "}}\n") < 0 ? -1 : 0;
}

void
route_openapi(struct req *r)
{
	if (openapi(&r->out) < 0)
		req_failed(r, "openapi");
	else
		req_answer(r, 200);
}
