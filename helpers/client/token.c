#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/client.h"
#include "err.h"
#include "file.h"
#include "http/list.h"
#include "parse.h"

enum { KEY_TEXT = 4096 };

static void
sure(int r)
{
	if (r < 0)
		die_sys(EX_OSERR, "memory");
}

/* A list of words, written with commas between them; not at all where there is none. */
static void
put_list(struct buf *out, const char *key, const char *words)
{
	char *copy, *rest, *word;
	int n = 0;

	if (!words || !*words)
		return;
	copy = rest = strdup(words);
	if (!copy)
		die_sys(EX_OSERR, "memory");
	sure(buf_printf(out, ",\"%s\":[", key));
	while ((word = strsep(&rest, ",")))
		if (*word) {
			sure(n++ ? buf_putc(out, ',') : 0);
			sure(buf_json(out, word));
		}
	sure(buf_putc(out, ']'));
	free(copy);
}

static void
put_key(struct buf *out, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct buf key = { 0 };

	if (fd < 0 || buf_read(&key, fd, KEY_TEXT) < 0)
		die(EX_NOINPUT, "key %s: it cannot be read", path);
	close(fd);
	sure(buf_puts(out, ",\"pubkey\":"));
	sure(buf_json(out, key.len ? key.s : ""));
	buf_free(&key);
}

/* For its owner alone, whoever had the file before. */
static void
keep(const char *path, const struct buf *token)
{
	int fd;

	if (unlink(path) < 0 && errno != ENOENT)
		die_sys(EX_CANTCREAT, "%s", path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || file_write(fd, token->s, token->len) < 0 || close(fd) < 0)
		die_sys(EX_CANTCREAT, "%s", path);
}

int
token_add(struct client *c, char **word)
{
	struct buf body = { 0 }, token = { 0 };
	struct http_answer a;
	uint64_t days = 0;

	if (c->days && parse_uint(c->days, 0, 9999, &days) < 0)
		die(EX_USAGE, "token: --days=%s: not a number of days", c->days);
	sure(buf_puts(&body, "{\"name\":"));
	sure(buf_json(&body, *word));
	put_list(&body, "scopes", c->scopes ? c->scopes : "read,submit,cancel");
	put_list(&body, "branches", c->branches);
	put_list(&body, "archs", c->archs);
	sure(c->trust ? buf_puts(&body, ",\"trust\":true") : 0);
	if (c->pubkey)
		put_key(&body, c->pubkey);
	sure(days ? buf_printf(&body, ",\"expires_s\":%" PRIu64, days * 86400) : 0);
	sure(buf_putc(&body, '}'));
	if (ask(c, "POST", "/token", body.s, &a) == 0) {
		if (member_text(&a.body, "token", &token) < 0 || !token.len) {
			ask_odd(c);
		} else {
			sure(buf_putc(&token, '\n'));
			if (c->output)
				keep(c->output, &token);
			else
				fputs(token.s, stdout);
			explicit_bzero(token.s, token.len);
		}
		http_free(&a);
	}
	buf_free(&body);
	buf_free(&token);
	return c->code;
}

int
token_revoke(struct client *c, char **word)
{
	char path[100];

	snprintf(path, sizeof(path), "/token/%s", *word);
	ask_only(c, "DELETE", path, NULL);
	return c->code;
}

/* word[-1] is the verb. */
int
worker_each(struct client *c, char **word)
{
	const char *verb = word[-1], *route = strstr(verb, "trust") ? "trust" : verb;
	struct buf body = { 0 };
	char path[400];

	if (!strcmp(verb, "drain")) {
		sure(buf_puts(&body, "{\"why\":"));
		sure(buf_json(&body, c->why ? c->why : "drained by hand"));
		sure(buf_putc(&body, '}'));
	} else {
		sure(buf_puts(&body, !strcmp(verb, "trust") ? "{\"trust\":true}" :
		    !strcmp(verb, "distrust") ? "{\"trust\":false}" : "{}"));
	}
	for (; *word && !c->code; word++) {
		snprintf(path, sizeof(path), "/builder/%.300s/%s", *word, route);
		ask_only(c, "PUT", path, body.s);
	}
	buf_free(&body);
	return c->code;
}
