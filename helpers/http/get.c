#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"
#include "file.h"
#include "http/get.h"
#include "http/wait.h"

struct part {
	const struct get *g;
	int fd;
	int64_t at;
	int ranged;		/* we asked for what is missing only */
	int begun;
	int err;		/* errno that stopped us; EFBIG: too long */
};

/* A server that sends all of it when it was asked for a part is taken by its word. */
static int
on_piece(void *arg, long status, const char *s, size_t len)
{
	struct part *p = arg;

	if (!p->begun++ && p->ranged && status != 206) {
		if (ftruncate(p->fd, 0) < 0 || lseek(p->fd, 0, SEEK_SET) < 0) {
			p->err = errno;
			return -1;
		}
		p->at = 0;
	}
	if ((int64_t)len > p->g->most - p->at) {
		p->err = EFBIG;
		return -1;
	}
	if (file_write(p->fd, s, len) < 0) {
		p->err = errno;
		return -1;
	}
	p->at += (int64_t)len;
	return 0;
}

static int
is_right(struct part *p)
{
	struct digest *d;
	char hex[DIGEST_HEX] = "";

	if (!p->g->sha256)
		return 1;
	d = digest_new(digest_algo("sha256", 6));
	if (!d || lseek(p->fd, 0, SEEK_SET) < 0 || digest_fd(d, p->fd, -1) < 0 ||
	    digest_hex(d, hex) < 0)
		p->err = errno;
	digest_free(d);
	return !strcmp(hex, p->g->sha256);
}

/* One request.  Whether it is whole is told by the digest, or by the answer's end. */
static enum sent
try(struct part *p, struct http_answer *a)
{
	char range[60];
	struct http_ask ask = { .method = "GET", .url = p->g->url, .bearer = p->g->bearer, .fd = -1,
	    .sink = on_piece, .arg = p };

	p->at = lseek(p->fd, 0, SEEK_END);
	p->ranged = p->at > 0;
	p->begun = 0;
	if (p->ranged) {
		snprintf(range, sizeof(range), "Range: bytes=%" PRId64 "-", p->at);
		ask.heads[0] = range;
	}
	http_do(&ask, a);
	if (p->err) {
		a->status = p->err == EFBIG ? 200 : 0;
		snprintf(a->why, sizeof(a->why), "%s", p->err == EFBIG ?
		    "it is longer than it may be" : strerror(p->err));
		return SENT_REFUSED;
	}
	/* Nothing was missing, or what we have is not a beginning of it. */
	if (a->status == 416 && p->ranged && !is_right(p)) {
		if (ftruncate(p->fd, 0) < 0)
			return SENT_REFUSED;
		return SENT_LATER;
	}
	return a->status == 416 && p->ranged ? SENT : sent_how(a);
}

static enum sent
finish(struct part *p, const char *name, struct http_answer *a)
{
	if (!is_right(p)) {
		snprintf(a->why, sizeof(a->why), "what came has not the SHA-256 %s", p->g->sha256);
		a->status = 200;
		unlink(name);
		return SENT_REFUSED;
	}
	a->status = 0;
	if (fsync(p->fd) < 0 || rename(name, p->g->path) < 0) {
		snprintf(a->why, sizeof(a->why), "%.300s: %s", p->g->path, strerror(errno));
		return SENT_REFUSED;
	}
	return SENT;
}

enum sent
get_file(const struct get *g, int (*go)(void *arg, const struct http_answer *a), void *arg,
    struct http_answer *a)
{
	struct part p = { .g = g };
	struct backoff b = { 0 };
	char name[4096];
	enum sent how = SENT_LATER;
	int64_t was;

	*a = (struct http_answer){ .offset = -1 };
	snprintf(name, sizeof(name), "%s%s", g->part ? g->part : g->path, g->part ? "" : ".part");
	p.fd = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, g->mode ? g->mode : 0600);
	if (p.fd < 0) {
		snprintf(a->why, sizeof(a->why), "%.300s: %s", name, strerror(errno));
		return SENT_REFUSED;
	}
	do {
		http_free(a);
		was = lseek(p.fd, 0, SEEK_END);
		how = try(&p, a);
		if (how != SENT_LATER)
			break;
		if (p.at > was)
			b.tries = 0;
		if ((go && go(arg, a)) || wait_stopped())
			break;
		wait_ms(backoff_ms(&b, a->after));
	} while (!wait_stopped());
	if (how == SENT)
		how = finish(&p, name, a);
	close_keep(p.fd);
	return how;
}
