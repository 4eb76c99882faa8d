#include <errno.h>
#include <string.h>

#include "err.h"
#include "layer/cmd.h"

/* Below work_dir, and not by way of "..". */
static int
path_ok(const char *path)
{
	char part[STORE_NAME];
	size_t n;

	for (;; path += n + 1) {
		n = strcspn(path, "/");
		if (n >= sizeof(part))
			return 0;
		memcpy(part, path, n);
		part[n] = '\0';
		if (!store_name_ok(part))
			return 0;
		if (!path[n])
			return 1;
	}
}

int
verb_folder(struct cmd *c)
{
	char **path;

	for (path = c->arg; *path; path++) {
		if (!path_ok(*path))
			die(EX_USAGE, "%s: not a folder below work_dir", *path);
		if (store_mkdir(&c->store, *path) < 0)
			return fail_sys(c, *path);
	}
	return 0;
}

int
verb_modes(struct cmd *c)
{
	if (store_modes(&c->store, &c->out) < 0) {
		buf_free(&c->out);
		return fail_sys(c, ".");
	}
	return print(&c->out);
}
