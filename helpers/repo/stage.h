/* Files that are looked at before they enter a repository, without its lock, for that may
 * take long. */
#ifndef REPO_STAGE_H
#define REPO_STAGE_H

#include "digest.h"
#include "repo/package.h"

struct staged {
	const char *path;	/* where it came from */
	const char *name;	/* its last component */
	char hex[DIGEST_HEX];
	long long bytes;
};

struct stage {
	char folder[32];	/* below output/BRANCH */
	int dir;		/* it, and its lock: whoever made it lives */
	VEC(struct staged) files;
	struct packages p;	/* the same, sorted; why: it may not enter */
};

/* What may be handed in at once; 0 is no limit. */
struct stage_limits {
	uint64_t files, bytes;
};

/* The last component of path. */
const char *stage_name(const char *path);

/* Makes a folder of its own, in which each of files has a second name, or a copy, that is
 * root's and everybody's to read.  What is no package's file is said and left out.  Dies
 * when that fails, or a limit is passed (EX_NO); nothing has changed then. */
void stage_begin(struct stage *s, struct repo *r, char *const files[],
    const struct stage_limits *most);

/* Asks what the packages are.  What is none, or what apt would mind, is said, and is out
 * of s->p; so is what apt-ftparchive tells otherwise than it is. */
void stage_read(struct stage *s, struct repo *r);

/* The one whose file is name. */
const struct staged *stage_find(const struct stage *s, const char *name);

/* Removes the folder.  stage_sweep removes those of who has died. */
void stage_end(struct stage *s, struct repo *r);
void stage_sweep(const struct repo *r);

#endif
