/* What a server answers to an item, as callbacks of a transfer: judged, added
 * to the part, and verified when whole. */
#ifndef FETCH_ANSWER_H
#define FETCH_ANSWER_H

#include "fetch/item.h"
#include "fetch/net.h"

int answer_begin(void *item, const struct net_head *head);
int answer_body(void *item, const char *s, size_t len);
void answer_end(void *item, int how, const char *why, long after);

/* The part of it is whole: lands it if its digest is right. */
void answer_whole(struct item *it);

#endif
