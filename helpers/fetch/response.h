/* What a server answers to an item, as callbacks of a transfer: judged, added
 * to the part, and verified when whole.  What came to its end is left in the state
 * ITEM_WHOLE, so that whoever runs many can start others before. */
#ifndef FETCH_RESPONSE_H
#define FETCH_RESPONSE_H

#include "fetch/item.h"
#include "fetch/net.h"

int response_begin(void *item, const struct net_head *head);
int response_body(void *item, const char *s, size_t len);
void response_end(void *item, int how, const char *why, long after);

/* The part of it is whole: lands it if its digest is right. */
void response_whole(struct item *it);

#endif
