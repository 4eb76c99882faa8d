/* aoinb-spec: evaluate spec and defines without running them. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "opt.h"
#include "eval/arch.h"
#include "eval/files.h"
#include "eval/packages.h"
#include "eval/show.h"
#include "eval/tree.h"

enum {
	O_DIGESTS = OPT_LONG, O_NO_DIGESTS, O_PACKAGES, O_TREE, O_INDEX,
};

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
	{ O_PACKAGES, "packages", NULL, "print the packages of each bundle for ARCH" },
	{ O_TREE, "tree", "DIR", "the packages of each DIR/CATEGORY/NAME" },
	{ O_INDEX, "index", "FILE", "keep there what was read of the tree" },
	{ 0 },
};

struct wish {
	struct files files;
	int format;		/* whether one was given */
	int packages;
	const char *tree, *index;
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
set_add(struct files *f, char *s)
{
	if (!value_at(s))
		die(EX_USAGE, "%s: not NAME=VALUE", s);
	f->set[f->sets++] = s;
}

static void
edit_add(struct files *f, char *s)
{
	char *words = value_at(s);

	if (!words || strspn(words, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789: ") != strlen(words))
		die(EX_USAGE, "%s: not NAME=DIGESTS", s);
	words[-1] = '\0';
	f->edits[f->nedits++] = (struct edit){ s, words };
}

/* Whether what was given goes together. */
static int
fits(const struct wish *w, char *const *operand)
{
	const struct files *f = &w->files;
	int other = f->sources || w->format || f->nedits;

	if (w->packages)
		return f->arch && *f->arch && !w->tree == (*operand != NULL) &&
		    (w->tree || !w->index) && !other && !f->no_digests &&
		    !f->lenient && !f->sets && f->kind == KIND_BY_NAME;
	return *operand && !w->tree && !w->index &&
	    !(f->sources && w->format) && (f->sources || !f->no_digests) &&
	    !(f->nedits && (f->sources || w->format || operand[1]));
}

static void
options(struct wish *w, struct opts *o, char *argv[])
{
	static const char *const forms[] = { "shell", "json", "records", NULL };
	static const char *const kinds[] = { "spec", "defines", NULL };
	struct files *f = &w->files;
	int c;

	opt_begin(o, argv);
	while ((c = opt_next(o)) != -1)
		switch (c) {
		case 'a': f->arch = o->arg; break;
		case 'D': set_add(f, (char *)o->arg); break;
		case 'f':
			f->form = choice("format", o->arg, forms);
			w->format = 1;
			break;
		case 'k': f->kind = choice("kind", o->arg, kinds); break;
		case 'l': f->lenient = 1; break;
		case 's': f->sources = 1; break;
		case O_NO_DIGESTS: f->no_digests = 1; break;
		case O_DIGESTS: edit_add(f, (char *)o->arg); break;
		case O_PACKAGES: w->packages = 1; break;
		case O_TREE: w->tree = o->arg; break;
		case O_INDEX: w->index = o->arg; break;
		}
	if (!fits(w, o->argv))
		opt_bad(o);
}

int
main(int argc, char *argv[])
{
	struct opts o = {
		.usage = "[-ls] [-a ARCH] [-D NAME=VALUE]... [-f FORM] "
		    "[-k KIND] FILE...\n"
		    "       aoinb-spec --digests=NAME=WORDS... SPEC\n"
		    "       aoinb-spec --packages -a ARCH BUNDLE...\n"
		    "       aoinb-spec --packages -a ARCH --tree=DIR [--index=FILE]",
		.about = "Evaluate spec and defines files without running them.",
		.tab = tab,
	};
	struct wish w = { .files = { .form = SHOW_SHELL, .kind = KIND_BY_NAME } };
	int code;

	err_name(argv[0]);
	w.files.set = calloc((size_t)argc + 1, sizeof(*w.files.set));
	w.files.edits = calloc((size_t)argc + 1, sizeof(*w.files.edits));
	if (!w.files.set || !w.files.edits)
		die_sys(EX_OSERR, "start");
	options(&w, &o, argv);
	setlocale(LC_CTYPE, "C.UTF-8");

	code = !w.packages ? files_print(&w.files, o.argv) :
	    w.tree ? tree_print(w.tree, w.index, w.files.arch) :
	    packages_print(o.argv, w.files.arch);
	free(w.files.set);
	free(w.files.edits);
	return code;
}
