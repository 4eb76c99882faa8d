#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "err.h"
#include "parse.h"
#include "place/place.h"
#include "http/list.h"

/* Beside what the build has, for what sees to it; and beside its time, for what goes
 * before it and behind it. */
enum { MORE_MIB = 256, MORE_MIN = 15 };

#define NAME "aoinb-%" PRId64 ".%" PRId64

/* Who the jobs are of: another server may use the same cluster. */
static int
comment(const struct place *p, char out[PLACE_LINE])
{
	return snprintf(out, PLACE_LINE, "aoinb:%s", p->url);
}

/* The next field of a line of squeue. */
static char *
field(char **at)
{
	return strsep(at, "|");
}

static int
take_job(const struct place *p, char *line, struct jobs *jobs)
{
	struct job j = { 0 };
	char *id = field(&line), *name = field(&line), *state = field(&line), *reason = field(&line),
	    *nodes = field(&line), mine[PLACE_LINE], again[64];

	comment(p, mine);
	if (!nodes || !line || strcmp(line, mine) ||
	    sscanf(name, "aoinb-%" SCNd64 ".%" SCNd64, &j.task, &j.n) != 2)
		return 0;
	snprintf(again, sizeof(again), NAME, j.task, j.n);
	if (strcmp(again, name))
		return 0;
	snprintf(j.id, sizeof(j.id), "%.63s", id);
	snprintf(j.state, sizeof(j.state), "%.31s", state);
	snprintf(j.reason, sizeof(j.reason), "%.127s", reason);
	snprintf(j.nodes, sizeof(j.nodes), "%.127s", nodes);
	return vec_push(jobs, j);
}

int
slurm_jobs(const struct place *p, struct jobs *jobs, char why[PLACE_LINE])
{
	const char *const argv[] = { "squeue", "--noheader", "--me", "--format=%i|%j|%T|%r|%N|%k", NULL };
	struct buf out = { 0 };
	char *at, *line;
	int r = command_run(argv, NULL, p->patience, &out, why) ? -1 : 0;

	at = r == 0 && out.len ? out.s : NULL;
	while (r == 0 && (line = strsep(&at, "\n")))
		if (*line && (r = take_job(p, line, jobs)) < 0)
			snprintf(why, PLACE_LINE, "memory");
	buf_free(&out);
	return r;
}

/* --- sbatch */

/* What the job runs.  The token lies on the node, and is in no argument and in no
 * environment, which Slurm shows. */
static int
script(const struct place *p, const struct want *w, struct buf *out)
{
	size_t i;
	int r = buf_puts(out, "#!/bin/sh\n"
	    "export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nexec");

	for (i = 0; i < p->command.len && r == 0; i++)
		r = buf_putc(out, ' ') < 0 || buf_shell(out, p->command.at[i]) < 0 ? -1 : 0;
	return r < 0 ? -1 : buf_printf(out, " work --once -- %" PRId64 ".%" PRId64 "\n", w->task, w->n);
}

struct avoid {
	const struct buf *nodes;	/* lines */
	struct buf list;
};

static int
add_avoid(void *arg, const char *s, size_t len)
{
	struct avoid *a = arg;
	struct buf name = { 0 }, line = { 0 };
	int r = list_string(s, len, &name);

	/* Only what is a node: of any other name Slurm would refuse the whole job. */
	if (r == 0)
		r = buf_printf(&line, "\n%s\n", name.s);
	if (r == 0 && strstr(a->nodes->s, line.s))
		r = buf_printf(&a->list, "%s%s", a->list.len ? "," : "--exclude=", name.s);
	buf_free(&name);
	buf_free(&line);
	return r;
}

/* The nodes that are not to have it, as an option; "" for none. */
static int
exclude(const struct place *p, const struct want *w, struct buf *out)
{
	static const char *const argv[] = { "sinfo", "--noheader", "--Node", "--format=%N", NULL };
	struct buf nodes = { 0 };
	struct avoid a = { .nodes = &nodes };
	char why[PLACE_LINE];
	int r = buf_puts(&nodes, "\n");

	if (r == 0 && w->avoid.len > 2 && command_run(argv, NULL, p->patience, &nodes, why) == 0)
		r = list_each(w->avoid.s, add_avoid, &a);
	buf_free(&nodes);
	*out = a.list;
	return r;
}

/* The options that the needs of an attempt are. */
struct options {
	char text[8][PLACE_LINE + 40];
	int n;
};

static void
needs(const struct place *p, const struct want *w, struct options *o)
{
	char mine[PLACE_LINE];

	comment(p, mine);
	snprintf(o->text[o->n++], sizeof(*o->text), "--job-name=" NAME, w->task, w->n);
	snprintf(o->text[o->n++], sizeof(*o->text), "--comment=%s", mine);
	if (*w->arch && strcmp(w->arch, "noarch") && strcmp(w->arch, "all"))
		snprintf(o->text[o->n++], sizeof(*o->text), "--constraint=%s", w->arch);
	if (w->cpus)
		snprintf(o->text[o->n++], sizeof(*o->text), "--cpus-per-task=%" PRId64, w->cpus);
	if (w->memory)
		snprintf(o->text[o->n++], sizeof(*o->text), "--mem=%" PRId64 "M", w->memory + MORE_MIB);
	if (w->disk)
		snprintf(o->text[o->n++], sizeof(*o->text), "--tmp=%" PRId64 "M", w->disk);
	if (w->time)
		snprintf(o->text[o->n++], sizeof(*o->text), "--time=%" PRId64, (w->time + 59) / 60 + MORE_MIN);
}

/* Its number, which is all that --parsable prints, but for the cluster's name. */
static int
take_id(struct buf *out, char id[64], char why[PLACE_LINE])
{
	size_t n = out->len ? strspn(out->s, "0123456789") : 0;

	if (!n || n > 20 || (out->s[n] && !strchr(";\n", out->s[n]))) {
		snprintf(why, PLACE_LINE, "sbatch printed no number of a job");
		return -1;
	}
	snprintf(id, 64, "%.*s", (int)n, out->s);
	return 0;
}

int
slurm_submit(const struct place *p, const struct want *w, char id[64], char why[PLACE_LINE])
{
	static const char *const fixed[] = { "sbatch", "--parsable", "--no-requeue", "--export=NONE",
	    "--propagate=NONE", "--nodes=1", "--ntasks=1", "--chdir=/", "--signal=B:TERM@60",
	    "--output=/dev/null" };
	struct { VEC(const char *); } argv = { 0 };
	struct buf text = { 0 }, out = { 0 }, not = { 0 };
	struct options o = { .n = 0 };
	size_t i;
	int r = 0;

	needs(p, w, &o);
	for (i = 0; i < sizeof(fixed) / sizeof(*fixed) && r == 0; i++)
		r = vec_push(&argv, fixed[i]);
	for (i = 0; i < (size_t)o.n && r == 0; i++)
		r = vec_push(&argv, o.text[i]);
	for (i = 0; i < p->options.len && r == 0; i++)
		r = vec_push(&argv, p->options.at[i]);
	if (r == 0 && (r = exclude(p, w, &not)) == 0 && not.len)
		r = vec_push(&argv, not.s);
	if (r < 0 || vec_push(&argv, NULL) < 0 || script(p, w, &text) < 0) {
		snprintf(why, PLACE_LINE, "memory");
		r = -1;
	}
	if (r == 0)
		r = command_run(argv.at, text.s, p->patience, &out, why) ? -1 : take_id(&out, id, why);
	vec_free(&argv);
	buf_free(&text);
	buf_free(&out);
	buf_free(&not);
	return r;
}

int
slurm_cancel(const struct place *p, const struct job *job, char why[PLACE_LINE])
{
	char name[80];	/* numbers are used again, names are not */
	const char *const argv[] = { "scancel", name, job->id, NULL };
	struct buf out = { 0 };
	int r;

	snprintf(name, sizeof(name), "--name=" NAME, job->task, job->n);
	r = command_run(argv, NULL, p->patience, &out, why) ? -1 : 0;

	buf_free(&out);
	return r;
}
