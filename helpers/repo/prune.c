/* Which packages are past [repo] keep. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "repo/package.h"
#include "repo/version.h"

/* What of a package decides. */
struct member {
	struct span name, arch, version;
	struct package *of;
};

static int
by_bytes(struct span a, struct span b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int d = n ? memcmp(a.s, b.s, n) : 0;

	return d ? d : a.len < b.len ? -1 : a.len > b.len;
}

static int
by_group(const struct member *a, const struct member *b)
{
	int d = by_bytes(a->name, b->name);

	return d ? d : by_bytes(a->arch, b->arch);
}

/* Together what is of one package and architecture, the newest first. */
static int
by_age(const void *x, const void *y)
{
	const struct member *a = x, *b = y;
	int d = by_group(a, b);

	if (!d)
		d = version_compare(b->version, a->version);
	return d ? d : strcmp(a->of->file, b->of->file);
}

static void
mark(struct member *m, size_t n, uint64_t keep)
{
	uint64_t kept = 1;
	size_t i;

	for (i = 1; i < n; i++) {
		if (by_group(&m[i - 1], &m[i])) {
			kept = 1;
			continue;
		}
		kept += version_compare(m[i - 1].version, m[i].version) != 0;
		m[i].of->pruned = kept > keep;
	}
}

int
packages_prune(struct packages *p, uint64_t keep)
{
	struct member *m = calloc(p->v.len + 1, sizeof(*m));
	struct package *a;
	size_t i, n = 0;

	if (!m)
		return -1;
	for (i = 0; keep && i < p->v.len; i++) {
		a = &p->v.at[i];
		if (!a->stanza.len)
			continue;
		m[n++] = (struct member){ stanza_get(a->stanza, "Package"),
		    stanza_get(a->stanza, "Architecture"),
		    stanza_get(a->stanza, "Version"), a };
	}
	if (n)
		qsort(m, n, sizeof(*m), by_age);
	mark(m, n, keep);
	free(m);
	return 0;
}
