#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "file.h"
#include "store/layer.h"

/* blame_set for what errno says about JOB/file. */
static int
sys(struct blame *b, const char *id, const char *file)
{
	char at[2 * STORE_NAME];

	snprintf(at, sizeof(at), "jobs/%s/%s", id, file);
	return blame_set(b, errno, at, NULL, "%s", "");
}

/* The n-th line of text, without its newline, or NULL. */
static const char *
line_at(char *text, int n, size_t *len)
{
	char *s = text;

	while (s && n-- > 0) {
		s = strchr(s, '\n');
		s += s ? 1 : 0;
	}
	*len = s ? strcspn(s, "\n") : 0;
	return s;
}

/* In jobs of the last version, dependencies are in the stack already: JOB/deps has
 * three lines, of which the second is the stack without, and the third is with them.
 * Takes those off again.  Returns 1 when there were any, 0, or -1. */
static int
take_off(int job, struct buf *stack)
{
	struct buf text = { 0 };
	const char *before, *with;
	size_t n, m;
	int r = 0;

	if (file_get(job, "deps", STORE_TEXT, &text) < 0)
		return errno == ENOENT ? 0 : -1;
	before = line_at(text.s, 1, &n);
	with = line_at(text.s, 2, &m);
	if (with && n && m + 1 == stack->len && !memcmp(with, stack->s, m)) {
		stack->len = 0;
		r = buf_put(stack, before, n) < 0 || buf_putc(stack, '\n') < 0 ? -1 : 1;
	}
	buf_free(&text);
	return r;
}

int
deps_stack(int job, const char *id, struct ids *stack, struct blame *b)
{
	struct buf text = { 0 };
	char at[2 * STORE_NAME], *one, *rest;
	int r, old;

	snprintf(at, sizeof(at), "jobs/%s/stack", id);
	if (file_get(job, "stack", STORE_TEXT, &text) < 0)
		return errno == ENOENT ? blame_set(b, errno, at, "run the step instance first",
		    "%s", "no layers yet") : sys(b, id, "stack");
	old = take_off(job, &text);
	r = old < 0 ? -1 : 0;
	if (text.len && strcspn(text.s, "\n") == text.len - 1)
		for (one = strtok_r(text.s, " \n", &rest); one && r == 0;
		    one = strtok_r(NULL, " \n", &rest))
			r = ids_add(stack, one);
	buf_free(&text);
	if (r < 0)
		return sys(b, id, "stack");
	if (!stack->len)
		return blame_set(b, EBADMSG, at, "run the step instance again", "%s", "is torn");
	return old;
}

/* That layer is there, and stands on top. */
static int
check(const struct store *s, const char *layer, const char *top, struct blame *b)
{
	char at[STORE_NAME + 16];
	struct layer l;
	int r = layer_get(s, layer, &l, b);

	if (r == 0 && strcmp(l.parent, top)) {
		snprintf(at, sizeof(at), "layers/%s", layer);
		r = blame_set(b, EBADMSG, at, NULL, "does not stand on the layer %s", top);
	}
	layer_free(&l);
	return r;
}

/* When a layer was used last is the time of a file. */
static int
touch(const struct store *s, const char *id, const char *layer, const char *top,
    struct blame *b)
{
	char at[3 * STORE_NAME], text[STORE_NAME + 1];

	snprintf(at, sizeof(at), "cache/deps/%s", top);
	if (store_mkdir(s, at) < 0)
		return blame_set(b, errno, at, NULL, "%s", "");
	snprintf(at, sizeof(at), "cache/deps/%s/used.%s", top, layer);
	snprintf(text, sizeof(text), "%s\n", id);
	if (file_put(s->dir, at, text, strlen(text)) < 0)
		return blame_set(b, errno, at, NULL, "%s", "");
	return 0;
}

static int
put_state(int job, const char *id, const char *state, struct blame *b)
{
	char text[STORE_NAME];

	snprintf(text, sizeof(text), "%s\n", state);
	return file_put(job, "deps", text, strlen(text)) < 0 ? sys(b, id, "deps") : 0;
}

/* Writes the ids to JOB/file. */
static int
put_stack(int job, const char *id, const char *file, const struct ids *stack,
    struct blame *b)
{
	struct buf line = { 0 };
	int r = ids_line(&line, stack);

	if (r == 0)
		r = file_put(job, file, line.s, line.len);
	if (r < 0)
		sys(b, id, file);
	buf_free(&line);
	return r;
}

int
deps_put(const struct store *s, int job, const char *id, const char *layer,
    const char *state, struct blame *b)
{
	struct ids stack = { 0 }, with = { 0 };
	int old = deps_stack(job, id, &stack, b), r = old < 0 ? -1 : 0;
	size_t i;

	for (i = 0; i < stack.len && r == 0; i++)
		if ((r = ids_add(&with, stack.at[i])) < 0)
			sys(b, id, "stack.deps");
	if (r == 0 && strcmp(layer, "-")) {
		r = check(s, layer, stack.at[stack.len - 1], b);
		if (r == 0)
			r = touch(s, id, layer, stack.at[stack.len - 1], b);
		if (r == 0 && (r = ids_add(&with, layer)) < 0)
			sys(b, id, "stack.deps");
	}
	if (r == 0)
		r = put_stack(job, id, "stack.deps", &with, b);
	if (r == 0 && old)
		r = put_stack(job, id, "stack", &stack, b);
	if (r == 0 && state)
		r = put_state(job, id, state, b);
	ids_free(&with);
	ids_free(&stack);
	return r;
}

int
deps_find(const struct store *s, const char *key, char id[STORE_NAME],
    struct blame *b)
{
	struct ids names = { 0 };
	const char *value;
	struct layer l;
	int r = ids_folder(s, "layers", 0, &names), found = 0;
	size_t i;

	if (r < 0)
		blame_set(b, errno, "layers", NULL, "%s", "");
	for (i = 0; i < names.len && r == 0 && !found; i++) {
		if (!strncmp(names.at[i], "new.", 4))
			continue;
		r = layer_get(s, names.at[i], &l, b);
		value = r == 0 ? layer_value(&l, "key") : NULL;
		if (value && !strcmp(value, key) && !strcmp(l.kind, "deps")) {
			snprintf(id, STORE_NAME, "%s", names.at[i]);
			found = 1;
		}
		/* One that is damaged, or has just gone, serves nobody. */
		if (r < 0 && (errno == EBADMSG || errno == ENOENT))
			r = 0;
		layer_free(&l);
	}
	ids_free(&names);
	if (r < 0 || found)
		return r;
	return blame_set(b, ENOENT, "layers", NULL, "none has key=%.128s", key);
}
