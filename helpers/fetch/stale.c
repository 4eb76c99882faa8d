#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "fetch/stale.h"
#include "file.h"
#include "plain.h"

/* A piece of a URL, cut where its first digit begins and its last one ends. */
struct cut {
	const char *s;
	size_t n, from, to;	/* from == n: there is no digit */
};

static struct cut
cut(const char *s, size_t n)
{
	struct cut c = { .s = s, .n = n, .to = n };

	while (c.from < n && !isdigit((unsigned char)s[c.from]))
		c.from++;
	while (c.to > c.from && !isdigit((unsigned char)s[c.to - 1]))
		c.to--;
	return c;
}

/* The last part of the path of url. */
static struct cut
last_part(const char *url)
{
	size_t n = strcspn(url, "?#"), from;

	while (n && url[n - 1] == '/')
		n--;
	for (from = n; from && url[from - 1] != '/'; from--)
		;
	return cut(url + from, n - from);
}

/* What follows the host of url. */
static struct cut
path_part(const char *url)
{
	size_t n;
	const char *s = source_host(url, &n);

	return cut(s + n, strlen(s + n));
}

static size_t
next_digit(const struct cut *c, size_t i)
{
	while (i < c->to && !isdigit((unsigned char)c->s[i]))
		i++;
	return i;
}

/* Whether the digits of both are the same, whatever stands between them. */
static int
same_digits(const struct cut *a, const struct cut *b)
{
	size_t i = a->from, k = b->from;

	for (;; i++, k++) {
		i = next_digit(a, i);
		k = next_digit(b, k);
		if (i == a->to || k == b->to)
			return i == a->to && k == b->to;
		if (a->s[i] != b->s[k])
			return 0;
	}
}

static int
versions(const struct cut *a, const struct cut *b)
{
	return a->from < a->n && b->from < b->n && a->from == b->from &&
	    !memcmp(a->s, b->s, a->from) && a->n - a->to == b->n - b->to &&
	    !memcmp(a->s + a->to, b->s + b->to, a->n - a->to) && !same_digits(a, b);
}

int
stale_versions(const char *a, const char *b)
{
	struct cut x = last_part(a), y = last_part(b);
	const char *host_a, *host_b;
	size_t n, m;

	if (x.from < x.n || y.from < y.n)
		return versions(&x, &y);
	host_a = source_host(a, &n);
	host_b = source_host(b, &m);
	if (n != m || strncasecmp(host_a, host_b, n) || x.n != y.n || memcmp(x.s, y.s, x.n))
		return 0;
	x = path_part(a);
	y = path_part(b);
	return versions(&x, &y);
}

/* Whether the URL of e gave these bytes when it was asked without a digest, as for new
 * digests: 1, 0, or -1 with errno set. */
static int
came_from_there(const struct entry *e)
{
	struct source src = { .url = e->src->url, .name = e->src->name };
	struct digest *d = NULL;
	struct entry by_url;
	struct meta m;
	char hex[DIGEST_HEX];
	int fd = -1, r = -1;

	meta_init(&m);
	if (cache_entry(&by_url, &src) == 0 && meta_read(&m, by_url.meta) == 0)
		r = *m.sha256 != '\0';
	if (r > 0 && access(by_url.path, F_OK) < 0)
		r = errno == ENOENT ? 0 : -1;
	if (r > 0) {
		r = -1;
		fd = open(e->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
		d = digest_new(by_url.algo);
		if (fd >= 0 && d && digest_fd(d, fd, -1) >= 0 && digest_hex(d, hex) == 0)
			r = !strcmp(hex, m.sha256);
	}
	digest_free(d);
	close_keep(fd);
	meta_free(&m);
	return r;
}

/* A file of the cache that was taken in anew by another digest: its name says nothing. */
static int
is_key(const char *name)
{
	return name && strlen(name) == 64 && strspn(name, "0123456789abcdef") == 64;
}

static int
say(struct buf *why, const struct entry *e, const struct source *had)
{
	const char *from = strstr(had->url, "://") ? "" : "a file ";

	return buf_printf(why, "the digest is that of %s, which came from %s%s; write the new ones: aoinb checksums -w ",
	    had->name && *had->name ? had->name : "another version", from, had->url) < 0 ||
	    buf_shell(why, e->src->bundle ? e->src->bundle : "BUNDLE") < 0 ? -1 : 1;
}

int
stale_find(const struct entry *e, struct buf *why)
{
	struct source had = { 0 };
	struct timespec used;
	int r;

	if (!e->src || !e->src->algo)
		return 0;
	r = cache_recall(e, &had, &used);
	if (r == 0 && had.url && !is_key(had.name) && stale_versions(had.url, e->src->url)) {
		r = came_from_there(e);
		r = r < 0 ? -1 : r ? 0 : say(why, e, &had);
	}
	source_drop(&had);
	return r;
}
