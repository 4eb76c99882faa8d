#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "digest.h"
#include "file.h"
#include "serve/answer.h"
#include "serve/conf.h"
#include "serve/db.h"
#include "serve/http.h"

/* Sets what Range asks for: one of "bytes=A-B", "bytes=A-" and "bytes=-N"; more than one is
 * answered with all.  Returns 206, 200 or 416. */
static int
range(const char *s, int64_t size, int64_t *from, int64_t *len)
{
	unsigned long long a, b;
	char *end;

	*from = 0;
	*len = size;
	if (!s || strncmp(s, "bytes=", 6) || strchr(s, ',') ||
	    strspn(s + 6, "0123456789-") != strlen(s + 6) || strlen(s) > 40)
		return 200;
	s += 6;
	if (*s == '-') {
		b = strtoull(s + 1, &end, 10);
		if (end == s + 1 || *end || !b)
			return 416;
		*len = b > (unsigned long long)size ? size : (int64_t)b;
		*from = size - *len;
		return 206;
	}
	a = strtoull(s, &end, 10);
	if (end == s || *end != '-' || a >= (unsigned long long)size)
		return 416;
	s = end + 1;
	b = *s ? strtoull(s, &end, 10) : (unsigned long long)size - 1;
	if ((*s && *end) || b < a)
		return 416;
	if (b >= (unsigned long long)size)
		b = (unsigned long long)size - 1;
	*from = (int64_t)a;
	*len = (int64_t)(b - a + 1);
	return 206;
}

/* As HTTP writes times, whatever the locale. */
static void
http_time(char out[40], time_t at)
{
	struct tm tm;

	gmtime_r(&at, &tm);
	strftime(out, 40, "%a, %d %b %Y %H:%M:%S GMT", &tm);
}

static int
is_same(struct req *r, const char *etag, time_t changed)
{
	const char *none = http_header(r, "If-None-Match"), *since;
	struct tm tm = { 0 };

	if (none)
		return strstr(none, etag) || !strcmp(none, "*");
	since = http_header(r, "If-Modified-Since");
	return since && strptime(since, "%a, %d %b %Y %H:%M:%S GMT", &tm) && changed <= timegm(&tm);
}

/* Range holds for the file that If-Range tells, if it does. */
static const char *
wanted(struct req *r, const char *etag, const char *changed)
{
	const char *of = http_header(r, "If-Range");

	return of && !strstr(of, etag) && strcmp(of, changed) ? NULL : http_header(r, "Range");
}

static void
heads(struct req *r, const struct answer_as *as, const char *etag, const char *changed)
{
	r->type = as->type;
	req_head(r, "ETag", "\"%s\"", etag);
	req_head(r, "Last-Modified", "%s", changed);
	req_head(r, "Accept-Ranges", "bytes");
	req_head(r, "Cache-Control", as->forever ? "public, max-age=31536000, immutable" : "no-cache");
	req_head(r, "Content-Security-Policy", "default-src 'none'; sandbox");
	if (as->attached)
		req_head(r, "Content-Disposition", "attachment");
}

int
answer_file(struct req *r, const char *path, const struct answer_as *as)
{
	int fd = openat(conf.at, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	return fd < 0 ? -1 : answer_fd(r, fd, as);
}

int
answer_fd(struct req *r, int fd, const struct answer_as *as)
{
	char tag[DIGEST_HEX + 32], changed[40];
	struct stat st;
	int status;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close_keep(fd);
		errno = ENOENT;
		return -1;
	}
	if (as->etag)
		snprintf(tag, sizeof(tag), "%s", as->etag);
	else
		snprintf(tag, sizeof(tag), "%" PRIx64 "-%" PRIx64 "-%" PRIx64, (uint64_t)st.st_ino,
		    (uint64_t)st.st_size, (uint64_t)st.st_mtim.tv_sec * 1000000000U +
		    (uint64_t)st.st_mtim.tv_nsec);
	http_time(changed, st.st_mtim.tv_sec);
	heads(r, as, tag, changed);
	if (is_same(r, tag, st.st_mtim.tv_sec)) {
		close_keep(fd);
		req_answer(r, 304);
		return 0;
	}
	r->fd = fd;
	status = range(wanted(r, tag, changed), st.st_size, &r->from, &r->len);
	if (status == 416) {
		req_problem(r, 416, "offset", "the file has %" PRId64 " bytes", (int64_t)st.st_size);
		req_head(r, "Content-Range", "bytes */%" PRId64, (int64_t)st.st_size);
		return 0;
	}
	if (status == 206)
		req_head(r, "Content-Range", "bytes %" PRId64 "-%" PRId64 "/%" PRId64, r->from,
		    r->from + r->len - 1, (int64_t)st.st_size);
	req_answer(r, status);
	return 0;
}

int64_t
answer_attempt(struct req *r)
{
	int64_t n = 0, want = req_query(r, "attempt", 1, INT32_MAX, 0);
	int got;

	if (r->status)
		return -1;
	got = db_get("SELECT attempts FROM task WHERE id = ?", "i|i", r->task, &n);
	if (got < 0)
		req_failed(r, "task");
	else if (!got)
		req_problem(r, 404, "task", "there is no task %" PRId64, r->task);
	else if (want > n)
		req_problem(r, 404, "attempt", "task %" PRId64 " had %" PRId64 " attempts", r->task, n);
	return r->status ? -1 : want ? want : n;
}
