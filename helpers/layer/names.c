#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "layer/cmd.h"
#include "layer/stanza.h"
#include "opt.h"

enum { INDEX_MOST = 256 << 20 };

/* The names between s and end, which colons and commas separate; what stands in
 * brackets is a version. */
static int
add_names(struct words *w, const char *s, const char *end)
{
	const char *from;
	size_t n;

	while (s < end) {
		from = s += strspn(s, " ");
		while (s < end && !strchr(":,(", *s))
			s++;
		for (n = (size_t)(s - from); n && from[n - 1] == ' '; n--)
			;
		if (n && vec_push(w, (struct word){ from, n }) < 0)
			return -1;
		if (s < end && *s == '(')
			while (s < end && *s != ')')
				s++;
		s++;
	}
	return 0;
}

/* The names of packages, and what they provide, in an index of apt that a container
 * wrote: no byte of it may be a control character when it is printed. */
static int
names_of(struct words *w, char *text)
{
	char *line = text, *end;
	size_t at;
	int r = 0;

	for (; *line && r == 0; line = end + (*end == '\n')) {
		end = line + strcspn(line, "\n");
		at = !strncmp(line, "Package: ", 9) ? 9 :
		    !strncmp(line, "Provides: ", 10) ? 10 : 0;
		if (at)
			r = add_names(w, line + at, end);
	}
	words_sort(w);
	return r;
}

static int
names_text(struct buf *out, const struct words *w)
{
	size_t i, k;

	for (i = 0; i < w->len; i++) {
		for (k = 0; k < w->at[i].len; k++)
			if (!isgraph((unsigned char)w->at[i].s[k]))
				break;
		if (k == w->at[i].len && (buf_put(out, w->at[i].s, k) < 0 ||
		    buf_putc(out, '\n') < 0))
			return -1;
	}
	return 0;
}

/* FILE becomes cache/names/TOP, and names of no instance go. */
static int
names_put(struct cmd *c, const char *file, const char *at)
{
	struct buf text = { 0 }, out = { 0 };
	struct words w = { 0 };
	int code = 0;

	if (file_get(AT_FDCWD, file, INDEX_MOST, &text) < 0) {
		warn_sys("%s", file);
		return errno == EINVAL || errno == EFBIG ? EX_DATAERR : err_code(errno);
	}
	if ((text.s && names_of(&w, text.s) < 0) || names_text(&out, &w) < 0)
		code = fail_sys(c, at);
	else if (store_mkdir(&c->store, "cache/names") < 0 ||
	    file_put(c->store.dir, at, out.s ? out.s : "", out.len) < 0)
		code = fail_sys(c, at);
	vec_free(&w);
	buf_free(&text);
	buf_free(&out);
	return code;
}

static int
names_tidy(struct cmd *c)
{
	struct ids tops = { 0 };
	struct blame b;
	int code = 0;

	if (used_tops(&c->store, &tops, &b) < 0)
		code = refuse(c, &b);
	else if (tidy_names(c, &tops) < 0)
		code = EX_IOERR;
	ids_free(&tops);
	return code;
}

int
verb_names(struct cmd *c)
{
	char ref[STORE_NAME + 16], id[STORE_NAME], at[STORE_NAME + 16];
	struct buf out = { 0 };
	struct blame b;
	int code = 0, there;

	if (!branch_ok(c->arg[0]))
		return EX_USAGE;
	snprintf(ref, sizeof(ref), "instance/%s", c->arg[0]);
	if (ref_get(&c->store, ref, id, &b) < 0)
		return fail_ref(c, ref, &b);
	snprintf(at, sizeof(at), "cache/names/%s", id);
	if (c->arg[1] && opt_dry)
		return 0;
	if (c->arg[1])
		code = names_put(c, c->arg[1], at);
	if (c->arg[1] && !code)
		code = names_tidy(c);
	there = faccessat(c->store.dir, at, R_OK, 0) == 0;
	if (!code && !there && errno != ENOENT)
		code = fail_sys(c, at);
	if (!code && buf_printf(&out, "%s/%s\n", c->store.path, at) < 0)
		code = fail_sys(c, at);
	if (!code)
		code = print(&out);
	buf_free(&out);
	return code ? code : there ? 0 : EX_NO;
}
