#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "err.h"
#include "file.h"
#include "repo/release.h"

/* Takes over "DIGEST BYTES FILE". */
static void
take(struct release *names, struct span line)
{
	char text[256], hex[RELEASE_HEX], file[64];

	snprintf(text, sizeof(text), "%.*s", (int)(line.len < 255 ? line.len : 255), line.s);
	if (sscanf(text, " %64[0-9a-f] %*u %63s", hex, file) != 2 ||
	    strlen(hex) != RELEASE_HEX - 1)
		return;
	if (!strcmp(file, "Packages"))
		memcpy(names->packages, hex, RELEASE_HEX);
	else if (!strcmp(file, "Packages.xz"))
		memcpy(names->xz, hex, RELEASE_HEX);
}

int
release_read(struct span text, struct release *names)
{
	struct span value = stanza_get(text, "SHA256");
	const char *end;
	size_t n;

	*names = (struct release){ 0 };
	while (value.len) {
		end = memchr(value.s, '\n', value.len);
		n = end ? (size_t)(end - value.s) : value.len;
		take(names, (struct span){ value.s, n });
		value.s += n + !!end;
		value.len -= n + !!end;
	}
	return *names->packages && *names->xz ? 0 : -1;
}

static int
is(struct digest *d, const struct buf *b, const char *hex)
{
	char got[DIGEST_HEX];

	return digest_reset(d) == 0 && digest_add(d, b->s ? b->s : "", b->len) == 0 &&
	    digest_hex(d, got) == 0 && !strcmp(got, hex);
}

void
release_old(const struct repo *r, struct buf *packages, struct buf *xz)
{
	struct digest *d = digest_new(digest_algo("sha256", 6));
	struct buf text = { 0 };
	struct release names;

	if (!d || file_get(r->out, "Release", STORE_TEXT, &text) < 0 ||
	    release_read((struct span){ text.s, text.len }, &names) < 0 ||
	    file_get(r->out, "Packages", REPO_TEXT, packages) < 0 ||
	    file_get(r->out, "Packages.xz", REPO_TEXT, xz) < 0 ||
	    !is(d, packages, names.packages) || !is(d, xz, names.xz)) {
		buf_free(packages);
		buf_free(xz);
	}
	buf_free(&text);
	digest_free(d);
}

/* It reads its configuration before it does anything else, so it waits there for us to
 * have made what it is to look at: by then it is loaded, which takes most of its time. */
void
release_begin(const struct repo *r, struct child *c)
{
	static const char *const argv[] = { "apt-ftparchive", "-c", "/dev/stdin", "release",
	    ".new", NULL };

	*c = (struct child){ .argv = argv, .dir = r->out };
	if (child_begin(c) < 0)
		repo_failed_sys(r, "apt-ftparchive cannot be run");
}

static void
say_release(const struct repo *r, struct child *c)
{
	struct buf conf = { 0 };
	int code;

	if (buf_printf(&conf, "APT::FTPArchive { MD5 false; SHA1 false; SHA512 false; Release {\n"
	    "Origin aoinb; Label aoinb; Suite \"%s\"; Codename \"%s\"; ValidTime %" PRIu64 ";\n"
	    "Acquire-By-Hash yes; }; };\n", r->branch, r->branch, r->valid) < 0)
		repo_failed_sys(r, "Release");
	code = child_end(c, conf.s, conf.len);
	if (code < 0)
		repo_failed_sys(r, "apt-ftparchive cannot be run");
	if (code)
		repo_failed(r, EX_IOERR, "apt-ftparchive: %s", c->err.len ? c->err.s : "it failed");
	buf_free(&conf);
}

/* Why gpg could not, out of all that it says. */
static const char *
why_not(char *text)
{
	static const char failed[] = "gpg: signing failed: ", none[] = "gpg: no default";
	const char *last = "it failed", *why = NULL;
	char *line, *save = NULL;

	for (line = text ? strtok_r(text, "\n", &save) : NULL; line;
	    line = strtok_r(NULL, "\n", &save)) {
		last = line;
		if (!strncmp(line, failed, sizeof(failed) - 1))
			why = line + sizeof(failed) - 1;
		else if (!strncmp(line, none, sizeof(none) - 1))
			why = line + strlen("gpg: ");
	}
	return why ? why : last;
}

static void
sign(const struct repo *r, const char *how, const char *output)
{
	enum { FIXED = 7 };
	const char *argv[FIXED + 2 * REPO_SIGN + 2] = { "gpg", "--batch", "--yes", "--quiet",
	    "--armor", how, output };
	struct child c = { .argv = argv, .dir = r->out };
	struct buf keys = { 0 };
	int i, n = FIXED, code;

	for (i = 0; r->sign[i]; i++) {
		argv[n++] = "--local-user";
		argv[n++] = r->sign[i];
		if (buf_printf(&keys, "%s%s", i ? " " : "", r->sign[i]) < 0)
			repo_failed_sys(r, "gpg");
	}
	argv[n] = ".new/Release";
	code = child_run(&c);
	if (code < 0)
		repo_failed_sys(r, "gpg cannot be run");
	if (code)
		repo_failed(r, EX_UNAVAILABLE, "cannot be signed by %s: %s", keys.s,
		    why_not(c.err.s));
	child_free(&c);
	buf_free(&keys);
}

void
release_make(const struct repo *r, struct child *c, struct release *names)
{
	say_release(r, c);
	if (release_read((struct span){ c->out.s, c->out.len }, names) < 0)
		repo_failed(r, EX_IOERR, "apt-ftparchive: its Release does not name the index");
	if (repo_put(r, "Release", c->out.s, c->out.len) < 0)
		repo_failed_sys(r, "Release cannot be written");
	child_free(c);
	if (!*r->sign)
		return;
	sign(r, "--clearsign", "--output=.new/InRelease");
	sign(r, "--detach-sign", "--output=.new/Release.gpg");
}
