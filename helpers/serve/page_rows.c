#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve/page.h"
#include "serve/queue.h"

/* The columns of PAGE_COLUMNS. */
enum {
	C_ID, C_NAME, C_BRANCH, C_ARCH, C_STATE, C_WHY, C_VERDICT, C_WORKER, C_STEP, C_BEGAN, C_ENDED,
	C_QUEUED, C_CPU, C_PEAK, C_OUTPUT, C_EXPECTED, C_REPO, C_ATTEMPTS,
};

void
page_version(char out[PAGE_VERSION], const char *deb)
{
	const char *from = strchr(deb, '_'), *to = from ? strchr(from + 1, '_') : NULL;

	*out = '\0';
	if (to)
		snprintf(out, PAGE_VERSION, "%.*s", (int)(to - from - 1), from + 1);
}

const char *
page_worker_state(int64_t drain, int64_t last_seen, int64_t running, int64_t now)
{
	enum { AWAY = 150 };	/* seconds; one that is there asks each minute */

	return now - last_seen > AWAY ? "away" : drain ? "drained" : running ? "busy" : "idle";
}

void
page_rows_begin(struct page_rows *p, const char *caption)
{
	html(p->h, "<table class=tasks><caption class=hide>%s</caption><thead><tr><th scope=col>State"
	    "<th scope=col>Package<th scope=col>Branch<th scope=col>Arch<th scope=col>Where"
	    "<th scope=col class=n>Time<th scope=col class=n>CPU<th scope=col class=n>Memory"
	    "<th scope=col>Why</thead><tbody>\n", caption);
}

/* Elapsed, with what was expected; or how long it waits. */
static void
put_time(struct page_rows *p, const struct db_row *row)
{
	int64_t began = db_int(row, C_BEGAN), ended = db_int(row, C_ENDED);
	const char *state = db_text(row, C_STATE);

	if (!strcmp(state, "running")) {
		html_since(p->h, began, p->now);
		if (db_int(row, C_EXPECTED) > 0) {
			html(p->h, "<small> of ");
			html_span(p->h, db_int(row, C_EXPECTED));
			html(p->h, "</small>");
		}
	} else if (!ended) {
		html_since(p->h, db_int(row, C_QUEUED), p->now);
	} else {
		html_span(p->h, began ? ended - began : -1);
	}
}

static void
put_where(struct page_rows *p, const struct db_row *row)
{
	const char *worker = db_text(row, C_WORKER), *step = db_text(row, C_STEP);

	if (*worker)
		html(p->h, "<a href=\"/builder/%u\">%s</a>", worker, worker);
	if (*step && !strcmp(db_text(row, C_STATE), "running"))
		html(p->h, " <span class=step>%s</span>", step);
}

/* Why it is as it is; of one that waits, for what. */
static void
put_why(struct page_rows *p, const struct db_row *row)
{
	struct buf waits = { 0 };
	const char *why = db_text(row, C_WHY);

	if (!strcmp(db_text(row, C_STATE), "queued")) {
		p->h->failed |= queue_why(db_int(row, C_ID), 0, &waits) < 0;
		why = waits.len ? waits.s : "";
	}
	html(p->h, "<td class=why>%s", why);
	if (!strcmp(db_text(row, C_REPO), "held"))
		html_state(p->h, "held");
	html(p->h, "\n");
	buf_free(&waits);
}

int
page_row(void *rows, const struct db_row *row)
{
	const char *state, *name = db_text(row, C_NAME);
	struct page_rows *p = rows;
	char version[PAGE_VERSION];
	int64_t id = db_int(row, C_ID), cpu = db_int(row, C_CPU);

	if (p->n++ == p->most && p->most)
		return 1;
	p->last = id;
	state = db_text(row, C_STATE);
	page_version(version, db_text(row, C_OUTPUT));
	html(p->h, "<tr id=t%d><td>", id);
	html_state(p->h, state);
	html(p->h, "<th scope=row><a href=/task/%d>%s</a> <span class=v>%s</span> <small>#%d</small>",
	    id, *name ? name : "(no bundle yet)", version, id);
	html(p->h, "<td class=br>%s<td class=ar>%s<td class=wh>", db_text(row, C_BRANCH),
	    db_text(row, C_ARCH));
	put_where(p, row);
	html(p->h, "<td class=n>");
	put_time(p, row);
	html(p->h, "<td class=\"n cpu\">");
	html_span(p->h, cpu ? (cpu + 500000) / 1000000 : -1);
	html(p->h, "<td class=\"n mem\">");
	html_size(p->h, db_int(row, C_PEAK));
	put_why(p, row);
	return p->h->failed;
}

void
page_rows_end(struct page_rows *p, const char *none)
{
	if (!p->n)
		html(p->h, "<tr class=none><td colspan=9>%s", none);
	html(p->h, "</tbody></table>\n");
}
