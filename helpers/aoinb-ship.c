/* aoinb-ship: files to and from a server of ours, and a worker's attempts. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "digest.h"
#include "err.h"
#include "file.h"
#include "opt.h"
#include "parse.h"
#include "ship/attempt.h"
#include "http/get.h"
#include "http/http.h"
#include "http/send.h"
#include "http/wait.h"
#include "ship/worker.h"

enum {
	O_ALLOW = OPT_LONG, O_ARCH, O_BRANCH, O_CONF, O_EXEC, O_KEY_FILE, O_MAX, O_NAME, O_NO_LISTS,
	O_NO_REPO, O_ONCE, O_SHA256, O_SLOTS, O_STALL, O_TOKEN, O_URL,
};

static const struct opt tab[] = {
	{ 'w', "work-dir", "DIR", "attempt, work: where everything happens" },
	{ O_ALLOW,    "allow",      "KEY",   "attempt, work: a setting that a task may have; may be repeated" },
	{ O_ARCH,     "arch",       "ARCH",  "attempt, work: what is built for, the machine's own first; may be repeated" },
	{ O_BRANCH,   "branch",     "NAME",  "attempt, work: what is built for; may be repeated" },
	{ O_CONF,     "conf",       "DIR",   "attempt, work: the configuration folder" },
	{ O_EXEC,     "exec",       "PROG",  "attempt, work: builds what lies in a folder" },
	{ O_KEY_FILE, "key-file",   "FILE",  "attempt, work: the key that signs results; made where missing" },
	{ O_MAX,      "max-size",   "SIZE",  "get: refuse a longer file; 16G without this" },
	{ O_NAME,     "name",       "NAME",  "attempt, work: the worker's" },
	{ O_NO_LISTS, "no-lists",   NULL,    "attempt, work: take no source list of the server" },
	{ O_NO_REPO,  "no-repo",    NULL,    "attempt, work: use no repository of the server" },
	{ O_ONCE,     "once",       NULL,    "work: one attempt, then end" },
	{ O_SHA256,   "sha256",     "HEX",   "get, put: the file's" },
	{ O_SLOTS,    "slots",      "N",     "attempt, work: builds at once; 1 without this" },
	{ O_STALL,    "stall",      "TIME",  "give a transfer up when nothing moves for so long; 60s without this" },
	{ O_TOKEN,    "token-file", "FILE",  "the bearer: the first line of FILE" },
	{ O_URL,      "url",        "URL",   "attempt, work: the server" },
	{ 0 },
};

static struct {
	struct worker w;
	const char *sha256;
	uint64_t most;
	int once;
} ask = { .w = { .slots = 1, .lists = 1, .repo = 1, .dir = -1 }, .most = 16ULL << 30 };

static void
word(struct words *w, const char *text)
{
	if (vec_push(w, text) < 0)
		die_sys(EX_OSERR, "memory");
}

static void
option(const struct opts *o, int c)
{
	struct worker *w = &ask.w;
	uint64_t n;

	switch (c) {
	case 'w': w->work_dir = o->arg; break;
	case O_ALLOW: word(&w->settings, o->arg); break;
	case O_ARCH: word(&w->archs, o->arg); break;
	case O_BRANCH: word(&w->branches, o->arg); break;
	case O_CONF: w->conf = o->arg; break;
	case O_EXEC: w->exec = o->arg; break;
	case O_KEY_FILE: w->key_file = o->arg; break;
	case O_MAX:
		if (parse_size(o->arg, &ask.most) < 0 || ask.most > INT64_MAX)
			opt_refuse(o, "%s: not a size such as 512M", o->arg);
		break;
	case O_NAME: w->name = o->arg; break;
	case O_NO_LISTS: w->lists = 0; break;
	case O_NO_REPO: w->repo = 0; break;
	case O_ONCE: ask.once = 1; break;
	case O_SHA256:
		if (strlen(o->arg) != 64 || strspn(o->arg, "0123456789abcdef") != 64)
			opt_refuse(o, "%s: not a SHA-256 in lower case", o->arg);
		ask.sha256 = o->arg;
		break;
	case O_SLOTS:
		if (parse_uint(o->arg, 1, 1024, &n) < 0)
			opt_refuse(o, "%s: not a number from 1 to 1024", o->arg);
		w->slots = (int64_t)n;
		break;
	case O_STALL:
		if (parse_duration(o->arg, &n) < 0 || n < 1 || n > 3600)
			opt_refuse(o, "%s: not a time such as 60s", o->arg);
		http_stall = (long)n;
		break;
	case O_TOKEN: w->token_file = o->arg; break;
	case O_URL: w->url = o->arg; break;
	}
}

static const char *
bearer(void)
{
	if (ask.w.token_file)
		worker_token(&ask.w);
	return *ask.w.token ? ask.w.token : NULL;
}

static int
end_with(enum sent how, struct http_answer *a, const char *what)
{
	int code = how == SENT ? 0 : wait_stopped() ? 128 + wait_stopped() :
	    a->status ? http_code(a) : EX_IOERR;

	if (code && !wait_stopped())
		warn_msg("%s: %s", what, a->why);
	http_free(a);
	return code;
}

static int
verb_get(char **word_)
{
	struct get g = { .url = word_[0], .path = word_[1], .bearer = bearer(), .sha256 = ask.sha256,
	    .most = (int64_t)ask.most };
	struct http_answer a;
	enum sent how = get_file(&g, NULL, NULL, &a);

	return end_with(how, &a, word_[0]);
}

static int
verb_put(char **word_)
{
	struct send s = { .url = word_[1], .bearer = bearer(), .at = -1 };
	struct digest *d = digest_new(digest_algo("sha256", 6));
	struct http_answer a;
	char hex[DIGEST_HEX];
	struct stat st;
	enum sent how;

	s.fd = open(word_[0], O_RDONLY | O_CLOEXEC);
	if (s.fd < 0 || fstat(s.fd, &st) < 0)
		die_sys(err_code(errno), "%s", word_[0]);
	if (!S_ISREG(st.st_mode) || !st.st_size)
		die(EX_DATAERR, "%s: not a file with something in it", word_[0]);
	s.size = st.st_size;
	if (!ask.sha256 && d && digest_fd(d, s.fd, -1) >= 0 && digest_hex(d, hex) == 0)
		ask.sha256 = hex;
	s.sha256 = ask.sha256;
	digest_free(d);
	how = send_all(&s, NULL, NULL, &a);
	if (how == SENT && a.body.len && file_write(STDOUT_FILENO, a.body.s, a.body.len) < 0)
		die_sys(EX_IOERR, "standard output");
	close(s.fd);
	return end_with(how, &a, word_[1]);
}

/* The folder that work had made. */
static int
verb_attempt(char **word_)
{
	worker_key(&ask.w);
	return attempt_run(&ask.w, word_[0]);
}

static int
verb_work(char **word_)
{
	if (word_[0] && !ask.once)
		die(EX_USAGE, "work: an attempt goes with --once");
	worker_token(&ask.w);
	worker_key(&ask.w);
	return worker_run(&ask.w, ask.once ? word_[0] ? word_[0] : "" : NULL);
}

static const struct verb {
	const char *name;
	int (*run)(char **word_);
	int least, most, works;
} verbs[] = {
	{ "attempt", verb_attempt, 1, 1, 1 },
	{ "get", verb_get, 2, 2, 0 },
	{ "put", verb_put, 2, 2, 0 },
	{ "work", verb_work, 0, 1, 1 },
	{ 0 },
};

static void
need(const char *value, const char *name)
{
	if (!value)
		die(EX_USAGE, "%s is needed", name);
}

static void
begin_work(char *argv[], int options)
{
	struct worker *w = &ask.w;
	char *url;

	need(w->work_dir, "--work-dir");
	need(w->conf, "--conf");
	need(w->exec, "--exec");
	need(w->key_file, "--key-file");
	need(w->name, "--name");
	need(w->token_file, "--token-file");
	need(w->url, "--url");
	if (!w->archs.len)
		die(EX_USAGE, "--arch is needed");
	if (!store_name_ok(w->name))
		die(EX_USAGE, "%s: not the name of a worker", w->name);
	url = strdup(w->url);
	if (!url)
		die_sys(EX_OSERR, "memory");
	while (*url && url[strlen(url) - 1] == '/')
		url[strlen(url) - 1] = '\0';
	w->url = url;
	w->own_arch = w->archs.at[0];
	w->argv = argv;
	w->options = options;
	if (options > WORKER_OPTIONS)
		die(EX_USAGE, "more than %d options", WORKER_OPTIONS);
	worker_open(w);
}

int
main(int argc, char *argv[])
{
	struct opts o = {
		.usage = "[OPTION]... get URL FILE | put FILE URL | work [ID.N] | attempt ID.N",
		.about = "Bring files to and from a server, and what it asks for to its end.",
		.tab = tab,
	};
	const struct verb *v;
	int c, n = 0;

	(void)argc;
	opt_begin(&o, argv);
	while ((c = opt_next(&o)) != -1)
		option(&o, c);
	while (o.argv[0] && o.argv[n + 1])
		n++;
	for (v = verbs; v->name && o.argv[0] && strcmp(v->name, o.argv[0]); v++)
		;
	if (!o.argv[0] || !v->name || n < v->least || n > v->most)
		opt_bad(&o);
	if (opt_dry) {
		note("nothing is done");
		return 0;
	}
	if (http_init() < 0)
		die(EX_UNAVAILABLE, "libcurl is missing; install the package libcurl4");
	wait_signals();
	if (v->works)
		begin_work(argv, (int)(o.argv - argv));
	n = v->run(o.argv + 1);
	http_end();
	digest_end();
	vec_free(&ask.w.branches);
	vec_free(&ask.w.archs);
	vec_free(&ask.w.settings);
	return n;
}
