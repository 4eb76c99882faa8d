#include <stdio.h>
#include <stdlib.h>

#include "err.h"
#include "fetch/record.h"
#include "plain.h"

void
record_put(const char *state, const struct source *s, const struct entry *e)
{
	char *url = plain_urls_copy(s->url);

	if (!url)
		die_sys(EX_OSERR, "%s", s->url);
	if (e->size < 0)
		printf("%s\t%s\t-\t-\t%s\t%s\n", state, source_digest(s),
		    s->name, url);
	else
		printf("%s\t%s::%s\t%lld\t%s\t%s\t%s\n", state, e->algo->name,
		    e->hex, e->size, e->path, s->name, url);
	free(url);
	if (fflush(stdout) == EOF)
		die_sys(EX_IOERR, "standard output");
}
