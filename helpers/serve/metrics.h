/* Figures of the server, for Prometheus and the access log. */
#ifndef SERVE_METRICS_H
#define SERVE_METRICS_H

#include <stdint.h>

struct req;

/* A request has ended; whole when all of the answer was sent. */
void metrics_request(const struct req *r, int whole);
void metrics_upload(int64_t bytes);
void metrics_followers(int by);
void metrics_get(struct req *r);

#endif
