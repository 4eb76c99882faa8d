/* Every change, as it happens. */
#ifndef SERVE_EVENTS_H
#define SERVE_EVENTS_H

#include "serve/req.h"

void events_get(struct req *r);

#endif
