#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/create.h"
#include "digest.h"
#include "err.h"
#include "file.h"
#include "http/list.h"
#include "http/send.h"
#include "http/wait.h"
#include "store/store.h"

void
create_name(const char *target, char name[256])
{
	const char *slash = strrchr(target, '/');

	snprintf(name, 256, "%s", slash ? slash + 1 : target);
	name[strcspn(name, ":")] = '\0';
	if (!store_name_ok(name))
		strcpy(name, "group");
}

int
create_task(struct client *c, const char *body, const char *key, int64_t *id)
{
	struct http_answer a;

	*id = 0;
	if (ask_keyed(c, "POST", "/task", body, key, &a) < 0)
		return -1;
	if (member_number(&a.body, "id", id) < 0 || *id < 1) {
		*id = 0;
		ask_odd(c);
	}
	http_free(&a);
	return *id ? 0 : -1;
}

struct upload {
	struct client *c;
	unsigned tries;
};

static int
go(void *arg, const struct http_answer *a)
{
	struct upload *u = arg;

	if (a->status / 100 == 2) {
		u->tries = 0;
		return 0;
	}
	if (++u->tries == 2)
		warn_msg("%s: %s; trying again", u->c->name, a->why);
	return u->tries == u->c->tries;
}

static int
upload(struct client *c, const char *gz, const char *url)
{
	struct upload u = { .c = c };
	struct send s = { .url = url, .bearer = c->token.len ? c->token.s : NULL };
	struct digest *d = digest_new(digest_algo("sha256", 6));
	struct http_answer a;
	char hex[DIGEST_HEX];
	struct stat st;
	enum sent how;

	s.fd = open(gz, O_RDONLY | O_CLOEXEC);
	if (!d || s.fd < 0 || fstat(s.fd, &st) < 0 || digest_fd(d, s.fd, -1) < 0 || digest_hex(d, hex) < 0)
		die_sys(EX_IOERR, "%s", gz);
	digest_free(d);
	s.size = st.st_size;
	s.sha256 = hex;
	how = send_all(&s, go, &u, &a);
	close(s.fd);
	if (how != SENT && wait_stopped())
		c->code = 128 + wait_stopped();
	else if (how == SENT_LATER && !a.body.len)
		ask_alone(c, &a);
	else if (how != SENT)
		ask_refused(c, &a);
	http_free(&a);
	return how == SENT ? 0 : -1;
}

int
create_start(struct client *c, int64_t id, const char *gz)
{
	char path[100], url[4096];

	snprintf(path, sizeof(path), "/task/%" PRId64 "/build_bundle", id);
	if (upload(c, gz, ask_url(c, url, path)) < 0)
		return -1;
	snprintf(path, sizeof(path), "/task/%" PRId64 "/build", id);
	return ask_only(c, "PUT", path, NULL);
}

/* We are on our way out: that the server cannot be asked now is no news. */
void
create_drop(struct client *c, int64_t id)
{
	static const char *const deeds[][2] = { { "PUT", "/cancel" }, { "DELETE", "" } };
	char path[100], url[4096];
	struct http_ask q = { .url = url, .fd = -1, .bearer = c->token.len ? c->token.s : NULL };
	struct http_answer a;
	size_t i;

	for (i = 0; id && i < 2; i++) {
		snprintf(path, sizeof(path), "/task/%" PRId64 "%s", id, deeds[i][1]);
		ask_url(c, url, path);
		q.method = deeds[i][0];
		wait_forget();
		if (!http_do(&q, &a))
			note("task %" PRId64 " stays at the server: %s", id, a.why);
		http_free(&a);
	}
}
