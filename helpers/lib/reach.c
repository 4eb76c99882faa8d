#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "parse.h"
#include "reach.h"

static const char blank[] = " \t";

static int
is_word(const char *s, size_t len, const char *word)
{
	return strlen(word) == len && !strncasecmp(s, word, len);
}

static int
add_host(struct reach *r, const char *name, size_t len, const char *port,
    size_t port_len)
{
	int six = len > 1 && *name == '[' && name[len - 1] == ']';
	struct reach_host h = { strndup(name + six, len - 2 * (size_t)six), NULL };

	if (port)
		h.port = strndup(port, port_len);
	if (h.name && (h.port || !port) && vec_push(&r->hosts, h) == 0)
		return 0;
	free(h.name);
	free(h.port);
	errno = ENOMEM;
	return -1;
}

int
reach_add_host(struct reach *r, const char *host, size_t len)
{
	const char *all = host + len;
	const char *end = *host == '[' ? memchr(host, ']', len) : NULL;
	const char *colon = memchr(end ? end : host, ':', (size_t)(all - (end ? end : host)));

	return add_host(r, host, (size_t)((colon ? colon : all) - host),
	    colon ? colon + 1 : "", colon ? (size_t)(all - colon - 1) : 0);
}

/* How long the name is that s begins with, 0 for none: an IPv6 address in brackets, or
 * whatever a resolver may know. */
static size_t
name_len(const char *s, size_t len)
{
	const char *end = *s == '[' ? memchr(s, ']', len) : NULL;
	struct network n;
	size_t i;

	if (end)
		return memchr(s, '/', (size_t)(end - s)) ||
		    network_parse(s + 1, (size_t)(end - s - 1), &n) < 0 ? 0 :
		    (size_t)(end + 1 - s);
	for (i = 0; i < len && (isalnum((unsigned char)s[i]) || s[i] & 0x80 ||
	    strchr("-._", s[i])); i++)
		;
	return i;
}

/* A host as the key names it, with or without a port. */
static int
is_host(const char *s, size_t len, size_t *name)
{
	size_t i = name_len(s, len);
	char port[6] = "";
	uint64_t n;

	*name = i;
	if (i == 0 || i == len)
		return i > 0;
	if (s[i] != ':' || len - i - 1 >= sizeof(port))
		return 0;
	memcpy(port, s + i + 1, len - i - 1);
	return parse_uint(port, 1, 65535, &n) == 0;
}

static const char *
add_word(struct reach *r, const char *s, size_t len)
{
	static char wrong[160];
	struct network n;
	size_t name;
	int bad;

	if (is_word(s, len, "no"))
		return NULL;
	if (is_word(s, len, "yes")) {
		r->all = 1;
		return NULL;
	}
	if (network_parse(s, len, &n) == 0) {
		bad = vec_push(&r->networks, n);
	} else if (is_host(s, len, &name)) {
		bad = add_host(r, s, name, name < len ? s + name + 1 : NULL,
		    name < len ? len - name - 1 : 0);
	} else {
		snprintf(wrong, sizeof(wrong), "neither yes, no, a host nor a "
		    "network such as 10.0.0.0/8: %.*s", len > 80 ? 80 : (int)len, s);
		return wrong;
	}
	return bad < 0 ? "out of memory" : NULL;
}

const char *
reach_add(struct reach *r, const char *words)
{
	const char *wrong = NULL;
	size_t n;

	for (words += strspn(words, blank); *words && !wrong;
	    words += strspn(words, blank)) {
		n = strcspn(words, blank);
		wrong = add_word(r, words, n);
		words += n;
	}
	return wrong;
}

int
reach_has_host(const struct reach *r, const char *name, const char *port)
{
	size_t i;

	for (i = 0; i < r->hosts.len; i++)
		if (!strcasecmp(r->hosts.at[i].name, name) &&
		    (!r->hosts.at[i].port || !strcmp(r->hosts.at[i].port, port)))
			return 1;
	return r->all;
}

int
reach_has(const struct reach *r, const struct sockaddr *a)
{
	size_t i;

	if (r->all || !address_kind(a))
		return 1;
	for (i = 0; i < r->networks.len; i++)
		if (network_has(&r->networks.at[i], a))
			return 1;
	return 0;
}

void
reach_free(struct reach *r)
{
	size_t i;

	for (i = 0; i < r->hosts.len; i++) {
		free(r->hosts.at[i].name);
		free(r->hosts.at[i].port);
	}
	vec_free(&r->hosts);
	vec_free(&r->networks);
}
