/* aoinb-job: the door to jobs and groups, what is built, and history. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "job/args.h"
#include "opt.h"
#include "parse.h"

enum {
	O_ACBS_VERSION = OPT_LONG, O_ANY, O_ARCH, O_BRANCH, O_BY_HAND, O_COPY, O_FOLLOW, O_GROUP, O_JSON,
	O_KEEP, O_LOCK, O_MAX_AGE, O_MAX_SIZE, O_MEMBER, O_NAME, O_RAW, O_RUNNING, O_SAY, O_STEPS, O_TREE, O_UNFINISHED,
	O_VERSTAMP,
};

static const struct opt tab[] = {
	{ 'w', "work-dir", "DIR", "where jobs and groups lie" },
	{ O_ACBS_VERSION, "acbs-version", "yes|no", "new: whether packages say who built them" },
	{ O_ANY,        "any",        NULL,   "find: a job or a group" },
	{ O_ARCH,       "arch",       "ARCH", "result: what it was built for" },
	{ O_BRANCH,     "branch",     "NAME", "new: build for it; clean, history, list: of it only" },
	{ O_BY_HAND,    "by-hand",    NULL,   "result: after steps that somebody named" },
	{ O_COPY,       "copy",       "DIR",  "find: a copy of its records in DIR/jobs" },
	{ O_FOLLOW,     "follow",     NULL,   "status: show it again each second" },
	{ O_GROUP,      "group",      NULL,   "find: a group" },
	{ O_JSON,       "json",       NULL,   "history, list, show, status, why: in JSON" },
	{ O_KEEP,       "keep",       "WHEN", "result: keep the workspace never, failed or always" },
	{ O_LOCK,       "lock",       "FD",   "that descriptor is its lock" },
	{ O_MAX_AGE,    "max-age",    "SECONDS", "trim: workspaces of failed builds that are older go" },
	{ O_MAX_SIZE,   "max-size",   "KIB",  "trim: and the oldest, until they take no more" },
	{ O_MEMBER,     "member",     "FOLDER", "new: as one of a group, which has FOLDER for it" },
	{ O_NAME,       "name",       "NAME", "new: a part of its id" },
	{ O_RAW,        "raw",        NULL,   "follow, log, tail: as it is, on a terminal too" },
	{ O_RUNNING,    "running",    NULL,   "list: those that run" },
	{ O_SAY,        "say",        NULL,   "result: what became of it, on the standard error" },
	{ O_STEPS,      "steps",      "DIR",  "steps: where they are" },
	{ O_TREE,       "tree",       "DIR",  "history, new: where units have their names from" },
	{ O_UNFINISHED, "unfinished", NULL,   "find: the newest group to go on with" },
	{ O_VERSTAMP,   "verstamp",   "auto|no|TEXT", "new: what a version has behind it" },
	{ 0 },
};

#define BIT(c) (1U << ((c) - OPT_LONG))

struct verb {
	const char *name;
	int (*run)(struct args *a);
	int least, most;	/* operands */
	unsigned options;
	enum { READS, WRITES } does;
};

static const struct verb verbs[] = {
	{ "chain",   verb_chain,   2, 1 << 20, 0, READS },
	{ "clean",   verb_clean,   0, 0, BIT(O_BRANCH), WRITES },
	{ "drop",    verb_drop,    1, 1, BIT(O_LOCK), WRITES },
	{ "find",    verb_find,    0, 1, BIT(O_ANY) | BIT(O_COPY) | BIT(O_GROUP) |
	    BIT(O_UNFINISHED), READS },
	{ "follow",  verb_follow,  1, 1, BIT(O_RAW), READS },
	{ "history", verb_history, 0, 1 << 20, BIT(O_BRANCH) | BIT(O_JSON) | BIT(O_TREE), READS },
	{ "list",    verb_list,    0, 1, BIT(O_BRANCH) | BIT(O_JSON) | BIT(O_RUNNING), READS },
	{ "log",     verb_log,     1, 1, BIT(O_RAW), READS },
	{ "new",     verb_new,     1, 2, BIT(O_BRANCH) | BIT(O_LOCK) | BIT(O_MEMBER) |
	    BIT(O_NAME) | BIT(O_TREE) | BIT(O_VERSTAMP) | BIT(O_ACBS_VERSION), WRITES },
	{ "remove",  verb_remove,  1, 1 << 20, BIT(O_LOCK), WRITES },
	{ "result",  verb_result,  2, 2, BIT(O_ARCH) | BIT(O_BY_HAND) | BIT(O_KEEP) |
	    BIT(O_LOCK) | BIT(O_SAY), WRITES },
	{ "show",    verb_show,    1, 1, BIT(O_ANY) | BIT(O_GROUP) | BIT(O_JSON), READS },
	{ "status",  verb_status,  0, 0, BIT(O_FOLLOW) | BIT(O_JSON), READS },
	{ "steps",   verb_steps,   2, 64, BIT(O_STEPS), READS },
	{ "stop",    verb_stop,    1, 1, 0, READS },
	{ "sweep",   verb_sweep,   0, 0, 0, WRITES },
	{ "tail",    verb_tail,    1, 1, BIT(O_RAW), READS },
	{ "trim",    verb_trim,    0, 0, BIT(O_MAX_AGE) | BIT(O_MAX_SIZE), WRITES },
	{ "why",     verb_why,     1, 1, BIT(O_JSON), READS },
	{ 0 },
};

static int
descriptor(const char *text)
{
	uint64_t fd;

	if (parse_uint(text, 3, 1 << 20, &fd) < 0)
		die(EX_USAGE, "%s: not a descriptor from 3 on", text);
	if (fcntl((int)fd, F_GETFD) < 0)
		die(EX_USAGE, "descriptor %s is not open", text);
	return (int)fd;
}

static int64_t
number(const char *text)
{
	uint64_t n;

	if (parse_uint(text, 0, INT64_MAX, &n) < 0)
		die(EX_USAGE, "%s: not a number", text);
	return (int64_t)n;
}

static void
option(struct args *a, int c, const char *arg)
{
	switch (c) {
	case 'w': a->work_dir = arg; break;
	case O_ACBS_VERSION: a->acbs_version = arg; break;
	case O_ANY: a->any = 1; break;
	case O_ARCH: a->arch = arg; break;
	case O_BRANCH: a->branch = arg; break;
	case O_BY_HAND: a->by_hand = 1; break;
	case O_COPY: a->copy = arg; break;
	case O_FOLLOW: a->follow = 1; break;
	case O_GROUP: a->group = 1; break;
	case O_JSON: a->json = 1; break;
	case O_KEEP: a->keep = arg; break;
	case O_LOCK: a->lock = descriptor(arg); break;
	case O_MAX_AGE: a->max_age = number(arg); break;
	case O_MAX_SIZE: a->max_kib = number(arg); break;
	case O_MEMBER: a->member = arg; break;
	case O_NAME: a->name = arg; break;
	case O_RAW: a->raw = 1; break;
	case O_RUNNING: a->running = 1; break;
	case O_SAY: a->say = 1; break;
	case O_STEPS: a->steps = arg; break;
	case O_TREE: a->tree = arg; break;
	case O_UNFINISHED: a->unfinished = 1; break;
	case O_VERSTAMP: a->verstamp = arg; break;
	}
}

/* Options may stand before, between and behind the operands, which are collected
 * where argv was.  Returns the options that were given. */
static unsigned
words(struct args *a, struct opts *o, char *argv[])
{
	unsigned given = 0;
	int c, ended;

	a->operand = argv + 1;
	opt_begin(o, argv);
	for (;;) {
		do {
			ended = *o->argv && (!o->rest || !*o->rest) && !strcmp(*o->argv, "--");
			c = opt_next(o);
			if (c != -1)
				option(a, c, o->arg);
			if (c >= OPT_LONG)
				given |= BIT(c);
		} while (c != -1);
		if (!*o->argv)
			break;
		do
			a->operand[a->operands++] = *o->argv++;
		while (ended && *o->argv);
	}
	a->operand[a->operands] = NULL;
	return given;
}

static const struct verb *
verb_named(const char *name)
{
	const struct verb *v;

	for (v = verbs; v->name; v++)
		if (!strcmp(v->name, name))
			return v;
	die(EX_USAGE, "no such verb: %s; see aoinb-job(1)", name);
}

static void
check(const struct verb *v, const struct args *a, unsigned given, const struct opts *o)
{
	const struct opt *p;

	for (p = tab; p->name; p++)
		if (p->c >= OPT_LONG && given & BIT(p->c) & ~v->options)
			die(EX_USAGE, "%s: no such option: --%s", v->name, p->name);
	if (a->branch && !store_name_ok(a->branch))
		die(EX_USAGE, "%s: not the name of a branch", a->branch);
	if ((!a->work_dir && v->run != verb_why) || a->operands < v->least || a->operands > v->most)
		opt_bad(o);
}

/* Who only looks makes no folder: what is not there holds nothing. */
static void
open_store(const struct verb *v, struct args *a)
{
	if (v->does == WRITES && !opt_dry) {
		if (store_open(&a->store, a->work_dir) < 0)
			die_sys(err_code(errno) == EX_NOINPUT ? EX_CANTCREAT :
			    err_code(errno), "%s", a->work_dir);
		/* What was done is done, whoever reads what is said of it. */
		signal(SIGPIPE, SIG_IGN);
		return;
	}
	a->store.path = a->work_dir;
	a->store.dir = -1;
	if (!a->work_dir)	/* of a log alone, why it says so is asked */
		return;
	a->store.dir = open(a->work_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (a->store.dir < 0 && errno != ENOENT)
		die_sys(err_code(errno), "%s", a->work_dir);
}

int
main(int argc, char *argv[])
{
	struct opts o = {
		.usage = "-w DIR chain|clean|drop|find|follow|history|list|log|new|remove|result|show|status|steps|stop|sweep|tail|why\n"
		    "                 [OPTION]... [ARG]...",
		.about = "Make, list, find and end jobs and groups; see aoinb-job(1) for the verbs.",
		.tab = tab,
	};
	struct args a = { .lock = -1 };
	const struct verb *v;
	unsigned given;

	(void)argc;
	given = words(&a, &o, argv);
	if (!a.operands)
		opt_bad(&o);
	v = verb_named(*a.operand++);
	a.operands--;
	check(v, &a, given, &o);
	open_store(v, &a);
	return v->run(&a);
}
