#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "fetch/import.h"
#include "fetch/part.h"
#include "fetch/record.h"

/* Everything fd holds into p.  Returns 0, or an exit code after saying why. */
static int
copy(struct part *p, int fd, const char *title)
{
	enum { ROOM = 1 << 18 };
	char *s = malloc(ROOM);
	ssize_t n = -1;
	int code = 0;

	while (s && !code && (n = read(fd, s, ROOM)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		if (part_add(p, s, (size_t)n) < 0) {
			warn_sys("%s", p->path);
			code = EX_IOERR;
		}
	}
	if (n < 0) {
		warn_sys("%s", title);
		code = EX_IOERR;
	}
	free(s);
	return code;
}

/* Whether hex is what src wants; src->hex is set to it.  Returns an exit code
 * after saying why. */
static int
compare(const char *hex, const char *title, struct source *src)
{
	if (*src->hex && strcmp(src->hex, hex)) {
		warn_msg("%s: digest is %s::%s, wanted %s::%s", title,
		    src->algo->name, hex, src->algo->name, src->hex);
		return EX_DATAERR;
	}
	memcpy(src->hex, hex, DIGEST_HEX);
	return 0;
}

/* The part is whole: compares, and lands it. */
static int
land(struct part *p, const char *title, struct source *src)
{
	struct entry e;
	char hex[DIGEST_HEX];
	int code;

	if (digest_hex(p->sum, hex) < 0) {
		warn_sys("%s", title);
		return EX_OSERR;
	}
	code = compare(hex, title, src);
	if (code)
		return code;
	if (cache_entry(&e, src) < 0 || part_land(p, &e) < 0) {
		warn_sys("%s", title);
		return EX_IOERR;
	}
	record_put("imported", src, &e);
	return 0;
}

int
import_fd(int fd, const char *title, struct source *src)
{
	struct part p;
	int code;

	if (part_temp(&p, src->algo) < 0) {
		warn_sys("part/import");
		return errno == ENOTSUP ? EX_UNAVAILABLE : EX_CANTCREAT;
	}
	code = copy(&p, fd, title);
	if (code == 0)
		code = land(&p, title, src);
	if (code)
		part_drop(&p);
	return code;
}

int
import_dry(int fd, const char *title, struct source *src)
{
	struct digest *d = digest_new(src->algo);
	struct entry e;
	char hex[DIGEST_HEX];
	int code = EX_IOERR;

	if (d && digest_fd(d, fd, -1) >= 0 && digest_hex(d, hex) == 0)
		code = compare(hex, title, src);
	else
		warn_sys("%s", title);
	digest_free(d);
	if (code)
		return code;
	if (cache_entry(&e, src) < 0) {
		warn_sys("%s", title);
		return EX_OSERR;
	}
	record_put("missing", src, &e);
	return 0;
}
