/* aoinb-spec: evaluate spec and defines without running them. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "opt.h"
#include "eval/arch.h"
#include "eval/files.h"
#include "eval/needs.h"
#include "eval/output.h"
#include "eval/packages.h"
#include "eval/show.h"
#include "eval/tree.h"

enum {
	O_DIGESTS = OPT_LONG, O_NO_DIGESTS, O_PACKAGES, O_TREE, O_ENV, O_NEEDS,
	O_MODIFIERS, O_GROUPS, O_FOLDER,
};

static const struct opt tab[] = {
	{ 'a', "arch",    "ARCH", "let NAME__ARCH replace NAME" },
	{ 'D', "set",     "NAME=VALUE", "set a variable beforehand; repeatable" },
	{ 'f', "format",  "FORM", "shell (default), json or records" },
	{ 'k', "kind",    "KIND", "spec or defines (default: by file name)" },
	{ 'l', "lenient", NULL, "report what cannot be evaluated, and go on" },
	{ 's', "sources", NULL, "print the table of sources of a spec" },
	{ O_NO_DIGESTS, "no-digests", NULL, "with -s: all SKIP, whatever CHKSUMS says" },
	{ O_FOLDER, "folder", "NAME", "with -s: what the folder of the spec is called" },
	{ O_DIGESTS, "digests", "NAME=WORDS",
	    "print the spec with these digests in it; repeatable" },
	{ O_PACKAGES, "packages", NULL, "print the packages of each bundle for ARCH" },
	{ O_TREE, "tree", "DIR", "the packages of each DIR/CATEGORY/NAME" },
	{ O_ENV, "env", NULL, "print what a build takes from a spec, for a shell" },
	{ O_NEEDS, "needs", NULL, "print what a bundle wants to be installed for ARCH" },
	{ O_MODIFIERS, "modifiers", "WORDS", "what ABMODIFIERS is in the build, for its needs" },
	{ O_GROUPS, "groups", NULL, "print the groups of architectures that ARCH is in" },
	{ 0 },
};

struct wish {
	struct files files;
	int format;		/* whether one was given */
	int packages, needs, groups;
	const char *tree, *modifiers;
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

/* Whether ARCH was given, and nothing that is for single files. */
static int
is_by_arch(const struct wish *w)
{
	const struct files *f = &w->files;

	return f->arch && *f->arch && !f->sources && !f->env && !w->format &&
	    !f->nedits && !f->no_digests && !f->folder && !f->lenient && !f->sets &&
	    f->kind == KIND_BY_NAME;
}

/* Whether what was given goes together. */
static int
fits(const struct wish *w, char *const *operand)
{
	const struct files *f = &w->files;
	int one = operand[0] && !operand[1];

	if (w->packages + w->needs + w->groups > 1 || (w->modifiers && !w->needs))
		return 0;
	if (w->packages)
		return is_by_arch(w) && !w->tree == (*operand != NULL);
	if (w->needs)
		return is_by_arch(w) && one && !w->tree;
	if (w->groups)
		return is_by_arch(w) && !*operand && !w->tree;
	if (f->env)
		return one && !w->tree && !f->sources && !w->format && !f->nedits &&
		    !f->no_digests && !f->folder && !f->lenient &&
		    f->kind == KIND_BY_NAME;
	return *operand && !w->tree && !(f->sources && w->format) &&
	    (f->sources || (!f->no_digests && !f->folder)) &&
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
		case O_FOLDER: f->folder = o->arg; break;
		case O_PACKAGES: w->packages = 1; break;
		case O_TREE: w->tree = o->arg; break;
		case O_ENV: f->env = 1; break;
		case O_NEEDS: w->needs = 1; break;
		case O_MODIFIERS: w->modifiers = o->arg; break;
		case O_GROUPS: w->groups = 1; break;
		}
	if (!fits(w, o->argv))
		opt_bad(o);
	if (f->env)
		f->kind = KIND_SPEC;
}

static int
groups_print(const char *arch)
{
	struct buf out = { 0 };

	if (arch_groups(&out, arch) < 0)
		die_sys(EX_OSERR, "output");
	output_flush(&out, 1);
	buf_free(&out);
	return 0;
}

static int
run(struct wish *w, char **operand)
{
	const char *arch = w->files.arch;

	if (w->groups)
		return groups_print(arch);
	if (w->needs)
		return needs_print(*operand, arch, w->modifiers);
	if (w->packages)
		return w->tree ? tree_print(w->tree, arch) :
		    packages_print(operand, arch);
	return files_print(&w->files, operand);
}

int
main(int argc, char *argv[])
{
	struct opts o = {
		.usage = "[-ls] [-a ARCH] [-D NAME=VALUE]... [-f FORM] "
		    "[-k KIND] FILE...\n"
		    "       aoinb-spec --digests=NAME=WORDS... SPEC\n"
		    "       aoinb-spec --packages -a ARCH BUNDLE...\n"
		    "       aoinb-spec --packages -a ARCH --tree=DIR\n"
		    "       aoinb-spec --env [-a ARCH] [-D NAME=VALUE]... SPEC\n"
		    "       aoinb-spec --needs -a ARCH [--modifiers=WORDS] BUNDLE\n"
		    "       aoinb-spec --groups -a ARCH",
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

	code = run(&w, o.argv);
	free(w.files.set);
	free(w.files.edits);
	return code;
}
