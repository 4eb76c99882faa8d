/* A growing array of any type:
 *
 *	VEC(pid_t) children = { 0 };
 *	if (vec_push(&children, pid) < 0)
 *		return -1;
 *	for (i = 0; i < children.len; i++)
 *		kill(children.at[i], SIGTERM);
 *	vec_free(&children);
 */
#ifndef AOINB_VEC_H
#define AOINB_VEC_H

#include <stdlib.h>

#define VEC(type) struct { type *at; size_t len, room; }

/* Adds an element, which may be a compound literal.  Is 0; or -1 with errno
 * ENOMEM, and v as it was. */
#define vec_push(v, ...) \
	(vec_room(v) < 0 ? -1 : ((v)->at[(v)->len++] = (__VA_ARGS__), 0))

/* Makes room for one more.  Is 0, or -1 with errno ENOMEM. */
#define vec_room(v) __extension__ ({					\
	__typeof__((v)->at) vec_at_ = (v)->len < (v)->room ? (v)->at :	\
	    vec_grow((v)->at, &(v)->room, sizeof(*(v)->at));		\
	if (vec_at_)							\
		(v)->at = vec_at_;					\
	vec_at_ ? 0 : -1;						\
})

/* Frees the array, not what its elements point to; v is empty again. */
#define vec_free(v) (free((v)->at), (v)->at = NULL, (v)->len = (v)->room = 0)

static inline void *
vec_grow(void *at, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : 8;

	at = reallocarray(at, more, size);
	if (at)
		*room = more;
	return at;
}

#endif
