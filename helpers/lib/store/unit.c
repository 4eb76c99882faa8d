#include <ctype.h>
#include <string.h>

#include "store/store.h"

static int
name_ok(const char *s, size_t n)
{
	char name[STORE_NAME];

	if (n >= sizeof(name))
		return 0;
	memcpy(name, s, n);
	name[n] = '\0';
	return store_name_ok(name);
}

int
unit_of_path(struct buf *b, const char *path, const char *tree)
{
	size_t n = tree ? strlen(tree) : 0;
	const char *in = path + n + 1, *slash;

	if (tree && !strncmp(path, tree, n) && path[n] == '/' &&
	    (slash = strchr(in, '/')) && name_ok(in, (size_t)(slash - in)) &&
	    name_ok(slash + 1, strlen(slash + 1)))
		return buf_puts(b, in);
	for (; *path; path++)
		if (*path == '%' || *path == ' ') {
			if (buf_puts(b, *path == '%' ? "%25" : "%20") < 0)
				return -1;
		} else if (buf_putc(b, *path) < 0) {
			return -1;
		}
	return 0;
}

int
unit_other_name(struct buf *b, const char *unit, const char *path)
{
	const char *name = strrchr(path, '/'), *category = name;

	if (*unit != '/')
		return unit_of_path(b, path, NULL);
	while (category > path && category[-1] != '/')
		category--;
	if (!name_ok(category, (size_t)(name - category)) || !name_ok(name + 1, strlen(name + 1)))
		return 0;
	return buf_puts(b, category);
}

int
unit_key(struct buf *b, const char *unit)
{
	size_t at = b->len;

	if (buf_puts(b, unit) < 0)
		return -1;
	for (; at < b->len; at++)
		if (!isalnum((unsigned char)b->s[at]) && !strchr("._+~@-", b->s[at]))
			b->s[at] = '_';
	at = b->len - strlen(unit);
	if (b->s[at] == '.' || b->s[at] == '-')
		b->s[at] = '_';
	return 0;
}

int
unit_history_name(struct buf *b, const char *unit)
{
	if (*unit != '/')
		return buf_puts(b, unit);
	return unit_key(b, strrchr(unit, '/') + 1);
}
