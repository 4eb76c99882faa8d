#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "ship/worker.h"

static int
put_words(struct buf *out, const char *key, const struct words *w)
{
	size_t i;

	if (buf_printf(out, ",\"%s\":[", key) < 0)
		return -1;
	for (i = 0; i < w->len; i++)
		if ((i && buf_putc(out, ',') < 0) || buf_json(out, w->at[i]) < 0)
			return -1;
	return buf_putc(out, ']');
}

/* What stands below the builds: the id of the base, when there is one. */
static int
put_base(const struct worker *w, struct buf *out)
{
	struct buf id = { 0 };
	int r = store_line(&w->store, "ref/baseos", &id) < 0 || !id.len ? buf_puts(out, ",\"bases\":[]") :
	    buf_puts(out, ",\"bases\":[") < 0 || buf_json(out, id.s) < 0 ? -1 : buf_putc(out, ']');

	buf_free(&id);
	return r;
}

int
worker_ask(const struct worker *w, const char *once, const struct words *running, int wait,
    struct buf *out)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int64_t memory = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) / 1048576 / 8 * 7;
	double load = 0;
	struct statvfs v;

	if (getloadavg(&load, 1) != 1)
		load = 0;
	if (fstatvfs(w->dir, &v) < 0)
		return -1;
	if (buf_printf(out, "{\"version\":\"" AOINB_VERSION "\",\"wait\":%d,\"cpus\":%ld,"
	    "\"memory_mib\":%" PRId64 ",\"disk_mib\":%" PRId64 ",\"slots\":%" PRId64 ",\"load\":%.2f",
	    wait, cpus / w->slots > 0 ? cpus / w->slots : 1, memory / w->slots,
	    (int64_t)v.f_bavail * (int64_t)v.f_frsize / 1048576 / w->slots, w->slots, load) < 0 ||
	    put_base(w, out) < 0 || put_words(out, "archs", &w->archs) < 0 ||
	    put_words(out, "running", running) < 0)
		return -1;
	if (w->branches.len && put_words(out, "branches", &w->branches) < 0)
		return -1;
	if (once && *once && (buf_puts(out, ",\"attempt\":") < 0 || buf_json(out, once) < 0))
		return -1;
	return buf_putc(out, '}');
}
