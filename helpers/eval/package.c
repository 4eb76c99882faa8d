#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "eval/arch.h"
#include "eval/archfit.h"
#include "eval/package.h"
#include "eval/show.h"
#include "eval/words.h"

void
package_bad(struct package *p, size_t line, const char *what)
{
	struct buf *out = &p->out;

	p->bad++;
	p->failed |= buf_printf(out, "%s\t%s\t!\t%s:", p->dir, p->part, p->file);
	if (line)
		p->failed |= buf_printf(out, "%zu:", line);
	p->failed |= buf_putc(out, ' ');
	p->failed |= show_escaped(out, what, strlen(what));
	p->failed |= buf_putc(out, '\n');
}

/* Whether name is of what a package's line is made of, or is that for some
 * architecture. */
static int
is_field(const char *name)
{
	static const char *const fields[] = { "PKGNAME", "PKGEPOCH", "ABHOST",
	    "FAIL_ARCH", "BUILDDEP", "PKGDEP", "PKGPROV", "ABBUILDDEPONLY" };
	size_t i, n;

	for (i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		n = strlen(fields[i]);
		if (!strncmp(name, fields[i], n) &&
		    (!name[n] || !strncmp(name + n, "__", 2)))
			return 1;
	}
	return 0;
}

/* An array of something else, flags say, hides nothing: what is made of it is told by
 * itself. */
static void
report(void *arg, size_t line, const char *what)
{
	struct package *p = arg;

	if (!p->defines.array || is_field(p->defines.name))
		package_bad(p, line, what);
}

int
package_init(struct package *p, const char *arch)
{
	*p = (struct package){ .arch = arch };
	if (eval_init(&p->spec) < 0)
		return -1;
	if (eval_init(&p->defines) < 0) {
		eval_free(&p->spec);
		return -1;
	}
	p->spec.lenient = p->defines.lenient = 1;
	p->spec.report = p->defines.report = report;
	p->spec.arg = p->defines.arg = p;
	p->defines.sure = 1;	/* autobuild sets much that nobody knows here */
	return 0;
}

void
package_free(struct package *p)
{
	eval_free(&p->spec);
	eval_free(&p->defines);
	buf_free(&p->out);
}

/* "NAME: WHAT" */
static void
bad_value(struct package *p, const char *name, const char *what)
{
	char text[128];

	snprintf(text, sizeof(text), "%s: %s", name, what);
	package_bad(p, 0, text);
}

/* The value of name, def when it is unset or empty. */
static const char *
value(const struct vars *t, const char *name, const char *def)
{
	const char *s = vars_get(t, name);

	return s && *s ? s : def;
}

/* The same, but a value that is too long is told, and is as if unset. */
static const char *
short_value(struct package *p, const char *name, const char *def)
{
	const struct var *v = vars_find(&p->defines.vars, name, strlen(name));

	if (!v || !v->value || !v->len)
		return def;
	if (v->len <= PACKAGE_FIELD)
		return v->value;
	bad_value(p, name, "more than 64 KiB");
	return def;
}

/* What dpkg takes for a package's name, which is lower case. */
static int
is_package_name(const char *s)
{
	return strlen(s) < 256 && isalnum((unsigned char)*s) &&
	    !s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789+.-")];
}

/* A word that can stand in a version: what dpkg says of it is seen in time. */
static int
is_version(const char *s)
{
	size_t n;

	for (n = 0; s[n]; n++)
		if ((unsigned char)s[n] <= ' ' || s[n] == 0x7f)
			return 0;
	return n < 256;
}

int
package_spec(struct package *p, char *text, size_t len)
{
	const struct vars *t = &p->spec.vars;
	unsigned before = p->bad;

	vars_reset(&p->spec.vars);
	eval_text(&p->spec, text, len);
	if (p->bad != before)
		return -1;
	if (!*value(t, "VER", ""))
		package_bad(p, 0, "no VER");
	else if (!is_version(value(t, "VER", "")))
		bad_value(p, "VER", "not one word");
	else if (!is_version(value(t, "REL", "0")))
		bad_value(p, "REL", "not one word");
	return p->bad == before ? 0 : -1;
}

static int
preset(struct package *p, const char *name, const char *s)
{
	return vars_set(&p->defines.vars, name, strlen(name), s, strlen(s), 0) ?
	    0 : -1;
}

/* What autobuild finds set when it reads the defines.  Returns -1 when that is
 * too much. */
static int
presets(struct package *p)
{
	const struct vars *t = &p->spec.vars;
	const struct var *v;
	int bad = 0;

	vars_reset(&p->defines.vars);
	bad |= preset(p, "ARCH", p->arch);
	bad |= preset(p, "ABBUILD", p->arch);
	bad |= preset(p, "ABHOST", p->arch);
	bad |= preset(p, "CROSS", "");	/* older than autobuild4, and never so here */
	bad |= preset(p, "PKGVER", value(t, "VER", ""));
	bad |= preset(p, "PKGREL", value(t, "REL", "0"));
	bad |= preset(p, "PKGEPOCH", value(t, "EPOCH", "0"));
	for (v = t->v; v < t->v + t->n; v++)
		if (v->value && !strncmp(v->name, "__", 2))
			bad |= preset(p, v->name, v->value);
	return bad;
}

/* The epoch of the spec, when there is one, goes over that of the defines: the
 * build appends it to them. */
static int
epoch(struct package *p)
{
	const char *s = value(&p->spec.vars, "EPOCH", NULL);

	return s ? preset(p, "PKGEPOCH", s) : 0;
}

/* Whether the defines are of something that can be a package. */
static int
check(struct package *p)
{
	const struct vars *t = &p->defines.vars;
	const char *s = value(t, "PKGEPOCH", "0");
	unsigned before = p->bad;

	if (s[strspn(s, "0123456789")] || strlen(s) > 9)
		bad_value(p, "PKGEPOCH", "not a number");
	s = value(t, "PKGNAME", NULL);
	if (!s)
		package_bad(p, 0, "no PKGNAME");
	else if (!is_package_name(s))
		bad_value(p, "PKGNAME", "not a name for dpkg: lower-case letters, "
		    "digits and + - . only");
	return p->bad == before;
}

/* Each of these adds a TAB and a field. */
static void
field_words(struct package *p, const char *name, const char *s)
{
	ptrdiff_t n;

	p->failed |= buf_putc(&p->out, '\t');
	if (name)
		p->failed |= buf_printf(&p->out, "%s=", name);
	n = words_put(&p->out, s);
	p->failed |= n < 0 || (n == 0 && buf_putc(&p->out, '-') < 0);
}

static void
field_packages(struct package *p, const char *s)
{
	ptrdiff_t n;

	p->failed |= buf_putc(&p->out, '\t');
	n = words_packages(&p->out, s);
	p->failed |= n < 0 || (n == 0 && buf_putc(&p->out, '-') < 0);
}

static void
field_version(struct package *p)
{
	const char *s = value(&p->defines.vars, "PKGEPOCH", "0");
	const char *ver = value(&p->spec.vars, "VER", "");
	const char *rel = value(&p->spec.vars, "REL", "0");

	p->failed |= buf_putc(&p->out, '\t');
	s += strspn(s, "0");
	if (*s)
		p->failed |= buf_printf(&p->out, "%s:", s);
	p->failed |= show_escaped(&p->out, ver, strlen(ver));
	p->failed |= buf_putc(&p->out, '-');
	p->failed |= show_escaped(&p->out, rel, strlen(rel));
}

static void
field_fits(struct package *p, const char *fail_arch, const char *abhost)
{
	int fits = archfit_fail_arch(fail_arch, p->arch);

	p->failed |= fits < 0;
	if (!fits)
		field_words(p, "FAIL_ARCH", fail_arch);
	else if (!archfit_abhost(abhost, p->arch))
		field_words(p, "ABHOST", abhost);
	else
		field_words(p, NULL, "ok");
}

/* As autobuild's "bool" has it, which takes anything else for no. */
static int
is_true(const char *s)
{
	static const char *const words[] = { "1", "t", "true", "y", "yes" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcasecmp(s, words[i]))
			return 1;
	return 0;
}

static void
package_line(struct package *p)
{
	/* All are looked at before the line, for what there is to complain of. */
	const char *abhost = short_value(p, "ABHOST", p->arch);
	const char *fail_arch = short_value(p, "FAIL_ARCH", "");
	const char *builddep = short_value(p, "BUILDDEP", "");
	const char *pkgdep = short_value(p, "PKGDEP", "");
	const char *pkgprov = short_value(p, "PKGPROV", "");

	p->failed |= buf_printf(&p->out, "%s\t%s\t%s", p->dir, p->part,
	    value(&p->defines.vars, "PKGNAME", ""));
	field_version(p);
	field_words(p, NULL, abhost);
	field_fits(p, fail_arch, abhost);
	field_packages(p, builddep);
	field_packages(p, pkgdep);
	field_packages(p, pkgprov);
	if (p->more)
		field_words(p, NULL, is_true(value(&p->defines.vars,
		    "ABBUILDDEPONLY", "")) ? "buildonly" : "");
	p->failed |= buf_putc(&p->out, '\n');
}

void
package_defines(struct package *p, char *text, size_t len)
{
	if (presets(p) < 0) {
		package_bad(p, 0, "too many variables in the spec");
		return;
	}
	if (eval_text(&p->defines, text, len) < 0)
		return;
	if (epoch(p) < 0 || arch_resolve(&p->defines.vars, p->arch,
	    KIND_DEFINES) < 0)
		package_bad(p, 0, "too many variables");
	else if (check(p))
		package_line(p);
}
