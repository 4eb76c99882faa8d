#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "layer/cmd.h"

void
fail_name(const struct cmd *c, const struct blame *b)
{
	int whole = *b->at == '/' || errno == EXDEV;	/* as the caller has it */
	const char *top = whole ? "" : c->store.path, *slash = whole ? "" : "/";

	if (!*b->why)
		warn_sys("%s%s%s", top, slash, b->at);
	else if (b->cure)
		warn_msg("%s%s%s: %s; %s", top, slash, b->at, b->why, b->cure);
	else
		warn_msg("%s%s%s: %s", top, slash, b->at, b->why);
}

int
fail(const struct cmd *c, const struct blame *b)
{
	fail_name(c, b);
	switch (errno) {
	case EBADMSG: case EDEADLK:
		return EX_SOFTWARE;
	case EXDEV:
		return EX_USAGE;
	}
	return err_code(errno);
}

int
refuse(const struct cmd *c, const struct blame *b)
{
	const char *why = *b->why ? b->why : strerror(errno);

	warn_msg("%s/%s: %s; nothing was removed%s%s", c->store.path, b->at, why,
	    b->cure ? "; " : "", b->cure ? b->cure : "");
	return EX_SOFTWARE;
}

int
fail_sys(const struct cmd *c, const char *path)
{
	warn_sys("%s/%s", c->store.path, path);
	return err_code(errno);
}

int
print(struct buf *b)
{
	int r = b->len ? file_write(STDOUT_FILENO, b->s, b->len) : 0;

	if (r < 0 && errno == EPIPE) {	/* as if we had not cared */
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	}
	if (r < 0)
		warn_sys("standard output");
	buf_free(b);
	return r < 0 ? EX_IOERR : 0;
}

int
lock_layers(const struct cmd *c, int how)
{
	int fd = lock_take(&c->store, "layers", NULL, LOCK_WAIT | how,
	    how & LOCK_SHARED ? "layers are being removed" : "the layers are in use");

	if (fd < 0)
		warn_sys("%s/lock/layers", c->store.path);
	return fd;
}

int
stack_named(const struct cmd *c, const char *name, struct ids *stack, struct blame *b)
{
	char id[STORE_NAME], at[STORE_NAME + 16];
	int r;

	if (!ref_ok(name))
		return stack_get(&c->store, name, stack, b);
	r = ref_get(&c->store, name, id, b);
	if (r < 0)
		return r;
	r = stack_get(&c->store, id, stack, b);
	if (r < 0 && errno == ENOENT) {
		snprintf(at, sizeof(at), "ref/%.*s", STORE_NAME, name);
		blame_set(b, EBADMSG, at, NULL, "names the layer %s, which is not there", id);
	}
	return r;
}

int
fail_ref(const struct cmd *c, const char *ref, const struct blame *b)
{
	if (errno != ENOENT || !ref_ok(ref))
		return fail(c, b);
	if (!strcmp(ref, "baseos"))
		warn_msg("no base system; \"aoinb load-baseos\" loads one");
	else
		warn_msg("instance %s: there is none", strchr(ref, '/') + 1);
	return EX_NOINPUT;
}

int
branch_ok(const char *text)
{
	if (store_name_ok(text) && strlen(text) < STORE_NAME)
		return 1;
	warn_msg("%s: not a name for a branch", text);
	return 0;
}
