#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "opt.h"
#include "eval/hex.h"
#include "eval/index.h"
#include "eval/show.h"

/* The text of it:
 *
 *	aoinb-spec index TAB VERSION TAB PROGRAM TAB ARCH TAB TREE
 *	DIR TAB FILES TAB BYTES			for each bundle, by DIR,
 *	...					FILES lines of its trail, and
 *						BYTES bytes of lines
 *	end TAB CHECK				of all before it
 *
 * Numbers are hexadecimal, negative ones in 64 bits.  PROGRAM is our own file, by
 * the numbers that tell others: what another build made of the same files need
 * not be what we make of them. */
enum {
	MAX = 512 << 20,	/* bytes that we read, and write */
	MARGIN = 2,		/* seconds; see index_open */
	END = 4 + 16 + 1,	/* "end\t", CHECK, newline */
};

/* Tells a file from one that was cut off, overwritten or edited; it is no seal
 * against those who mean it. */
static uint64_t
check_of(const char *s, size_t len)
{
	uint64_t h = 0xcbf29ce484222325 ^ len, w;
	size_t n;

	for (; len; s += n, len -= n) {
		n = len < sizeof(w) ? len : sizeof(w);
		w = 0;
		memcpy(&w, s, n);
		h = (h ^ w) * 0x9fb21c651e98df25;
		h ^= h >> 32;
	}
	return h;
}

/* --- reading */

/* Where the entries end, when the text is whole and its first line is that; else
 * 0. */
static size_t
whole(const struct buf *b, const struct buf *first)
{
	const char *s;
	uint64_t check;
	size_t len;

	if (b->len < first->len + END || memcmp(b->s, first->s, first->len))
		return 0;
	len = b->len - END;
	s = b->s + len;
	if (strncmp(s, "end\t", 4))
		return 0;
	s += 4;
	return hex_get(&s, '\n', &check) == 0 && s == b->s + b->len &&
	    check == check_of(b->s, len) ? len : 0;
}

/* What cannot be read is as if it were not there: whether a new one can be put
 * in its place is seen when it is written. */
static int
read_old(struct index *x)
{
	int fd = open(x->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	int got = 0;

	if (fd < 0)
		return 0;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= MAX)
		got = buf_read(&x->old, fd, MAX);
	close(fd);
	if (got < 0 && errno != ENOMEM) {
		x->old.len = 0;
		return 0;
	}
	return got;
}

/* The first line.  Without /proc, the version has to do. */
static int
head(struct buf *b, const char *tree, const char *arch)
{
	uint64_t n[TRAIL_NUMBERS] = { 0 };
	struct stat st;
	int i, bad;

	if (stat("/proc/self/exe", &st) == 0)
		trail_numbers(&st, n);
	bad = buf_printf(b, "aoinb-spec index\t%s\t", AOINB_VERSION);
	for (i = 0; i < TRAIL_NUMBERS; i++)
		bad |= hex_put(b, '.', n[i]);
	bad |= buf_putc(b, '\t');
	bad |= show_escaped(b, arch, strlen(arch));
	bad |= buf_putc(b, '\t');
	bad |= show_escaped(b, tree, strlen(tree));
	bad |= buf_putc(b, '\n');
	return bad;
}

int
index_open(struct index *x, const char *file, const char *tree, const char *arch)
{
	*x = (struct index){ .file = file };
	if (!file)
		return 0;
	/* A file that changes again within the same tick of its file system's
	 * clock looks as it did before.  One that changed that short a time ago
	 * is read again next time, as git does.  The margin is for clocks that
	 * count in steps of two seconds, and for those of other machines. */
	if (clock_gettime(CLOCK_REALTIME, &x->safe) < 0)
		return -1;
	x->safe.tv_sec -= MARGIN;
	if (head(&x->new, tree, arch) < 0 || read_old(x) < 0)
		return -1;
	x->end = whole(&x->old, &x->new);
	x->from = x->end ? x->new.len : 0;
	return 0;
}

struct entry {
	const char *dir, *files, *lines, *end;
	size_t dir_len;
	uint64_t nfiles;
};

/* The entry that stands at `at`.  Returns 0 when it is none. */
static int
entry_read(const struct index *x, size_t at, struct entry *e)
{
	const char *s = x->old.s + at, *end = x->old.s + x->end, *tab;
	uint64_t i, bytes;

	tab = memchr(s, '\t', (size_t)(end - s));
	if (!tab)
		return 0;
	e->dir = s;
	e->dir_len = (size_t)(tab - s);
	s = tab + 1;
	if (hex_get(&s, '\t', &e->nfiles) < 0 ||
	    hex_get(&s, '\n', &bytes) < 0)
		return 0;
	e->files = s;
	for (i = 0; i < e->nfiles; i++) {
		s = s < end ? memchr(s, '\n', (size_t)(end - s)) : NULL;
		if (!s)
			return 0;
		s++;
	}
	if (s > end || bytes > (size_t)(end - s))
		return 0;
	e->lines = s;
	e->end = s + bytes;
	return 1;
}

/* As strcmp, with the entry's name first. */
static int
order(const struct entry *e, const char *dir, size_t len)
{
	size_t n = e->dir_len < len ? e->dir_len : len;
	int got = memcmp(e->dir, dir, n);

	return got ? got : (e->dir_len > len) - (e->dir_len < len);
}

void
place_begin(struct place *p, const struct index *x)
{
	*p = (struct place){ .x = x, .at = x->from };
}

void
place_free(struct place *p)
{
	buf_free(&p->path);
}

int
index_get(struct place *p, const char *dir, int at, const char *name,
    struct buf *lines, struct buf *entries)
{
	const struct index *x = p->x;
	size_t len = strlen(dir);
	struct entry e;
	int got = -1;

	while (got < 0 && p->at < x->end) {
		if (!entry_read(x, p->at, &e)) {
			p->at = x->end;
			return 0;
		}
		got = order(&e, dir, len);
		if (got <= 0)
			p->at = (size_t)(e.end - x->old.s);
	}
	if (got != 0)
		return 0;
	got = trail_same(e.files, e.nfiles, at, name, &p->path);
	if (got <= 0)
		return got;
	return buf_put(lines, e.lines, (size_t)(e.end - e.lines)) < 0 ||
	    buf_put(entries, e.dir, (size_t)(e.end - e.dir)) < 0 ? -1 : 1;
}

/* --- writing */

int
index_put(const struct index *x, const char *dir, const struct trail *t,
    const struct buf *lines, struct buf *entries)
{
	if (!x->file || t->lost || !trail_before(t, x->safe))
		return 0;
	return buf_puts(entries, dir) < 0 ||
	    hex_put(entries, '\t', t->n) < 0 ||
	    hex_put(entries, '\t', lines->len) < 0 ||
	    buf_putc(entries, '\n') < 0 ||
	    buf_put(entries, t->text.s, t->text.len) < 0 ||
	    buf_put(entries, lines->s, lines->len) < 0 ? -1 : 0;
}

int
index_add(struct index *x, const struct buf *entries)
{
	return buf_put(&x->new, entries->s, entries->len);
}

/* Whether old has the same entries, and was whole. */
static int
unchanged(const struct index *x)
{
	return x->old.len == x->new.len + END && x->end == x->new.len &&
	    !memcmp(x->old.s, x->new.s, x->new.len);
}

int
index_write(struct index *x)
{
	if (!x->file || opt_dry || unchanged(x))
		return 0;
	if (x->new.len > MAX - END) {
		errno = EFBIG;
		return -1;
	}
	if (buf_printf(&x->new, "end\t%016llx\n", (unsigned long long)
	    check_of(x->new.s, x->new.len)) < 0)
		return -1;
	return file_replace(x->file, x->new.s, x->new.len);
}

void
index_free(struct index *x)
{
	buf_free(&x->old);
	buf_free(&x->new);
}
