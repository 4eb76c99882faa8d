/* What a bundle wants to be installed. */
#ifndef AOINB_EVAL_NEEDS_H
#define AOINB_EVAL_NEEDS_H

/* Prints what the packages of a bundle for arch need from others: a line with
 *
 *	done	when there can be nothing more to install,
 *	partly	when there may be: something cannot be evaluated, is not for arch,
 *		needs what is only built after it, or reads other defines by these
 *		modifiers (as in ABMODIFIERS; or NULL),
 *	bad	when a word cannot be a dependency;
 *
 * one with the name of the first package, "-" for none, or that word; and the words,
 * sorted by bytes, one a line.  Returns the exit code: 0, or EX_NOINPUT after it was
 * said that this is no bundle. */
int needs_print(const char *bundle, const char *arch, const char *modifiers);

#endif
