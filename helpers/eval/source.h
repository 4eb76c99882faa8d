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
	const char *scheme;	/* what url has to have before it, or "" */
	struct span name;	/* what the file or directory is to be called: that of
				 * rename=, else the last part of the URL, which may be
				 * empty; still to be looked at by source_name_check */
	int renamed;
	int keeps;		/* use-url-name=true */
	int digested;		/* one file, which a digest can tell */
};

struct why {
	char *s;
	size_t room;
	/* What the reason is about, unless name is NULL: entry of the entries that
	 * the variable has, from 1. */
	const char *name;
	unsigned entry, entries;
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

/* "algo::hex" in lower case, or SKIP, or for what is no file "algo::SKIP", too.  out
 * has room for DIGEST_ROOM. */
int source_digest(char *out, const struct source *s, struct span word,
    struct why *w);

/* Whether name can be that of a file or directory, and nothing but that. */
int source_name_check(struct span name, struct why *w);

#endif
