#include <stdio.h>
#include <hive.h>

int
main(void)
{
	printf("hive-tool-" HIVE_VERSION ": %s\n", hive_about());
	return 0;
}
