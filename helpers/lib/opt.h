/* Options from one table: parsing and --help read it, tests/man.t compares the
 * manual page with it. */
#ifndef AOINB_OPT_H
#define AOINB_OPT_H

struct opt {
	int c;			/* what opt_next returns; the short form when
				 * it is a character, else OPT_LONG + n */
	const char *name;	/* the long form; never abbreviated */
	const char *arg;	/* what its value is, or NULL for none */
	const char *help;	/* one line, lower case */
};

/* First code for options that have no short form. */
#define OPT_LONG 256

struct opts {
	const char *usage;	/* what follows the name in the usage line */
	const char *about;	/* one sentence */
	const struct opt *tab;	/* ends with a row whose name is NULL */
	const char *helper;	/* whose lines of aoinb-container(5) are ours; with
				 * NULL there is no --options=FILE */

	const char *arg;	/* the value of the option just returned */
	char **argv;		/* after opt_next said -1: the operands */
	const char *root;	/* what FILE said, or NULL: ROOT is an operand */
	const char *rest;	/* within "-nv": what is left of the word */
	const char *file;	/* where the option just returned stood, or NULL */
	unsigned int line;
	char *next;		/* the line of FILE after that; its text is kept as
				 * long as the program runs, as args point there */
};

/* Every helper has -h/--help, -V/--version, -n/--dry-run and -v/--verbose
 * without listing them; the last two are found here. */
extern int opt_dry, opt_verbose;

/* Sets o up for argv, and the name for errors.  Closes nothing, opens nothing;
 * but when 0, 1 or 2 is closed, opens /dev/null there, so that no file of ours
 * ends up as somebody's stdout. */
void opt_begin(struct opts *o, char *argv[]);

/* The next option's c, or -1 when the operands begin: at "--", which is
 * skipped, or at the first word that is not an option.  "--name=VALUE",
 * "--name VALUE", "-nVALUE" and "-n VALUE" are understood; where --options=FILE
 * stands, the options of FILE come.  Prints and exits 0 for help and version,
 * exits 64 for anything that is not in the table; of FILE, exits 66 when it
 * cannot be found and 65 for a line that is wrong. */
int opt_next(struct opts *o);

/* Refuses the option just returned: says why, with file and line when it stood
 * in a file, and exits 65 then, else 64. */
void opt_refuse(const struct opts *o, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), noreturn));

/* Says "usage: ..." and exits 64. */
void opt_bad(const struct opts *o) __attribute__((noreturn));

#endif
