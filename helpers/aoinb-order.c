/* aoinb-order: the order in which to build what needs each other. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "opt.h"
#include "order/cycle.h"
#include "order/events.h"
#include "order/output.h"
#include "parse.h"

enum { O_NEXT = OPT_LONG };

enum {
	SLOTS_MOST = 1024,
	EVENTS_TEXT = 64 << 20,
};

static const struct opt tab[] = {
	{ 'm', "memory", "SIZE", "what builds that run at once have together" },
	{ 's', "slots",  "N",    "build N at once (default 1)" },
	{ O_NEXT, "next", "FILE", "print what to do now, after the events in FILE" },
	{ 0 },
};

struct job {
	uint64_t slots;
	uint64_t memory;	/* KiB; 0 is no limit */
	const char *events;

	struct buf text, events_text, out;
	struct units units;
	struct graph graph;
	struct sccs sccs;
	struct sched sched;
};

static void
options(struct job *j, struct opts *o, char *argv[])
{
	int c;

	opt_begin(o, argv);
	while ((c = opt_next(o)) != -1)
		switch (c) {
		case O_NEXT: j->events = o->arg; break;
		case 'm':
			if (parse_size(o->arg, &j->memory) < 0 ||
			    (j->memory && j->memory < 1024))
				die(EX_USAGE, "%s: not a size of 1K or more", o->arg);
			j->memory /= 1024;
			break;
		case 's':
			if (parse_uint(o->arg, 1, SLOTS_MOST, &j->slots) < 0)
				die(EX_USAGE, "%s: not a number from 1 to %d", o->arg,
				    SLOTS_MOST);
			break;
		}
	if (*o->argv)
		opt_bad(o);
}

static void
read_all(struct buf *b, int fd, size_t most, const char *name)
{
	if (buf_read(b, fd, most) == 0)
		return;
	die_sys(errno == EFBIG ? EX_DATAERR : errno == EISDIR ? EX_NOINPUT :
	    EX_IOERR, "%s", name);
}

static void
read_graph(struct job *j)
{
	struct fault f;

	read_all(&j->text, STDIN_FILENO, UNITS_TEXT, "standard input");
	if (units_read(&j->units, j->text.s, j->text.len, &f) < 0) {
		if (errno == EBADMSG)
			die(EX_DATAERR, "standard input:%u: %s", f.line, f.why);
		die_sys(EX_OSERR, "units");
	}
	if (graph_make(&j->graph, &j->units) < 0 ||
	    scc_find(&j->sccs, &j->graph, EDGE_BOTH) < 0 ||
	    cycle_break(&j->graph) < 0 ||
	    sched_begin(&j->sched, &j->graph, (uint32_t)j->slots, j->memory) < 0)
		die_sys(EX_OSERR, "order");
	note("%u units, %u edges", j->graph.n, j->graph.edges);
}

static void
read_events(struct job *j)
{
	int fd = open(j->events, O_RDONLY | O_CLOEXEC);
	struct fault f;

	if (fd < 0)
		die_sys(EX_NOINPUT, "%s", j->events);
	read_all(&j->events_text, fd, EVENTS_TEXT, j->events);
	close(fd);
	if (events_read(&j->sched, &j->units, j->events_text.s,
	    j->events_text.len, &f) < 0)
		die(EX_DATAERR, "%s:%u: %s", j->events, f.line, f.why);
}

static int
print(struct job *j)
{
	if (j->events)
		return order_next(&j->out, &j->sched);
	if (order_units(&j->out, &j->sched) < 0)
		return -1;
	return order_broken(&j->out, &j->graph, &j->sccs);
}

int
main(int argc, char *argv[])
{
	struct opts o = {
		.usage = "[-m SIZE] [-s N] [--next=FILE]",
		.about = "Read units and what they need, print the order to build them in.",
		.tab = tab,
	};
	struct job j = { .slots = 1 };

	(void)argc;
	options(&j, &o, argv);
	read_graph(&j);
	if (j.events)
		read_events(&j);
	if (print(&j) != 0)
		die_sys(EX_OSERR, "output");
	if (file_write(STDOUT_FILENO, j.out.s, j.out.len) < 0)
		die_sys(EX_IOERR, "standard output");

	sched_end(&j.sched);
	scc_free(&j.sccs);
	graph_free(&j.graph);
	units_free(&j.units);
	buf_free(&j.events_text);
	buf_free(&j.text);
	buf_free(&j.out);
	return 0;
}
