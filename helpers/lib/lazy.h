/* A shared library that is loaded when it is first needed.  Some take longer to
 * load than a program that does not need them after all takes to run. */
#ifndef AOINB_LAZY_H
#define AOINB_LAZY_H

#include <stddef.h>

/* Loads the first of the libraries that is there (names as in dlopen(3), NULL
 * behind the last), and puts the addresses of n functions, by their names, into
 * the n function pointers at to.  Returns 0; or -1 with errno ENOTSUP and
 * all of them NULL when there is no such library, or one without such a function. */
int lazy_load(const char *const *libraries, const char *const *functions,
    size_t n, void *to);

/* A table of pointers to functions, LAZY_TABLE(FUNCTIONS) name, and how to fill it;
 * FUNCTIONS(X) is X(f) for each.  LAZY_LOAD is what lazy_load returns. */
#define LAZY_POINTER(f) __typeof__(f) *f;
#define LAZY_NAME(f) #f,
#define LAZY_TABLE(functions) struct { functions(LAZY_POINTER) }
#define LAZY_LOAD(table, functions, libraries) \
	lazy_load(libraries, (const char *const[]){ functions(LAZY_NAME) }, \
	    sizeof(table) / sizeof(void *), &(table))

#endif
