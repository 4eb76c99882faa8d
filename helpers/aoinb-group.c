/* aoinb-group: builds the units of a group, several at once, each by an executor. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "group/jobserver.h"
#include "group/result.h"
#include "group/supervise.h"
#include "opt.h"
#include "order/machine.h"
#include "parse.h"

enum { O_JOBS = OPT_LONG, O_FAIL_FAST, O_LOCK, O_EXEC };

enum {
	SLOTS_MOST = JOBSERVER_BUILDS,
	JOBS_MOST = 65536,	/* as many tokens as a FIFO holds */
	LOCK_MOST = 1023,
	DRAIN_MS = 1000,	/* for who reads what we say, when we are told to end */
};

static const struct opt tab[] = {
	{ O_EXEC, "exec", "PROG", "build a unit by PROG, which is given its folder" },
	{ O_FAIL_FAST, "fail-fast", NULL, "begin nothing new once a unit has failed" },
	{ O_JOBS, "jobs", "N", "compile jobs of all together (default: processors)" },
	{ O_LOCK, "lock", "FD", "the group's lock is open on descriptor FD" },
	{ 'm', "memory", "SIZE", "what builds that run at once have together (default: all)" },
	{ 's', "slots", "N", "build N at once (default: by processors and memory)" },
	{ 'w', "work-dir", "DIR", "where jobs and groups lie" },
	{ 0 },
};

struct settings {
	struct supervise_args args;
	const char *work_dir, *folder;
	uint64_t slots, memory, lock;
	int has_lock;
};

static void
take_number(const char *arg, uint64_t most, uint64_t *n)
{
	if (parse_uint(arg, 0, most, n) < 0)
		die(EX_USAGE, "%s: not a number from 0 to %llu", arg,
		    (unsigned long long)most);
}

static void
take_options(struct settings *s, char *argv[])
{
	struct opts o = {
		.usage = "[--fail-fast] [--jobs=N] [--lock=FD] [-m SIZE] [-s N] -w DIR "
		    "--exec=PROG FOLDER",
		.about = "Build the units of the group in FOLDER, in order, several at once.",
		.tab = tab,
	};
	int c;

	opt_begin(&o, argv);
	while ((c = opt_next(&o)) != -1)
		switch (c) {
		case O_EXEC: s->args.prog = o.arg; break;
		case O_FAIL_FAST: s->args.fail_fast = 1; break;
		case O_JOBS: take_number(o.arg, JOBS_MOST, &s->args.jobs); break;
		case O_LOCK:
			take_number(o.arg, LOCK_MOST, &s->lock);
			s->has_lock = 1;
			break;
		case 'm':
			if (parse_size(o.arg, &s->memory) < 0 ||
			    (s->memory && s->memory < 1024))
				die(EX_USAGE, "%s: not a size of 1K or more", o.arg);
			break;
		case 's': take_number(o.arg, SLOTS_MOST, &s->slots); break;
		case 'w': s->work_dir = o.arg; break;
		}
	if (!s->work_dir || !s->args.prog || !o.argv[0] || o.argv[1])
		opt_bad(&o);
	s->folder = o.argv[0];
	s->slots = machine_slots(s->slots);
	s->memory = machine_memory_kib(s->memory / 1024);
	s->args.jobs = machine_jobs(s->args.jobs);
}

static void
open_group(struct group *g, const struct settings *s)
{
	if (store_open(&g->store, s->work_dir) < 0)
		die_sys(EX_CANTCREAT, "%s", s->work_dir);
	group_load(g, s->folder, (uint32_t)s->slots, s->memory);
	if (opt_dry) {
		note("%zu units", g->rows);
		warn_msg("group %s: would be gone on with", g->id);
		exit(0);
	}
	group_lock(g, s->has_lock ? (int)s->lock : -1);
}

/* What a former run left goes, and what it left open is written down.  The last
 * version left FIFOs and notes of its own, which nobody reads any more. */
static void
recover(struct journal *j, struct group *g, struct console *c)
{
	static const char *const left[] = { "ends", "jobserver", "next", "todo", "rows" };
	size_t i;

	for (i = 0; i < sizeof(left) / sizeof(*left); i++)
		unlinkat(g->dir, left[i], 0);
	if (journal_open(j, g, c) < 0 || journal_recover(j, c) < 0 ||
	    (unlinkat(g->dir, "group.json", 0) < 0 && errno != ENOENT))
		die(EX_IOERR, "group %s: %s/events cannot be written: %s; \"aoinb resume\" goes on",
		    g->id, g->path, strerror(errno));
}

/* Says what became of it: first the record, then the rest of what stands in the
 * queues, and the table. */
static int
finish(const struct group *g, struct console *c, int code, int stopped, int signals)
{
	struct buf table = { 0 };

	if (result_write(g, stopped, c, &table) < 0 && code != EX_IOERR) {
		console_say(c, "group %s: %s/group.json cannot be written: %s; "
		    "\"aoinb resume\" goes on", g->id, g->path, strerror(errno));
		code = EX_IOERR;
	}
	console_text(c, &table);
	console_drain(c, signals, code > 130 ? DRAIN_MS : -1);
	buf_free(&table);
	/* That nobody reads it is nobody's failure. */
	if (c->out.error && c->out.error != EPIPE) {
		errno = c->out.error;
		warn_sys("standard output");
		code = code ? code : EX_IOERR;
	}
	return code;
}

int
main(int argc, char *argv[])
{
	struct settings s = { 0 };
	struct group g = { 0 };
	struct journal j;
	struct console c;
	int code, stopped, signals;

	(void)argc;
	take_options(&s, argv);
	open_group(&g, &s);
	signals = supervise_signals();
	if (signals < 0)
		die_sys(EX_OSERR, "signals");
	console_begin(&c);
	recover(&j, &g, &c);
	code = supervise(&j, &c, &s.args, signals, &stopped);
	code = finish(&g, &c, code, stopped, signals);
	stream_drop(&c.out);
	stream_drop(&c.err);
	journal_close(&j);
	group_free(&g);
	close(signals);
	return code;
}
