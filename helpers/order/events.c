#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "order/events.h"

const char *const event_name[STATES] = {
	[WAITING] = "again", [RUNNING] = "start", [DONE] = "ok",
	[FAILED] = "failed", [SKIPPED] = "skip",
};

int
event_read(struct sched *s, const struct units *all, char *line,
    struct fault *f)
{
	char *tab = strchr(line, '\t');
	uint32_t u;
	int state = 0;

	errno = EBADMSG;
	if (!tab) {
		snprintf(f->why, sizeof(f->why), "no tab between event and unit");
		return -1;
	}
	*tab = '\0';
	while (state < STATES && strcmp(line, event_name[state]))
		state++;
	if (state == STATES) {
		snprintf(f->why, sizeof(f->why), "no such event: %.100s", line);
		return -1;
	}
	u = units_find(all, tab + 1);
	if (u == UINT32_MAX) {
		snprintf(f->why, sizeof(f->why), "no such unit: %.150s", tab + 1);
		return -1;
	}
	sched_set(s, u, (enum state)state);
	return 0;
}

int
events_read(struct sched *s, const struct units *all, char *text,
    size_t len, struct fault *f)
{
	char *end;

	errno = EBADMSG;
	f->line = fault_nul(text, len);
	if (f->line) {
		snprintf(f->why, sizeof(f->why), "a NUL byte");
		return -1;
	}
	for (; len && (end = strchr(text, '\n')); text = end + 1) {
		f->line++;
		*end = '\0';
		if (event_read(s, all, text, f) < 0)
			return -1;
	}
	return 0;
}
