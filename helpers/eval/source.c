#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "eval/source.h"

static const struct {
	const char *written, *type;
} types[] = {
	{ "tbl", "tarball" }, { "tarball", "tarball" }, { "file", "file" },
	{ "git", "git" }, { "svn", "svn" }, { "hg", "hg" }, { "bzr", "bzr" },
	{ "fossil", "fossil" }, { "pypi", "pypi" }, { "none", "none" },
};

/* What a bare URL of a tarball has in it; "tar." and "cpio." want more behind. */
static const char *const archives[] = {
	".tar.", ".cpio.", ".tgz", ".tbz", ".txz", ".zip", ".7z", ".gem",
};

static const struct {
	const char *name;
	size_t digits;
} digests[] = {
	{ "sha256", 64 }, { "sha512", 128 }, { "sha384", 96 }, { "sha224", 56 },
	{ "sha1", 40 }, { "md5", 32 }, { "whirlpool", 128 }, { "blake2b", 128 },
	{ "blake2s", 64 }, { "sha3_224", 56 }, { "sha3_256", 64 },
	{ "sha3_384", 96 }, { "sha3_512", 128 },
};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

int
why_not(struct why *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(w->s, w->room, fmt, ap);
	va_end(ap);
	return -1;
}

static int
is(struct span x, const char *s)
{
	return x.n == strlen(s) && !strncasecmp(x.s, s, x.n);
}

static int
ends(struct span x, const char *s)
{
	size_t n = strlen(s);

	return x.n >= n && !memcmp(x.s + x.n - n, s, n);
}

static struct span
from(struct span x, size_t at)
{
	return (struct span){ x.s + at, x.n - at };
}

/* Cuts x at the first `at` in it.  Returns what is before, and leaves in x what
 * is behind; when there is none, returns all and leaves x.s NULL. */
static struct span
cut(struct span *x, const char *at)
{
	const char *p = memmem(x->s, x->n, at, strlen(at));
	struct span head = *x;

	if (!p) {
		*x = (struct span){ NULL, 0 };
		return head;
	}
	head.n = (size_t)(p - x->s);
	*x = from(*x, head.n + strlen(at));
	return head;
}

/* Where the host begins in a URL: behind scheme://; 0 when it has no scheme. */
static size_t
host_at(struct span url)
{
	size_t i = 0;

	while (i < url.n && (isalnum((unsigned char)url.s[i]) ||
	    (i > 0 && strchr("+.-", url.s[i]))))
		i++;
	return i == 0 || url.n - i <= 3 || memcmp(url.s + i, "://", 3) ? 0 : i + 3;
}

/* How many bytes of a URL without a scheme are a host, with a path behind it:
 * "example.org:8080/a"; 0 when it is something else. */
static size_t
bare_host(struct span url)
{
	size_t i = 0;

	if (!url.n || !isalnum((unsigned char)*url.s))
		return 0;
	while (i < url.n && (isalnum((unsigned char)url.s[i]) ||
	    strchr(".-", url.s[i])))
		i++;
	if (i < url.n && url.s[i] == ':')
		do
			i++;
		while (i < url.n && isdigit((unsigned char)url.s[i]));
	return i < url.n && url.s[i] == '/' && url.s[i - 1] != ':' ? i : 0;
}

/* Where the path begins in a URL: behind its host; 0 when it has none. */
static size_t
path_at(struct span url)
{
	size_t i = host_at(url);

	if (!i)
		return bare_host(url);
	while (i < url.n && !strchr("/?#", url.s[i]))
		i++;
	return i;
}

static const char *
guess(struct span url)
{
	struct span path = from(url, path_at(url));
	const char *at;
	size_t i;

	if (ends(url, ".git") || (url.n > 6 && !strncasecmp(url.s, "git://", 6)))
		return "git";
	for (i = 0; i < COUNT(archives); i++) {
		at = memmem(path.s, path.n, archives[i], strlen(archives[i]));
		if (at && (i > 1 || at + strlen(archives[i]) < path.s + path.n))
			return "tarball";
	}
	return NULL;
}

/* ---- options ---- */

static int
option_check(struct span key, struct span value, struct why *w)
{
	if (is(key, "commit") || is(key, "branch") || is(key, "version"))
		return value.n && value.s[0] != '-' ? 0 :
		    why_not(w, "bad value in "SPAN"="SPAN, SPAN_ARG(key),
		    SPAN_ARG(value));
	if (is(key, "rename"))
		return 0;	/* looked at as a name */
	if (is(key, "use-url-name") || is(key, "copy-repo") ||
	    is(key, "submodule"))
		return is(value, "true") || is(value, "false") ||
		    (is(key, "submodule") && is(value, "recursive")) ? 0 :
		    why_not(w, "bad value in "SPAN"="SPAN, SPAN_ARG(key),
		    SPAN_ARG(value));
	return why_not(w, "unknown option "SPAN, SPAN_ARG(key));
}

/* Checks them all, and finds the value of one: s is NULL when it is not there. */
static int
options_read(struct span options, const char *wanted, struct span *found,
    struct why *w)
{
	struct span key, value;

	while (options.s && options.n) {
		value = cut(&options, ";");
		key = cut(&value, "=");
		if (!value.s)
			return why_not(w, "option without a value: "SPAN,
			    SPAN_ARG(key));
		if (option_check(key, value, w) < 0)
			return -1;
		if (is(key, wanted))
			*found = value;
	}
	return 0;
}

/* ---- names ---- */

static int
has_controls(struct span x)
{
	size_t i;

	for (i = 0; i < x.n; i++)
		if ((unsigned char)x.s[i] <= ' ' || x.s[i] == 0x7f)
			return 1;
	return 0;
}

int
source_name_check(struct span name, struct why *w)
{
	if (name.n == 0 || name.n > 255 || is(name, ".") || is(name, "..") ||
	    name.s[0] == '-' || memchr(name.s, '/', name.n) ||
	    has_controls(name))
		return why_not(w, "cannot be a file's name: \""SPAN"\"%s",
		    SPAN_ARG(name), name.n ? "" : " (give it one: rename=)");
	return 0;
}

/* The last component of the URL's path. */
static struct span
base_name(struct span url, int repository)
{
	struct span path = from(url, path_at(url));
	size_t i;

	for (i = 0; i < path.n && !strchr("?#", path.s[i]); i++)
		;
	path.n = i;
	while (repository && path.n && path.s[path.n - 1] == '/')
		path.n--;
	for (i = path.n; i && path.s[i - 1] != '/' && path.s[i - 1] != ':'; i--)
		;
	path = from(path, i);
	if (repository && ends(path, ".git"))
		path.n -= 4;
	return path;
}

/* Whether a file can be meant by a URL without a scheme, as wget(1) takes it.  A client
 * of version control would take that for a path. */
static int
is_http(const struct source *s)
{
	return s->digested && strcmp(s->type, "pypi") && !host_at(s->url) &&
	    bare_host(s->url);
}

static int
url_check(struct source *s, struct why *w)
{
	if (has_controls(s->url))
		return why_not(w, "a blank or control character in the URL "SPAN,
		    SPAN_ARG(s->url));
	if (!strcmp(s->type, "none"))
		return 0;
	if (!strcmp(s->type, "pypi"))
		return source_name_check(s->url, w);
	if (!strcmp(s->type, "bzr") && s->url.n > 3 && !memcmp(s->url.s, "lp:", 3))
		return 0;
	if (is_http(s))
		s->scheme = "http://";
	else if (!host_at(s->url))
		return why_not(w, "not a URL with a scheme: "SPAN, SPAN_ARG(s->url));
	return 0;
}

/* Sets what the options say of the name. */
static int
name_read(struct source *s, struct why *w)
{
	struct span name = { NULL, 0 }, keeps = { NULL, 0 };

	if (options_read(s->options, "rename", &name, w) < 0 ||
	    options_read(s->options, "use-url-name", &keeps, w) < 0)
		return -1;
	s->renamed = name.s != NULL;
	s->keeps = keeps.s && is(keeps, "true");
	if (s->renamed)
		s->name = name;
	else if (!strcmp(s->type, "none"))
		s->name = (struct span){ "-", 1 };
	else
		s->name = !strcmp(s->type, "pypi") ? s->url :
		    base_name(s->url, !s->digested);
	return 0;
}

int
source_make(struct source *s, const char *type, struct span options,
    struct span url, struct why *w)
{
	struct span version = { NULL, 0 };

	*s = (struct source){ .type = type, .options = options, .url = url,
	    .scheme = "" };
	s->digested = !strcmp(type, "tarball") || !strcmp(type, "file") ||
	    !strcmp(type, "pypi");
	if (has_controls(options))
		return why_not(w, "a blank or control character in the options "
		    "of "SPAN, SPAN_ARG(url));
	if (options_read(options, "version", &version, w) < 0 ||
	    url_check(s, w) < 0)
		return -1;
	if (!strcmp(type, "pypi") && !version.s)
		return why_not(w, "type pypi wants version=");
	return name_read(s, w);
}

int
source_parse(struct source *s, struct span word, struct why *w)
{
	struct span rest = word, type = cut(&rest, "::");
	struct span options = rest, url;
	const char *guessed;
	size_t i;

	if (!rest.s) {
		guessed = guess(word);
		return guessed ? source_make(s, guessed, (struct span){ "", 0 },
		    word, w) : why_not(w, "cannot tell the type of "SPAN,
		    SPAN_ARG(word));
	}
	url = rest;
	options = cut(&url, "::");
	if (!url.s) {
		url = rest;
		options = (struct span){ "", 0 };
	}
	for (i = 0; i < COUNT(types); i++)
		if (is(type, types[i].written))
			return source_make(s, types[i].type, options, url, w);
	return why_not(w, "unknown type "SPAN, SPAN_ARG(type));
}

int
source_digest(char *out, const struct source *s, struct span word, struct why *w)
{
	struct span hex = word, algo = cut(&hex, "::");
	size_t i, k, n;

	if (is(word, "SKIP") || (!s->digested && hex.s && is(hex, "SKIP"))) {
		strcpy(out, "SKIP");
		return 0;
	}
	if (!hex.s)
		return why_not(w, "neither SKIP nor algorithm::digest: "SPAN,
		    SPAN_ARG(word));
	for (i = 0; i < COUNT(digests) && !is(algo, digests[i].name); i++)
		;
	if (i == COUNT(digests))
		return why_not(w, "unknown algorithm "SPAN, SPAN_ARG(algo));
	for (k = 0; k < hex.n && isxdigit((unsigned char)hex.s[k]); k++)
		;
	if (k < hex.n || hex.n != digests[i].digits)
		return why_not(w, "not the %zu hexadecimal digits of a %s: "SPAN,
		    digests[i].digits, digests[i].name, SPAN_ARG(hex));
	n = (size_t)snprintf(out, DIGEST_ROOM, "%s::", digests[i].name);
	for (k = 0; k < hex.n; k++)
		out[n++] = (char)tolower((unsigned char)hex.s[k]);
	out[n] = '\0';
	return 0;
}
