#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "file.h"
#include "job/record.h"
#include "store/layer.h"
#include "job/reason.h"

/* Once for each file of a job, however often it is read. */
void
record_damaged(const char *path, const char *name)
{
	static const char *said[16];
	static char of[JOB_PATH];
	static size_t n;
	size_t i;

	if (strcmp(of, path))
		n = 0;
	strcpy(of, path);
	for (i = 0; i < n; i++)
		if (!strcmp(said[i], name))
			return;
	if (n < sizeof(said) / sizeof(*said))
		said[n++] = name;
	warn_msg("job %s: %s is damaged; passed over", id_of(path), name);
}

void
record_text(struct args *a, const char *path, const char *name, struct buf *text)
{
	if (job_text(&a->store, path, name, text) < 0) {
		text->len = 0;
		if (errno != ENOENT)
			record_damaged(path, name);
		sure(buf_puts(text, ""));
	}
	if (strlen(text->s) != text->len) {
		record_damaged(path, name);
		text->len = strlen(text->s);
	}
}

void
record_line(struct args *a, const char *path, const char *name, struct buf *line)
{
	record_text(a, path, name, line);
	line->len = strcspn(line->s, "\n");
	line->s[line->len] = '\0';
}

/* The next line of *at, without its newline; NULL at the end. */
static char *
next_line(char **at)
{
	char *line = *at, *end;

	if (!*line)
		return NULL;
	end = line + strcspn(line, "\n");
	*at = *end ? end + 1 : end;
	*end = '\0';
	return line;
}

/* "KEY": VALUE as a string, or null for what is empty, or "-" as our records have it. */
static void
put_text(struct buf *out, const char *key, const char *value)
{
	sure(buf_printf(out, "  \"%s\": ", key));
	if (value && *value && strcmp(value, "-"))
		sure(buf_json(out, value));
	else
		sure(buf_puts(out, "null"));
	sure(buf_puts(out, ",\n"));
}

static void
put_number(struct buf *out, const char *key, int64_t value)
{
	if (value >= 0)
		sure(buf_printf(out, "  \"%s\": %" PRId64 ",\n", key, value));
	else
		sure(buf_printf(out, "  \"%s\": null,\n", key));
}

/* What stands before the next member of an array or an object. */
static void
put_comma(struct buf *out, int *n)
{
	sure(buf_puts(out, (*n)++ ? ",\n    " : "\n    "));
}

static void
put_end(struct buf *out, int n, const char *end)
{
	sure(buf_printf(out, "%s%s", n ? "\n  " : "", end));
}

/* The digest of what a layer holds; null where it is none of this version. */
static void
put_digest(struct buf *out, struct args *a, const char *id)
{
	const char *digest = NULL;
	struct layer l;
	struct blame b;

	if (layer_get(&a->store, id, &l, &b) == 0)
		digest = layer_value(&l, "digest");
	sure(digest ? buf_json(out, digest) : buf_puts(out, "null"));
	layer_free(&l);
}

static void
put_layers(struct buf *out, struct args *a, const char *path)
{
	struct buf stack = { 0 }, digests = { 0 };
	char *id, *save = NULL;
	int n = 0, k = 0;

	if (job_stack(&a->store, id_of(path), &stack) < 0) {
		if (errno != ENOENT)
			record_damaged(path, "stack");
		stack.len = 0;
	}
	sure(buf_puts(&stack, ""));
	sure(buf_puts(out, "  \"layers\": ["));
	for (id = strtok_r(stack.s, " ", &save); stack.len && id;
	    id = strtok_r(NULL, " ", &save)) {
		put_comma(out, &n);
		sure(buf_json(out, id));
		put_comma(&digests, &k);
		put_digest(&digests, a, id);
	}
	put_end(out, n, "],\n");
	sure(buf_printf(out, "  \"layer_digests\": [%s", k ? digests.s : ""));
	put_end(out, k, "],\n");
	buf_free(&digests);
	buf_free(&stack);
}

/* sources: N TYPE DIGEST NAME OPTIONS URL PATH, with tabs. */
static void
put_sources(struct buf *out, struct args *a, const char *path)
{
	static const struct { const char *key; int column; } keys[] = {
		{ "type", 1 }, { "digest", 2 }, { "name", 3 }, { "url", 5 },
	};
	struct buf text = { 0 };
	char *at, *line, *field[6];
	int n = 0, i, damaged = 0;
	size_t k;

	record_text(a, path, "sources", &text);
	sure(buf_puts(out, "  \"sources\": ["));
	for (at = text.s; (line = next_line(&at)); ) {
		for (i = 0; i < 6 && (field[i] = strsep(&line, "\t")); i++)
			;
		if (i < 6) {
			damaged = 1;
			continue;
		}
		put_comma(out, &n);
		for (k = 0; k < 4; k++) {
			sure(buf_printf(out, "%s\"%s\": ", k ? ", " : "{ ", keys[k].key));
			sure(buf_json(out, field[keys[k].column]));
		}
		sure(buf_puts(out, " }"));
	}
	put_end(out, n, "],\n");
	if (damaged)
		record_damaged(path, "sources");
	buf_free(&text);
}

/* bytes without zeros in front, which JSON forbids. */
static const char *
number_text(const char *digits)
{
	while (digits[0] == '0' && isdigit((unsigned char)digits[1]))
		digits++;
	return digits;
}

static void
put_packages(struct buf *out, struct args *a, const char *path)
{
	struct buf text = { 0 };
	struct job_package p;
	int n = 0, r;
	char *at;

	record_text(a, path, "packages", &text);
	sure(buf_puts(out, "  \"packages\": ["));
	for (at = text.s; (r = job_package_next(&at, &p)) > 0; ) {
		put_comma(out, &n);
		sure(buf_puts(out, "{ \"digest\": "));
		sure(buf_json(out, p.digest));
		sure(buf_printf(out, ", \"bytes\": %s, \"file\": ", number_text(p.bytes)));
		sure(buf_json(out, p.file));
		sure(buf_puts(out, " }"));
	}
	put_end(out, n, "],\n");
	if (r < 0)
		record_damaged(path, "packages");
	buf_free(&text);
}

/* Whether s is a number such as "-12.5". */
static int
is_number(const char *s)
{
	size_t n;

	s += *s == '-';
	n = strspn(s, "0123456789");
	if (!n)
		return 0;
	s += n;
	if (*s == '.') {
		n = strspn(++s, "0123456789");
		s += n;
		return n && !*s;
	}
	return !*s;
}

static void
put_value(struct buf *out, const char *value)
{
	if (!is_number(value)) {
		sure(buf_json(out, value));
		return;
	}
	sure(buf_printf(out, "%s%s", *value == '-' ? "-" : "",
	    number_text(value + (*value == '-'))));
}

static void
put_usage(struct buf *out, struct args *a, const char *path)
{
	struct buf text = { 0 };
	char *at, *line, *value;
	int n = 0;

	record_text(a, path, "rusage", &text);
	sure(buf_puts(out, "  \"usage\": "));
	for (at = text.s; (line = next_line(&at)); ) {
		line[strcspn(line, "\t")] = '\0';
		value = strchr(line, '=');
		if (!value || value == line ||
		    strspn(line, "abcdefghijklmnopqrstuvwxyz_") != (size_t)(value - line))
			continue;
		*value++ = '\0';
		sure(buf_puts(out, n ? "" : "{"));
		put_comma(out, &n);
		sure(buf_printf(out, "\"%s\": ", line));
		put_value(out, value);
	}
	put_end(out, n, n ? "}\n" : "null\n");
	buf_free(&text);
}

static void
put_file(struct buf *out, struct args *a, const char *path, const char *key,
    const char *name)
{
	struct buf line = { 0 };

	record_line(a, path, name, &line);
	put_text(out, key, line.s);
	buf_free(&line);
}

static void
put_why(struct buf *out, struct args *a, const char *path, const struct outcome *o)
{
	struct why found;

	if (!o->why)
		reason_find(a, path, o->verdict, &found);
	sure(buf_puts(out, "  \"why\": "));
	sure(why_json(o->why ? o->why : &found, "  ", out));
	sure(buf_puts(out, ",\n"));
}

void
record_make(struct args *a, const char *path, const struct outcome *o, struct buf *out)
{
	struct buf began = { 0 }, bundle = { 0 }, branch = { 0 };
	int64_t kib;

	record_line(a, path, "began", &began);
	record_line(a, path, "bundle.path", &bundle);
	record_line(a, path, "branch", &branch);
	sure(buf_puts(out, "{\n"));
	put_text(out, "id", id_of(path));
	sure(buf_puts(out, "  \"verdict\": "));
	sure(buf_json(out, o->verdict));
	sure(buf_puts(out, ",\n  \"branch\": "));
	sure(buf_json(out, branch.s));
	sure(buf_puts(out, ",\n"));
	put_number(out, "began", strtoll(began.s, NULL, 10));
	put_number(out, "ended", o->ended);
	put_number(out, "size_kib", job_size(&a->store, path, &kib) < 0 ? -1 : kib);
	put_number(out, "code", o->code);
	put_file(out, a, path, "kind", "kind");
	put_file(out, a, path, "unit", "unit");
	sure(buf_puts(out, "  \"bundle\": "));
	sure(buf_json(out, bundle.s));
	sure(buf_puts(out, ",\n"));
	put_text(out, "arch", o->arch);
	put_file(out, a, path, "version", "version");
	put_layers(out, a, path);
	put_sources(out, a, path);
	put_packages(out, a, path);
	put_why(out, a, path, o);
	put_usage(out, a, path);
	sure(buf_puts(out, "}\n"));
	buf_free(&began);
	buf_free(&bundle);
	buf_free(&branch);
}

int
record_write(struct args *a, const char *path, const struct outcome *o)
{
	struct buf text = { 0 }, at = { 0 };
	int r, err;

	record_make(a, path, o, &text);
	sure(buf_printf(&at, "%s/result.json", path));
	r = file_put(a->store.dir, at.s, text.s, text.len);
	err = errno;
	buf_free(&text);
	buf_free(&at);
	errno = err;
	return r;
}
