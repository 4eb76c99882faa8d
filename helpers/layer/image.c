#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "layer/image.h"
#include "proc.h"

int
image_run(char *argv[])
{
	int parent = getpid(), out, code;
	pid_t pid = fork();

	if (pid == 0) {
		out = isatty(STDERR_FILENO) ? STDERR_FILENO : open("/dev/null", O_WRONLY | O_CLOEXEC);
		if (out < 0 || dup2(out, STDOUT_FILENO) < 0 || proc_die_with(parent) < 0)
			die_sys(EX_OSERR, "%s", argv[0]);
		umask(077);
		proc_signals_default();
		proc_become(argv);
	}
	code = pid < 0 ? -1 : proc_wait(pid);
	if (code >= 0)
		return code;
	warn_sys("%s", argv[0]);
	return EX_OSERR;
}

int
image_digest(int fd, int to, char hex[DIGEST_HEX])
{
	struct digest *d = digest_new(digest_algo("sha256", 6));
	size_t room = 1 << 20;
	char *s = malloc(room);
	ssize_t n = -1;
	int r = -1;

	while (d && s && (n = read(fd, s, room)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || digest_add(d, s, (size_t)n) < 0 ||
		    (to >= 0 && file_write(to, s, (size_t)n) < 0))
			break;
	}
	if (n == 0)
		r = digest_hex(d, hex);
	free(s);
	digest_free(d);
	return r;
}

struct check {
	const struct cmd *c;
	const struct store *sub;
	const char *file;
	struct ids names;	/* of what it has */
	struct blame b;
};

static int
bad(const struct check *k, const char *id, const char *why)
{
	warn_msg("%s: layer %s: %s", k->file, id, why);
	return EX_DATAERR;
}

/* What layer_get and its like say is wrong in an image is wrong with the image. */
static int
bad_blame(const struct check *k)
{
	if (errno == EBADMSG || errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
		warn_msg("%s: %s: %s", k->file, k->b.at, *k->b.why ? k->b.why : strerror(errno));
	else
		warn_sys("%s: %s", k->file, k->b.at);
	return errno == ENOENT ? EX_DATAERR : err_code(errno);
}

/* YYYYMMDDTHHMMSS-N, and not of a time to come, which every later layer would have to be
 * later than. */
static int
is_id(const char *id)
{
	static const char form[] = "00000000T000000-0";
	time_t soon = time(NULL) + 86400;
	char latest[32];
	struct tm tm;
	size_t i;

	for (i = 0; i < sizeof(form) - 1; i++)
		if (form[i] == '0' ? id[i] < '0' || id[i] > '9' : id[i] != form[i])
			return 0;
	return strlen(id) < 40 && strspn(id + 15, "-0123456789") == strlen(id + 15) &&
	    gmtime_r(&soon, &tm) && strftime(latest, sizeof(latest), "%Y%m%dT%H%M%S", &tm) &&
	    strncmp(id, latest, 15) <= 0;
}

static const char *
wrong_info(const struct layer *l)
{
	static const char *const kinds[] = { "base", "instance", "commit", "deps" };
	const char *digest = layer_value(l, "digest"), *branch = layer_value(l, "branch");
	size_t i;

	for (i = 0; i < l->text.len; i++)
		if ((l->text.s[i] && (unsigned char)l->text.s[i] < ' ') || l->text.s[i] == 0x7f)
			return "its info has a control character";
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(l->kind, kinds[i]))
			break;
	if (i == sizeof(kinds) / sizeof(*kinds) || (i == 0) != !*l->parent)
		return "its info is not that of a layer";
	if (i == 1 && !branch)
		return "an instance of no branch";
	if (branch && (!store_name_ok(branch) || strlen(branch) >= STORE_NAME))
		return "its branch has a name that no branch has";
	return digest && strlen(digest) == 64 ? NULL : "it has no digest";
}

/* Whether it has a tree and an info and nothing else, and the tree is what info says. */
static int
check_tree(struct check *k, const struct layer *l)
{
	char at[STORE_NAME + 16], hex[DIGEST_HEX];
	struct ids names = { 0 };
	int fd, r;

	snprintf(at, sizeof(at), "layers/%s", l->id);
	r = ids_folder(k->sub, at, 1, &names);
	if (r == 0 && names.len != 2)
		return ids_free(&names), bad(k, l->id, "there is more in it than tree and info");
	ids_free(&names);
	snprintf(at, sizeof(at), "layers/%s/tree", l->id);
	fd = r < 0 ? -1 : openat(k->sub->dir, at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		blame_set(&k->b, errno, at, NULL, "%s", "");
		return bad_blame(k);
	}
	r = layer_seal(fd, 0, hex, &k->b) < 0 ? bad_blame(k) : 0;
	close_keep(fd);
	if (r == 0 && strcmp(hex, layer_value(l, "digest")))
		return bad(k, l->id, "its tree is not what its digest says");
	return r;
}

/* Adds id to the stack, and *below gets the layer that it stands on. */
static int
check_layer(struct check *k, const char *id, char below[STORE_NAME])
{
	const char *why;
	struct layer l;
	int code = 0;

	if (layer_get(k->sub, id, &l, &k->b) < 0)
		code = bad_blame(k);
	else if ((why = is_id(id) ? wrong_info(&l) : "no layer has such an id"))
		code = bad(k, id, why);
	else
		code = check_tree(k, &l);
	snprintf(below, STORE_NAME, "%s", code ? "" : l.parent);
	layer_free(&l);
	return code;
}

/* The one that no other stands on; NULL where that is not one. */
static const char *
top_of(struct check *k)
{
	const char *top = NULL;
	size_t i, n, tops = 0;
	struct layer l;

	for (i = 0; i < k->names.len; i++) {
		for (n = 0; n < k->names.len; n++) {
			int is = layer_get(k->sub, k->names.at[n], &l, &k->b) == 0 &&
			    !strcmp(l.parent, k->names.at[i]);

			layer_free(&l);
			if (is)
				break;
		}
		if (n == k->names.len) {
			top = k->names.at[i];
			tops++;
		}
	}
	return tops == 1 ? top : NULL;
}

static int
check_all(struct check *k, struct ids *stack)
{
	char id[STORE_NAME], below[STORE_NAME];
	struct ids here = { 0 };
	const char *top = k->names.len <= 500 ? top_of(k) : NULL;
	int code = 0;

	if (!top)
		return bad(k, "stack", "these layers are not a stack");
	snprintf(id, sizeof(id), "%s", top);
	while (!code && ids_has(&k->names, id) && !ids_has(stack, id)) {
		code = check_layer(k, id, below);
		if (!code && ids_add(stack, id) < 0)
			code = EX_OSERR;
		snprintf(id, sizeof(id), "%s", below);
	}
	if (!code && stack->len != k->names.len)
		code = bad(k, "stack", "these layers are not a stack");
	if (!code && *id && stack_get(&k->c->store, id, &here, &k->b) < 0) {
		warn_msg("%s: it stands on the layer %s, which is not here; import that first, or export "
		    "the whole stack", k->file, id);
		code = EX_NOINPUT;
	}
	ids_free(&here);
	return code;
}

int
image_check(const struct cmd *c, const struct store *sub, const char *file, struct ids *stack)
{
	struct check k = { .c = c, .sub = sub, .file = file };
	size_t i;
	char *at;
	int code;

	if (ids_folder(sub, "layers", 1, &k.names) < 0) {
		warn_sys("%s", file);
		return err_code(errno);
	}
	code = check_all(&k, stack);
	for (i = 0; i < stack->len / 2; i++) {	/* the base first */
		at = stack->at[i];
		stack->at[i] = stack->at[stack->len - 1 - i];
		stack->at[stack->len - 1 - i] = at;
	}
	ids_free(&k.names);
	return code;
}
