#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "file.h"
#include "loop.h"

enum { TRIES = 50 };	/* others take free devices at the same time */

/* A loop device that shows fd, read-only.  It is free again when the last one who has it
 * open or mounted is gone.  name gets its path. */
static int
attach(int control, int fd, char name[32])
{
	struct loop_config c = { .fd = (unsigned)fd,
	    .info.lo_flags = LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR };
	int i, n, loop;

	for (i = 0; i < TRIES; i++) {
		n = ioctl(control, LOOP_CTL_GET_FREE);
		if (n < 0)
			return -1;
		snprintf(name, 32, "/dev/loop%d", n);
		loop = open(name, O_RDONLY | O_CLOEXEC);
		if (loop < 0)
			return -1;
		if (ioctl(loop, LOOP_CONFIGURE, &c) == 0)
			return loop;
		close_keep(loop);
		if (errno != EBUSY)
			return -1;
	}
	return -1;
}

int
loop_mount(const char *image, const char *at)
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), fd, loop = -1, r = -1;
	char name[32];

	if (control < 0)
		return -1;
	fd = open(image, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		loop = attach(control, fd, name);
	if (loop >= 0)
		r = mount(name, at, "squashfs", MS_RDONLY | MS_NODEV, NULL);
	close_keep(loop);
	close_keep(fd);
	close_keep(control);
	return r;
}

const char *
loop_lacks(void)
{
	char type[64];
	FILE *f = fopen("/proc/filesystems", "re");
	int found = 0;

	while (f && !found && fgets(type, sizeof(type), f))
		found = strstr(type, "\tsquashfs\n") != NULL;
	if (f)
		fclose(f);
	if (!found)
		return "its kernel has no squashfs; modprobe squashfs may bring it";
	if (access("/dev/loop-control", R_OK | W_OK) < 0)
		return "it has no loop devices, or we may not use them";
	return NULL;
}
