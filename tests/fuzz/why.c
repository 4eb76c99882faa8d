/* libFuzzer's entry to what finds out why a build failed: the first byte chooses the
 * verdict, the others are a log.  Beside what the sanitizers see, it holds that
 *   - what is found is text in UTF-8, without control characters, and not empty;
 *   - its lines are lines of the log, and those behind the first are in their order;
 *   - something is found in every log that is not blank;
 *   - it is the same in whatever pieces the log comes (a file is read by 64 KiB, so that
 *     this is the offset: as many blank lines go before). */
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "file.h"
#include "plain.h"
#include "why/match.h"
#include "why/why.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const verdicts[] = { "", "failed", "timeout", "silent", "oom",
    "disk-full", "signal", "killed" };

static int file = -1;

static void
must(int holds)
{
	if (!holds)
		abort();
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	size_t i, n, longest;
	const char *p;

	(void)argc;
	(void)argv;
	setlocale(LC_ALL, "C.UTF-8");
	file = memfd_create("log", MFD_CLOEXEC);
	must(file >= 0);
	/* A pattern of nothing plain would be looked at for each line. */
	for (i = 0; i < why_rules_n; i++) {
		longest = 0;
		for (p = why_rules[i].pattern; *p; p += n ? n : 1) {
			n = strcspn(p, "^*%$");
			longest = n > longest ? n : longest;
		}
		must(longest >= 2);
	}
	return 0;
}

static void
look(const uint8_t *data, size_t size, size_t blank, const char *verdict, struct why *w)
{
	char lines[64];

	must(ftruncate(file, 0) == 0 && lseek(file, 0, SEEK_SET) == 0);
	memset(lines, '\n', sizeof(lines));
	for (; blank; blank -= sizeof(lines))
		must(file_write(file, lines, sizeof(lines)) == 0);
	must(file_write(file, (const char *)data, size) == 0);
	must(why_find(file, verdict, w) == 0);
}

static void
check(const struct why *w, uint64_t lines)
{
	char text[WHY_TEXT];
	struct buf json = { 0 };
	size_t i;

	must(w->n <= WHY_LINES);
	for (i = 0; i < w->n; i++) {
		must(w->at[i].line >= 1 && w->at[i].line <= lines);
		must(i < 2 || w->at[i].line >= w->at[i - 1].line);
		must(*w->at[i].kind && *w->at[i].text);
		strcpy(text, w->at[i].text);
		plain_line(text);
		must(!strcmp(text, w->at[i].text));
	}
	must(why_json(w, "", &json) == 0 && !strchr(json.s, '\033'));
	buf_free(&json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { BLANK = (1 << 16) - 64 };
	static struct why w, later;
	const char *verdict;
	uint64_t lines = 1;
	size_t i;

	if (!size)
		return 0;
	verdict = verdicts[*data++ % 8];
	size--;
	for (i = 0; i < size; i++)
		lines += data[i] == '\n';
	look(data, size, 0, verdict, &w);
	check(&w, lines);
	for (i = 0; i < size && data[i] != '\033' && strchr(" \t\r\n", data[i]); i++)
		;
	must(w.n || i == size || memchr(data, '\033', size));
	look(data, size, BLANK, verdict, &later);
	must(w.n == later.n);
	for (i = 0; i < w.n; i++)
		must(w.at[i].line + BLANK == later.at[i].line && w.at[i].kind == later.at[i].kind &&
		    !strcmp(w.at[i].text, later.at[i].text));
	return 0;
}
