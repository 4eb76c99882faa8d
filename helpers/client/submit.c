#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/create.h"
#include "client/pack.h"
#include "client/watch.h"
#include "err.h"
#include "file.h"
#include "http/wait.h"
#include "parse.h"
#include "store/store.h"
#include "vec.h"

enum { TRIES = 8, LIST_TEXT = 64 << 20 };

/* One architecture. */
struct parcel {
	struct client *c;
	const char *arch, *branch;
	struct buf list;		/* what the program has printed */
	VEC(char *) trees, bundles, targets;	/* words of it */
	const char *needs;		/* an object of JSON; NULL: nothing is said */
	struct pack pack;
	int64_t id;
};

static void
sure(int r)
{
	if (r < 0)
		die_sys(EX_OSERR, "memory");
}

static char *
join(const char *option, const char *value)
{
	char *s;

	if (asprintf(&s, "%s%s", option, value) < 0)
		die_sys(EX_OSERR, "memory");
	return s;
}

/* The program, which is told the architecture and the branch, before the other words. */
static int
ask_list(struct parcel *p, char **word, size_t words)
{
	char **argv = calloc(words + 3, sizeof(*argv)), path[] = "/tmp/aoinb.XXXXXX";
	int fd = mkostemp(path, O_CLOEXEC), code;

	if (!argv || fd < 0 || unlink(path) < 0)
		die_sys(EX_CANTCREAT, "%s", path);
	argv[0] = word[0];
	argv[1] = join("--arch=", p->arch);
	argv[2] = join("--branch=", p->branch);
	memcpy(argv + 3, word + 1, (words - 1) * sizeof(*argv));
	code = pack_run(argv, fd);
	if (code == 0 && (lseek(fd, 0, SEEK_SET) < 0 || buf_read(&p->list, fd, LIST_TEXT) < 0))
		die_sys(EX_IOERR, "%s", word[0]);
	close(fd);
	free(argv[1]);
	free(argv[2]);
	free(argv);
	if (code)
		p->c->code = code;
	return code ? -1 : 0;
}

/* With -n, each line as it came, behind the architecture. */
static void
print_list(const struct parcel *p)
{
	char *at = p->list.s;

	while (at && *at) {
		printf("%s\t%.*s\n", p->arch, (int)strcspn(at, "\n"), at);
		at += strcspn(at, "\n");
		at += *at == '\n';
	}
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Lines KIND TAB WORD. */
static void
split(struct parcel *p)
{
	char *rest = p->list.s, *line, *tab;

	while (rest && (line = strsep(&rest, "\n"))) {
		tab = strchr(line, '\t');
		if (!tab)
			continue;
		*tab++ = '\0';
		if (!strcmp(line, "tree"))
			sure(vec_push(&p->trees, tab));
		else if (!strcmp(line, "bundle"))
			sure(vec_push(&p->bundles, tab));
		else if (!strcmp(line, "target"))
			sure(vec_push(&p->targets, tab));
		else if (!strcmp(line, "needs"))
			p->needs = tab;
	}
	if (p->trees.len)
		qsort(p->trees.at, p->trees.len, sizeof(*p->trees.at), by_bytes);
	if (p->bundles.len)
		qsort(p->bundles.at, p->bundles.len, sizeof(*p->bundles.at), by_bytes);
}

static int
pack(struct parcel *p)
{
	struct buf paths = { 0 };
	char *tab;
	size_t i;
	int r;

	for (i = 0; i < p->trees.len; i++)
		sure(buf_printf(&paths, "%s\n", p->trees.at[i]));
	r = pack_begin(&p->pack, p->c->tree, paths.s);
	buf_free(&paths);
	for (i = 0; i < p->bundles.len && r == 0; i++) {
		tab = strchr(p->bundles.at[i], '\t');
		if (!tab)
			continue;
		*tab = '\0';
		r = pack_add(&p->pack, tab + 1, p->bundles.at[i]);
	}
	if (r == 0)
		r = pack_end(&p->pack);
	if (r < 0)
		p->c->code = EX_IOERR;
	return r;
}

static void
put(struct buf *out, const char *key, const char *value)
{
	sure(buf_printf(out, ",\"%s\":", key));
	sure(buf_json(out, value));
}

static int
create(struct parcel *p)
{
	const char *modifiers = getenv("ABMODIFIERS");
	struct buf body = { 0 };
	char name[256];
	size_t i;
	int r;

	create_name(p->targets.len ? p->targets.at[0] : "", name);
	sure(buf_puts(&body, "{\"name\":"));
	sure(buf_json(&body, name));
	put(&body, "arch", p->arch);
	put(&body, "branch", p->branch);
	if (modifiers && *modifiers)
		put(&body, "modifiers", modifiers);
	sure(buf_printf(&body, ",\"priority\":%s,\"targets\":[", p->c->priority ? p->c->priority : "0"));
	for (i = 0; i < p->targets.len; i++) {
		sure(i ? buf_putc(&body, ',') : 0);
		sure(buf_json(&body, p->targets.at[i]));
	}
	sure(buf_putc(&body, ']'));
	sure(p->needs ? buf_printf(&body, ",\"needs\":%s", p->needs) : 0);
	sure(buf_putc(&body, '}'));
	r = create_task(p->c, body.s, NULL, &p->id);
	buf_free(&body);
	return r < 0 ? -1 : create_start(p->c, p->id, p->pack.gz);
}

/* Returns the number of the task; 0 when nothing was to be done or could be. */
static int64_t
send_one(struct client *c, const char *arch, const char *branch, char **word, size_t words)
{
	struct parcel p = { .c = c, .arch = arch, .branch = branch };
	int64_t id = 0;

	if (ask_list(&p, word, words) < 0) {
		;
	} else if (c->dry) {
		print_list(&p);
	} else {
		split(&p);
		if (pack(&p) == 0 && create(&p) == 0)
			id = p.id;
		else
			create_drop(c, p.id);
		pack_drop(&p.pack);
	}
	buf_free(&p.list);
	vec_free(&p.trees);
	vec_free(&p.bundles);
	vec_free(&p.targets);
	return id;
}

struct ids {
	VEC(int64_t);
};

static void
tell_interrupted(const struct ids *ids)
{
	struct buf all = { 0 };
	size_t i;

	for (i = 0; i < ids->len; i++)
		sure(buf_printf(&all, " %" PRId64, ids->at[i]));
	warn_msg("not cancelled:%s; \"aoinb watch ID\" shows one, \"aoinb task cancel%s\" ends them",
	    all.s, all.s);
	buf_free(&all);
}

static int
wait_all(struct client *c, const struct ids *ids)
{
	int code = 0, ended;
	size_t i;

	c->tries = 0;
	for (i = 0; i < ids->len && !wait_stopped(); i++) {
		ended = watch_wait(c, ids->at[i]);
		code = code ? code : ended;
	}
	if (wait_stopped() == SIGINT)
		tell_interrupted(ids);
	return wait_stopped() ? 128 + wait_stopped() : code;
}

static void
check_archs(char *archs)
{
	char *copy, *rest, *arch;

	for (arch = archs; *arch; arch++)
		if (*arch == ' ')
			*arch = ',';
	copy = rest = strdup(archs);
	while (rest && (arch = strsep(&rest, ",")))
		if (*arch && !store_name_ok(arch))
			die(EX_USAGE, "submit: --arch=%s: not an architecture", arch);
	free(copy);
}

/* word: the program, its words, and last the branch. */
int
submit(struct client *c, char **word)
{
	char *archs = strdup(c->arch && *c->arch ? c->arch : ""), *rest, *arch;
	struct ids ids = { 0 };
	size_t words = 0;
	int64_t id;

	if (!archs)
		die_sys(EX_OSERR, "memory");
	while (word[words + 1])
		words++;
	check_archs(archs);
	c->tries = TRIES;
	wait_signals();
	for (rest = archs; !c->code && (arch = strsep(&rest, ",")); ) {
		if (!*arch)
			continue;
		id = send_one(c, arch, word[words], word, words);
		if (!id)
			continue;
		printf("%" PRId64 "\n", id);
		fflush(stdout);
		sure(vec_push(&ids, id));
	}
	if (!c->code && c->wait && ids.len)
		c->code = wait_all(c, &ids);
	else if (c->code == 128 + SIGINT)
		warn_msg("interrupted");
	free(archs);
	vec_free(&ids);
	return c->code;
}
