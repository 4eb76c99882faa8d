#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "plain.h"
#include "serve/answer.h"
#include "serve/conf.h"
#include "serve/page.h"
#include "serve/queue.h"
#include "serve/task.h"
#include "serve/upload.h"

/* One task, as its page shows it. */
struct sight {
	int64_t id, owner, attempts, n, exit, began, ended, created, queued, expected, cpu, peak, prio,
	    retry_of;
	struct buf name, branch, arch, state, why, verdict, repo, worker, step, group, modifiers, output;
};

static void
sight_free(struct sight *s)
{
	struct buf *all[] = { &s->name, &s->branch, &s->arch, &s->state, &s->why, &s->verdict, &s->repo,
	    &s->worker, &s->step, &s->group, &s->modifiers, &s->output };
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(*all); i++)
		buf_free(all[i]);
}

/* Of attempt n, if there was one.  Returns 0, or -1 having answered. */
static int
sight_get(struct req *r, struct sight *s, int64_t n)
{
	int got = db_get("SELECT t.id, t.owner, t.attempts, coalesce(t.exit, -1), coalesce(a.began, 0),"
	    " coalesce(a.ended, 0), t.created, coalesce(t.queued, 0), coalesce((SELECT b.ended -"
	    " b.began FROM task u JOIN attempt b ON b.task = u.id AND b.n = u.attempts WHERE"
	    " u.name = t.name AND u.arch = t.arch AND u.state = 'ok' AND u.id <> t.id"
	    " ORDER BY u.id DESC LIMIT 1), 0), coalesce(a.cpu_us, 0), coalesce(a.peak_kib, 0), t.prio,"
	    " coalesce(t.retry_of, 0), t.name, t.branch, t.arch, t.state, t.why, t.verdict, t.repo,"
	    " w.name, a.step, t.grp, t.modifiers, (SELECT o.name FROM output o WHERE o.task = t.id AND"
	    " o.n = t.attempts LIMIT 1) FROM task t LEFT JOIN attempt a ON a.task = t.id AND a.n = ?2"
	    " LEFT JOIN worker w ON w.id = a.worker WHERE t.id = ?1",
	    "ii|iiiiiiiiiiiiissssssssssss", r->task, n, &s->id, &s->owner, &s->attempts, &s->exit,
	    &s->began, &s->ended, &s->created, &s->queued, &s->expected, &s->cpu, &s->peak, &s->prio,
	    &s->retry_of, &s->name, &s->branch, &s->arch, &s->state, &s->why, &s->verdict, &s->repo,
	    &s->worker, &s->step, &s->group, &s->modifiers, &s->output);

	s->n = n;
	if (got == 1 && !strcmp(s->state.s, "queued"))
		got = queue_why(s->id, 1, &s->why) < 0 ? -1 : 1;
	if (got == 1)
		return 0;
	if (got < 0)
		req_failed(r, "task");
	else
		req_problem(r, 404, "task", "there is no task %" PRId64, r->task);
	return -1;
}

static int
is_over(const struct sight *s)
{
	return !strcmp(s->state.s, "ok") || !strcmp(s->state.s, "failed") ||
	    !strcmp(s->state.s, "error") || !strcmp(s->state.s, "cancelled");
}

static void
button(struct html *h, const char *method, int64_t id, const char *verb, const char *text,
    const char *sure)
{
	html(h, "<button data-do=\"%s /task/%d/%s\"%s>%s</button> ", method, id, verb,
	    *sure ? " data-sure" : "", text);
}

/* What who is here may do with it. */
static void
actions(struct req *r, struct html *h, const struct sight *s)
{
	int may = (r->who.scopes & SCOPE_CANCEL) || (r->who.id && r->who.id == s->owner);

	html(h, "<div class=actions>");
	if (may && !is_over(s))
		button(h, "PUT", s->id, "cancel", "Cancel", "sure");
	if (may && is_over(s))
		button(h, "POST", s->id, "retry", "Retry", "");
	if (r->who.scopes & SCOPE_ADMIN && !strcmp(s->repo.s, "held")) {
		button(h, "PUT", s->id, "publish", "Publish", "sure");
		button(h, "PUT", s->id, "reject", "Reject", "sure");
	}
	html(h, "</div>");
}

static void
fact(struct html *h, const char *what, const char *value)
{
	if (*value)
		html(h, "<div><dt>%s<dd>%s</div>", what, value);
}

static void
fact_begin(struct html *h, const char *what)
{
	html(h, "<div><dt>%s<dd>", what);
}

static void
facts(struct html *h, const struct sight *s)
{
	int running = !strcmp(s->state.s, "running");

	html(h, "<dl class=facts>");
	fact(h, "Branch", s->branch.s);
	fact(h, "Architecture", s->arch.s);
	if (s->worker.len) {
		fact_begin(h, "Worker");
		html(h, "<a href=\"/builder/%u\">%s</a></div>", s->worker.s, s->worker.s);
	}
	if (running)
		fact(h, "Step", s->step.s);
	fact_begin(h, s->began ? "Time" : "Waits for");
	if (s->began && s->ended)
		html_span(h, s->ended - s->began);
	else
		html_since(h, s->began ? s->began : is_over(s) ? 0 : s->queued ? s->queued : s->created, now_s());
	if (s->expected > 0) {
		html(h, " <small>%s ", running ? "of about" : "last time");
		html_span(h, s->expected);
		html(h, "</small>");
	}
	html(h, "</div>");
	fact_begin(h, "CPU");
	html_span(h, s->cpu ? s->cpu / 1000000 : -1);
	html(h, "</div>");
	fact_begin(h, "Memory, at most");
	html_size(h, s->peak);
	html(h, "</div>");
	fact(h, "Verdict", s->verdict.s);
	if (s->exit > 0) {
		fact_begin(h, "Exit code");
		html(h, "%d</div>", s->exit);
	}
	fact(h, "Repository", s->repo.s);
	fact(h, "Modifiers", s->modifiers.s);
	if (s->group.len) {
		fact_begin(h, "Group");
		html(h, "<a href=\"/task?group=%u\">%s</a></div>", s->group.s, s->group.s);
	}
	if (s->retry_of) {
		fact_begin(h, "Retry of");
		html(h, "<a href=/task/%d>#%d</a></div>", s->retry_of, s->retry_of);
	}
	fact_begin(h, "Created");
	html_moment(h, s->created);
	html(h, "</div></dl>");
}

static void
head(struct req *r, struct html *h, const struct sight *s)
{
	const char *name = s->name.len ? s->name.s : "Task";
	char version[PAGE_VERSION];

	page_version(version, s->output.len ? s->output.s : "");
	html(h, "<div id=head data-live data-state=\"%s\" data-attempts=%d><div class=title><h1>",
	    s->state.s, s->attempts);
	html_state(h, s->state.s);
	if (s->name.len)
		html(h, " <a href=\"/package/%u\">%s</a>", name, name);
	else
		html(h, " %s", name);
	html(h, " <span class=v>%s</span> <small>#%d</small></h1>", version, s->id);
	actions(r, h, s);
	html(h, "</div>");
	if (s->why.len)
		html(h, "<p class=reason>%s</p>", s->why.s);
	facts(h, s);
	html(h, "</div>\n");
}

struct table {
	struct html *h;
	int64_t id, n, rows;
};

static int
attempt_row(void *arg, const struct db_row *row)
{
	struct table *t = arg;
	int64_t n = db_int(row, 0), began = db_int(row, 2), ended = db_int(row, 3);

	html(t->h, "<tr%s><th scope=row><a href=\"/task/%d?attempt=%d\">%d</a><td>%s<td>",
	    n == t->n ? " class=this" : "", t->id, n, n, db_text(row, 1));
	html_moment(t->h, began);
	html(t->h, "<td class=n>");
	if (ended)
		html_span(t->h, ended - began);
	else
		html_since(t->h, began, now_s());
	html(t->h, "<td>%s<td>%s<td class=why>%s\n", db_text(row, 5), db_text(row, 4), db_text(row, 6));
	return t->h->failed;
}

static int
output_row(void *arg, const struct db_row *row)
{
	struct table *t = arg;

	if (!t->rows++)
		html(t->h, "<h2>Packages</h2><table><caption class=hide>Packages</caption><thead><tr>"
		    "<th scope=col>File<th scope=col class=n>Size<th scope=col>SHA-256</thead><tbody>\n");
	html(t->h, "<tr><th scope=row><a href=\"/task/%d/output/%u?attempt=%d\">%s</a><td class=n>", t->id,
	    db_text(row, 0), t->n, db_text(row, 0));
	html_size(t->h, (db_int(row, 1) + 1023) / 1024);
	html(t->h, "<td class=sha><code>%s</code>\n", db_text(row, 2));
	return t->h->failed;
}

static int
event_row(void *arg, const struct db_row *row)
{
	struct table *t = arg;

	html(t->h, "<tr><td>");
	html_moment(t->h, db_int(row, 0));
	html(t->h, "<th scope=row>%s<td class=why>%s\n", db_text(row, 1), db_text(row, 2));
	return t->h->failed;
}

/* What came of it, and how it came about. */
static int
below(struct html *h, const struct sight *s)
{
	struct table t = { h, s->id, s->n, 0 };
	int bad;

	html(h, "<section id=outputs data-live>");
	bad = db_each(output_row, &t, "SELECT name, size, sha256 FROM output WHERE task = ? AND n = ?",
	    "ii", s->id, s->n) < 0;
	html(h, t.rows ? "</tbody></table></section>\n" : "</section>\n");
	html(h, "<section id=attempts data-live><h2>Attempts</h2><table><caption class="
	    "hide>Attempts</caption><thead><tr><th scope=col>No.<th scope=col>Worker<th scope=col>Began"
	    "<th scope=col class=n>Time<th scope=col>Verdict<th scope=col>Step<th scope=col>Why</thead>"
	    "<tbody>\n");
	bad |= db_each(attempt_row, &t, "SELECT b.n, v.name, b.began, b.ended, b.step, b.verdict, b.why"
	    " FROM attempt b LEFT JOIN worker v ON v.id = b.worker WHERE b.task = ? ORDER BY b.n DESC"
	    " LIMIT 50", "i", s->id) < 0;
	html(h, "</tbody></table><details id=events><summary>Everything that happened</summary><table>"
	    "<caption class=hide>Events</caption><tbody>\n");
	bad |= db_each(event_row, &t, "SELECT at, what, detail FROM event WHERE task = ? ORDER BY id"
	    " DESC LIMIT 200", "i", s->id) < 0;
	html(h, "</tbody></table></details></section>\n");
	return bad ? -1 : 0;
}

/* The end of the log, for who has no scripts. */
static void
tail(struct html *h, const struct sight *s)
{
	enum { TAIL = 8 << 10 };
	struct plain plain = { .bare = 1 };
	struct buf text = { 0 };
	char path[80], piece[TAIL];
	ssize_t n = 0;
	off_t size;
	int fd;

	snprintf(path, sizeof(path), "task/%" PRId64 "/%" PRId64 "/log", s->id, s->n);
	fd = openat(conf.at, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0) {
		size = lseek(fd, 0, SEEK_END);
		n = pread(fd, piece, TAIL, size > TAIL ? size - TAIL : 0);
		close_keep(fd);
	}
	h->failed |= n > 0 && (plain_put(&plain, piece, (size_t)n, &text) < 0 ||
	    plain_end(&plain, &text) < 0);
	html(h, "<noscript><pre class=tail>%s</pre></noscript>", text.s);
	buf_free(&text);
}

/* How many bytes of samples there are. */
static int64_t
samples(const struct sight *s)
{
	char path[80];
	int64_t size;

	snprintf(path, sizeof(path), "task/%" PRId64 "/%" PRId64 "/samples.csv", s->id, s->n);
	size = s->n ? upload_size(path) : 0;
	return size < 0 ? 0 : size;
}

static void
viewer(struct html *h, const struct sight *s)
{
	html(h, "<section id=log data-task=%d data-attempt=%d data-over=%d data-verdict=\"%s\">"
	    "<div class=bar><h2>Log</h2><div class=tools></div>"
	    "<a class=raw href=\"/task/%d/log?attempt=%d\">Raw</a></div>", s->id, s->n,
	    (int64_t)(is_over(s) || s->n < s->attempts), s->verdict.len ? s->verdict.s : "", s->id, s->n);
	if (s->n)
		tail(h, s);
	else
		html(h, "<p class=empty>It has not begun.</p>");
	html(h, "</section>\n<section id=plots hidden data-task=%d data-attempt=%d data-samples=%d><h2>What it"
	    " used</h2></section>\n", s->id, s->n, samples(s));
}

void
page_task(struct req *r)
{
	int64_t n = answer_attempt(r);
	struct sight s = { 0 };
	char title[400];
	struct html h;

	if (n < 0)
		return;
	if (sight_get(r, &s, n) < 0)
		goto out;
	snprintf(title, sizeof(title), "%s: %.200s #%" PRId64, s.state.s, s.name.len ? s.name.s : "task",
	    s.id);
	page_begin(r, &h, title, "Tasks ");
	head(r, &h, &s);
	viewer(&h, &s);
	if (below(&h, &s) < 0)
		req_failed(r, "task");
	else
		page_end(r, &h, 200);
out:
	sight_free(&s);
}
