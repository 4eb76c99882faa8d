/* ENVREQ: what a spec says that its build wants of a machine. */
#ifndef AOINB_EVAL_ENVREQ_H
#define AOINB_EVAL_ENVREQ_H

#include <stdint.h>

/* 0: not said. */
struct envreq {
	int64_t cores;
	int64_t memory_mib, memory_per_core_mib, disk_mib;
};

/* Reads words such as "core=4 total_mem=16 total_mem_per_core=1.5 disk=40", where sizes
 * are GiB and the disk's GB; others are passed over, and so is what is no number. */
void envreq_words(const char *words, struct envreq *out);

/* What the spec in the folder dir says for arch; nothing where that cannot be read or
 * evaluated.  Returns 0, or -1 with errno ENOMEM. */
int envreq_read(const char *dir, const char *arch, struct envreq *out);

#endif
