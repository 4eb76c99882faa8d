/* What the server says of itself. */
#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

#include "serve/req.h"

void server_health(struct req *r);
void server_version(struct req *r);
void server_badge(struct req *r);
void server_backup(struct req *r);

/* Looks at the whole state, and says what is wrong.  Returns how many things are. */
int server_check(void);

#endif
