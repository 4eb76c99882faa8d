#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle/spec.h"
#include "err.h"
#include "eval/arch.h"
#include "eval/naming.h"
#include "eval/place.h"
#include "eval/sources.h"
#include "file.h"
#include "opt.h"

static void
report(void *arg, size_t line, const char *what)
{
	const struct spec *s = arg;

	if (s->path)
		warn_msg("%s:%zu: %s", s->path, line, what);
}

/* Evaluates a copy, since CRs are taken out of what is evaluated. */
static int
evaluate(struct spec *s, struct eval *e)
{
	char *copy = malloc(s->text.len + 1);
	int r;

	if (eval_init(e) < 0 || !copy)
		die_sys(EX_OSERR, "%s", s->path);
	memcpy(copy, s->text.s ? s->text.s : "", s->text.len + 1);
	e->report = report;
	e->arg = s;
	r = eval_text(e, copy, s->text.len);
	free(copy);
	return r;
}

int
spec_read(struct spec *s, const char *path)
{
	*s = (struct spec){ .path = path };
	if (file_get(AT_FDCWD, path, EVAL_FILE, &s->text) < 0) {
		warn_sys("%s", path);
		return err_code(errno);
	}
	if (buf_puts(&s->text, "") < 0)
		die_sys(EX_OSERR, "%s", path);
	return evaluate(s, &s->eval) < 0 ? EX_DATAERR : 0;
}

void
spec_free(struct spec *s)
{
	buf_free(&s->text);
	eval_free(&s->eval);
}

/* Where the entry that a reason is about is written. */
static size_t
line_of(const struct spec *s, const char *arch, const struct why *w)
{
	char name[256];
	size_t i, n = strlen(w->name);

	snprintf(name, sizeof(name), "%s__%s", w->name, arch ? arch : "");
	for (i = n; name[i]; i++)
		name[i] = (char)toupper((unsigned char)name[i]);
	if (!arch || !vars_get(&s->eval.vars, name))
		name[n] = '\0';
	return place_line(s->text.s, name, w->entry, w->entries);
}

int
spec_table(struct spec *s, const char *arch, int digests, struct buf *out, struct why *w,
    size_t *line)
{
	struct eval e = { 0 };
	char *package = naming_package(s->path, NULL, arch);
	struct sources x = { NULL, !digests, package };
	int r = evaluate(s, &e);

	*line = 0;
	if (r == 0 && arch && (r = arch_resolve(&e.vars, arch, KIND_SPEC)) < 0)
		why_not(w, "too many variables");
	if (r == 0 && (r = sources_table(out, &e.vars, &x, w)) < 0 && w->name)
		*line = line_of(s, arch, w);
	eval_free(&e);
	free(package);
	return r;
}

/* Beside it, then renamed over it.  Returns 0, or -1 with errno set. */
static int
replace(const char *path, const struct buf *text)
{
	struct stat st;
	char *temp;
	int fd, r = -1;

	if (asprintf(&temp, "%s.XXXXXX", path) < 0)
		return -1;
	fd = mkstemp(temp);
	if (fd >= 0) {
		if (stat(path, &st) == 0 && fchown(fd, st.st_uid, st.st_gid) == 0 &&
		    fchmod(fd, st.st_mode & 07777) == 0 && file_write(fd, text->s, text->len) == 0)
			r = rename(temp, path);
		if (r < 0) {
			int err = errno;

			unlink(temp);
			errno = err;
		}
		close_keep(fd);
	}
	free(temp);
	return r;
}

int
spec_edit(struct spec *s, const struct edit *edits, size_t n, int alone)
{
	char text[512];
	struct why why = { .s = text, .room = sizeof(text) };
	struct buf out = { 0 };
	int code = 0;

	if (edit_text(&out, (struct span){ s->text.s, s->text.len }, edits, n, alone, &why) < 0) {
		warn_msg("%s: %s", s->path, text);
		code = EX_DATAERR;
	} else if ((out.len != s->text.len || memcmp(out.s, s->text.s, out.len)) && !opt_dry &&
	    replace(s->path, &out) < 0) {
		warn_sys("%s", s->path);
		code = errno == ENOENT ? EX_CANTCREAT : err_code(errno);
	}
	buf_free(&out);
	return code;
}
