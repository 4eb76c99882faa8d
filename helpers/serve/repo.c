#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "serve/answer.h"
#include "serve/publish.h"
#include "serve/task.h"

void
repo_get(struct req *r)
{
	struct answer_as as = { .type = "application/octet-stream" };
	char path[1024];
	size_t n;

	while (!strncmp(r->rest, "./", 2))	/* as apt asks in a repository without dists/ */
		r->rest += 2;
	n = strlen(r->rest);
	/* What lies there and has no such name is not meant for others. */
	if (!target_ok(r->rest) || n > 500) {
		req_problem(r, 404, "file", "the repository of %s has no such file", r->name);
		return;
	}
	if (n > 4 && !strcmp(r->rest + n - 4, ".deb"))
		as.type = "application/vnd.debian.binary-package";
	else if (!strchr(r->rest, '.') && !strchr(r->rest, '/'))
		as.type = "text/plain; charset=utf-8";
	snprintf(path, sizeof(path), "output/%s/%s", r->name, r->rest);
	if (answer_file(r, path, &as) < 0)
		req_problem(r, 404, "file", "the repository of %s has no such file", r->name);
}
