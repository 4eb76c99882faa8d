#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/once.h"

/* A node of the tree of what was seen. */
struct seen {
	struct source src;	/* whose strings are the list's */
	size_t at;		/* where in the list */
};

static int
by_source(const void *a, const void *b)
{
	const struct source *x = a, *y = b;
	int r = strcmp(x->url, y->url);

	if (r == 0)
		r = (x->algo > y->algo) - (x->algo < y->algo);
	return r ? r : strcmp(x->hex, y->hex);
}

ssize_t
once_add(struct once *o, struct source *src)
{
	struct seen *node = malloc(sizeof(*node)), **found = NULL;
	size_t at;

	if (node) {
		*node = (struct seen){ .src = *src, .at = o->list.len };
		found = tsearch(node, &o->seen, by_source);
	}
	if (!found) {
		free(node);
		source_drop(src);
		return -1;
	}
	at = (*found)->at;
	if (*found != node) {
		free(node);
		source_drop(src);
	} else if (source_add(&o->list, src) < 0) {
		tdelete(node, &o->seen, by_source);
		free(node);
		source_drop(src);
		return -1;
	}
	return (ssize_t)at;
}

void
once_free(struct once *o)
{
	tdestroy(o->seen, free);
	source_free(&o->list);
	o->seen = NULL;
}
