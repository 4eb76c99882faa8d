#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "lazy.h"

int
lazy_load(const char *const *libraries, const char *const *functions,
    size_t n, void *to)
{
	void *library = NULL, *function;
	size_t i;

	for (; *libraries && !library; libraries++)
		library = dlopen(*libraries, RTLD_NOW | RTLD_LOCAL);
	for (i = 0; library && i < n; i++) {
		function = dlsym(library, functions[i]);
		if (!function)
			library = NULL;	/* never closed: it may have begun things */
		/* POSIX has pointers to functions and data alike. */
		memcpy((char *)to + i * sizeof(function), &function,
		    sizeof(function));
	}
	if (library)
		return 0;
	memset(to, 0, n * sizeof(function));
	errno = ENOTSUP;
	return -1;
}
