/* The log of an attempt, at once or as it grows. */
#ifndef SERVE_LOG_H
#define SERVE_LOG_H

#include "serve/req.h"

void log_get(struct req *r);

#endif
