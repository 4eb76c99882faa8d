#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "rusage/output.h"

void
output_begin(struct output *o, const struct plan *p, int log)
{
	struct relay none = { .to = -1, .in = -1, .out = -1 };

	*o = (struct output){ .name = p->log, .kept = log >= 0, .relay = { none, none },
	    .input = { .from = -1, .to = -1, .out = -1 } };
	if (log_begin(&o->log, log, p->log_max) < 0)
		die_sys(EX_OSERR, "make a pipe for %s", p->log);
	if (!p->relay || o->kept)
		return;
	if (relay_begin(&o->relay[0], STDOUT_FILENO) < 0 ||
	    (!relay_same(STDOUT_FILENO, STDERR_FILENO) &&
	    relay_begin(&o->relay[1], STDERR_FILENO) < 0))
		die_sys(EX_OSERR, "make a pipe for the output");
	if (input_begin(&o->input) < 0)
		die_sys(EX_OSERR, "make a pipe for the input");
}

void
output_give(const struct output *o, struct tree_start *how)
{
	how->in = o->input.out;
	how->out = how->err = o->log.out;
	if (o->kept)
		return;
	how->out = o->relay[0].out;
	how->err = o->relay[1].out >= 0 || !relay_same(STDOUT_FILENO, STDERR_FILENO) ?
	    o->relay[1].out : how->out;
}

void
output_started(struct output *o)
{
	log_started(&o->log);
	relay_started(&o->relay[0]);
	relay_started(&o->relay[1]);
	input_started(&o->input);
}

void
output_wants(const struct output *o, struct pollfd *fd)
{
	fd[0].fd = o->log.in;
	fd[0].events = POLLIN;
	relay_wants(&o->relay[0], &fd[1]);
	relay_wants(&o->relay[1], &fd[2]);
	input_wants(&o->input, &fd[3]);
}

/* The first write that fails is told; the code tells it in the end. */
static void
log_failed(struct output *o)
{
	if (!o->log.err)
		return;
	o->failed = 1;
	errno = o->log.err;
	if (!o->told)
		warn_sys("%s", o->name);
	o->told = 1;
}

void
output_copy(struct output *o, struct pollfd *fd, int which)
{
	if (which == 3) {
		input_copy(&o->input, &fd[3]);
		return;
	}
	if (which > 0) {
		relay_copy(&o->relay[which - 1], &fd[which]);
		return;
	}
	if (!log_copy(&o->log))
		fd[0].fd = -1;
	log_failed(o);
}

void
output_again(struct output *o, struct pollfd *fd)
{
	input_again(&o->input, &fd[3]);
}

void
output_end(struct output *o, struct result *res)
{
	int i;

	for (i = 0; i < 2; i++) {
		relay_end(&o->relay[i]);
		errno = o->relay[i].err;
		if (errno)
			warn_sys("standard %s", i ? "error" : "output");
		o->failed |= errno != 0;
	}
	input_end(&o->input);
	errno = o->input.err;
	if (errno)
		warn_sys("standard input");
	o->failed |= errno != 0;
	if (!o->kept)
		return;
	res->log_missing = log_end(&o->log);
	log_failed(o);
	res->log_bytes = o->log.said;
}
