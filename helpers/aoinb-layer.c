/* aoinb-layer: the door to layers and refs. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "layer/cmd.h"
#include "opt.h"
#include "parse.h"
#include "proc.h"

enum {
	O_JSON = OPT_LONG, O_LIST, O_MAX_LAYERS, O_UPDATE, O_SINCE, O_STAND, O_INDEX, O_DEPS,
	O_CACHE, O_MAX_AGE, O_LOCK, O_ALL,
	O_ONE, O_SHA256, O_MOUNT,
};

static const struct opt tab[] = {
	{ 'w', "work-dir", "DIR", "where the layers are" },
	{ O_JSON, "json", NULL, "of list: print JSON" },
	{ O_ALL, "all", NULL, "of unref: all refs" },
	{ O_LIST, "list", "FILE", "of instance: the source list of the branch" },
	{ O_MAX_LAYERS, "max-layers", "N", "of instance: above the base (default: no limit)" },
	{ O_UPDATE, "update", "SECONDS", "of instance: how old its check may be; 0 no age, -1 any (default)" },
	{ O_STAND, "stand", "JOB", "of instance: and JOB stands on it, when it is good" },
	{ O_SINCE, "since", "EPOCH", "of instance: a check since then is good enough" },
	{ O_INDEX, "index", "FILE", "of recall, remember: the index of the branch's own packages" },
	{ O_DEPS, "deps-max-size", "KIB", "of gc, trim: of all dependencies; 0 is no limit (default)" },
	{ O_CACHE, "debs-max-size", "KIB", "of gc, debs-keep: of apt's downloads; 0 is no limit (default)" },
	{ O_MAX_AGE, "max-age", "SECONDS", "of vcs-gc: since the last use; 0 is no limit (default)" },
	{ O_LOCK, "lock", "FD", "of begin, vcs-gc: the lock that the caller holds" },
	{ O_ONE, "one", NULL, "of export: the topmost layer alone" },
	{ O_SHA256, "sha256", "HEX", "of import: what the image must be; the default is its name" },
	{ O_MOUNT, "mount", "yes|no", "of import: keep the image, where this machine can mount it" },
	{ 0 },
};

enum { MANY = 1 << 30 };

static const struct verb {
	const char *name;
	int least, most;	/* words behind it */
	int changes;		/* and does not heed -n itself */
	int (*run)(struct cmd *c);
	const char *words;
} verbs[] = {
	{ "list",     0, 1,    0, verb_list,     "[layers|instances]" },
	{ "stack",    1, 1,    0, verb_stack,    "NAME" },
	{ "info",     2, 2,    0, verb_info,     "NAME KEY" },
	{ "ref",      1, 2,    0, verb_ref,      "NAME [ID]" },
	{ "unref",    0, MANY, 1, verb_unref,    "NAME...|--all" },
	{ "begin",    1, 1,    1, verb_begin,    "NAME" },
	{ "commit",   3, MANY, 1, verb_commit,   "FOLDER KIND PARENT|- [KEY=VALUE]..." },
	{ "drop",     1, MANY, 1, verb_drop,     "FOLDER..." },
	{ "instance", 1, 1,    0, verb_instance, "BRANCH" },
	{ "checked",  1, 1,    1, verb_checked,  "BRANCH" },
	{ "stand",    2, 2,    1, verb_stand,    "JOB BRANCH" },
	{ "stack-in", 2, 2,    1, verb_stack_in, "FOLDER NAME" },
	{ "key",      1, 1,    0, verb_key,      "JOB" },
	{ "recall",   1, 2,    1, verb_recall,   "JOB [STATE]" },
	{ "find",     2, 3,    1, verb_find,     "JOB KEY [STATE]" },
	{ "put",      3, 3,    1, verb_put,      "JOB LAYER|- STATE" },
	{ "remember", 2, 2,    1, verb_remember, "JOB LAYER|-" },
	{ "names",    1, 2,    0, verb_names,    "BRANCH [FILE]" },
	{ "why",      2, 2,    0, verb_why,      "LOG BRANCH" },
	{ "take",     3, 3,    0, verb_take,     "FOLDER NAME MAX" },
	{ "debs-lend", 1, 2,   1, verb_debs_lend, "FOLDER [SET]" },
	{ "debs-keep", 1, 1,   1, verb_debs_keep, "FOLDER" },
	{ "used",     0, 0,    0, verb_used,     "" },
	{ "gc",       0, 0,    0, verb_gc,       "" },
	{ "trim",     0, 0,    0, verb_trim,     "" },
	{ "vcs-gc",   0, 0,    0, verb_vcs_gc,   "" },
	{ "export",   1, 2,    1, verb_export,   "NAME [FOLDER]" },
	{ "import",   1, 1,    1, verb_import,   "IMAGE" },
	{ "mountable", 0, 0,   0, verb_mountable, "" },
	{ "folder",   1, MANY, 1, verb_folder,   "PATH..." },
	{ "modes",    0, 0,    0, verb_modes,    "" },
	{ "locks",    0, 0,    0, verb_locks,    "" },
	{ 0 },
};

static uint64_t
number(const char *text, uint64_t most)
{
	uint64_t n;

	if (parse_uint(text, 0, most, &n) < 0)
		die(EX_USAGE, "%s: not a number from 0 to %llu", text,
		    (unsigned long long)most);
	return n;
}

static int
truth(const char *text)
{
	if (strcmp(text, "yes") && strcmp(text, "no"))
		die(EX_USAGE, "%s: neither yes nor no", text);
	return *text == 'y';
}

static void
option(struct cmd *c, int o, const char *arg)
{
	switch (o) {
	case 'w': c->store.path = arg; break;
	case O_JSON: c->json = 1; break;
	case O_ALL: c->all = 1; break;
	case O_LIST: c->list = arg; break;
	case O_INDEX: c->index = arg; break;
	case O_MAX_LAYERS: c->max_layers = number(arg, INT32_MAX); break;
	case O_UPDATE:
		c->update = strcmp(arg, "-1") ? (int64_t)number(arg, INT64_MAX) : -1;
		break;
	case O_STAND: c->stand = arg; break;
	case O_SINCE: c->since = (int64_t)number(arg, INT64_MAX); break;
	case O_DEPS: c->deps_kib = number(arg, INT64_MAX); break;
	case O_CACHE: c->debs_kib = number(arg, INT64_MAX); break;
	case O_MAX_AGE: c->max_age = number(arg, INT64_MAX); break;
	case O_ONE: c->one = 1; break;
	case O_SHA256: c->sha256 = arg; break;
	case O_MOUNT: c->mount = truth(arg); break;
	case O_LOCK: c->lock = (int)number(arg, INT32_MAX); break;
	}
}

/* Options stand before and between the words, until "--".  The words are moved to
 * the front. */
static int
options(struct cmd *c, struct opts *o, char *argv[])
{
	char **before, **put = argv;
	int n = 0, got;

	opt_begin(o, argv);
	for (;;) {
		before = o->argv;
		while ((got = opt_next(o)) != -1) {
			option(c, got, o->arg);
			before = o->argv;
		}
		if (!*o->argv)
			break;
		if (o->argv > before && !strcmp(o->argv[-1], "--"))
			break;
		put[n++] = *o->argv++;
	}
	while (*o->argv)
		put[n++] = *o->argv++;
	put[n] = NULL;
	return n;
}

int
main(int argc, char *argv[])
{
	struct opts o = {
		.usage = "-w DIR VERB [WORD]...",
		.about = "Layers, refs and stacks: see aoinb-layer(1) for the verbs.",
		.tab = tab,
	};
	struct cmd c = { .update = -1, .since = INT64_MAX, .lock = -1 };
	const struct verb *v = verbs;
	int n = options(&c, &o, argv);

	(void)argc;
	if (n == 0)
		opt_bad(&o);
	while (v->name && strcmp(v->name, argv[0]))
		v++;
	if (!v->name)
		die(EX_USAGE, "%s: no such verb; see aoinb-layer(1)", argv[0]);
	if (n - 1 < v->least || n - 1 > v->most)
		die(EX_USAGE, "usage: %s %s", v->name, v->words);
	if (!c.store.path && v->run != verb_locks && v->run != verb_mountable)
		die(EX_USAGE, "%s wants --work-dir=DIR", v->name);
	c.arg = argv + 1;
	if (opt_dry && v->changes)
		return proc_show(1, argv) < 0 ? EX_IOERR : 0;
	signal(SIGPIPE, SIG_IGN);
	if (c.store.path && (v->run == verb_modes ? store_open_as_is : store_open)
	    (&c.store, c.store.path) < 0)
		die_sys(errno == EEXIST ? EX_CANTCREAT : err_code(errno), "%s", c.store.path);
	return v->run(&c);
}
