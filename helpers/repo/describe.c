#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "repo/child.h"
#include "repo/describe.h"
#include "repo/sandbox.h"

/* All paths are below the folder in which it runs: so none has to be quoted.  What it
 * writes has a name that nobody else uses: not the one either that it had been started
 * by who was killed, and is about to be. */
static const char conf[] =
    "Dir { ArchiveDir \".\"; FileListDir \".\"; CacheDir \".\"; };\n"
    "Default { Packages::Compress \".\"; };\n"
    "BinDirectory \".\" { Packages \"%s/%s\"; Contents \" \"; FileList \"%s/list\"; };\n";

#define COMMAND(conf) { "apt-ftparchive", "-q", "-o", "APT::FTPArchive::MD5=false", \
	"-o", "APT::FTPArchive::SHA1=false", "-o", "APT::FTPArchive::SHA512=false", \
	"generate", conf, NULL }

const char *const describe_argv[] = COMMAND(".new/say/conf");

/* One question: of packages from first, at most most of those without a stanza. */
struct question {
	struct packages *p;
	struct repo *r;
	const struct describe *at;
	size_t first, most;
	int say;		/* the folder at->say */
	char raw[32];		/* what it will write there */
};

static int
put(const struct question *q, const char *name, const struct buf *b)
{
	int fd = openat(q->say, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (fd < 0)
		return -1;
	if (file_write(fd, b->s, b->len) < 0) {
		close_keep(fd);
		return -1;
	}
	return close(fd);
}

/* Writes what it reads.  Left to itself it takes files in folders too, and waits for a
 * pipe; so it gets a list.  Returns how many are in it. */
static size_t
ask(struct question *q)
{
	struct buf list = { 0 }, text = { 0 };
	const struct package *a;
	size_t i, n = 0;

	for (i = q->first; i < q->p->v.len && n < q->most; i++) {
		a = &q->p->v.at[i];
		if (a->stanza.len || a->why)
			continue;
		n++;
		if (buf_printf(&list, "%s\n", a->file) < 0)
			repo_failed_sys(q->r, "list");
	}
	if (n == 0)
		return 0;
	snprintf(q->raw, sizeof(q->raw), "raw.%d", (int)getpid());
	q->say = sandbox_folder(q->at->dir, q->at->say);
	if (q->say < 0 || put(q, "list", &list) < 0 ||
	    buf_printf(&text, conf, q->at->say, q->raw, q->at->say) < 0 ||
	    put(q, "conf", &text) < 0)
		repo_failed_sys(q->r, "the list of its packages cannot be written");
	buf_free(&text);
	buf_free(&list);
	return n;
}

static void
refuse(const struct repo *r, struct package *a, const char *why, size_t len)
{
	if (!a || a->why)
		return;
	a->why = strndup(why, len);
	if (!a->why)
		repo_failed_sys(r, "%s", a->file);
}

/* Takes over the stanzas it wrote, if apt would. */
static void
take_stanzas(struct packages *p, const struct repo *r, const struct buf *raw)
{
	struct span text = { raw->s, raw->len }, stanza, file;
	struct buf why = { 0 };
	struct package *a;
	int fault;

	while (stanza_next(&text, &stanza)) {
		file = stanza_get(stanza, "Filename");
		a = packages_find(p, file.s, file.len);
		if (!a || a->stanza.len)
			continue;
		why.len = 0;
		fault = stanza_fault(stanza, &why);
		if (fault < 0)
			repo_failed_sys(r, "%s", a->file);
		if (fault)
			refuse(r, a, why.s, why.len);
		else
			a->stanza = stanza;
	}
	buf_free(&why);
}

/* Cuts the next line, which ends with a NUL then, off text; NULL when there is none. */
static char *
line_of(char **text)
{
	char *line = *text, *end;

	if (!line || !*line)
		return NULL;
	end = strchrnul(line, '\n');
	*text = *end ? end + 1 : end;
	*end = '\0';
	return line;
}

/* Takes over why it could not read a package: "E: WHY", then "E: Errors apply to file
 * './FILE'".  Returns what it says of itself failing, which its exit code does not
 * tell; or NULL. */
static const char *
take_reasons(struct packages *p, const struct repo *r, char *text)
{
	static const char apply[] = "E: Errors apply to file '";
	const char *why = "", *file, *broken = NULL;
	char *line;
	size_t n;

	while ((line = line_of(&text))) {
		if (!strncmp(line, "E: Error processing", 19))
			broken = broken ? broken : line + 3;
		if (!strncmp(line, apply, sizeof(apply) - 1)) {
			file = strrchr(line, '/');
			n = file ? strlen(++file) : 0;
			if (n && file[n - 1] == '\'')
				refuse(r, packages_find(p, file, n - 1), why, strlen(why));
		} else if (!strncmp(line, "E: ", 3)) {
			why = line + 3;
		}
	}
	return broken;
}

/* The last line that begins with "E: " of what a program said, less that; else its
 * last line. */
static const char *
last_words(char *text)
{
	const char *last = NULL, *error = NULL;
	char *line;

	while ((line = line_of(&text))) {
		last = *line ? line : last;
		error = strncmp(line, "E: ", 3) ? error : line + 3;
	}
	return error ? error : last ? last : "it failed";
}

/* Whether it was the package that ended it: by a limit of the sandbox, or by what no
 * program should do. */
static int
is_its_fault(int code)
{
	static const int signals[] = { SIGXCPU, SIGXFSZ, SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE };
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		if (code == 128 + signals[i])
			return 1;
	return 0;
}

/* Runs it, and takes over what it says.  Returns 0; or 1 when a package ended it. */
static int
answer(struct question *q)
{
	char path[64];
	const char *argv[] = COMMAND(path), *broken;
	struct child c = { .argv = argv, .dir = q->at->dir, .box = q->say };
	struct buf raw = { 0 };
	int code;

	snprintf(path, sizeof(path), "%s/conf", q->at->say);
	code = child_run(&c);
	if (code < 0)
		repo_failed_sys(q->r, "apt-ftparchive cannot be run");
	if (is_its_fault(code)) {
		child_free(&c);
		return 1;
	}
	if (code)
		repo_failed(q->r, EX_IOERR, "apt-ftparchive: %s", last_words(c.err.s));
	if (file_get(q->say, q->raw, SANDBOX_FILE, &raw) < 0 || vec_push(&q->p->raw, raw) < 0)
		repo_failed_sys(q->r, "what apt-ftparchive wrote cannot be read");
	take_stanzas(q->p, q->r, &raw);
	broken = take_reasons(q->p, q->r, c.err.s);
	if (broken)
		repo_failed(q->r, EX_IOERR, "apt-ftparchive: %s", broken);
	child_free(&c);
	return 0;
}

static int
ask_and_answer(struct question *q, size_t *n)
{
	int r;

	*n = ask(q);
	if (*n == 0)
		return 0;
	r = answer(q);
	close(q->say);
	return r;
}

/* Each package that has no stanza by itself, to find the one that ended all. */
static void
ask_each(struct question *q)
{
	static const char why[] = "it takes too much memory, time or room to be read";
	struct package *a;
	size_t n;

	q->most = 1;
	for (q->first = 0; q->first < q->p->v.len; q->first++) {
		a = &q->p->v.at[q->first];
		if (!a->stanza.len && !a->why && ask_and_answer(q, &n))
			refuse(q->r, a, why, sizeof(why) - 1);
	}
}

size_t
describe(struct packages *p, struct repo *r, const struct describe *at)
{
	struct question q = { .p = p, .r = r, .at = at, .most = SIZE_MAX };
	struct package *a;
	size_t n, i;
	int fault;

	fault = ask_and_answer(&q, &n);
	if (n)
		note("repository %s: apt-ftparchive reads %zu", r->branch, n);
	if (fault)
		ask_each(&q);
	for (i = 0; i < p->v.len; i++) {
		a = &p->v.at[i];
		if (!a->stanza.len && !a->why)
			refuse(r, a, "cannot be read", strlen("cannot be read"));
	}
	if (n && store_remove(at->dir, at->say) < 0)
		repo_failed_sys(r, "%s", at->say);
	return n;
}

size_t
describe_all(struct packages *p, struct repo *r)
{
	const struct describe at = { r->out, ".new/say" };
	size_t n = describe(p, r, &at), i;

	for (i = 0; i < p->v.len; i++)
		if (!p->v.at[i].stanza.len)
			repo_left_out(r, p->v.at[i].file, p->v.at[i].why);
	return n;
}
