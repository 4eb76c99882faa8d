#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "job/args.h"
#include "job/find.h"
#include "job/old.h"

static void
missing(const char *part, const char *kind)
{
	if (!part)
		die(EX_NOINPUT, "there is no group to go on with; \"aoinb ls groups\" lists them");
	if (!strcmp(part, "last"))
		die(EX_NOINPUT, "there is no %s yet", kind);
	die(EX_NOINPUT, "no such %s: %s; \"aoinb ls %ss\" lists them", kind, part, kind);
}

void
find(struct args *a, const char *part, char path[JOB_PATH])
{
	int kinds = a->any ? JOB | GROUP : a->group || a->unfinished ? GROUP : JOB;
	const char *kind = kinds == GROUP ? "group" : "job";
	struct buf like = { 0 };

	if (a->store.dir < 0)
		missing(part, kind);
	if (job_find(&a->store, kinds, part, path, &like) == 0) {
		buf_free(&like);
		return;
	}
	switch (errno) {
	case EINVAL: die(EX_USAGE, "%s: not a %s", part, kind);
	case ENOENT: missing(part, kind); break;
	case ENOTUNIQ: die(EX_NOINPUT, "more than one %s is like %s: %s", kind, part, like.s);
	}
	die_sys(err_code(errno), "%s/%ss", a->work_dir, kind);
}

int
verb_find(struct args *a)
{
	char path[JOB_PATH];
	struct buf out = { 0 };

	if (!a->operands && !a->unfinished)
		die(EX_USAGE, "find wants a part of an id");
	find(a, a->operand[0], path);
	if (a->copy && !strcmp(kind_word(path), "job"))
		old_copy(a, path);
	else if (!strcmp(kind_word(path), "job"))
		old_take_over(a, path);
	sure(buf_printf(&out, "%s/%s\n", a->copy ? a->copy : a->work_dir, path));
	print(&out);
	return 0;
}
