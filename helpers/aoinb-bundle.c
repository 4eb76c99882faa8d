/* aoinb-bundle: bundles as their authors see them: found, looked through, and edited. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "bundle/word.h"
#include "err.h"
#include "opt.h"

enum { O_CACHE = OPT_LONG, O_JSON, O_TREE, O_WRITE };

static const struct opt tab[] = {
	{ 'a', "arch",   "ARCH", "lint: the architecture to look at" },
	{ O_CACHE, "cache", "DIR", "sums: the cache that has the files" },
	{ O_JSON, "json", NULL,  "lint: for programs" },
	{ O_TREE, "tree", "DIR", "find, lint: the tree of packages" },
	{ O_WRITE, "write", NULL, "sums: write them into the spec, too" },
	{ 0 },
};

static const struct word {
	const char *name;
	int (*run)(struct args *a);
	int least, most;	/* operands */
} words[] = {
	{ "bump", word_bump, 2, 2 },
	{ "find", word_find, 1, 1 },
	{ "lint", word_lint, 0, 1 << 20 },
	{ "sums", word_sums, 2, 2 },
	{ "want", word_want, 2, 2 },
	{ 0 },
};

void
sure(int r)
{
	if (r < 0)
		die_sys(EX_OSERR, "memory");
}

int
main(int argc, char *argv[])
{
	struct opts o = {
		.usage = "[OPTION]... bump SPEC VERSION\n"
		    "       aoinb-bundle [--tree=DIR] find BUNDLE\n"
		    "       aoinb-bundle -a ARCH [--json] [--tree=DIR] lint [BUNDLE]...\n"
		    "       aoinb-bundle want SPEC FOLDER\n"
		    "       aoinb-bundle --cache=DIR [--write] sums SPEC FOLDER",
		.about = "Find, check and edit bundles; see aoinb-bundle(1) for the words.",
		.tab = tab,
	};
	const struct word *w;
	struct args a = { 0 };
	int c;

	opt_begin(&o, argv);
	while ((c = opt_next(&o)) != -1)
		switch (c) {
		case 'a': a.arch = o.arg; break;
		case O_CACHE: a.cache = o.arg; break;
		case O_JSON: a.json = 1; break;
		case O_TREE: a.tree = o.arg; break;
		case O_WRITE: a.write = 1; break;
		}
	if (!*o.argv)
		opt_bad(&o);
	for (w = words; w->name && strcmp(w->name, *o.argv); w++)
		;
	if (!w->name)
		die(EX_USAGE, "no such word: %s; it has bump, find, lint, sums and want", *o.argv);
	a.operand = o.argv + 1;
	a.operands = argc - (int)(a.operand - argv);
	if (a.operands < w->least || a.operands > w->most)
		opt_bad(&o);
	setlocale(LC_CTYPE, "C.UTF-8");
	return w->run(&a);
}
