/* The one door to libarchive: entries out of a stream, and the packings that
 * have no decoder of their own here. */
#ifndef UNPACK_ARC_H
#define UNPACK_ARC_H

#include "unpack/entry.h"
#include "unpack/input.h"
#include "unpack/ring.h"

struct arc;

/* An archive whose unpacked bytes come out of r, or, with r NULL, one that is
 * read from in by seeking.  Returns NULL with errno set. */
struct arc *arc_open(struct input *in, struct ring *r);

/* The next entry; what e points at stays until the next call.  Returns 1, 0
 * behind the last one (when the stream behind it was whole too), or -1: errno
 * EBADMSG when the archive is bad, and arc_why tells how. */
int arc_next(struct arc *a, struct entry *e);

/* The next piece of the entry's contents and where it belongs; a gap is a hole.
 * Returns as arc_next does. */
int arc_data(struct arc *a, const void **p, size_t *len, int64_t *at);

const char *arc_why(const struct arc *a);
void arc_close(struct arc *a);

/* A decoder for decode.h: whatever libarchive can unpack, or bytes as they
 * are. */
void arc_unfilter(struct input *in, struct ring *r);

#endif
