#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bundle/spec.h"
#include "bundle/word.h"
#include "err.h"
#include "eval/output.h"
#include "eval/parts.h"
#include "eval/row.h"
#include "eval/sources.h"
#include "eval/tree.h"
#include "file.h"

struct lint {
	struct args *a;
	struct buf out;
	size_t found;		/* things that are wrong */
	char *last;		/* the bundle whose sources were looked at last */
};

/* One that is wrong: file and line (0: not known) of the bundle in dir. */
static void
tell(struct lint *l, const char *dir, const char *file, size_t line, const char *what)
{
	const char *in = l->a->tree ? l->a->tree : "", *slash = *in ? "/" : "";
	char *path;

	sure(asprintf(&path, "%s%s%s/%s", in, slash, dir, file));
	l->found++;
	if (l->a->json) {
		sure(buf_puts(&l->out, l->found > 1 ? ",\n  { \"file\": " : "[\n  { \"file\": "));
		sure(buf_json(&l->out, path));
		sure(line ? buf_printf(&l->out, ", \"line\": %zu", line) :
		    buf_puts(&l->out, ", \"line\": null"));
		sure(buf_puts(&l->out, ", \"what\": "));
		sure(buf_json(&l->out, what));
		sure(buf_puts(&l->out, " }"));
	} else {
		sure(buf_printf(&l->out, "%s:%zu: %s\n", path, line ? line : 1, what));
		output_flush(&l->out, 1 << 16);
	}
	free(path);
}

/* "FILE:LINE: WHAT", or "FILE: WHAT", as package.h has it. */
static void
tell_row(struct lint *l, const struct row *r)
{
	char *file = r->trouble, *at = strchr(file, ':'), *end;
	size_t line = 0;

	if (!at) {
		tell(l, r->dir, "spec", 0, file);
		return;
	}
	*at++ = '\0';
	line = strtoul(at, &end, 10);
	if (end > at && *end == ':')
		at = end + 1;
	else
		line = 0;
	tell(l, r->dir, file, line, at + strspn(at, " "));
}

/* The sources of a spec that can be evaluated. */
static void
look_at_sources(struct lint *l, const char *dir)
{
	const char *in = l->a->tree ? l->a->tree : "", *slash = *in ? "/" : "";
	char text[512] = "", *path;
	struct why why = { .s = text, .room = sizeof(text) };
	struct buf table = { 0 };
	struct spec s;
	size_t line;

	if (l->last && !strcmp(l->last, dir))
		return;
	free(l->last);
	l->last = strdup(dir);
	sure(l->last ? 0 : -1);
	sure(asprintf(&path, "%s%s%s/spec", in, slash, dir));
	if (spec_read(&s, path) == 0 &&
	    spec_table(&s, l->a->arch, 1, &table, &why, &line) < 0 && *text)
		tell(l, dir, "spec", line, text);
	buf_free(&table);
	spec_free(&s);
	free(path);
}

static void
look_at(struct lint *l, char *lines)
{
	struct row r;

	while (row_next(&lines, &r)) {
		if (r.trouble)
			tell_row(l, &r);
		else
			look_at_sources(l, r.dir);
	}
}

/* Returns an exit code. */
static int
look_at_bundles(struct lint *l)
{
	struct parts b;
	int i, fd, got, code = 0;

	sure(parts_init(&b, l->a->arch));
	for (i = 0; i < l->a->operands; i++) {
		fd = open(l->a->operand[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		got = fd < 0 ? 0 : parts_read(&b, fd, l->a->operand[i]);
		sure(got);
		if (fd < 0)
			warn_sys("%s", l->a->operand[i]);
		else if (got == 0)
			warn_msg("%s: there is no spec in it", l->a->operand[i]);
		if (got == 0)
			code = EX_NOINPUT;
		else
			look_at(l, b.p.out.s);
		b.p.out.len = 0;
		close_keep(fd);
	}
	parts_free(&b);
	return code;
}

int
word_lint(struct args *a)
{
	struct lint l = { .a = a };
	struct tree tree = { 0 };
	size_t i;
	int code;

	if (!a->arch)
		die(EX_USAGE, "lint wants --arch=ARCH");
	if (!a->tree == !a->operands)
		die(EX_USAGE, "lint wants bundles, or --tree=DIR");
	if (a->tree) {
		code = tree_read(&tree, a->tree, a->arch);
		for (i = 0; i < tree.n; i++)
			look_at(&l, tree.lines[i].s);
		tree_free(&tree);
	} else {
		code = look_at_bundles(&l);
	}
	if (a->json)
		sure(buf_puts(&l.out, l.found ? "\n]\n" : "[]\n"));
	output_flush(&l.out, 1);
	buf_free(&l.out);
	free(l.last);
	return code ? code : l.found ? EX_NO : 0;
}
