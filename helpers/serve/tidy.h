/* Files of the server: on the disk before they are told of, and gone when nobody is. */
#ifndef SERVE_TIDY_H
#define SERVE_TIDY_H

/* The folder that path, below the server's, lies in is on the disk with its name.
 * Returns 0, or -1 with errno set. */
int tidy_sync(const char *path);

/* At the start: removes files of tasks that no table knows, and what was left of
 * checks.  Returns 0, or -1 with errno set. */
int tidy_start(void);

/* Removes tasks and logs that are older than the configuration keeps. */
void tidy_old(void);

#endif
