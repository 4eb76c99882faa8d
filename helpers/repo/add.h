/* Packages that were built become packages of a repository. */
#ifndef REPO_ADD_H
#define REPO_ADD_H

#include "repo/stage.h"

enum { ALSO_MOST = 64 };

/* Who adds, and what he may; without unit and names anything. */
struct adder {
	const char *unit;
	const char *arch;	/* of packages that are not for all; NULL: any */
	const char *names;	/* a file of the names of packages, a line each */
	const char *also[ALSO_MOST + 1];	/* patterns of further ones (fnmatch(3)), NULL behind */
};

/* Dies unless each of files is there (EX_NOINPUT) and has a name of its own (EX_USAGE). */
void add_check(char *const files[]);

/* Dies with EX_NO unless each package that is staged is for the adder's architecture, or for
 * all. */
void add_check_arch(const struct stage *s, struct repo *r, const struct adder *who);

/* Dies with EX_NO unless each package that is staged has a name that the adder may use, or
 * one of those and "-dbg", and a file of that name. */
void add_check_names(const struct stage *s, struct repo *r, const struct adder *who);

/* Moves each file that is staged there by one rename, and removes the one it came from.
 * Adds to rows, for each, "sha256::HEX BYTES NAME" with tabs.  The caller holds the lock.
 * Dies with EX_NO, before one is moved, when one would replace a file that another unit
 * made; dies when one cannot be moved. */
void add_files(const struct stage *s, struct repo *r, const struct adder *who, struct buf *rows);

#endif
