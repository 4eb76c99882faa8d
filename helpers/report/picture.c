#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "proc.h"
#include "report/picture.h"

enum { PNG = 64 << 20 };

void
picture_png(const struct buf *svg, struct buf *out)
{
	static char *argv[] = { "rsvg-convert", "--format=png", NULL };
	int in = memfd_create("svg", MFD_CLOEXEC), fd[2], code;
	pid_t pid, self = getpid();

	if (in < 0 || file_write(in, svg->s, svg->len) < 0 || lseek(in, 0, SEEK_SET) < 0 ||
	    pipe(fd) < 0 || (pid = fork()) < 0)
		die_sys(EX_OSERR, "rsvg-convert");
	if (pid == 0) {
		if (proc_die_with(self) < 0 || dup2(in, STDIN_FILENO) < 0 || dup2(fd[1], STDOUT_FILENO) < 0)
			die_sys(EX_OSERR, "rsvg-convert");
		close(fd[0]);
		close(fd[1]);
		proc_become(argv);
	}
	close(fd[1]);
	close(in);
	code = buf_read(out, fd[0], PNG) < 0 ? -1 : 0;
	close(fd[0]);
	if (code < 0 || (code = proc_wait(pid)) < 0)
		die_sys(EX_OSERR, "rsvg-convert");
	if (code == EX_NOTFOUND)
		die(EX_UNAVAILABLE, "PNG needs rsvg-convert; install librsvg2-bin");
	if (code)
		die(EX_SOFTWARE, "rsvg-convert ended with %d", code);
}
