/* aoinb-report: what a build or a group did and used, as a page, a drawing or a chart. */
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "opt.h"
#include "parse.h"
#include "plain.h"
#include "report/group.h"
#include "report/job.h"
#include "report/page.h"
#include "report/picture.h"

enum { O_CHART = OPT_LONG, O_COLUMNS, O_PNG, O_SVG };

static const struct opt tab[] = {
	{ 'w', "work-dir", "DIR", "where jobs and groups lie" },
	{ 'o', "output",   "FILE", "write the page there; - is the standard output" },
	{ O_CHART,   "chart",   NULL,   "print a small chart, for a terminal" },
	{ O_COLUMNS, "columns", "N",    "of a chart; else as many as the terminal has" },
	{ O_PNG,     "png",     "FILE", "draw the plots alone, as PNG, by rsvg-convert" },
	{ O_SVG,     "svg",     "FILE", "draw the plots alone, as SVG" },
	{ 0 },
};

struct wish {
	char path[JOB_PATH];	/* of the job or the group, in its store */
	const char *work_dir, *page, *png, *svg, *what;
	int chart;
	uint64_t columns;
	struct store store;
	int group;
	struct folder folder;
	struct members members;
	struct series series;
};

static void
options(struct wish *w, struct opts *o, char *argv[])
{
	int c;

	opt_begin(o, argv);
	while ((c = opt_next(o)) != -1)
		switch (c) {
		case 'w': w->work_dir = o->arg; break;
		case 'o': w->page = o->arg; break;
		case O_CHART: w->chart = 1; break;
		case O_COLUMNS:
			if (parse_uint(o->arg, 20, 400, &w->columns) < 0)
				opt_refuse(o, "--columns: not a number from 20 to 400");
			break;
		case O_PNG: w->png = o->arg; break;
		case O_SVG: w->svg = o->arg; break;
		}
	if (!o->argv[0] || o->argv[1])
		opt_bad(o);
	w->what = o->argv[0];
	if (!w->page && !w->png && !w->svg && !w->chart)
		w->page = "-";
}

/* A job or a group of work_dir. */
static void
find(struct wish *w)
{
	struct buf like = { 0 };

	if (!w->work_dir)
		die(EX_USAGE, "%s: no folder; for a job or a group, say --work-dir", w->what);
	if (store_open_as_is(&w->store, w->work_dir) < 0)
		die_sys(err_code(errno), "%s", w->work_dir);
	if (job_find(&w->store, JOB | GROUP, w->what, w->path, &like) < 0) {
		if (errno == ENOTUNIQ)
			die(EX_NOINPUT, "more than one job or group is like %s: %s", w->what, like.s);
		if (errno == EINVAL || errno == ENOENT)
			die(EX_NOINPUT, "no such job or group: %s; \"aoinb ls\" lists them", w->what);
		die_sys(err_code(errno), "%s", w->work_dir);
	}
	buf_free(&like);
	w->group = !strncmp(w->path, "groups/", 7);
	if (!w->group && folder_open_at(&w->folder, &w->store, w->path) < 0)
		die_sys(err_code(errno), "%s", w->path);
	if (w->group && members_read(&w->members, &w->store, w->path) < 0) {
		if (errno == ENOENT)
			die(EX_NOINPUT, "group %s: it was never planned; build it again", w->path + 7);
		die_sys(err_code(errno), "group %s: its plan", w->path + 7);
	}
}

static void
read_all(struct wish *w)
{
	if (!strchr(w->what, '/'))
		find(w);
	else if (folder_open_at(&w->folder, NULL, w->what) < 0)
		die_sys(err_code(errno), "%s", w->what);
}

static void
write_to(const char *file, const struct buf *b)
{
	if (!strcmp(file, "-") ? file_write(STDOUT_FILENO, b->s, b->len) < 0 :
	    file_replace(file, b->s, b->len) < 0)
		die_sys(errno == ENOSPC || errno == EIO || errno == EPIPE ? EX_IOERR : EX_CANTCREAT, "%s",
		    strcmp(file, "-") ? file : "standard output");
}

static int
width(const struct wish *w)
{
	struct winsize size;

	if (w->columns)
		return (int)w->columns;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

static void
draw(struct wish *w)
{
	struct buf b = { 0 }, title = { 0 };
	struct drawing d;

	if (w->group) {
		group_drawing(&w->members, &d);
		put(&title, "%s", w->members.id);
	} else {
		folder_drawing(&w->folder, &w->series, &d);
		folder_title(&w->folder, &title);
	}
	if (d.series->span_us <= 0)
		die(EX_NO, "%s: nothing was measured yet", title.s);
	if (w->chart) {
		draw_terminal(&b, &d, width(w), strcmp(nl_langinfo(CODESET), "UTF-8") != 0,
		    plain_bare() || !isatty(STDOUT_FILENO));
		write_to("-", &b);
	}
	b.len = 0;
	draw_file(&b, &d, title.s);
	if (w->svg)
		write_to(w->svg, &b);
	if (w->png) {
		title.len = 0;
		picture_png(&b, &title);
		write_to(w->png, &title);
	}
	buf_free(&b);
	buf_free(&title);
	vec_free(&d.marks);
}

int
main(int argc, char *argv[])
{
	struct opts o = { .usage = "[-w DIR] [-o FILE] [--svg=FILE] [--png=FILE] [--chart] JOB|GROUP|FOLDER",
	    .about = "Show what a build or a group did and used, as a page, a drawing or a chart.",
	    .tab = tab };
	struct wish w = { 0 };
	struct buf b = { 0 };

	(void)argc;
	setlocale(LC_CTYPE, "");
	options(&w, &o, argv);
	read_all(&w);
	if (!opt_dry && w.page) {
		if (w.group)
			report_group(&b, &w.members);
		else
			report_job(&b, &w.folder);
		write_to(w.page, &b);
		buf_free(&b);
	}
	if (!opt_dry && (w.chart || w.svg || w.png))
		draw(&w);
	if (w.group)
		members_free(&w.members);
	else
		folder_close(&w.folder);
	return 0;
}
