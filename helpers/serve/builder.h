/* Workers, as the server knows them. */
#ifndef SERVE_BUILDER_H
#define SERVE_BUILDER_H

#include "serve/req.h"

void builder_status(struct req *r);
void builder_show(struct req *r);
void builder_key(struct req *r);
void builder_drain(struct req *r);
void builder_resume(struct req *r);
void builder_trust(struct req *r);

/* Whether text is a public key; else answers.  Returns 0, or -1. */
int builder_key_ok(struct req *r, const char *text);

#endif
