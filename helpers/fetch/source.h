/* The list of what is wanted, and the places that have it. */
#ifndef FETCH_SOURCE_H
#define FETCH_SOURCE_H

#include <stddef.h>
#include <stdio.h>

#include "digest.h"
#include "vec.h"

struct source {
	char *url;
	char *name;		/* as given, or the last part of the URL */
	const struct algo *algo;	/* NULL for SKIP */
	char hex[DIGEST_HEX];
	const char *bundle;	/* which wants it, somebody else's; NULL: not known */
};

struct source_list {
	VEC(struct source);
	size_t bad;		/* lines that could not be used */
};

/* Fills src, to be freed with source_drop.  digest is "algo::hex" or "SKIP" in
 * any case; name "" is the last part of the URL.  Returns NULL, or what is wrong
 * in a few words (valid until the next call) and nothing to be freed. */
const char *source_make(struct source *src, const char *url,
    const char *digest, const char *name);
void source_drop(struct source *src);

/* Puts src into the list, whose it is then.  Returns 0, or -1 with errno set. */
int source_add(struct source_list *list, const struct source *src);

/* Reads "URL DIGEST [NAME]" lines from f, called title in messages; says what
 * is wrong with a line and goes on.  Returns 0, or -1 with errno set. */
int source_read(struct source_list *list, FILE *f, const char *title);
void source_free(struct source_list *list);

/* The digest as "algo::hex" or "SKIP", in a buffer that the next call reuses. */
const char *source_digest(const struct source *s);

/* Where the host (with its port) lies in url: its first byte, and *len; *len
 * is 0 when there is none, as in file:///x. */
const char *source_host(const char *url, size_t *len);

/* 1 when url begins with one of http: https: ftp: file: in any case. */
int source_scheme_ok(const char *url);

/* Whether template holds only placeholders that we know:
 * {algo} {hex} {sha256} {scheme} {host} {path} {name}. */
int source_template_ok(const char *template);

/* template with its placeholders filled from s, to be freed.  NULL with errno
 * ENOENT when s lacks one of them (a sha512 source has no {sha256}). */
char *source_expand(const char *template, const struct source *s);

#endif
