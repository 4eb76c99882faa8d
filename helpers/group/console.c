#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "err.h"
#include "group/console.h"
#include "plain.h"

#define CLEAR "\r\033[J"	/* from the cursor on */

void
console_begin(struct console *c)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	*c = (struct console){ 0 };
	c->board = isatty(STDERR_FILENO) && (!no || !*no) &&
	    (!term || strcmp(term, "dumb"));
	stream_begin(&c->out, STDOUT_FILENO);
	stream_begin(&c->err, STDERR_FILENO);
}

static void
clear(struct console *c)
{
	if (c->drawn)
		stream_text(&c->err, CLEAR, strlen(CLEAR));
	c->drawn = 0;
}

void
console_say(struct console *c, const char *fmt, ...)
{
	struct buf b = { 0 };
	va_list ap;
	char *text;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0 || buf_puts(&b, "aoinb: ") < 0 || buf_puts(&b, text) < 0)
		die_sys(EX_OSERR, "output");
	free(text);
	plain_urls(b.s);
	plain_line(b.s);
	b.len = strlen(b.s);
	if (buf_putc(&b, '\n') < 0)
		die_sys(EX_OSERR, "output");
	console_text(c, &b);
	buf_free(&b);
}

void
console_text(struct console *c, const struct buf *text)
{
	clear(c);
	stream_text(&c->err, text->s, text->len);
	console_flush(c);
}

void
console_copy(struct console *c, int dir, const char *out, const char *err)
{
	clear(c);
	stream_flush(&c->err);	/* the two may be one terminal */
	stream_file(&c->out, dir, out);
	stream_flush(&c->out);
	stream_file(&c->err, dir, err);
	console_flush(c);
}

void
console_draw(struct console *c, const struct buf *lines, unsigned rows)
{
	struct buf b = { 0 };

	stream_flush(&c->err);
	if (stream_waits(&c->err))
		return;
	if (buf_puts(&b, CLEAR) < 0 || buf_put(&b, lines->s, lines->len) < 0 ||
	    buf_printf(&b, "\033[%uA\r", rows) < 0)
		die_sys(EX_OSERR, "output");
	stream_text(&c->err, b.s, b.len);
	buf_free(&b);
	c->drawn = 1;
	stream_flush(&c->err);
}

void
console_flush(struct console *c)
{
	stream_flush(&c->out);
	stream_flush(&c->err);
}

void
console_drain(struct console *c, int signals, int timeout_ms)
{
	struct pollfd p[3] = { { .fd = signals, .events = POLLIN } };
	struct signalfd_siginfo si;
	int n;

	clear(c);
	for (;;) {
		console_flush(c);
		p[1] = (struct pollfd){ stream_waits(&c->out) ? c->out.fd : -1, POLLOUT, 0 };
		p[2] = (struct pollfd){ stream_waits(&c->err) ? c->err.fd : -1, POLLOUT, 0 };
		if (p[1].fd < 0 && p[2].fd < 0)
			return;
		n = poll(p, 3, timeout_ms);
		if (n == 0 || (n < 0 && errno != EINTR))
			return;
		if (read(signals, &si, sizeof(si)) > 0 && si.ssi_signo != SIGWINCH)
			return;
	}
}
