#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "err.h"
#include "serve/bundle.h"
#include "serve/conf.h"
#include "serve/db.h"
#include "serve/http.h"
#include "serve/server.h"
#include "serve/upload.h"

void
server_health(struct req *r)
{
	struct statvfs v;
	int64_t one;

	if (db_get("SELECT 1", "|i", &one) != 1)
		req_problem(r, 503, "busy", "the database cannot be read");
	else if (faccessat(conf.at, "task", W_OK, AT_EACCESS) < 0)
		req_problem(r, 503, "busy", "the server's folder cannot be written");
	else if (fstatvfs(conf.at, &v) == 0 &&
	    (int64_t)v.f_bavail * (int64_t)v.f_frsize < conf.disk_free)
		req_problem(r, 503, "space", "less room on the disk than [serve] disk_free");
	else if (buf_puts(&r->out, "{\"status\":\"ok\"}\n") < 0)
		req_failed(r, "health");
	else
		req_answer(r, 200);
}

void
server_version(struct req *r)
{
	if (buf_printf(&r->out, "{\"version\":\"%s\",\"api\":1,\"schema\":%d}\n", AOINB_VERSION,
	    db_schema()) < 0)
		req_failed(r, "version");
	else
		req_answer(r, 200);
}

#define BADGE \
	"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"140\" height=\"20\">" \
	"<rect width=\"50\" height=\"20\" fill=\"#555\"/>" \
	"<rect x=\"50\" width=\"90\" height=\"20\" fill=\"%s\"/>" \
	"<g fill=\"#fff\" font-family=\"sans-serif\" font-size=\"11\" text-anchor=\"middle\">" \
	"<text x=\"25\" y=\"14\">aoinb</text><text x=\"95\" y=\"14\">%s</text></g></svg>\n"

void
server_badge(struct req *r)
{
	const char *branch = http_query(r, "branch"), *arch = http_query(r, "arch");
	struct buf state = { 0 };
	int got = db_get("SELECT state FROM task WHERE name = ?1 AND state IN ('ok', 'failed', 'error')"
	    " AND (?2 IS NULL OR branch = ?2) AND (?3 IS NULL OR arch = ?3) ORDER BY id DESC LIMIT 1",
	    "sss|s", r->name, branch, arch, &state);

	if (got < 0 || buf_printf(&r->out, BADGE, !got ? "#999" : !strcmp(state.s, "ok") ? "#2a2" :
	    "#c33", got ? state.s : "unknown") < 0) {
		req_failed(r, "badge");
	} else {
		r->type = "image/svg+xml";
		req_head(r, "Cache-Control", "no-cache");
		req_head(r, "Content-Security-Policy", "default-src 'none'; sandbox");
		req_answer(r, 200);
	}
	buf_free(&state);
}

void
server_backup(struct req *r)
{
	char path[4096], stamp[32];
	time_t now = time(NULL);
	struct stat st;
	struct tm tm;
	size_t n;

	gmtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm);
	n = (size_t)snprintf(path, sizeof(path), "%s/backup/", conf.dir);
	if (mkdirat(conf.at, "backup", 0700) < 0 && errno != EEXIST) {
		req_failed(r, "backup");
		return;
	}
	snprintf(path + n, sizeof(path) - n, "queue-%s-%" PRId64 ".db", stamp, now_us() % 1000000);
	if (db_copy(path) < 0 || stat(path, &st) < 0) {
		req_failed(r, "backup");
		return;
	}
	r->out.len = 0;
	if (buf_puts(&r->out, "{\"path\":") < 0 || buf_json(&r->out, path) < 0 ||
	    buf_printf(&r->out, ",\"size\":%" PRId64 "}\n", (int64_t)st.st_size) < 0)
		req_failed(r, "backup");
	else
		req_answer(r, 201);
}

/* --- aoinb-serve --check */

static int
look_output(void *arg, const struct db_row *row)
{
	char path[512];
	int *wrong = arg;

	snprintf(path, sizeof(path), "task/%" PRId64 "/%" PRId64 "/output/%s", db_int(row, 0),
	    db_int(row, 1), db_text(row, 2));
	if (upload_size(path) != db_int(row, 3)) {
		warn_msg("task %" PRId64 ": package %s is not there, or not whole", db_int(row, 0),
		    db_text(row, 2));
		++*wrong;
	}
	return 0;
}

static int
look_bundle(void *arg, const struct db_row *row)
{
	char path[128];
	int *wrong = arg;

	bundle_path(db_int(row, 0), db_text(row, 1), path);
	if (upload_size(path) != db_int(row, 2)) {
		warn_msg("task %" PRId64 ": its bundle is not there, or not whole", db_int(row, 0));
		++*wrong;
	}
	return 0;
}

int
server_check(void)
{
	struct buf why = { 0 };
	int wrong = 0, good = db_sound(&why);

	if (good == 0)
		warn_msg("database: %.500s", why.s);
	wrong += good != 1;
	if (db_each(look_bundle, &wrong, "SELECT id, bundle_sha256, bundle_size FROM task"
	    " WHERE bundle_sha256 IS NOT NULL", "") < 0 ||
	    db_each(look_output, &wrong, "SELECT task, n, name, size FROM output", "") < 0)
		wrong++;
	buf_free(&why);
	return wrong;
}
