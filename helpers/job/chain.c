#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "job/args.h"
#include "proc.h"
#include "vec.h"

enum { FILE_MOST = 8 << 20 };

struct words { VEC(char *); };

static void
add(struct words *w, char *word)
{
	if (vec_push(w, word) < 0)
		die_sys(EX_OSERR, "memory");
}

/* As aoinb-container(5) has it. */
static void
unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (*s == '\\' && s[1])
			*to++ = *++s == 'n' ? '\n' : *s;
		else
			*to++ = *s;
	}
	*to = '\0';
}

/* The options that FILE has for helper; its root, too. */
static void
add_options(struct words *w, const char *text, const char *helper, char **root)
{
	char *copy = strdup(text), *at = copy, *line, *option;
	size_t n = strlen(helper);

	while (copy && (line = strsep(&at, "\n"))) {
		unescape(line);
		if (!strncmp(line, "root ", 5))
			*root = line + 5;
		if (strncmp(line, helper, n) || line[n] != ' ')
			continue;
		if (asprintf(&option, "--%s", line + n + 1) < 0)
			die_sys(EX_OSERR, "memory");
		add(w, option);
	}
	if (!copy)
		die_sys(EX_OSERR, "memory");
}

/* The line that enters a container, with the options of its file spelt out.  All of it
 * is kept until we end. */
int
verb_chain(struct args *a)
{
	static char rusage[] = "aoinb-rusage", mount[] = "aoinb-mount", run[] = "aoinb-run";
	char none[] = "", *root = none;
	struct words w = { 0 };
	struct buf text = { 0 };
	int i;

	if (file_get(AT_FDCWD, a->operand[0], FILE_MOST, &text) < 0)
		die_sys(err_code(errno), "%s", a->operand[0]);
	add(&w, rusage);
	add_options(&w, text.s ? text.s : none, "rusage", &root);
	add(&w, mount);
	add_options(&w, text.s ? text.s : none, "mount", &root);
	add(&w, root);
	add(&w, run);
	add_options(&w, text.s ? text.s : none, "run", &root);
	add(&w, root);
	for (i = 1; i < a->operands; i++)
		add(&w, a->operand[i]);
	add(&w, NULL);
	return proc_show(STDOUT_FILENO, w.at) < 0 ? EX_IOERR : 0;
}
