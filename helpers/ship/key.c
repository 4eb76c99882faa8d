#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base64.h"
#include "err.h"
#include "file.h"
#include "ship/worker.h"

int
words_have(const struct words *w, const char *word)
{
	size_t i;

	for (i = 0; i < w->len; i++)
		if (!strcmp(w->at[i], word))
			return 1;
	return 0;
}

void
worker_open(struct worker *w)
{
	if (store_open(&w->store, w->work_dir) < 0)
		die_sys(err_code(errno) == EX_NOINPUT ? EX_CANTCREAT : err_code(errno), "%s",
		    w->work_dir);
	if (store_mkdir(&w->store, "work") < 0 ||
	    (w->dir = openat(w->store.dir, "work", O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC)) < 0)
		die_sys(EX_CANTCREAT, "%s/work", w->work_dir);
}

/* A secret is for nobody else to read. */
static void
refuse_open(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && st.st_mode & 077)
		die(EX_NOPERM, "%s: others can read it; make that chmod 600", path);
}

void
worker_token(struct worker *w)
{
	struct buf b = { 0 };

	if (file_get(AT_FDCWD, w->token_file, 4096, &b) < 0)
		die_sys(errno == ENOENT ? EX_CONFIG : err_code(errno), "token %s", w->token_file);
	refuse_open(w->token_file);
	b.len = b.s ? strcspn(b.s, "\r\n \t") : 0;
	if (!b.len || b.len >= sizeof(w->token))
		die(EX_CONFIG, "token %s: the first line is no token", w->token_file);
	memcpy(w->token, b.s, b.len);
	w->token[b.len] = '\0';
	if (w->token[strspn(w->token, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789_.-")])
		die(EX_CONFIG, "token %s: the first line is no token", w->token_file);
	explicit_bzero(b.s, b.len);
	buf_free(&b);
}

/* As "openssl genpkey -algorithm ed25519" writes it. */
static void
make_key(const char *path)
{
	static const char header[] = "\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";
	char der[16 + SIGN_KEY];
	struct buf text = { 0 };
	int fd;

	memcpy(der, header, 16);
	if (getrandom(der + 16, SIGN_KEY, 0) != SIGN_KEY)
		die_sys(EX_OSERR, "key %s: random bytes", path);
	if (buf_puts(&text, "-----BEGIN PRIVATE KEY-----\n") < 0 ||
	    base64_put(&text, der, sizeof(der)) < 0 ||
	    buf_puts(&text, "\n-----END PRIVATE KEY-----\n") < 0)
		die_sys(EX_OSERR, "key %s", path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || file_write(fd, text.s, text.len) < 0 || fsync(fd) < 0 || close(fd) < 0)
		die_sys(EX_CANTCREAT, "key %s cannot be made", path);
	explicit_bzero(text.s, text.len);
	explicit_bzero(der, sizeof(der));
	buf_free(&text);
}

void
worker_key(struct worker *w)
{
	struct buf b = { 0 };

	if (access(w->key_file, F_OK) < 0 && errno == ENOENT)
		make_key(w->key_file);
	if (file_get(AT_FDCWD, w->key_file, 4096, &b) < 0)
		die_sys(err_code(errno), "key %s", w->key_file);
	refuse_open(w->key_file);
	if (!b.len || sign_secret(b.s, w->secret) < 0)
		die(EX_CONFIG, "key %s: not an Ed25519 key as openssl genpkey writes it", w->key_file);
	explicit_bzero(b.s, b.len);
	buf_free(&b);
}
