#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "human.h"
#include "opt.h"
#include "table.h"
#include "fetch/inventory.h"

static int
is_hex(const char *s, size_t digits)
{
	return strspn(s, "0123456789abcdef") == digits && !s[digits];
}

static void
held_free(struct held *h)
{
	free(h->src.url);
	free(h->src.name);
}

/* What came without a digest: its meta knows. */
static int
know_url(struct held *h)
{
	struct meta m;
	int r;

	meta_init(&m);
	r = meta_read(&m, h->entry.meta);
	if (r == 0) {
		memcpy(h->entry.hex, m.sha256, sizeof(m.sha256));
		free(h->src.url);
		h->src.url = m.url;
		m.url = NULL;
	}
	meta_free(&m);
	return r;
}

/* Fills h for folder/name.  Returns 1, 0 when that is no file of ours (or none
 * any more), or -1 with errno set; what h holds is to be freed only after 1. */
static int
look(struct held *h, const struct algo *algo, const char *name)
{
	struct stat st;

	*h = (struct held){ .src = { .algo = algo } };
	if (algo)
		memcpy(h->src.hex, name, algo->hex + 1);
	cache_entry_named(&h->entry, algo, name);
	if (lstat(h->entry.path, &st) < 0)
		return errno == ENOENT ? 0 : -1;
	if (!S_ISREG(st.st_mode))
		return 0;
	h->entry.size = st.st_size;
	h->used = st.st_mtim;
	if (cache_recall(&h->entry, &h->src, &h->used) < 0 ||
	    (!algo && know_url(h) < 0))
		goto fail;
	if (!h->src.url)
		h->src.url = strdup("-");
	if (!h->src.name)
		h->src.name = strdup("-");
	if (h->src.url && h->src.name)
		return 1;
fail:
	held_free(h);
	return -1;
}

/* One folder: algo's, or with NULL that of files by URL. */
static int
folder(struct inventory *s, const struct algo *algo)
{
	DIR *d = opendir(algo ? algo->name : "url");
	struct dirent *e;
	struct held h;
	int r = 0;

	if (!d)
		return errno == ENOENT ? 0 : -1;
	while (r >= 0 && (errno = 0, e = readdir(d))) {
		if (!is_hex(e->d_name, algo ? algo->hex : 64))
			continue;
		r = look(&h, algo, e->d_name);
		if (r == 1 && vec_push(s, h) < 0) {
			held_free(&h);
			r = -1;
		}
	}
	if (r >= 0 && errno)
		r = -1;
	closedir(d);
	return r < 0 ? -1 : 0;
}

static int
by_use(const void *a, const void *b)
{
	const struct held *x = a, *y = b;

	if (x->used.tv_sec != y->used.tv_sec)
		return x->used.tv_sec < y->used.tv_sec ? -1 : 1;
	if (x->used.tv_nsec != y->used.tv_nsec)
		return x->used.tv_nsec < y->used.tv_nsec ? -1 : 1;
	return strcmp(x->entry.path, y->entry.path);
}

int
inventory_read(struct inventory *s)
{
	const char *name;
	size_t i;

	*s = (struct inventory){ 0 };
	if (folder(s, NULL) < 0)
		return -1;
	for (i = 0; (name = digest_name(i)); i++)
		if (folder(s, digest_algo(name, strlen(name))) < 0)
			return -1;
	if (s->len)
		qsort(s->at, s->len, sizeof(*s->at), by_use);
	return 0;
}

void
inventory_free(struct inventory *s)
{
	size_t i;

	for (i = 0; i < s->len; i++)
		held_free(&s->at[i]);
	vec_free(s);
}

void
inventory_put(const char *first, const struct held *h)
{
	const struct entry *e = &h->entry;

	if (printf("%s\t%s%s%s\t%lld\t%s\t%s\t%s\n", first,
	    *e->hex ? e->algo->name : "-", *e->hex ? "::" : "", e->hex,
	    e->size, e->path, h->src.name, h->src.url) < 0 ||
	    fflush(stdout) == EOF)
		die_sys(EX_IOERR, "standard output");
}

static int
person_row(struct table *t, const struct held *h, int64_t now)
{
	char age[HUMAN_MAX], size[HUMAN_MAX], digest[32 + DIGEST_HEX];
	const struct entry *e = &h->entry;

	/* As much of the digest as tells it from others. */
	snprintf(digest, sizeof(digest), "%s%s%.12s", *e->hex ? e->algo->name : "",
	    *e->hex ? "::" : "", e->hex);
	return table_cell(t, digest) < 0 || table_cell(t,
	    human_size(size, ((uint64_t)e->size + 1023) / 1024)) < 0 ||
	    table_cell(t, human_age(age, now - h->used.tv_sec)) < 0 ||
	    table_cell(t, h->src.name) < 0 || table_cell(t, h->src.url) < 0 ?
	    -1 : 0;
}

static void
list_people(const struct inventory *s)
{
	static const char *const heads[] = { "DIGEST", "SIZE", "USED", "NAME", "URL" };
	struct table t;
	struct buf out = { 0 };
	int64_t now = time(NULL);
	size_t i;
	int bad = 0;

	table_begin(&t, sizeof(heads) / sizeof(*heads));
	for (i = 0; i < s->len && !bad; i++)
		bad = person_row(&t, &s->at[i], now);
	if (bad || table_print(&t, &out, TABLE_PEOPLE, heads) < 0)
		die_sys(EX_OSERR, "list");
	if (file_write(STDOUT_FILENO, out.s, out.len) < 0)
		die_sys(EX_IOERR, "standard output");
	table_free(&t);
	buf_free(&out);
}

/* A member whose value is a string; null for "-", which stands for what is not known. */
static int
json_text(struct buf *out, const char *key, const char *value)
{
	if (buf_printf(out, ", \"%s\": ", key) < 0)
		return -1;
	return strcmp(value, "-") ? buf_json(out, value) : buf_puts(out, "null");
}

static void
list_json(const struct inventory *s)
{
	char digest[32 + DIGEST_HEX];
	struct buf out = { 0 };
	const struct held *h;
	size_t i;
	int bad = 0;

	for (i = 0; i < s->len && !bad; i++) {
		h = &s->at[i];
		snprintf(digest, sizeof(digest), "%s%s%s", *h->entry.hex ? h->entry.algo->name : "-",
		    *h->entry.hex ? "::" : "", h->entry.hex);
		bad = buf_printf(&out, "%s{ \"used\": %lld, \"bytes\": %lld", i ? ",\n  " : "[\n  ",
		    (long long)h->used.tv_sec, h->entry.size) < 0 ||
		    json_text(&out, "digest", digest) < 0 ||
		    json_text(&out, "path", h->entry.path) < 0 ||
		    json_text(&out, "name", h->src.name) < 0 ||
		    json_text(&out, "url", h->src.url) < 0 || buf_puts(&out, " }") < 0;
	}
	if (bad || buf_puts(&out, s->len ? "\n]\n" : "[]\n") < 0)
		die_sys(EX_OSERR, "list");
	if (file_write(STDOUT_FILENO, out.s, out.len) < 0)
		die_sys(EX_IOERR, "standard output");
	buf_free(&out);
}

void
inventory_list(const struct inventory *s, int json)
{
	char used[32];
	size_t i;

	if (json) {
		list_json(s);
		return;
	}
	if (table_form(STDOUT_FILENO) == TABLE_PEOPLE) {
		list_people(s);
		return;
	}
	for (i = 0; i < s->len; i++) {
		snprintf(used, sizeof(used), "%lld", (long long)s->at[i].used.tv_sec);
		inventory_put(used, &s->at[i]);
	}
}

/* Copies path to stdout, and gives the digest of what was copied. */
static int
copy(const struct entry *e, char hex[DIGEST_HEX])
{
	enum { ROOM = 1 << 18 };
	struct digest *d = digest_new(e->algo);
	char *s = malloc(ROOM);
	int fd = open(e->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), r = -1;
	ssize_t n = 0;

	while (d && s && fd >= 0 && (n = read(fd, s, ROOM)) > 0)
		if (digest_add(d, s, (size_t)n) < 0 ||
		    file_write(STDOUT_FILENO, s, (size_t)n) < 0)
			n = -1, errno = errno ? errno : EIO;
	if (d && s && fd >= 0 && n == 0)
		r = digest_hex(d, hex);
	digest_free(d);
	free(s);
	close_keep(fd);
	return r;
}

int
inventory_export(const struct inventory *s, const char *digest)
{
	char hex[DIGEST_HEX], got[DIGEST_HEX];
	const struct algo *algo;
	const struct held *h = NULL;
	const char *wrong = digest_parse(digest, &algo, hex);
	size_t i;

	if (wrong)
		die(EX_USAGE, "--export: %s", wrong);
	for (i = 0; i < s->len && !h; i++)
		if (s->at[i].entry.algo == algo &&
		    !strcmp(s->at[i].entry.hex, hex))
			h = &s->at[i];
	if (!h) {
		warn_msg("%s: not in the cache", digest);
		return EX_NOINPUT;
	}
	if (opt_dry) {
		note("%s: would be copied", h->entry.path);
		return 0;
	}
	if (copy(&h->entry, got) < 0) {
		warn_sys("%s", h->entry.path);
		return EX_IOERR;
	}
	if (strcmp(got, hex)) {
		warn_msg("%s: damaged in the cache", digest);
		return EX_DATAERR;
	}
	return 0;
}
