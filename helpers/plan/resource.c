#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "eval/envreq.h"
#include "file.h"
#include "json.h"
#include "parse.h"
#include "plan/resource.h"
#include "store/job.h"

/* A build may take more than the one before: half as much memory and disk more, three
 * times its time, and something beside that for the smallest. */
enum { MEMORY_MORE = 64, DISK_MORE = 256, TIME_MORE = 600 };

int
resource_words(const char *words, struct resource *out)
{
	const struct { const char *name; int64_t *to; int kind; } of[] = {
		{ "cores=", &out->cpus, 'n' }, { "memory=", &out->memory_mib, 's' },
		{ "disk=", &out->disk_mib, 's' }, { "time=", &out->time_s, 't' },
	};
	char *copy = strdup(words), *at = copy, *word;
	uint64_t n;
	size_t i;
	int bad = !copy, r;

	*out = (struct resource){ 0 };
	while (!bad && (word = strsep(&at, " "))) {
		for (i = 0; i < 4 && strncmp(word, of[i].name, strlen(of[i].name)); i++)
			;
		if (i == 4) {
			bad = *word != '\0';
			continue;
		}
		word += strlen(of[i].name);
		r = of[i].kind == 'n' ? parse_uint(word, 0, 100000, &n) :
		    of[i].kind == 's' ? parse_size(word, &n) : parse_duration(word, &n);
		if (r == 0 && of[i].kind == 's')
			n = (n + 1048575) >> 20;
		bad = r < 0 || n > INT32_MAX;
		if (!bad)
			*of[i].to = (int64_t)n;
	}
	free(copy);
	return bad ? -1 : 0;
}

/* What the build in a job had on the disk beside what was there before, in MiB; 0 when
 * that is not known any more. */
static int64_t
disk_of(struct plan *p, const struct took *took)
{
	static const char *const keys[] = { "disk_start_kib", "disk_peak_kib" };
	uint64_t kib[2] = { 0, 0 };
	struct buf text = { 0 }, value = { 0 };
	const char *path;
	int i, bad;

	if (!took->job || !store_name_ok(took->job))
		return 0;
	path = plan_keep(p, "jobs/%s/rusage", took->job);
	bad = file_get(p->store.dir, path, STORE_TEXT, &text) < 0;
	for (i = 0; i < 2 && !bad; i++) {
		value.len = 0;
		bad = json_get(text.s, text.len, keys[i], &value) < 0 ||
		    parse_uint(value.s, 0, UINT64_MAX / 2, &kib[i]) < 0;
	}
	buf_free(&text);
	buf_free(&value);
	return bad || kib[1] <= kib[0] ? 0 : (int64_t)((kib[1] - kib[0]) / 1024 + 1);
}

static int64_t
least(int64_t n)
{
	return n > INT32_MAX ? INT32_MAX : n;
}

void
resource_of(struct plan *p, const struct times *t, const struct folder *f,
    const struct resource *usual, struct resource *out)
{
	const struct took *took = times_of(p, t, f);
	struct envreq e;
	int64_t disk;

	*out = *usual;
	if (took) {
		disk = disk_of(p, took);
		out->memory_mib = least((int64_t)(took->most_kib / 1024 * 3 / 2) + MEMORY_MORE);
		out->time_s = least((int64_t)(took->most_us / 1000000 * 3) + TIME_MORE);
		if (disk)
			out->disk_mib = least(disk * 3 / 2 + DISK_MORE);
	}
	plan_must(envreq_read(plan_path(p, f), p->arch, &e));
	if (e.cores)
		out->cpus = least(e.cores);
	if (e.memory_per_core_mib && e.memory_per_core_mib * (out->cpus ? out->cpus : 1) > e.memory_mib)
		e.memory_mib = e.memory_per_core_mib * (out->cpus ? out->cpus : 1);
	if (e.memory_mib)
		out->memory_mib = least(e.memory_mib);
	if (e.disk_mib)
		out->disk_mib = least(e.disk_mib);
}

void
resource_put(const struct resource *n, struct buf *out)
{
	const struct { const char *key; int64_t n; } of[] = {
		{ "cpus", n->cpus }, { "memory_mib", n->memory_mib },
		{ "disk_mib", n->disk_mib }, { "time_s", n->time_s },
	};
	const char *sep = "";
	size_t i;

	plan_must(buf_putc(out, '{'));
	for (i = 0; i < 4; i++)
		if (of[i].n) {
			plan_must(buf_printf(out, "%s\"%s\":%" PRId64, sep, of[i].key, of[i].n));
			sep = ",";
		}
	plan_must(buf_putc(out, '}'));
}

void
resource_print(struct plan *p, const struct times *t, const struct resource *usual,
    struct buf *out)
{
	const struct folder *f;
	struct resource n;
	size_t i;

	for (i = 0; i < p->units.len; i++) {
		if (p->units.at[i].state != STATE_BUILD)
			continue;
		f = &p->folders.at[p->units.at[i].folder];
		resource_of(p, t, f, usual, &n);
		plan_must(buf_printf(out, "%s\t", f->unit));
		resource_put(&n, out);
		plan_must(buf_putc(out, '\n'));
	}
}

static void
larger(int64_t *a, int64_t b)
{
	*a = b > *a ? b : *a;
}

void
resource_print_all(struct plan *p, const struct times *t, const struct resource *usual,
    struct buf *out)
{
	struct resource all = { 0 }, n;
	int timed = 1;
	size_t i;

	for (i = 0; i < p->wanted.len; i++) {
		resource_of(p, t, &p->folders.at[p->wanted.at[i].folder], usual, &n);
		larger(&all.cpus, n.cpus);
		larger(&all.memory_mib, n.memory_mib);
		larger(&all.disk_mib, n.disk_mib);
		all.time_s = least(all.time_s + n.time_s);
		timed &= n.time_s > 0;
	}
	if (!timed)
		all.time_s = 0;
	resource_put(&all, out);
}
