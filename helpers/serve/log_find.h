/* Where something stands in a log. */
#ifndef SERVE_LOG_FIND_H
#define SERVE_LOG_FIND_H

#include "serve/req.h"

/* GET /task/ID/log/search and /task/ID/log/why. */
void log_search(struct req *r);
void log_why(struct req *r);

#endif
