#include <inttypes.h>
#include <stdio.h>

#include "human.h"

char *
human_age(char out[HUMAN_MAX], int64_t s)
{
	if (s < 0)
		snprintf(out, HUMAN_MAX, "-");
	else if (s < 120)
		snprintf(out, HUMAN_MAX, "%" PRId64 "s", s);
	else if (s < 7200)
		snprintf(out, HUMAN_MAX, "%" PRId64 "m", s / 60);
	else if (s < 172800)
		snprintf(out, HUMAN_MAX, "%" PRId64 "h", s / 3600);
	else
		snprintf(out, HUMAN_MAX, "%" PRId64 "d", s / 86400);
	return out;
}

char *
human_size(char out[HUMAN_MAX], uint64_t kib)
{
	if (kib < 10240)
		snprintf(out, HUMAN_MAX, "%" PRIu64 "K", kib);
	else if (kib < 10485760)
		snprintf(out, HUMAN_MAX, "%" PRIu64 "M", kib / 1024);
	else
		snprintf(out, HUMAN_MAX, "%" PRIu64 "G", kib / 1048576);
	return out;
}

char *
human_span(char out[HUMAN_MAX], uint64_t us)
{
	uint64_t s = us / 1000000 + (us % 1000000 >= 500000);

	if (s < 3600)
		snprintf(out, HUMAN_MAX, "%" PRIu64 ":%02" PRIu64, s / 60, s % 60);
	else
		snprintf(out, HUMAN_MAX, "%" PRIu64 ":%02" PRIu64 ":%02" PRIu64,
		    s / 3600, s / 60 % 60, s % 60);
	return out;
}
