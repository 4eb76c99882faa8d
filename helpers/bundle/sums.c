#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle/spec.h"
#include "bundle/word.h"
#include "digest.h"
#include "err.h"
#include "eval/output.h"
#include "file.h"
#include "vec.h"

/* The lists of a spec, by their suffixes: "-" is the one without, "AMD64" the one of
 * SRCS__AMD64.  Each has a folder list.SUFFIX, so that a table can be fetched for it. */
struct lists { VEC(char *); };

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
add(struct lists *l, const char *suffix)
{
	size_t i;

	for (i = 0; i < l->len; i++)
		if (!strcmp(l->at[i], suffix))
			return;
	sure(vec_push(l, strdup(suffix)));
	sure(l->at[l->len - 1] ? 0 : -1);
}

static void
lists_of(struct lists *l, const struct spec *s)
{
	const struct var *v;

	for (v = s->eval.vars.v; v < s->eval.vars.v + s->eval.vars.n; v++) {
		if (!v->own || !v->value)
			continue;
		if (!strcmp(v->name, "SRCS") || !strcmp(v->name, "SRCTBL"))
			add(l, "-");
		else if (!strncmp(v->name, "SRCS__", 6) && !strchr(v->name, '/'))
			add(l, v->name + 6);
		else if (!strncmp(v->name, "CHKSUMS__", 9))
			add(l, v->name + 9);
	}
	if (l->len)
		qsort(l->at, l->len, sizeof(*l->at), by_text);
}

static void
lists_free(struct lists *l)
{
	size_t i;

	for (i = 0; i < l->len; i++)
		free(l->at[i]);
	vec_free(l);
}

/* Where the digests of a list belong. */
static void
variable_of(const struct spec *s, const char *suffix, char name[256])
{
	if (strcmp(suffix, "-"))
		snprintf(name, 256, "CHKSUMS__%s", suffix);
	else
		strcpy(name, vars_get(&s->eval.vars, "SRCS") ? "CHKSUMS" : "CHKSUM");
}

/* The table of a list, for its architecture.  Returns 0, or an exit code. */
static int
table_of(struct spec *s, const char *suffix, struct buf *table)
{
	char text[512], arch[256];
	struct why why = { .s = text, .room = sizeof(text) };
	size_t line, i;

	for (i = 0; suffix[i] && i < sizeof(arch) - 1; i++)
		arch[i] = (char)tolower((unsigned char)suffix[i]);
	arch[i] = '\0';
	*text = '\0';
	if (spec_table(s, strcmp(suffix, "-") ? arch : NULL, 0, table, &why, &line) == 0)
		return 0;
	if (line)
		warn_msg("%s:%zu: %s", s->path, line, text);
	else if (*text)
		warn_msg("%s: %s", s->path, text);
	return EX_DATAERR;
}

/* Whether the row is of one file: its second field says so. */
static int
is_file(const char *row)
{
	const char *type = strchr(row, '\t');

	return type && (!strncmp(type, "\ttarball\t", 9) || !strncmp(type, "\tfile\t", 6) ||
	    !strncmp(type, "\tpypi\t", 6));
}

static void
write_list(const char *folder, const char *suffix, const struct buf *table)
{
	struct buf want = { 0 };
	char *path, *line, *end;

	for (line = table->s; line && *line; line = end) {
		end = strchr(line, '\n') + 1;
		if (is_file(line))
			sure(buf_put(&want, line, (size_t)(end - line)));
	}
	sure(asprintf(&path, "%s/list.%s", folder, suffix));
	if (mkdir(path, 0755) < 0)
		die_sys(EX_CANTCREAT, "%s", path);
	free(path);
	sure(asprintf(&path, "%s/list.%s/sources.want", folder, suffix));
	if (file_replace(path, want.len ? want.s : "", want.len) < 0)
		die_sys(err_code(errno), "%s", path);
	free(path);
	buf_free(&want);
}

int
word_want(struct args *a)
{
	struct lists l = { 0 };
	struct spec s;
	struct buf table = { 0 };
	size_t i;
	int code = spec_read(&s, a->operand[0]);

	if (code == 0)
		lists_of(&l, &s);
	if (code == 0 && !l.len) {
		warn_msg("%s: names no sources that have digests", s.path);
		code = EX_DATAERR;
	}
	for (i = 0; i < l.len && code == 0; i++) {
		table.len = 0;
		code = table_of(&s, l.at[i], &table);
		if (code == 0 && !table.len) {
			warn_msg("%s: has no sources, says DUMMYSRC", s.path);
			code = EX_DATAERR;
		}
		if (code == 0)
			write_list(a->operand[1], l.at[i], &table);
	}
	buf_free(&table);
	lists_free(&l);
	spec_free(&s);
	return code;
}

/* The field of a row, counted from 0; NULL when it has not as many. */
static const char *
field(const char *row, int n, size_t *len)
{
	while (n-- > 0) {
		row += strcspn(row, "\t\n");
		if (*row++ != '\t')
			return NULL;
	}
	*len = strcspn(row, "\t\n");
	return row;
}

/* The row of the same source in what was fetched. */
static const char *
fetched_row(const char *sources, const char *row)
{
	size_t n = strcspn(row, "\t") + 1;

	while (sources && *sources && strncmp(sources, row, n)) {
		sources = strchr(sources, '\n');
		sources = sources ? sources + 1 : NULL;
	}
	return sources && *sources ? sources : NULL;
}

/* The digest of a file of the cache by another algorithm; imports gets a line, so that
 * the cache can find it by that, too. */
static void
other_digest(struct args *a, const char *path, size_t len, const struct algo *algo,
    struct buf *words, struct buf *imports)
{
	struct digest *d = digest_new(algo);
	char hex[DIGEST_HEX], *at;
	int fd;

	sure(asprintf(&at, "%s/%.*s", a->cache, (int)len, path));
	fd = open(at, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (!d)
		die(EX_UNAVAILABLE, "%s: OpenSSL has no such digest here", algo->name);
	if (fd < 0 || digest_fd(d, fd, -1) < 0 || digest_hex(d, hex) < 0)
		die_sys(EX_IOERR, "%s", at);
	close(fd);
	digest_free(d);
	sure(buf_printf(words, "%s::%s", algo->name, hex));
	sure(buf_printf(imports, "%s\t%s\n", algo->name, at));
	free(at);
}

/* The digest that the table has; imports gets a line where the cache knows the file by its
 * URL only. */
static void
same_digest(struct args *a, const char *digest, size_t len, const char *path, size_t path_len,
    const struct algo *algo, struct buf *words, struct buf *imports)
{
	size_t skip = strlen(algo->name) + 2;
	char *at;

	sure(buf_put(words, digest, len));
	sure(asprintf(&at, "%s/%s/%.*s", a->cache, algo->name, (int)(len - skip), digest + skip));
	if (access(at, F_OK) < 0)
		sure(buf_printf(imports, "%s\t%s/%.*s\n", algo->name, a->cache, (int)path_len, path));
	free(at);
}

/* Adds the word for a row: an entry keeps its algorithm, the default is sha256. */
static void
add_word(struct args *a, const char *row, const char *was, size_t was_len, struct buf *words,
    struct buf *imports)
{
	const char *colons = memmem(was, was_len, "::", 2), *digest, *path;
	const struct algo *algo = colons ? digest_algo(was, (size_t)(colons - was)) : NULL;
	size_t len, path_len;

	sure(words->len ? buf_putc(words, ' ') : 0);
	if (!row) {
		sure(buf_puts(words, "SKIP"));
		return;
	}
	if (!algo)
		algo = digest_algo("sha256", 6);
	digest = field(row, 2, &len);
	path = field(row, 6, &path_len);
	if (!digest || !path || !strncmp(path, "-", path_len))
		die(EX_SOFTWARE, "a row of what was fetched is damaged");
	if (len > strlen(algo->name) + 2 && !strncmp(digest, algo->name, strlen(algo->name)) &&
	    digest[strlen(algo->name)] == ':')
		same_digest(a, digest, len, path, path_len, algo, words, imports);
	else
		other_digest(a, path, path_len, algo, words, imports);
}

static void
read_sources(const char *folder, const char *suffix, struct buf *sources)
{
	char *path;

	sure(asprintf(&path, "%s/list.%s/sources", folder, suffix));
	if (file_get(AT_FDCWD, path, 64 << 20, sources) < 0)
		die_sys(err_code(errno), "%s", path);
	free(path);
}

/* The digests of a list, one a source.  Returns 0, or an exit code. */
static int
list_words(struct args *a, struct spec *s, const char *suffix, const char *variable,
    struct buf *words, struct buf *imports)
{
	struct buf table = { 0 }, sources = { 0 };
	const char *was = vars_get(&s->eval.vars, variable), *line, *row;
	int code = table_of(s, suffix, &table);
	size_t n;

	was = was ? was : "";
	if (code == 0)
		read_sources(a->operand[1], suffix, &sources);
	for (line = table.s; code == 0 && line && *line; line = strchr(line, '\n') + 1) {
		was += strspn(was, " \t\n\r");
		n = strcspn(was, " \t\n\r");
		row = is_file(line) ? fetched_row(sources.s, line) : NULL;
		if (is_file(line) && !row)
			die(EX_SOFTWARE, "%s: a source was not fetched", s->path);
		add_word(a, row, was, n, words, imports);
		was += n;
	}
	buf_free(&table);
	buf_free(&sources);
	return code;
}

int
word_sums(struct args *a)
{
	struct buf *words, out = { 0 }, imports = { 0 };
	char (*name)[256], *path;
	struct edit *edits;
	struct lists l = { 0 };
	struct spec s;
	size_t i;
	int code = spec_read(&s, a->operand[0]);

	if (!a->cache)
		die(EX_USAGE, "sums wants --cache=DIR");
	if (code == 0)
		lists_of(&l, &s);
	words = calloc(l.len + 1, sizeof(*words));
	name = calloc(l.len + 1, sizeof(*name));
	edits = calloc(l.len + 1, sizeof(*edits));
	sure(words && name && edits ? 0 : -1);
	for (i = 0; i < l.len && code == 0; i++) {
		variable_of(&s, l.at[i], name[i]);
		code = list_words(a, &s, l.at[i], name[i], &words[i], &imports);
		edits[i] = (struct edit){ name[i], words[i].s ? words[i].s : "" };
		sure(buf_printf(&out, "%s=\"%s\"\n", name[i], edits[i].words));
	}
	sure(asprintf(&path, "%s/imports", a->operand[1]));
	if (code == 0 && file_replace(path, imports.len ? imports.s : "", imports.len) < 0)
		die_sys(err_code(errno), "%s", path);
	if (code == 0)
		output_flush(&out, 1);
	if (code == 0 && a->write)
		code = spec_edit(&s, edits, l.len, 1);
	for (i = 0; i < l.len; i++)
		buf_free(&words[i]);
	free(words);
	free(name);
	free(edits);
	free(path);
	buf_free(&out);
	buf_free(&imports);
	lists_free(&l);
	spec_free(&s);
	return code;
}
