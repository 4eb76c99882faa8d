#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "repo/cache.h"
#include "repo/describe.h"
#include "repo/index.h"
#include "repo/publish.h"
#include "repo/release.h"
#include "repo/xz.h"

/* Gives those that came just now the stanzas that they have elsewhere.  Returns how many
 * these are. */
static size_t
take_new(struct packages *p, const struct packages *new)
{
	const struct package *a;
	size_t i, n = 0;

	for (i = 0; new && i < p->v.len; i++) {
		a = packages_find(new, p->v.at[i].file, strlen(p->v.at[i].file));
		if (!a)
			continue;
		p->v.at[i].stanza = a->stanza;
		n++;
	}
	return n;
}

/* Gives each package its stanza, by what is known or by apt-ftparchive. */
static void
read_packages(struct packages *p, struct repo *r, int anew, const struct packages *new)
{
	size_t changed;

	packages_scan(p, r);
	changed = anew ? 1 : cache_read(p, r);
	changed += take_new(p, new);
	changed += describe_all(p, r);
	if (changed)
		cache_write(p, r);
	if (packages_prune(p, r->keep) < 0)
		repo_failed_sys(r, "old versions");
}

/* Writes Packages and Packages.xz. */
static void
write_index(const struct packages *p, const struct repo *r, int anew)
{
	struct buf text = { 0 }, xz = { 0 }, old = { 0 }, old_xz = { 0 };
	const struct package *a;
	size_t i;

	for (i = 0; i < p->v.len; i++) {
		a = &p->v.at[i];
		if (a->stanza.len && !a->pruned &&
		    (buf_put(&text, a->stanza.s, a->stanza.len) < 0 ||
		    buf_putc(&text, '\n') < 0))
			repo_failed_sys(r, "Packages");
	}
	if (!anew)
		release_old(r, &old, &old_xz);
	if (xz_pack(&xz, (struct span){ text.s, text.len }, (struct span){ old.s, old.len },
	    (struct span){ old_xz.s, old_xz.len }) < 0)
		repo_failed_sys(r, "Packages.xz cannot be made");
	if (repo_put(r, "Packages", text.s, text.len) < 0)
		repo_failed_sys(r, "Packages cannot be written");
	if (repo_put(r, "Packages.xz", xz.s, xz.len) < 0)
		repo_failed_sys(r, "Packages.xz cannot be written");
	buf_free(&text);
	buf_free(&xz);
	buf_free(&old);
	buf_free(&old_xz);
}

static void
add_pruned(struct repo *r, const char *file)
{
	if (buf_printf(&r->pruned, "%s/output/%s/%s\n", r->store.path, r->branch, file) < 0)
		die_sys(EX_OSERR, "%s", file);
}

/* Removes what no index names any more. */
static void
remove_pruned(const struct packages *p, struct repo *r)
{
	size_t i;

	for (i = 0; i < p->v.len; i++) {
		if (!p->v.at[i].pruned)
			continue;
		if (unlinkat(r->out, p->v.at[i].file, 0) < 0 && errno != ENOENT)
			die_sys(EX_IOERR, "repository %s: %s cannot be removed", r->branch,
			    p->v.at[i].file);
		add_pruned(r, p->v.at[i].file);
	}
}

void
index_make(struct repo *r, int anew, const struct packages *new, struct child *release)
{
	struct packages p = { 0 };
	struct release names;

	read_packages(&p, r, anew, new);
	write_index(&p, r, anew);
	release_make(r, release, &names);
	publish(r, &names);
	remove_pruned(&p, r);
	publish_forget(r, &names);
	packages_free(&p);
}

void
index_prunable(struct repo *r)
{
	struct packages p = { 0 };
	struct span text, stanza, file;
	size_t i;

	if (file_get(r->out, "Packages", REPO_TEXT, &p.known) < 0 && errno != ENOENT)
		die_sys(err_code(errno), "repository %s: Packages", r->branch);
	text = (struct span){ p.known.s, p.known.len };
	while (stanza_next(&text, &stanza)) {
		file = stanza_get(stanza, "Filename");
		if (vec_push(&p.v, (struct package){ .stanza = stanza,
		    .file = strndup(file.s, file.len) }) < 0 || !p.v.at[p.v.len - 1].file)
			die_sys(EX_OSERR, "packages");
	}
	if (packages_prune(&p, r->keep) < 0)
		die_sys(EX_OSERR, "packages");
	for (i = 0; i < p.v.len; i++)
		if (p.v.at[i].pruned)
			add_pruned(r, p.v.at[i].file);
	packages_free(&p);
}
