/* What lies in a folder, by name. */
#ifndef AOINB_EVAL_NAMES_H
#define AOINB_EVAL_NAMES_H

#include <dirent.h>
#include <stddef.h>

struct name {
	char *raw;
	char *shown;	/* as show_escaped writes it */
};

struct names {
	struct name *v;
	size_t n, room;
};

/* Adds to l, which must be empty, the names in the folder dir that `takes` says 1
 * for, sorted by order, which gets two struct name.  Returns 0, or -1 with errno
 * set; what is in l then is to be freed all the same. */
int names_read(struct names *l, int dir,
    int (*takes)(int dir, const struct dirent *e),
    int (*order)(const void *, const void *));

void names_free(struct names *l);

/* Whether e is a folder, and no link to one. */
int names_folder(int dir, const struct dirent *e);

#endif
