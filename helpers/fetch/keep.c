#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "err.h"
#include "fetch/cache.h"
#include "fetch/keep.h"
#include "fetch/rows.h"

static int
keep_key(struct keep *k, const char *key)
{
	char *copy = strdup(key);

	if (!copy || vec_push(&k->keys, copy) < 0) {
		free(copy);
		return -1;
	}
	k->sorted = 0;
	return 0;
}

int
keep_source(struct keep *k, const struct source *s)
{
	struct entry e;

	return cache_entry(&e, s) < 0 ? -1 : keep_key(k, e.key);
}

/* By the path of a file in the cache.  Returns NULL, or what is wrong. */
static const char *
keep_path(struct keep *k, const char *path)
{
	char key[sizeof(((struct entry *)0)->key)];
	char *slash;

	if ((size_t)snprintf(key, sizeof(key), "%s", path) >= sizeof(key) ||
	    !(slash = strchr(key, '/')))
		return "its path is none of the cache";
	*slash = '-';
	return keep_key(k, key) < 0 ? "out of memory" : NULL;
}

/* By the URL, which must be known; what is never taken from a spec, whatever the
 * template says, is nowhere. */
static const char *
keep_url(struct keep *k, const struct row *r, const char *pypi)
{
	struct source src;
	const char *wrong;
	int bad;

	if (row_source(r, "http://pypi/", &src))
		return NULL;
	source_drop(&src);
	wrong = row_source(r, pypi, &src);
	if (wrong)
		return wrong;
	bad = keep_source(k, &src);
	source_drop(&src);
	return bad ? "out of memory" : NULL;
}

/* What has a digest lies below that, wherever it comes from. */
static const char *
keep_row(struct keep *k, const struct row *r, const char *pypi)
{
	struct source src = { 0 };
	const char *wrong;

	if (r->path && strcmp(r->path, "-"))
		return keep_path(k, r->path);
	if (!strcasecmp(r->digest, "SKIP"))
		return keep_url(k, r, pypi);
	wrong = digest_parse(r->digest, &src.algo, src.hex);
	if (wrong)
		return wrong;
	return keep_source(k, &src) < 0 ? "out of memory" : NULL;
}

int
keep_table(struct keep *k, const char *path, const char *pypi)
{
	const char *wrong = NULL;
	struct rows rows;
	size_t i;

	if (rows_read(&rows, path) < 0)
		return -1;
	for (i = 0; i < rows.n && !wrong; i++)
		if (row_is_file(&rows.v[i]))
			wrong = keep_row(k, &rows.v[i], pypi);
	if (wrong)
		warn_msg("%s: %s: %s", path, rows.v[i - 1].url, wrong);
	rows_free(&rows);
	return wrong ? -1 : 0;
}

static int
by_key(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int
keep_has(struct keep *k, const char *key)
{
	if (!k->keys.len)
		return 0;
	if (!k->sorted)
		qsort(k->keys.at, k->keys.len, sizeof(*k->keys.at), by_key);
	k->sorted = 1;
	return bsearch(&key, k->keys.at, k->keys.len, sizeof(*k->keys.at),
	    by_key) != NULL;
}

void
keep_free(struct keep *k)
{
	size_t i;

	for (i = 0; i < k->keys.len; i++)
		free(k->keys.at[i]);
	vec_free(&k->keys);
}
