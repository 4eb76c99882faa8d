#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "err.h"
#include "file.h"
#include "job/reason.h"
#include "job/record.h"
#include "opt.h"
#include "parse.h"
#include "store/built.h"
#include "store/bundle.h"
#include "store/history.h"
#include "vec.h"

/* A job that ends. */
struct ending {
	struct args *a;
	char path[JOB_PATH];
	struct buf unit, branch, version, rusage, packages;
	VEC(const char *) files;	/* of the packages that it made */
	int all_files;			/* no row of them was damaged */
	int version_is_new;		/* and is to be written down */
	struct outcome outcome;
	struct why why;
	char verdict[32];
	int failed;			/* the exit code of what could not be done */
};

static void
read_packages(struct ending *e)
{
	struct job_package p;
	char *at;
	int r;

	record_text(e->a, e->path, "packages", &e->packages);
	for (at = e->packages.s; (r = job_package_next(&at, &p)) > 0; )
		sure(vec_push(&e->files, p.file));
	e->all_files = r == 0;
	/* That it is damaged is said when the record is made. */
}

/* A value of the record of the container, or what is usual. */
static void
usage(struct ending *e, const char *key, const char *usual, struct buf *value)
{
	if (store_value(e->rusage.s, key, value) < 0 || !value->len) {
		value->len = 0;
		sure(buf_puts(value, usual));
	}
}

/* Whether it is a word such as ours are. */
static int
is_word(const char *s)
{
	return *s && strlen(s) < sizeof(((struct ending *)0)->verdict) &&
	    !s[strspn(s, "abcdefghijklmnopqrstuvwxyz-")];
}

/* What an end with code means.  A package has failed when its build said so, or was
 * ended for what it did; then the record of the container knows more.  Anything else
 * is no fault of the package.  A session has no verdict but that it was one. */
static void
judge(struct ending *e, int code)
{
	struct buf word = { 0 }, kind = { 0 };
	const char *verdict = "error";

	record_line(e->a, e->path, "kind", &kind);
	if (!strcmp(kind.s, "session")) {
		verdict = "session";
	} else if (code == 0) {
		verdict = e->files.len ? "ok" : "unfinished";
	} else if (code == 1 || (code >= EX_DISKFULL && code <= EX_SILENT)) {
		usage(e, "verdict", "failed", &word);
		/* The container went well, and what came after it did not. */
		verdict = !is_word(word.s) || !strcmp(word.s, "ok") ? "failed" : word.s;
	} else if (code == 128 + SIGHUP || code == 128 + SIGINT || code == 128 + SIGTERM) {
		verdict = "stopped";
	}
	strcpy(e->verdict, verdict);
	buf_free(&word);
	buf_free(&kind);
	e->outcome = (struct outcome){ e->verdict, code, e->a->arch, time(NULL), NULL };
}

static const char *
or_none(const struct buf *b)
{
	return b->len ? b->s : "-";
}

/* A number of the record, which may not be one. */
static void
number(struct ending *e, const char *key, struct buf *value)
{
	usage(e, key, "0", value);
	if (value->s[strspn(value->s, "0123456789")]) {
		value->len = 0;
		sure(buf_puts(value, "0"));
	}
}

/* A line of the history, when the container ran. */
static int
add_history(struct ending *e)
{
	struct buf name = { 0 }, wall = { 0 }, cpu = { 0 }, peak = { 0 };
	char ended[32];
	int r, err;

	if (e->a->by_hand || !e->unit.len || !e->rusage.len)
		return 0;
	sure(unit_history_name(&name, e->unit.s));
	number(e, "wall_us", &wall);
	number(e, "cpu_us", &cpu);
	number(e, "peak_kib", &peak);
	snprintf(ended, sizeof(ended), "%" PRId64, e->outcome.ended);
	r = history_add(&e->a->store, (const char *const[HISTORY_COLUMNS]){
	    ended, name.s, or_none(&e->branch), e->a->arch ? e->a->arch : "-",
	    or_none(&e->version), e->verdict, wall.s, cpu.s, peak.s, id_of(e->path) });
	err = errno;
	buf_free(&name);
	buf_free(&wall);
	buf_free(&cpu);
	buf_free(&peak);
	errno = err;
	return r;
}

/* Whether the packages of the job are older than the record of what is built: steps by
 * hand, of a job that was not the last, made none of them. */
static int
is_overtaken(struct ending *e)
{
	struct timespec built;
	struct stat st;
	char at[JOB_PATH + 16];

	snprintf(at, sizeof(at), "%s/packages", e->path);
	if (!e->a->by_hand ||
	    built_time(&e->a->store, e->branch.s, e->unit.s, &built) < 0 ||
	    fstatat(e->a->store.dir, at, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	/* A time in the future says nothing. */
	return built.tv_sec <= time(NULL) && (st.st_mtim.tv_sec < built.tv_sec ||
	    (st.st_mtim.tv_sec == built.tv_sec && st.st_mtim.tv_nsec < built.tv_nsec));
}

/* The digest of the bundle, which the last version did not always keep. */
static void
bundle_of(struct ending *e, struct buf *digest)
{
	char at[JOB_PATH + 16], hex[BUNDLE_HEX];
	int fd;

	record_line(e->a, e->path, "bundle.digest", digest);
	if (digest->len)
		return;
	snprintf(at, sizeof(at), "%s/bundle", e->path);
	fd = openat(e->a->store.dir, at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && bundle_digest(fd, hex) == 0)
		sure(buf_puts(digest, hex));
}

/* What is built of its unit now. */
static int
add_built(struct ending *e)
{
	struct buf env = { 0 }, modifiers = { 0 }, digest = { 0 };
	int r = 0, err;

	if (strcmp(e->verdict, "ok") || !e->all_files || !e->unit.len || !e->branch.len ||
	    is_overtaken(e))
		return 0;
	bundle_of(e, &digest);
	record_text(e->a, e->path, "env", &env);
	if (store_value(env.s, "ABMODIFIERS", &modifiers) < 0)
		sure(buf_puts(&modifiers, ""));
	if (digest.len)
		r = built_write(&e->a->store, e->branch.s, e->unit.s, &(struct built){
		    .version = or_none(&e->version), .bundle = digest.s,
		    .modifiers = modifiers.s, .packages = e->files.at, .n = e->files.len });
	err = errno;
	buf_free(&env);
	buf_free(&modifiers);
	buf_free(&digest);
	errno = err;
	return r;
}

/* Whether the workspace stays. */
static int
is_to_stay(const struct ending *e)
{
	const char *keep = e->a->by_hand ? "always" : e->a->keep ? e->a->keep : "failed";

	if (strcmp(keep, "failed"))
		return !strcmp(keep, "always");
	return strcmp(e->verdict, "ok") && strcmp(e->verdict, "stopped") &&
	    strcmp(e->verdict, "error");
}

static int
settle_workspace(struct ending *e)
{
	char resolve[JOB_PATH + 16];

	snprintf(resolve, sizeof(resolve), "%s/resolve", e->path);
	if (store_discard(&e->a->store, resolve) < 0)
		return -1;
	if (job_kept(&e->a->store, id_of(e->path)) != 1)
		return 0;
	return is_to_stay(e) ? job_keep(&e->a->store, e->path) :
	    job_drop(&e->a->store, e->path);
}

static int
write_record(struct ending *e)
{
	return record_write(e->a, e->path, &e->outcome);
}

/* Does one of the above.  A full disk has room again when the trash is empty.  What
 * cannot be done is said, once, and does not keep the others from being done. */
static void
attempt(struct ending *e, int (*deed)(struct ending *), const char *what)
{
	int r = deed(e);

	if (r < 0 && (errno == ENOSPC || errno == EDQUOT)) {
		store_trash_empty(&e->a->store);
		r = deed(e);
	}
	if (r < 0 && !e->failed) {
		warn_sys("job %s: %s", id_of(e->path), what);
		e->failed = err_code(errno);
	}
}

static int
is_version(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789.+~:-";

	return *s && s[strspn(s, letters)] == '\0';
}

/* What build.sh says that it builds; whoever writes a report is not to be trusted. */
static void
read_version(struct ending *e)
{
	struct buf text = { 0 };

	record_line(e->a, e->path, "version", &e->version);
	if (e->version.len)
		return;
	record_text(e->a, e->path, "output/report", &text);
	if (store_value(text.s, "version", &e->version) < 0 || !is_version(e->version.s))
		e->version.len = 0;
	e->version_is_new = e->version.len != 0;
	buf_free(&text);
}

/* The report goes with the workspace. */
static int
write_version(struct ending *e)
{
	char at[JOB_PATH + 16];
	struct buf line = { 0 };
	int r;

	if (!e->version_is_new)
		return 0;
	snprintf(at, sizeof(at), "%s/version", e->path);
	sure(buf_printf(&line, "%s\n", e->version.s));
	r = file_put(e->a->store.dir, at, line.s, line.len);
	buf_free(&line);
	return r;
}

static void
finish(struct ending *e, int code)
{
	record_line(e->a, e->path, "unit", &e->unit);
	record_line(e->a, e->path, "branch", &e->branch);
	read_version(e);
	record_text(e->a, e->path, "rusage", &e->rusage);
	read_packages(e);
	judge(e, code);
	reason_find(e->a, e->path, e->verdict, &e->why);
	e->outcome.why = &e->why;
	attempt(e, settle_workspace, "its workspace");
	attempt(e, write_version, "its version cannot be written");
	attempt(e, add_built, "what is built cannot be written down");
	attempt(e, add_history, "the history cannot be written");
	attempt(e, write_record, "its result cannot be written");
	if (e->a->say)
		reason_say(e->a, e->path, &e->outcome);
	buf_free(&e->unit);
	buf_free(&e->branch);
	buf_free(&e->version);
	buf_free(&e->rusage);
	buf_free(&e->packages);
	vec_free(&e->files);
}

static void
check(struct args *a, uint64_t *code)
{
	if (a->keep && strcmp(a->keep, "never") && strcmp(a->keep, "failed") &&
	    strcmp(a->keep, "always"))
		die(EX_USAGE, "--keep=%s: neither never, failed nor always", a->keep);
	if (a->arch && !store_name_ok(a->arch))
		die(EX_USAGE, "%s: not an architecture", a->arch);
	if (parse_uint(a->operand[1], 0, 255, code) < 0)
		die(EX_USAGE, "%s: not an exit code", a->operand[1]);
}

int
verb_result(struct args *a)
{
	struct ending e = { .a = a };
	struct buf out = { 0 };
	sigset_t now, before;
	uint64_t code;

	check(a, &code);
	named(a, a->operand[0], e.path);
	if (strcmp(kind_word(e.path), "job"))
		die(EX_USAGE, "%s: not a job", a->operand[0]);
	if (opt_dry)
		return 0;
	adopt(a, e.path);
	/* Ctrl-C reaches us, too, and may be what the job ends by. */
	sigemptyset(&now);
	sigaddset(&now, SIGHUP);
	sigaddset(&now, SIGINT);
	sigaddset(&now, SIGTERM);
	sigprocmask(SIG_BLOCK, &now, &before);
	finish(&e, (int)code);
	sure(buf_printf(&out, "%s\n", e.verdict));
	print_last(&out);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (store_trash_empty(&a->store) < 0 && !e.failed)
		warn_sys("%s/trash", a->work_dir);
	return e.failed;
}
