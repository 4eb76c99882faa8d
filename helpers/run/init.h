/* The container's pid 1. */
#ifndef RUN_INIT_H
#define RUN_INIT_H

#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "run/run.h"

/* What the one who starts pid 1 gives along. */
struct init {
	int parent;		/* a socket; its other end closes when they die,
				 * and takes the terminal's master (tty_send) */
	int user;		/* the user namespace that PROG is in, when r->first */
	sigset_t signals;	/* blocked; to be passed on to PROG */
	struct termios termios;	/* of the caller's terminal, when r->tty */
	struct winsize size;
};

/* Makes the container around itself, which must be the first process of all
 * its namespaces, runs PROG and exits with its code. */
void init_main(const struct run *r, const struct init *in)
    __attribute__((noreturn));

/* /dev/null becomes our standard input, for what was there is PROG's, or nobody's.  Ends
 * the program when it cannot. */
void init_close_input(void);

#endif
