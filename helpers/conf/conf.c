#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "conf/conf.h"
#include "conf/toml.h"
#include "err.h"
#include "file.h"
#include "parse.h"

enum {
	MAX_KEYS = 256,
	TOML_TEXT = 64 << 10,	/* bytes: ours are of a few lines */
};

struct conf {
	char *value[MAX_KEYS];	/* as key_tab */
	int line[MAX_KEYS];	/* where this file set it; 0 not yet */
	int set[MAX_KEYS];	/* by conf_set */
};

/* What a reader and its handler share. */
struct reading {
	struct conf *c;
	FILE *f;
	const char *path;
	int line, bad, joined, quiet;
	char *first;		/* workDir, the name of work_dir in the first release */
	int first_line;
};

static char *
copy(const char *s)
{
	char *p = strdup(s);

	if (!p)
		die_sys(EX_OSERR, "configuration");
	return p;
}

struct conf *
conf_new(void)
{
	struct conf *c = calloc(1, sizeof(*c));
	const struct key *k;

	if (!c)
		die_sys(EX_OSERR, "configuration");
	for (k = key_tab; k->name; k++) {
		if (k - key_tab == MAX_KEYS)
			die(EX_SOFTWARE, "more than %d keys", MAX_KEYS);
		c->value[k - key_tab] = copy(k->value ? k->value :
		    key_machine_arch());
	}
	return c;
}

static void
put(struct conf *c, const struct key *k, const char *value)
{
	char **at = &c->value[k - key_tab];

	free(*at);
	*at = copy(key_plain(k, value));
}

/* fgets for inih: counts lines, notes continued ones, and refuses what inih's
 * own buffer would cut in two. */
static char *
next_line(char *s, int room, void *arg)
{
	struct reading *r = arg;

	if (!fgets(s, room, r->f))
		return NULL;
	r->line++;
	r->joined = *s == ' ' || *s == '\t';
	if (!strchr(s, '\n') && !feof(r->f)) {
		warn_msg("%s:%d: line is longer than %d bytes; "
		    "continue it on the next, indented", r->path, r->line, room - 2);
		r->bad++;
		while (!strchr(s, '\n') && fgets(s, room, r->f))
			;
		snprintf(s, (size_t)room, "\n");
	}
	return s;
}

static int
wrong(struct reading *r, const char *section, const char *name, const char *why)
{
	warn_msg("%s:%d: %s%s%s%s %s", r->path, r->line, *section ? "[" : "",
	    section, *section ? "] " : "", name, why);
	r->bad++;
	return 1;
}

static int
join(struct reading *r, const struct key *k, const char *value)
{
	char **at = &r->c->value[k - key_tab], *both;

	if (!key_is_list(k))
		return wrong(r, k->section, k->name, "cannot be continued");
	if (asprintf(&both, "%s%s%s", *at, **at ? " " : "", value) < 0)
		die_sys(EX_OSERR, "configuration");
	free(*at);
	*at = both;
	return 1;
}

static void
check_put(struct reading *r, const struct key *k, const char *value)
{
	const char *why = key_check(k, value);

	r->c->line[k - key_tab] = r->line;
	if (why)
		wrong(r, k->section, k->name, why);
	else
		put(r->c, k, value);
}

static int
take(void *arg, const char *section, const char *name, const char *raw)
{
	struct reading *r = arg;
	const struct key *k = key_find(section, name);
	char twice[64];

	if (!k)
		return wrong(r, section, name, "is no key of aoinb; "
		    "\"aoinb-conf keys\" lists them");
	if (r->joined && r->c->line[k - key_tab])
		return join(r, k, raw);
	if (r->c->line[k - key_tab]) {
		snprintf(twice, sizeof(twice), "is already set in line %d",
		    r->c->line[k - key_tab]);
		return wrong(r, section, name, twice);
	}
	check_put(r, k, raw);
	return 1;
}

static int
read_ini(struct reading *r)
{
	int n, failed;

	r->f = fopen(r->path, "re");
	if (!r->f)
		return -1;
	n = ini_parse_stream(next_line, r, take, r);
	failed = ferror(r->f);
	fclose(r->f);
	if (n > 0) {
		warn_msg("%s:%d: neither [section], key = value nor a comment",
		    r->path, n);
		r->bad++;
	}
	return failed ? -1 : 0;
}

/* ---- the file of 2020 ---- */

static const struct key *
key_dotted(const char *key)
{
	const char *dot = strrchr(key, '.');
	const struct key *k;
	char *section;

	section = copy(dot ? key : "");
	section[dot ? dot - key : 0] = '\0';
	k = key_find(section, dot ? dot + 1 : key);
	free(section);
	return k;
}

/* Whether k can be written as a value of that type. */
static int
takes(const struct key *k, enum toml_type type)
{
	switch (k->type) {
	case KEY_NUMBER: case KEY_SIZE: case KEY_MEMORY: case KEY_DURATION: case KEY_AGE:
		return type == TOML_STRING || type == TOML_INTEGER;
	case KEY_BOOL: case KEY_CHOICE: case KEY_REACH:
		return type == TOML_STRING || type == TOML_BOOLEAN;
	default:
		return type == TOML_STRING;
	}
}

/* A relative work_dir begins where the program was started, as it did then. */
static void
put_work_dir(struct reading *r, const char *value)
{
	const struct key *k = key_find("", "work_dir");
	char *here = NULL, *path = NULL;

	if (*value && *value != '/') {
		here = getcwd(NULL, 0);
		if (!here || asprintf(&path, "%s/%s", here, value) < 0)
			die_sys(EX_OSERR, "%s: work_dir", r->path);
	}
	check_put(r, k, path ? path : value);
	free(here);
	free(path);
}

static void
pass_over(const struct reading *r, int line, const char *key, const char *why)
{
	if (!r->quiet)
		warn_msg("%s:%d: %s %s", r->path, line, key, why);
}

static void
take_toml(void *arg, const char *key, const struct toml_value *v)
{
	struct reading *r = arg;
	const struct key *k = key_dotted(key);

	r->line = v->line;
	if (!strcmp(key, "workDir") && v->type == TOML_STRING) {
		r->first = copy(v->text);
		r->first_line = v->line;
	} else if (!k) {
		pass_over(r, v->line, key, "is no key of aoinb and is passed over; "
		    "\"aoinb-conf keys\" lists them");
	} else if (!takes(k, v->type)) {
		wrong(r, k->section, k->name, takes(k, TOML_INTEGER) ?
		    "is neither a quoted string nor a whole number" : takes(k, TOML_BOOLEAN) ?
		    "is neither a quoted string, true nor false" : "is not a quoted string");
	} else if (!strcmp(key, "work_dir")) {
		put_work_dir(r, v->text);
	} else {
		check_put(r, k, v->text);
	}
}

static int
read_toml(struct reading *r)
{
	struct buf text = { 0 };
	struct toml_fault f = { 0 };
	int fd = open(r->path, O_RDONLY | O_CLOEXEC), got;

	got = fd < 0 ? -1 : buf_read(&text, fd, TOML_TEXT);
	close_keep(fd);
	if (got < 0) {
		buf_free(&text);
		return -1;
	}
	if (text.len && strlen(text.s) != text.len) {
		warn_msg("%s: a NUL byte: this is no text", r->path);
		r->bad++;
	} else if (text.len && toml_read(text.s, take_toml, r, &f) < 0) {
		warn_msg("%s:%d: %s", r->path, f.line, f.why);
		r->bad++;
	}
	if (r->first && r->c->line[key_find("", "work_dir") - key_tab])
		pass_over(r, r->first_line, "workDir", "is passed over, as work_dir is set");
	else if (r->first)
		put_work_dir(r, r->first);
	free(r->first);
	buf_free(&text);
	return 0;
}

int
conf_read(struct conf *c, const char *path, int how)
{
	struct reading r = { .c = c, .path = path, .quiet = how & CONF_QUIET };

	memset(c->line, 0, sizeof(c->line));
	return (how & CONF_TOML ? read_toml(&r) : read_ini(&r)) < 0 ? -1 : r.bad;
}

int
conf_set(struct conf *c, const char *setting)
{
	const char *eq = strchr(setting, '='), *why;
	const struct key *k;
	char name[128];

	if (!eq || (size_t)(eq - setting) >= sizeof(name)) {
		warn_msg("%s: not KEY=VALUE", setting);
		return -1;
	}
	snprintf(name, sizeof(name), "%.*s", (int)(eq - setting), setting);
	k = key_named(name);
	if (!k) {
		warn_msg("%s is no key of aoinb; \"aoinb-conf keys\" lists them",
		    name);
		return -1;
	}
	why = key_check(k, eq + 1);
	if (why) {
		warn_msg("%s=%s: %s", name, eq + 1, why);
		return -1;
	}
	put(c, k, eq + 1);
	c->set[k - key_tab] = 1;
	return 0;
}

int
conf_is_set(const struct conf *c, const struct key *k)
{
	return c->set[k - key_tab];
}

const char *
conf_get(const struct conf *c, const struct key *k)
{
	return c->value[k - key_tab];
}

void
conf_free(struct conf *c)
{
	int i;

	for (i = 0; i < MAX_KEYS; i++)
		free(c->value[i]);
	free(c);
}
