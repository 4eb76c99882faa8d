#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "layer/image.h"

/* The stack of what people name: a ref, the branch of an instance, or a layer. */
static int
named(struct cmd *c, const char *name, struct ids *stack)
{
	char ref[STORE_NAME + 16];
	struct blame b;

	snprintf(ref, sizeof(ref), "instance/%.*s", STORE_NAME, name);
	if (!ref_ok(name) && ref_ok(ref) && stack_named(c, ref, stack, &b) == 0)
		return 0;
	if (stack->len == 0 && stack_named(c, name, stack, &b) == 0)
		return 0;
	if (errno != ENOENT)
		return fail(c, &b);
	warn_msg("%s: neither baseos, an instance nor a layer", name);
	return EX_NOINPUT;
}

/* A layer of before there were digests has its own from here on. */
static int
seal(struct cmd *c, const struct layer *l, struct blame *b)
{
	char at[STORE_NAME + 16], hex[DIGEST_HEX];
	struct buf info = { 0 };
	int tree, r;

	snprintf(at, sizeof(at), "layers/%s/tree", l->id);
	tree = openat(c->store.dir, at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	r = tree < 0 ? blame_set(b, errno, at, NULL, "%s", "") : layer_seal(tree, 1, hex, b);
	close_keep(tree);
	if (r < 0)
		return -1;
	snprintf(at, sizeof(at), "layers/%s/info", l->id);
	r = file_get(c->store.dir, at, STORE_TEXT, &info);
	if (r == 0)
		r = buf_printf(&info, "digest=%s\n", hex);
	if (r == 0)
		r = file_put(c->store.dir, at, info.s, info.len);
	buf_free(&info);
	return r < 0 ? blame_set(b, errno, at, NULL, "%s", "") : 0;
}

/* Whether the image of the layer is that of so many layers and no more: each has a link. */
static int
is_whole(struct cmd *c, const char *id, size_t layers)
{
	char at[STORE_NAME + 16];
	struct stat st;

	snprintf(at, sizeof(at), "layers/%s/image", id);
	return fstatat(c->store.dir, at, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_nlink == layers;
}

/* Has every layer ready; *image gets the digest of the one image that they all come from, ""
 * when they are folders. */
static int
prepare(struct cmd *c, const struct ids *stack, char image[DIGEST_HEX])
{
	const char *of;
	struct layer l;
	struct blame b;
	size_t i, images = 0;
	int code = 0;

	for (i = 0; i < stack->len && !code; i++) {
		if (layer_get(&c->store, stack->at[i], &l, &b) < 0 ||
		    (!layer_value(&l, "digest") && seal(c, &l, &b) < 0))
			code = fail(c, &b);
		of = code ? NULL : layer_value(&l, "image");
		if (of && images++ && strcmp(image, of))
			code = -1;
		if (of && !code)
			snprintf(image, DIGEST_HEX, "%s", of);
		if (!code && i == stack->len - 1 && !strcmp(l.kind, "deps"))
			code = -2;
		layer_free(&l);
	}
	if (code == -2)
		die(EX_USAGE, "%s: dependencies are made where they are needed; export the instance",
		    stack->at[i - 1]);
	if (code == -1 || (!code && images && (images != stack->len ||
	    !is_whole(c, stack->at[0], images)))) {
		warn_msg("%s: some of its layers are mounted from an image that is another part of the "
		    "stack; export that part, or import it with [base] mount = no", stack->at[stack->len - 1]);
		code = EX_UNAVAILABLE;
	}
	return code;
}

static int
make(struct cmd *c, const struct ids *stack, const char *to)
{
	static char *const options[] = { "-keep-as-directory", "-noappend", "-quiet", "-comp", "zstd",
	    "-Xcompression-level", "3", "-b", "256K", "-mkfs-time", "0", "-root-time", "0",
	    "-root-mode", "755", "-root-uid", "0", "-root-gid", "0" };
	size_t n = sizeof(options) / sizeof(*options), i;
	char **argv = calloc(stack->len + n + 4, sizeof(*argv));
	int k = 0, code = 0;

	if (!argv)
		die_sys(EX_OSERR, "memory");
	argv[k++] = "mksquashfs";
	for (i = 0; i < stack->len; i++)
		if (asprintf(&argv[k++], "%s/layers/%s", c->store.path, stack->at[i]) < 0)
			die_sys(EX_OSERR, "memory");
	argv[k++] = (char *)to;
	for (i = 0; i < n; i++)
		argv[k++] = options[i];
	if (!isatty(STDERR_FILENO))
		argv[k++] = "-no-progress";
	code = image_run(argv);
	for (i = 0; i < stack->len; i++)
		free(argv[1 + i]);
	free(argv);
	if (code == EX_NOTFOUND)
		warn_msg("an image takes mksquashfs (squashfs-tools)");
	else if (code)
		warn_msg("%s: mksquashfs failed with %d", to, code);
	return code == EX_NOTFOUND ? EX_UNAVAILABLE : code ? EX_IOERR : 0;
}

/* The image that a mounted layer is, copied. */
static int
copy(struct cmd *c, const char *id, const char *to)
{
	char at[STORE_NAME + 16], hex[DIGEST_HEX];
	int from, fd, r;

	snprintf(at, sizeof(at), "layers/%s/image", id);
	from = openat(c->store.dir, at, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	fd = from < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	r = fd < 0 ? -1 : image_digest(from, fd, hex);
	if (r < 0)
		warn_sys("%s", from < 0 ? at : to);
	close_keep(from);
	close_keep(fd);
	return r < 0 ? EX_IOERR : 0;
}

/* Gives the image its name, and prints it. */
static int
name(const char *folder, const char *to)
{
	struct buf out = { 0 };
	char hex[DIGEST_HEX];
	int fd = open(to, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), r;

	r = fd < 0 || image_digest(fd, -1, hex) < 0 || fsync(fd) < 0 ? -1 :
	    buf_printf(&out, "%s/%s" IMAGE_EXT, folder, hex);
	close_keep(fd);
	if (r == 0)
		r = rename(to, out.s);
	if (r < 0) {
		warn_sys("%s", to);
		return err_code(errno);
	}
	return buf_putc(&out, '\n') < 0 ? EX_OSERR : print(&out);
}

/* The folder as mksquashfs cannot take it for an option. */
static char *
folder_of(const char *arg)
{
	char *folder;
	struct stat st;

	if (asprintf(&folder, "%s%s", !arg || *arg == '/' || *arg == '.' ? "" : "./", arg ? arg : ".") < 0)
		die_sys(EX_OSERR, "memory");
	if (stat(folder, &st) < 0)
		die_sys(EX_CANTCREAT, "%s", folder);
	if (!S_ISDIR(st.st_mode))
		die(EX_CANTCREAT, "%s: not a folder", folder);
	return folder;
}

int
verb_export(struct cmd *c)
{
	char image[DIGEST_HEX] = "", *folder = folder_of(c->arg[1]), *to;
	struct ids stack = { 0 }, top = { 0 }, *of = &stack;
	int lock = lock_layers(c, LOCK_SHARED), code;

	if (lock < 0)
		return err_code(errno);
	if (asprintf(&to, "%s/.aoinb-%d" IMAGE_EXT, folder, (int)getpid()) < 0)
		die_sys(EX_OSERR, "memory");
	code = named(c, c->arg[0], &stack);
	if (!code && c->one) {
		if (ids_add(&top, stack.at[stack.len - 1]) < 0)
			die_sys(EX_OSERR, "memory");
		of = &top;
	}
	if (!code)
		code = prepare(c, of, image);
	if (!code)
		code = *image ? copy(c, of->at[0], to) : make(c, of, to);
	if (!code)
		code = name(folder, to);
	if (code)
		unlink(to);
	ids_free(&stack);
	ids_free(&top);
	free(folder);
	free(to);
	lock_drop(lock);
	return code;
}
