/* The report of a job, or of a server's attempt. */
#ifndef REPORT_JOB_H
#define REPORT_JOB_H

#include "report/folder.h"

/* Adds the page. */
void report_job(struct buf *b, const struct folder *f);

#endif
