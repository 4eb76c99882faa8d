#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "eval/arch.h"

/* autobuild's groups, those of its older versions too, the nearer ones first: of
 * two that arch is in, the one listed first wins.  It has no group for sparc64,
 * which it knows all the same; what the groups say of others like it holds. */
static const struct {
	const char *name, *archs;	/* archs: each with a blank around it */
} groups[] = {
	{ "RETRO", " alpha armv4 armv5te armv6hf armv7hf i486 ia64 loongson2f m68k "
	    "powerpc ppc64 sparc64 " },
	{ "ARM", " armv4 armv5te armv6hf armv7hf arm64 " },
	{ "OCAML_NATIVE", " amd64 arm64 ppc64el " },
	{ "OPTENV", " optenv32 " },
	{ "MAINLINE_TIER1", " amd64 arm64 loongarch64 loongarch64_nosimd " },
	{ "MAINLINE_TIER2", " loongson3 ppc64el riscv64 " },
	{ "MAINLINE", " amd64 arm64 loongarch64 loongarch64_nosimd loongson3 ppc64el "
	    "riscv64 " },
	{ "WITH_DOTNET", " amd64 arm64 armv7hf " },
	{ "WITHOUT_DOTNET", " alpha armv4 armv6hf i486 ia64 loongarch64 "
	    "loongarch64_nosimd loongson2f loongson3 m68k powerpc ppc64 ppc64el "
	    "riscv64 sparc64 " },
	{ "32BIT", " armv4 armv6hf armv7hf i486 m68k powerpc " },
	{ "64BIT", " alpha amd64 arm64 ia64 loongarch64 loongarch64_nosimd loongson2f "
	    "loongson3 mips64r6el ppc64 ppc64el riscv64 sparc64 " },
};

enum { GROUPS = sizeof(groups) / sizeof(*groups) };

static int
in_group(const char *arch, size_t i)
{
	const char *at = groups[i].archs;
	size_t len = strlen(arch);

	while (len && (at = strstr(at + 1, arch)))
		if (at[-1] == ' ' && at[len] == ' ')
			return 1;
	return 0;
}

int
arch_in(const char *arch, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < GROUPS; i++)
		if (!strncasecmp(groups[i].name, name, len) &&
		    !groups[i].name[len] && in_group(arch, i))
			return 1;
	return 0;
}

int
arch_groups(struct buf *out, const char *arch)
{
	const char *s;
	size_t i;
	int bad = 0;

	for (i = GROUPS; i-- > 0; ) {
		if (!in_group(arch, i))
			continue;
		for (s = groups[i].name; *s; s++)
			bad |= buf_putc(out, (char)tolower((unsigned char)*s));
		bad |= buf_putc(out, '\n');
	}
	return bad ? -1 : 0;
}

/* Whether suffix is name (in upper case, as suffixes are). */
static int
same(const char *suffix, size_t len, const char *name)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (suffix[i] != toupper((unsigned char)name[i]))
			return 0;
	return name[len] == '\0';
}

/* How near suffix is to arch: 1 is arch itself, then its groups; 0 when it is
 * something else. */
static size_t
rank_of(const char *suffix, size_t len, const char *arch, enum spec_kind kind)
{
	size_t i;

	if (same(suffix, len, arch))
		return 1;
	for (i = 0; kind == KIND_DEFINES && i < GROUPS; i++)
		if (same(suffix, len, groups[i].name) && in_group(arch, i))
			return 2 + i;
	return 0;
}

static int
has_suffixes(const char *name, size_t len, enum spec_kind kind)
{
	static const char *const names[] = { "SRCS", "CHKSUMS", "ENVREQ" };
	size_t i;

	if (kind == KIND_DEFINES)
		return len > 0;
	for (i = 0; i < 3; i++)
		if (strlen(names[i]) == len && !memcmp(names[i], name, len))
			return 1;
	return 0;
}

/* Sets what v, whose name is cut at `at`, replaces; but not where a nearer one
 * is there as well. */
static int
replace(struct vars *t, const struct var *v, size_t at, const char *arch,
    enum spec_kind kind)
{
	size_t rank = rank_of(v->name + at + 2, v->name_len - at - 2, arch, kind);
	const struct var *o;
	struct var *base;
	size_t i, other;

	for (i = 0; i < t->n; i++) {
		o = &t->v[i];
		if (!o->own || !o->value || o->name_len < at + 3 ||
		    memcmp(o->name, v->name, at + 2))
			continue;
		other = rank_of(o->name + at + 2, o->name_len - at - 2, arch, kind);
		if (other && other < rank)
			return 0;
	}
	base = vars_set(t, v->name, at, v->value, v->len, 0);
	if (!base)
		return -1;
	base->own = 1;
	return 0;
}

int
arch_resolve(struct vars *t, const char *arch, enum spec_kind kind)
{
	size_t i, n = t->n, at;
	const struct var *v;

	for (i = 0; i < n; i++) {
		v = &t->v[i];
		if (!v->own || !v->value)
			continue;
		for (at = 1; at + 2 < v->name_len; at++)
			if (v->name[at] == '_' && v->name[at + 1] == '_' &&
			    has_suffixes(v->name, at, kind) &&
			    rank_of(v->name + at + 2, v->name_len - at - 2, arch,
			    kind)) {
				if (replace(t, v, at, arch, kind) < 0)
					return -1;
				break;
			}
	}
	return 0;
}
