#include <string.h>

#include "eval/row.h"

enum { FIELDS = 10 };

int
row_next(char **s, struct row *r)
{
	char *field[FIELDS], *end = *s;
	int n = 1, i;

	if (!*s || !**s)
		return 0;
	for (field[0] = *s; *end && *end != '\n'; end++)
		if (*end == '\t' && n < FIELDS) {
			*end = '\0';
			field[n++] = end + 1;
		}
	*s = *end ? end + 1 : end;
	*end = '\0';
	for (i = n; i < FIELDS; i++)
		field[i] = end;
	for (i = 6; i < FIELDS; i++)
		if (!strcmp(field[i], "-"))
			field[i] += 1;
	*r = (struct row){ field[0], field[1], NULL, field[2], field[3], field[4],
	    field[5], field[6], field[7], field[8], field[9] };
	if (!strcmp(r->name, "!"))
		r->trouble = r->version;
	return 1;
}
