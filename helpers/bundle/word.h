/* The words of aoinb-bundle. */
#ifndef BUNDLE_WORD_H
#define BUNDLE_WORD_H

struct args {
	const char *arch, *cache, *tree;	/* or NULL */
	int json, write;
	char **operand;		/* a NULL behind the last */
	int operands;
};

/* Each returns an exit code, or ends the program, having said why. */
int word_bump(struct args *a);
int word_find(struct args *a);
int word_lint(struct args *a);
int word_sums(struct args *a);
int word_want(struct args *a);

/* Ends the program for want of memory when r is negative. */
void sure(int r);

#endif
