#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base64.h"
#include "digest.h"
#include "err.h"
#include "file.h"
#include "json.h"
#include "parse.h"
#include "ship/attempt.h"
#include "http/list.h"
#include "store/job.h"

#define TYPE "application/vnd.aoinb.result+json"

struct record {
	struct buf outputs, sources, layers, digests, version;
	int64_t wall_us, cpu_us, peak_kib;
	int failed;
};

static int64_t
size_at(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode) ? -1 :
	    st.st_size;
}

/* A package, which whatever happens to the repository of this machine stays as it is. */
static int
keep_package(struct attempt *a, struct record *r, const struct job_package *p)
{
	char from[STORE_NAME * 2 + 16], to[STORE_NAME + 16];
	const char *hex = strstr(p->digest, "::");
	uint64_t bytes;

	if (!hex || strncmp(p->digest, "sha256::", 8) || !store_name_ok(p->file) ||
	    parse_uint(p->bytes, 0, INT64_MAX, &bytes) < 0) {
		errno = EBADMSG;
		return -1;
	}
	snprintf(from, sizeof(from), "output/%s/%s", a->t.branch.s, p->file);
	snprintf(to, sizeof(to), "output/%s", p->file);
	if (linkat(a->w->store.dir, from, a->folder, to, 0) < 0 && errno != EEXIST)
		return -1;
	return buf_printf(&r->outputs, "%s{\"name\":\"%s\",\"size\":%" PRIu64 ",\"sha256\":\"%s\"}",
	    r->outputs.len ? "," : "", p->file, bytes, hex + 2);
}

static int
take_packages(struct attempt *a, const char *job, void *arg)
{
	struct record *r = arg;
	struct job_package p;
	struct buf text = { 0 };
	char *at;
	int got = 0, err;

	if (job_text(&a->w->store, job, "packages", &text) < 0)
		return errno == ENOENT ? 0 : -1;
	for (at = text.s; at && (got = job_package_next(&at, &p)) == 1; )
		if (keep_package(a, r, &p) < 0)
			got = -1, at = NULL;
	err = errno;
	buf_free(&text);
	errno = err;
	return got < 0 ? -1 : 0;
}

static void
add_number(const struct buf *usage, const char *key, int64_t *n, int sum)
{
	int64_t more = 0;

	if (member_number(usage, key, &more) == 0)
		*n = sum ? *n + more : more > *n ? more : *n;
}

/* Use, and what it was made of, out of what the job says of itself. */
static int
take_record(struct attempt *a, const char *job, void *arg)
{
	struct record *r = arg;
	struct buf text = { 0 }, b = { 0 };
	char path[400];

	if (job_text(&a->w->store, job, "result.json", &text) == 0) {
		if (member_text(&text, "usage", &b) == 0 && b.len) {
			add_number(&b, "wall_us", &r->wall_us, 1);
			add_number(&b, "cpu_us", &r->cpu_us, 1);
			add_number(&b, "peak_kib", &r->peak_kib, 0);
		}
		member_text(&text, "sources", &r->sources);
		member_text(&text, "layers", &r->layers);
		member_text(&text, "layer_digests", &r->digests);
		member_text(&text, "version", &r->version);
	}
	snprintf(path, sizeof(path), "%s/samples.csv", job);
	unlinkat(a->folder, "samples.csv", 0);
	if (linkat(a->w->store.dir, path, a->folder, "samples.csv", 0) < 0 && errno != ENOENT)
		r->failed = 1;
	buf_free(&text);
	buf_free(&b);
	return 0;
}

static int
file_sha256(int dir, const char *name, char hex[DIGEST_HEX])
{
	struct digest *d = digest_new(digest_algo("sha256", 6));
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	int r = d && fd >= 0 && digest_fd(d, fd, -1) >= 0 && digest_hex(d, hex) == 0 ? 0 : -1;

	close_keep(fd);
	digest_free(d);
	return r;
}

static int
put_text(struct buf *out, const char *key, const char *text)
{
	return buf_printf(out, ",\"%s\":", key) < 0 ||
	    (text && *text ? buf_json(out, text) : buf_puts(out, "null")) < 0 ? -1 : 0;
}

static int
put_raw(struct buf *out, const char *key, const struct buf *raw)
{
	return buf_printf(out, ",\"%s\":%s", key, raw->len ? raw->s : "null");
}

static int
payload(struct attempt *a, const struct end *e, const struct record *r, struct buf *out)
{
	char sha[DIGEST_HEX];
	int64_t log = size_at(a->folder, "log"), samples = size_at(a->folder, "samples.csv");
	struct stat st;

	if (file_sha256(a->folder, "log", sha) < 0 || fstatat(a->folder, "lease", &st, 0) < 0)
		return -1;
	if (buf_printf(out, "{\"task\":%" PRId64 ",\"attempt\":%" PRId64 ",\"bundle_sha256\":\"%s\","
	    "\"verdict\":\"%s\",\"exit\":%d,\"log_size\":%" PRId64 ",\"log_sha256\":\"%s\"",
	    a->t.id, a->t.attempt, a->t.sha256.s, e->verdict, e->code, log, sha) < 0 ||
	    put_text(out, "why", e->why) < 0)
		return -1;
	if (samples >= 0 && buf_printf(out, ",\"samples_size\":%" PRId64, samples) < 0)
		return -1;
	return buf_printf(out, ",\"outputs\":[%s],\"began\":%" PRId64 ",\"ended\":%" PRId64
	    ",\"wall_us\":%" PRId64 ",\"cpu_us\":%" PRId64 ",\"peak_kib\":%" PRId64,
	    r->outputs.len ? r->outputs.s : "", (int64_t)st.st_mtime, (int64_t)time(NULL),
	    r->wall_us, r->cpu_us, r->peak_kib) < 0 ||
	    put_text(out, "arch", task_arch(&a->t, a->w)) < 0 || put_text(out, "branch", a->t.branch.s) < 0 ||
	    put_text(out, "worker", a->w->name) < 0 || put_text(out, "aoinb", AOINB_VERSION) < 0 ||
	    put_text(out, "version", r->version.s) < 0 || put_raw(out, "sources", &r->sources) < 0 ||
	    put_raw(out, "layers", &r->layers) < 0 ||
	    put_raw(out, "layer_digests", &r->digests) < 0 || buf_putc(out, '}') < 0 ? -1 : 0;
}

/* The envelope: what was signed, and by which key. */
static int
seal(struct attempt *a, const struct buf *text, struct buf *out)
{
	unsigned char sig[SIGN_LEN], key[SIGN_KEY];
	struct buf pae = { 0 };
	int r;

	r = sign_envelope(&pae, TYPE, text->s, text->len) < 0 ||
	    sign_make(a->w->secret, pae.s, pae.len, sig) < 0 || sign_public(a->w->secret, key) < 0 ||
	    buf_puts(out, "{\"payloadType\":\"" TYPE "\",\"payload\":\"") < 0 ||
	    base64_put(out, text->s, text->len) < 0 ||
	    buf_puts(out, "\",\"signatures\":[{\"keyid\":\"") < 0 ||
	    base64_put(out, key, sizeof(key)) < 0 || buf_puts(out, "\",\"sig\":\"") < 0 ||
	    base64_put(out, sig, sizeof(sig)) < 0 || buf_puts(out, "\"}]}\n") < 0 ? -1 : 0;
	buf_free(&pae);
	return r;
}

int
result_write(struct attempt *a, const struct end *e)
{
	struct record r = { 0 };
	struct buf text = { 0 }, envelope = { 0 };
	int failed, err;

	if (mkdirat(a->folder, "output", 0700) < 0 && errno != EEXIST)
		return -1;
	failed = (!strcmp(e->verdict, "ok") && attempt_jobs(a, take_packages, &r) < 0) ||
	    attempt_jobs(a, take_record, &r) < 0 || r.failed || payload(a, e, &r, &text) < 0 ||
	    seal(a, &text, &envelope) < 0 ||
	    file_put(a->folder, "result.json", text.s, text.len) < 0 ||
	    file_put(a->folder, "result.dsse", envelope.s, envelope.len) < 0;
	err = errno;
	buf_free(&r.outputs);
	buf_free(&r.sources);
	buf_free(&r.layers);
	buf_free(&r.digests);
	buf_free(&r.version);
	buf_free(&text);
	buf_free(&envelope);
	errno = err;
	return failed ? -1 : 0;
}

/* --- on its way */

struct delivery {
	struct attempt *a;
	enum sent how;
	struct http_answer answer;
};

/* Whether there is no sense in sending this result. */
static int
is_void(const struct attempt *a)
{
	return a->lost || (a->cancel && !a->stopped);
}

static int
on_the_way(void *arg, const struct http_answer *answer)
{
	attempt_heard(arg, answer);
	return is_void(arg);
}

/* Sends the file name of the folder whole. */
static enum sent
send_file(struct delivery *d, const char *name, const char *what, const char *sha256)
{
	struct attempt *a = d->a;
	char url[4096];
	struct send s = { .url = url, .bearer = a->t.lease.s, .sha256 = sha256, .at = -1 };
	enum sent how = SENT;

	snprintf(url, sizeof(url), "%s", attempt_url(a, what));
	s.size = size_at(a->folder, name);
	s.fd = openat(a->folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (s.fd < 0 || s.size < 0) {
		snprintf(d->answer.why, sizeof(d->answer.why), "%s: %s", name, strerror(errno));
		how = SENT_REFUSED;
	} else if (s.size) {
		http_free(&d->answer);
		how = send_all(&s, on_the_way, a, &d->answer);
	}
	close_keep(s.fd);
	return how;
}

static int
send_output(void *arg, const char *text, size_t len)
{
	struct delivery *d = arg;
	struct buf one = { 0 }, name = { 0 }, sha = { 0 };
	char path[STORE_NAME + 16];

	if (buf_put(&one, text, len) < 0 || member_text(&one, "name", &name) < 0 ||
	    member_text(&one, "sha256", &sha) < 0 || !store_name_ok(name.s)) {
		d->how = SENT_REFUSED;
	} else {
		snprintf(path, sizeof(path), "output/%s", name.s);
		d->how = send_file(d, path, path, sha.s);
	}
	buf_free(&one);
	buf_free(&name);
	buf_free(&sha);
	return d->how != SENT;
}

static enum sent
send_what_it_names(struct delivery *d, const struct buf *text)
{
	struct buf outputs = { 0 };

	d->how = send_file(d, "log", "log", NULL);
	if (d->how == SENT && size_at(d->a->folder, "samples.csv") >= 0)
		d->how = send_file(d, "samples.csv", "samples.csv", NULL);
	if (d->how == SENT && member_text(text, "outputs", &outputs) == 0 && outputs.len)
		list_each(outputs.s, send_output, d);
	buf_free(&outputs);
	return d->how;
}

/* A result that says the server lacks something is followed by that. */
static enum sent
send_result(struct delivery *d, const struct buf *envelope)
{
	struct http_ask ask = { .method = "PUT", .url = attempt_url(d->a, "result"),
	    .bearer = d->a->t.lease.s, .type = "application/vnd.dsse.envelope.v1+json", .fd = -1,
	    .text = envelope->s, .len = envelope->len, .wait = 300 };

	http_free(&d->answer);
	http_do(&ask, &d->answer);
	on_the_way(d->a, &d->answer);
	/* Its key may be put right by somebody. */
	if (http_is(&d->answer, "incomplete") || http_is(&d->answer, "signature"))
		return SENT_LATER;
	return sent_how(&d->answer);
}

enum sent
result_deliver(struct attempt *a)
{
	struct delivery d = { .a = a };
	struct buf text = { 0 }, envelope = { 0 };
	struct backoff b = { 0 };
	char said[sizeof(d.answer.why)] = "";

	d.how = SENT_REFUSED;
	if (file_get(a->folder, "result.json", HTTP_BODY, &text) < 0 ||
	    file_get(a->folder, "result.dsse", HTTP_BODY, &envelope) < 0)
		warn_sys("%s: its result", a->name);
	else
		for (d.how = SENT_LATER; d.how == SENT_LATER && !wait_stopped() && !is_void(a); ) {
			/* What the server wants by now is asked before, not with the result. */
			snprintf(a->step, sizeof(a->step), "upload");
			if (attempt_beat(a) && !is_void(a) &&
			    send_what_it_names(&d, &text) == SENT)
				d.how = is_void(a) ? SENT_LATER : send_result(&d, &envelope);
			if (d.how != SENT_LATER || wait_stopped() || is_void(a))
				break;
			if (*d.answer.why && strcmp(said, d.answer.why))
				warn_msg("%s: its result waits: %s", a->name, d.answer.why);
			memcpy(said, d.answer.why, sizeof(said));
			wait_ms(backoff_ms(&b, d.answer.after));
		}
	if (d.how == SENT_REFUSED) {
		snprintf(a->refused, sizeof(a->refused), "%s", d.answer.why);
		warn_msg("%s: its result is refused: %s", a->name, a->refused);
	}
	buf_free(&text);
	buf_free(&envelope);
	http_free(&d.answer);
	return a->lost ? SENT_LOST : d.how;
}
