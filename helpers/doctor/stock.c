#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "doctor/doctor.h"
#include "err.h"
#include "parse.h"

enum { WANTED_MIB = 4096 };

static int
there(const char *dir, const char *name)
{
	char *path;
	int r;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		die_sys(EX_OSERR, "memory");
	r = access(path, F_OK) == 0;
	free(path);
	return r;
}

static void
look_free(struct doctor *d, const char *dir)
{
	struct statvfs fs;
	uint64_t mib;

	if (statvfs(dir, &fs) < 0) {
		find(&d->found, BAD, "%s: %s", dir, strerror(errno));
		return;
	}
	mib = (uint64_t)fs.f_bavail * fs.f_frsize >> 20;
	if (mib < WANTED_MIB)
		find(&d->found, WARN, "%s: %" PRIu64 " MiB free; a build wants a few gigabytes", dir, mib);
	else
		find(&d->found, GOOD, "%s: %" PRIu64 " MiB free", dir, mib);
}

/* As they are found: whatever else opens work_dir closes it. */
static void
look_modes(struct doctor *d, const char *dir)
{
	struct answer a;
	char *at, *line, *is, *want;

	if (ASK(&a, "aoinb-layer", "-w", dir, "modes") != 0)
		find(&d->found, BAD, "the modes of its folders cannot be read: %s", answer_why(&a));
	at = a.out.s;
	while ((line = answer_line(&at))) {
		want = strrchr(line, ' ');
		if (!want)
			continue;
		*want++ = '\0';
		is = strrchr(line, ' ');
		if (!is)
			continue;
		*is++ = '\0';
		find(&d->found, WARN, "%s%s%s: other users could enter or read it (%s); it is %s from now on",
		    dir, *line == '.' ? "" : "/", *line == '.' ? "" : line, is, want);
	}
	answer_free(&a);
}

static void
look_base(struct doctor *d, const char *dir)
{
	struct answer a;

	if (ASK(&a, "aoinb-layer", "-w", dir, "ref", "baseos") == 0)
		find(&d->found, GOOD, "base system %.*s", (int)strcspn(a.out.s, "\n"), a.out.s);
	else
		find(&d->found, WARN, "no base system; run aoinb load-baseos");
	answer_free(&a);
}

static void
look_killed(struct doctor *d, const char *dir)
{
	struct answer a;
	char *at, *line, *id, *verdict, *result;

	if (ASK(&a, "aoinb-job", "-w", dir, "list", "jobs") != 0)
		find(&d->found, BAD, "the jobs cannot be listed: %s", answer_why(&a));
	at = a.out.s;
	while ((line = answer_line(&at))) {
		id = strsep(&line, "\t");
		strsep(&line, "\t");
		verdict = strsep(&line, "\t");
		if (!verdict || strncmp(verdict, "killed", 6))
			continue;
		if (asprintf(&result, "jobs/%s/result.json", id) < 0)
			die_sys(EX_OSERR, "memory");
		if (!there(dir, result))
			find(&d->found, WARN, "job %s was killed; run aoinb gc", id);
		free(result);
	}
	answer_free(&a);
}

static void
look_unused(struct doctor *d, const char *dir)
{
	char *size = setting(d, "apt_max_size"), *most, *at, *line, *name;
	struct answer a;
	uint64_t bytes = 0;

	if (parse_size(size, &bytes) < 0 || asprintf(&most, "--debs-max-size=%" PRIu64,
	    bytes / 1024 + (bytes % 1024 != 0)) < 0)
		die_sys(EX_SOFTWARE, "[apt] max_size");
	if (ASK(&a, "aoinb-layer", "-w", dir, "gc", "-n", most) != 0)
		find(&d->found, BAD, "what is used cannot be told; aoinb gc removes nothing until that is "
		    "mended: %s", answer_why(&a));
	at = a.out.s;
	while ((line = answer_line(&at))) {
		name = strstr(line, "/layers/new.");
		if (name)
			find(&d->found, WARN, "layer %s was never finished; run aoinb gc", name + 8);
		else
			find(&d->found, WARN, "%s is not used any more; run aoinb gc", line);
	}
	answer_free(&a);
	free(most);
	free(size);
}

void
look_stock(struct doctor *d)
{
	char *dir = setting(d, "work_dir");
	struct stat st;

	if (stat(dir, &st) < 0 && errno == ENOENT) {
		find(&d->found, WARN, "%s: not there yet; it is made when it is needed", dir);
	} else {
		look_free(d, dir);
		look_modes(d, dir);
		look_base(d, dir);
		if (there(dir, "jobs") || there(dir, "layers")) {
			look_killed(d, dir);
			look_unused(d, dir);
		}
	}
	free(dir);
}
