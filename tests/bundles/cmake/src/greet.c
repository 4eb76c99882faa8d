#include <stdio.h>

void
greet(void)
{
#ifdef LOUD
	puts("GREETINGS FROM CMAKE");
#else
	puts("greetings from cmake");
#endif
}
