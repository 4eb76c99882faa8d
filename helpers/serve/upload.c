#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base64.h"
#include "digest.h"
#include "file.h"
#include "serve/bell.h"
#include "serve/conf.h"
#include "serve/http.h"
#include "serve/metrics.h"
#include "serve/upload.h"

struct upload {
	char path[512];
	int fd;
	pthread_mutex_t lock;	/* of what follows */
	int overtaken;		/* another sends the same */
	int64_t at;		/* where the next byte goes */
	int64_t end, whole;	/* where this body ends, and the file; -1: not known */
	int64_t most, looked, began_us, began_at;
	int64_t token;		/* whose; 0: nobody's, or a lease's */
	int grows, fresh;
	struct digest *digest;	/* of a file that came in one; else NULL */
	struct upload *next;
};

static struct upload *running;
static pthread_mutex_t running_lock = PTHREAD_MUTEX_INITIALIZER;

int64_t
upload_size(const char *path)
{
	struct stat st;

	return fstatat(conf.at, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) ?
	    st.st_size : -1;
}

static void
head(struct req *r, int64_t offset, int complete)
{
	req_head(r, "Upload-Offset", "%" PRId64, offset);
	req_head(r, "Upload-Complete", "?%d", complete);
}

/* Whoever sends the same stops writing here and now.  Returns how many others the token
 * sends. */
static int64_t
overtake(struct upload *u)
{
	struct upload *o;
	int64_t others = 0;

	pthread_mutex_lock(&running_lock);
	for (o = running; o; o = o->next) {
		if (strcmp(o->path, u->path)) {
			others += u->token && o->token == u->token;
			continue;
		}
		pthread_mutex_lock(&o->lock);
		o->overtaken = 1;
		pthread_mutex_unlock(&o->lock);
	}
	u->next = running;
	running = u;
	pthread_mutex_unlock(&running_lock);
	return others;
}

/* Whether the token may upload one more, having begun so many; else answers. */
static int
may_begin(struct req *r, int64_t others)
{
	if (conf.uploads && others >= conf.uploads)
		req_problem(r, 429, "rate", "%s uploads %" PRId64 " bundles already; wait until one "
		    "has ended", r->who.name, others);
	else if (!auth_bytes(r, 0))
		req_problem(r, 429, "rate", "%s has uploaded more than [serve] upload_day; go on "
		    "later", r->who.name);
	else
		return 1;
	return 0;
}

/* Reads "bytes A-B/N"; "bytes *" "/N" is nothing more of N, with a body of no bytes: A is N
 * then, and B before it.  Returns 1, 0 when there is no such header, -1 when it is wrong. */
static int
content_range(struct req *r, int64_t *a, int64_t *b, int64_t *n)
{
	const char *s = http_header(r, "Content-Range");
	char star[2] = "";
	int end = 0;

	*n = -1;
	if (!s)
		return 0;
	if (sscanf(s, "bytes */%18" SCNd64 "%n", n, &end) == 1 && !s[end]) {
		*a = *n;
		*b = *n - 1;
		return 1;
	}
	if (strspn(s, "bytes 0123456789-/*") != strlen(s) || strlen(s) > 70 ||
	    (sscanf(s, "bytes %18" SCNd64 "-%18" SCNd64 "/%18" SCNd64 "%n", a, b, n, &end) != 3 &&
	    sscanf(s, "bytes %18" SCNd64 "-%18" SCNd64 "/%1[*]%n", a, b, star, &end) != 3) ||
	    s[end] || *a < 0 || *b < *a || (!*star && *n <= *b))
		return -1;
	return 1;
}

/* Whether the disk has room; looked at every 16 MiB. */
static int
room(struct req *r, struct upload *u)
{
	struct statvfs v;

	if (u->at < u->looked)
		return 1;
	u->looked = u->at + (16 << 20);
	if (fstatvfs(u->fd, &v) < 0 ||
	    (int64_t)v.f_bavail * (int64_t)v.f_frsize >= conf.disk_free)
		return 1;
	req_problem(r, 507, "space", "the server has less than [serve] disk_free left; what it "
	    "has stays; go on later");
	return 0;
}

/* Where the body goes in the file, by its headers.  Answers when that cannot be. */
static int
place(struct req *r, struct upload *u, const struct upload_to *to)
{
	int64_t a = 0, b = -1, n = -1, have, length = http_length(r);
	int ranged = content_range(r, &a, &b, &n);
	struct stat st;

	if (ranged < 0 || (ranged && length >= 0 && length != b - a + 1)) {
		req_problem(r, 400, "request", "Content-Range is bytes A-B/N, with B-A+1 bytes of "
		    "body");
		return -1;
	}
	if (http_header(r, "Content-Encoding")) {
		req_problem(r, 415, "media", "send the body without Content-Encoding");
		return -1;
	}
	have = fstat(u->fd, &st) < 0 ? -1 : st.st_size;
	if (have == 0 && to->size >= 0 && ranged && a > 0) {	/* nothing is missing */
		head(r, to->size, 1);
		if (n == to->size && a == to->size)
			req_answer(r, 200);
		else
			req_problem(r, 416, "offset", "all of it is here: %" PRId64 " bytes", to->size);
		return -1;
	}
	if (ranged && a != have) {
		head(r, have, 0);
		req_problem(r, 416, "offset", "the next byte is %" PRId64 ", not %" PRId64, have, a);
		return -1;
	}
	u->began_at = u->at = a;
	u->end = ranged ? b + 1 : length >= 0 ? length : -1;
	u->whole = ranged ? n : u->end;
	u->fresh = !ranged;
	if (u->whole > to->most || u->end > to->most) {
		head(r, have, 0);
		req_problem(r, 413, "large", "at most %" PRId64 " bytes are taken here", to->most);
		return -1;
	}
	return 0;
}

void
upload_begin(struct req *r, const struct upload_to *to)
{
	struct upload *u = calloc(1, sizeof(*u));

	if (!u) {
		req_failed(r, "upload");
		return;
	}
	snprintf(u->path, sizeof(u->path), "%s", to->part);
	pthread_mutex_init(&u->lock, NULL);
	u->most = to->most;
	u->grows = to->grows;
	u->began_us = now_us();
	u->fd = -1;
	u->token = r->who.id;
	r->upload = u;
	if (!may_begin(r, overtake(u)))
		return;
	u->fd = openat(conf.at, u->path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (u->fd < 0) {
		req_failed(r, u->path);
		return;
	}
	if (place(r, u, to) < 0 || !room(r, u))
		return;
	pthread_mutex_lock(&u->lock);
	if (u->fresh && !u->overtaken && ftruncate(u->fd, 0) < 0)
		req_failed(r, u->path);
	pthread_mutex_unlock(&u->lock);
	if (u->at == 0 && !u->grows &&
	    !(u->digest = digest_new(digest_algo("sha256", 6))))
		req_failed(r, "SHA-256");
}

/* Slower than 1 KiB/s for half a minute. */
static int
is_slow(const struct upload *u)
{
	int64_t us = now_us() - u->began_us;

	return us > 30000000 && (u->at - u->began_at) * 1000 < us / 1000 * 1024;
}

void
upload_piece(struct req *r, const char *s, size_t len)
{
	struct upload *u = r->upload;
	size_t left = len;
	ssize_t n;

	if (u->at + (int64_t)len > (u->end >= 0 ? u->end : u->most)) {
		req_problem(r, 413, "large", "at most %" PRId64 " bytes are taken here", u->most);
		return;
	}
	if (!room(r, u))
		return;
	pthread_mutex_lock(&u->lock);
	while (left && !u->overtaken) {
		n = pwrite(u->fd, s + (len - left), left, u->at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		left -= (size_t)n;
		u->at += n;
	}
	if (u->overtaken)
		req_problem(r, 409, "overtaken", "another upload of the same has begun");
	else if (left)
		req_failed(r, u->path);
	pthread_mutex_unlock(&u->lock);
	if (u->digest && digest_add(u->digest, s, len) < 0)
		req_failed(r, "SHA-256");
	if (is_slow(u))
		req_problem(r, 408, "slow", "slower than 1 KiB/s; what came is kept; go on from "
		    "there");
	metrics_upload((int64_t)(len - left));
	auth_bytes(r, (int64_t)(len - left));
	if (u->grows)
		bell_ring(r->task, BELL_BYTES);
}

/* The SHA-256 of the whole file: of a file that came in pieces it is read. */
static int
hash(struct upload *u, char sha256[65])
{
	struct digest *d = u->digest ? u->digest : digest_new(digest_algo("sha256", 6));
	char hex[DIGEST_HEX];
	int r = -1;

	if (d && (u->digest || (lseek(u->fd, 0, SEEK_SET) == 0 && digest_fd(d, u->fd, -1) >= 0)) &&
	    digest_hex(d, hex) == 0) {
		memcpy(sha256, hex, 65);
		r = 0;
	}
	if (d != u->digest)
		digest_free(d);
	return r;
}

/* Whether Repr-Digest, if there is one, is that of the file. */
static int
is_meant(struct req *r, const char *sha256)
{
	const char *s = http_header(r, "Repr-Digest"), *at = s ? strstr(s, "sha-256=:") : NULL;
	struct buf b = { 0 };
	char hex[65] = "";
	size_t i;
	int good;

	if (!at)
		return 1;
	at += 9;
	if (base64_get(&b, at, strcspn(at, ":")) == 0 && b.len == 32)
		for (i = 0; i < 32; i++)
			snprintf(hex + 2 * i, 3, "%02x", (unsigned char)b.s[i]);
	good = !strcmp(hex, sha256);
	buf_free(&b);
	return good;
}

enum upload_is
upload_end(struct req *r, int64_t *size, char sha256[65])
{
	struct upload *u = r->upload;
	int over;

	pthread_mutex_lock(&u->lock);
	over = u->overtaken;
	*size = u->at;
	pthread_mutex_unlock(&u->lock);
	if (over) {
		req_problem(r, 409, "overtaken", "another upload of the same has begun");
		return UPLOAD_ANSWERED;
	}
	if (u->grows || (u->whole >= 0 ? u->at < u->whole : !u->fresh)) {
		head(r, u->at, 0);
		req_answer(r, 202);
		return UPLOAD_PIECE;
	}
	if (fsync(u->fd) < 0 || hash(u, sha256) < 0) {
		req_failed(r, u->path);
		return UPLOAD_ANSWERED;
	}
	if (!is_meant(r, sha256)) {
		if (ftruncate(u->fd, 0) < 0)
			req_failed(r, u->path);
		head(r, 0, 0);
		req_problem(r, 422, "digest", "the bytes that came have not the SHA-256 of "
		    "Repr-Digest, but %s; send all of it again", sha256);
		return UPLOAD_ANSWERED;
	}
	head(r, u->at, 1);
	return UPLOAD_WHOLE;
}

void
upload_tell(struct req *r, const struct upload_to *to)
{
	int64_t have = upload_size(to->part);

	if (have <= 0 && to->size >= 0)
		head(r, to->size, 1);
	else
		head(r, have < 0 ? 0 : have, 0);
	req_answer(r, 200);
}

void
upload_free(struct req *r)
{
	struct upload *u = r->upload, **at;

	r->upload = NULL;
	pthread_mutex_lock(&running_lock);
	for (at = &running; *at; at = &(*at)->next)
		if (*at == u) {
			*at = u->next;
			break;
		}
	pthread_mutex_unlock(&running_lock);
	close_keep(u->fd);
	digest_free(u->digest);
	pthread_mutex_destroy(&u->lock);
	free(u);
}
