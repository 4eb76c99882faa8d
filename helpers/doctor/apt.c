#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "buf.h"
#include "doctor/doctor.h"
#include "err.h"
#include "file.h"

/* A row of "apt-get indextargets", which is taken apart. */
struct row {
	char *uri, *release, *component, *origin, *label;
};

static int
split(char *line, struct row *r)
{
	line[strcspn(line, "\n")] = '\0';
	r->uri = strsep(&line, " ");
	r->release = strsep(&line, " ");
	r->component = strsep(&line, "|");
	r->origin = strsep(&line, "|");
	r->label = line;
	return r->label != NULL;
}

/* What only this machine can see is of no use in a container. */
static int
is_remote(const struct row *r)
{
	return strncmp(r->uri, "file:", 5) && strncmp(r->uri, "copy:", 5) && strncmp(r->uri, "cdrom:", 6);
}

/* Debian's own updates for security have the label Debian-Security. */
static int
is_own(const struct row *r, const char *origin)
{
	return !strcasecmp(r->origin, origin) && !strncasecmp(r->label, origin, strlen(origin));
}

/* The suite, or one that hangs on it: -updates, -security, /updates. */
static int
is_of(const char *release, const char *suite)
{
	size_t n = strlen(suite);

	return !*suite || (!strncmp(release, suite, n) && (!release[n] || strchr("-/", release[n])));
}

static void
check(int r)
{
	if (r < 0)
		die_sys(EX_OSERR, "memory");
}

/* The rows are sorted, so that what is alike follows upon each other: key is the line that
 * grows, and left what was left out last. */
static void
take(const struct row *r, const char *origin, const char *suite, struct buf *key, struct buf *left,
    struct buf *out)
{
	struct buf now = { 0 };

	check(buf_printf(&now, "%s %s", r->uri, r->release));
	if (!is_own(r, origin)) {
		if (!left->len || strcmp(left->s, now.s))
			warn_msg("%s: left out, as it is not %s's: its Release says Origin \"%s\", "
			    "Label \"%s\"", now.s, origin, r->origin, r->label);
		buf_free(left);
		*left = now;
		return;
	}
	if (is_of(r->release, suite)) {
		if (key->len && !strcmp(key->s, now.s))
			check(buf_printf(out, " %s", r->component));
		else
			check(buf_printf(out, "%sdeb %s %s", out->len ? "\n" : "", now.s, r->component));
		buf_free(key);
		*key = now;
		return;
	}
	buf_free(&now);
}

int
apt_sources(const char *origin, const char *suite)
{
	struct buf key = { 0 }, left = { 0 }, out = { 0 };
	char *line = NULL;
	size_t room = 0;
	struct row r;
	int code = EX_NO;

	while (getline(&line, &room, stdin) > 0)
		if (split(line, &r) && is_remote(&r))
			take(&r, origin, suite, &key, &left, &out);
	if (ferror(stdin))
		die_sys(EX_IOERR, "standard input");
	if (out.len) {
		check(buf_puts(&out, "\n"));
		if (file_write(STDOUT_FILENO, out.s, out.len) < 0)
			die_sys(EX_IOERR, "standard output");
		code = 0;
	}
	free(line);
	buf_free(&key);
	buf_free(&left);
	buf_free(&out);
	return code;
}
