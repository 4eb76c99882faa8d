#include <unistd.h>

#include "err.h"
#include "file.h"
#include "eval/output.h"

void
output_flush(struct buf *out, size_t least)
{
	if (out->len < least)
		return;
	if (file_write(STDOUT_FILENO, out->s, out->len) < 0)
		die_sys(EX_IOERR, "standard output");
	out->len = 0;
}
