#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "repo/child.h"
#include "repo/describe.h"

/* All paths are below output/BRANCH, where it runs: so none has to be quoted.  What it
 * writes has a name that nobody else uses: not the one either that it had been started
 * by who was killed, and is about to be. */
static const char conf[] =
    "Dir { ArchiveDir \".\"; FileListDir \".\"; CacheDir \".\"; };\n"
    "Default { Packages::Compress \".\"; };\n"
    "BinDirectory \".\" { Packages \".new/%s\"; Contents \" \"; FileList \".new/list\"; };\n";

const char *const describe_argv[] = {
	"apt-ftparchive", "-q", "-o", "APT::FTPArchive::MD5=false",
	"-o", "APT::FTPArchive::SHA1=false", "-o", "APT::FTPArchive::SHA512=false",
	"generate", ".new/conf", NULL,
};

/* Writes what it reads.  Left to itself it takes files in folders too, and waits for a
 * pipe; so it gets a list.  raw is the name of what it will write. */
static size_t
ask(const struct packages *p, const struct repo *r, const char *raw)
{
	struct buf list = { 0 }, text = { 0 };
	size_t i, n = 0;

	for (i = 0; i < p->v.len; i++) {
		if (p->v.at[i].stanza.len)
			continue;
		n++;
		if (buf_printf(&list, "%s\n", p->v.at[i].file) < 0)
			repo_failed_sys(r, "list");
	}
	if (n && (repo_put(r, "list", list.s, list.len) < 0 ||
	    buf_printf(&text, conf, raw) < 0 || repo_put(r, "conf", text.s, text.len) < 0))
		repo_failed_sys(r, "the list of its packages cannot be written");
	buf_free(&text);
	buf_free(&list);
	return n;
}

static void
refuse(const struct repo *r, struct package *a, const char *why, size_t len)
{
	if (!a || a->why)
		return;
	a->why = strndup(why, len);
	if (!a->why)
		repo_failed_sys(r, "%s", a->file);
}

/* Takes over the stanzas it wrote, if apt would. */
static void
take_stanzas(struct packages *p, const struct repo *r)
{
	struct span text = { p->raw.s, p->raw.len }, stanza, file;
	struct buf why = { 0 };
	struct package *a;
	int fault;

	while (stanza_next(&text, &stanza)) {
		file = stanza_get(stanza, "Filename");
		a = packages_find(p, file.s, file.len);
		if (!a || a->stanza.len)
			continue;
		why.len = 0;
		fault = stanza_fault(stanza, &why);
		if (fault < 0)
			repo_failed_sys(r, "%s", a->file);
		if (fault)
			refuse(r, a, why.s, why.len);
		else
			a->stanza = stanza;
	}
	buf_free(&why);
}

/* Cuts the next line, which ends with a NUL then, off text; NULL when there is none. */
static char *
line_of(char **text)
{
	char *line = *text, *end;

	if (!line || !*line)
		return NULL;
	end = strchrnul(line, '\n');
	*text = *end ? end + 1 : end;
	*end = '\0';
	return line;
}

/* Takes over why it could not read a package: "E: WHY", then "E: Errors apply to file
 * './FILE'".  Returns what it says of itself failing, which its exit code does not
 * tell; or NULL. */
static const char *
take_reasons(struct packages *p, const struct repo *r, char *text)
{
	static const char apply[] = "E: Errors apply to file '";
	const char *why = "", *file, *broken = NULL;
	char *line;
	size_t n;

	while ((line = line_of(&text))) {
		if (!strncmp(line, "E: Error processing", 19))
			broken = broken ? broken : line + 3;
		if (!strncmp(line, apply, sizeof(apply) - 1)) {
			file = strrchr(line, '/');
			n = file ? strlen(++file) : 0;
			if (n && file[n - 1] == '\'')
				refuse(r, packages_find(p, file, n - 1), why, strlen(why));
		} else if (!strncmp(line, "E: ", 3)) {
			why = line + 3;
		}
	}
	return broken;
}

/* The last line that begins with "E: " of what a program said, less that; else its
 * last line. */
static const char *
last_words(char *text)
{
	const char *last = NULL, *error = NULL;
	char *line;

	while ((line = line_of(&text))) {
		last = *line ? line : last;
		error = strncmp(line, "E: ", 3) ? error : line + 3;
	}
	return error ? error : last ? last : "it failed";
}

size_t
describe(struct packages *p, struct repo *r)
{
	struct child c = { .argv = describe_argv, .dir = r->out };
	const char *broken;
	char raw[32];
	size_t n, i;
	int code;

	snprintf(raw, sizeof(raw), "raw.%d", (int)getpid());
	n = ask(p, r, raw);
	if (!n)
		return 0;
	note("repository %s: apt-ftparchive reads %zu", r->branch, n);
	code = child_run(&c);
	if (code < 0)
		repo_failed_sys(r, "apt-ftparchive cannot be run");
	if (code)
		repo_failed(r, EX_IOERR, "apt-ftparchive: %s", last_words(c.err.s));
	if (file_get(r->made, raw, REPO_TEXT, &p->raw) < 0)
		repo_failed_sys(r, "what apt-ftparchive wrote cannot be read");
	repo_clear(r);
	take_stanzas(p, r);
	broken = take_reasons(p, r, c.err.s);
	if (broken)
		repo_failed(r, EX_IOERR, "apt-ftparchive: %s", broken);
	for (i = 0; i < p->v.len; i++)
		if (!p->v.at[i].stanza.len)
			repo_left_out(r, p->v.at[i].file,
			    p->v.at[i].why ? p->v.at[i].why : "cannot be read");
	child_free(&c);
	return n;
}
