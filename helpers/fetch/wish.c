#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "parse.h"
#include "proc.h"
#include "fetch/wish.h"

static const struct opt tab[] = {
	{ 'c', "cache", "DIR", "where the files go; made when missing" },
	{ 'j', "jobs", "N", "transfers at once (8)" },
	{ O_HOST, "per-host", "N", "of these from one host (8)" },
	{ O_RETRIES, "retries", "N", "new tries when a failure may pass (3)" },
	{ O_CONNECT, "connect-timeout", "DURATION", "to connect in (15s)" },
	{ O_STALL, "stall-timeout", "DURATION", "without a byte (30s)" },
	{ O_LEAST, "least-speed", "SIZE",
	    "a second, on average, or the next place is asked (1K; 0: any)" },
	{ O_WINDOW, "speed-window", "DURATION", "which that is averaged over (1m)" },
	{ O_PRIVATE, "private", "yes|no|LIST",
	    "hosts and networks that need no public address (no)" },
	{ O_MAX, "max-size", "SIZE", "of one file (16G)" },
	{ 'm', "mirror", "TEMPLATE", "ask here before the URL; may be repeated" },
	{ O_FALLBACK, "fallback", "TEMPLATE",
	    "ask here after the URL; may be repeated" },
	{ O_OFFLINE, "offline", NULL, "no network: what the cache has" },
	{ 't', "table", "FILE.want",
	    "what it names, and FILE with what came; may be repeated" },
	{ O_PYPI, "pypi", "TEMPLATE", "where tables have releases from" },
	{ O_IMPORT, "import", "FILE", "take FILE (- is stdin) into the cache" },
	{ O_DIGEST, "digest", "ALGO[::HEX]", "what FILE must have" },
	{ O_EXPORT, "export", "ALGO::HEX", "copy that file to stdout" },
	{ O_LIST, "list", NULL, "list the cache, what was used longest ago first" },
	{ O_JSON, "json", NULL, "of a list: for programs" },
	{ O_GC, "gc", NULL, "remove what is left over, and past these limits:" },
	{ O_SIZE, "cache-max-size", "SIZE", "of all files (0: none)" },
	{ O_AGE, "cache-max-age", "DURATION", "since the last use (0: none)" },
	{ O_KEEP, "keep-table", "FILE", "what it names stays; may be repeated" },
	{ O_VERIFY, "verify", NULL, "read every file, and remove what is damaged" },
	{ O_HOSTS, "hosts", NULL, "print the URLs of stdin that may be spoken to" },
	{ O_USER, "user", "NAME", "with the rights of this user, whose the cache is" },
	{ O_DIE, "die-with-parent", NULL, "be killed when the caller dies" },
	{ 0 },
};

/* Values of options; each exits 64 when it is none. */
static uint64_t
number(const char *name, const char *s, uint64_t min, uint64_t max)
{
	uint64_t n;

	if (parse_uint(s, min, max, &n) < 0)
		die(EX_USAGE, "--%s: not a number from %llu to %llu: %s", name,
		    (unsigned long long)min, (unsigned long long)max, s);
	return n;
}

static long
seconds(const char *name, const char *s)
{
	uint64_t n;

	if (parse_duration(s, &n) < 0 || n == 0 || n > 86400)
		die(EX_USAGE, "--%s: not a time from 1s to 1d: %s", name, s);
	return (long)n;
}

static uint64_t
size(const char *name, const char *s)
{
	uint64_t n;

	if (parse_size(s, &n) < 0 || n == 0 || n > INT64_MAX)
		die(EX_USAGE, "--%s: not a size: %s", name, s);
	return n;
}

/* 0 is none. */
static uint64_t
limit(const char *name, const char *s, int (*parse)(const char *, uint64_t *))
{
	uint64_t n;

	if (parse(s, &n) < 0 || n > INT64_MAX)
		die(EX_USAGE, "--%s: not a limit: %s", name, s);
	return n;
}

/* Adds to a list that ends with NULL. */
static const char **
add(const char **list, const char *s)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	list = reallocarray(list, n + 2, sizeof(*list));
	if (!list)
		die_sys(EX_OSERR, "%s", s);
	list[n] = s;
	list[n + 1] = NULL;
	return list;
}

static const char **
template(const char **list, const char *name, const char *s)
{
	if (!source_template_ok(s))
		die(EX_USAGE, "--%s: not a template: %s", name, s);
	return add(list, s);
}

static void
private(struct reach *reach, const char *s)
{
	const char *wrong = reach_add(reach, s);

	if (wrong)
		die(EX_USAGE, "--private: %s", wrong);
}

/* Whom the caller names himself may be spoken to wherever he is. */
static void
trust(struct reach *reach, const char *t)
{
	size_t n;
	const char *host = source_host(t, &n);

	if (n && !memchr(host, '{', n) && reach_add_host(reach, host, n) < 0)
		die_sys(EX_OSERR, "%s", t);
}

static void
trust_templates(struct wish *w)
{
	const char **t;

	for (t = w->fetch.mirrors; t && *t; t++)
		trust(&w->reach, *t);
	for (t = w->fetch.fallbacks; t && *t; t++)
		trust(&w->reach, *t);
	if (w->pypi)
		trust(&w->reach, w->pypi);
	w->fetch.net.reach = &w->reach;
}

/* One thing at a time. */
static void
mode(struct wish *w, int c, const struct opts *o)
{
	if (w->how)
		opt_bad(o);
	w->how = c;
}

/* The options that say how to fetch, or past which limits to remove. */
static void
setting(struct wish *w, int c, const char *arg)
{
	struct fetch_opts *f = &w->fetch;

	switch (c) {
	case 'j': f->jobs = number("jobs", arg, 1, 256); break;
	case O_HOST: f->per_host = number("per-host", arg, 1, 256); break;
	case O_RETRIES: f->retries = number("retries", arg, 0, 100); break;
	case O_CONNECT: f->net.connect = seconds("connect-timeout", arg); break;
	case O_STALL: f->net.stall = seconds("stall-timeout", arg); break;
	case O_LEAST:
		f->net.pace.least = limit("least-speed", arg, parse_size);
		break;
	case O_WINDOW:
		f->net.pace.window = (uint64_t)seconds("speed-window", arg);
		break;
	case O_MAX: f->max_size = size("max-size", arg); break;
	case 'm': f->mirrors = template(f->mirrors, "mirror", arg); break;
	case O_FALLBACK:
		f->fallbacks = template(f->fallbacks, "fallback", arg);
		break;
	case O_SIZE:
		w->cache_size = limit("cache-max-size", arg, parse_size);
		break;
	case O_AGE:
		w->cache_age = limit("cache-max-age", arg, parse_duration);
		break;
	}
}

void
wish_read(struct wish *w, char *argv[])
{
	struct opts o = {
		.usage = "-c DIR [OPTION]... <LIST\n       "
		    "aoinb-fetch -c DIR --table=FILE.want... [OPTION]...\n"
		    "       aoinb-fetch -c DIR --import=FILE [--digest=ALGO[::HEX]]\n"
		    "       aoinb-fetch -c DIR --export=ALGO::HEX | --list [--json] | "
		    "--verify\n       aoinb-fetch -c DIR --gc [OPTION]... <LIST\n"
		    "       aoinb-fetch --hosts [--private=LIST] <URLS",
		.about = "Fetch the sources listed on stdin as "
		    "\"URL DIGEST [NAME]\" into the cache.",
		.tab = tab,
	};
	int c, parent = getppid();

	opt_begin(&o, argv);
	while ((c = opt_next(&o)) != -1)
		switch (c) {
		case 'c': w->box.dir = o.arg; break;
		case 't': w->tables = add(w->tables, o.arg); break;
		case O_PYPI: w->pypi = *o.arg ? o.arg : NULL; break;
		case O_KEEP: w->keep = add(w->keep, o.arg); break;
		case O_OFFLINE: w->fetch.offline = 1; break;
		case O_IMPORT: mode(w, c, &o); w->import = o.arg; break;
		case O_JSON: w->json = 1; break;
		case O_DIGEST: w->digest = o.arg; break;
		case O_EXPORT: mode(w, c, &o); w->export = o.arg; break;
		case O_LIST: case O_GC: case O_VERIFY: case O_HOSTS:
			mode(w, c, &o);
			break;
		case O_PRIVATE: private(&w->reach, o.arg); break;
		case O_USER: w->box.user = o.arg; break;
		case O_DIE:
			if (proc_die_with(parent) < 0)
				die_sys(EX_OSERR, "die with parent");
			break;
		default: setting(w, c, o.arg);
		}
	if ((!w->box.dir && w->how != O_HOSTS) || *o.argv || (w->digest && !w->import) ||
	    (w->json && w->how != O_LIST) ||
	    (w->tables && w->how) || (w->keep && w->how != O_GC))
		opt_bad(&o);
	w->fetch.net.hosts = (long)w->fetch.per_host;
	w->fetch.quiet = w->tables != NULL;
	trust_templates(w);
}

void
wish_free(struct wish *w)
{
	free(w->fetch.mirrors);
	free(w->fetch.fallbacks);
	free(w->tables);
	free(w->keep);
	reach_free(&w->reach);
}
