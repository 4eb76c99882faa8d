/* aoinb-fetch: a list of sources into verified files of a cache. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "opt.h"
#include "parse.h"
#include "fetch/import.h"
#include "fetch/run.h"
#include "fetch/user.h"

enum {
	O_HOST = OPT_LONG, O_RETRIES, O_CONNECT, O_STALL, O_MAX, O_FALLBACK,
	O_OFFLINE, O_IMPORT, O_DIGEST, O_USER,
};

static const struct opt tab[] = {
	{ 'c', "cache", "DIR", "where the files go; made when missing" },
	{ 'j', "jobs", "N", "transfers at once (8)" },
	{ O_HOST, "per-host", "N", "of these from one host (8)" },
	{ O_RETRIES, "retries", "N", "new tries when a failure may pass (3)" },
	{ O_CONNECT, "connect-timeout", "DURATION", "to connect in (15s)" },
	{ O_STALL, "stall-timeout", "DURATION", "without a byte (30s)" },
	{ O_MAX, "max-size", "SIZE", "of one file (16G)" },
	{ 'm', "mirror", "TEMPLATE", "ask here before the URL; may be repeated" },
	{ O_FALLBACK, "fallback", "TEMPLATE",
	    "ask here after the URL; may be repeated" },
	{ O_OFFLINE, "offline", NULL, "no network: what the cache has" },
	{ O_IMPORT, "import", "FILE", "take FILE (- is stdin) into the cache" },
	{ O_DIGEST, "digest", "ALGO::HEX", "what FILE must have" },
	{ O_USER, "user", "NAME", "with the rights of this user, whose the cache is" },
	{ 0 },
};

struct wish {
	const char *dir, *import, *digest, *user;
	struct fetch_opts fetch;
	struct net_opts net;
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

/* Adds to a list of templates that ends with NULL. */
static const char **
template(const char **list, const char *name, const char *s)
{
	size_t n = 0;

	if (!source_template_ok(s))
		die(EX_USAGE, "--%s: not a template: %s", name, s);
	while (list && list[n])
		n++;
	list = reallocarray(list, n + 2, sizeof(*list));
	if (!list)
		die_sys(EX_OSERR, "--%s", name);
	list[n] = s;
	list[n + 1] = NULL;
	return list;
}

static void
wish_read(struct wish *w, char *argv[])
{
	struct opts o = {
		.usage = "-c DIR [OPTION]... <LIST\n       "
		    "aoinb-fetch -c DIR --import=FILE [--digest=ALGO::HEX]",
		.about = "Fetch the sources listed on stdin as "
		    "\"URL DIGEST [NAME]\" into the cache.",
		.tab = tab,
	};
	struct fetch_opts *f = &w->fetch;
	int c;

	opt_begin(&o, argv);
	while ((c = opt_next(&o)) != -1)
		switch (c) {
		case 'c': w->dir = o.arg; break;
		case 'j': f->jobs = number("jobs", o.arg, 1, 256); break;
		case O_HOST:
			f->per_host = number("per-host", o.arg, 1, 256);
			break;
		case O_RETRIES:
			f->retries = number("retries", o.arg, 0, 100);
			break;
		case O_CONNECT:
			w->net.connect = seconds("connect-timeout", o.arg);
			break;
		case O_STALL:
			w->net.stall = seconds("stall-timeout", o.arg);
			break;
		case O_MAX: f->max_size = size("max-size", o.arg); break;
		case 'm':
			f->mirrors = template(f->mirrors, "mirror", o.arg);
			break;
		case O_FALLBACK:
			f->fallbacks = template(f->fallbacks, "fallback",
			    o.arg);
			break;
		case O_OFFLINE: f->offline = 1; break;
		case O_IMPORT: w->import = o.arg; break;
		case O_DIGEST: w->digest = o.arg; break;
		case O_USER: w->user = o.arg; break;
		}
	if (!w->dir || *o.argv || (w->digest && !w->import))
		opt_bad(&o);
	w->net.hosts = (long)f->per_host;
}

/* Gives away every right that fetching does not want. */
static void
confine(const struct wish *w, int have)
{
	struct user u;
	int r;

	if (w->user && geteuid() == 0) {
		if (user_find(&u, w->user) < 0)
			die(EX_UNAVAILABLE, "--user: there is neither a user %s nor "
			    "nobody", w->user);
		if (!opt_dry && user_own(&u) < 0)
			die_sys(EX_CANTCREAT, "%s: give it to %s", w->dir,
			    w->user);
		if (user_become(&u) < 0)
			die_sys(EX_NOPERM, "become %s", w->user);
	}
	if (!have)
		return;
	r = user_fence();
	if (r < 0)
		die_sys(EX_OSERR, "landlock");
	if (r > 0)
		note("this kernel has no landlock: writing is not confined");
}

/* Goes to the cache.  Returns whether there is one; only -n may do without. */
static int
enter(const struct wish *w)
{
	int have = cache_enter(w->dir, opt_dry) == 0;

	if (!have && (!opt_dry || errno != ENOENT))
		die_sys(EX_CANTCREAT, "%s", w->dir);
	confine(w, have);
	return have;
}

static int
import(const struct wish *w)
{
	struct source src = { .algo = digest_algo("sha256", 6) };
	const char *wrong, *slash, *title = w->import;
	int fd = STDIN_FILENO, code;

	if (w->digest && (wrong = digest_parse(w->digest, &src.algo, src.hex)))
		die(EX_USAGE, "--digest: %s", wrong);
	if (!strcmp(w->import, "-"))
		title = "standard input";
	else
		fd = open(w->import, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die_sys(errno == ENOENT ? EX_NOINPUT : EX_IOERR, "%s", title);
	slash = strrchr(w->import, '/');
	src.name = strdup(slash ? slash + 1 : w->import);
	src.url = strdup(w->import);
	if (!src.name || !src.url)
		die_sys(EX_OSERR, "%s", title);
	enter(w);
	code = opt_dry ? import_dry(fd, title, &src) :
	    import_fd(fd, title, &src);
	free(src.name);
	free(src.url);
	return code;
}

/* The code to end with: the lowest of all, for these go from what only the
 * list's author can mend to what time may. */
static int
worst(int a, int b)
{
	return !a ? b : !b ? a : a < b ? a : b;
}

static int
fetch(const struct wish *w)
{
	struct source_list list = { 0 };
	struct item *v;
	size_t i;
	int code, have;

	if (source_read(&list, stdin, "standard input") < 0)
		die_sys(EX_IOERR, "standard input");
	code = list.bad ? EX_DATAERR : 0;
	have = enter(w);
	v = calloc(list.n + 1, sizeof(*v));
	if (!v)
		die_sys(EX_OSERR, "list");
	for (i = 0; i < list.n; i++)
		if (item_init(&v[i], &list.v[i], &w->fetch) < 0)
			die_sys(EX_OSERR, "%s", list.v[i].url);
	for (i = 0; opt_dry && i < list.n; i++)
		item_dry(&v[i], have);
	if (!opt_dry && run_items(v, list.n, &w->fetch, &w->net) < 0)
		die_sys(EX_OSERR, "libcurl");
	for (i = 0; i < list.n; i++) {
		code = worst(code, v[i].code);
		item_free(&v[i]);
	}
	free(v);
	source_free(&list);
	return code;
}

int
main(int argc, char *argv[])
{
	struct wish w = {
		.fetch = { .jobs = 8, .per_host = 8, .retries = 3,
		    .max_size = 16ULL << 30 },
		.net = { .connect = 15, .stall = 30 },
	};
	int code;

	(void)argc;
	wish_read(&w, argv);
	/* An error, not a signal: past a limit on file sizes, and when a server
	 * (libcurl leaves that to us) or our reader goes away. */
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	net_find_ca();
	code = w.import ? import(&w) : fetch(&w);
	net_free();
	digest_end();
	free(w.fetch.mirrors);
	free(w.fetch.fallbacks);
	return code;
}
