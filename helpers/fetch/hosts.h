/* Whose hosts may be spoken to: for programs that cannot refuse an address where they
 * connect to it, such as the clients of version control. */
#ifndef FETCH_HOSTS_H
#define FETCH_HOSTS_H

#include <stdio.h>

#include "reach.h"

/* Prints the URLs in the lines of f, which is called title, whose hosts may be spoken
 * to, or have no address here; says of the others why not.  Returns an exit code. */
int hosts_print(FILE *f, const char *title, const struct reach *reach);

#endif
