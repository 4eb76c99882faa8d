#include <stdlib.h>
#include <string.h>

#include "rusage/meter.h"
#include "rusage/tree.h"

static uint64_t
micros(struct timeval tv)
{
	return (uint64_t)tv.tv_sec * 1000000 + (uint64_t)tv.tv_usec;
}

static uint64_t
max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* The later of two readings of a sum, of which either may be unknown. */
static void
rise(uint64_t *old, uint64_t now)
{
	if (now != UNKNOWN && (*old == UNKNOWN || now > *old))
		*old = now;
}

void
meter_reaped(struct meter *m, const struct rusage *ru)
{
	m->user_us += micros(ru->ru_utime);
	m->sys_us += micros(ru->ru_stime);
	/* In units of 512 bytes: getrusage(2). */
	m->read_bytes += (uint64_t)ru->ru_inblock * 512;
	m->write_bytes += (uint64_t)ru->ru_oublock * 512;
	m->maxrss_kib = max(m->maxrss_kib, (uint64_t)ru->ru_maxrss);
}

static int
is_v2(const struct meter *m, int dir)
{
	return dir == m->cg->dir[CG_V2];
}

/* cpuacct.usage is exact, in ns; its two parts are counted in ticks, and only
 * tell how to split it. */
static void
cpu_v1(int dir, struct usage *u)
{
	uint64_t all = cgroup_number(dir, "cpuacct.usage");
	uint64_t user = cgroup_number(dir, "cpuacct.usage_user");
	uint64_t sys = cgroup_number(dir, "cpuacct.usage_sys");
	double part;

	if (all == UNKNOWN)
		return;
	u->cpu_us = all / 1000;
	if (user == UNKNOWN || sys == UNKNOWN)
		return;
	part = user + sys ? (double)user / (double)(user + sys) : 0;
	u->user_us = (uint64_t)((double)u->cpu_us * part);
	u->sys_us = u->cpu_us - u->user_us;
}

static void
cpu(const struct meter *m, int dir, const struct tree_usage *t, struct usage *u)
{
	if (dir < 0) {
		u->user_us = m->user_us + t->user_us;
		u->sys_us = m->sys_us + t->sys_us;
		u->cpu_us = u->user_us + u->sys_us;
	} else if (is_v2(m, dir)) {
		u->cpu_us = cgroup_field(dir, "cpu.stat", "usage_usec");
		u->user_us = cgroup_field(dir, "cpu.stat", "user_usec");
		u->sys_us = cgroup_field(dir, "cpu.stat", "system_usec");
	} else {
		cpu_v1(dir, u);
	}
}

/* "MAJ:MIN rbytes=N wbytes=N ..." a device: their sum. */
static void
io_v2(int dir, struct usage *u)
{
	char s[16384], *line, *next, *p;

	if (cgroup_text(dir, "io.stat", s, sizeof(s)) < 0)
		return;
	u->read_bytes = u->write_bytes = 0;
	for (line = s; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if ((p = strstr(line, " rbytes=")))
			u->read_bytes += strtoull(p + 8, NULL, 10);
		if ((p = strstr(line, " wbytes=")))
			u->write_bytes += strtoull(p + 8, NULL, 10);
	}
}

static uint64_t
memory_kib(const struct meter *m, int dir, const char *v2, const char *v1)
{
	uint64_t n = cgroup_number(dir, is_v2(m, dir) ? v2 : v1);

	return n == UNKNOWN ? n : n / 1024;
}

void
meter_read(struct meter *m)
{
	const struct cgroup *cg = m->cg;
	int c = cgroup_has_cpu(cg), mem = cgroup_has_memory(cg);
	int tasks = cgroup_has_tasks(cg), io = cgroup_has_io(cg);
	struct usage u = { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN,
	    UNKNOWN };
	struct tree_usage t = { 0 };
	int walked = 0;

	if (c < 0 || mem < 0 || tasks < 0 || io < 0)
		walked = tree_usage(&t) == 0;
	cpu(m, c, &t, &u);
	if (mem >= 0)
		u.mem_kib = memory_kib(m, mem, "memory.current",
		    "memory.usage_in_bytes");
	else if (walked)
		u.mem_kib = t.rss_kib;
	if (tasks >= 0)
		u.tasks = cgroup_number(tasks, "pids.current");
	else if (walked)
		u.tasks = t.tasks;
	if (io >= 0) {
		io_v2(io, &u);
	} else {
		u.read_bytes = m->read_bytes + t.read_bytes;
		u.write_bytes = m->write_bytes + t.write_bytes;
	}
	rise(&m->last.cpu_us, u.cpu_us);
	rise(&m->last.user_us, u.user_us);
	rise(&m->last.sys_us, u.sys_us);
	rise(&m->last.read_bytes, u.read_bytes);
	rise(&m->last.write_bytes, u.write_bytes);
	m->last.mem_kib = u.mem_kib;
	m->last.tasks = u.tasks;
	if (u.mem_kib != UNKNOWN)
		m->mem_peak = max(m->mem_peak, u.mem_kib);
	if (u.tasks != UNKNOWN)
		m->tasks_peak = max(m->tasks_peak, u.tasks);
}

uint64_t
meter_cpu(struct meter *m)
{
	int dir = cgroup_has_cpu(m->cg);
	struct tree_usage t = { 0 };
	struct usage u = { .cpu_us = UNKNOWN };

	if (dir < 0)
		tree_usage(&t);
	cpu(m, dir, &t, &u);
	rise(&m->last.cpu_us, u.cpu_us);
	return m->last.cpu_us;
}

/* memory.peak is of 5.19, memory.max_usage_in_bytes was always there. */
uint64_t
meter_peak_kib(const struct meter *m)
{
	int dir = cgroup_has_memory(m->cg);
	uint64_t n = memory_kib(m, dir, "memory.peak",
	    "memory.max_usage_in_bytes");

	if (n != UNKNOWN)
		return max(n, m->mem_peak);
	return dir < 0 ? max(m->mem_peak, m->maxrss_kib) : m->mem_peak;
}

/* pids.peak is of 6.6. */
uint64_t
meter_peak_tasks(const struct meter *m)
{
	uint64_t n = cgroup_number(cgroup_has_tasks(m->cg), "pids.peak");

	return n == UNKNOWN ? m->tasks_peak : max(n, m->tasks_peak);
}

uint64_t
meter_oom_kills(const struct meter *m)
{
	int dir = cgroup_has_memory(m->cg);

	return cgroup_field(dir, is_v2(m, dir) ? "memory.events" :
	    "memory.oom_control", "oom_kill");
}

uint64_t
meter_refused(const struct meter *m)
{
	return cgroup_field(cgroup_has_tasks(m->cg), "pids.events", "max");
}

static const char *
teller(const struct meter *m, int dir)
{
	return dir < 0 ? "proc" : is_v2(m, dir) ? "cgroup2" : "cgroup1";
}

int
meter_detail(const struct meter *m, struct buf *b)
{
	return buf_printf(b, "cpu:%s,memory:%s,tasks:%s,io:%s,kill:%s",
	    teller(m, cgroup_has_cpu(m->cg)),
	    teller(m, cgroup_has_memory(m->cg)),
	    teller(m, cgroup_has_tasks(m->cg)),
	    teller(m, cgroup_has_io(m->cg)),
	    m->cg->dir[CG_V2] >= 0 ? "cgroup2" : "proc");
}

const char *
meter_source(const struct meter *m)
{
	switch (m->cg->source) {
	case SRC_CGROUP2: return "cgroup2";
	case SRC_CGROUP1: return "cgroup1";
	default: return "proc";
	}
}
