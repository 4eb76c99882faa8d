#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "err.h"
#include "human.h"
#include "layer/cmd.h"
#include "opt.h"
#include "table.h"

/* What is known of a layer or an instance, for one row. */
struct row {
	const char *text[4];	/* in the order of the columns, then FROM */
	int64_t when;		/* seconds since 1970, or -1 */
	int64_t kib;		/* or -1 */
};

static const char *const layer_heads[] = {
	"LAYER", "KIND", "PARENT", "AGE", "SIZE", "FROM",
};
static const char *const layer_keys[] = {
	"id", "kind", "parent", "made", "size_kib", "from",
};
static const char *const instance_heads[] = {
	"INSTANCE", "LAYER", "DEPTH", "CHECKED", "SIZE",
};
static const char *const instance_keys[] = {
	"name", "layer", "depth", "checked", "size_kib",
};

struct list {
	struct cmd *c;
	struct table table;
	struct buf json;
	const char *const *keys;
	int instances;
};

static int
json_number(struct buf *b, const char *key, int64_t n)
{
	if (n < 0)
		return buf_printf(b, ", \"%s\": null", key);
	return buf_printf(b, ", \"%s\": %" PRId64, key, n);
}

static int
json_text(struct buf *b, const char *key, const char *text)
{
	if (buf_printf(b, ", \"%s\": ", key) < 0)
		return -1;
	return text && *text ? buf_json(b, text) : buf_puts(b, "null");
}

static int
row_json(struct list *l, const struct row *r)
{
	struct buf *b = &l->json;
	int bad;

	bad = buf_printf(b, "%s{\"%s\": ", b->len ? ",\n " : "[", l->keys[0]) < 0 ||
	    buf_json(b, r->text[0]) < 0 || json_text(b, l->keys[1], r->text[1]) < 0;
	if (!bad && l->instances)
		bad = buf_printf(b, ", \"depth\": %s", r->text[2]) < 0;
	else if (!bad)
		bad = json_text(b, l->keys[2], r->text[2]) < 0;
	bad = bad || json_number(b, l->keys[3], r->when) < 0 ||
	    json_number(b, l->keys[4], r->kib) < 0;
	if (!bad && !l->instances)
		bad = json_text(b, l->keys[5], r->text[3]) < 0;
	return bad || buf_putc(b, '}') < 0 ? -1 : 0;
}

static int
row_put(struct list *l, const struct row *r)
{
	char age[HUMAN_MAX] = "", size[HUMAN_MAX] = "";
	struct table *t = &l->table;

	if (l->c->json)
		return row_json(l, r);
	if (r->when >= 0)
		human_age(age, (int64_t)time(NULL) - r->when);
	if (r->kib >= 0)
		human_size(size, (uint64_t)r->kib);
	if (table_cell(t, r->text[0]) < 0 || table_cell(t, r->text[1]) < 0 ||
	    table_cell(t, r->text[2]) < 0 || table_cell(t, age) < 0 ||
	    table_cell(t, size) < 0)
		return -1;
	return l->instances ? 0 : table_cell(t, r->text[3]);
}

/* Whether what failed is one record that is passed over, having been named. */
static int
passed_over(const struct cmd *c, const struct blame *b)
{
	if (errno == EBADMSG)
		fail_name(c, b);
	return errno == EBADMSG || errno == ENOENT;
}

static int
list_layer(struct list *l, const char *id, struct blame *b)
{
	struct row row = { 0 };
	struct layer one;
	int r = layer_get(&l->c->store, id, &one, b);

	if (r < 0) {
		r = passed_over(l->c, b) ? 0 : -1;
	} else {
		row.text[0] = one.id;
		row.text[1] = one.kind;
		row.text[2] = one.parent;
		row.text[3] = layer_value(&one, "from");
		row.when = one.made;
		row.kib = one.size_kib;
		r = row_put(l, &row);
		if (r < 0)
			blame_set(b, errno, "layers", NULL, "%s", "");
	}
	layer_free(&one);
	return r;
}

static int
list_layers(struct list *l, struct blame *b)
{
	struct ids names = { 0 };
	int r = ids_folder(&l->c->store, "layers", 0, &names);
	size_t i;

	if (r < 0)
		blame_set(b, errno, "layers", NULL, "%s", "");
	for (i = 0; i < names.len && r == 0; i++)
		if (strncmp(names.at[i], "new.", 4))
			r = list_layer(l, names.at[i], b);
	ids_free(&names);
	return r;
}

/* When the instance was checked last, or its layer was made. */
static int
checked(const struct cmd *c, const char *name, int64_t *when, struct blame *b)
{
	char at[STORE_NAME + 16];
	struct stat st;

	snprintf(at, sizeof(at), "ref/checked/%s", name);
	if (fstatat(c->store.dir, at, &st, AT_SYMLINK_NOFOLLOW) == 0)
		*when = st.st_mtime;
	else if (errno != ENOENT)
		return blame_set(b, errno, at, NULL, "%s", "");
	return 0;
}

/* Adds up the stack; *when gets when its top was made. */
static int
measure(const struct cmd *c, const struct ids *stack, struct row *row, struct blame *b)
{
	struct layer one;
	size_t i;
	int r = 0;

	for (i = 0; i < stack->len && r == 0; i++) {
		r = layer_get(&c->store, stack->at[i], &one, b);
		if (r == 0) {
			row->kib += one.size_kib > 0 ? one.size_kib : 0;
			row->when = one.made;
		}
		layer_free(&one);
	}
	return r;
}

static int
list_instance(struct list *l, const char *ref, struct blame *b)
{
	const char *slash = strchr(ref, '/');
	char depth[32];
	struct row row = { .text = { slash ? slash + 1 : ref, NULL, depth } };
	struct ids stack = { 0 };
	int r = stack_named(l->c, ref, &stack, b);

	snprintf(depth, sizeof(depth), "%zu", stack.len);
	if (r == 0) {
		row.text[1] = stack.at[stack.len - 1];
		r = measure(l->c, &stack, &row, b);
	}
	if (r == 0)
		r = checked(l->c, row.text[0], &row.when, b);
	if (r == 0 && (r = row_put(l, &row)) < 0)
		blame_set(b, errno, "ref", NULL, "%s", "");
	else if (r < 0 && passed_over(l->c, b))
		r = 0;
	ids_free(&stack);
	return r;
}

static int
list_instances(struct list *l, struct blame *b)
{
	struct ids refs = { 0 };
	int r = ref_names(&l->c->store, &refs);
	size_t i;

	if (r < 0)
		blame_set(b, errno, "ref", NULL, "%s", "");
	for (i = 0; i < refs.len && r == 0; i++)
		r = list_instance(l, refs.at[i], b);
	ids_free(&refs);
	return r;
}

static int
list_print(struct list *l)
{
	struct buf out = { 0 };
	int r;

	if (l->c->json)
		return buf_puts(&l->json, l->json.len ? "]\n" : "[]\n") < 0 ?
		    fail_sys(l->c, "layers") : print(&l->json);
	r = table_print(&l->table, &out, table_form(STDOUT_FILENO),
	    l->instances ? instance_heads : layer_heads);
	table_free(&l->table);
	return r < 0 ? fail_sys(l->c, "layers") : print(&out);
}

int
verb_list(struct cmd *c)
{
	struct list l = { .c = c, .keys = layer_keys };
	struct blame b;

	if (*c->arg && strcmp(*c->arg, "layers")) {
		l.instances = !strcmp(*c->arg, "instances");
		if (!l.instances)
			die(EX_USAGE, "%s: neither layers nor instances", *c->arg);
		l.keys = instance_keys;
	}
	table_begin(&l.table, l.instances ? 5 : 6);
	if ((l.instances ? list_instances : list_layers)(&l, &b) < 0) {
		table_free(&l.table);
		buf_free(&l.json);
		return fail(c, &b);
	}
	return list_print(&l);
}
