/* What is looked at.  Each adds to the findings of d. */
#ifndef DOCTOR_DOCTOR_H
#define DOCTOR_DOCTOR_H

#include "doctor/ask.h"
#include "doctor/finding.h"

struct doctor {
	struct findings found;
	const char *conf;	/* the configuration folder that was named, or NULL */
	char *scratch;		/* a folder of our own, which goes at the end */
	struct buf json;	/* the configuration */
};

/* --- machine.c: the kernel, our rights, cgroups and programs */
void look_machine(struct doctor *d);

/* --- settings.c: the configuration, and what it asks of the machine */

/* Reads the configuration.  Returns 0, or -1 when there is none that is good, which is a
 * finding. */
int look_conf(struct doctor *d);
void look_settings(struct doctor *d);

/* The value of a key, as text; it is the caller's.  A key that is not there is a bug, and
 * ends the program. */
char *setting(const struct doctor *d, const char *key);

/* --- trial.c: a container is made in work_dir */
void look_trial(struct doctor *d);

/* Whether layers can lie in dir, or in what will hold it where it is not there: an overlay
 * is mounted there.  Returns NULL when they can, or when we are not root and cannot tell;
 * else why not, with the remedy, the caller's. */
char *trial_unfit(const char *dir);

/* --- stock.c: what lies in work_dir */
void look_stock(struct doctor *d);

/* Reads rows "URI RELEASE COMPONENT|ORIGIN|LABEL", sorted, from the standard input, and prints
 * those of origin and suite ("" for any) as lines of a source list; says which it leaves out
 * because another made them.  Returns an exit code: EX_NO when none is left. */
int apt_sources(const char *origin, const char *suite);

#endif
