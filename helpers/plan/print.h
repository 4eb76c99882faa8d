/* A plan, as it is printed. */
#ifndef AOINB_PLAN_PRINT_H
#define AOINB_PLAN_PRINT_H

#include "plan/plan.h"

/* What a state is called. */
const char *print_state(const struct planned *u);

/* Whether a unit is shown: not what is built already and was not asked for. */
int print_is_shown(const struct planned *u);

/* Adds the names of a unit of its own, with blanks between. */
void print_names(struct plan *p, const struct planned *u, struct buf *out);

/* Each adds all of the plan to out: records for programs; tables for people; one
 * JSON object; a graph for dot(1). */
void print_records(struct plan *p, struct buf *out);
void print_tables(struct plan *p, struct buf *out);
void print_json(struct plan *p, struct buf *out);
void print_dot(struct plan *p, struct buf *out);

/* Adds the file "units" of a group: UNIT DIR NAMES VERSION MODIFIERS STATE WHY. */
void print_units(struct plan *p, struct buf *out);

#endif
