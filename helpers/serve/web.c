#include <stdio.h>
#include <string.h>

#include "digest.h"
#include "serve/answer.h"
#include "serve/http.h"
#include "serve/page.h"

/* The files of web/, in this program.  Each is text, and has a NUL behind it. */
#define FILE_IN(symbol, path) \
	__asm__(".pushsection .rodata\n" #symbol ":\n.incbin \"helpers/serve/web/" path "\"\n" \
	    ".byte 0\n.popsection\n"); \
	extern const char symbol[] __attribute__((visibility("hidden")))

FILE_IN(web_style, "style.css");
FILE_IN(web_icon, "icon.svg");
FILE_IN(web_page, "page.js");
FILE_IN(web_log, "log.js");
FILE_IN(web_text, "text.js");
FILE_IN(web_plot, "plot.js");

static const struct {
	const char *name, *type, *text;
} files[] = {
	{ "style.css", "text/css; charset=utf-8", web_style },
	{ "icon.svg", "image/svg+xml", web_icon },
	{ "page.js", "text/javascript; charset=utf-8", web_page },
	{ "log.js", "text/javascript; charset=utf-8", web_log },
	{ "text.js", "text/javascript; charset=utf-8", web_text },
	{ "plot.js", "text/javascript; charset=utf-8", web_plot },
};

/* The plots' library is Debian's, where it is installed. */
#define DYGRAPHS "/usr/share/javascript/dygraphs/"

static int
library(struct req *r)
{
	struct answer_as as = { .type = "text/javascript; charset=utf-8" };

	if (!strcmp(r->name, "dygraph.min.js"))
		return answer_file(r, DYGRAPHS "dygraph.min.js", &as) == 0;
	as.type = "text/css; charset=utf-8";
	return !strcmp(r->name, "dygraph.min.css") &&
	    answer_file(r, DYGRAPHS "dygraph.min.css", &as) == 0;
}

static void
answer(struct req *r, const char *type, const char *text)
{
	const char *has = http_header(r, "If-None-Match");
	char hex[DIGEST_HEX];

	if (digest_key(text, hex) < 0) {
		req_failed(r, "page");
		return;
	}
	hex[32] = '\0';
	req_head(r, "ETag", "\"%s\"", hex);
	req_head(r, "Cache-Control", "no-cache");
	r->type = type;
	if (has && strstr(has, hex))
		req_answer(r, 304);
	else if (buf_puts(&r->out, text) < 0)
		req_failed(r, "page");
	else
		req_answer(r, 200);
}

void
web_get(struct req *r)
{
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (!strcmp(r->name, files[i].name)) {
			answer(r, files[i].type, files[i].text);
			return;
		}
	if (!library(r) && !r->status)
		req_problem(r, 404, "route", "there is no such file of the pages");
}
