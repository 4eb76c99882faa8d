/* The result of a worker in its envelope, DSSE. */
#ifndef AOINB_PROVENANCE_ENVELOPE_H
#define AOINB_PROVENANCE_ENVELOPE_H

#include "buf.h"
#include "sign.h"

/* Adds the payload of the envelope to out, when one of its signatures is by key.  Returns
 * 1; 0 when none is; or -1 with errno set, EBADMSG when it is no envelope of a result. */
int envelope_open(const struct buf *envelope, const unsigned char key[SIGN_KEY],
    struct buf *out);

#endif
