/* aoinb-client: what a person asks a server of ours. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "client/client.h"
#include "digest.h"
#include "err.h"
#include "opt.h"
#include "store/store.h"

enum {
	O_ADMIN = OPT_LONG, O_ARCH, O_ARCHS, O_BRANCH, O_BRANCHES, O_DAYS, O_JSON, O_LIMIT, O_OUTPUT,
	O_PACKAGE, O_PRIORITY, O_PUBKEY, O_RAW, O_SCOPES, O_SERVER, O_STATE, O_TOKEN, O_TREE, O_TRUST,
	O_WAIT, O_WHY,
};

static const struct opt tab[] = {
	{ O_ADMIN,    "admin",      "PATH",  "the socket of this machine's server, where there is no other" },
	{ O_ARCH,     "arch",       "A,B",   "submit: a task for each; task ls: for that one" },
	{ O_ARCHS,    "archs",      "A,B",   "token add: what a worker builds for" },
	{ O_BRANCH,   "branch",     "NAME",  "task ls: for that branch" },
	{ O_BRANCHES, "branches",   "A,B",   "token add: for these only" },
	{ O_DAYS,     "days",       "N",     "token add: how long it is good; else for ever" },
	{ O_JSON,     "json",       NULL,    "ls, show: for programs" },
	{ O_LIMIT,    "limit",      "N",     "task ls: the newest N" },
	{ O_OUTPUT,   "output",     "PATH",  "task get: the folder for packages; token add: a file" },
	{ O_PACKAGE,  "package",    "NAME",  "task ls: with that package" },
	{ O_PRIORITY, "priority",   "N",     "submit: from -100 to 100; the highest goes first" },
	{ O_PUBKEY,   "pubkey",     "FILE",  "token add: the worker's public key" },
	{ O_RAW,      "raw",        NULL,    "watch: on a terminal as it is, too" },
	{ O_SCOPES,   "scopes",     "A,B",   "token add: what it is good for" },
	{ O_SERVER,   "server",     "URL",   "who is asked" },
	{ O_STATE,    "state",      "STATE", "task ls: in that state" },
	{ O_TOKEN,    "token-file", "FILE",  "the bearer: the first line of FILE" },
	{ O_TREE,     "tree",       "DIR",   "submit: what packages and groups are of" },
	{ O_TRUST,    "trust",      NULL,    "token add: packages of this worker enter by themselves" },
	{ O_WAIT,     "wait",       NULL,    "submit: until they have ended" },
	{ O_WHY,      "why",        "TEXT",  "worker drain: what others are told" },
	{ 0 },
};

static struct client c = { .tries = 1 };

/* An empty value is none: a setting that is not set. */
static void
option(int o, const char *arg)
{
	const char *s = arg && *arg ? arg : NULL;

	switch (o) {
	case O_ADMIN: c.admin = s; break;
	case O_ARCH: c.arch = s; break;
	case O_ARCHS: c.archs = s; break;
	case O_BRANCH: c.branch = s; break;
	case O_BRANCHES: c.branches = s; break;
	case O_DAYS: c.days = s; break;
	case O_JSON: c.json = 1; break;
	case O_LIMIT: c.limit = s; break;
	case O_OUTPUT: c.output = s; break;
	case O_PACKAGE: c.package = s; break;
	case O_PRIORITY: c.priority = s; break;
	case O_PUBKEY: c.pubkey = s; break;
	case O_RAW: c.raw = 1; break;
	case O_SCOPES: c.scopes = s; break;
	case O_SERVER: c.server = s; break;
	case O_STATE: c.state = s; break;
	case O_TOKEN: c.token_file = s; break;
	case O_TREE: c.tree = s; break;
	case O_TRUST: c.trust = 1; break;
	case O_WAIT: c.wait = 1; break;
	case O_WHY: c.why = s; break;
	}
}

/* What the words behind a verb have to be. */
enum kind { NOTHING, IDS, ATTEMPT, NAMES, FIRST, ANY };

static const struct verb {
	const char *word, *second;	/* the second one, or NULL */
	int (*run)(struct client *c, char **word);
	enum kind kind;
	size_t least, most;
} verbs[] = {
	{ "envelope", NULL, envelope_get, FIRST, 2, 2 },
	{ "submit", NULL, submit, ANY, 3, SIZE_MAX },
	{ "task", "cancel", task_each, IDS, 1, SIZE_MAX },
	{ "task", "get", task_get, IDS, 1, SIZE_MAX },
	{ "task", "ls", show_tasks, NOTHING, 0, 0 },
	{ "task", "publish", task_each, IDS, 1, SIZE_MAX },
	{ "task", "reject", task_each, IDS, 1, SIZE_MAX },
	{ "task", "retry", task_retry, IDS, 1, SIZE_MAX },
	{ "task", "rm", task_each, IDS, 1, SIZE_MAX },
	{ "task", "show", show_task, IDS, 1, SIZE_MAX },
	{ "token", "add", token_add, NAMES, 1, 1 },
	{ "token", "ls", show_tokens, NOTHING, 0, 0 },
	{ "token", "revoke", token_revoke, IDS, 1, 1 },
	{ "watch", NULL, watch, ATTEMPT, 1, 1 },
	{ "worker", "distrust", worker_each, NAMES, 1, SIZE_MAX },
	{ "worker", "drain", worker_each, NAMES, 1, SIZE_MAX },
	{ "worker", "ls", show_workers, NOTHING, 0, 0 },
	{ "worker", "resume", worker_each, NAMES, 1, SIZE_MAX },
	{ "worker", "trust", worker_each, NAMES, 1, SIZE_MAX },
	{ 0 },
};

/* The forms of a command, for who has it wrong. */
static const char *const forms[][2] = {
	{ "submit", "PROG [ARG]... TARGET... BRANCH" },
	{ "watch", "the number of a task, or ID.N for an attempt" },
	{ "task", "one of: ls; or show, cancel, retry, get, rm, publish, reject and the numbers of tasks" },
	{ "token", "one of: add NAME, ls, revoke ID" },
	{ "worker", "one of: ls; or drain, resume, trust, distrust and names of workers" },
	{ "envelope", "the number of a task, and a folder" },
};

static int
is_attempt(const char *s)
{
	const char *dot = strchr(s, '.');
	char id[32];

	if (!dot)
		return is_id(s);
	if ((size_t)(dot - s) >= sizeof(id))
		return 0;
	memcpy(id, s, (size_t)(dot - s));
	id[dot - s] = '\0';
	return is_id(id) && is_id(dot + 1);
}

static void
check(const struct verb *v, char **word)
{
	if (v->kind == FIRST && !is_id(*word))
		die(EX_USAGE, "%s: not the number of a task", *word);
	for (; *word; word++) {
		if (v->kind == IDS && !is_id(*word))
			die(EX_USAGE, "%s: %s: not a number", v->word, *word);
		if (v->kind == ATTEMPT && !is_attempt(*word))
			die(EX_USAGE, "%s: %s: not a number", v->word, *word);
		if (v->kind == NAMES && !store_name_ok(*word))
			die(EX_USAGE, "%s: %s: not a name", v->word, *word);
	}
}

static void
wrong(const struct opts *o)
{
	size_t i;

	for (i = 0; o->argv[0] && i < sizeof(forms) / sizeof(*forms); i++)
		if (!strcmp(o->argv[0], forms[i][0]))
			die(EX_USAGE, "%s wants %s", forms[i][0], forms[i][1]);
	opt_bad(o);
}

static const struct verb *
find(const struct opts *o, char ***word)
{
	const struct verb *v;
	size_t n = 0;

	while (o->argv[n])
		n++;
	for (v = verbs; v->word; v++) {
		size_t own = v->second ? 2 : 1;

		if (n < own || strcmp(v->word, o->argv[0]) || (v->second && strcmp(v->second, o->argv[1])))
			continue;
		if (n - own < v->least || n - own > v->most)
			break;
		*word = o->argv + own;
		check(v, *word);
		return v;
	}
	wrong(o);
	return NULL;
}

static void
check_priority(void)
{
	const char *s = c.priority;
	size_t n;

	if (!s)
		return;
	n = strspn(s + (*s == '-'), "0123456789");
	if (!n || n > 3 || s[n + (*s == '-')])
		die(EX_USAGE, "submit: --priority=%s: not a number from -100 to 100", s);
}

int
main(int argc, char *argv[])
{
	struct opts o = {
		.usage = "[OPTION]... submit PROG [ARG]... TARGET... BRANCH | watch ID[.N] |\n"
		    "       task VERB [ID]... | token VERB [NAME | ID] | worker VERB [NAME]... | envelope ID DIR",
		.about = "Ask a server to build, and what became of it.",
		.tab = tab,
	};
	const struct verb *v;
	char **word = NULL;
	int n;

	(void)argc;
	opt_begin(&o, argv);
	err_name("aoinb");	/* in whose name it is asked */
	while ((n = opt_next(&o)) != -1)
		option(n, o.arg);
	v = find(&o, &word);
	check_priority();
	c.dry = opt_dry;
	server_open(&c);
	if (opt_dry && v->run != submit) {
		note("nothing is asked");
		printf("%s\n", c.name);
		return 0;
	}
	if (http_init() < 0)
		die(EX_UNAVAILABLE, "libcurl is missing; install the package libcurl4");
	n = v->run(&c, word);
	if (fflush(stdout) && !n) {
		warn_sys("standard output");
		n = EX_IOERR;
	}
	http_end();
	digest_end();
	server_close(&c);
	return n;
}
