#include <string.h>
#include <sys/utsname.h>

#include "kernel.h"

int
kernel_since(const char *version)
{
	struct utsname u;

	return uname(&u) == 0 && strverscmp(u.release, version) >= 0;
}

int
kernel_suffices(void)
{
	return kernel_since(KERNEL_LEAST);
}
