/* aoinb-serve: a queue of tasks over HTTP, for workers that ask. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "digest.h"
#include "err.h"
#include "file.h"
#include "opt.h"
#include "serve/bell.h"
#include "serve/conf.h"
#include "serve/db.h"
#include "serve/http.h"
#include "serve/listen.h"
#include "serve/notice.h"
#include "serve/publish.h"
#include "serve/route.h"
#include "serve/server.h"
#include "serve/sweep.h"
#include "serve/tidy.h"

enum { O_CHECK = OPT_LONG, O_LISTEN, O_OPENAPI, MOST = 32 };

static const struct opt tab[] = {
	{ 'c', "conf", "DIR", "the configuration folder" },
	{ 'D', "set", "KEY=VALUE", "set over what the file says; may be repeated" },
	{ O_CHECK, "check", NULL, "look at the state, say what is wrong, and end" },
	{ O_LISTEN, "listen", "ADDRESS", "in place of [serve] listen; may be repeated" },
	{ O_OPENAPI, "openapi", NULL, "print the routes as OpenAPI, and end" },
	{ 0 },
};

static struct {
	const char *set[MOST + 1], *listen[MOST + 1];
	int sets, listens, check, openapi;
} ask;

static void
print_openapi(void)
{
	struct buf b = { 0 };

	if (openapi(&b) < 0 || file_write(STDOUT_FILENO, b.s, b.len) < 0)
		die_sys(EX_IOERR, "standard output");
	buf_free(&b);
	exit(0);
}

static void
options(char *argv[])
{
	struct opts o = { .usage = "[-c DIR] [-D KEY=VALUE]... [--listen=ADDRESS]... [--check]",
	    .about = "Keep a queue of tasks, and answer over HTTP.", .tab = tab };
	int c;

	opt_begin(&o, argv);
	while ((c = opt_next(&o)) != -1)
		switch (c) {
		case 'c': conf.conf_dir = o.arg; break;
		case 'D':
			if (ask.sets == MOST)
				die(EX_USAGE, "more than %d settings", MOST);
			ask.set[ask.sets++] = o.arg;
			break;
		case O_CHECK: ask.check = 1; break;
		case O_OPENAPI: ask.openapi = 1; break;
		case O_LISTEN:
			if (ask.listens == MOST)
				die(EX_USAGE, "more than %d addresses", MOST);
			ask.listen[ask.listens++] = o.arg;
			break;
		}
	if (*o.argv)
		opt_bad(&o);
	conf.set = ask.set;
}

static void
open_state(void)
{
	struct buf path = { 0 };

	umask(077);
	if (buf_printf(&path, "%s/queue.db", conf.dir) < 0)
		die_sys(EX_OSERR, "database");
	if (db_open(path.s) < 0)
		exit(errno == EWOULDBLOCK ? EX_TEMPFAIL : errno == EPROTO ? EX_DATAERR : EX_IOERR);
	buf_free(&path);
	/* OpenSSL is loaded before there are threads. */
	if (digest_key("", (char[DIGEST_HEX]){ 0 }) < 0)
		die_sys(EX_UNAVAILABLE, "SHA-256");
}

static void
answer_on(int fd, const char *address, int admin)
{
	char name[256];

	if (fd < 0)
		die_sys(errno == EINVAL ? EX_USAGE : EX_UNAVAILABLE, "listen on %s", address);
	if (http_start(fd, admin) < 0)
		die_sys(EX_OSERR, "answer on %s", address);
	if (admin)
		return;
	listen_name(fd, name, sizeof(name));
	printf("listening on %s\n", name);
}

static void
answer(void)
{
	int i, handed = listen_handed();
	char path[4096];

	snprintf(path, sizeof(path), "%s/admin.sock", conf.dir);
	answer_on(listen_private(path), path, 1);
	for (i = 0; i < handed; i++)
		answer_on(3 + i, "a socket of systemd", 0);
	for (i = 0; i < ask.listens; i++)
		answer_on(listen_on(ask.listen[i]), ask.listen[i], 0);
	for (i = 0; !handed && !ask.listens && i < conf.listen.len; i++)
		answer_on(listen_on(conf.listen.at[i]), conf.listen.at[i], 0);
	if (fflush(stdout) == EOF)
		die_sys(EX_IOERR, "standard output");
}

static pthread_t
start(void *(*run)(void *))
{
	pthread_t t;
	int err = pthread_create(&t, NULL, run, NULL);

	if (err) {
		errno = err;
		die_sys(EX_OSERR, "start a thread");
	}
	return t;
}

/* Until somebody ends us. */
static void
serve(void)
{
	pthread_t threads[3];
	sigset_t ends;
	int i, got;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	signal(SIGPIPE, SIG_IGN);
	threads[0] = start(sweep_run);
	threads[1] = start(publish_run);
	threads[2] = start(notice_run);
	answer();
	listen_notify("READY=1");
	while (sigwait(&ends, &got) == 0 && got == SIGHUP)
		;
	listen_notify("STOPPING=1");
	http_stop();
	bell_ring_all();
	for (i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	db_close();
}

/* Every connection takes a descriptor, and what it reads or writes another. */
static void
raise_limits(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0) {
		l.rlim_cur = l.rlim_max < 65536 ? l.rlim_max : 65536;
		setrlimit(RLIMIT_NOFILE, &l);
	}
	/* Hundreds of stacks and pools of which a few pages are used. */
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	mallopt(M_ARENA_MAX, 2);
}

int
main(int argc, char *argv[])
{
	int wrong;

	(void)argc;
	options(argv);
	if (ask.openapi)
		print_openapi();
	conf_load();
	open_state();
	if (ask.check) {
		wrong = server_check();
		db_close();
		conf_free();
		return wrong ? EX_DATAERR : 0;
	}
	raise_limits();
	if (tidy_start() < 0 || sweep_start() < 0)
		die_sys(EX_IOERR, "%s", conf.dir);
	serve();
	conf_free();
	return 0;
}
