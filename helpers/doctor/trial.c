#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "doctor/doctor.h"
#include "err.h"
#include "file.h"
#include "store/store.h"

/* A folder in which a container can be made, and its parts. */
struct trial {
	const char *dir;	/* work_dir, as it is called */
	char *at;		/* the folder; NULL when there is none */
	char *lower, *upper, *work, *root;
};

static char *
path_in(const char *dir, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		die_sys(EX_OSERR, "memory");
	return path;
}

/* dir, or the nearest folder above it that is there; the caller's. */
static char *
nearest(const char *dir)
{
	char *at = strdup(dir), *slash;
	struct stat st;

	if (!at)
		die_sys(EX_OSERR, "memory");
	while (stat(at, &st) < 0 && (errno == ENOENT || errno == ENOTDIR)) {
		slash = strrchr(at, '/');
		if (!slash || slash == at) {
			strcpy(at, slash ? "/" : ".");
			break;
		}
		*slash = '\0';
	}
	return at;
}

static int
make(char **path, const struct trial *t, const char *name)
{
	*path = path_in(t->at, name);
	return mkdir(*path, 0755);
}

/* Returns 0, or -1 with errno set. */
static int
trial_begin(struct trial *t, const char *dir)
{
	char *above = nearest(dir), *at = path_in(above, "doctor.XXXXXX");

	*t = (struct trial){ .dir = dir };
	free(above);
	if (!mkdtemp(at)) {
		free(at);
		return -1;
	}
	t->at = at;
	return make(&t->lower, t, "lower") < 0 || make(&t->upper, t, "upper") < 0 ||
	    make(&t->work, t, "work") < 0 || make(&t->root, t, "root") < 0 ? -1 : 0;
}

static void
trial_end(struct trial *t)
{
	if (t->at && store_remove(AT_FDCWD, t->at) < 0)
		warn_sys("%s: not removed", t->at);
	free(t->at);
	free(t->lower);
	free(t->upper);
	free(t->work);
	free(t->root);
}

/* What lies there, of which overlays are known not to take it as an upper. */
static const char *
kind(const char *dir)
{
	char *at = nearest(dir);
	struct statfs fs;
	int bad = statfs(at, &fs);

	free(at);
	if (bad < 0)
		return NULL;
	switch ((unsigned long)fs.f_type) {
	case OVERLAYFS_SUPER_MAGIC: return "an overlay";
	case NFS_SUPER_MAGIC: case FUSE_SUPER_MAGIC: case SMB2_SUPER_MAGIC:
		return "a network or FUSE file system";
	}
	return NULL;
}

/* Why an overlay could not be mounted; the caller's. */
static char *
unfit(const struct trial *t, const char *why)
{
	const char *is = kind(t->dir);
	char *s;
	int n;

	if (is)
		n = asprintf(&s, "%s lies on %s, which cannot hold another's upper; set work_dir to a "
		    "local disk, a volume or a tmpfs", t->dir, is);
	else
		n = asprintf(&s, "%s: no overlay can be mounted there: %s", t->dir, why);
	if (n < 0)
		die_sys(EX_OSERR, "memory");
	return s;
}

static int
mounts(struct answer *a, const struct trial *t, const char *userns)
{
	return ASK(a, "aoinb-mount", "-l", t->lower, "-u", t->upper, "-w", t->work,
	    "--userns", userns, t->root, "true") == 0;
}

static char *
overlay_unfit(const struct trial *t)
{
	struct answer a;
	char *why = mounts(&a, t, "no") ? NULL : unfit(t, answer_why(&a));

	answer_free(&a);
	return why;
}

char *
trial_unfit(const char *dir)
{
	struct trial t;
	char *why = NULL;

	if (geteuid() != 0)
		return NULL;
	if (trial_begin(&t, dir) < 0) {
		if (asprintf(&why, "%s: cannot be written: %s", dir, strerror(errno)) < 0)
			die_sys(EX_OSERR, "memory");
	} else {
		why = overlay_unfit(&t);
	}
	trial_end(&t);
	return why;
}

/* The program that PATH has as prog, as the file to.  Returns 0, or -1 with errno set. */
static int
copy_program(const char *prog, const char *to)
{
	struct answer a;
	struct stat st;
	off_t at = 0;
	int from = -1, fd = -1, r = -1;

	if (ASK(&a, "sh", "-c", "command -v -- \"$1\"", "sh", prog) == 0) {
		a.out.s[strcspn(a.out.s, "\n")] = '\0';
		from = open(a.out.s, O_RDONLY | O_CLOEXEC);
	}
	answer_free(&a);
	if (from >= 0 && fstat(from, &st) == 0)
		fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	while (fd >= 0 && at < st.st_size && sendfile(fd, from, &at, (size_t)(st.st_size - at)) > 0)
		;
	if (fd >= 0 && at == st.st_size)
		r = 0;
	close_keep(fd);
	close_keep(from);
	return r;
}

/* The chain as a build has it: what is run is a program of ours that needs no others, and
 * says its version. */
static void
look_chain(struct doctor *d, const struct trial *t)
{
	char *probe = path_in(t->lower, "probe"), *record = path_in(d->scratch, "chain");
	char *userns = setting(d, "build_userns");
	struct answer a = { 0 };

	if (copy_program("aoinb-run", probe) < 0) {
		find(&d->found, BAD, "%s: cannot be written: %s", t->dir, strerror(errno));
	} else if (ASK(&a, "aoinb-rusage", "--die-with-parent", "-o", record, "--time=60s",
	    "--memory=1G", "aoinb-mount", "-l", t->lower, "-u", t->upper,
	    "-w", t->work, "--volatile", "--userns", userns, t->root, "aoinb-run", "--network=no",
	    "--userns", userns, "--tmp=4M", t->root, "/probe", "--version") == 0 || a.code == EX_NOTFOUND) {
		/* Of a build with sanitizers the probe has no loader in that root. */
		find(&d->found, GOOD, "a container can be made");
	} else {
		find(&d->found, BAD, "a container cannot be made: %s; where this machine is a container "
		    "itself, give it more rights", answer_why(&a));
	}
	answer_free(&a);
	free(userns);
	free(record);
	free(probe);
}

static void
look_userns(struct doctor *d, const struct trial *t)
{
	char *userns = setting(d, "build_userns"), *backend = setting(d, "build_backend");
	struct answer a;

	if (!strcmp(userns, "no")) {
		find(&d->found, WARN, "[build] userns is no: root of a build is root of this machine, "
		    "with less privileges");
	} else if (strcmp(backend, "native")) {
		find(&d->found, WARN, "no user namespace for builds: backend is %s, which makes none", backend);
	} else {
		if (mounts(&a, t, "yes"))
			find(&d->found, GOOD, "user namespaces for builds");
		else
			find(&d->found, strcmp(userns, "yes") ? WARN : BAD, "no user namespace for builds: %s; "
			    "set work_dir to ext4, xfs or btrfs, and boot Linux 5.19 or newer", answer_why(&a));
		answer_free(&a);
	}
	free(backend);
	free(userns);
}

void
look_trial(struct doctor *d)
{
	char *dir = setting(d, "work_dir"), *why;
	struct trial t;

	if (geteuid() != 0)
		goto out;
	if (trial_begin(&t, dir) < 0) {
		find(&d->found, BAD, "%s: cannot be written: %s", dir, strerror(errno));
	} else if ((why = overlay_unfit(&t))) {
		find(&d->found, BAD, "%s", why);
		free(why);
	} else {
		look_userns(d, &t);
		look_chain(d, &t);
	}
	trial_end(&t);
out:
	free(dir);
}
