#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base64.h"
#include "err.h"
#include "file.h"
#include "proc.h"
#include "ship/attempt.h"
#include "http/http.h"
#include "http/list.h"
#include "http/wait.h"
#include "ship/worker.h"

enum { WAIT = 45, PAUSE_MS = 200 };

struct slot {
	char name[48];
	pid_t pid;
	int64_t again;		/* not before; after one that did not come to its end */
	struct backoff b;
};

struct loop {
	struct worker *w;
	const char *once;
	int asked;		/* for the one that was wanted */
	int lock;
	VEC(struct slot) slots;	/* attempts that are here, running or to be gone on with */
	struct backoff b;
	char said[512];		/* what was last said of the server */
	int code;
};

static int
is_attempt(const char *s)
{
	size_t n = strspn(s, "0123456789"), m;

	if (!n || n > 18 || s[n] != '.')
		return 0;
	m = strspn(s + n + 1, "0123456789");
	return m && m < 10 && !s[n + 1 + m];
}

/* The task of an attempt that has that name. */
static int64_t
task_of(const char *name)
{
	return strtoll(name, NULL, 10);
}

/* Nobody else works here at what: a task, or 0 for all that nobody named.  It is a byte of
 * one file: who was started for an attempt by Slurm is not the only one of the machine.
 * Returns 0, or -1 with errno set. */
static int
lock(struct loop *l, int64_t what, int type)
{
	struct flock range = { .l_type = (short)type, .l_whence = SEEK_SET, .l_start = what, .l_len = 1 };

	return fcntl(l->lock, F_OFD_SETLK, &range);
}

static void
lock_own(struct loop *l)
{
	struct worker *w = l->w;

	l->lock = openat(w->dir, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (l->lock < 0)
		die_sys(EX_CANTCREAT, "%s/work/lock", w->work_dir);
	if (lock(l, l->once && *l->once ? task_of(l->once) : 0, F_WRLCK) < 0)
		die(EX_TEMPFAIL, "another worker works in %s%s%s", w->work_dir, l->once && *l->once ?
		    " at " : "", l->once ? l->once : "");
}

/* Whether the lease says that Slurm placed it. */
static int
is_placed(struct worker *w, const char *name)
{
	struct buf text = { 0 }, engine = { 0 };
	char path[80];
	int r;

	snprintf(path, sizeof(path), "%s/lease", name);
	r = file_get(w->dir, path, HTTP_BODY, &text) == 0 &&
	    member_text(&text, "engine", &engine) == 0 && !strcmp(engine.s, "slurm");
	buf_free(&text);
	buf_free(&engine);
	return r;
}

/* Whether what a worker before us left is not ours to go on with.  What Slurm placed is
 * gone on with by nobody but a job of that name: Slurm starts another, and this is
 * removed. */
static int
is_foreign(struct loop *l, const char *name)
{
	int named = l->once && *l->once, held = named && task_of(name) == task_of(l->once), placed;

	if (named && !strcmp(l->once, name))
		return 0;
	if (!held && lock(l, task_of(name), F_WRLCK) < 0)	/* it runs */
		return 1;
	placed = is_placed(l->w, name);
	if (placed) {
		warn_msg("%s: Slurm ended it; it is removed", name);
		if (store_remove(l->w->dir, name) < 0)
			warn_sys("%s/work/%s", l->w->work_dir, name);
	}
	if (!held)
		lock(l, task_of(name), F_UNLCK);
	return placed || named;
}

static int
add(struct loop *l, const char *name)
{
	struct slot s = { .pid = 0 };

	snprintf(s.name, sizeof(s.name), "%.47s", name);
	return vec_push(&l->slots, s);
}

/* What a worker before us had.  One whose lease had not come to the disk is none. */
static void
take_up(struct loop *l)
{
	char **names, path[80];
	long n = store_names(&l->w->store, "work", &names), i;

	for (i = 0; i < n; i++) {
		if (!is_attempt(names[i]) || is_foreign(l, names[i]))
			continue;
		snprintf(path, sizeof(path), "%s/lease", names[i]);
		if (faccessat(l->w->dir, path, R_OK, AT_SYMLINK_NOFOLLOW) < 0) {
			if (store_remove(l->w->dir, names[i]) < 0)
				warn_sys("%s/work/%s", l->w->work_dir, names[i]);
			continue;
		}
		warn_msg("%s: taken up again", names[i]);
		if (add(l, names[i]) < 0)
			die_sys(EX_OSERR, "memory");
	}
	if (n > 0)
		store_names_free(names, n);
}

/* A process of its own, that ends with us: the same program with the same options. */
static void
start(struct loop *l, struct slot *s)
{
	static char verb[] = "attempt", self[] = "/proc/self/exe";
	int parent = getpid(), i;
	char *argv[WORKER_OPTIONS + 3];

	s->pid = fork();
	if (s->pid < 0) {
		s->pid = 0;
		s->again = wait_now() + backoff_ms(&s->b, 0);
		warn_sys("%s cannot be started", s->name);
	}
	if (s->pid)
		return;
	for (i = 0; i < l->w->options; i++)
		argv[i] = l->w->argv[i];
	argv[i++] = verb;
	argv[i++] = s->name;
	argv[i] = NULL;
	proc_signals_default();
	if (proc_die_with(parent) < 0)
		_exit(EX_OSERR);
	execv(self, argv);
	_exit(EX_OSERR);
}

/* Those that have ended; one that is not done is gone on with later. */
static void
reap(struct loop *l)
{
	char path[80];
	int status, code;
	size_t i;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < l->slots.len; i++) {
			struct slot *s = &l->slots.at[i];

			if (s->pid != pid)
				continue;
			code = proc_code(status);
			snprintf(path, sizeof(path), "%s/lease", s->name);
			if (faccessat(l->w->dir, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
				s->pid = 0;
				s->again = wait_now() + backoff_ms(&s->b, 0);
				if (code != EX_TEMPFAIL && !wait_stopped())
					warn_msg("%s: ended with code %d; it is gone on with", s->name, code);
			} else {
				l->code = code;
				l->slots.at[i] = l->slots.at[--l->slots.len];
			}
			break;
		}
}

static void
start_all(struct loop *l)
{
	int64_t running = 0;
	size_t i;

	for (i = 0; i < l->slots.len; i++)
		running += l->slots.at[i].pid != 0;
	for (i = 0; i < l->slots.len && running < l->w->slots; i++)
		if (!l->slots.at[i].pid && l->slots.at[i].again <= wait_now()) {
			start(l, &l->slots.at[i]);
			running++;
		}
}

/* Once it is on the disk we have it; the server gave it to us before. */
static void
keep(struct loop *l, const struct buf *text)
{
	char name[48], path[80];
	int fd = -1;

	if (task_name(text, name) < 0) {
		warn_msg("the server sent a lease that is none");
		return;
	}
	snprintf(path, sizeof(path), "%s/lease", name);
	if ((mkdirat(l->w->dir, name, 0700) < 0 && errno != EEXIST) ||
	    (fd = openat(l->w->dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) < 0 ||
	    fchmod(fd, 0700) < 0 || file_put(fd, "lease", text->s, text->len) < 0 ||
	    fsync(fd) < 0 || fsync(l->w->dir) < 0 || add(l, name) < 0)
		warn_sys("%s/work/%s cannot be made; the server gives it to another when its lease is over",
		    l->w->work_dir, name);
	else
		warn_msg("%s: taken", name);
	close_keep(fd);
}

/* The same is said once, not each time. */
static void
tell(struct loop *l, const char *text)
{
	if (*text && strcmp(l->said, text))
		warn_msg("%s: %s", l->w->url, text);
	snprintf(l->said, sizeof(l->said), "%s", text);
}

/* What only a person can put right ends the asking; what runs is seen to its end. */
static void
give_up(struct loop *l, const struct http_answer *a)
{
	warn_msg("%s: %s", l->w->url, a->why);
	l->asked = 1;
	l->code = http_code(a);
}

static void
ask(struct loop *l)
{
	struct words running = { 0 };
	struct buf text = { 0 };
	char url[4096];
	struct http_ask q = { .method = "POST", .url = url, .bearer = l->w->token,
	    .type = "application/json", .fd = -1, .wait = WAIT };
	struct http_answer a;
	size_t i;

	for (i = 0; i < l->slots.len; i++)
		if (vec_push(&running, l->slots.at[i].name) < 0)
			break;
	snprintf(url, sizeof(url), "%s/lease", l->w->url);
	if (worker_ask(l->w, l->once, &running, l->once || l->slots.len ? l->once ? 0 : 5 : WAIT,
	    &text) < 0)
		die_sys(EX_OSERR, "memory");
	q.text = text.s;
	q.len = text.len;
	http_do(&q, &a);
	if (a.status == 200 || a.status == 204) {
		l->b.tries = 0;
		tell(l, a.drain);
		if (a.status == 200)
			keep(l, &a.body);
		else if (l->once)
			l->code = EX_TEMPFAIL;
		l->asked = l->once != NULL;
		if (a.status == 204 && !l->once)
			wait_ms(a.after > 1 ? backoff_ms(&(struct backoff){ 0 }, a.after) : PAUSE_MS);
	} else if (a.status == 409 && l->once) {	/* another has it, or it is over */
		note("%s", a.why);
		l->asked = 1;
	} else if (http_passes(&a)) {
		if (!wait_stopped()) {
			tell(l, a.why);
			wait_ms(backoff_ms(&l->b, a.after));
		}
	} else {
		give_up(l, &a);
	}
	http_free(&a);
	buf_free(&text);
	vec_free(&running);
}

/* The server learns our key, which only we can change then. */
static void
tell_key(struct worker *w)
{
	unsigned char key[SIGN_KEY];
	struct buf text = { 0 };
	char url[4096];
	struct http_ask q = { .method = "PUT", .url = url, .bearer = w->token, .type = "text/plain",
	    .fd = -1 };
	struct http_answer a = { 0 };
	struct backoff b = { 0 };

	if (sign_public(w->secret, key) < 0 || base64_put(&text, key, sizeof(key)) < 0)
		die_sys(EX_UNAVAILABLE, "key %s", w->key_file);
	snprintf(url, sizeof(url), "%s/builder/%s/key", w->url, w->name);
	q.text = text.s;
	q.len = text.len;
	while (http_do(&q, &a), http_passes(&a) && !wait_stopped()) {
		if (!b.tries)
			warn_msg("%s: %s", w->url, a.why);
		wait_ms(backoff_ms(&b, a.after));
		http_free(&a);
	}
	if (a.status == 409)
		die(EX_CONFIG, "%s knows another key for the worker %s than %s; bring that one back, or "
		    "have an admin put the new one", w->url, w->name, w->key_file);
	if (a.status && a.status / 100 != 2)
		die(http_code(&a), "%s: worker %s: %s", w->url, w->name, a.why);
	http_free(&a);
	buf_free(&text);
}

static void
end_all(struct loop *l)
{
	size_t i, left;

	do {
		reap(l);
		for (i = left = 0; i < l->slots.len; i++)
			if (l->slots.at[i].pid) {
				kill(l->slots.at[i].pid, SIGTERM);
				left++;
			}
		if (left)
			usleep(PAUSE_MS * 1000);
	} while (left);
}

int
worker_run(struct worker *w, const char *once)
{
	struct loop l = { .w = w, .once = once };

	if (once && *once && !is_attempt(once))
		die(EX_USAGE, "%s: an attempt is ID.N", once);
	lock_own(&l);
	tell_key(w);
	take_up(&l);
	while (!wait_stopped()) {
		reap(&l);
		start_all(&l);
		if (!l.asked && (int64_t)l.slots.len < w->slots)
			ask(&l);
		else if (l.asked && !l.slots.len)
			break;
		else
			wait_ms(PAUSE_MS);
	}
	end_all(&l);
	vec_free(&l.slots);
	return wait_stopped() ? 128 + wait_stopped() : l.code;
}
