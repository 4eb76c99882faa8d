#include <stdio.h>

int
main(void)
{
	puts("one");
	puts("two");
	puts("three");
	return 0;
}
