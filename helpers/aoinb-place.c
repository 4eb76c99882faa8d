/* aoinb-place: has Slurm build what a server wants from it. */
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "err.h"
#include "opt.h"
#include "place/place.h"
#include "http/http.h"
#include "http/wait.h"

static const struct opt tab[] = {
	{ 'c', "conf", "DIR", "the configuration folder, in place of the usual ones" },
	{ 'D', "set", "KEY=VALUE", "set over what the file says; may be repeated" },
	{ 0 },
};

static void
show(const struct place *p)
{
	size_t i;

	note("%s: %d jobs at most, Slurm is asked each %d s", p->url, (int)p->jobs, (int)p->poll);
	for (i = 0; i < p->command.len; i++)
		note("command: %s", p->command.at[i]);
	for (i = 0; i < p->options.len; i++)
		note("option of sbatch: %s", p->options.at[i]);
}

int
main(int argc, char *argv[])
{
	struct opts o = {
		.usage = "[OPTION]...",
		.about = "Have Slurm build what a server wants from it.",
		.tab = tab,
	};
	const char *dir = NULL;
	struct words set = { 0 };
	struct place p = { .jobs = 0 };
	struct worker w = { .slots = 1 };	/* the token alone */
	int c, code = 0;

	(void)argc;
	opt_begin(&o, argv);
	while ((c = opt_next(&o)) != -1)
		if (c == 'c')
			dir = o.arg;
		else if (vec_push(&set, o.arg) < 0)
			die_sys(EX_OSERR, "memory");
	if (o.argv[0])
		opt_bad(&o);
	wait_signals();
	place_conf(&p, dir, &set);
	w.token_file = p.token_file;
	worker_token(&w);
	p.token = w.token;
	show(&p);
	if (http_init() < 0)
		die(EX_UNAVAILABLE, "libcurl is missing; install the package libcurl4");
	if (!opt_dry)
		code = place_run(&p);
	http_end();
	digest_end();
	explicit_bzero(w.token, sizeof(w.token));
	vec_free(&set);
	place_free(&p);
	return code;
}
