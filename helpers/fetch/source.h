/* The list of what is wanted, and the places that have it. */
#ifndef FETCH_SOURCE_H
#define FETCH_SOURCE_H

#include <stddef.h>
#include <stdio.h>

#include "digest.h"

struct source {
	char *url;
	char *name;		/* as given, or the last part of the URL */
	const struct algo *algo;	/* NULL for SKIP */
	char hex[DIGEST_HEX];
};

struct source_list {
	struct source *v;
	size_t n, room, bad;	/* bad: lines that could not be used */
};

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
