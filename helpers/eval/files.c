#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "eval/arch.h"
#include "eval/env.h"
#include "eval/files.h"
#include "eval/naming.h"
#include "eval/output.h"
#include "eval/place.h"
#include "eval/show.h"
#include "eval/sources.h"

static void
report(void *arg, size_t line, const char *what)
{
	const struct files *f = arg;

	warn_msg("%s:%zu: %s", f->file, line, what);
}

static int
bad(const struct files *f, const char *what)
{
	warn_msg("%s: %s", f->file, what);
	return EX_DATAERR;
}

static void
presets(struct files *f)
{
	char *eq;
	size_t i;

	vars_reset(&f->eval.vars);
	for (i = 0; i < f->sets; i++) {
		eq = strchr(f->set[i], '=');
		if (!vars_set(&f->eval.vars, f->set[i], (size_t)(eq - f->set[i]),
		    eq + 1, strlen(eq + 1), 0))
			die_sys(EX_DATAERR, "variables set beforehand");
	}
}

/* Reads the file at work into f->text.  Returns 0, or the exit code. */
static int
read_file(struct files *f)
{
	int std = !strcmp(f->file, "-"), got, err;
	int fd = std ? STDIN_FILENO : open(f->file, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		warn_sys("%s", f->file);
		return EX_NOINPUT;
	}
	f->text.len = 0;
	got = buf_read(&f->text, fd, EVAL_FILE);
	err = errno;
	if (!std)
		close(fd);
	if (got == 0)
		return 0;
	errno = err;
	warn_sys("%s", f->file);
	return err == EFBIG ? EX_DATAERR : err == EISDIR ? EX_NOINPUT : EX_IOERR;
}

static enum spec_kind
kind_of(const struct files *f)
{
	const char *slash = strrchr(f->file, '/');

	if (f->kind != KIND_BY_NAME)
		return (enum spec_kind)f->kind;
	return strncmp(slash ? slash + 1 : f->file, "defines", 7) ?
	    KIND_SPEC : KIND_DEFINES;
}

/* A spec has a VER, and a REL which is 0 when it does not say. */
static int
spec_check(struct files *f)
{
	struct vars *t = &f->eval.vars;
	const struct var *ver = vars_find(t, "VER", 3);
	struct var *rel = vars_find(t, "REL", 3);

	if (!ver || !ver->own || !ver->value || !ver->len)
		return bad(f, "no VER");
	if (!rel || !rel->own || !rel->value) {
		rel = vars_set(t, "REL", 3, "0", 1, 0);
		if (!rel)
			return bad(f, "too many variables");
		rel->own = 1;
	}
	return 0;
}

/* The line where the entry that a reason is about is written; 0 when nobody knows. */
static size_t
line_of(const struct files *f, const struct why *w)
{
	char name[256];
	const struct var *v;
	size_t i, n = strlen(w->name);

	snprintf(name, sizeof(name), "%s__%s", w->name, f->arch ? f->arch : "");
	for (i = n; name[i]; i++)
		name[i] = (char)toupper((unsigned char)name[i]);
	v = f->arch ? vars_find(&f->eval.vars, name, strlen(name)) : NULL;
	if (!v || !v->value)
		name[n] = '\0';
	return place_line(f->text.s, name, w->entry, w->entries);
}

static int
table(struct files *f)
{
	char text[512];
	struct why why = { .s = text, .room = sizeof(text) };
	char *package = !strcmp(f->file, "-") ? NULL :
	    naming_package(f->file, f->folder, f->arch);
	struct sources x = { f->many ? f->file : NULL, f->no_digests, package };
	int got = sources_table(&f->out, &f->eval.vars, &x, &why);
	size_t line = got < 0 && why.name ? line_of(f, &why) : 0;

	free(package);
	if (got == 0)
		return 0;
	if (!line)
		return bad(f, text);
	warn_msg("%s:%zu: %s", f->file, line, text);
	return EX_DATAERR;
}

static int
print(struct files *f)
{
	char why[512];
	struct why reason = { .s = why, .room = sizeof(why) };

	if (f->env)
		return env_put(&f->out, &f->eval.vars, f->arch, &reason) == 0 ? 0 :
		    bad(f, why);
	if (f->sources)
		return table(f);
	if (f->many && f->form == SHOW_SHELL && (buf_puts(&f->out, "# ") < 0 ||
	    show_escaped(&f->out, f->file, strlen(f->file)) < 0 ||
	    buf_putc(&f->out, '\n') < 0))
		die_sys(EX_OSERR, "output");
	if (show_vars(&f->out, &f->eval.vars, f->file, (enum show_form)f->form) < 0)
		die_sys(EX_OSERR, "output");
	return 0;
}

static int
edit(struct files *f)
{
	char text[512];
	struct why why = { .s = text, .room = sizeof(text) };

	if (edit_text(&f->out, (struct span){ f->text.s ? f->text.s : "",
	    f->text.len }, f->edits, f->nedits, 1, &why) == 0)
		return 0;
	f->out.len = 0;
	return bad(f, text);
}

/* Returns 0, or the exit code after it was said why. */
static int
one_file(struct files *f)
{
	enum spec_kind kind = kind_of(f);
	int code = read_file(f);

	if (code)
		return code;
	note("%s: as %s", f->file, kind == KIND_SPEC ? "spec" : "defines");
	if (f->nedits)
		return edit(f);
	presets(f);
	if (eval_text(&f->eval, f->text.s, f->text.len) < 0)
		return EX_DATAERR;
	if (f->arch && arch_resolve(&f->eval.vars, f->arch, kind) < 0)
		return bad(f, "too many variables");
	if (kind == KIND_SPEC && (code = spec_check(f)))
		return code;
	return print(f);
}

int
files_print(struct files *f, char **file)
{
	int code = 0, got;

	if (eval_init(&f->eval) < 0)
		die_sys(EX_OSERR, "start");
	f->eval.lenient = f->lenient;
	f->eval.report = report;
	f->eval.arg = f;
	f->many = file[1] != NULL;
	for (; *file; file++) {
		f->file = *file;
		got = one_file(f);
		if (!code)
			code = got;
		output_flush(&f->out, 1 << 16);
	}
	output_flush(&f->out, 1);
	eval_free(&f->eval);
	buf_free(&f->text);
	buf_free(&f->out);
	return code;
}
