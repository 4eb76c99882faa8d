#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "order/machine.h"

uint64_t
machine_jobs(uint64_t wanted)
{
	cpu_set_t set;
	long n;

	if (wanted)
		return wanted;
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return (uint64_t)CPU_COUNT(&set);
	n = sysconf(_SC_NPROCESSORS_ONLN);	/* more than a set can hold */
	return n > 0 ? (uint64_t)n : 1;
}

uint64_t
machine_memory_kib(uint64_t wanted)
{
	FILE *f = wanted ? NULL : fopen("/proc/meminfo", "re");
	char line[128];

	if (!f)
		return wanted;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "MemTotal: %" SCNu64, &wanted) == 1)
			break;
	fclose(f);
	return wanted;
}

uint64_t
machine_slots(uint64_t wanted)
{
	uint64_t cpus, memory;

	if (wanted)
		return wanted;
	cpus = machine_jobs(0) / 2;
	memory = machine_memory_kib(0) >> 22;
	if (memory < cpus)
		cpus = memory;
	return cpus ? cpus : 1;
}
