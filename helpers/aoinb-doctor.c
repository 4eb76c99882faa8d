/* aoinb-doctor: looks at the machine and at work_dir, and says what to do. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "doctor/doctor.h"
#include "err.h"
#include "file.h"
#include "opt.h"
#include "store/store.h"

enum { O_JSON = OPT_LONG, O_FIT, O_APT, O_SUITE };

static const struct opt tab[] = {
	{ 'c', "conf", "DIR", "the configuration folder" },
	{ O_JSON, "json", NULL, "print an array of objects" },
	{ O_FIT, "fit", "DIR", "look only whether layers can lie in DIR, and say why not" },
	{ O_APT, "apt-sources", "ORIGIN", "of apt's sources on stdin, print those of ORIGIN" },
	{ O_SUITE, "suite", "NAME", "of apt's sources: those of that suite" },
	{ 0 },
};

/* Says nothing when dir will do. */
static int
fit(const char *dir)
{
	char *why = trial_unfit(dir);

	if (why)
		die(EX_UNAVAILABLE, "%s", why);
	return 0;
}

static void
look(struct doctor *d)
{
	char scratch[] = "/tmp/aoinb-doctor.XXXXXX";

	d->scratch = mkdtemp(scratch);
	if (!d->scratch)
		die_sys(EX_CANTCREAT, "%s", scratch);
	look_machine(d);
	if (look_conf(d) == 0) {
		look_settings(d);
		look_stock(d);
		look_trial(d);
	}
	if (store_remove(AT_FDCWD, scratch) < 0)
		warn_sys("%s: not removed", scratch);
	d->scratch = NULL;
}

int
main(int argc, char *argv[])
{
	struct opts o = { .usage = "[--json] [-c DIR] | --fit DIR |\n"
	    "       aoinb-doctor --apt-sources=ORIGIN [--suite=NAME]",
	    .about = "Look at the machine and at work_dir, and say what to do.", .tab = tab };
	struct doctor d = { 0 };
	struct buf out = { 0 };
	const char *origin = NULL, *suite = "";
	int c, json = 0;

	(void)argc;
	opt_begin(&o, argv);
	while ((c = opt_next(&o)) != -1)
		switch (c) {
		case 'c': d.conf = o.arg; break;
		case O_JSON: json = 1; break;
		case O_FIT: return fit(o.arg);
		case O_APT: origin = o.arg; break;
		case O_SUITE: suite = o.arg; break;
		}
	if (*o.argv)
		opt_bad(&o);
	if (origin)
		return apt_sources(origin, suite);
	look(&d);
	if (findings_print(&d.found, json, &out) < 0)
		die_sys(EX_OSERR, "memory");
	if (out.len && file_write(STDOUT_FILENO, out.s, out.len) < 0)
		die_sys(EX_IOERR, "standard output");
	c = findings_count(&d.found, BAD) ? EX_NO : 0;
	findings_free(&d.found);
	buf_free(&d.json);
	buf_free(&out);
	return c;
}
