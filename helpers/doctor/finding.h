/* What was found, and how it is told. */
#ifndef DOCTOR_FINDING_H
#define DOCTOR_FINDING_H

#include "buf.h"
#include "vec.h"

enum level { BAD, WARN, GOOD, LEVELS };

struct finding {
	enum level level;
	char *text;		/* its own */
};

struct findings { VEC(struct finding); };

/* Adds a finding.  Ends the program when there is no memory. */
void find(struct findings *f, enum level level, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* How many there are of level. */
size_t findings_count(const struct findings *f, enum level level);

/* All of them to out, the worst first, each level in the order of finding: a table for
 * people or for programs, as the standard output wants it, or an array of objects with the
 * members level and text.  Returns 0, or -1 with errno ENOMEM. */
int findings_print(const struct findings *f, int json, struct buf *out);

void findings_free(struct findings *f);

#endif
