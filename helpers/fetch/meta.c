#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "fetch/meta.h"
#include "file.h"
#include "parse.h"

void
meta_init(struct meta *m)
{
	*m = (struct meta){ .total = -1 };
}

void
meta_free(struct meta *m)
{
	free(m->url);
	meta_init(m);
}

void
meta_set(char to[META_MAX], const char *value)
{
	size_t i;

	for (i = 0; value[i] && i < META_MAX - 1; i++) {
		if ((unsigned char)value[i] < ' ' || value[i] == 0x7f)
			break;
		to[i] = value[i];
	}
	to[value[i] ? 0 : i] = '\0';
}

static int
take(struct meta *m, const char *key, const char *value)
{
	uint64_t n;

	if (!strcmp(key, "url")) {
		free(m->url);
		m->url = strdup(value);
		return m->url ? 0 : -1;
	}
	if (!strcmp(key, "etag"))
		meta_set(m->etag, value);
	else if (!strcmp(key, "last_modified"))
		meta_set(m->modified, value);
	else if (!strcmp(key, "boot") && strlen(value) < sizeof(m->boot))
		memcpy(m->boot, value, strlen(value) + 1);
	else if (!strcmp(key, "sha256") && strlen(value) == 64)
		memcpy(m->sha256, value, 65);
	else if (!strcmp(key, "size") &&
	    parse_uint(value, 0, INT64_MAX, &n) == 0)
		m->total = (long long)n;
	return 0;
}

int
meta_read(struct meta *m, const char *path)
{
	struct buf b = { 0 };
	char *line, *eq, *at;
	int r, fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	meta_free(m);
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	r = buf_read(&b, fd, 1 << 20);
	close_keep(fd);
	at = b.s;
	while (r == 0 && (line = strsep(&at, "\n")))
		if ((eq = strchr(line, '='))) {
			*eq = '\0';
			r = take(m, line, eq + 1);
		}
	buf_free(&b);
	return r;
}

int
meta_write(const struct meta *m, const char *path)
{
	struct buf b = { 0 };
	int r;

	r = buf_printf(&b, "url=%s\netag=%s\nlast_modified=%s\n",
	    m->url ? m->url : "", m->etag, m->modified);
	if (r == 0 && m->total >= 0)
		r = buf_printf(&b, "size=%lld\n", m->total);
	if (r == 0 && *m->boot)
		r = buf_printf(&b, "boot=%s\n", m->boot);
	if (r == 0 && *m->sha256)
		r = buf_printf(&b, "sha256=%s\n", m->sha256);
	if (r == 0)
		r = file_replace(path, b.s, b.len);
	buf_free(&b);
	return r;
}
