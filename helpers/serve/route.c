#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve/bell.h"
#include "serve/builder.h"
#include "serve/bundle.h"
#include "serve/cache.h"
#include "serve/conf.h"
#include "serve/events.h"
#include "serve/http.h"
#include "serve/lease.h"
#include "serve/log.h"
#include "serve/log_find.h"
#include "serve/log_index.h"
#include "serve/metrics.h"
#include "serve/output.h"
#include "serve/package.h"
#include "serve/page.h"
#include "serve/place.h"
#include "serve/publish.h"
#include "serve/route.h"
#include "serve/server.h"
#include "serve/task.h"

enum { SMALL = 64 << 10, LARGE = 4 << 20, LINE = 4096 };
#define READ SCOPE_READ
#define SUBMIT SCOPE_SUBMIT
#define CANCEL SCOPE_CANCEL
#define WORK SCOPE_WORK
#define PLACE SCOPE_PLACE
#define ADMIN SCOPE_ADMIN
#define NONE SCOPE_NONE

/* Where the scope is NONE, the handler looks for itself: the owner may. */
const struct route routes[] = {
{ "GET", "/", 0, READ, 0, NULL, builder_status, "workers and queues" },
{ "GET", "/task", 0, READ, 0, NULL, task_list, "list tasks" },
{ "POST", "/task", 0, SUBMIT, SMALL, NULL, task_new, "create a task" },
{ "PUT", "/task/ID/build_bundle", 0, NONE, 0, bundle_begin, bundle_end, "upload the bundle" },
{ "HEAD", "/task/ID/build_bundle", 0, NONE, 0, NULL, bundle_tell, "how much of it is here" },
{ "PUT", "/task/ID/branch", 0, NONE, LINE, NULL, task_branch, "say the branch" },
{ "PUT", "/task/ID/build", 0, NONE, LINE, NULL, task_build, "start it" },
{ "GET", "/task/ID/status", 0, READ, 0, NULL, task_status, "how it stands" },
{ "GET", "/task/ID", 0, READ, 0, NULL, task_show, "all of it" },
{ "DELETE", "/task/ID", 0, NONE, 0, NULL, task_delete, "remove it" },
{ "PUT", "/task/ID/cancel", 0, NONE, LINE, NULL, task_cancel, "cancel it" },
{ "POST", "/task/ID/retry", 0, NONE, LINE, NULL, task_retry, "the same once more" },
{ "PUT", "/task/ID/priority", 0, CANCEL, LINE, NULL, task_priority, "before or behind others" },
{ "PUT", "/task/ID/publish", 0, ADMIN, LINE, NULL, publish_take, "its packages enter" },
{ "PUT", "/task/ID/reject", 0, ADMIN, LINE, NULL, publish_reject, "its packages do not" },
{ "GET", "/task/ID/log", 0, READ, 0, NULL, log_get, "the log" },
{ "GET", "/task/ID/log/index", 0, READ, 0, NULL, log_index_get, "where its lines lie" },
{ "GET", "/task/ID/log/search", 0, READ, 0, NULL, log_search, "what lines have a text" },
{ "GET", "/task/ID/log/why", 0, READ, 0, NULL, log_why, "what lines say why it failed" },
{ "GET", "/task/ID/samples.csv", 0, READ, 0, NULL, output_samples, "what it used" },
{ "GET", "/task/ID/plot.svg", 0, READ, 0, NULL, output_plot, "the same, drawn" },
{ "GET", "/task/ID/result.json", 0, READ, 0, NULL, output_result, "what the worker said" },
{ "GET", "/task/ID/result.dsse", 0, READ, 0, NULL, output_envelope, "the same, signed" },
{ "GET", "/task/ID/output", 0, READ, 0, NULL, output_list, "list its packages" },
{ "GET", "/task/ID/output/NAME", 0, READ, 0, NULL, output_get, "a package" },
{ "GET", "/task/ID/bundle", 0, READ, 0, NULL, bundle_get, "the bundle" },
{ "GET", "/builder", 0, READ, 0, NULL, builder_status, "workers and queues" },
{ "GET", "/builder/status", 0, READ, 0, NULL, builder_status, "workers and queues" },
{ "GET", "/builder/NAME", 0, READ, 0, NULL, builder_show, "a worker" },
{ "PUT", "/builder/NAME/key", 0, NONE, LINE, NULL, builder_key, "its public key" },
{ "PUT", "/builder/NAME/drain", 0, ADMIN, LINE, NULL, builder_drain, "it gets nothing new" },
{ "PUT", "/builder/NAME/resume", 0, ADMIN, LINE, NULL, builder_resume, "it does again" },
{ "PUT", "/builder/NAME/trust", 0, ADMIN, LINE, NULL, builder_trust, "its packages enter" },
{ "POST", "/lease", 0, WORK, SMALL, NULL, lease_new, "ask for a task" },
{ "GET", "/lease/A/bundle", ROUTE_LEASE, NONE, 0, NULL, bundle_get, "its bundle" },
{ "PUT", "/lease/A/beat", ROUTE_LEASE, NONE, LINE, NULL, lease_beat, "a sign of life" },
{ "PUT", "/lease/A/log", ROUTE_LEASE, NONE, 0, lease_log_begin, lease_log_end, "a piece of log" },
{ "HEAD", "/lease/A/log", ROUTE_LEASE, NONE, 0, NULL, lease_log_tell, "how much is here" },
{ "PUT", "/lease/A/samples.csv", ROUTE_LEASE, NONE, 0, lease_samples_begin, lease_log_end,
  "a piece of samples" },
{ "HEAD", "/lease/A/samples.csv", ROUTE_LEASE, NONE, 0, NULL, lease_samples_tell,
  "how much is here" },
{ "PUT", "/lease/A/output/NAME", ROUTE_LEASE, NONE, 0, output_begin, output_end, "a package" },
{ "HEAD", "/lease/A/output/NAME", ROUTE_LEASE, NONE, 0, NULL, output_tell, "how much is here" },
{ "PUT", "/lease/A/result", ROUTE_LEASE, NONE, LARGE, NULL, lease_result, "what came of it" },
{ "PUT", "/lease/A/refuse", ROUTE_LEASE, NONE, LINE, NULL, lease_refuse, "not for me" },
{ "GET", "/place", 0, PLACE, 0, NULL, place_list, "what Slurm is to build" },
{ "PUT", "/place/A", 0, PLACE, LINE, NULL, place_say, "where it is there" },
{ "GET", "/events", 0, READ, 0, NULL, events_get, "every change" },
{ "GET", "/repo/BRANCH/PATH", ROUTE_PUBLIC, READ, 0, NULL, repo_get, "a repository" },
{ "GET", "/cache/PATH", ROUTE_PUBLIC, READ, 0, NULL, cache_get, "a source, by its digest" },
{ "GET", "/health", ROUTE_ALWAYS, NONE, 0, NULL, server_health, "whether it works" },
{ "GET", "/version", ROUTE_PUBLIC, READ, 0, NULL, server_version, "which aoinb it is" },
{ "GET", "/openapi.json", ROUTE_PUBLIC, READ, 0, NULL, route_openapi, "these routes" },
{ "GET", "/metrics", 0, READ, 0, NULL, metrics_get, "figures for Prometheus" },
{ "GET", "/badge/NAME.svg", ROUTE_PUBLIC, READ, 0, NULL, server_badge, "the last verdict" },
{ "GET", "/package/PATH", 0, READ, 0, NULL, package_show, "a package over time" },
{ "GET", "/web/NAME", ROUTE_ALWAYS, NONE, 0, NULL, web_get, "a file of the pages" },
{ "POST", "/session", ROUTE_ALWAYS, NONE, LINE, NULL, session_begin, "a cookie for a token" },
{ "DELETE", "/session", ROUTE_ALWAYS, NONE, 0, NULL, session_end, "without it again" },
{ "GET", "/token", 0, ADMIN, 0, NULL, token_list, "list tokens" },
{ "POST", "/token", 0, ADMIN, SMALL, NULL, token_add, "make a token" },
{ "DELETE", "/token/ID", 0, ADMIN, 0, NULL, token_revoke, "revoke it" },
{ "POST", "/backup", 0, ADMIN, LINE, NULL, server_backup, "copy the database" },
{ 0 },
};

/* A number of the path, with what must follow it.  Returns it, or -1. */
static int64_t
number(const char *s, size_t len, char behind, const char **end)
{
	char *e;
	long long n = *s >= '1' && *s <= '9' ? strtoll(s, &e, 10) : -1;

	if (n < 0 || e > s + 18 || e > s + len || (behind ? e == s + len || *e != behind : e != s + len))
		return -1;
	*end = e + 1;
	return n;
}

/* Whether the word of a request, len bytes, is that of the route. */
static int
word(struct req *r, const char *want, size_t want_len, const char *s, size_t len)
{
	const char *at;
	size_t ext = 0;

	if (want_len == 2 && !memcmp(want, "ID", 2))
		return (r->task = number(s, len, '\0', &at)) > 0;
	if (want_len == 1 && *want == 'A')
		return (r->task = number(s, len, '.', &at)) > 0 &&
		    (r->n = number(at, len - (size_t)(at - s), '\0', &at)) > 0;
	if (want_len == 8 && !memcmp(want, "NAME.svg", 8) && len > 4 &&
	    !memcmp(s + len - 4, ".svg", 4))
		ext = 4;
	else if ((want_len != 4 || memcmp(want, "NAME", 4)) &&
	    (want_len != 6 || memcmp(want, "BRANCH", 6)))
		return want_len == len && !memcmp(want, s, len);
	if (len - ext >= sizeof(r->name))
		return 0;
	snprintf(r->name, sizeof(r->name), "%.*s", (int)(len - ext), s);
	return name_ok(r->name);
}

static int
fits(struct req *r, const char *want)
{
	const char *s = r->path;
	size_t n, len;

	for (;;) {
		if (*s != '/' || *want != '/')
			return !*s && !*want;
		s++;
		want++;
		if (!strcmp(want, "PATH")) {
			r->rest = s;
			return 1;
		}
		n = strcspn(want, "/");
		len = strcspn(s, "/");
		if (!word(r, want, n, s, len))
			return 0;
		want += n;
		s += len;
	}
}

/* The route of the request, or NULL having answered. */
static const struct route *
find(struct req *r)
{
	const struct route *t, *head = NULL;
	char allow[64] = "";

	for (t = routes; t->method; t++) {
		if (!fits(r, t->path))
			continue;
		if (!strcmp(t->method, r->method))
			return t;
		if (!strcmp(t->method, "GET") && !strcmp(r->method, "HEAD"))
			head = t;
		if (strlen(allow) + strlen(t->method) + 3 < sizeof(allow))
			sprintf(allow + strlen(allow), "%s%s", *allow ? ", " : "", t->method);
	}
	if (head)
		return fits(r, head->path) ? head : NULL;
	if (*allow) {
		req_head(r, "Allow", "%s", allow);
		req_problem(r, 405, "method", "%s takes %s", r->path, allow);
	} else {
		req_problem(r, 404, "route", "there is nothing at this path; see aoinb-api(7)");
	}
	return NULL;
}

/* Whether who asks may. */
static int
may(struct req *r, const struct route *t)
{
	if (t->flags & ROUTE_LEASE)
		return lease_auth(r) == 0;
	if (t->flags & ROUTE_ALWAYS)
		return 1;
	if (auth_who(r) < 0)
		return 0;
	if (t->flags & ROUTE_PUBLIC && strcmp(conf.public, "no"))
		return 1;
	return auth_scope(r, t->scope);
}

void
route_begin(struct req *r)
{
	r->route = find(r);
	if (!r->route || !may(r, r->route))
		return;
	if (!r->route->begin && http_length(r) > (int64_t)r->route->most)
		req_problem(r, 413, "large", "the body may have %zu bytes here", r->route->most);
	else if (r->route->begin)
		r->route->begin(r);
}

void
route_wake_all(void)
{
	bell_ring_all();
}
