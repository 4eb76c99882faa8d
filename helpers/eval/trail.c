#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "eval/hex.h"
#include "eval/show.h"
#include "eval/trail.h"

/* The text has a line a file:
 *
 *	PATH TAB INODE TAB SIZE TAB MTIME TAB NS TAB CTIME TAB NS
 *
 * or PATH TAB "-". */

static int
later(struct timespec a, struct timespec b)
{
	return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

void
trail_begin(struct trail *t)
{
	t->text.len = t->n = 0;
	t->newest = (struct timespec){ 0 };
	t->lost = 0;
}

void
trail_numbers(const struct stat *st, uint64_t n[TRAIL_NUMBERS])
{
	n[0] = (uint64_t)st->st_ino;
	n[1] = (uint64_t)st->st_size;
	n[2] = (uint64_t)st->st_mtim.tv_sec;
	n[3] = (uint64_t)st->st_mtim.tv_nsec;
	n[4] = (uint64_t)st->st_ctim.tv_sec;
	n[5] = (uint64_t)st->st_ctim.tv_nsec;
}

int
trail_add(struct trail *t, const char *path, const struct stat *st)
{
	struct buf *b = &t->text;
	uint64_t n[TRAIL_NUMBERS];
	int i, bad;

	t->n++;
	bad = show_escaped(b, path, strlen(path));
	if (!st)
		return bad || buf_puts(b, "\t-\n") < 0 ? -1 : 0;
	trail_numbers(st, n);
	for (i = 0; i < TRAIL_NUMBERS; i++)
		bad |= hex_put(b, '\t', n[i]);
	if (later(st->st_mtim, t->newest))
		t->newest = st->st_mtim;
	if (later(st->st_ctim, t->newest))
		t->newest = st->st_ctim;
	return bad || buf_putc(b, '\n') < 0 ? -1 : 0;
}

int
trail_before(const struct trail *t, struct timespec when)
{
	return later(when, t->newest);
}

/* Reads PATH TAB into out, behind what is there.  Returns 0; 1 when there is no
 * path; or -1 with errno ENOMEM. */
static int
path_read(const char **s, struct buf *out)
{
	const char *p = *s;
	size_t n;
	char c;

	for (;; p += 2) {
		n = strcspn(p, "\t\n\\");
		if (buf_put(out, p, n) < 0)
			return -1;
		p += n;
		if (*p != '\\')
			break;
		c = p[1] == 't' ? '\t' : p[1] == 'n' ? '\n' : p[1];
		if (c == '\0' || (c == p[1] && c != '\\'))
			return 1;
		if (buf_putc(out, c) < 0)
			return -1;
	}
	*s = p + 1;
	return *p != '\t';
}

/* Whether the file that *s tells of is as it was; *s moves behind it. */
static int
same_file(const char **s, int at, const char *path)
{
	uint64_t is[TRAIL_NUMBERS], was;
	struct stat st;
	int i, got;

	got = fstatat(at, path, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT);
	if (got < 0)
		return (errno == ENOENT || errno == ENOTDIR) && *(*s)++ == '-' &&
		    *(*s)++ == '\n';
	trail_numbers(&st, is);
	for (i = 0; i < TRAIL_NUMBERS; i++)
		if (hex_get(s, i == TRAIL_NUMBERS - 1 ? '\n' : '\t', &was) < 0 ||
		    was != is[i])
			return 0;
	return 1;
}

int
trail_same(const char *text, uint64_t n, int at, const char *name,
    struct buf *path)
{
	size_t len;
	int got = 1;

	path->len = 0;
	if (buf_puts(path, name) < 0 || buf_putc(path, '/') < 0)
		return -1;
	len = path->len;
	for (; got > 0 && n; n--) {
		path->len = len;
		got = path_read(&text, path);
		if (got >= 0)
			got = got == 0 && same_file(&text, at, path->s);
	}
	return got;
}
