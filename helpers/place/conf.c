#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "json.h"
#include "parse.h"
#include "place/place.h"

/* The value of key, as it stands in the configuration; to be freed. */
static char *
value(const struct buf *json, const char *key)
{
	char *s = json_text(json, key);

	if (!s)
		die(EX_SOFTWARE, "aoinb-conf does not know %s; is it of this version?", key);
	return s;
}

static void
words(const struct buf *json, const char *key, struct words *to)
{
	char *text = value(json, key), *word, *save = NULL;

	for (word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		word = strdup(word);
		if (!word || vec_push(to, word) < 0)
			die_sys(EX_OSERR, "configuration");
	}
	free(text);
}

static int
count(const char *s, uint64_t *out)
{
	return parse_uint(s, 1, INT32_MAX, out);
}

static int64_t
number(const struct buf *json, const char *key, int (*parse)(const char *, uint64_t *))
{
	char *text = value(json, key);
	uint64_t n;

	if (parse(text, &n) < 0 || n < 1 || n > INT32_MAX)
		die(EX_CONFIG, "%s: %s: it is 1 at least", key, text);
	free(text);
	return (int64_t)n;
}

static void
take(const struct buf *json, struct place *p)
{
	p->url = value(json, "work_server");
	p->token_file = value(json, "slurm_token_file");
	words(json, "slurm_command", &p->command);
	words(json, "slurm_options", &p->options);
	p->jobs = number(json, "slurm_jobs", count);
	p->poll = number(json, "slurm_poll", parse_duration);
	p->grace = number(json, "slurm_grace", parse_duration);
	p->patience = number(json, "slurm_patience", parse_duration);
	if (!*p->url)
		die(EX_CONFIG, "[work] server is not set in aoinb.ini; it is the URL of the server");
	while (*p->url && p->url[strlen(p->url) - 1] == '/')
		p->url[strlen(p->url) - 1] = '\0';
	if (strlen(p->url) > 400 || strpbrk(p->url, " |"))
		die(EX_CONFIG, "[work] server: %s: not a URL that a job can name", p->url);
	if (!p->command.len)
		die(EX_CONFIG, "[slurm] command is empty");
}

void
place_conf(struct place *p, const char *dir, const struct words *set)
{
	struct { VEC(const char *); } argv = { 0 };
	struct buf json = { 0 };
	char why[PLACE_LINE];
	size_t i;
	int code, bad;

	bad = vec_push(&argv, "aoinb-conf") < 0 || (dir && (vec_push(&argv, "-c") < 0 ||
	    vec_push(&argv, dir) < 0));
	for (i = 0; i < set->len; i++)
		bad |= vec_push(&argv, "-D") < 0 || vec_push(&argv, set->at[i]) < 0;
	if (bad || vec_push(&argv, "json") < 0 || vec_push(&argv, NULL) < 0)
		die_sys(EX_OSERR, "configuration");
	code = command_run(argv.at, NULL, 60, &json, why);
	if (code)
		die(code < 0 ? EX_UNAVAILABLE : code, "%s", why);
	take(&json, p);
	buf_free(&json);
	vec_free(&argv);
}

void
place_free(struct place *p)
{
	size_t i;

	for (i = 0; i < p->command.len; i++)
		free((char *)p->command.at[i]);
	for (i = 0; i < p->options.len; i++)
		free((char *)p->options.at[i]);
	vec_free(&p->command);
	vec_free(&p->options);
	free(p->url);
	free(p->token_file);
}
