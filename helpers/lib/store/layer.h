/* Layers, refs and stacks, and what of them is in use; see aoinb-layers(7). */
#ifndef AOINB_STORE_LAYER_H
#define AOINB_STORE_LAYER_H

#include "digest.h"
#include "store/store.h"
#include "vec.h"

/* What a failure was about, for one line: "AT: WHY; CURE". */
struct blame {
	char at[2 * STORE_NAME];	/* a path below work_dir */
	char why[STORE_NAME + 64];	/* "" where errno says it */
	const char *cure;		/* what to do about it, or NULL */
};

/* Fills b in, sets errno to err and returns -1.  why is formatted. */
int blame_set(struct blame *b, int err, const char *at, const char *cure,
    const char *why, ...) __attribute__((format(printf, 5, 6)));

/* A list of names, each a string of its own. */
struct ids {
	char **at;
	size_t len, room;
};

/* Adds a copy of id.  Returns 0, or -1 with errno ENOMEM. */
int ids_add(struct ids *v, const char *id);
int ids_has(const struct ids *v, const char *id);
void ids_free(struct ids *v);

/* Opens the folder path, which must lie in the folder "in" of work_dir; without a
 * slash it is a name in there.  name gets its last name.  Returns its descriptor, or
 * -1 with errno and b set: EXDEV when it lies elsewhere. */
int folder_open(const struct store *s, const char *path, const char *in,
    char name[STORE_NAME], struct blame *b);

/* Adds to b the ids with blanks between them and a newline behind. */
int ids_line(struct buf *b, const struct ids *v);

/* The names in the folder path below work_dir that store_name_ok takes, or with
 * all every one but "." and "..", sorted.  A folder that is missing has none.
 * Returns 0, or -1 with errno set. */
int ids_folder(const struct store *s, const char *path, int all, struct ids *v);

/* --- layer.c */

struct layer {
	char id[STORE_NAME];
	struct buf text;	/* info, with a NUL for each newline */
	const char *kind;
	const char *parent;	/* "" for the lowest */
	int64_t made;		/* seconds since 1970; -1: info does not say */
	int64_t size_kib;	/* -1: info does not say */
};

/* Reads the layer id.  Returns 0, or -1 with errno and b set: ENOENT when there is
 * no such layer, EBADMSG when it is damaged.  l is to be freed either way. */
int layer_get(const struct store *s, const char *id, struct layer *l, struct blame *b);
void layer_free(struct layer *l);

/* A value of its info, or NULL.  It lives as long as l. */
const char *layer_value(const struct layer *l, const char *key);

/* The stack that ends with the layer id, the base first.  Returns 0, or -1 with
 * errno and b set: ENOENT when there is no layer id, EBADMSG when it or one below
 * it is damaged or missing. */
int stack_get(const struct store *s, const char *id, struct ids *stack,
    struct blame *b);

/* Makes the empty folder layers/new.NAME.ID, with tree/ work/ and root/ in it, and
 * moves those of the same name to the trash: the caller holds the lock name, so
 * that whoever made them has died.  path gets its path below work_dir. */
int layer_begin(const struct store *s, const char *name, char path[2 * STORE_NAME],
    struct blame *b);

/* Makes a layer of folder, "new.NAME.ID" in layers/, whose info is given but for
 * size_kib, which is added.  What is beside its tree goes.  id gets its id.  When it
 * fails, it is still in the making. */
int layer_commit(const struct store *s, const char *folder, const char *parent,
    struct buf *info, char id[STORE_NAME], struct blame *b);

/* --- seal.c */

/* The SHA-256 that stands for the directory tree open as tree, with owners, modes,
 * attributes, times in seconds and which names are of one file; equal trees on any two
 * machines have the same.  Of overlayfs's own attributes a layer has the mark of an opaque
 * folder; with strip those go that say nothing elsewhere.  Lists of access and labels of
 * security modules do not count.  Returns 0; or -1 with errno and b set, its at being a
 * path in tree: EBADMSG when it has what no layer has. */
int layer_seal(int tree, int strip, char hex[DIGEST_HEX], struct blame *b);

/* --- size.c */

/* What path, seen from the folder dir, and all below it on the same file system
 * take on the disk, in KiB, as du -skx counts; what goes meanwhile may count or not.
 * Returns 0, or -1 with errno set. */
int size_kib(int dir, const char *path, uint64_t *kib);

/* --- ref.c */

/* Whether name may be that of a ref: "baseos" or "instance/BRANCH". */
int ref_ok(const char *name);

/* Whether name is that of a file which somebody is about to rename over a ref;
 * *pid gets whose it is. */
int ref_temporary(const char *name, long *pid);

/* The id that the ref name says.  Returns 0, or -1 with errno and b set: ENOENT when
 * there is none, EBADMSG when it is torn. */
int ref_get(const struct store *s, const char *name, char id[STORE_NAME],
    struct blame *b);

/* Moves the ref to the layer id, or makes it.  It is on the disk then.  The caller
 * holds the lock "layers", shared.  Returns 0, or -1 with errno set. */
int ref_set(const struct store *s, const char *name, const char *id);

/* Removes the ref, and when it was checked.  Returns 0, or -1 with errno set. */
int ref_drop(const struct store *s, const char *name);

/* The refs there are, baseos first.  Returns 0, or -1 with errno set. */
int ref_names(const struct store *s, struct ids *names);

/* --- used.c */

struct used_layer {
	struct layer l;
	size_t damaged;	/* its number in the list of those, from 1; 0: it is whole */
	int used;	/* something stands on it */
	int kept;	/* its use cannot be told: one below is damaged */
	int gone;	/* the caller has removed it */
};

struct used {
	VEC(struct used_layer) layers;	/* all there are, sorted by id */
	VEC(struct blame) damaged;	/* to be named */
	struct ids left;		/* new.NAME.ID in layers/ that are nobody's */
	struct ids tops;		/* of instances */
};

/* Finds out what of the layers is in use: the whole stack of every ref, of every
 * running job, of every kept workspace, and of every layer in the making or just
 * made.  The caller holds the lock "layers".  Returns 0; or -1 with errno and b set
 * when the list cannot be told to be complete, and then nothing may be removed. */
int used_find(const struct store *s, struct used *u, struct blame *b);
void used_free(struct used *u);

/* Adds to tops the layers that the refs of instances name.  Returns 0, or -1 with
 * errno and b set when they cannot be told to be all. */
int used_tops(const struct store *s, struct ids *tops, struct blame *b);

/* The layer id of it, or NULL. */
struct used_layer *used_layer(const struct used *u, const char *id);

/* --- deps.c: layers of dependencies, and what is remembered about them */

/* Reads JOB/stack, without dependencies.  Returns 0, or 1 when the file has them, as
 * in the last version; or -1 with errno and b set. */
int deps_stack(int job, const char *id, struct ids *stack, struct blame *b);

/* From here on the job stands on layer as well, on none when it is "-"; JOB/deps
 * gets state unless that is NULL.  The caller holds the lock "layers".  Returns 0,
 * or -1 with errno and b set: ENOENT when there is no such layer, EBADMSG when it
 * does not stand on the job's stack. */
int deps_put(const struct store *s, int job, const char *id, const char *layer,
    const char *state, struct blame *b);

/* The layer of dependencies that key stands for.  Returns 0, or -1 with errno and b
 * set: ENOENT when there is none. */
int deps_find(const struct store *s, const char *key, char id[STORE_NAME],
    struct blame *b);

#endif
