/* The packages of a bundle, out of the text of its spec and defines. */
#ifndef AOINB_EVAL_PACKAGE_H
#define AOINB_EVAL_PACKAGE_H

#include "buf.h"
#include "eval/eval.h"

enum { PACKAGE_FIELD = 64 << 10 };	/* bytes that a field may have */

struct package {
	const char *arch;
	/* Set by the caller, as show_escaped writes them. */
	const char *dir;	/* the bundle */
	const char *part;	/* "." or "01-foo" */
	const char *file;	/* being read, seen from the bundle */
	int more;		/* whether a line gets a tenth field: "buildonly" where
				 * ABBUILDDEPONLY says that PKGDEP stays uninstalled
				 * in a build, else "-" */
	struct buf out;		/* lines are added here */
	int failed;		/* memory ran out, and out is void */

	/* Inner matters. */
	struct eval spec, defines;
	unsigned bad;		/* lines of complaint so far */
};

/* Returns 0, or -1 with errno ENOMEM. */
int package_init(struct package *p, const char *arch);
void package_free(struct package *p);

/* Adds "DIR TAB PART TAB ! TAB FILE:LINE: WHAT", without a 0 for LINE. */
void package_bad(struct package *p, size_t line, const char *what);

/* Evaluates a bundle's spec, of which the defines that follow are.  text[len]
 * must be there for a NUL.  Returns 0; or -1 when it is none to build by, after
 * lines that say why. */
int package_spec(struct package *p, char *text, size_t len);

/* Adds the line of the package that a defines describes, and before it one for
 * each thing that cannot be evaluated; only these when it is no package. */
void package_defines(struct package *p, char *text, size_t len);

#endif
