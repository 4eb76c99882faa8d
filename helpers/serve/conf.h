/* What the configuration says of the server; see [serve] in aoinb.ini(5). */
#ifndef SERVE_CONF_H
#define SERVE_CONF_H

#include <stdint.h>

struct words {
	char **at;		/* NULL behind the last */
	int len;
	char *text;		/* that they lie in */
};

struct conf {
	const char *conf_dir;	/* of the configuration; NULL: the usual places */
	const char *const *set;	/* settings over it, NULL behind the last */
	char *arch, *engine;	/* of tasks that name none */
	char *dir;		/* everything of the server lies in it */
	int at;			/* open on that */
	int cache;		/* the cache of sources that others may read; -1: none */
	char *source_lists;	/* folder of files BRANCH.list */
	char *url;		/* by which others reach us, or "" */
	char *public;		/* repo, all or no */
	struct words listen, branches, sign, also, webhook, mail;
	char *webhook_secret;	/* a file, or "" */
	char *sendmail;
	int64_t bundle_size, bundle_unpacked, bundle_entries, bundle_ratio;
	int64_t output_size, log_size, disk_free;	/* bytes */
	int64_t lease, retries, rate;		/* seconds, attempts, tasks a minute */
	int64_t uploads, upload_day;		/* of a token: at once, bytes a day; 0: any */
	int64_t keep_tasks, keep_logs;		/* seconds; 0: for ever */
	int64_t repo_keep, repo_valid;
	int access_log;
};

extern struct conf conf;

/* Reads the configuration into conf by running aoinb-conf.  Ends the program when that
 * cannot be done, with its code. */
void conf_load(void);

/* Gives back what it took. */
void conf_free(void);

/* Whether word is among them. */
int words_have(const struct words *w, const char *word);

/* Whether there is such a branch: one of those of the configuration, or without any
 * there one that has a source list; any where there is none at all. */
int conf_branch(const char *name);

#endif
