#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "layer/cmd.h"
#include "plain.h"

enum {
	TAIL = 256 << 10,	/* bytes of a log that are looked at: apt's last words */
	LINES = 3,		/* that are shown */
	LINE_MOST = 300,	/* bytes of one */
};

/* What apt and dpkg say, in the order of what lies at the bottom: who has no network
 * also lacks an index, and then a package.  %s is the branch. */
static const struct reason {
	int code;		/* for whoever ends by it; EX_TEMPFAIL: newer lists can help */
	const char *says[10], *text;
} reasons[] = {
	{ EX_DATAERR, { "dpkg was interrupted" },
	  "dpkg was interrupted before; mend it by hand (aoinb run --keep %s -- dpkg --configure -a, "
	  "then aoinb commit %s), or go back (aoinb rollback %s)" },
	{ EX_IOERR, { "No space left on device", "have enough free space" },
	  "no space is left; make room, or run: aoinb gc" },
	{ EX_UNAVAILABLE, { "NO_PUBKEY", "EXPKEYSIG", "REVKEYSIG", "BADSIG", "Missing key",
	    " is not signed", "signatures were invalid", "be verified because",
	    "signature verification failed" },
	  "the signature of a mirror is not accepted; see to the key that its source list names, "
	  "or that the base system has" },
	{ EX_UNAVAILABLE, { "is expired (invalid since", "is not valid yet" },
	  "the lists of a mirror are too old or too new; set the clock, or take another mirror" },
	{ EX_UNAVAILABLE, { "changed its '" },
	  "a mirror has another release under this name now; name the release in its "
	  "source list, or begin anew: aoinb cleanup %s" },
	{ EX_UNAVAILABLE, { "does not have a Release file", "no longer has a Release file" },
	  "a mirror has no such suite; see the source list" },
	{ EX_UNAVAILABLE, { "Temporary failure resolving", "Could not resolve", "Could not connect",
	    "Unable to connect", "Connection failed", "Network is unreachable",
	    "No route to host", "onnection timed out", "certificate verification failed" },
	  "a mirror cannot be reached; see to the network, and to proxies ([apt] proxy, "
	  "http_proxy)" },
	{ EX_TEMPFAIL, { "  404  ", "  410  ", "Hash Sum mismatch", "unexpected size",
	    "Mirror sync in progress" },
	  "a mirror lacks what its lists name; try again later, or take another mirror" },
	{ EX_UNAVAILABLE, { "Failed to fetch" },
	  "a mirror does not answer as it should; try again later, or take another mirror" },
	{ EX_NO, { "held broken packages", "Unmet dependencies", "Depends: ",
	    "generated breaks", "Held packages were changed", "packages were held" },
	  "packages are held, or do not fit together" },
	{ EX_NO, { "error processing package", "error processing archive" },
	  "a package cannot be installed" },
};

static const size_t reason_count = sizeof(reasons) / sizeof(*reasons);

struct why {
	size_t reason;		/* reason_count: none */
	const char *line[LINES];	/* those that say it, the first of them first */
	size_t lines;
};

static int
says(const struct reason *r, const char *line)
{
	const char *const *s;

	for (s = r->says; s < r->says + 10 && *s; s++)
		if (strstr(line, *s))
			return 1;
	return 0;
}

static int
is_error(const char *line)
{
	return !strncmp(line, "E: ", 3) || !strncmp(line, "W: ", 3) ||
	    !strncmp(line, "dpkg: ", 6) || strstr(line, " Depends: ");
}

/* The last bytes of a log: a container wrote it. */
static int
read_tail(const char *path, struct buf *b)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char piece[8192];
	struct stat st;
	ssize_t n = 0;

	if (fd < 0 || fstat(fd, &st) < 0)
		goto fail;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		goto fail;
	}
	if (st.st_size > TAIL && lseek(fd, st.st_size - TAIL, SEEK_SET) < 0)
		goto fail;
	while (b->len < TAIL && (n = read(fd, piece, sizeof(piece))) > 0)
		if (buf_put(b, piece, (size_t)n) < 0)
			goto fail;
	if (n < 0)
		goto fail;
	close(fd);
	return 0;
fail:
	close_keep(fd);
	return -1;
}

/* The line behind line, of text that ends at end; NULL behind the last. */
static const char *
next(const char *line, const char *end)
{
	line += strlen(line) + 1;
	return line < end ? line : NULL;
}

/* The lowest reason that a line says; reason_count for none. */
static size_t
find(const char *text, const char *end)
{
	size_t found = reason_count, i;
	const char *line;

	for (line = text; line; line = next(line, end))
		for (i = 0; i < found; i++)
			if (says(&reasons[i], line))
				found = i;
	return found;
}

/* Of a known reason the first lines that say it, else the last that tell of errors. */
static void
collect(struct why *w, const char *text, const char *end)
{
	int known = w->reason < reason_count;
	const char *line;

	for (line = text; line; line = next(line, end)) {
		if (known ? !says(&reasons[w->reason], line) : !is_error(line))
			continue;
		if (w->lines == LINES && known)
			return;
		if (w->lines == LINES)
			memmove(w->line, w->line + 1, --w->lines * sizeof(*w->line));
		w->line[w->lines++] = line;
	}
}

/* Nothing of it may move the cursor of a terminal. */
static int
put_line(struct buf *out, const char *s)
{
	char *line = strndup(s, LINE_MOST);
	int r;

	if (!line)
		return -1;
	plain_line(line);
	r = buf_printf(out, "%s\n", line);
	free(line);
	return r;
}

static int
put_text(struct buf *out, const char *text, const char *branch)
{
	const char *p;

	for (p = text; *p; p++)
		if (p[0] == '%' && p[1] == 's') {
			if (buf_puts(out, branch) < 0)
				return -1;
			p++;
		} else if (buf_putc(out, *p) < 0) {
			return -1;
		}
	return buf_putc(out, '\n');
}

/* Lines become strings. */
static void
split(struct buf *text)
{
	size_t i;

	for (i = 0; i < text->len; i++) {
		if (!text->s[i])
			text->s[i] = '?';
		if (text->s[i] == '\n' || text->s[i] == '\r')
			text->s[i] = '\0';
	}
}

/* The words of apt to stderr, and what they come to as the output. */
static int
tell(const struct why *w, const char *branch, struct buf *out)
{
	struct buf words = { 0 };
	size_t i;
	int r = 0;

	for (i = 0; i < w->lines && r == 0; i++)
		r = put_line(&words, w->line[i]);
	if (r == 0 && w->reason < reason_count)
		r = put_text(out, reasons[w->reason].text, branch);
	if (r == 0 && words.len)
		file_write(STDERR_FILENO, words.s, words.len);	/* if somebody is there */
	buf_free(&words);
	return r;
}

int
verb_why(struct cmd *c)
{
	struct why w = { .reason = reason_count };
	struct buf text = { 0 };
	int r;

	if (!branch_ok(c->arg[1]))
		return EX_USAGE;
	if (read_tail(c->arg[0], &text) < 0) {
		warn_sys("%s", c->arg[0]);
		buf_free(&text);
		return errno == EINVAL || errno == ELOOP ? EX_DATAERR : err_code(errno);
	}
	if (text.len) {
		split(&text);
		w.reason = find(text.s, text.s + text.len);
		collect(&w, text.s, text.s + text.len);
	}
	r = tell(&w, c->arg[1], &c->out);
	buf_free(&text);
	if (r < 0)
		return fail_sys(c, c->arg[0]);
	r = print(&c->out);
	return r ? r : w.reason < reason_count ? reasons[w.reason].code : EX_NO;
}
