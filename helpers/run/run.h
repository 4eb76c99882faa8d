/* What is to run, and how: read once from the options, then only looked at. */
#ifndef RUN_RUN_H
#define RUN_RUN_H

struct run {
	const char *root;	/* in the caller's world */
	char **prog;
	char **env;		/* the whole environment, NULL at the end */
	const char *cwd;	/* inside */
	const char *hostname;
	int network;		/* the host's; else loopback alone */
	int tty;		/* a terminal of its own; else none */
	int seccomp;
};

/* Runs r in namespaces of its own and returns the exit code to pass on, having
 * said what went wrong when that was ours. */
int native_run(const struct run *r);

/* Becomes systemd-nspawn(1), or with -n prints what that would be.  Does not
 * return. */
void nspawn_become(const struct run *r) __attribute__((noreturn));

#endif
