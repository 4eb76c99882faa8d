#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "store/history.h"

enum { HISTORY_TEXT = 1 << 28 };	/* millions of builds */

const char *const history_keys[HISTORY_COLUMNS] = {
	"ended", "package", "branch", "arch", "version", "verdict", "wall_us", "cpu_us",
	"peak_kib", "job",
};

int
history_is_number(int column)
{
	return column == HISTORY_ENDED ||
	    (column >= HISTORY_WALL_US && column <= HISTORY_PEAK_KIB);
}

/* Whether what fd is open on ends in the middle of a line: a disk was full. */
static int
is_torn(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END);
	char last;

	return end > 0 && pread(fd, &last, 1, end - 1) == 1 && last != '\n';
}

static int
append(const struct store *s, const struct buf *line)
{
	int fd = openat(s->dir, "history", O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW |
	    O_NONBLOCK | O_CLOEXEC, 0644);
	struct stat st;
	int torn;
	ssize_t n;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	/* line begins with a newline, for this. */
	torn = is_torn(fd);
	n = write(fd, line->s + !torn, line->len - !torn);
	if (n < 0 || (size_t)n != line->len - !torn) {
		if (n >= 0)
			errno = ENOSPC;
		close_keep(fd);
		return -1;
	}
	return close(fd);
}

int
history_add(const struct store *s, const char *const row[HISTORY_COLUMNS])
{
	struct buf line = { 0 };
	const char *p;
	int i, r = buf_putc(&line, '\n');

	for (i = 0; i < HISTORY_COLUMNS && r == 0; i++) {
		for (p = row[i]; *p; p++)
			if ((unsigned char)*p < ' ' || *p == 127) {
				buf_free(&line);
				errno = EINVAL;
				return -1;
			}
		r = buf_puts(&line, *row[i] ? row[i] : "-");
		if (r == 0)
			r = buf_putc(&line, i + 1 < HISTORY_COLUMNS ? '\t' : '\n');
	}
	if (r == 0)
		r = append(s, &line);
	i = errno;
	buf_free(&line);
	errno = i;
	return r;
}

int
history_open(const struct store *s, struct history *h)
{
	*h = (struct history){ 0 };
	if (file_get(s->dir, "history", HISTORY_TEXT, &h->text) < 0) {
		buf_free(&h->text);
		return -1;
	}
	h->at = h->text.s;
	return 0;
}

/* Splits line.  Returns whether it is one of ours. */
static int
split(char *line, const char *row[HISTORY_COLUMNS])
{
	int i;

	for (i = 0; i < HISTORY_COLUMNS; i++) {
		row[i] = line;
		line += strcspn(line, "\t");
		if (line == row[i] || (i + 1 < HISTORY_COLUMNS) != (*line == '\t'))
			return 0;
		if (*line)
			*line++ = '\0';
		if (history_is_number(i) && row[i][strspn(row[i], "0123456789")])
			return 0;
	}
	return 1;
}

int
history_next(struct history *h, const char *row[HISTORY_COLUMNS])
{
	char *line, *end = h->text.s + h->text.len;
	size_t n;

	while (h->at < end) {
		line = h->at;
		n = strcspn(line, "\n");
		h->at += n + 1;
		h->line++;
		if (!n && line < end && *line == '\n')
			continue;
		/* The last one may be on its way, or torn. */
		if (line + n < end && line[n] == '\n') {
			line[n] = '\0';
			if (split(line, row))
				return 1;
		}
		if (!h->damaged++)
			h->first = h->line;
	}
	return 0;
}

void
history_close(struct history *h)
{
	buf_free(&h->text);
}
