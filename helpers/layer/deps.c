#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "digest.h"
#include "err.h"
#include "file.h"
#include "layer/cmd.h"
#include "layer/stanza.h"

enum { ANSWER_MOST = 16 << 20 };	/* bytes that a container may have written */

/* What a job wants installed. */
struct ask {
	int job;			/* its folder */
	char id[STORE_NAME];
	char top[STORE_NAME];		/* the instance's layer that it stands on */
	struct buf wanted, without;	/* of JOB/without: a newline, and then sorted */
	char memo[3 * STORE_NAME];	/* where the answer is remembered */
};

static int
ask_fail(struct cmd *c, const struct ask *a, const char *file)
{
	char at[2 * STORE_NAME];

	snprintf(at, sizeof(at), "jobs/%s/%.64s", a->id, file);
	return fail_sys(c, at);
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Adds a newline and the lines of text, sorted, to b; nothing when there are none. */
static int
add_sorted(struct buf *b, char *text)
{
	VEC(char *) lines = { 0 };
	char *line, *rest;
	size_t i;
	int r = 0;

	for (line = strtok_r(text, "\n", &rest); line && r == 0;
	    line = strtok_r(NULL, "\n", &rest))
		r = vec_push(&lines, line);
	if (r == 0 && lines.len) {
		qsort(lines.at, lines.len, sizeof(*lines.at), by_bytes);
		r = buf_putc(b, '\n');
	}
	for (i = 0; i < lines.len && r == 0; i++)
		r = buf_printf(b, "%s\n", lines.at[i]);
	vec_free(&lines);
	return r;
}

static int
read_wanted(struct cmd *c, struct ask *a)
{
	struct buf text = { 0 };
	int code = 0;

	if (file_get(a->job, "wanted", STORE_TEXT, &a->wanted) < 0)
		return ask_fail(c, a, "wanted");
	if (file_get(a->job, "without", STORE_TEXT, &text) == 0) {
		if (text.len && add_sorted(&a->without, text.s) < 0)
			code = ask_fail(c, a, "without");
	} else if (errno != ENOENT) {
		code = ask_fail(c, a, "without");
	}
	buf_free(&text);
	return code;
}

/* The name of the memo: what is wanted, and what is done without. */
static int
name_memo(struct ask *a)
{
	struct digest *d = digest_new(digest_algo("sha256", 6));
	char hex[DIGEST_HEX];
	int r = -1;

	if (d && digest_add(d, a->wanted.s, a->wanted.len) == 0 &&
	    digest_add(d, a->without.s, a->without.len) == 0)
		r = digest_hex(d, hex);
	if (r == 0)
		snprintf(a->memo, sizeof(a->memo), "cache/deps/%s/memo.%s", a->top, hex);
	digest_free(d);
	return r;
}

/* Opens the job, and reads what it stands on.  Returns 0, or an exit code. */
static int
ask_open(struct cmd *c, struct ask *a)
{
	struct ids stack = { 0 };
	struct blame b;
	int code = 0;

	*a = (struct ask){ .job = -1 };
	a->job = folder_open(&c->store, c->arg[0], "jobs", a->id, &b);
	if (a->job < 0 || deps_stack(a->job, a->id, &stack, &b) < 0)
		code = fail(c, &b);
	else
		snprintf(a->top, sizeof(a->top), "%s", stack.at[stack.len - 1]);
	ids_free(&stack);
	return code;
}

static void
ask_close(struct ask *a)
{
	close_keep(a->job);
	buf_free(&a->wanted);
	buf_free(&a->without);
}

/* Stands on layer, "-" for none.  Returns 0, 1 when that serves nobody any more, or
 * another exit code. */
static int
stand(struct cmd *c, struct ask *a, const char *layer, const char *state)
{
	int lock = lock_layers(c, LOCK_SHARED), code = 0;
	struct blame b;

	if (lock < 0)
		return err_code(errno);
	if (deps_put(&c->store, a->job, a->id, layer, state, &b) < 0) {
		if (errno == EBADMSG)
			fail_name(c, &b);
		code = errno == EBADMSG || errno == ENOENT ? EX_NO : fail(c, &b);
	}
	lock_drop(lock);
	return code;
}

static const char *
state_ok(const char *state)
{
	if (state && strcmp(state, "done") && strcmp(state, "partly"))
		die(EX_USAGE, "%s: neither done nor partly", state);
	return state;
}

/* Whether the memo still holds: 0, 1, or another exit code.  Its first line is
 * "LAYER DIGEST", then come names. */
static int
check_memo(struct cmd *c, struct buf *memo, char layer[STORE_NAME])
{
	char was[DIGEST_HEX], now[DIGEST_HEX];
	struct words names = { 0 };
	const char *eol = memo->len ? strchr(memo->s, '\n') : NULL;
	int code = 0;

	if (!eol || sscanf(memo->s, "%255s %128s", layer, was) != 2)
		return EX_NO;
	if (words_add(&names, eol + 1) < 0) {
		code = fail_sys(c, "cache/deps");
	} else {
		words_sort(&names);
		if (stanza_digest(c->index, &names, now) < 0) {
			warn_sys("%s", c->index ? c->index : "digest");
			code = err_code(errno);
		}
	}
	vec_free(&names);
	return code ? code : strcmp(was, now) ? EX_NO : 0;
}

int
verb_recall(struct cmd *c)
{
	const char *state = state_ok(c->arg[1]);
	struct buf memo = { 0 };
	char layer[STORE_NAME] = "-";
	struct ask a;
	int code = ask_open(c, &a);

	if (!code)
		code = read_wanted(c, &a);
	if (!code && a.wanted.len) {
		if (name_memo(&a) < 0)
			code = ask_fail(c, &a, "wanted");
		else if (file_get(c->store.dir, a.memo, ANSWER_MOST, &memo) < 0)
			code = errno == ENOENT ? EX_NO : fail_sys(c, a.memo);
		else
			code = check_memo(c, &memo, layer);
	}
	if (!code)
		code = stand(c, &a, layer, state);
	buf_free(&memo);
	ask_close(&a);
	return code;
}

int
verb_find(struct cmd *c)
{
	const char *key = c->arg[1], *state = state_ok(c->arg[2]);
	char layer[STORE_NAME] = "-";
	struct blame b;
	struct ask a;
	int code = ask_open(c, &a);

	if (!code && strcmp(key, "-") && deps_find(&c->store, key, layer, &b) < 0)
		code = errno == ENOENT ? EX_NO : fail(c, &b);
	if (!code)
		code = stand(c, &a, layer, state);
	ask_close(&a);
	return code;
}

int
verb_put(struct cmd *c)
{
	const char *layer = c->arg[1], *state = state_ok(c->arg[2]);
	struct ask a;
	int code = ask_open(c, &a);

	if (!code && (code = stand(c, &a, layer, state)) == EX_NO) {
		warn_msg("job %s: cannot stand on the layer %s", a.id, layer);
		code = EX_NOINPUT;
	}
	ask_close(&a);
	return code;
}

/* What stands for apt's answer: the instance and the set of packages, or "-" when
 * there is nothing to install. */
int
verb_key(struct cmd *c)
{
	struct buf set = { 0 }, out = { 0 };
	char hex[DIGEST_HEX] = "-";
	struct digest *d = NULL;
	struct ask a;
	int code = ask_open(c, &a), r = 0;

	if (!code && file_get(a.job, "resolve/output/set", ANSWER_MOST, &set) < 0) {
		warn_sys("%s: apt's answer is missing; the log is %s/jobs/%s/deps.log", a.id,
		    c->store.path, a.id);
		code = EX_SOFTWARE;
	}
	if (!code && set.len) {
		d = digest_new(digest_algo("sha256", 6));
		r = d && digest_add(d, a.top, strlen(a.top)) == 0 &&
		    digest_add(d, "\n", 1) == 0 && digest_add(d, set.s, set.len) == 0 ?
		    digest_hex(d, hex) : -1;
		digest_free(d);
	}
	if (!code && (r < 0 || buf_printf(&out, "%s\n", hex) < 0))
		code = ask_fail(c, &a, "resolve/output/set");
	if (!code)
		code = print(&out);
	buf_free(&set);
	ask_close(&a);
	return code;
}

/* Each alternative of each word, a line each, without its version. */
static int
add_wanted(struct buf *b, const char *words)
{
	size_t n;

	while (words && *words) {
		n = strcspn(words, "|\n");
		if (buf_put(b, words, strcspn(words, ":<>=|\n")) < 0 || buf_putc(b, '\n') < 0)
			return -1;
		words += n + (words[n] != '\0');
	}
	return 0;
}

/* The lines of text that are names of packages: a container wrote them. */
static int
add_names(struct buf *b, const char *text)
{
	static const char alnum[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789+.-";
	size_t n;

	for (; *text; text += n + (text[n] != '\0')) {
		n = strcspn(text, "\n");
		if (n && !strchr("+.-", *text) && strspn(text, alnum) == n &&
		    buf_put(b, text, n + (text[n] == '\n')) < 0)
			return -1;
		if (n && text[n] == '\0' && buf_putc(b, '\n') < 0)
			return -1;
	}
	return 0;
}

/* The names that the answer hangs on.  Returns 0, or an exit code. */
static int
collect(struct cmd *c, struct ask *a, struct buf *names)
{
	struct buf text = { 0 };
	int code = 0;

	if (file_get(a->job, "resolve/output/names", ANSWER_MOST, &text) < 0 &&
	    errno != ENOENT) {
		ask_fail(c, a, "resolve/output/names");
		return errno == EFBIG || errno == EINVAL ? EX_DATAERR : err_code(errno);
	}
	if (add_wanted(names, a->wanted.s) < 0 ||
	    (a->without.len && add_wanted(names, a->without.s + 1) < 0) ||
	    (text.s && add_names(names, text.s) < 0))
		code = ask_fail(c, a, "resolve/output/names");
	buf_free(&text);
	return code;
}

/* Gc waits, as it removes the memos of instances that are no more. */
static int
write_memo(struct cmd *c, struct ask *a, const char *layer, const struct buf *names)
{
	char digest[DIGEST_HEX], at[2 * STORE_NAME];
	struct buf text = { 0 };
	struct words w = { 0 };
	int code = 0, lock;

	if (words_add(&w, names->s ? names->s : "") < 0)
		return fail_sys(c, a->memo);
	words_sort(&w);
	if (stanza_digest(c->index, &w, digest) < 0) {
		warn_sys("%s", c->index ? c->index : "digest");
		code = err_code(errno);
	}
	vec_free(&w);
	lock = code ? -1 : lock_layers(c, LOCK_SHARED);
	if (lock < 0)
		return code ? code : err_code(errno);
	snprintf(at, sizeof(at), "cache/deps/%s", a->top);
	if (store_mkdir(&c->store, at) < 0 ||
	    buf_printf(&text, "%s %s\n", layer, digest) < 0 ||
	    (names->len && buf_put(&text, names->s, names->len) < 0) ||
	    file_put(c->store.dir, a->memo, text.s, text.len) < 0)
		code = fail_sys(c, a->memo);
	lock_drop(lock);
	buf_free(&text);
	return code;
}

int
verb_remember(struct cmd *c)
{
	const char *layer = c->arg[1];
	struct buf names = { 0 };
	struct ask a;
	int code;

	if (strcmp(layer, "-") && !store_name_ok(layer))
		die(EX_USAGE, "%s: not a layer", layer);
	code = ask_open(c, &a);
	if (!code)
		code = read_wanted(c, &a);
	if (!code && name_memo(&a) < 0)
		code = ask_fail(c, &a, "wanted");
	if (!code)
		code = collect(c, &a, &names);
	if (!code)
		code = write_memo(c, &a, layer, &names);
	buf_free(&names);
	ask_close(&a);
	return code;
}
