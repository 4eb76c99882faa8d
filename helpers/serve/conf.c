#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "json.h"
#include "parse.h"
#include "serve/child.h"
#include "serve/conf.h"
#include "vec.h"

struct conf conf;

/* The value of key, as it stands in the configuration. */
static char *
value(const struct buf *json, const char *key)
{
	char *s = json_text(json, key);

	if (!s)
		die(EX_SOFTWARE, "aoinb-conf does not know %s; is it of this version?", key);
	return s;
}

static int64_t
number(const struct buf *json, const char *key, int (*parse)(const char *, uint64_t *))
{
	char *text = value(json, key);
	uint64_t n;

	if (parse(text, &n) < 0 || n > INT64_MAX)
		die(EX_CONFIG, "%s: %s is too large", key, text);
	free(text);
	return (int64_t)n;
}

static int
count(const char *s, uint64_t *out)
{
	return parse_uint(s, 0, INT32_MAX, out);
}

static struct words
list(const struct buf *json, const char *key)
{
	char *text = value(json, key), *word, *save = NULL;
	VEC(char *) v = { 0 };

	for (word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save))
		if (vec_push(&v, word) < 0)
			die_sys(EX_OSERR, "configuration");
	if (vec_push(&v, NULL) < 0)
		die_sys(EX_OSERR, "configuration");
	return (struct words){ v.at, (int)v.len - 1, text };
}

static int
truth(const struct buf *json, const char *key)
{
	char *text = value(json, key);
	int yes = !strcmp(text, "yes");

	free(text);
	return yes;
}

/* Opens the cache of sources of this machine, if it is for others. */
static int
open_cache(const struct buf *json)
{
	char *path = value(json, "serve_cache");
	int fd = -1;

	if (*path)
		fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*path && fd < 0)
		die(err_code(errno), "[serve] cache: %s: %s; \"aoinb fetch\" on this machine makes and "
		    "fills it", path, strerror(errno));
	free(path);
	return fd;
}

static void
take(const struct buf *j)
{
	conf.arch = value(j, "arch");
	conf.engine = value(j, "serve_engine");
	conf.dir = value(j, "serve_dir");
	conf.url = value(j, "serve_url");
	conf.public = value(j, "serve_public");
	conf.listen = list(j, "serve_listen");
	conf.branches = list(j, "serve_branches");
	conf.sign = list(j, "repo_sign");
	conf.also = list(j, "repo_also");
	conf.webhook = list(j, "serve_webhook");
	conf.webhook_secret = value(j, "serve_webhook_secret");
	conf.mail = list(j, "serve_mail");
	conf.sendmail = value(j, "serve_sendmail");
	conf.bundle_size = number(j, "serve_bundle_size", parse_size);
	conf.bundle_unpacked = number(j, "serve_bundle_unpacked", parse_size);
	conf.bundle_entries = number(j, "serve_bundle_entries", count);
	conf.bundle_ratio = number(j, "serve_bundle_ratio", count);
	conf.output_size = number(j, "serve_output_size", parse_size);
	conf.log_size = number(j, "serve_log_size", parse_size);
	conf.disk_free = number(j, "serve_disk_free", parse_size);
	conf.lease = number(j, "serve_lease", parse_duration);
	conf.retries = number(j, "serve_retries", count);
	conf.rate = number(j, "serve_rate", count);
	conf.uploads = number(j, "serve_uploads", count);
	conf.upload_day = number(j, "serve_upload_day", parse_size);
	conf.keep_tasks = number(j, "serve_keep_tasks", parse_duration);
	conf.keep_logs = number(j, "serve_keep_logs", parse_duration);
	conf.repo_keep = number(j, "repo_keep", count);
	conf.repo_valid = number(j, "repo_valid", parse_duration);
	conf.cache = open_cache(j);
	conf.access_log = truth(j, "serve_access_log");
}

static int
run(struct child *c, const char *what)
{
	const char *argv[64] = { "aoinb-conf" };
	int i, n = 1, code;

	if (conf.conf_dir) {
		argv[n++] = "-c";
		argv[n++] = conf.conf_dir;
	}
	for (i = 0; conf.set && conf.set[i] && n < 60; i++) {
		argv[n++] = "-D";
		argv[n++] = conf.set[i];
	}
	argv[n] = what;
	*c = (struct child){ .argv = argv, .writes = -1 };
	code = child_run(c);
	if (code < 0 || code == EX_NOTFOUND)
		die_sys(EX_UNAVAILABLE, "aoinb-conf cannot be run");
	if (code && c->err.len && file_write(STDERR_FILENO, c->err.s, c->err.len) < 0)
		exit(EX_IOERR);
	if (code)
		exit(code);
	return 0;
}

void
conf_load(void)
{
	struct child c;
	size_t n;

	run(&c, "json");
	take(&c.out);
	child_free(&c);
	run(&c, "dir");
	n = c.out.len ? strcspn(c.out.s, "\n") : 0;
	if (asprintf(&conf.source_lists, "%.*s/source_lists", (int)n, n ? c.out.s : "") < 0)
		die_sys(EX_OSERR, "configuration");
	child_free(&c);
	if (file_mkdirs(conf.dir) < 0)
		die_sys(EX_CANTCREAT, "%s", conf.dir);
	conf.at = open(conf.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (conf.at < 0 || faccessat(conf.at, ".", W_OK | X_OK, AT_EACCESS) < 0)
		die_sys(err_code(errno), "%s", conf.dir);
}

void
conf_free(void)
{
	struct words *lists[] = { &conf.listen, &conf.branches, &conf.sign, &conf.also, &conf.webhook,
	    &conf.mail };
	char *texts[] = { conf.arch, conf.engine, conf.dir, conf.source_lists, conf.url, conf.public,
	    conf.webhook_secret, conf.sendmail };
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		free(lists[i]->at);
		free(lists[i]->text);
	}
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		free(texts[i]);
	close_keep(conf.at);
	close_keep(conf.cache);
}

int
words_have(const struct words *w, const char *word)
{
	int i;

	for (i = 0; i < w->len; i++)
		if (!strcmp(w->at[i], word))
			return 1;
	return 0;
}

int
conf_branch(const char *name)
{
	char path[4096];

	if (conf.branches.len)
		return words_have(&conf.branches, name);
	if (access(conf.source_lists, F_OK) < 0)
		return 1;
	snprintf(path, sizeof(path), "%s/%s.list", conf.source_lists, name);
	return access(path, R_OK) == 0;
}
