#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "ship/attempt.h"
#include "http/get.h"

/* What a bundle may unpack to; a copy of it for a job is held to the same. */
#define UNPACKED "--max-size=1G"
#define ENTRIES "--max-entries=262144"

enum stage { GO_ON, REFUSED, LATER };

static int
has(const struct attempt *a, const char *name)
{
	return faccessat(a->folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The attempt has failed before there was a build. */
static enum stage fail(struct end *e, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static enum stage
fail(struct end *e, int code, const char *fmt, ...)
{
	va_list ap;

	*e = (struct end){ .code = code };
	strcpy(e->verdict, code == EX_DATAERR ? "failed" : "error");
	va_start(ap, fmt);
	vsnprintf(e->why, sizeof(e->why), fmt, ap);
	va_end(ap);
	return REFUSED;
}

static enum stage
get_bundle(struct attempt *a, struct end *e)
{
	char path[4200], url[4096];
	struct get g = { .url = url, .bearer = a->t.lease.s, .path = path, .most = a->t.size,
	    .sha256 = a->t.sha256.s };
	struct http_answer answer;
	enum sent how;

	if (has(a, "bundle"))
		return GO_ON;
	attempt_step(a, "bundle");
	snprintf(path, sizeof(path), "%s/bundle", a->path);
	snprintf(url, sizeof(url), "%s", attempt_url(a, "bundle"));
	how = get_file(&g, attempt_heard, a, &answer);
	attempt_heard(a, &answer);
	if (how == SENT_REFUSED)
		fail(e, EX_TEMPFAIL, "bundle: %.400s", answer.why);
	http_free(&answer);
	return how == SENT ? GO_ON : how == SENT_REFUSED ? REFUSED : LATER;
}

/* A bundle alone gets a folder that has its name; other archives bring folders along. */
static int
tree_path(struct attempt *a, char path[4096])
{
	struct buf unit = { 0 };
	int r = 0;

	snprintf(path, 4096, "%.3800s/tree.new", a->path);
	if (strcmp(a->t.layout.s, "bundle"))
		return 0;
	if (mkdirat(a->folder, "tree.new", 0700) < 0 && errno != EEXIST)
		return -1;
	if (file_get(a->folder, "unit", 4096, &unit) < 0)
		return -1;
	unit.s[strcspn(unit.s, "\n")] = '\0';
	snprintf(path, 4096, "%.3800s/tree.new/%.200s", a->path, store_name_ok(unit.s) ? unit.s : "bundle");
	buf_free(&unit);
	return r;
}

static enum stage
unpack(struct attempt *a, struct end *e)
{
	char to[4096], from[4200], *argv[] = { "aoinb-unpack", "--no-owner", UNPACKED, ENTRIES, "--",
	    from, to, NULL };
	const char *wrong;
	int code;

	if (!has(a, "tree")) {
		attempt_step(a, "unpack");
		snprintf(from, sizeof(from), "%s/bundle", a->path);
		if (store_remove(a->folder, "tree.new") < 0 || tree_path(a, to) < 0)
			return fail(e, EX_IOERR, "the bundle cannot be unpacked: %s", strerror(errno));
		code = attempt_child(a, argv);
		if (a->lost || a->cancel || wait_stopped())
			return LATER;
		if (code)
			return fail(e, code < 0 ? EX_OSERR : code, "the bundle cannot be unpacked");
		if (renameat(a->folder, "tree.new", a->folder, "tree") < 0)
			return fail(e, EX_IOERR, "the bundle cannot be unpacked: %s", strerror(errno));
	}
	wrong = task_targets(&a->t, a->folder);
	return wrong ? fail(e, EX_DATAERR, "the bundle is refused: %s", wrong) : GO_ON;
}

/* The repository of the branch is a source of packages once there is one.  Whoever may
 * say what is built, and out of which source list, is believed in this as well. */
static void
find_repo(struct attempt *a)
{
	char url[4096], line[4096];
	struct http_ask ask = { .method = "HEAD", .url = url, .bearer = NULL, .fd = -1 };
	struct http_answer answer;
	int n;

	if (!a->w->repo || !a->t.repo.len)
		return;
	snprintf(url, sizeof(url), "%.3000s/Packages", a->t.repo.s);
	http_do(&ask, &answer);
	if (answer.status == 200) {
		n = snprintf(line, sizeof(line), "deb [trusted=yes] %.3000s ./\n", a->t.repo.s);
		if (file_put(a->folder, "repo", line, (size_t)n) < 0)
			warn_sys("%s/repo", a->path);
	} else {
		unlinkat(a->folder, "repo", 0);
	}
	http_free(&answer);
}

static enum stage
build(struct attempt *a, struct end *e)
{
	char *argv[] = { (char *)a->w->exec, a->path, NULL }, text[16];
	int code, n;

	if (!attempt_ended(a, &code)) {
		if (has(a, "began"))
			feed_say(&a->feed, "the worker was interrupted; it goes on");
		if (file_put(a->folder, "began", "", 0) < 0)
			return fail(e, EX_IOERR, "%s: %s", a->path, strerror(errno));
		find_repo(a);
		code = attempt_child(a, argv);
		if (a->lost || (wait_stopped() && !a->cancel))
			return LATER;
	}
	if (code < 0)
		return fail(e, EX_OSERR, "the build cannot be started");
	n = snprintf(text, sizeof(text), "%d\n", code);
	attempt_judge(a, code, e);
	/* Written once the build is over, and before anything is made of it. */
	if (file_put(a->folder, "code", text, (size_t)n) < 0)
		warn_sys("%s/code", a->path);
	return GO_ON;
}

/* The server is told that another worker may have it. */
static void
refuse(struct attempt *a, const char *why)
{
	struct buf text = { 0 };
	struct http_ask ask = { .method = "PUT", .url = attempt_url(a, "refuse"),
	    .bearer = a->t.lease.s, .type = "application/json", .fd = -1 };
	struct http_answer answer;
	struct backoff b = { 0 };

	warn_msg("%s: refused: %s", a->name, why);
	if (buf_puts(&text, "{\"why\":") < 0 || buf_json(&text, why) < 0 || buf_putc(&text, '}') < 0)
		return;
	ask.text = text.s;
	ask.len = text.len;
	while (http_do(&ask, &answer), http_passes(&answer) && !wait_stopped()) {
		wait_ms(backoff_ms(&b, answer.after));
		http_free(&answer);
	}
	http_free(&answer);
	buf_free(&text);
}

/* From the bundle to the result.  Returns GO_ON when that is written. */
static enum stage
make(struct attempt *a)
{
	struct end e = { 0 };
	enum stage stage;

	attempt_word(a, 1);
	stage = get_bundle(a, &e);
	if (stage == GO_ON && task_write(&a->t, a->w, a->folder) < 0)
		stage = fail(&e, EX_IOERR, "%s: %s", a->path, strerror(errno));
	if (stage == GO_ON)
		stage = unpack(a, &e);
	if (stage == GO_ON && !a->cancel)
		stage = build(a, &e);
	if (a->cancel)
		attempt_judge(a, 128 + SIGTERM, &e);
	else if (stage == LATER || a->lost)
		return LATER;
	feed_say(&a->feed, "%s%s%s (code %d)", e.verdict, *e.why ? ": " : "", e.why, e.code);
	if (result_write(a, &e) < 0) {
		warn_sys("%s: its result cannot be written", a->name);
		return LATER;
	}
	return GO_ON;
}

/* Opens what is known of it.  Returns -1 when the server sent what is no lease. */
static int
begin(struct attempt *a)
{
	const char *wrong;

	snprintf(a->path, sizeof(a->path), "%s/work/%s", a->w->work_dir, a->name);
	a->folder = openat(a->w->dir, a->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (a->folder < 0 || file_get(a->folder, "lease", HTTP_BODY, &a->t.text) < 0)
		die_sys(err_code(errno), "%s/lease", a->path);
	wrong = task_read(&a->t);
	if (wrong) {
		warn_msg("%s: the server sent what is no lease: %s", a->name, wrong);
		return -1;
	}
	if (feed_open(&a->feed, a->folder, a->w->store.dir, a->t.log_most) < 0)
		die_sys(err_code(errno), "%s/log", a->path);
	a->log = (struct send){ .fd = a->feed.fd, .at = -1 };
	a->samples = (struct send){ .fd = -1, .at = -1 };
	return 0;
}

static int
code_of(const struct attempt *a)
{
	struct buf b = { 0 };
	int code = 0;

	if (file_get(a->folder, "result.json", HTTP_BODY, &b) == 0) {
		const char *at = strstr(b.s, "\"exit\":");

		code = at ? atoi(at + 7) : 0;
	}
	buf_free(&b);
	return code;
}

/* Delivers the result; or, when it was cancelled meanwhile, or the server refuses a
 * package for its name or size, one that says so. */
static enum sent
deliver(struct attempt *a)
{
	struct end e = { .code = EX_NO, .verdict = "failed" };
	enum sent how;
	int code = code_of(a);

	a->stopped = code == 128 + SIGTERM;
	how = result_deliver(a);
	if (how == SENT_LATER && a->cancel && !a->stopped && !wait_stopped()) {
		attempt_judge(a, 128 + SIGTERM, &e);
		a->stopped = 1;
	} else if (how == SENT_REFUSED && code == 0) {
		snprintf(e.why, sizeof(e.why), "the server refuses what was built: %.400s", a->refused);
	} else {
		return how;
	}
	if (result_write(a, &e) < 0) {
		warn_sys("%s: its result cannot be written", a->name);
		return SENT_LATER;
	}
	return result_deliver(a);
}

/* Nothing of it is wanted any more.  What was built stays in output/BRANCH. */
static void
forget(struct attempt *a)
{
	if (store_remove(a->w->dir, a->name) < 0)
		warn_sys("%s", a->path);
}

static void
attempt_free(struct attempt *a)
{
	feed_close(&a->feed);
	close_keep(a->folder);
	task_free(&a->t);
}

/* From a lease that is read to its end.  Returns the code of the program. */
static int
go_on(struct attempt *a)
{
	enum stage stage = GO_ON;
	enum sent how = SENT_LATER;
	int code = EX_TEMPFAIL;

	if (!has(a, "result.dsse")) {
		if (!has(a, "tree"))
			feed_say(&a->feed, "%s: %s for %s on %s", a->name, a->t.name.len ? a->t.name.s :
			    "a bundle", a->t.branch.s, a->w->name);
		stage = make(a);
	}
	if (stage == GO_ON)
		how = deliver(a);
	if (how == SENT) {
		code = code_of(a);
		note("%s: delivered, code %d", a->name, code);
	} else if (how == SENT_REFUSED) {
		code = EX_PROTOCOL;
	}
	/* What the server will never take is not offered for ever. */
	if (how == SENT || a->lost || how == SENT_REFUSED)
		forget(a);
	return code;
}

int
attempt_run(struct worker *w, const char *name)
{
	struct attempt a = { .w = w, .feed = { .fd = -1 } };
	const char *why;
	int code = EX_TEMPFAIL;

	snprintf(a.name, sizeof(a.name), "%.47s", name);
	if (begin(&a) < 0) {
		forget(&a);
		code = EX_PROTOCOL;
	} else if ((why = task_unwanted(&a.t, w)) && !has(&a, "began") && !has(&a, "result.dsse")) {
		refuse(&a, why);
		if (!wait_stopped())
			forget(&a);
	} else {
		code = go_on(&a);
	}
	attempt_free(&a);
	return code;
}
