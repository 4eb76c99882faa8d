/* A configuration: the table's defaults, a file over them, settings over that.
 * Errors are said where they are found, with file and line. */
#ifndef AOINB_CONF_CONF_H
#define AOINB_CONF_CONF_H

#include "conf/key.h"

struct conf;

/* All defaults.  Ends the program when there is no memory. */
struct conf *conf_new(void);

enum {
	CONF_TOML = 1,		/* the file of the builder of 2020, not aoinb.ini */
	CONF_QUIET = 2,		/* not told: keys that are passed over */
};

/* Reads path over what is there; how is a sum of the words above.  In the file of 2020
 * (work_dir, arch, and its first release's workDir) work_dir may be relative to the
 * working folder, and keys that are not ours are passed over, which is told.  Returns
 * how many things are wrong with it, each already said; or -1 with errno set when it
 * cannot be read. */
int conf_read(struct conf *c, const char *path, int how);

/* Sets "S_N=VALUE".  Returns 0, or -1 when that is not a setting (said). */
int conf_set(struct conf *c, const char *setting);

/* Whether conf_set has set k. */
int conf_is_set(const struct conf *c, const struct key *k);

/* The value of k, checked; yes and no for KEY_BOOL whatever was written. */
const char *conf_get(const struct conf *c, const struct key *k);

void conf_free(struct conf *c);

#endif
