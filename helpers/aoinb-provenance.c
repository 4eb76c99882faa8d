/* aoinb-provenance: what a worker signed, verified, as a statement of in-toto. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "digest.h"
#include "err.h"
#include "file.h"
#include "json.h"
#include "opt.h"
#include "provenance/envelope.h"
#include "provenance/statement.h"

enum { KEY_TEXT = 4096, ENVELOPE_TEXT = 8 << 20 };

static const struct opt tab[] = {
	{ 'k', "key",    "FILE", "the worker's public key: PEM, or base64" },
	{ 't', "task",   "ID",   "the task it has to be of" },
	{ 'w', "worker", "NAME", "whose key that is, for the statement" },
	{ 0 },
};

struct job {
	const char *key, *task, *worker, *envelope;
	struct buf result;	/* what was signed */
};

static void
options(struct job *j, struct opts *o, char *argv[])
{
	int c;

	opt_begin(o, argv);
	while ((c = opt_next(o)) != -1)
		switch (c) {
		case 'k': j->key = o->arg; break;
		case 't': j->task = o->arg; break;
		case 'w': j->worker = *o->arg ? o->arg : NULL; break;
		}
	if (!j->key || !*o->argv)
		opt_bad(o);
	j->envelope = *o->argv++;
}

static void
read_file(const char *path, size_t most, struct buf *b)
{
	int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;

	if (fd < 0 || buf_read(b, fd, most) < 0)
		die_sys(errno == EFBIG ? EX_DATAERR : err_code(errno), "%s", path);
	close(fd);
}

static void
verify(struct job *j)
{
	struct buf text = { 0 }, envelope = { 0 };
	unsigned char key[SIGN_KEY];
	int got;

	read_file(j->key, KEY_TEXT, &text);
	if (!text.len || sign_key(text.s, key) < 0)
		die(EX_DATAERR, "%s: no public key of Ed25519", j->key);
	read_file(j->envelope, ENVELOPE_TEXT, &envelope);
	if (!strcmp(j->envelope, "-"))
		j->envelope = "the result";
	got = envelope_open(&envelope, key, &j->result);
	if (got < 0 && errno != EBADMSG)
		die_sys(errno == ENOTSUP ? EX_UNAVAILABLE : EX_OSERR, "%s", j->envelope);
	if (got < 0)
		die(EX_DATAERR, "%s: not a result as a worker sends it", j->envelope);
	if (!got)
		die(EX_DATAERR, "%s: not signed by this key; do not trust its packages",
		    j->envelope);
	buf_free(&text);
	buf_free(&envelope);
}

static void
check_task(struct job *j)
{
	struct buf b = { 0 };

	if (!j->task)
		return;
	if (json_get(j->result.s, j->result.len, "task", &b) < 0 || strcmp(b.s, j->task))
		die(EX_DATAERR, "%s: the result of another task than %s", j->envelope, j->task);
	buf_free(&b);
}

/* Each file has to be a package of the result. */
static void
check_file(struct job *j, const char *path)
{
	struct digest *d = digest_new(digest_algo("sha256", 6));
	const char *slash = strrchr(path, '/');
	char hex[DIGEST_HEX];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (!d)
		die_sys(EX_UNAVAILABLE, "SHA-256");
	if (fd < 0 || digest_fd(d, fd, -1) < 0 || digest_hex(d, hex) < 0)
		die_sys(err_code(errno), "%s", path);
	if (!statement_has(&j->result, slash ? slash + 1 : path, hex))
		die(EX_DATAERR, "%s: not what was signed; fetch it again", path);
	close(fd);
	digest_free(d);
}

int
main(int argc, char *argv[])
{
	struct opts o = { .usage = "--key=FILE [--task=ID] [--worker=NAME] ENVELOPE [PACKAGE]...",
	    .about = "Verify what a worker signed, and print it as a statement of in-toto.",
	    .tab = tab };
	struct job j = { 0 };
	struct buf out = { 0 };
	int n;

	(void)argc;
	options(&j, &o, argv);
	verify(&j);
	check_task(&j);
	n = statement_put(&j.result, j.worker, &out);
	if (n < 0)
		die(EX_DATAERR, "%s: its payload is not a result", j.envelope);
	if (!n)
		die(EX_NO, "%s: no packages were made", j.envelope);
	for (; *o.argv; o.argv++)
		check_file(&j, *o.argv);
	if (file_write(STDOUT_FILENO, out.s, out.len) < 0)
		die_sys(EX_IOERR, "standard output");
	buf_free(&j.result);
	buf_free(&out);
	return 0;
}
