/* Where the lines of a log lie: the windows in which it is shown, of 64 KiB at most, each
 * with the number of its first line and the colour that it begins in; and its steps. */
#ifndef SERVE_LOG_INDEX_H
#define SERVE_LOG_INDEX_H

#include <stdint.h>

#include "buf.h"
#include "serve/req.h"

/* GET /task/ID/log/index. */
void log_index_get(struct req *r);

/* Where the line lies, or one before it, and that one's number: a place where a line
 * begins.  fd is the log.  Returns 0, or -1 with errno set. */
int log_index_line(int64_t task, int64_t n, int fd, int64_t line, int64_t *offset, int64_t *is);

/* The log of attempt n as a descriptor; or -1 having answered 404. */
int log_open(struct req *r, int64_t n);

#endif
