/* What a group says of one of its builds: a folder. */
#ifndef JOB_MEMBER_H
#define JOB_MEMBER_H

#include "buf.h"

struct member {
	const char *folder;
	int dir;			/* of folder; -1 when the job is no member */
	struct buf unit, jobs, without;	/* what the files of that name hold, or empty */
	struct buf modifiers;		/* as ABMODIFIERS; of the environment when there is no file */
	char *jobserver;		/* path of the FIFO, or NULL */
};

/* Reads folder, which may be NULL.  Ends the program when it is not one. */
void member_read(struct member *m, const char *folder);

/* Tells it the job's id.  Returns 0, or -1 with errno set. */
int member_tell(const struct member *m, const char *id);

#endif
