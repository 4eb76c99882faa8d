#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "place/place.h"
#include "http/list.h"

static int
bad(void)
{
	errno = EBADMSG;
	return -1;
}

/* A word that becomes an option of sbatch: what the server says is not believed to be one. */
static int
take_word(const struct buf *text, const char *key, char to[64])
{
	struct buf b = { 0 };
	int r = member_text(text, key, &b);

	if (r == 0 && (b.len >= 64 || *b.s == '-' || b.s[strspn(b.s, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-")]))
		r = bad();
	if (r == 0)
		snprintf(to, 64, "%s", b.s);
	buf_free(&b);
	return r;
}

static int
take_one(void *arg, const char *s, size_t len)
{
	struct wants *all = arg;
	struct want w = { .cancel_s = -1 };
	const struct { const char *key; int64_t *to; } of[] = {
		{ "task", &w.task }, { "attempt", &w.n }, { "cpus", &w.cpus },
		{ "memory_mib", &w.memory }, { "disk_mib", &w.disk }, { "time_s", &w.time },
		{ "wait_s", &w.wait_s }, { "cancel_s", &w.cancel_s },
	};
	struct buf text = { 0 };
	char state[64];
	size_t i;
	int r = buf_put(&text, s, len);

	for (i = 0; r == 0 && i < sizeof(of) / sizeof(*of); i++)
		r = member_number(&text, of[i].key, of[i].to);
	if (r == 0)
		r = take_word(&text, "state", state);
	w.running = r == 0 && !strcmp(state, "running");
	if (r == 0)
		r = take_word(&text, "arch", w.arch);
	if (r == 0)
		r = take_word(&text, "job", w.job);
	if (r == 0)
		r = member_text(&text, "avoid", &w.avoid);
	if (r == 0 && (w.task < 1 || w.n < 1))
		r = bad();
	if (r == 0)
		r = vec_push(all, w);
	if (r < 0)
		buf_free(&w.avoid);
	buf_free(&text);
	return r;
}

int
want_read(const struct buf *text, struct wants *w, int64_t *version, int *complete)
{
	struct buf b = { 0 };
	int r;

	r = member_text(text, "complete", &b);
	*complete = r == 0 && !strcmp(b.s, "true");
	if (r == 0)
		r = member_number(text, "version", version);
	if (r == 0)
		r = member_text(text, "tasks", &b);
	if (r == 0)
		r = list_each(b.s, take_one, w);
	buf_free(&b);
	return r;
}

void
want_free(struct wants *w)
{
	size_t i;

	for (i = 0; i < w->len; i++)
		buf_free(&w->at[i].avoid);
	vec_free(w);
}
