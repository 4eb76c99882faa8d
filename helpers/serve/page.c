#include <string.h>

#include "json.h"
#include "serve/http.h"
#include "serve/page.h"
#include "serve/route.h"

/* Nothing but files of this server, and no text that becomes markup, whatever a script does. */
#define POLICY \
	"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';" \
	" img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none';" \
	" require-trusted-types-for 'script'; trusted-types default"

int
page_wanted(const struct req *r)
{
	const char *accept = http_header(r, "Accept");

	return accept && strstr(accept, "text/html");
}

/* The routes that are pages as well. */
static const struct {
	const char *path;
	void (*run)(struct req *r);
} pages[] = {
	{ "/", page_overview },
	{ "/task", page_tasks },
	{ "/task/ID", page_task },
	{ "/builder", page_workers },
	{ "/builder/NAME", page_worker },
	{ "/package/PATH", page_package },
};

int
page_answer(struct req *r)
{
	size_t i;

	if (strcmp(r->method, "GET") || !page_wanted(r))
		return 0;
	for (i = 0; i < sizeof(pages) / sizeof(*pages); i++)
		if (!strcmp(pages[i].path, r->route->path)) {
			pages[i].run(r);
			return 1;
		}
	return 0;
}

static void
link_to(struct html *h, const char *href, const char *text, const char *page)
{
	if (!strcmp(text, page))
		html(h, "<a href=\"%s\" aria-current=page>%s</a>", href, text);
	else
		html(h, "<a href=\"%s\">%s</a>", href, text);
}

/* The form that makes a token a session, and comes back to this page. */
static void
login(struct req *r, struct html *h)
{
	const char *to = strcmp(r->path, "/session") ? r->path : http_query(r, "to");

	html(h, "<form class=login method=post action=\"/session?to=%u\">"
	    "<label>Token <input name=token type=password required autocomplete=off "
	    "spellcheck=false size=20></label> <button>Log in</button></form>", to);
}

static void
who(struct req *r, struct html *h)
{
	if (r->who.id)
		html(h, "<span class=who>%s</span> <button id=logout class=quiet>Log out</button>",
		    r->who.name);
	else
		html(h, "<details class=who><summary>Log in</summary>"), login(r, h),
		html(h, "</details>");
}

void
page_begin(struct req *r, struct html *h, const char *title, const char *page)
{
	int64_t event = 0;	/* the last one before what is shown was read */

	*h = (struct html){ .out = &r->out };
	r->out.len = 0;
	h->failed = db_get("SELECT coalesce(max(id), 0) FROM event", "|i", &event) < 0;
	html(h, "<!doctype html>\n<html lang=en><head><meta charset=utf-8>"
	    "<meta name=viewport content=\"width=device-width,initial-scale=1\">"
	    "<meta name=color-scheme content=\"light dark\"><title>%s · aoinb</title>"
	    "<link rel=icon href=/web/icon.svg><link rel=stylesheet href=/web/style.css>"
	    "<script type=module src=/web/page.js></script></head>\n"
	    "<body data-now=%d data-event=%d><a class=skip href=#main>Skip to the content</a>\n"
	    "<header><nav aria-label=Pages><a class=brand href=/>aoinb</a>", title, now_s(), event);
	link_to(h, "/", "Overview", page);
	link_to(h, "/task", "Tasks", page);
	link_to(h, "/builder", "Workers", page);
	html(h, "</nav><div class=side><span id=live role=status></span>");
	who(r, h);
	html(h, "</div></header>\n<main id=main tabindex=-1>");
}

void
page_end(struct req *r, struct html *h, int status)
{
	html(h, "</main>\n</body></html>\n");
	if (h->failed) {
		req_failed(r, "page");
		return;
	}
	r->type = "text/html; charset=utf-8";
	req_head(r, "Content-Security-Policy", "%s", POLICY);
	req_head(r, "Cache-Control", "no-store");
	req_head(r, "Referrer-Policy", "same-origin");
	req_head(r, "Vary", "Accept, Cookie, Authorization");
	req_answer(r, status);
}

void
page_problem(struct req *r)
{
	struct buf detail = { 0 }, problem = r->out;
	const char *title = req_title(r->status);
	struct html h;
	int status = r->status;

	r->out = (struct buf){ 0 };
	if (json_get(problem.s, problem.len, "detail", &detail) < 0)
		detail.len = 0;
	page_begin(r, &h, title, "");
	html(&h, "<h1>%s</h1><p>%s.</p>", title, detail.len ? detail.s : "");
	if (status == 401) {
		html(&h, "<p>A token is made by who runs the server; see aoinb-api(7). It has the form "
		    "<code>aoinb1_N_SECRET</code>.</p>");
		login(r, &h);
	}
	page_end(r, &h, status);
	buf_free(&detail);
	buf_free(&problem);
}
