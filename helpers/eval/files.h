/* The FILEs of the command line, each evaluated by itself. */
#ifndef AOINB_EVAL_FILES_H
#define AOINB_EVAL_FILES_H

#include "eval/edit.h"
#include "eval/eval.h"

enum { KIND_BY_NAME = -1 };

struct files {
	const char *arch;	/* or NULL */
	char **set;		/* NAME=VALUE, sets of them */
	size_t sets;
	int lenient;
	int form;		/* enum show_form */
	int kind;		/* enum spec_kind, or KIND_BY_NAME */
	int sources, no_digests, env;
	const char *folder;	/* what the one of a spec is called, or NULL */
	struct edit *edits;
	size_t nedits;

	/* Inner matters. */
	struct eval eval;
	struct buf text, out;
	const char *file;	/* the one at work */
	int many;		/* more than one */
};

/* Prints what is wished of each.  Returns the exit code: 0, or that of the first
 * that failed, after each was said. */
int files_print(struct files *f, char **file);

#endif
