#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor/doctor.h"
#include "err.h"
#include "json.h"

char *
setting(const struct doctor *d, const char *key)
{
	char *s = json_text(&d->json, key);

	if (!s)
		die_sys(EX_SOFTWARE, "%s: not in the configuration", key);
	return s;
}

static int
setting_is(const struct doctor *d, const char *key, const char *value)
{
	char *s = setting(d, key);
	int r = !strcmp(s, value);

	free(s);
	return r;
}

/* aoinb-conf, with the folder that was named. */
static int
ask_conf(const struct doctor *d, struct answer *a, const char *what)
{
	return d->conf ? ASK(a, "aoinb-conf", "--conf", d->conf, what) : ASK(a, "aoinb-conf", what);
}

int
look_conf(struct doctor *d)
{
	struct answer a;
	int bad;

	bad = ask_conf(d, &a, "json");
	if (bad) {
		find(&d->found, BAD, "%s", answer_why(&a));
		answer_free(&a);
		return -1;
	}
	d->json = a.out;
	buf_free(&a.err);
	if (ask_conf(d, &a, "dir") == 0)
		find(&d->found, GOOD, "configuration %.*s", (int)strcspn(a.out.s, "\n"), a.out.s);
	answer_free(&a);
	return 0;
}

static void
look_fetch(struct doctor *d)
{
	char *user = setting(d, "fetch_user"), *private = setting(d, "fetch_private"), *cache;
	struct answer a;

	if (getpwnam(user))
		find(&d->found, GOOD, "user %s", user);
	else
		find(&d->found, WARN, "no user %s: nobody downloads in its place; run useradd --system "
		    "--no-create-home --shell /usr/sbin/nologin %s", user, user);
	if (asprintf(&cache, "--cache=%s/cache", d->scratch) < 0)
		die_sys(EX_OSERR, "memory");
	ASK(&a, "aoinb-fetch", "-v", cache);
	if (strstr(a.err.s, "landlock"))
		find(&d->found, WARN, "no landlock: only file modes keep downloads from writing elsewhere; "
		    "boot with lsm=landlock,..., Linux 5.19 or newer");
	else if (a.code)
		find(&d->found, BAD, "nothing can be downloaded: %s", answer_why(&a));
	else
		find(&d->found, GOOD, "landlock");
	answer_free(&a);
	if (!strcmp(private, "yes") || strstr(private, " yes") || !strncmp(private, "yes ", 4))
		find(&d->found, WARN, "[fetch] private is yes: specs can have fetched whatever this machine "
		    "reaches; name the hosts or networks that may");
	else
		find(&d->found, GOOD, "sources from public addresses; [fetch] private: %s",
		    *private ? private : "no");
	free(cache);
	free(private);
	free(user);
}

static void
look_network(struct doctor *d)
{
	struct answer a;
	const char *why;

	if (ASK(&a, "aoinb-run", "-n", "--network=private", "/", "true") != 0) {
		why = answer_why(&a);
		if (!strncmp(why, "--network=private: ", 19))
			why += 19;
		find(&d->found, WARN, "containers share this machine's network, or have none: %s", why);
	} else if (setting_is(d, "build_network", "host")) {
		find(&d->found, WARN, "[build] network is host: builds reach what listens on the loopback "
		    "of this machine; set it to yes or private");
	} else {
		find(&d->found, GOOD, "networks of containers: private, by slirp4netns");
	}
	answer_free(&a);
}

static void
look_limits(struct doctor *d)
{
	static const char *const keys[] = { "limit_memory", "limit_tasks", "limit_log",
		"limit_setup_time", "limit_silence" };
	char *v[5];
	int i, none = 0;

	for (i = 0; i < 5; i++)
		v[i] = setting(d, keys[i]);
	find(&d->found, GOOD, "limits of containers: %s of memory, %s tasks, %s of log; %s before a build, "
	    "%s of silence (0: none)", v[0], v[1], v[2], v[3], v[4]);
	for (i = 0; i < 5; i++) {
		none |= i < 4 && v[i][strspn(v[i], "0")] == '\0';
		free(v[i]);
	}
	if (none)
		find(&d->found, WARN, "a container can take all there is of what has no limit; see [limit]");
}

static void
look_keys(struct doctor *d)
{
	char *keys = setting(d, "repo_sign"), *at = keys, *key;
	struct answer a;

	if (*keys && !ask_has("gpg")) {
		find(&d->found, BAD, "gpg is missing, which [repo] sign needs; install gnupg");
		at = NULL;
	}
	while ((key = strsep(&at, " "))) {
		if (!*key)
			continue;
		if (ASK(&a, "gpg", "--batch", "--list-secret-keys", "--", key) == 0)
			find(&d->found, GOOD, "key %s", key);
		else
			find(&d->found, BAD, "no secret key %s, which [repo] sign names; import it, or set "
			    "GNUPGHOME to where it is", key);
		answer_free(&a);
	}
	free(keys);
}

void
look_settings(struct doctor *d)
{
	look_fetch(d);
	look_network(d);
	look_limits(d);
	look_keys(d);
}
