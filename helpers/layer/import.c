#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "layer/image.h"
#include "loop.h"

struct import {
	struct cmd *c;
	const char *file;
	char want[DIGEST_HEX];
	char path[2 * STORE_NAME];	/* below work_dir, what it is made in */
	struct store sub;		/* that folder */
	const char *lacks;		/* what keeps us from mounting it; NULL: nothing */
	int mounted;
	struct ids stack;
};

/* The digest that is wanted: the option's, or that of the file's name. */
static void
wanted(struct import *m)
{
	const char *base = strrchr(m->file, '/'), *s = m->c->sha256;

	base = base ? base + 1 : m->file;
	if (!s && strlen(base) == 64 + strlen(IMAGE_EXT) && !strcmp(base + 64, IMAGE_EXT))
		s = base;
	if (!s)
		die(EX_USAGE, "%s: its name is not its digest, as that of an export is; say "
		    "--sha256=HEX", m->file);
	snprintf(m->want, sizeof(m->want), "%.64s", s);
	if (strspn(m->want, "0123456789abcdef") != 64 || (s != base && s[64]))
		die(EX_USAGE, "%s: not a SHA-256 in hex", s);
}

/* The copy is what is verified, and what is used. */
static int
take_file(struct import *m)
{
	int from = open(m->file, O_RDONLY | O_NONBLOCK | O_CLOEXEC), to, code = 0;
	char hex[DIGEST_HEX];

	if (from < 0) {
		warn_sys("%s", m->file);
		return err_code(errno);
	}
	to = openat(m->sub.dir, "image", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (to < 0 || image_digest(from, to, hex) < 0 || fsync(to) < 0) {
		warn_sys("%s", m->file);
		code = err_code(errno);
	} else if (strcmp(hex, m->want)) {
		warn_msg("%s: sha256 is %s, wanted %s; fetch it again", m->file, hex, m->want);
		code = EX_DATAERR;
	}
	close_keep(from);
	close_keep(to);
	return code;
}

/* Nobody but us sees what is mounted from here on, and it ends with us.  What was opened
 * before does not see it either, and so is opened again.  Returns NULL, or what keeps us
 * from it. */
static const char *
alone(struct cmd *c)
{
	const char *lacks = loop_lacks();
	int dir;

	if (lacks)
		return lacks;
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return strerror(errno);
	dir = open(c->store.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return strerror(errno);
	close(c->store.dir);
	c->store.dir = dir;
	return NULL;
}

/* Has what the image holds in layers/ of the folder: mounted, or unpacked. */
static int
reveal(struct import *m)
{
	char *image, *at, *argv[] = { "aoinb-unpack", "--devices", "--", NULL, NULL, NULL };
	const char *lacks = m->lacks;
	int code = 0, shown = -1;

	if (asprintf(&image, "%s/%s/image", m->c->store.path, m->path) < 0 ||
	    asprintf(&at, "%s/%s/layers", m->c->store.path, m->path) < 0)
		die_sys(EX_OSERR, "memory");
	if (mkdirat(m->sub.dir, "layers", 0755) < 0) {
		warn_sys("%s", at);
		code = EX_CANTCREAT;
	}
	if (!code && !lacks && (shown = loop_mount(image, at)) < 0 && errno == EINVAL) {
		warn_msg("%s: not a squashfs image", m->file);
		code = EX_DATAERR;
	} else if (m->c->mount && shown < 0 && !code) {
		warn_msg("%s: is unpacked, as it cannot be mounted: %s", m->file,
		    lacks ? lacks : strerror(errno));
	}
	m->mounted = shown == 0;
	argv[3] = image;
	argv[4] = at;
	if (!code && shown < 0)
		code = image_run(argv);
	free(image);
	free(at);
	return code;
}

/* What info says of a layer that is an image is for this machine. */
static int
make_mounted(struct import *m, const char *id)
{
	char at[STORE_NAME + 16];
	struct buf info = { 0 };
	int dir, r = -1;

	snprintf(at, sizeof(at), "layers/%s/info", id);
	if (file_get(m->sub.dir, at, STORE_TEXT, &info) < 0 ||
	    buf_printf(&info, "image=%s\n", m->want) < 0 || mkdirat(m->sub.dir, id, 0755) < 0)
		goto out;
	dir = openat(m->sub.dir, id, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0 && mkdirat(dir, "tree", 0755) == 0 &&
	    linkat(m->sub.dir, "image", dir, "image", 0) == 0)
		r = file_put(dir, "info", info.s, info.len);
	close_keep(dir);
out:
	buf_free(&info);
	return r;
}

/* Whether the layer is here already: 1, or 0; or an exit code above that having said why
 * not. */
static int
is_here(struct import *m, const char *id)
{
	struct layer ours, its;
	const char *a, *z;
	struct blame b;
	int r = layer_get(&m->c->store, id, &ours, &b), got = 1;

	if (r < 0 && errno == ENOENT) {
		layer_free(&ours);
		return 0;
	}
	if (r < 0 || layer_get(&m->sub, id, &its, &b) < 0) {
		layer_free(&ours);
		return fail(m->c, &b);
	}
	a = layer_value(&ours, "digest");
	z = layer_value(&its, "digest");
	if (!a || !z || strcmp(a, z) || strcmp(ours.parent, its.parent)) {
		warn_msg("%s: another layer is called %s here; cleanup removes it", m->file, id);
		got = EX_CANTCREAT;
	}
	layer_free(&ours);
	layer_free(&its);
	return got;
}

static int
place(struct import *m, const char *id)
{
	char from[STORE_NAME + 16], to[STORE_NAME + 16];
	int got = is_here(m, id);

	if (got)
		return got == 1 ? 0 : got;
	snprintf(to, sizeof(to), "layers/%s", id);
	snprintf(from, sizeof(from), "%s%s", m->mounted ? "" : "layers/", id);
	if ((!m->mounted || make_mounted(m, id) == 0) && syncfs(m->sub.dir) == 0 &&
	    renameat2(m->sub.dir, from, m->c->store.dir, to, RENAME_NOREPLACE) == 0)
		return 0;
	return fail_sys(m->c, to);
}

/* What the stack is for is named by its ref from here on, and as good as checked. */
static int
name(struct import *m)
{
	const char *top = m->stack.at[m->stack.len - 1];
	char ref[STORE_NAME + 16] = "";
	struct ids stack = { 0 };
	struct layer l;
	struct blame b;
	int code = 0;

	if (layer_get(&m->c->store, top, &l, &b) < 0 || stack_get(&m->c->store, top, &stack, &b) < 0) {
		code = fail(m->c, &b);
	} else {
		if (strcmp(l.kind, "base") && layer_value(&l, "branch"))
			snprintf(ref, sizeof(ref), "instance/%s", layer_value(&l, "branch"));
		if (ref_set(&m->c->store, "baseos", stack.at[0]) < 0 ||
		    (*ref && ref_set(&m->c->store, ref, top) < 0))
			code = fail_sys(m->c, "ref");
	}
	if (!code && *ref) {
		m->c->arg[0] = strchr(ref, '/') + 1;
		code = verb_checked(m->c);
	}
	ids_free(&stack);
	layer_free(&l);
	return code;
}

static int
take_layers(struct import *m)
{
	int lock = lock_layers(m->c, LOCK_SHARED), code = 0, dir;
	size_t i;

	if (lock < 0)
		return err_code(errno);
	for (i = 0; i < m->stack.len && !code; i++)
		code = place(m, m->stack.at[i]);
	dir = openat(m->c->store.dir, "layers", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!code && (dir < 0 || fsync(dir) < 0))
		code = fail_sys(m->c, "layers");
	close_keep(dir);
	if (!code)
		code = name(m);
	lock_drop(lock);
	return code;
}

static int
run(struct import *m)
{
	int code = take_file(m);

	if (!code)
		code = reveal(m);
	if (!code)
		code = image_check(m->c, &m->sub, m->file, &m->stack);
	return code ? code : take_layers(m);
}

/* The mount goes first: it would be what is removed. */
static int
clear(struct import *m, int code)
{
	char *at;

	if (m->mounted && asprintf(&at, "%s/%s/layers", m->c->store.path, m->path) >= 0) {
		if (umount2(at, MNT_DETACH) < 0)
			warn_sys("%s", at);
		free(at);
	}
	close_keep(m->sub.dir);
	if (away(m->c, m->path) < 0 || store_trash_empty(&m->c->store) < 0)
		return code ? code : EX_IOERR;
	return code;
}

int
verb_import(struct cmd *c)
{
	struct import m = { .c = c, .file = c->arg[0], .sub = { .dir = -1 } };
	struct buf out = { 0 };
	struct blame b;
	int lock, code;

	wanted(&m);
	m.lacks = c->mount ? alone(c) : "";
	lock = lock_take(&c->store, "baseos", NULL, LOCK_NOW, NULL);
	if (lock < 0) {
		if (errno != EWOULDBLOCK)
			return fail_sys(c, "lock/baseos");
		warn_msg("the base system is being changed; wait for that");
		return EX_TEMPFAIL;
	}
	if (layer_begin(&c->store, "baseos", m.path, &b) < 0)
		return fail(c, &b);
	m.sub.path = m.path;
	m.sub.dir = openat(c->store.dir, m.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	code = m.sub.dir < 0 ? fail_sys(c, m.path) : run(&m);
	if (!code && buf_printf(&out, "%s\n", m.stack.at[m.stack.len - 1]) < 0)
		code = EX_OSERR;
	code = clear(&m, code);
	ids_free(&m.stack);
	lock_drop(lock);
	return code ? code : print(&out);
}

int
verb_mountable(struct cmd *c)
{
	const char *lacks = loop_lacks();
	struct buf out = { 0 };

	if (lacks) {
		warn_msg("this machine cannot mount images of layers: %s", lacks);
		return EX_NO;
	}
	return buf_puts(&out, "yes\n") < 0 ? fail_sys(c, "") : print(&out);
}
