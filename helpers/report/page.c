#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base64.h"
#include "digest.h"
#include "err.h"
#include "plain.h"
#include "report/page.h"

/* Colours that can be told apart by who sees few, with at least 4.5 to 1 for text. */
const char page_colours[] =
"svg{font:12px system-ui,sans-serif}svg text{fill:#1f2328}svg .dim{fill:#59636e}\n"
"svg .halo{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}svg .in{fill:#fff}svg .over{fill:#b3261e}svg .grid{stroke:#d1d9e0}svg .mark{stroke:#59636e;stroke-dasharray:2 3}svg .peak{stroke:#b3261e;stroke-dasharray:6 3}\n"
".c0{fill:#0f62a8}.c1{fill:#d9730d}.c2{fill:#2a7d46}.ok{fill:#2a7d46}.bad{fill:#b3261e}.wait{fill:#59636e}.none{fill:#8c959f}\n"
"@media screen and (prefers-color-scheme:dark){svg text{fill:#e6edf3}svg .dim{fill:#9aa4af}svg .halo{stroke:#0d1117}svg .in{fill:#fff}\n"
"svg .grid{stroke:#30363d}svg .mark{stroke:#9aa4af}svg .peak{stroke:#ff8a80}.c0{fill:#5aa9e6}.c1{fill:#f0a04b}.c2{fill:#5fbf80}\n"
".bad{fill:#c93c37}.wait{fill:#6e7681}.none{fill:#6e7681}svg .over{fill:#ff8a80}}\n";

static const char page_style[] =
":root{color-scheme:light dark;--fg:#1f2328;--dim:#59636e;--bg:#fff;--box:#f6f8fa;--line:#d1d9e0;--ok:#1a6b36;--bad:#b3261e;--link:#0f62a8}\n"
"@media screen and (prefers-color-scheme:dark){:root{--fg:#e6edf3;--dim:#9aa4af;--bg:#0d1117;--box:#161b22;--line:#30363d;--ok:#5fbf80;--bad:#ff8a80;--link:#79b8ff}}\n"
"*{box-sizing:border-box}html{background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif;-webkit-text-size-adjust:100%}\n"
"body{max-width:75rem;margin:0 auto;padding:1rem}main{display:block}a{color:var(--link)}\n"
"h1{font-size:1.4rem;line-height:1.25;margin:.2rem 0 .6rem;overflow-wrap:anywhere}h1 small{display:block;font-size:.8rem;color:var(--dim);font-weight:400}\n"
"h2{font-size:1.05rem;margin:1.8rem 0 .5rem;border-bottom:1px solid var(--line);padding-bottom:.2rem}\n"
"p{margin:.4rem 0}.dim,caption,figcaption{color:var(--dim)}caption{text-align:left;padding-bottom:.3rem}\n"
".v{font-weight:600}.v.ok{color:var(--ok)}.v.bad{color:var(--bad)}.v.wait,.v.none{color:var(--dim)}\n"
"dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));gap:.7rem 1rem;margin:.8rem 0}\n"
"dt{color:var(--dim);font-size:.8rem}dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}\n"
".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}\n"
"th,td{text-align:left;vertical-align:top;padding:.25rem .8rem .25rem 0;border-bottom:1px solid var(--line)}\n"
"th{font-weight:600;font-size:.85rem;white-space:nowrap}tbody th{font-weight:400;font-size:1em;white-space:normal;overflow-wrap:anywhere}\n"
".n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}.bar{width:45%;min-width:7rem}td.bar svg,.why svg{display:block}\n"
"code,pre,.digest{font:13px/1.45 ui-monospace,monospace}.digest{overflow-wrap:anywhere}\n"
"pre,ol.why{background:var(--box);border:1px solid var(--line);border-radius:6px;padding:.6rem .8rem;margin:.5rem 0}\n"
"pre{overflow-x:auto}ol.why{list-style:none}ol.why li{display:flex;gap:.8rem}ol.why code{overflow-wrap:anywhere;white-space:pre-wrap;min-width:0}\n"
"ol.why li:first-child code{font-weight:700;color:var(--bad)}ol.why .dim{white-space:nowrap;font-variant-numeric:tabular-nums}\n"
"figure{margin:1rem 0}figure>svg{display:block;width:100%}.lanes{overflow-y:auto;max-height:40rem}\n"
"th button{all:unset;cursor:pointer}th button:focus-visible{outline:2px solid var(--link);outline-offset:2px}th[aria-sort=ascending] button:after{content:\" \\25b2\"}\n"
"th[aria-sort=descending] button:after{content:\" \\25bc\"}tr:target{background:var(--box)}svg .key rect{stroke:currentColor;stroke-width:2}\n"
"summary{cursor:pointer}footer{margin-top:2rem;color:var(--dim);font-size:.85rem}\n"
"@media(max-width:40rem){table.steps .opt{display:none}.bar{width:40%}dl{grid-template-columns:repeat(2,minmax(0,1fr))}}\n"
"@media print{html{font-size:11px}body{max-width:none;padding:0}h2{break-after:avoid}figure,tr{break-inside:avoid}.lanes{max-height:none}pre{white-space:pre-wrap}}\n";

/* Tables sort by a click on a head; without a script they are as they were made. */
static const char page_script[] =
"for (const table of document.querySelectorAll('table.sort')) {\n"
"	const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];\n"
"	const key = (row, i) => row.cells[i].dataset.v ?? row.cells[i].textContent;\n"
"	heads.forEach((head, i) => {\n"
"		const button = document.createElement('button');\n"
"		button.textContent = head.textContent;\n"
"		head.replaceChildren(button);\n"
"		button.onclick = () => {\n"
"			const down = head.ariaSort === 'ascending';\n"
"			heads.forEach(h => h.removeAttribute('aria-sort'));\n"
"			head.setAttribute('aria-sort', down ? 'descending' : 'ascending');\n"
"			const rows = [...body.rows].map(r => [key(r, i), r]), number = head.className === 'n';\n"
"			rows.sort(([a], [b]) => number ? a - b : a < b ? -1 : a > b ? 1 : 0);\n"
"			if (down) rows.reverse();\n"
"			body.append(...rows.map(([, r]) => r));\n"
"		};\n"
"	});\n"
"}\n";

static void
sure(int r)
{
	if (r < 0)
		die_sys(EX_OSERR, "report");
}

void
put(struct buf *b, const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	sure(n < 0 ? -1 : buf_put(b, s, (size_t)n));
	free(s);
}

void
put_bytes(struct buf *b, const char *s, size_t n)
{
	struct plain p = { .bare = 1 };
	struct buf text = { 0 };
	size_t i, from;
	const char *as;

	sure(plain_put(&p, s, n, &text));
	sure(plain_end(&p, &text));
	for (i = from = 0; i < text.len; i++) {
		switch (text.s[i]) {
		case '&': as = "&amp;"; break;
		case '<': as = "&lt;"; break;
		case '>': as = "&gt;"; break;
		case '"': as = "&quot;"; break;
		case '\'': as = "&#39;"; break;
		default: continue;
		}
		sure(buf_put(b, text.s + from, i - from));
		sure(buf_puts(b, as));
		from = i + 1;
	}
	if (text.len)
		sure(buf_put(b, text.s + from, text.len - from));
	buf_free(&text);
}

void
put_text(struct buf *b, const char *s)
{
	put_bytes(b, s, strlen(s));
}

/* What the policy calls text by. */
static void
put_hash(struct buf *b, const char *text)
{
	unsigned char raw[32];
	char hex[DIGEST_HEX];
	size_t i;

	sure(digest_key(text, hex));
	for (i = 0; i < sizeof(raw); i++)
		sure(sscanf(hex + 2 * i, "%2hhx", &raw[i]) == 1 ? 0 : -1);
	put(b, "'sha256-");
	sure(base64_put(b, raw, sizeof(raw)));
	put(b, "'");
}

void
page_begin(struct buf *b, const char *kind, const char *name)
{
	struct buf style = { 0 };

	put(&style, "%s%s", page_style, page_colours);
	put(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;; style-src ");
	put_hash(b, style.s);
	put(b, "; script-src ");
	put_hash(b, page_script);
	put(b, "; base-uri &#39;none&#39;; form-action &#39;none&#39;\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
	put_text(b, name);
	put(b, " - report of a %s</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n"
	    "<h1><small>Report of a %s</small>", kind, style.s, kind);
	put_text(b, name);
	put(b, "</h1>\n");
	buf_free(&style);
}

void
page_end(struct buf *b)
{
	put(b, "</main>\n<footer>Made by aoinb %s, ", AOINB_VERSION);
	put_time(b, time(NULL));
	put(b, ".</footer>\n<script>%s</script>\n</body>\n</html>\n", page_script);
}

const char *
verdict_class(const char *v)
{
	static const char *const wait[] = { "running", "waiting", "stopped", "unfinished", NULL };
	static const char *const none[] = { "skipped", "unfit", "unmet", "session", "", NULL };
	size_t i;

	if (!strcmp(v, "ok") || !strcmp(v, "built"))
		return "ok";
	for (i = 0; wait[i]; i++)
		if (!strcmp(v, wait[i]))
			return "wait";
	for (i = 0; none[i]; i++)
		if (!strcmp(v, none[i]))
			return "none";
	return "bad";
}

void
put_verdict(struct buf *b, const char *verdict)
{
	put(b, "<span class=\"v %s\">", verdict_class(verdict));
	put_text(b, *verdict ? verdict : "not known");
	put(b, "</span>");
}

void
put_time(struct buf *b, int64_t at)
{
	char text[64];
	time_t when = at;
	struct tm tm;

	if (at < 0 || !localtime_r(&when, &tm) || !strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm))
		strcpy(text, "-");
	put_text(b, text);
}
