#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/item.h"

static int
place_add(struct item *it, char *url, int listed)
{
	struct place *v;

	if (!url)
		return errno == ENOENT ? 0 : -1;
	v = reallocarray(it->places, it->nplaces + 1, sizeof(*v));
	if (!v) {
		free(url);
		return -1;
	}
	it->places = v;
	v[it->nplaces++] = (struct place){ .url = url, .listed = listed };
	return 0;
}

/* A mirror's file counts only with a digest to check it by. */
static int
places_add(struct item *it, const char **templates)
{
	for (; it->src->algo && templates && *templates; templates++)
		if (place_add(it, source_expand(*templates, it->src), 0) < 0)
			return -1;
	return 0;
}

int
item_init(struct item *it, const struct source *src,
    const struct fetch_opts *opts)
{
	*it = (struct item){ .src = src, .opts = opts, .lock = -1 };
	it->part.fd = -1;
	meta_init(&it->part.meta);
	meta_init(&it->known);
	if (cache_entry(&it->entry, src) < 0 ||
	    places_add(it, opts->mirrors) < 0 ||
	    place_add(it, strdup(src->url), 1) < 0 ||
	    places_add(it, opts->fallbacks) < 0)
		return -1;
	return 0;
}

void
item_free(struct item *it)
{
	size_t i;

	for (i = 0; i < it->nplaces; i++)
		free(it->places[i].url);
	free(it->places);
	free(it->why);
	meta_free(&it->known);
}
