#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "opt.h"

int opt_dry, opt_verbose;

static const char *self = "aoinb";

static const struct opt common[] = {
	{ 'n', "dry-run", NULL, "say what would be done, and do nothing" },
	{ 'v', "verbose", NULL, "say what is done" },
	{ 'h', "help",    NULL, "print this" },
	{ 'V', "version", NULL, "print the version" },
	{ 0 },
};

void
opt_begin(struct opts *o, char *argv[])
{
	int fd;

	while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd <= 2)
		;
	if (fd > 2)
		close(fd);
	err_name(argv[0]);
	if (argv[0]) {
		self = strrchr(argv[0], '/');
		self = self ? self + 1 : argv[0];
	}
	o->argv = argv[0] ? argv + 1 : argv;
	o->rest = NULL;
	o->arg = NULL;
}

static const struct opt *
find(const struct opts *o, int c, const char *name, size_t len)
{
	const struct opt *tabs[] = { o->tab, common }, *p;
	size_t i;

	for (i = 0; i < 2; i++)
		for (p = tabs[i]; p->name; p++)
			if (name ? strlen(p->name) == len &&
			    !strncmp(p->name, name, len) : p->c == c)
				return p;
	return NULL;
}

static void
help_rows(const struct opt *p)
{
	char left[64];

	for (; p->name; p++) {
		snprintf(left, sizeof(left), "--%s%s%s", p->name,
		    p->arg ? "=" : "", p->arg ? p->arg : "");
		if (p->c < OPT_LONG)
			printf("  -%c, %-26s %s\n", p->c, left, p->help);
		else
			printf("      %-26s %s\n", left, p->help);
	}
}

static void
help(const struct opts *o)
{
	printf("usage: %s %s\n%s\n\n", self, o->usage, o->about);
	help_rows(o->tab);
	help_rows(common);
	if (fflush(stdout) == EOF)
		die_sys(EX_IOERR, "standard output");
	exit(0);
}

void
opt_bad(const struct opts *o)
{
	fprintf(stderr, "usage: %s %s\n", self, o->usage);
	exit(EX_USAGE);
}

/* The common ones end here; the caller sees only its own. */
static int
common_take(const struct opts *o, int c)
{
	switch (c) {
	case 'n': opt_dry = 1; return 1;
	case 'v': opt_verbose = 1; return 1;
	case 'h': help(o); /* FALLTHROUGH */
	case 'V':
		printf("%s %s\n", self, AOINB_VERSION);
		if (fflush(stdout) == EOF)
			die_sys(EX_IOERR, "standard output");
		exit(0);
	}
	return 0;
}

static const struct opt *
next_long(struct opts *o, const char *word)
{
	const char *eq = strchr(word, '=');
	size_t len = eq ? (size_t)(eq - word) : strlen(word);
	const struct opt *p = find(o, 0, word, len);

	if (!p)
		die(EX_USAGE, "no such option: --%.*s", (int)len, word);
	if (!p->arg && eq)
		die(EX_USAGE, "option --%s takes no value", p->name);
	if (p->arg && !eq && !*o->argv)
		die(EX_USAGE, "option --%s wants a value", p->name);
	o->arg = !p->arg ? NULL : eq ? eq + 1 : *o->argv++;
	return p;
}

static const struct opt *
next_short(struct opts *o)
{
	int c = (unsigned char)*o->rest++;
	const struct opt *p = find(o, c, NULL, 0);

	if (!p)
		die(EX_USAGE, "no such option: -%c", c);
	o->arg = NULL;
	if (p->arg) {
		if (!*o->rest && !*o->argv)
			die(EX_USAGE, "option -%c wants a value", c);
		o->arg = *o->rest ? o->rest : *o->argv++;
		o->rest = NULL;
	}
	return p;
}

int
opt_next(struct opts *o)
{
	const struct opt *p;
	const char *word;

	for (;;) {
		if (!o->rest || !*o->rest) {
			word = *o->argv;
			if (!word || word[0] != '-' || !word[1])
				return -1;
			o->argv++;
			if (!strcmp(word, "--"))
				return -1;
			o->rest = word[1] == '-' ? NULL : word + 1;
			p = o->rest ? next_short(o) : next_long(o, word + 2);
		} else {
			p = next_short(o);
		}
		if (find(o, p->c, NULL, 0) != p || !common_take(o, p->c))
			return p->c;
	}
}
