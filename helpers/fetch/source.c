#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "err.h"
#include "fetch/source.h"

static const char blank[] = " \t";

int
source_scheme_ok(const char *url)
{
	static const char *const ok[] = {
		"http://", "https://", "ftp://", "file://",
	};
	size_t i;

	for (i = 0; i < sizeof(ok) / sizeof(*ok); i++)
		if (!strncasecmp(url, ok[i], strlen(ok[i])))
			return 1;
	return 0;
}

/* The path of url behind its first slash, without query and fragment. */
static const char *
url_path(const char *url, size_t *len)
{
	const char *s = strstr(url, "://");

	s = s ? s + 3 : url;
	s += strcspn(s, "/?#");
	if (*s == '/')
		s++;
	*len = strcspn(s, "?#");
	return s;
}

const char *
source_host(const char *url, size_t *len)
{
	const char *s = strstr(url, "://"), *at;
	size_t n;

	s = s ? s + 3 : url;
	n = strcspn(s, "/?#");
	at = memrchr(s, '@', n);
	if (at) {
		n -= (size_t)(at + 1 - s);
		s = at + 1;
	}
	*len = n;
	return s;
}

static char *
url_base(const char *url)
{
	size_t n;
	const char *s = url_path(url, &n), *slash;

	while (n && s[n - 1] == '/')
		n--;
	slash = memrchr(s, '/', n);
	if (slash) {
		n -= (size_t)(slash + 1 - s);
		s = slash + 1;
	}
	return n ? strndup(s, n) : strdup("-");
}

/* Cuts the next field off *s; NULL at the end. */
static char *
field(char **s)
{
	char *p = *s + strspn(*s, blank);

	*s = p + strcspn(p, blank);
	if (**s)
		*(*s)++ = '\0';
	return *p ? p : NULL;
}

static int
has_control(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return 1;
	return 0;
}

const char *
source_make(struct source *src, const char *url, const char *digest,
    const char *name)
{
	const char *wrong;

	*src = (struct source){ 0 };
	if (has_control(url))
		return "the URL holds a control character";
	if (!source_scheme_ok(url))
		return "the URL is not http, https, ftp or file";
	if (!digest)
		return "the digest is missing";
	if (strcasecmp(digest, "SKIP") &&
	    (wrong = digest_parse(digest, &src->algo, src->hex)))
		return wrong;
	if (has_control(name))
		return "the name holds a control character";
	src->url = strdup(url);
	src->name = *name ? strdup(name) : url_base(url);
	if (src->url && src->name)
		return NULL;
	source_drop(src);
	return "out of memory";
}

void
source_drop(struct source *src)
{
	free(src->url);
	free(src->name);
	src->url = src->name = NULL;
}

/* Fills src from line.  Returns NULL, or what is wrong. */
static const char *
line_parse(char *line, struct source *src)
{
	char *url = field(&line), *digest = field(&line), *name, *p;

	name = line + strspn(line, blank);
	for (p = name + strlen(name); p > name && strchr(blank, p[-1]); p--)
		p[-1] = '\0';
	return source_make(src, url, digest, name);
}

int
source_add(struct source_list *list, const struct source *src)
{
	return vec_push(list, *src);
}

int
source_read(struct source_list *list, FILE *f, const char *title)
{
	char *line = NULL, *at;
	size_t room = 0, number = 0;
	const char *wrong;
	ssize_t len;
	int r = 0;

	while (r == 0 && (errno = 0, len = getline(&line, &room, f)) >= 0) {
		struct source src = { 0 };

		number++;
		while (len && strchr("\r\n", line[len - 1]))
			line[--len] = '\0';
		at = line + strspn(line, blank);
		if (strlen(line) != (size_t)len)
			wrong = "the line holds a NUL byte";
		else if (!*at || *at == '#')
			continue;
		else
			wrong = line_parse(at, &src);
		if (!wrong) {
			r = source_add(list, &src);
			continue;
		}
		warn_msg("%s:%zu: %s", title, number, wrong);
		list->bad++;
	}
	if (r == 0 && ferror(f))
		r = -1;
	free(line);
	return r;
}

void
source_free(struct source_list *list)
{
	size_t i;

	for (i = 0; i < list->len; i++)
		source_drop(&list->at[i]);
	vec_free(list);
}

const char *
source_digest(const struct source *s)
{
	static char text[32 + DIGEST_HEX];

	if (!s->algo)
		return "SKIP";
	snprintf(text, sizeof(text), "%s::%s", s->algo->name, s->hex);
	return text;
}

/* One placeholder; what is not plain in a URL is written %XX, as a name may
 * hold anything. */
static int
put_encoded(struct buf *b, const char *s)
{
	static const char plain[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-._~+";
	int r = 0;

	for (; *s && r == 0; s++)
		r = strchr(plain, *s) ? buf_putc(b, *s) :
		    buf_printf(b, "%%%02X", (unsigned char)*s);
	return r;
}

static const char *const fields[] = {
	"algo", "hex", "sha256", "scheme", "host", "path", "name", NULL,
};

static int
put_field(struct buf *b, const char *key, size_t len, const struct source *s)
{
	const char *part;
	size_t n;

#define IS(word) (len == sizeof(word) - 1 && !memcmp(key, word, len))
	if (IS("scheme"))
		return buf_put(b, s->url, strcspn(s->url, ":"));
	if (IS("host")) {
		part = source_host(s->url, &n);
		return buf_put(b, part, n);
	}
	if (IS("path")) {
		part = url_path(s->url, &n);
		return buf_put(b, part, n);
	}
	if (IS("name"))
		return put_encoded(b, s->name);
	if (!s->algo || (IS("sha256") && strcmp(s->algo->name, "sha256"))) {
		errno = ENOENT;
		return -1;
	}
	return buf_puts(b, IS("algo") ? s->algo->name : s->hex);
#undef IS
}

int
source_template_ok(const char *t)
{
	size_t i, n;

	if (!source_scheme_ok(t) && strncmp(t, "{scheme}://", 11))
		return 0;
	for (; (t = strchr(t, '{')); t += n + 1) {
		t++;
		n = strcspn(t, "}");
		for (i = 0; fields[i]; i++)
			if (strlen(fields[i]) == n && !memcmp(fields[i], t, n))
				break;
		if (!fields[i] || !t[n])
			return 0;
	}
	return 1;
}

char *
source_expand(const char *t, const struct source *s)
{
	struct buf b = { 0 };
	size_t n;
	int r = 0;

	while (*t && r == 0) {
		n = strcspn(t, "{");
		r = buf_put(&b, t, n);
		t += n;
		if (*t && r == 0) {
			n = strcspn(++t, "}");
			r = put_field(&b, t, n, s);
			t += n + 1;
		}
	}
	if (r == 0)
		return b.s;
	buf_free(&b);
	return NULL;
}
