#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "run/fdpass.h"
#include "run/tty.h"

static struct termios before;
static int is_raw;

int
tty_send(const struct init *in)
{
	int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC), no = 0;

	if (master < 0)
		return -1;
	if (ioctl(master, TIOCSPTLCK, &no) < 0 ||
	    tcsetattr(master, TCSANOW, &in->termios) < 0 ||
	    ioctl(master, TIOCSWINSZ, &in->size) < 0)
		return -1;
	return fdpass_send(in->parent, master);
}

/* The container is new, so its terminal is number 0. */
int
tty_take(void)
{
	int fd = open("/dev/pts/0", O_RDWR | O_NOCTTY);

	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) < 0 || dup2(fd, STDIN_FILENO) < 0 ||
	    dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
		return -1;
	return close(fd);
}

int
tty_raw(const struct termios *saved)
{
	struct termios raw = *saved;

	if (!is_raw)
		atexit(tty_restore);
	before = *saved;
	is_raw = 1;
	cfmakeraw(&raw);
	return tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

void
tty_restore(void)
{
	if (is_raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	is_raw = 0;
}

int
tty_resize(int master)
{
	struct winsize size;

	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) < 0)
		return -1;
	return ioctl(master, TIOCSWINSZ, &size);
}
