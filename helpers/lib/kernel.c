#include <string.h>
#include <sys/utsname.h>

#include "kernel.h"

int
kernel_suffices(void)
{
	struct utsname u;

	return uname(&u) == 0 && strverscmp(u.release, KERNEL_LEAST) >= 0;
}
