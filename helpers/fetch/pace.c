#include "fetch/pace.h"

void
pace_begin(struct pace *p, uint64_t at)
{
	*p = (struct pace){ .from = at };
}

void
pace_none(struct pace *p)
{
	*p = (struct pace){ 0 };
}

int
pace_slow(struct pace *p, const struct pace_opts *o, uint64_t now)
{
	uint64_t brought = (uint64_t)(p->got - p->had);

	if (!o->least || !p->from || now < p->from + 1000 * o->window)
		return 0;
	p->from = now;
	p->had = p->got;
	return brought / o->window < o->least;
}
