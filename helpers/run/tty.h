/* A terminal for the container, and the caller's own made to show it. */
#ifndef RUN_TTY_H
#define RUN_TTY_H

#include "run/init.h"

/* Each returns 0 or a descriptor, or -1 with errno set. */

/* In the container: makes a terminal in its /dev/pts that is like the caller's,
 * and sends its master to in->parent (fdpass.h). */
int tty_send(const struct init *in);

/* In PROG, a session's leader: makes that terminal its own, and its standard
 * input, output and error. */
int tty_take(void);

/* The caller's terminal, descriptor 0, passes every byte on from now, until
 * tty_restore, which exit(3) calls too. */
int tty_raw(const struct termios *saved);
void tty_restore(void);

/* Gives master the size that the caller's terminal has now. */
int tty_resize(int master);

#endif
