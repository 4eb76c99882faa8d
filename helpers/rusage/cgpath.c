#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "rusage/cgpath.h"

int
cgpath_has(const char *list, const char *word, char sep)
{
	size_t len = strlen(word), n;
	const char ends[] = { sep, '\n', '\0' };

	for (;; list += n + 1) {
		n = strcspn(list, ends);
		if (n == len && !strncmp(list, word, n))
			return 1;
		if (list[n] != sep)
			return 0;
	}
}

/* proc(5): blanks and backslashes in mountinfo are "\040" and the like. */
static void
unescape(char *s)
{
	char *to = s;

	for (; *s; s++)
		if (s[0] == '\\' && s[1] && s[2] && s[3]) {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 |
			    (s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	*to = '\0';
}

/* Our path in the hierarchy, from /proc/self/cgroup: "ID:CTL,CTL:PATH", and
 * "0::PATH" for version 2. */
static char *
own_path(const char *ctl)
{
	FILE *f = fopen("/proc/self/cgroup", "re");
	char *line = NULL, *ctls, *path, *own = NULL;
	size_t room = 0;

	while (f && !own && getline(&line, &room, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		ctls = strchr(line, ':');
		path = ctls ? strchr(++ctls, ':') : NULL;
		if (!path)
			continue;
		*path++ = '\0';
		if (*ctl ? cgpath_has(ctls, ctl, ',') : !*ctls)
			own = strdup(path);
	}
	free(line);
	if (f)
		fclose(f);
	return own;
}

/* What comes behind prefix in path, when prefix is a whole part of it. */
static const char *
below(const char *path, const char *prefix)
{
	size_t len = strlen(prefix);

	if (!strcmp(prefix, "/"))
		return path[1] ? path : "";
	if (strncmp(path, prefix, len) || (path[len] && path[len] != '/'))
		return NULL;
	return path + len;
}

/* One line of mountinfo: the folder of own in it, if it shows that. */
static char *
in_mount(char *line, const char *ctl, const char *own, size_t *top)
{
	char *tail = strstr(line, " - "), *root = NULL, *at = NULL, *found = NULL;
	char *type = NULL, *opts = NULL;
	const char *rest;

	if (!tail || sscanf(line, "%*s %*s %*s %ms %ms", &root, &at) != 2 ||
	    sscanf(tail, " - %ms %*s %ms", &type, &opts) != 2)
		goto out;
	if (*ctl ? strcmp(type, "cgroup") || !cgpath_has(opts, ctl, ',') :
	    strcmp(type, "cgroup2"))
		goto out;
	unescape(root);
	unescape(at);
	rest = below(own, root);
	if (!rest || asprintf(&found, "%s%s", at, rest) < 0) {
		found = NULL;
		goto out;
	}
	*top = strlen(at);
out:
	free(root);
	free(at);
	free(type);
	free(opts);
	return found;
}

char *
cgpath_own(const char *ctl, size_t *top)
{
	char *own = own_path(ctl), *line = NULL, *found = NULL;
	size_t room = 0;
	FILE *f;

	/* "/.." leads out of our cgroup namespace: nobody's business here. */
	f = own && !strstr(own, "/..") ? fopen("/proc/self/mountinfo", "re") : NULL;
	while (f && !found && getline(&line, &room, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		found = in_mount(line, ctl, own, top);
	}
	free(line);
	free(own);
	if (f)
		fclose(f);
	if (!found)
		errno = ENOENT;
	return found;
}
