#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "kernel.h"
#include "ns.h"
#include "opt.h"
#include "parse.h"
#include "proc.h"
#include "run/nspawn.h"
#include "run/run.h"
#include "run/self.h"
#include "run/slirp.h"

enum {
	BACKEND = OPT_LONG, NETWORK, HOSTNAME, SECCOMP, SANDBOX, TMP, DIE, KERNEL, USERNS, INPUT,
};

static const struct opt tab[] = {
	{ BACKEND, "backend", "native|nspawn", "who makes the container; native" },
	{ NETWORK, "network", "no|private|host|yes", "which network it has; no" },
	{ 'e', "env", "NAME=VALUE", "add to PROG's environment; may be repeated" },
	{ 'C', "cwd", "DIR", "where PROG begins, inside ROOT; /" },
	{ HOSTNAME, "hostname", "NAME", "the container's host name; aoinb" },
	{ INPUT, "input", NULL, "give PROG our standard input; else it has none" },
	{ 't', "tty", NULL, "give PROG a terminal, shown on this one" },
	{ SECCOMP, "seccomp", "yes|no", "filter system calls; yes" },
	{ SANDBOX, "sandbox", "auto|yes|no", "let PROG make user namespaces; no" },
	{ TMP, "tmp", "SIZE|root", "/tmp in memory, so large, or that of ROOT; a quarter of the memory" },
	{ USERNS, "userns", "auto|yes|no", "be nobody outside, as whom ROOT belongs to; no" },
	{ DIE, "die-with-parent", NULL, "be killed when the caller dies" },
	{ KERNEL, "kernel", NULL, "print the least kernel, and exit 1 when this is older" },
	{ 0 },
};

/* Where the variable that s sets is in the environment; NULL when it is not. */
static char **
env_find(const struct run *r, const char *s)
{
	size_t n = strcspn(s, "=") + 1, i;

	for (i = 0; i < r->env.len; i++)
		if (!strncmp(r->env.at[i], s, n))
			return &r->env.at[i];
	return NULL;
}

static void
env_add(struct run *r, const char *s)
{
	if (vec_push(&r->env, (char *)s) < 0)
		die_sys(EX_OSERR, "memory");
}

static void
env_set(struct run *r, const struct opts *o)
{
	char **old = env_find(r, o->arg);

	if (*o->arg == '=' || !strchr(o->arg, '='))
		opt_refuse(o, "not NAME=VALUE: %s", o->arg);
	if (old)
		*old = (char *)o->arg;
	else
		env_add(r, o->arg);
}

/* What the caller has not set himself, and the end. */
static void
env_default(struct run *r)
{
	static const char *const fixed[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=/root", "USER=root", "LOGNAME=root", "SHELL=/bin/sh",
		"LANG=C.UTF-8", "TERM=dumb",
	};
	size_t i;
	char **p;

	for (p = environ; r->tty && *p; p++)
		if (!strncmp(*p, "TERM=", 5) && !env_find(r, *p))
			env_add(r, *p);
	for (i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		if (!env_find(r, fixed[i]))
			env_add(r, fixed[i]);
	env_add(r, NULL);
}

static const char *const networks[] = {
	[NET_NO] = "no", [NET_HOST] = "host", [NET_PRIVATE] = "private",
};

static void
show(const struct run *r)
{
	if (r->nspawn) {
		proc_show(STDOUT_FILENO, r->nspawn);
		exit(0);
	}
	if (r->userns)
		printf("userns %s\n", r->userns == PARSE_AUTO ? "auto" : "yes");
	printf("root %s\nnetwork %s\nseccomp %s\nsandbox %s\ntmp %s\nhostname %s\ncwd %s\n%s",
	    r->root, networks[r->network], r->seccomp ? "yes" : "no",
	    r->sandbox == PARSE_AUTO ? "auto" : r->sandbox ? "yes" : "no", r->tmp ? r->tmp : "25%", r->hostname, r->cwd,
	    r->tty ? "tty\n" : r->input ? "input\n" : "");
	fflush(stdout);
	proc_show(STDOUT_FILENO, r->prog);
	exit(0);
}

static void
kernel(void)
{
	puts(KERNEL_LEAST);
	if (fflush(stdout) == EOF)
		die_sys(EX_IOERR, "standard output");
	exit(kernel_suffices() ? 0 : EX_NO);
}

static int
yes(const struct opts *o, const char *name)
{
	int v;

	if (parse_bool(o->arg, &v) < 0)
		opt_refuse(o, "--%s=%s: yes or no is wanted", name, o->arg);
	return v;
}

/* yes is private where that can be had. */
static enum run_network
network(const struct opts *o)
{
	const char *missing;
	int v;

	for (v = NET_NO; v <= NET_PRIVATE; v++)
		if (!strcmp(o->arg, networks[v]))
			break;
	if (v <= NET_HOST)
		return v;
	if (v > NET_PRIVATE) {
		if (parse_bool(o->arg, &v) < 0)
			opt_refuse(o, "--network=%s: no, private, host or yes is wanted", o->arg);
		if (!v)
			return NET_NO;
	}
	missing = slirp_missing();
	if (missing && !strcmp(o->arg, networks[NET_PRIVATE]))
		die(EX_UNAVAILABLE, "--network=private: %s", missing);
	if (missing)
		note("the network is the host's: %s", missing);
	return missing ? NET_HOST : NET_PRIVATE;
}

/* As the kernel takes it, in KiB.  tmpfs(5) has no end when it is told 0. */
static const char *
tmp_size(const struct opts *o)
{
	uint64_t size;
	char *s;

	if (!strcmp(o->arg, "root"))
		return o->arg;
	if (parse_size(o->arg, &size) < 0 || size < 1024)
		opt_refuse(o, "--tmp=%s: root, or a size of 1K or more is wanted", o->arg);
	if (asprintf(&s, "%lluk", (unsigned long long)size / 1024) < 0)
		die_sys(EX_OSERR, "memory");
	return s;
}

static int
is_nspawn(const struct opts *o)
{
	if (strcmp(o->arg, "native") && strcmp(o->arg, "nspawn"))
		opt_refuse(o, "--backend=%s: native or nspawn is wanted", o->arg);
	return !strcmp(o->arg, "nspawn");
}

/* In which range of ids root is whom ROOT belongs to, as aoinb-mount(1) has made it. */
static void
users(struct run *r, int nspawn)
{
	struct stat st;

	if (nspawn && r->userns == 1)
		die(EX_USAGE, "--userns=yes: systemd-nspawn makes none over layers; "
		    "take --backend=native, or --userns=auto");
	if (!r->userns || nspawn || opt_dry)
		return;
	if (stat(r->root, &st) < 0)
		die_sys(err_code(errno), "%s", r->root);
	r->first = st.st_uid / NS_IDS * NS_IDS;
	if (!r->first && r->userns != PARSE_AUTO)
		die(EX_USAGE, "--userns=yes: %s belongs to an id of this machine's own; "
		    "mount it by aoinb-mount --userns=yes", r->root);
}

int
main(int argc, char *argv[])
{
	struct opts o = { .usage = "[--options=FILE] [--backend=native|nspawn] "
	    "[--network=WORD] [--sandbox=auto|yes|no] [--tmp=SIZE|root] [--input | -t] [-e NAME=VALUE]... "
	    "[-C DIR] ROOT PROG [ARG]...",
	    .about = "Run PROG inside ROOT as a container.", .tab = tab,
	    .helper = "run" };
	static struct run r = { .cwd = "/", .hostname = "aoinb", .seccomp = 1 };
	int c, nspawn = 0;

	(void)argc;
	self_enclose(argv);
	opt_begin(&o, argv);
	while ((c = opt_next(&o)) != -1)
		switch (c) {
		case NETWORK: r.network = network(&o); break;
		case SECCOMP: r.seccomp = yes(&o, "seccomp"); break;
		case SANDBOX:
			if (parse_auto(o.arg, &r.sandbox) < 0)
				opt_refuse(&o, "--sandbox=%s: auto, yes or no is wanted", o.arg);
			break;
		case TMP: r.tmp = tmp_size(&o); break;
		case USERNS:
			if (parse_auto(o.arg, &r.userns) < 0)
				opt_refuse(&o, "--userns=%s: auto, yes or no is wanted", o.arg);
			break;
		case HOSTNAME: r.hostname = o.arg; break;
		case 'C': r.cwd = o.arg; break;
		case 'e': env_set(&r, &o); break;
		case 't': r.tty = 1; break;
		case INPUT: r.input = 1; break;
		case KERNEL: kernel(); break;
		case BACKEND: nspawn = is_nspawn(&o); break;
		case DIE:
			if (proc_die_with(getppid()) < 0)
				die_sys(EX_OSERR, "die with the parent");
			break;
		}
	r.root = o.root ? o.root : *o.argv ? *o.argv++ : NULL;
	r.prog = o.argv;
	if (!*r.prog)
		opt_bad(&o);
	env_default(&r);
	users(&r, nspawn);
	if (nspawn)
		r.nspawn = nspawn_words(&r);
	if (opt_dry)
		show(&r);
	if (opt_verbose)
		proc_show(STDERR_FILENO, nspawn ? r.nspawn : r.prog);
	if (nspawn)
		nspawn_check(&r);
	return supervise_run(&r);
}
