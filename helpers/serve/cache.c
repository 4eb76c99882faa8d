#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "digest.h"
#include "inroot.h"
#include "serve/answer.h"
#include "serve/cache.h"
#include "serve/conf.h"

/* Whether path is ALGO/HEX, as files are called in a cache of sources.  Nothing else of
 * that folder is for others. */
static int
is_entry(const char *path, const char **hex)
{
	const char *slash = strchr(path, '/');
	const struct algo *algo = slash ? digest_algo(path, (size_t)(slash - path)) : NULL;

	if (!algo || strncmp(path, algo->name, (size_t)(slash - path)))
		return 0;
	*hex = slash + 1;
	return strlen(*hex) == algo->hex && strspn(*hex, "0123456789abcdef") == algo->hex;
}

void
cache_get(struct req *r)
{
	struct answer_as as = { .type = "application/octet-stream", .forever = 1, .attached = 1 };
	int fd = -1;

	/* Who writes there may be another user than ours: no link leads to our own files. */
	if (conf.cache >= 0 && is_entry(r->rest, &as.etag))
		fd = inroot_open(conf.cache, r->rest, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || answer_fd(r, fd, &as) < 0)
		req_problem(r, 404, "file", "%s", conf.cache < 0 ?
		    "this server has no cache for others; see [serve] cache in aoinb.ini(5)" :
		    "the cache does not have it");
}
