/* The other back end: systemd-nspawn(1), with a container as like to ours as its
 * options allow. */
#ifndef RUN_NSPAWN_H
#define RUN_NSPAWN_H

#include "run/run.h"

/* Its command line for r, NULL at the end. */
char **nspawn_words(const struct run *r);

/* Exits when it cannot work: not root, or nothing like a system in the root. */
void nspawn_check(const struct run *r);

/* In a mount namespace of our own: /proc as our pid namespace has it, and the
 * files that the command line refers to. */
void nspawn_make(const struct run *r);

/* Becomes it. */
void nspawn_become(const struct run *r) __attribute__((noreturn));

#endif
