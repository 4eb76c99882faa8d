/* What nobody asks for, and has to be done now and then: a thread of its own. */
#ifndef SERVE_SWEEP_H
#define SERVE_SWEEP_H

/* At the start, when nobody could send a word: every lease is good once more.  Returns
 * 0, or -1. */
int sweep_start(void);
void *sweep_run(void *unused);

#endif
