/* From packages of tasks to the repository of their branch, which is served as well. */
#ifndef SERVE_PUBLISH_H
#define SERVE_PUBLISH_H

#include "serve/req.h"

void publish_take(struct req *r);
void publish_reject(struct req *r);
void repo_get(struct req *r);

/* Publishes what waits for it, until the server ends: a thread of its own. */
void *publish_run(void *unused);

#endif
