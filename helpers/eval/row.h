/* A line of what --packages prints, read again. */
#ifndef AOINB_EVAL_ROW_H
#define AOINB_EVAL_ROW_H

struct row {
	char *dir, *part;	/* as show_escaped writes them */
	char *trouble;		/* what cannot be evaluated; NULL for a package, */
	char *name, *version;	/* which alone has the rest */
	char *abhost, *fits;	/* fits is "ok", or says why not */
	char *build, *run, *provides;	/* words with one blank between, or "" */
	char *more;		/* a tenth field, see package.h, or "" */
};

/* Cuts the next line off at *s, a text of such lines that ends in a NUL and is
 * taken apart.  Returns 1, or 0 at the end. */
int row_next(char **s, struct row *r);

#endif
