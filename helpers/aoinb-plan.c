/* aoinb-plan: from targets to units, their needs, and the order. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <locale.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "opt.h"
#include "parse.h"
#include "plan/ask.h"
#include "plan/graph.h"
#include "plan/known.h"
#include "plan/order.h"
#include "plan/resource.h"
#include "plan/pack.h"
#include "plan/print.h"
#include "plan/set.h"
#include "table.h"

enum {
	O_MODIFIERS = OPT_LONG, O_WITH_DEPS, O_REBUILD, O_KNOWN, O_GROUP, O_CHECK,
	O_JSON, O_DOT, O_NEEDS, O_PACK,
};

enum {
	SLOTS_MOST = 1024,
	SLOT_KIB = 4 << 20,	/* memory that each slot should have */
};

static const struct opt tab[] = {
	{ 'w', "work-dir", "DIR",  "where what is built, and the history, lie" },
	{ 'a', "arch",     "ARCH", "build for ARCH" },
	{ 'b', "branch",   "NAME", "build for this branch" },
	{ 't', "tree",     "DIR",  "the tree of packages" },
	{ 's', "slots",    "N",    "build N at once; 0 is by processors and memory" },
	{ 'm', "memory",   "SIZE", "what builds that run at once have together; 0 is all" },
	{ O_MODIFIERS, "modifiers", "WORDS", "of what has none of its own: ABMODIFIERS" },
	{ O_WITH_DEPS, "with-deps", NULL, "and what they need, apt has not and the tree has" },
	{ O_REBUILD,   "rebuild",   NULL, "targets, even if they are built" },
	{ O_KNOWN,     "known",     "FILE", "names that apt can install; repeatable" },
	{ O_GROUP,     "group",     "FOLDER", "print nothing, but write the plan there" },
	{ O_CHECK,     "check",     NULL, "only find out what the targets mean, and print nothing" },
	{ O_NEEDS,     "needs",     "WORDS", "what a build wants that says nothing: memory=4G time=6h" },
	{ O_JSON,      "json",      NULL, "print one JSON object" },
	{ O_PACK,      "pack",      NULL, "only print what a server needs for the targets" },
	{ O_DOT,       "dot",       NULL, "print a graph for dot(1)" },
	{ 0 },
};

struct wish {
	const char *work_dir, *tree, *group;
	VEC(const char *) known;
	uint64_t slots, memory;	/* memory in bytes */
	int check, pack, json, dot;
	struct resource usual;
};

static struct plan plan;

static void
option(struct wish *w, int c, const char *arg)
{
	switch (c) {
	case O_NEEDS:
		if (resource_words(arg, &w->usual) < 0)
			die(EX_USAGE, "%s: not needs such as cores=2 memory=4G disk=20G time=6h", arg);
		break;
	case 'w': w->work_dir = arg; break;
	case 'a': plan.arch = arg; break;
	case 'b': plan.branch = arg; break;
	case 't': w->tree = arg; break;
	case 's':
		if (parse_uint(arg, 0, SLOTS_MOST, &w->slots) < 0)
			die(EX_USAGE, "%s: not a number of builds, up to %d", arg,
			    SLOTS_MOST);
		break;
	case 'm':
		if (parse_size(arg, &w->memory) < 0 || (w->memory && w->memory < 1024))
			die(EX_USAGE, "%s: not a size of 1K or more", arg);
		break;
	case O_MODIFIERS: plan.modifiers = *arg ? arg : "-"; break;
	case O_WITH_DEPS: plan.with_deps = 1; break;
	case O_REBUILD: plan.rebuild = 1; break;
	case O_KNOWN: plan_must(vec_push(&w->known, arg)); break;
	case O_GROUP: w->group = arg; break;
	case O_CHECK: w->check = 1; break;
	case O_PACK: w->pack = 1; break;
	case O_JSON: w->json = 1; break;
	case O_DOT: w->dot = 1; break;
	}
}

static void
options(struct wish *w, struct opts *o, char *argv[])
{
	int c;

	opt_begin(o, argv);
	plan.modifiers = "-";
	while ((c = opt_next(o)) != -1)
		option(w, c, o->arg);
	if (!w->work_dir || !plan.arch || !*plan.arch || !plan.branch || !*o->argv ||
	    w->json + w->dot + w->pack + !!w->group > 1)
		opt_bad(o);
	if (!store_name_ok(plan.branch))
		die(EX_USAGE, "%s: no name for a branch", plan.branch);
	if (ask_has_control(plan.modifiers))
		die(EX_USAGE, "--modifiers: holds a control character");
}

/* A slot for each two processors and each 4 GiB, unless somebody says. */
static void
machine(const struct wish *w)
{
	struct sysinfo info;
	cpu_set_t set;
	uint64_t slots, kib = 0;

	if (sysinfo(&info) == 0)
		kib = info.totalram * info.mem_unit / 1024;
	slots = sched_getaffinity(0, sizeof(set), &set) == 0 ?
	    (uint64_t)CPU_COUNT(&set) / 2 : 1;
	if (slots > kib / SLOT_KIB)
		slots = kib / SLOT_KIB;
	if (w->slots)
		slots = w->slots;
	plan.slots = slots < 1 ? 1 : slots > SLOTS_MOST ? SLOTS_MOST : (uint32_t)slots;
	plan.memory_kib = w->memory ? w->memory / 1024 : kib;
}

static void
tree_open(const char *tree)
{
	char *real;
	int fd;

	if (!tree || !*tree)
		return;
	fd = open(tree, O_PATH | O_DIRECTORY | O_CLOEXEC);
	real = fd < 0 ? NULL : realpath(tree, NULL);
	if (!real && (errno == ENOENT || errno == ENOTDIR))
		die(EX_NOINPUT, "tree %s: no such folder", tree);
	if (!real)
		die_sys(EX_NOINPUT, "tree %s", tree);
	if (ask_has_control(real))
		die(EX_USAGE, "tree %s: its path holds a control character", tree);
	close(fd);
	plan_must(vec_push(&plan.texts, real));
	plan.tree = real;
}

/* Unlike store_open it makes nothing: where there is no work_dir, nothing is built. */
static void
work_dir_open(const char *path)
{
	plan.store.path = path;
	plan.store.dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (plan.store.dir < 0 && errno != ENOENT)
		die_sys(EX_NOINPUT, "work_dir %s", path);
}

static void
apt_read(const struct wish *w)
{
	size_t i;

	for (i = 0; i < w->known.len; i++)
		if (known_read(&plan, w->known.at[i]) < 0)
			die_sys(err_code(errno), "%s", w->known.at[i]);
}

/* What cannot be told of the units that are to be built. */
static void
tell_troubles(void)
{
	const struct planned *u;
	const struct folder *f;
	const struct part *part;

	for (u = plan.units.at; u < plan.units.at + plan.units.len; u++) {
		f = &plan.folders.at[u->folder];
		part = plan.parts.at + f->part;
		for (; graph_has(u) && part < plan.parts.at + f->part + f->parts; part++)
			if (part->trouble)
				warn_msg("%s/%s", plan_path(&plan, f), part->trouble);
	}
}

/* ---- what becomes of it ---- */

static void
put(int folder, const char *path, const char *name, const struct buf *b)
{
	if (file_put(folder, name, b->s ? b->s : "", b->len) < 0)
		die_sys(EX_CANTCREAT, "%s/%s", path, name);
}

/* Writes the plan of a group: the order last, so that what has one is whole. */
static void
group_write(const char *path, char *const *targets, const struct buf *needs)
{
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct buf text = { 0 }, units = { 0 }, none = { 0 };

	if (folder < 0)
		die_sys(EX_CANTCREAT, "%s", path);
	for (; *targets; targets++)
		plan_must(buf_printf(&text, "%s\n", *targets));
	print_units(&plan, &units);
	put(folder, path, "targets", &text);
	if (plan.knows_apt)
		put(folder, path, "apt", &none);
	put(folder, path, "needs", needs);
	put(folder, path, "graph", &plan.graph);
	put(folder, path, "units", &units);
	put(folder, path, "order", &plan.order);
	buf_free(&text);
	buf_free(&units);
	close(folder);
}

static void
print(const struct wish *w)
{
	struct buf out = { 0 };

	if (w->pack)
		pack_print(&plan, &out);
	else if (w->json)
		print_json(&plan, &out);
	else if (w->dot)
		print_dot(&plan, &out);
	else if (table_form(STDOUT_FILENO) == TABLE_PEOPLE)
		print_tables(&plan, &out);
	else
		print_records(&plan, &out);
	if (file_write(STDOUT_FILENO, out.s, out.len) < 0)
		die_sys(EX_IOERR, "standard output");
	buf_free(&out);
}

/* Whether something cannot be built, since what it needs is nowhere. */
static int
is_wanting(void)
{
	const struct planned *u;

	for (u = plan.units.at; u < plan.units.at + plan.units.len; u++)
		if (u->state == STATE_UNMET || u->state == STATE_SKIPPED)
			return 1;
	return 0;
}

/* What the targets want together, as one task of a server. */
static void
print_needs(const struct wish *w)
{
	struct buf out = { 0 };
	struct times times;

	times_read(&plan, &times);
	plan_must(buf_puts(&out, "needs\t"));
	resource_print_all(&plan, &times, &w->usual, &out);
	plan_must(buf_putc(&out, '\n'));
	times_free(&times);
	if (file_write(STDOUT_FILENO, out.s, out.len) < 0)
		die_sys(EX_IOERR, "standard output");
	buf_free(&out);
}

static int
run(const struct wish *w, char *const *targets)
{
	struct buf needs = { 0 };
	struct times times;
	int code = ask_targets(&plan, targets);

	if (code || w->check)
		return code;
	if (w->pack) {
		print(w);
		print_needs(w);
		return 0;
	}
	apt_read(w);
	code = set_make(&plan);
	if (code)
		return code;
	times_read(&plan, &times);
	graph_put(&plan, &times);
	if (w->group)
		resource_print(&plan, &times, &w->usual, &needs);
	times_free(&times);
	tell_troubles();
	if (w->group) {
		order_make(&plan);
		group_write(w->group, targets, &needs);
		buf_free(&needs);
		return 0;
	}
	order_make_rest(&plan);
	print(w);
	return is_wanting() ? EX_NO : 0;
}

int
main(int argc, char *argv[])
{
	struct opts o = {
		.usage = "-w DIR -a ARCH -b BRANCH [-t DIR] [-s N] [-m SIZE] "
		    "[--modifiers=WORDS]\n"
		    "       [--with-deps] [--rebuild] [--known=FILE]... "
		    "[--check]\n"
		    "       [--group=FOLDER | --pack | --json | --dot] TARGET...",
		.about = "Find out what targets mean, what they need, and in which order "
		    "to build them.",
		.tab = tab,
	};
	struct wish w = { 0 };
	int code;

	(void)argc;
	options(&w, &o, argv);
	setlocale(LC_CTYPE, "C.UTF-8");
	machine(&w);
	tree_open(w.tree);
	work_dir_open(w.work_dir);
	symbols_begin(&plan.names);
	code = run(&w, o.argv);
	vec_free(&w.known);
	plan_free(&plan);
	return code;
}
