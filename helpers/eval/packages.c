#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "eval/parts.h"
#include "eval/output.h"
#include "eval/packages.h"
#include "eval/show.h"

int
packages_print(char **bundle, const char *arch)
{
	struct parts b;
	struct buf shown = { 0 };
	int code = 0, fd, got;

	if (parts_init(&b, arch) < 0)
		die_sys(EX_OSERR, "start");
	for (; *bundle; bundle++) {
		fd = open(*bundle, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0) {
			warn_sys("%s", *bundle);
			code = EX_NOINPUT;
			continue;
		}
		shown.len = 0;
		got = show_escaped(&shown, *bundle, strlen(*bundle)) < 0 ? -1 :
		    parts_read(&b, fd, shown.s);
		close(fd);
		if (got < 0)
			die_sys(EX_OSERR, "output");
		if (got == 0) {
			warn_msg("%s: there is no spec in it", *bundle);
			code = EX_NOINPUT;
		}
		output_flush(&b.p.out, 1 << 16);
	}
	output_flush(&b.p.out, 1);
	parts_free(&b);
	buf_free(&shown);
	return code;
}
