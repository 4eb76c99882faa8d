/* What is to run, and how: read once from the options, then only looked at. */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include "vec.h"

enum run_network {
	NET_NO,			/* a loopback interface alone */
	NET_HOST,		/* the host's */
	NET_PRIVATE,		/* its own, which reaches others by slirp4netns(1) */
};

struct run {
	const char *root;	/* in the caller's world */
	char **prog;
	VEC(char *) env;	/* the whole environment, NULL at the end */
	const char *cwd;	/* inside */
	const char *hostname;
	enum run_network network;
	int tty;		/* a terminal of its own; else none */
	int input;		/* without tty: the caller's standard input; else none */
	int seccomp;
	int sandbox;		/* yes, no or PARSE_AUTO: may make user namespaces; auto:
				 * where it is in one of its own */
	const char *tmp;	/* /tmp: "root", its own, or in memory, of a size as
				 * tmpfs(5) takes it; NULL: a part of it */
	int userns;		/* yes, no or PARSE_AUTO, as asked for */
	unsigned int first;	/* root's id outside, of NS_IDS; 0: his own */
	char **nspawn;		/* systemd-nspawn's command line (nspawn_words),
				 * or NULL: we make the container ourselves */
};

/* Runs r beneath a pid 1 of ours, in namespaces that end with this process, and
 * returns the exit code to pass on, having said what went wrong when that was
 * our doing. */
int supervise_run(const struct run *r);

#endif
