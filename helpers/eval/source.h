/* One source as a spec writes it: URL, type::URL or type::key=value;...::URL. */
#ifndef AOINB_EVAL_SOURCE_H
#define AOINB_EVAL_SOURCE_H

#include <stddef.h>

/* Bytes of a text that somebody else owns. */
struct span {
	const char *s;
	size_t n;
};

#define SPAN "%.*s"
#define SPAN_ARG(x) ((x).n > 100 ? 100 : (int)(x).n), (x).s

struct source {
	const char *type;	/* as the table prints it */
	struct span options;	/* as written, each known */
	struct span url;
	struct span name;	/* what the file or directory is to be called */
	int digested;		/* one file, which a digest can tell */
};

struct why {
	char *s;
	size_t room;
};

enum { DIGEST_ROOM = 160 };

/* Writes the reason.  Returns -1. */
int why_not(struct why *w, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Each returns 0, or -1 with the reason in w. */
int source_parse(struct source *s, struct span word, struct why *w);

/* The same for a source whose type is given; type is one of the table's. */
int source_make(struct source *s, const char *type, struct span options,
    struct span url, struct why *w);

/* "algo::hex" in lower case, or SKIP.  out has room for DIGEST_ROOM. */
int source_digest(char *out, struct span word, struct why *w);

#endif
