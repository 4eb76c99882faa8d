#include <string.h>

#include "bundle/spec.h"
#include "bundle/word.h"
#include "err.h"

/* What a version may be made of, as dpkg has it, less the colon of an epoch. */
#define VERSION_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+~_-"

int
word_bump(struct args *a)
{
	const char *version = a->operand[1], *ver, *rel;
	struct edit edits[2] = { { "VER", version }, { "REL", "0" } };
	struct spec s;
	int code;

	if (!*version || strspn(version, VERSION_BYTES) != strlen(version))
		die(EX_USAGE, "%s: not a version: letters, digits and .+~_- make one", version);
	code = spec_read(&s, a->operand[0]);
	if (code == 0) {
		ver = vars_get(&s.eval.vars, "VER");
		rel = vars_get(&s.eval.vars, "REL");
		if (ver && !strcmp(ver, version)) {
			warn_msg("%s: VER is %s already", s.path, version);
			code = EX_NO;
		} else {
			code = spec_edit(&s, edits, rel && strcmp(rel, "0") ? 2 : 1, 0);
		}
	}
	spec_free(&s);
	return code;
}
