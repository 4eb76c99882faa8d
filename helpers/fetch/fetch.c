#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "err.h"
#include "opt.h"
#include "fetch/attempt.h"
#include "fetch/fetch.h"
#include "fetch/queue.h"
#include "fetch/tables.h"

struct batch {
	struct item *v;
	size_t n;
	const struct fetch_opts *opts;
	struct outcome *outcomes;	/* one for each item; or NULL */
};

static void
batch_init(struct batch *b, const struct source_list *list,
    const struct fetch_opts *o)
{
	size_t i;

	*b = (struct batch){ .n = list->len, .opts = o };
	b->v = calloc(list->len + 1, sizeof(*b->v));
	if (!b->v)
		die_sys(EX_OSERR, "list");
	for (i = 0; i < b->n; i++)
		if (item_init(&b->v[i], &list->at[i], o) < 0)
			die_sys(EX_OSERR, "%s", list->at[i].url);
}

/* Brings what is left of it to its end. */
static void
batch_run(struct batch *b)
{
	if (queue_run(b->v, b->n, b->opts) == 0)
		return;
	if (errno == ENOTSUP)
		die(EX_UNAVAILABLE, "there is no libcurl.so.4 here (package "
		    "libcurl4)");
	die_sys(EX_OSERR, "libcurl");
}

/* Returns the lowest exit code of its items. */
static int
batch_free(struct batch *b)
{
	int code = 0;
	size_t i;

	for (i = 0; i < b->n; i++) {
		code = err_lowest(code, b->v[i].code);
		item_free(&b->v[i]);
	}
	free(b->v);
	return code;
}

/* Records of what is there and what is not; nothing is fetched.  Returns as
 * batch_free. */
static int
list_dry(const struct source_list *list, const struct fetch_opts *o,
    struct sandbox *box)
{
	struct batch b;
	size_t i;

	sandbox_open(box, 1);
	sandbox_enter(box);
	batch_init(&b, list, o);
	for (i = 0; i < b.n; i++)
		attempt_dry(&b.v[i], !box->missing);
	return batch_free(&b);
}

int
fetch_list(const struct fetch_opts *o, struct sandbox *box)
{
	struct source_list list = { 0 };
	struct batch b;
	int code;

	if (source_read(&list, stdin, "standard input") < 0)
		die_sys(EX_IOERR, "standard input");
	code = list.bad ? EX_DATAERR : 0;
	if (opt_dry) {
		code = err_lowest(code, list_dry(&list, o, box));
	} else {
		sandbox_open(box, 0);
		sandbox_enter(box);
		batch_init(&b, &list, o);
		if (queue_look(b.v, b.n))
			batch_run(&b);
		code = err_lowest(code, batch_free(&b));
	}
	source_free(&list);
	return code;
}

/* The items' ends, where another process can see them. */
static void
note_outcomes(struct batch *b)
{
	size_t i;

	for (i = 0; i < b->n; i++) {
		struct outcome *o = &b->outcomes[i];
		const struct item *it = &b->v[i];

		o->code = it->code;
		if (it->state != ITEM_DONE || it->code)
			continue;
		memcpy(o->hex, it->entry.hex, sizeof(o->hex));
		o->here = 1;
	}
}

/* What is done in the sandbox. */
static int
fetch_rest(void *arg)
{
	struct batch *b = arg;

	batch_run(b);
	note_outcomes(b);
	return 0;
}

/* Who talks to servers is not to be believed blindly: a digest is what it must
 * be, or for a file without one at least looks like one. */
static void
check_outcomes(const struct source_list *files, struct outcome *v)
{
	const struct source *src;
	size_t i;

	for (i = 0; i < files->len; i++) {
		src = &files->at[i];
		v[i].hex[DIGEST_HEX - 1] = '\0';
		if (src->algo)
			memcpy(v[i].hex, src->hex, sizeof(v[i].hex));
		else if (strspn(v[i].hex, "0123456789abcdef") != 64 ||
		    v[i].hex[64])
			v[i].here = 0;
	}
}

/* Fetches what the tables want.  Returns an exit code, and in *v what became of
 * each file, to be unmapped. */
static int
fetch_files(const struct source_list *files, const struct fetch_opts *o,
    const struct sandbox *box, struct outcome **v)
{
	size_t room = (files->len + 1) * sizeof(**v), i;
	struct batch b;
	int left, code = 0;

	*v = mmap(NULL, room, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (*v == MAP_FAILED)
		die_sys(EX_OSERR, "list");
	batch_init(&b, files, o);
	b.outcomes = *v;
	sandbox_borrow(box);
	left = queue_look(b.v, b.n);
	sandbox_return(box);
	note_outcomes(&b);
	if (left)
		code = sandbox_run(box, fetch_rest, &b);
	for (i = 0; i < files->len; i++)
		code = err_lowest(code, (*v)[i].code);
	check_outcomes(files, *v);
	batch_free(&b);
	return code;
}

int
fetch_tables(const struct fetch_opts *o, struct sandbox *box,
    const char *const *paths, const char *pypi)
{
	struct tables t;
	struct outcome *v;
	int code = tables_read(&t, paths, pypi), here, cache;

	if (opt_dry) {
		code = err_lowest(code, list_dry(&t.files.list, o, box));
		tables_free(&t);
		return code;
	}
	here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	sandbox_open(box, 0);
	cache = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (here < 0 || cache < 0)
		die_sys(EX_OSERR, "working folder");
	code = err_lowest(code, fetch_files(&t.files.list, o, box, &v));
	if (fchdir(here) < 0)
		die_sys(EX_OSERR, "working folder");
	code = err_lowest(code, tables_write(&t, v, cache));
	munmap(v, (t.files.list.len + 1) * sizeof(*v));
	close(here);
	close(cache);
	tables_free(&t);
	return code;
}
