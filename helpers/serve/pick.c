#include <inttypes.h>
#include <string.h>

#include "serve/http.h"
#include "serve/pick.h"
#include "serve/task.h"

/* The conditions of the list, of which each has a parameter of its own. */
static const struct {
	const char *name, *sql;
} picks[PICKS] = {
	{ "state", " AND t.state = ?3" },
	{ "branch", " AND t.branch = ?4" },
	{ "arch", " AND t.arch = ?5" },
	{ "group", " AND t.grp = ?6" },
	{ "package", " AND (t.name = ?7 OR EXISTS(SELECT 1 FROM json_each(t.packages)"
	  " WHERE value = ?7))" },
};

const char *
pick_name(int i)
{
	return picks[i].name;
}

int
pick_read(struct req *r, struct pick *p)
{
	int i;

	p->before = req_query(r, "before", 1, INT64_MAX, INT64_MAX);
	p->limit = req_query(r, "limit", 1, 1000, 50);
	for (i = 0; i < PICKS && !r->status; i++) {
		p->values[i] = http_query(r, picks[i].name);
		/* A form sends a field that nobody filled in. */
		if (p->values[i] && !*p->values[i])
			p->values[i] = NULL;
		if (p->values[i] && !target_ok(p->values[i]))
			req_problem(r, 400, "request", "%s= is a name", picks[i].name);
	}
	return r->status ? -1 : 0;
}

int
pick_each(const struct pick *p, const char *select,
    int (*row)(void *arg, const struct db_row *r), void *arg)
{
	struct buf sql = { 0 };
	int i, bad;

	bad = buf_printf(&sql, "%s WHERE t.id < ?8", select) < 0;
	for (i = 0; i < PICKS && !bad; i++)
		if (p->values[i])
			bad = buf_puts(&sql, picks[i].sql) < 0;
	bad = bad || buf_puts(&sql, " ORDER BY t.id DESC LIMIT ?9") < 0 ||
	    db_each(row, arg, sql.s, "issssssii", now_s(), NULL, p->values[0], p->values[1],
	    p->values[2], p->values[3], p->values[4], p->before, p->limit + 1) < 0;
	buf_free(&sql);
	return bad ? -1 : 0;
}

void
pick_link(struct req *r, const struct pick *p, int64_t last)
{
	struct buf b = { 0 };
	int i, bad;

	bad = buf_printf(&b, "</task?limit=%" PRId64 "&before=%" PRId64, p->limit, last) < 0;
	for (i = 0; i < PICKS && !bad; i++)
		if (p->values[i])
			bad = buf_printf(&b, "&%s=%s", picks[i].name, p->values[i]) < 0;
	if (!bad)
		req_head(r, "Link", "%s>; rel=\"next\"", b.s);
	buf_free(&b);
}
