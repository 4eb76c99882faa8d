#include <inttypes.h>
#include <stdio.h>

#include "unpack/list.h"

static void
put_name(const char *s)
{
	unsigned char c;

	putchar('\t');
	while ((c = (unsigned char)*s++))
		if (c < ' ' || c == 0x7f || c == '\\')
			printf("\\%03o", c);
		else
			putchar(c);
}

int
list_entry(const struct entry *e)
{
	printf("%c\t%04o\t%" PRId64 "\t%" PRId64 "\t%" PRId64, e->type,
	    (unsigned)e->mode, e->uid, e->gid, e->size);
	put_name(e->path);
	if (e->link)
		put_name(e->link);
	putchar('\n');
	return ferror(stdout) ? -1 : 0;
}
