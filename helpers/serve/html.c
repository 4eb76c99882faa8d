#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "human.h"
#include "serve/html.h"

static void
put(struct html *h, const char *s, size_t n)
{
	h->failed |= buf_put(h->out, s, n) < 0;
}

static void
put_text(struct html *h, const char *s)
{
	size_t n;

	for (; s && *s; s++) {
		n = strcspn(s, "&<>\"'");
		put(h, s, n);
		s += n;
		if (!*s)
			return;
		h->failed |= buf_printf(h->out, "&#%d;", *s) < 0;
	}
}

static void
put_url(struct html *h, const char *s)
{
	for (; s && *s; s++)
		if (strchr("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~", *s))
			put(h, s, 1);
		else
			h->failed |= buf_printf(h->out, "%%%02X", (unsigned char)*s) < 0;
}

void
html(struct html *h, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	for (;;) {
		n = strcspn(fmt, "%");
		put(h, fmt, n);
		fmt += n;
		if (!*fmt || !fmt[1])
			break;
		switch (fmt[1]) {
		case 's': put_text(h, va_arg(ap, const char *)); break;
		case 'u': put_url(h, va_arg(ap, const char *)); break;
		case 'd': h->failed |= buf_printf(h->out, "%" PRId64, va_arg(ap, int64_t)) < 0; break;
		case '%': put(h, "%", 1); break;
		default: h->failed = 1; break;
		}
		fmt += 2;
	}
	va_end(ap);
}

void
html_since(struct html *h, int64_t at, int64_t now)
{
	char text[HUMAN_MAX];

	if (!at)
		html(h, "–");
	else
		html(h, "<time data-since=%d>%s</time>", at,
		    human_span(text, now > at ? (uint64_t)(now - at) * 1000000 : 0));
}

void
html_moment(struct html *h, int64_t at)
{
	time_t t = (time_t)at;
	char text[32];
	struct tm tm;

	if (!at) {
		html(h, "–");
		return;
	}
	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm);
	html(h, "<time data-at=%d>%s</time>", at, text);
}

void
html_span(struct html *h, int64_t seconds)
{
	char text[HUMAN_MAX];

	html(h, "%s", seconds < 0 ? "–" : human_span(text, (uint64_t)seconds * 1000000));
}

void
html_size(struct html *h, int64_t kib)
{
	char text[HUMAN_MAX];

	html(h, "%s", kib <= 0 ? "–" : human_size(text, (uint64_t)kib));
}

void
html_state(struct html *h, const char *word)
{
	html(h, "<b class=\"st %s\">%s</b>", word, word);
}
