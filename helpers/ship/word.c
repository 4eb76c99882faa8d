#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "ship/attempt.h"

enum { INTERVAL = 10, MOST_PIECE = 1 << 20, ROUNDS = 16 };

const char *
attempt_url(const struct attempt *a, const char *what)
{
	static char url[4096];

	snprintf(url, sizeof(url), "%s/lease/%s/%s", a->w->url, a->name, what);
	return url;
}

int
attempt_heard(void *arg, const struct http_answer *answer)
{
	struct attempt *a = arg;

	if (answer->cancel && !a->cancel) {
		a->cancel = 1;
		warn_msg("%s: cancelled", a->name);
	}
	if (answer->interval)
		a->interval = answer->interval;
	if (answer->status && sent_how(answer) == SENT_LOST && !a->lost) {
		a->lost = 1;
		warn_msg("%s: lost: %s", a->name, answer->why);
	}
	return a->lost || a->cancel;
}

/* Sends one piece of what grows.  Returns whether the server was reached; *more is set
 * when there is more to send. */
static int
grow(struct attempt *a, struct send *s, const char *what, int *more)
{
	struct http_answer answer;
	enum sent how;
	int64_t at = s->at;
	char url[4096];

	snprintf(url, sizeof(url), "%s", attempt_url(a, what));
	s->url = url;
	s->bearer = a->t.lease.s;
	s->size = -1;
	if (!s->piece || s->piece > MOST_PIECE)
		s->piece = MOST_PIECE;
	how = send_piece(s, &answer);
	if (answer.status) {
		attempt_heard(a, &answer);
		a->beat = wait_now();
		*more |= how == SENT && s->at != at;
	}
	if (how == SENT_REFUSED)
		warn_msg("%s: %s: %s", a->name, what, answer.why);
	http_free(&answer);
	return how != SENT_LATER;
}

static int
grow_samples(struct attempt *a, int *more)
{
	char job[300], path[400];
	int r = 1;

	if (attempt_job(a, job) < 0)
		return 1;
	snprintf(path, sizeof(path), "%s/samples.csv", job);
	a->samples.fd = openat(a->w->store.dir, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (a->samples.fd >= 0)
		r = grow(a, &a->samples, "samples.csv", more);
	close_keep(a->samples.fd);
	return r;
}

int
attempt_beat(struct attempt *a)
{
	char text[256];
	struct http_ask ask = { .method = "PUT", .url = attempt_url(a, "beat"),
	    .bearer = a->t.lease.s, .type = "application/json", .fd = -1, .text = text };
	struct http_answer answer;
	int r;

	ask.len = (size_t)snprintf(text, sizeof(text), "{\"step\":\"%s\",\"cpu_us\":%" PRId64
	    ",\"peak_kib\":%" PRId64 "}", a->step, a->cpu_us, a->peak_kib);
	http_do(&ask, &answer);
	attempt_heard(a, &answer);
	a->beat = wait_now();
	r = sent_how(&answer) != SENT_LATER;
	http_free(&answer);
	return r;
}

void
attempt_word(struct attempt *a, int now)
{
	int more, reached, rounds = ROUNDS;

	if (a->lost || (!now && wait_now() < a->next))
		return;
	if (!a->interval)
		a->interval = INTERVAL;
	/* A word that is lost may not cost the lease. */
	if (a->interval > a->t.lease_s / 3)
		a->interval = a->t.lease_s / 3 > 1 ? (long)(a->t.lease_s / 3) : 1;
	/* When it lags behind, one piece is not enough; but the build is looked after, too. */
	do {
		more = 0;
		reached = grow(a, &a->log, "log", &more) && grow_samples(a, &more);
	} while (reached && more && !a->lost && --rounds);
	if (reached && !a->lost && wait_now() - a->beat >= (a->interval > 5 ? a->interval : 5) * 500)
		reached = attempt_beat(a);
	if (!reached) {
		a->next = wait_now() + backoff_ms(&a->pause, 0);
		return;
	}
	a->pause.tries = 0;
	a->next = wait_now() + (more ? 100 : a->interval * 1000);
}

void
attempt_step(struct attempt *a, const char *step)
{
	if (!strcmp(a->step, step))
		return;
	snprintf(a->step, sizeof(a->step), "%s", step);
	a->step[strspn(a->step, "abcdefghijklmnopqrstuvwxyz-")] = '\0';
	if (!a->pause.tries)
		attempt_beat(a);
}
