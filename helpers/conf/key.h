/* Every key of aoinb.ini: one table feeds the check, the sample file and what
 * aoinb-conf prints.  A key of section S and name N is S_N everywhere else. */
#ifndef AOINB_CONF_KEY_H
#define AOINB_CONF_KEY_H

#include <stdint.h>

enum key_type {
	KEY_PATH,	/* absolute */
	KEY_WORD,	/* letters, digits, '_', '-', '.', '+' */
	KEY_TEXT,	/* one line of anything printable */
	KEY_URL,	/* SCHEME://WORD */
	KEY_LIST,	/* words; continued lines join with a blank */
	KEY_REACH,	/* likewise: what reach_add takes */
	KEY_STAMP,	/* auto, no, or a part of a version: letters, digits, '.', '+', '~' */
	KEY_BOOL,
	KEY_NUMBER,
	KEY_SIZE,	/* parse_size */
	KEY_MEMORY,	/* auto, of which key_machine_memory tells, or parse_size */
	KEY_DURATION,	/* parse_duration */
	KEY_AGE,	/* always, never or parse_duration */
	KEY_CHOICE,	/* one of the words in `of` */
};

struct key {
	const char *section, *name;
	enum key_type type;
	const char *of;		/* KEY_CHOICE: "a|b|c" */
	const char *value;	/* the default; NULL where the machine tells */
	const char *help;	/* for people, one or more lines */
};

extern const struct key key_tab[];	/* ends with a row whose name is NULL */

/* The row of section and name, or NULL. */
const struct key *key_find(const char *section, const char *name);

/* The row whose S_N is full, or NULL. */
const struct key *key_named(const char *full);

/* "S_N", or "N" without a section; in a buffer that the next call reuses. */
const char *key_full(const struct key *k);

/* Checks value for k.  Returns NULL when it is good, else why not. */
const char *key_check(const struct key *k, const char *value);

/* value, which is good for k, in one form: "yes" or "no" for every word that means that, where
 * k takes these. */
const char *key_plain(const struct key *k, const char *value);

/* Whether its value is words, of which a line may hold some. */
int key_is_list(const struct key *k);

/* What the type is called in the documentation. */
const char *key_type_name(const struct key *k);

/* The machine's architecture as AOSC and dpkg name it; the kernel's own name
 * where they have none. */
const char *key_machine_arch(void);

/* KiB that a build may have of this machine's memory: seven eighths of it, so that
 * what is around it can go on; 0 when nobody tells how much that is. */
uint64_t key_machine_memory(void);

#endif
