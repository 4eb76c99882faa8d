/* aoinb-conf: read and check the configuration, print it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "conf/conf.h"
#include "err.h"
#include "file.h"
#include "opt.h"
#include "parse.h"

enum { MAX_SET = 64, O_DEFAULTS = OPT_LONG };

static const struct opt tab[] = {
	{ 'c', "conf", "DIR", "the configuration folder" },
	{ 'f', "file", "FILE", "read this file, and look for no folder" },
	{ 'D', "set", "KEY=VALUE", "set over what the file says; may be repeated" },
	{ 'q', "quiet", NULL, "do not say which keys of config.toml are passed over" },
	{ O_DEFAULTS, "defaults", NULL, "where there is no configuration, they hold" },
	{ 0, NULL, NULL, NULL },
};

/* What the command line asks for. */
struct ask {
	const char *dir, *file;
	const char *set[MAX_SET];
	int sets, quiet, defaults;
};

/* 1 when dir has name, a file. */
static int
has(const char *dir, const char *name)
{
	struct stat st;
	char *path;
	int r;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		die_sys(EX_OSERR, "%s", dir);
	r = stat(path, &st) == 0;
	free(path);
	return r;
}

/* The folder, by the documented order.  A folder that is named must be there; NULL where
 * there is none and the defaults do. */
static const char *
find_dir(const struct ask *a)
{
	static const char *const places[] = { "/etc/aoinb", "/var/cache/aoinb/conf" };
	const char *dir = a->dir;
	size_t i;

	if (!dir)
		dir = getenv("AOINB_CONF");
	if (dir && *dir) {
		if (!has(dir, "aoinb.ini") && !has(dir, "config.toml"))
			die(EX_CONFIG, "%s: neither aoinb.ini nor config.toml is "
			    "there; \"aoinb init -c DIR\" makes one", dir);
		return dir;
	}
	for (i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (has(places[i], "aoinb.ini") || has(places[i], "config.toml"))
			return places[i];
	if (a->defaults)
		return NULL;
	die(EX_CONFIG, "no configuration in %s or %s; \"aoinb init\" makes one",
	    places[0], places[1]);
}

static struct conf *
set_all(struct conf *c, const struct ask *a)
{
	int i;

	for (i = 0; i < a->sets; i++)
		if (conf_set(c, a->set[i]) < 0)
			exit(EX_USAGE);
	return c;
}

/* What dir and file say, dir or file being NULL; settings go over it. */
static struct conf *
load(const struct ask *a, const char *dir)
{
	struct conf *c = conf_new();
	int bad, toml = dir && !has(dir, "aoinb.ini");
	char *path;

	if (asprintf(&path, "%s%s", dir ? dir : a->file ? a->file : "/dev/null",
	    !dir ? "" : toml ? "/config.toml" : "/aoinb.ini") < 0)
		die_sys(EX_OSERR, "configuration");
	bad = conf_read(c, path, (toml ? CONF_TOML : 0) | (a->quiet ? CONF_QUIET : 0));
	if (bad < 0)
		die_sys(EX_CONFIG, "%s", path);
	free(path);
	set_all(c, a);
	if (bad)
		exit(EX_CONFIG);
	return c;
}

static void
check(int r)
{
	if (r < 0)
		die_sys(EX_OSERR, "configuration");
}

/* What k is called in shell, where nobody parses units: its name ends in the unit
 * of its value. */
static void
put_name(struct buf *b, const struct key *k)
{
	const char *unit = k->type == KEY_SIZE || k->type == KEY_MEMORY ? "_kib" :
	    k->type == KEY_DURATION || k->type == KEY_AGE ? "_s" : "";

	check(buf_printf(b, "conf_%s%s=", key_full(k), unit));
}

/* value in seconds or KiB where k is such a quantity; always is 0 seconds and never
 * is -1, and auto is what this machine has. */
static void
put_value(struct buf *b, const struct key *k, const char *value)
{
	uint64_t n = 0;

	if (k->type == KEY_AGE && !strcmp(value, "never")) {
		check(buf_puts(b, "-1"));
	} else if (k->type == KEY_AGE && !strcmp(value, "always")) {
		check(buf_puts(b, "0"));
	} else if (k->type == KEY_DURATION || k->type == KEY_AGE) {
		check(parse_duration(value, &n));
		check(buf_printf(b, "%" PRIu64, n));
	} else if (k->type == KEY_MEMORY && !strcmp(value, "auto")) {
		check(buf_printf(b, "%" PRIu64, key_machine_memory()));
	} else if (k->type == KEY_SIZE || k->type == KEY_MEMORY) {
		check(parse_size(value, &n));
		check(buf_printf(b, "%" PRIu64, n / 1024 + (n % 1024 != 0)));
	} else {
		check(buf_shell(b, value));
	}
}

/* conf_KEY=value, a line each, safe to eval; conf_dir too, absolute. */
static void
print_shell(struct buf *b, const struct conf *c, const char *dir)
{
	const struct key *k;
	char *real;

	if (dir) {
		real = realpath(dir, NULL);
		if (!real)
			die_sys(EX_CONFIG, "%s", dir);
		check(buf_puts(b, "conf_dir="));
		check(buf_shell(b, real));
		check(buf_putc(b, '\n'));
		free(real);
	}
	for (k = key_tab; k->name; k++) {
		put_name(b, k);
		put_value(b, k, conf_get(c, k));
		check(buf_putc(b, '\n'));
	}
}

static void
print_json(struct buf *b, const struct conf *c)
{
	const struct key *k;

	for (k = key_tab; k->name; k++) {
		check(buf_printf(b, "%s\"%s\":", k == key_tab ? "{" : ",",
		    key_full(k)));
		check(buf_json(b, conf_get(c, k)));
	}
	check(buf_puts(b, "}\n"));
}

static void
section(struct buf *b, const struct key *k, const char *gap)
{
	if (k == key_tab || !strcmp(k->section, k[-1].section))
		return;
	check(buf_printf(b, "%s[%s]\n", gap, k->section));
}

/* The whole configuration as a file that conf_read takes. */
static void
print_ini(struct buf *b, const struct conf *c)
{
	const struct key *k;
	const char *v, *word;
	size_t n;

	for (k = key_tab; k->name; k++) {
		v = conf_get(c, k);
		section(b, k, "");
		check(buf_printf(b, "%s =", k->name));
		if (!key_is_list(k)) {
			check(buf_printf(b, " %s\n", v));
			continue;
		}
		for (word = v; *(word += strspn(word, " ")); word += n) {
			n = strcspn(word, " ");
			check(buf_printf(b, "%s%.*s", word == v ? " " : "\n ",
			    (int)n, word));
		}
		check(buf_putc(b, '\n'));
	}
}

/* text, each line behind "# ". */
static void
comment(struct buf *b, const char *text)
{
	size_t n;

	for (; *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		check(buf_printf(b, "# %.*s\n", (int)n, text));
	}
}

/* conf/aoinb.ini: every key with its default, commented out, unless it was set. */
static void
print_sample(struct buf *b, const struct ask *a)
{
	struct conf *c = set_all(conf_new(), a);
	const struct key *k;

	check(buf_puts(b, "# aoinb.ini: every key, with its default.  "
	    "See aoinb.ini(5).\n"));
	for (k = key_tab; k->name; k++) {
		section(b, k, "\n");
		check(buf_putc(b, '\n'));
		comment(b, k->help);
		if (conf_is_set(c, k))
			check(buf_printf(b, "%s = %s\n", k->name, conf_get(c, k)));
		else
			check(buf_printf(b, "# %s =%s%s\n", k->name,
			    k->value && !*k->value ? "" : " ",
			    k->value ? k->value : "amd64"));
	}
	conf_free(c);
}

/* NAME TAB TYPE TAB DEFAULT TAB HELP, a line each. */
static void
print_keys(struct buf *b)
{
	const struct key *k;
	const char *p;

	for (k = key_tab; k->name; k++) {
		check(buf_printf(b, "%s\t%s\t%s\t", key_full(k), key_type_name(k),
		    k->value ? k->value : key_machine_arch()));
		for (p = k->help; *p; p++)
			check(buf_putc(b, *p == '\n' ? ' ' : *p));
		check(buf_putc(b, '\n'));
	}
}

static void
print_value(struct buf *b, const struct conf *c, const char *name)
{
	const struct key *k = key_named(name);

	if (!k)
		die(EX_USAGE, "%s is no key of aoinb; \"aoinb-conf keys\" "
		    "lists them", name);
	check(buf_printf(b, "%s\n", conf_get(c, k)));
}

/* What is said about the table alone needs no configuration. */
static int
about_table(struct buf *b, const struct ask *a, const char *what)
{
	if (!strcmp(what, "keys"))
		print_keys(b);
	else if (!strcmp(what, "sample"))
		print_sample(b, a);
	else
		return 0;
	return 1;
}

static int
about_values(struct buf *b, const struct conf *c, const char *dir,
    const char *what, const char *name)
{
	if (name && !strcmp(what, "get"))
		print_value(b, c, name);
	else if (name)
		return 0;
	else if (!strcmp(what, "shell"))
		print_shell(b, c, dir);
	else if (!strcmp(what, "json"))
		print_json(b, c);
	else if (!strcmp(what, "ini"))
		print_ini(b, c);
	else if (strcmp(what, "check"))
		return 0;
	return 1;
}

int
main(int argc, char *argv[])
{
	struct opts o = { .usage = "[-q] [-c DIR | -f FILE] [--defaults] [-D KEY=VALUE]... dir |\n"
	    "       check | get KEY | shell | ini | json | keys | sample",
	    .about = "Read and check the configuration, and print it.",
	    .tab = tab };
	struct ask a = { 0 };
	struct buf b = { 0 };
	struct conf *c;
	const char *dir;
	int ch;

	(void)argc;
	opt_begin(&o, argv);
	while ((ch = opt_next(&o)) != -1)
		switch (ch) {
		case 'c': a.dir = o.arg; break;
		case 'f': a.file = o.arg; break;
		case 'q': a.quiet = 1; break;
		case O_DEFAULTS: a.defaults = 1; break;
		case 'D':
			if (a.sets == MAX_SET)
				die(EX_USAGE, "more than %d settings", MAX_SET);
			a.set[a.sets++] = o.arg;
			break;
		}
	if (!o.argv[0] || (o.argv[1] && o.argv[2]))
		opt_bad(&o);

	if (!strcmp(o.argv[0], "dir") && !o.argv[1]) {
		dir = find_dir(&a);
		check(dir ? buf_printf(&b, "%s\n", dir) : 0);
	} else if (o.argv[1] || !about_table(&b, &a, o.argv[0])) {
		dir = a.file ? NULL : find_dir(&a);
		c = load(&a, dir);
		if (!about_values(&b, c, dir, o.argv[0], o.argv[1]))
			opt_bad(&o);
		conf_free(c);
	}
	if (b.len && file_write(STDOUT_FILENO, b.s, b.len) < 0)
		die_sys(EX_IOERR, "standard output");
	buf_free(&b);
	return 0;
}
