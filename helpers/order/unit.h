/* What is to be built: a line of input a unit. */
#ifndef AOINB_ORDER_UNIT_H
#define AOINB_ORDER_UNIT_H

#include <stddef.h>
#include <stdint.h>

/* With these no sum over all units passes 64 bits: a line has 9 bytes at
 * least.  Names come again and again in the output, which would have no end
 * without theirs. */
enum {
	UNITS_TEXT = 16 << 20,		/* bytes of input */
	UNIT_NAME = 4096,		/* most bytes of a name, as of a path */
	UNIT_DAYS = 100,		/* longest weight */
};
#define UNIT_MEMORY (1ULL << 40)	/* most memory, KiB */

struct unit {
	const char *name;
	const char *provides, *build, *run;	/* words with blanks between them */
	uint64_t weight;	/* microseconds */
	uint64_t memory;	/* KiB; 0 when it is not known */
	uint32_t line;		/* of the input, from 1 */
};

struct units {
	struct unit *v;		/* by name, compared as bytes */
	uint32_t n;
};

/* What is wrong with the input, and in which line. */
struct fault {
	uint32_t line;
	char why[200];
};

/* Where the first NUL in text is: its line, or 0 when there is none. */
uint32_t fault_nul(const char *text, size_t len);

/* Reads the units out of text, len bytes and a NUL behind them, which is taken
 * apart and must outlive them.  Returns 0; or -1 with errno EBADMSG and f set,
 * or ENOMEM. */
int units_read(struct units *all, char *text, size_t len, struct fault *f);

/* The number of the unit of that name, or UINT32_MAX. */
uint32_t units_find(const struct units *all, const char *name);

void units_free(struct units *all);

#endif
