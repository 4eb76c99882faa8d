/* The folder of one cgroup in one hierarchy: its name, its lock, its end. */
#ifndef RUSAGE_CGDIR_H
#define RUSAGE_CGDIR_H

#include <stddef.h>

/* "aoinb-PID-STARTTICKS" of this process.  Returns 0 or -1 with errno set. */
int cgdir_name(char *s, size_t room);

/* Whether s is a name of that kind. */
int cgdir_is_name(const char *s);

/* Makes name in parent and locks it.  The lock (flock) goes when the last
 * process that inherited the descriptor is gone, which is how a sweep knows.
 * Returns the descriptor, or -1 with errno set. */
int cgdir_make(int parent, const char *name);

/* Kills every process in name and below it, and removes both, trying for a
 * second or so.  Returns 0 or -1 with errno set. */
int cgdir_remove(int parent, const char *name);

/* Removes each aoinb-PID-STARTTICKS in parent (at path) that nobody has locked:
 * what a dead aoinb-rusage made and started.  said and dry as cgroup_sweep. */
void cgdir_sweep(int parent, const char *path, void (*said)(const char *path),
    int dry);

#endif
