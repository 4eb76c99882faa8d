/* libFuzzer's entry to the evaluator: one text, read in every way that
 * aoinb-spec reads one.  Beside what the sanitizers see, it holds that
 *   - what is a spec, leniently read, is the same without a report;
 *   - what is printed for a shell evaluates to what was printed;
 *   - a table of sources has six fields a line, and names that stay in their
 *     directory, whatever the spec says;
 *   - so many fields has the line of a package.
 *
 * What a run found and the kept corpus does not reach is kept by a merge:
 *   build/fuzz/spec -set_cover_merge=1 -use_counters=0 -max_len=1000 \
 *       tests/fuzz/corpus build/fuzz/corpus
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "eval/arch.h"
#include "eval/edit.h"
#include "eval/eval.h"
#include "eval/package.h"
#include "eval/show.h"
#include "eval/sources.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As aoinb-spec does, one evaluator serves all texts. */
static struct eval e;
static struct package package;
static unsigned reports;

static void
must(int holds)
{
	if (!holds)
		abort();
}

static void
report(void *arg, size_t line, const char *what)
{
	(void)arg;
	must(line > 0 && *what);
	reports++;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	must(setlocale(LC_CTYPE, "C.UTF-8") && eval_init(&e) == 0);
	e.report = report;
	must(package_init(&package, "amd64") == 0);
	package.dir = "category/name";
	package.part = ".";
	return 0;
}

/* Evaluates a copy that has no byte to spare. */
static int
evaluate(const void *text, size_t len, int lenient)
{
	char *copy = malloc(len + 1);
	int got;

	must(copy != NULL);
	if (len)
		memcpy(copy, text, len);
	vars_reset(&e.vars);
	e.lenient = lenient;
	reports = 0;
	got = eval_text(&e, copy, len);
	must(got == 0 ? lenient || !reports : reports > 0);
	free(copy);
	return got;
}

static struct buf
shown(enum show_form form)
{
	struct buf out = { 0 };

	must(show_vars(&out, &e.vars, "file", form) == 0);
	return out;
}

static int
same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && (!a->len || !memcmp(a->s, b->s, a->len));
}

/* Whether s is a line of the table; *s moves behind it. */
static int
is_row(const char **s, const char *end)
{
	const char *field[6], *p = *s;
	int n = 0;

	for (field[n++] = p; p < end && *p != '\n'; p++)
		if (*p == '\t' && n < 6)
			field[n++] = p + 1;
		else if ((unsigned char)*p <= ' ' || *p == 0x7f)
			return 0;
	*s = p + 1;
	return n == 6 && p < end && field[3][0] != '/' &&
	    strncmp(field[3], "..\t", 3) && strncmp(field[3], ".\t", 2) &&
	    !memchr(field[3], '/', (size_t)(field[4] - field[3]));
}

static void
table(int digests)
{
	struct sources x = { .no_digests = !digests,
	    .package = digests ? "package" : NULL };
	struct buf out = { 0 };
	const char *s;
	char text[512] = "";
	struct why why = { .s = text, .room = sizeof(text) };

	if (sources_table(&out, &e.vars, &x, &why) < 0)
		must(*text && !out.len);
	for (s = out.s; s && s < out.s + out.len; )
		must(is_row(&s, out.s + out.len));
	buf_free(&out);
}

static void
digests_into(const char *text, size_t len)
{
	static const struct edit edits[] = {
		{ "CHKSUMS", "SKIP md5::0123456789abcdef0123456789abcdef" },
		{ "CHKSUMS__AMD64", "SKIP" },
	};
	char *copy = malloc(len + 1), reason[512] = "";
	struct why why = { .s = reason, .room = sizeof(reason) };
	struct buf out = { 0 };

	must(copy != NULL);
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (edit_text(&out, (struct span){ copy, len }, edits,
	    vars_get(&e.vars, "SRCS__AMD64") ? 2 : 1, 1, &why) < 0)
		must(*reason);
	buf_free(&out);
	free(copy);
}

/* What is printed for a shell, read again. */
static void
round_trip(const struct buf *records)
{
	struct buf script = shown(SHOW_SHELL), again;

	/* CRs at line ends are taken out of every text, even where quoted. */
	if (script.len && script.len <= EVAL_FILE &&
	    !memchr(script.s, '\r', script.len)) {
		must(evaluate(script.s, script.len, 0) == 0);
		again = shown(SHOW_RECORDS);
		must(same(records, &again));
		buf_free(&again);
	}
	buf_free(&script);
}

static void
as_spec(const void *text, size_t len)
{
	struct buf strict, lenient;

	if (evaluate(text, len, 0) < 0)
		return;
	if (vars_get(&e.vars, "SRCS"))
		digests_into(text, len);
	strict = shown(SHOW_RECORDS);
	evaluate(text, len, 1);
	must(!reports);
	lenient = shown(SHOW_RECORDS);
	must(same(&strict, &lenient));
	buf_free(&lenient);
	round_trip(&strict);
	buf_free(&strict);

	if (arch_resolve(&e.vars, "amd64", KIND_SPEC) == 0) {
		table(1);
		table(0);
	}
}

static void
as_defines(const void *text, size_t len)
{
	struct buf out;

	evaluate(text, len, 1);
	arch_resolve(&e.vars, "i486", KIND_DEFINES);
	out = shown(SHOW_JSON);
	must(out.len && out.s[out.len - 1] == '\n');
	buf_free(&out);
}

/* A copy with room for the NUL. */
static char *
copied(const void *text, size_t len)
{
	char *copy = malloc(len + 1);

	must(copy != NULL);
	if (len)
		memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

/* Lines of nine fields, or of four when the third is "!". */
static void
package_fields(void)
{
	const struct buf *out = &package.out;
	const char *s, *third = NULL;
	size_t tabs = 0;

	must(!package.failed);
	for (s = out->s; s && s < out->s + out->len; s++) {
		if (*s == '\t' && ++tabs == 2)
			third = s + 1;
		if (*s != '\n')
			continue;
		must(third && tabs == (strncmp(third, "!\t", 2) ? 8 : 3));
		tabs = 0;
		third = NULL;
	}
	must(tabs == 0);
}

static void
as_package(const void *text, size_t len)
{
	char ver[] = "VER=1 __A=b\n", name[] = "PKGNAME=a PKGDEP=$__A\n";
	char *copy = copied(text, len);

	package.out.len = 0;
	package.file = "spec";
	if (package_spec(&package, copy, len) == 0)
		package_defines(&package, name, strlen(name));
	free(copy);
	must(package_spec(&package, ver, strlen(ver)) == 0);
	copy = copied(text, len);
	package_defines(&package, copy, len);
	free(copy);
	package_fields();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	as_spec(data, size);
	as_defines(data, size);
	as_package(data, size);
	return 0;
}
