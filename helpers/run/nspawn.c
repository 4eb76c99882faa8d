#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "opt.h"
#include "proc.h"
#include "run/run.h"

void
nspawn_become(const struct run *r)
{
	(void)r;
	die(EX_UNAVAILABLE, "nspawn: not yet");
}
