#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "err.h"
#include "job/args.h"
#include "opt.h"
#include "vec.h"

/* A job whose workspace may go. */
struct kept {
	char id[STORE_NAME];
	int64_t ended, kib;	/* since 1970, and with the rest of its folder */
};

struct kepts { VEC(struct kept); };

/* Whether it is of a build that failed, and of no other: what somebody asked for by
 * --keep, or made in a session, stays until he removes it. */
static int
is_failed(const struct job_state *state)
{
	static const char *const others[] = { "ok", "session", "unfinished", "stopped", "error",
		"running", "killed", "damaged" };
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (!strcmp(state->verdict, others[i]))
			return 0;
	return state->kept;
}

static int
older(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	return x->ended != y->ended ? (x->ended > y->ended) - (x->ended < y->ended) :
	    strcmp(x->id, y->id);
}

/* Adds up what they take. */
static int64_t
collect(struct args *a, struct kepts *all)
{
	struct job_state state;
	struct kept one;
	char **ids;
	long n = store_names(&a->store, "jobs", &ids), i;
	int64_t sum = 0;

	if (n < 0)
		die_sys(err_code(errno), "%s/jobs", a->work_dir);
	for (i = 0; i < n; i++) {
		if (job_state(&a->store, ids[i], &state) < 0 || !is_failed(&state))
			continue;
		snprintf(one.id, sizeof(one.id), "%s", ids[i]);
		one.ended = state.ended;
		one.kib = state.size_kib < 0 ? 0 : state.size_kib;
		sum += one.kib;
		sure(vec_push(all, one));
	}
	store_names_free(ids, n);
	if (all->len)
		qsort(all->at, all->len, sizeof(*all->at), older);
	return sum;
}

/* Returns an exit code, having said why.  What somebody uses just now stays. */
static int
drop(struct args *a, const struct kept *k)
{
	char path[JOB_PATH];
	int lock, r;

	if (opt_dry) {
		printf("%s/jobs/%s/upper\n", a->work_dir, k->id);
		return 0;
	}
	lock = lock_take(&a->store, "job", k->id, LOCK_NOW, NULL);
	if (lock < 0 && errno == EWOULDBLOCK)
		return 0;
	snprintf(path, sizeof(path), "jobs/%s", k->id);
	r = lock < 0 ? -1 : job_drop(&a->store, path);
	if (r < 0)
		warn_sys("job %s: its workspace cannot be removed", k->id);
	else
		note("job %s: its workspace goes, as [clean] max_age or max_size says", k->id);
	r = r < 0 ? err_code(errno) : 0;
	lock_drop(lock);
	return r;
}

int
verb_trim(struct args *a)
{
	struct kepts all = { 0 };
	int64_t sum, now = (int64_t)time(NULL);
	int code = 0, old;
	size_t i;

	if (a->store.dir < 0)
		return 0;
	sum = collect(a, &all);
	for (i = 0; i < all.len && !code; i++) {
		old = a->max_age && all.at[i].ended >= 0 && now - all.at[i].ended > a->max_age;
		if (!old && (!a->max_kib || sum <= a->max_kib))
			continue;
		code = drop(a, &all.at[i]);
		sum -= all.at[i].kib;
	}
	vec_free(&all);
	if (!opt_dry && store_trash_empty(&a->store) < 0 && !code) {
		warn_sys("%s/trash", a->work_dir);
		code = err_code(errno);
	}
	return code;
}
