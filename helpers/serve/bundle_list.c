#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve/bundle.h"

enum { TYPE, MODE, UID, GID, SIZE, NAME, TARGET, COLUMNS };

static int
no(struct buf *why, const char *name, const char *what)
{
	return buf_printf(why, "%.200s: %s", name, what) < 0 ? -1 : 1;
}

/* Whether s is UTF-8, which buf_json tells, without what a terminal would do with it.
 * aoinb-unpack writes control characters behind backslashes. */
static int
is_plain(const char *s)
{
	struct buf b = { 0 };
	int good = !strchr(s, '\\') && buf_json(&b, s) == 0 && (!strstr(b.s, "\xef\xbf\xbd") ||
	    strstr(s, "\xef\xbf\xbd"));

	buf_free(&b);
	return good;
}

/* Whether a link at name, which may not be absolute, stays inside. */
static int
stays(const char *name, const char *target)
{
	long depth = 0;
	size_t n;

	if (*target == '/' || !*target)
		return 0;
	for (; (name = strchr(name, '/')); name++)
		depth++;
	for (; *target; target += n + (target[n] == '/')) {
		n = strcspn(target, "/");
		if (n == 2 && !memcmp(target, "..", 2))
			depth--;
		else if (n && (n != 1 || *target != '.'))
			depth++;
		if (depth < 0)
			return 0;
	}
	return 1;
}

/* What the place of a file says of the layout. */
static int
place(struct listed *l, const char *name)
{
	const char *a = strchr(name, '/'), *b = a ? strchr(a + 1, '/') : NULL;

	if (!strcmp(name, "spec")) {
		l->spec = 1;
	} else if (a && !b && !strcmp(a, "/spec") && (size_t)(a - name) < sizeof(l->folder)) {
		l->folders++;
		snprintf(l->folder, sizeof(l->folder), "%.*s", (int)(a - name), name);
	} else if (a && b && !strcmp(b, "/spec")) {
		l->tree++;
		return buf_printf(&l->units, "%.*s\n", (int)(b - name), name);
	}
	return 0;
}

static int
row(char *line, struct listed *l, struct buf *why)
{
	char *f[COLUMNS] = { 0 }, *name;
	int i;

	for (i = 0; i < COLUMNS && line; i++)
		f[i] = strsep(&line, "\t");
	if (i < TARGET)
		return no(why, "the list", "cannot be understood");
	name = f[NAME];
	while (!strncmp(name, "./", 2))
		name += 2;
	if (!*name || !strcmp(name, "."))
		return 0;
	if (!is_plain(name))
		return no(why, name, "a name is plain text in UTF-8");
	if (strlen(name) > 1000)
		return no(why, name, "the name is too long");
	if (!strchr("fdlh", *f[TYPE]))
		return no(why, name, "neither a file, a folder nor a link");
	if (*f[TYPE] == 'l' && !stays(name, f[TARGET] ? f[TARGET] : ""))
		return no(why, name, "a link that leads out of the bundle");
	if (*f[TYPE] == 'f' && strtoul(f[MODE], NULL, 8) & 06000)
		return no(why, name, "set-user-ID");
	if (*f[TYPE] == 'f')
		l->size += strtoll(f[SIZE], NULL, 10);
	return *f[TYPE] == 'f' || *f[TYPE] == 'h' ? place(l, name) : 0;
}

int
bundle_list(char *text, struct listed *l, struct buf *why)
{
	char *line;
	int r = 0;

	while (r == 0 && (line = strsep(&text, "\n")))
		if (*line)
			r = row(line, l, why);
	return r;
}
