#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "err.h"
#include "opt.h"
#include "vec.h"

int opt_dry, opt_verbose;

static const char *self = "aoinb";

static const struct opt common[] = {
	{ 'n', "dry-run", NULL, "say what would be done, and do nothing" },
	{ 'v', "verbose", NULL, "say what is done" },
	{ 'h', "help",    NULL, "print this" },
	{ 'V', "version", NULL, "print the version" },
	{ 0 },
};

/* Only of those whose opts have a helper. */
enum { FROM_FILE = 1 << 16 };
static const struct opt from_file[] = {
	{ FROM_FILE, "options", "FILE", "take options of aoinb-container(5) from FILE" },
	{ 0 },
};

static const char *const helpers[] = { "rusage", "mount", "run", NULL };
#define FILE_MAX ((size_t)4 << 20)

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
	o->arg = o->rest = o->root = o->file = NULL;
	o->next = NULL;
}

static const struct opt *
find(const struct opts *o, int c, const char *name, size_t len)
{
	const struct opt *tabs[] = { o->tab, common, from_file }, *p;
	size_t i;

	for (i = 0; i < (o->helper ? 3 : 2); i++)
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
	if (o->helper)
		help_rows(from_file);
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

void
opt_refuse(const struct opts *o, const char *fmt, ...)
{
	char why[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	if (!o->file)
		die(EX_USAGE, "%s", why);
	die(EX_DATAERR, "%s:%u: %s", o->file, o->line, why);
}

/* The text of a file, kept for good. */
static struct buf
file_text(const char *path)
{
	static VEC(char *) texts;

	/* O_NONBLOCK: a FIFO must not hold us. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct buf b = { 0 };
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		die_sys(err_code(errno), "%s", path);
	if (!S_ISREG(st.st_mode))
		die(EX_DATAERR, "%s: not a regular file", path);
	if (buf_read(&b, fd, FILE_MAX) < 0) {
		if (errno == EFBIG)
			die(EX_DATAERR, "%s: more than %zu MiB", path, FILE_MAX >> 20);
		die_sys(err_code(errno), "%s", path);
	}
	close(fd);
	if (b.s && vec_push(&texts, b.s) < 0)
		die_sys(EX_OSERR, "memory");
	return b;
}

static void
file_open(struct opts *o, const char *path)
{
	struct buf b = file_text(path);
	char *nul = b.s ? memchr(b.s, '\0', b.len) : NULL, *p;

	o->file = path;
	o->line = 0;
	o->next = b.s;
	if (!nul)
		return;
	for (o->line = 1, p = b.s; p < nul; p++)
		o->line += *p == '\n';
	opt_refuse(o, "a NUL byte");
}

/* The value s with "\\" and "\n" decoded, in its place. */
static char *
file_value(const struct opts *o, char *s)
{
	char *from, *to;

	for (from = to = s; *from; from++, to++) {
		*to = *from;
		if (*from != '\\')
			continue;
		from++;
		if (*from == 'n')
			*to = '\n';
		else if (*from != '\\')
			opt_refuse(o, "a backslash that is followed by neither "
			    "a backslash nor n");
	}
	*to = '\0';
	return s;
}

/* The option that the words behind our helper's name are. */
static const struct opt *
file_option(struct opts *o, char *name)
{
	char *eq = strchr(name, '=');
	size_t len = eq ? (size_t)(eq - name) : strlen(name);
	const struct opt *p;

	for (p = o->tab; p->name; p++)
		if (strlen(p->name) == len && !strncmp(p->name, name, len))
			break;
	if (!p->name)
		opt_refuse(o, "no such option: %s %.*s", o->helper, (int)len, name);
	if (!p->arg && eq)
		opt_refuse(o, "option %s takes no value", p->name);
	if (p->arg && !eq)
		opt_refuse(o, "option %s wants a value", p->name);
	o->arg = eq ? file_value(o, eq + 1) : NULL;
	return p;
}

/* The option of the next line that is for us; NULL at the end of the file. */
static const struct opt *
next_line(struct opts *o)
{
	char *word, *rest;
	size_t i;

	while ((word = strsep(&o->next, "\n"))) {
		o->line++;
		if (!*word || *word == '#')
			continue;
		if (!o->next)
			opt_refuse(o, "no newline at its end: it is torn");
		rest = word;
		strsep(&rest, " ");
		if (!rest || !*rest)
			opt_refuse(o, "neither HELPER OPTION nor root PATH");
		if (!strcmp(word, "root")) {
			o->root = file_value(o, rest);
			continue;
		}
		for (i = 0; helpers[i] && strcmp(word, helpers[i]); i++)
			;
		if (!helpers[i])
			opt_refuse(o, "no such helper: %s", word);
		if (!strcmp(word, o->helper))
			return file_option(o, rest);
	}
	o->file = NULL;
	return NULL;
}

/* The next option of the command line; NULL when the operands begin. */
static const struct opt *
next_word(struct opts *o)
{
	const char *word;

	if (o->rest && *o->rest)
		return next_short(o);
	word = *o->argv;
	if (!word || word[0] != '-' || !word[1])
		return NULL;
	o->argv++;
	if (!strcmp(word, "--"))
		return NULL;
	o->rest = word[1] == '-' ? NULL : word + 1;
	return o->rest ? next_short(o) : next_long(o, word + 2);
}

int
opt_next(struct opts *o)
{
	const struct opt *p;

	for (;;) {
		p = o->file ? next_line(o) : NULL;
		if (p)
			return p->c;
		p = next_word(o);
		if (!p)
			return -1;
		if (p == from_file)
			file_open(o, o->arg);
		else if (find(o, p->c, NULL, 0) != p || !common_take(o, p->c))
			return p->c;
	}
}
