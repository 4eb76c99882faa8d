/* The file "stanzas" has a head; then for each package a line and, so many bytes, its
 * stanza; and a last line with the SHA-256 of all that stands before it. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "digest.h"
#include "err.h"
#include "file.h"
#include "repo/cache.h"

/* The number grows with a change of this format, of what apt-ftparchive is told, or of
 * what apt is taken to mind: what is kept is not looked at again. */
#define HEAD "aoinb-repo stanzas 1\n"
#define END "sha256 "

enum { FILE_MOST = 255, HEX = 64 };

static int
sum(const char *s, size_t len, char hex[DIGEST_HEX])
{
	struct digest *d = digest_new(digest_algo("sha256", 6));
	int r = d && digest_add(d, s, len) == 0 && digest_hex(d, hex) == 0 ? 0 : -1;

	digest_free(d);
	return r;
}

/* Cuts head and end off a text that is whole; else leaves nothing of it. */
static struct span
body(struct span text)
{
	const size_t end = sizeof(END) - 1 + HEX + 1, head = sizeof(HEAD) - 1;
	char hex[DIGEST_HEX];
	const char *at;

	if (text.len < head + end || memcmp(text.s, HEAD, head))
		return (struct span){ "", 0 };
	at = text.s + text.len - end;
	if (memcmp(at, END, sizeof(END) - 1) || sum(text.s, text.len - end, hex) < 0 ||
	    memcmp(at + sizeof(END) - 1, hex, HEX))
		return (struct span){ "", 0 };
	return (struct span){ text.s + head, text.len - head - end };
}

/* The next record; 0 when there is none. */
static int
next(struct span *text, char file[FILE_MOST + 1], struct package *a)
{
	const char *end = text->len ? memchr(text->s, '\n', text->len) : NULL;
	char line[FILE_MOST + 128];
	size_t n = end ? (size_t)(end - text->s) : sizeof(line), len;
	int read = 0;

	if (n >= sizeof(line))
		return 0;
	memcpy(line, text->s, n);
	line[n] = '\0';
	if (sscanf(line, "%255s %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNu64 " %zu%n", file,
	    &a->size, &a->mtime, &a->ctime, &a->inode, &len, &read) != 6 || line[read] ||
	    len > text->len - n - 1)
		return 0;
	a->stanza = (struct span){ end + 1, len };
	text->s += n + 1 + len;
	text->len -= n + 1 + len;
	return 1;
}

size_t
cache_read(struct packages *p, const struct repo *r)
{
	char file[FILE_MOST + 1];
	struct package was, *now;
	struct span text;
	size_t unused = 0;

	if (file_get(r->cache, "stanzas", REPO_TEXT, &p->known) < 0 || !p->known.len)
		return 0;
	text = body((struct span){ p->known.s, p->known.len });
	if (!text.len)
		note("repository %s: what is kept in the cache is damaged; every package "
		    "is read again", r->branch);
	while (next(&text, file, &was)) {
		now = packages_find(p, file, strlen(file));
		if (now && now->size == was.size && now->mtime == was.mtime &&
		    now->ctime == was.ctime && now->inode == was.inode)
			now->stanza = was.stanza;
		else
			unused++;
	}
	return unused;
}

static int
make(const struct packages *p, struct buf *b)
{
	const struct package *a;
	char hex[DIGEST_HEX];
	size_t i;

	if (buf_puts(b, HEAD) < 0)
		return -1;
	for (i = 0; i < p->v.len; i++) {
		a = &p->v.at[i];
		if (a->stanza.len && (buf_printf(b, "%s %" PRId64 " %" PRId64 " %" PRId64
		    " %" PRIu64 " %zu\n", a->file, a->size, a->mtime, a->ctime, a->inode,
		    a->stanza.len) < 0 || buf_put(b, a->stanza.s, a->stanza.len) < 0))
			return -1;
	}
	if (sum(b->s, b->len, hex) < 0)
		return -1;
	return buf_printf(b, END "%s\n", hex);
}

/* Of the last version, which had a database of apt-ftparchive's. */
static void
remove_old(const struct repo *r)
{
	static const char *const names[] = { "db", "state", "conf", "list", "raw", "left",
	    "prune", "out", "err" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		unlinkat(r->cache, names[i], 0);
}

void
cache_write(const struct packages *p, const struct repo *r)
{
	struct buf b = { 0 };
	int fd;

	if (!p->known.len)
		remove_old(r);
	fd = openat(r->cache, "stanzas.new", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW |
	    O_CLOEXEC, 0644);
	if (fd < 0 || make(p, &b) < 0 || file_write(fd, b.s, b.len) < 0 ||
	    renameat(r->cache, "stanzas.new", r->cache, "stanzas") < 0) {
		note("repository %s: nothing is kept in the cache: %s", r->branch,
		    strerror(errno));
		unlinkat(r->cache, "stanzas.new", 0);
	}
	close_keep(fd);
	buf_free(&b);
}
