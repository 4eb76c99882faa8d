/* The archive of a task: bundles and files of a tree, the same bytes whoever makes it. */
#ifndef CLIENT_PACK_H
#define CLIENT_PACK_H

#include "buf.h"

struct pack {
	char dir[64];		/* for the moment; "" before pack_begin and after pack_drop */
	char tar[80], gz[80], list[80];
};

/* Each returns 0, or -1 having said why. */

/* An archive of paths of the folder tree, a line each; of none when paths is NULL. */
int pack_begin(struct pack *p, const char *tree, const char *paths);

/* Adds the bundle at path, under the name name. */
int pack_add(struct pack *p, const char *path, const char *name);

/* It is whole, in the file gz. */
int pack_end(struct pack *p);

/* Removes all of it.  Nothing happens where there is none. */
void pack_drop(struct pack *p);

/* Runs argv with its output to the descriptor out, -1: to ours.  Returns its exit code. */
int pack_run(char *argv[], int out);

#endif
