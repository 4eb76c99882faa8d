/* A task on its way to the queue. */
#ifndef CLIENT_CREATE_H
#define CLIENT_CREATE_H

#include "client/client.h"

/* Makes a task of body, of which a server that knows key has one already; uploads the
 * file gz, and starts it.  Sets *id as soon as there is one, 0 before.  Returns 0, or -1
 * having said why. */
int create_task(struct client *c, const char *body, const char *key, int64_t *id);
int create_start(struct client *c, int64_t id, const char *gz);

/* The task that did not come to its start goes. */
void create_drop(struct client *c, int64_t id);

/* What a group of the target is called: its last part, without modifiers. */
void create_name(const char *target, char name[256]);

#endif
