#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"
#include "err.h"
#include "parse.h"

enum { MAX_KEYS = 64 };

struct conf {
	char *value[MAX_KEYS];	/* as key_tab */
	int line[MAX_KEYS];	/* where this file set it; 0 not yet */
};

/* What the reader and the handler of inih share. */
struct reading {
	struct conf *c;
	FILE *f;
	const char *path;
	int toml, line, bad, joined;
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
	for (k = key_tab; k->name; k++)
		c->value[k - key_tab] = copy(k->value ? k->value :
		    key_machine_arch());
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

/* "value" as TOML writes it; what follows the closing quote is a comment. */
static int
unquote(char *s)
{
	char *end;

	if (*s != '"' && *s != '\'')
		return -1;
	end = strchr(s + 1, *s);
	if (!end)
		return -1;
	*end = '\0';
	memmove(s, s + 1, strlen(s));
	return 0;
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

static int
take(void *arg, const char *section, const char *name, const char *raw)
{
	struct reading *r = arg;
	const struct key *k = key_find(section, name);
	char *value, twice[64];
	const char *why;

	if (r->toml && !*section && !strcmp(name, "workDir"))
		k = key_find("", "work_dir");
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
	r->c->line[k - key_tab] = r->line;
	value = copy(raw);
	if (r->toml && unquote(value) < 0)
		wrong(r, section, name, "is not a quoted string");
	else if ((why = key_check(k, value)))
		wrong(r, section, name, why);
	else
		put(r->c, k, value);
	free(value);
	return 1;
}

int
conf_read(struct conf *c, const char *path, int toml)
{
	struct reading r = { c, NULL, path, toml, 0, 0, 0 };
	int n;

	r.f = fopen(path, "re");
	if (!r.f)
		return -1;
	memset(c->line, 0, sizeof(c->line));
	n = ini_parse_stream(next_line, &r, take, &r);
	if (ferror(r.f)) {
		fclose(r.f);
		return -1;
	}
	fclose(r.f);
	if (n > 0) {
		warn_msg("%s:%d: neither [section], key = value nor a comment",
		    path, n);
		r.bad++;
	}
	return r.bad;
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
	return 0;
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
