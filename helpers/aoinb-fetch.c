/* aoinb-fetch: a list of sources into verified files of a cache. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "fetch/fetch.h"
#include "fetch/gc.h"
#include "fetch/hosts.h"
#include "fetch/import.h"
#include "fetch/inventory.h"
#include "fetch/wish.h"

/* Goes to the cache and gives away what is not wanted there.  Returns whether
 * there is one; who only reads may do without. */
static int
enter(struct wish *w)
{
	sandbox_open(&w->box, opt_dry || w->how == O_LIST || w->how == O_EXPORT ||
	    w->how == O_GC || w->how == O_VERIFY);
	sandbox_enter(&w->box);
	return !w->box.missing;
}

static int
import(struct wish *w)
{
	struct source src = { .algo = digest_algo("sha256", 6) };
	const char *wrong, *slash, *title = w->import;
	int fd = STDIN_FILENO, code;

	if (w->digest && !strstr(w->digest, "::")) {
		src.algo = digest_algo(w->digest, strlen(w->digest));
		if (!src.algo)
			die(EX_USAGE, "--digest: unknown digest algorithm: %s",
			    w->digest);
	} else if (w->digest &&
	    (wrong = digest_parse(w->digest, &src.algo, src.hex))) {
		die(EX_USAGE, "--digest: %s", wrong);
	}
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

/* What --gc leaves alone.  A list that is not complete would lose something, so
 * nothing is removed then: returns an exit code after saying why. */
static int
keep_read(struct keep *keep, const struct wish *w)
{
	struct source_list list = { 0 };
	const char **table;
	size_t i;
	int bad;

	if (source_read(&list, stdin, "standard input") < 0)
		die_sys(EX_IOERR, "standard input");
	for (i = 0; i < list.len; i++)
		if (keep_source(keep, &list.at[i]) < 0)
			die_sys(EX_OSERR, "%s", list.at[i].url);
	bad = list.bad ? EX_DATAERR : 0;
	source_free(&list);
	for (table = w->keep; table && *table; table++)
		if (keep_table(keep, *table, w->pypi) < 0)
			bad = EX_SOFTWARE;
	if (bad)
		warn_msg("%s: nothing was removed", w->box.dir);
	return bad;
}

/* What is done with the cache as it is. */
static int
keep_house(struct wish *w)
{
	struct keep keep = { 0 };
	struct inventory inventory = { 0 };
	int code = w->how == O_GC ? keep_read(&keep, w) : 0;

	if (code) {
		keep_free(&keep);
		return code;
	}
	if (enter(w)) {
		if (inventory_read(&inventory) < 0)
			die_sys(EX_IOERR, "%s", w->box.dir);
	} else if (w->how == O_GC || w->how == O_VERIFY) {
		keep_free(&keep);	/* no cache, and we are not in one */
		return 0;
	}
	switch (w->how) {
	case O_LIST: inventory_list(&inventory, w->json); break;
	case O_EXPORT: code = inventory_export(&inventory, w->export); break;
	case O_VERIFY: code = gc_verify(&inventory); break;
	case O_GC:
		code = gc_run(&inventory, &keep, w->cache_size, w->cache_age);
		break;
	}
	inventory_free(&inventory);
	keep_free(&keep);
	return code;
}

static int
hosts(struct wish *w)
{
	sandbox_user(&w->box);
	return hosts_print(stdin, "standard input", &w->reach);
}

int
main(int argc, char *argv[])
{
	struct wish w = {
		.fetch = { .jobs = 8, .per_host = 8, .retries = 3,
		    .max_size = 16ULL << 30, .net = { .connect = 15, .stall = 30,
		    .pace = { .least = 1024, .window = 60 } } },
	};
	int code;

	(void)argc;
	wish_read(&w, argv);
	/* An error, not a signal: past a limit on file sizes, and when a server
	 * (libcurl leaves that to us) or our reader goes away. */
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	net_find_ca();
	if (w.import)
		code = import(&w);
	else if (w.how == O_HOSTS)
		code = hosts(&w);
	else if (w.how)
		code = keep_house(&w);
	else if (w.tables)
		code = fetch_tables(&w.fetch, &w.box, w.tables, w.pypi);
	else
		code = fetch_list(&w.fetch, &w.box);
	net_free();
	digest_end();
	wish_free(&w);
	return code;
}
