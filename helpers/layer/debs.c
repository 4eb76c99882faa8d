#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "layer/cmd.h"
#include "opt.h"
#include "store/debs.h"

static int
open_given(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		warn_sys("%s", folder);
	return fd;
}

/* A container wrote it, or may not have. */
static int
read_set(const char *file, struct buf *set)
{
	if (file_get(AT_FDCWD, file, DEBS_SET, set) == 0 || errno == ENOENT)
		return 0;
	warn_sys("%s", file);
	return errno == EFBIG || errno == EINVAL || errno == ELOOP ? EX_DATAERR :
	    err_code(errno);
}

int
verb_debs_lend(struct cmd *c)
{
	int folder = open_given(c->arg[0]), code = 0;
	struct buf set = { 0 };

	if (folder < 0)
		return err_code(errno);
	if (c->arg[1])
		code = read_set(c->arg[1], &set);
	if (!code && debs_lend(&c->store, folder, set.s) < 0) {
		warn_sys("%s", c->arg[0]);
		code = err_code(errno);
	}
	buf_free(&set);
	close(folder);
	return code;
}

int
tidy_debs(struct cmd *c)
{
	struct ids spare = { 0 };
	size_t i;
	int r = debs_spare(&c->store, c->debs_kib, &spare);

	if (r == 0 && !opt_dry)
		r = debs_drop(&c->store, &spare);
	for (i = 0; i < spare.len && r == 0 && opt_dry; i++)
		r = buf_printf(&c->out, "%s/cache/debs/%s\n", c->store.path, spare.at[i]);
	if (r < 0)
		warn_sys("%s/cache/debs", c->store.path);
	ids_free(&spare);
	return r;
}

int
verb_debs_keep(struct cmd *c)
{
	int folder = open_given(c->arg[0]), code = 0;

	if (folder < 0)
		return err_code(errno);
	if (debs_keep(&c->store, folder) < 0) {
		warn_sys("%s: what apt downloaded is not kept", c->arg[0]);
		code = err_code(errno);
	}
	close(folder);
	return tidy_debs(c) < 0 && !code ? EX_IOERR : code;
}
