/* What an archive holds, one line an entry on stdout. */
#ifndef UNPACK_LIST_H
#define UNPACK_LIST_H

#include "unpack/entry.h"

/* TYPE MODE UID GID SIZE PATH [TARGET], with tabs between.  In names, bytes
 * below space, DEL and the backslash are written as \ooo.  Returns 0, or -1
 * with errno set. */
int list_entry(const struct entry *e);

#endif
