/* A package, by its name: what was asked for and built over time. */
#ifndef SERVE_PACKAGE_H
#define SERVE_PACKAGE_H

#include "serve/req.h"

void package_show(struct req *r);

#endif
