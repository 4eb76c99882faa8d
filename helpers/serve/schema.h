/* What the database looks like, and what it looked like before. */
#ifndef SERVE_SCHEMA_H
#define SERVE_SCHEMA_H

/* Statements that make schema N+1 out of schema N; NULL behind the last. */
extern const char *const schema_steps[];

#endif
