/* aoinb-spec: evaluate spec and defines without running them. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "opt.h"
#include "spec/arch.h"
#include "spec/edit.h"
#include "spec/eval.h"
#include "spec/show.h"
#include "spec/sources.h"

enum { O_DIGESTS = OPT_LONG, O_NO_DIGESTS };

static const struct opt tab[] = {
	{ 'a', "arch",    "ARCH", "let NAME__ARCH replace NAME" },
	{ 'D', "set",     "NAME=VALUE", "set a variable beforehand; repeatable" },
	{ 'f', "format",  "FORM", "shell (default), json or records" },
	{ 'k', "kind",    "KIND", "spec or defines (default: by file name)" },
	{ 'l', "lenient", NULL, "report what cannot be evaluated, and go on" },
	{ 's', "sources", NULL, "print the table of sources of a spec" },
	{ O_NO_DIGESTS, "no-digests", NULL, "with -s: all SKIP, whatever CHKSUMS says" },
	{ O_DIGESTS, "digests", "NAME=WORDS",
	    "print the spec with these digests in it; repeatable" },
	{ 0 },
};

enum { KIND_BY_NAME = -1 };

struct job {
	const char *arch;
	char **set;		/* NAME=VALUE, sets of them */
	size_t sets;
	int form;
	int kind;
	int sources, no_digests;
	struct edit *edits;
	size_t nedits;
	int many;		/* more than one FILE */

	struct eval eval;
	struct buf text, out;
	const char *file;	/* the one at work */
};

/* The place of s among the words, counted from 0. */
static int
choice(const char *option, const char *s, const char *const *words)
{
	int i;

	for (i = 0; words[i]; i++)
		if (!strcmp(s, words[i]))
			return i;
	die(EX_USAGE, "%s: no such %s", s, option);
}

/* Where the value of NAME=VALUE begins; NULL when s is no such thing. */
static char *
value_at(char *s)
{
	size_t len = strspn(s, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

	return !len || s[len] != '=' || (*s >= '0' && *s <= '9') ? NULL :
	    s + len + 1;
}

static void
set_add(struct job *j, char *s)
{
	if (!value_at(s))
		die(EX_USAGE, "%s: not NAME=VALUE", s);
	j->set[j->sets++] = s;
}

static void
edit_add(struct job *j, char *s)
{
	char *words = value_at(s);

	if (!words || strspn(words, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789: ") != strlen(words))
		die(EX_USAGE, "%s: not NAME=DIGESTS", s);
	words[-1] = '\0';
	j->edits[j->nedits++] = (struct edit){ s, words };
}

static void
report(void *arg, size_t line, const char *what)
{
	const struct job *j = arg;

	warn_msg("%s:%zu: %s", j->file, line, what);
}

static int
bad(const struct job *j, const char *what)
{
	warn_msg("%s: %s", j->file, what);
	return EX_DATAERR;
}

static void
presets(struct job *j)
{
	char *eq;
	size_t i;

	vars_reset(&j->eval.vars);
	for (i = 0; i < j->sets; i++) {
		eq = strchr(j->set[i], '=');
		if (!vars_set(&j->eval.vars, j->set[i], (size_t)(eq - j->set[i]),
		    eq + 1, strlen(eq + 1), 0))
			die_sys(EX_DATAERR, "variables set beforehand");
	}
}

/* Reads the file at work into j->text.  Returns 0, or the exit code. */
static int
read_file(struct job *j)
{
	int std = !strcmp(j->file, "-"), got, err;
	int fd = std ? STDIN_FILENO : open(j->file, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		warn_sys("%s", j->file);
		return EX_NOINPUT;
	}
	j->text.len = 0;
	got = buf_read(&j->text, fd, EVAL_FILE);
	err = errno;
	if (!std)
		close(fd);
	if (got == 0)
		return 0;
	errno = err;
	warn_sys("%s", j->file);
	return err == EFBIG ? EX_DATAERR : err == EISDIR ? EX_NOINPUT : EX_IOERR;
}

static enum spec_kind
kind_of(const struct job *j)
{
	const char *slash = strrchr(j->file, '/');

	if (j->kind != KIND_BY_NAME)
		return (enum spec_kind)j->kind;
	return strncmp(slash ? slash + 1 : j->file, "defines", 7) ?
	    KIND_SPEC : KIND_DEFINES;
}

/* A spec has a VER, and a REL which is 0 when it does not say. */
static int
spec_check(struct job *j)
{
	struct vars *t = &j->eval.vars;
	const struct var *ver = vars_find(t, "VER", 3);
	struct var *rel = vars_find(t, "REL", 3);

	if (!ver || !ver->own || !ver->value || !ver->len)
		return bad(j, "no VER");
	if (!rel || !rel->own || !rel->value) {
		rel = vars_set(t, "REL", 3, "0", 1, 0);
		if (!rel)
			return bad(j, "too many variables");
		rel->own = 1;
	}
	return 0;
}

static int
print(struct job *j)
{
	char why[512];

	if (j->sources) {
		if (sources_table(&j->out, &j->eval.vars, j->many ? j->file : NULL,
		    !j->no_digests, why, sizeof(why)) == 0)
			return 0;
		return bad(j, why);
	}
	if (j->many && j->form == SHOW_SHELL && (buf_puts(&j->out, "# ") < 0 ||
	    show_escaped(&j->out, j->file, strlen(j->file)) < 0 ||
	    buf_putc(&j->out, '\n') < 0))
		die_sys(EX_OSERR, "output");
	if (show_vars(&j->out, &j->eval.vars, j->file, (enum show_form)j->form) < 0)
		die_sys(EX_OSERR, "output");
	return 0;
}

static int
edit(struct job *j)
{
	char text[512];
	struct why why = { text, sizeof(text) };

	if (edit_text(&j->out, (struct span){ j->text.s ? j->text.s : "",
	    j->text.len }, j->edits, j->nedits, &why) == 0)
		return 0;
	j->out.len = 0;
	return bad(j, text);
}

/* Returns 0, or the exit code after it was said why. */
static int
one_file(struct job *j)
{
	enum spec_kind kind = kind_of(j);
	int code = read_file(j);

	if (code)
		return code;
	note("%s: as %s", j->file, kind == KIND_SPEC ? "spec" : "defines");
	if (j->nedits)
		return edit(j);
	presets(j);
	if (eval_text(&j->eval, j->text.s, j->text.len) < 0)
		return EX_DATAERR;
	if (j->arch && arch_resolve(&j->eval.vars, j->arch, kind) < 0)
		return bad(j, "too many variables");
	if (kind == KIND_SPEC && (code = spec_check(j)))
		return code;
	return print(j);
}

static void
flush(struct job *j, size_t least)
{
	if (j->out.len < least)
		return;
	if (file_write(STDOUT_FILENO, j->out.s, j->out.len) < 0)
		die_sys(EX_IOERR, "standard output");
	j->out.len = 0;
}

static void
options(struct job *j, struct opts *o, char *argv[])
{
	static const char *const forms[] = { "shell", "json", "records", NULL };
	static const char *const kinds[] = { "spec", "defines", NULL };
	int c, form = -1;

	opt_begin(o, argv);
	while ((c = opt_next(o)) != -1)
		switch (c) {
		case 'a': j->arch = o->arg; break;
		case 'D': set_add(j, (char *)o->arg); break;
		case 'f': form = choice("format", o->arg, forms); break;
		case 'k': j->kind = choice("kind", o->arg, kinds); break;
		case 'l': j->eval.lenient = 1; break;
		case 's': j->sources = 1; break;
		case O_NO_DIGESTS: j->no_digests = 1; break;
		case O_DIGESTS: edit_add(j, (char *)o->arg); break;
		}
	if (!o->argv[0] || (j->sources && form != -1) ||
	    (j->no_digests && !j->sources) ||
	    (j->nedits && (j->sources || form != -1 || o->argv[1])))
		opt_bad(o);
	j->form = form == -1 ? SHOW_SHELL : form;
	j->many = o->argv[1] != NULL;
}

int
main(int argc, char *argv[])
{
	struct opts o = {
		.usage = "[-ls] [-a ARCH] [-D NAME=VALUE]... [-f FORM] "
		    "[-k KIND] FILE...\n"
		    "       aoinb-spec --digests=NAME=WORDS... SPEC",
		.about = "Evaluate spec and defines files without running them.",
		.tab = tab,
	};
	struct job j = { .kind = KIND_BY_NAME };
	int code = 0, got;
	char **file;

	err_name(argv[0]);
	j.set = calloc((size_t)argc + 1, sizeof(*j.set));
	j.edits = calloc((size_t)argc + 1, sizeof(*j.edits));
	if (!j.set || !j.edits || eval_init(&j.eval) < 0)
		die_sys(EX_OSERR, "start");
	j.eval.report = report;
	j.eval.arg = &j;
	options(&j, &o, argv);
	setlocale(LC_CTYPE, "C.UTF-8");

	for (file = o.argv; *file; file++) {
		j.file = *file;
		got = one_file(&j);
		if (!code)
			code = got;
		flush(&j, 1 << 16);
	}
	flush(&j, 1);
	eval_free(&j.eval);
	buf_free(&j.text);
	buf_free(&j.out);
	free(j.set);
	free(j.edits);
	return code;
}
