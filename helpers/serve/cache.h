/* Sources by their digests, out of the cache of this machine. */
#ifndef SERVE_CACHE_H
#define SERVE_CACHE_H

struct req;

/* Answers GET /cache/ALGO/HEX. */
void cache_get(struct req *r);

#endif
