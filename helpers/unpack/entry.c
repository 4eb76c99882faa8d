#include <stdlib.h>
#include <string.h>

#include "unpack/entry.h"

int
entry_xattr(struct entry *e, const char *name, const void *value, size_t size)
{
	struct xattr *x;

	x = realloc(e->xattrs, (e->nxattrs + 1) * sizeof(*x));
	if (!x)
		return -1;
	e->xattrs = x;
	x += e->nxattrs;
	x->name = strdup(name);
	x->value = malloc(size ? size : 1);
	x->size = size;
	if (!x->name || !x->value) {
		free(x->name);
		free(x->value);
		return -1;
	}
	if (size)
		memcpy(x->value, value, size);
	e->nxattrs++;
	return 0;
}

void
entry_xattrs_free(struct entry *e)
{
	size_t i;

	for (i = 0; i < e->nxattrs; i++) {
		free(e->xattrs[i].name);
		free(e->xattrs[i].value);
	}
	free(e->xattrs);
	e->xattrs = NULL;
	e->nxattrs = 0;
}
