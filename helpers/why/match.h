/* Finds the rule of a line. */
#ifndef WHY_MATCH_H
#define WHY_MATCH_H

#include "why/rules.h"

struct matcher;

/* One for why_rules, for all logs of a process: it is never freed.  NULL with
 * errno ENOMEM. */
struct matcher *matcher_new(void);

/* The first rule that the n bytes at s match, or NULL. */
const struct why_rule *matcher_rule(const struct matcher *m, const char *s, size_t n);

/* Whether they match pattern.  Linear in n: nothing is tried twice. */
int matcher_fits(const char *pattern, const char *s, size_t n);

#endif
