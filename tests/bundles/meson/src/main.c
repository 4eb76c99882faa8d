#include <stdio.h>

int
main(void)
{
	puts("greetings from meson");
	return 0;
}
