#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "eval/arch.h"
#include "eval/envreq.h"
#include "eval/eval.h"
#include "file.h"

/* Thousandths of what the len bytes at s are, "16" or "1.5"; 0 when that is no number. */
static int64_t
thousandths(const char *s, size_t len)
{
	int64_t n = 0;
	int behind = -1;	/* how many digits are behind the point */
	size_t i;

	for (i = 0; i < len && n < 1000000000; i++) {
		if (s[i] == '.' && behind < 0)
			behind = 0;
		else if (s[i] < '0' || s[i] > '9')
			return 0;
		else if (behind < 3)
			n = n * 10 + s[i] - '0', behind += behind >= 0;
	}
	for (behind = behind < 0 ? 0 : behind; behind < 3; behind++)
		n *= 10;
	return i == len ? n : 0;
}

void
envreq_words(const char *words, struct envreq *out)
{
	const struct { const char *name; int64_t *to, times, over; } of[] = {
		{ "core", &out->cores, 1, 1000 },
		{ "total_mem", &out->memory_mib, 1024, 1000 },
		{ "total_mem_per_core", &out->memory_per_core_mib, 1024, 1000 },
		{ "disk", &out->disk_mib, 1000 * 1000, 1024 * 1024 },
	};
	const char *s = words, *is;
	size_t n, i;

	*out = (struct envreq){ 0 };
	while (s += strspn(s, " \t\n"), *s) {
		n = strcspn(s, " \t\n");
		is = memchr(s, '=', n);
		for (i = 0; is && i < sizeof(of) / sizeof(*of); i++)
			if (strlen(of[i].name) == (size_t)(is - s) && !memcmp(of[i].name, s, (size_t)(is - s)))
				*of[i].to = (thousandths(is + 1, n - (size_t)(is + 1 - s)) * of[i].times +
				    of[i].over - 1) / of[i].over;
		s += n;
	}
}

static void
silent(void *arg, size_t line, const char *what)
{
	(void)arg;
	(void)line;
	(void)what;
}

int
envreq_read(const char *dir, const char *arch, struct envreq *out)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;
	struct eval e = { .lenient = 1, .report = silent };
	struct buf text = { 0 };
	const char *words;

	*out = (struct envreq){ 0 };
	if (fd < 0)
		return errno == ENOMEM ? -1 : 0;
	/* Nearly no spec has one, and evaluating takes longer than reading. */
	if (file_get(fd, "spec", EVAL_FILE, &text) == 0 && text.len &&
	    memmem(text.s, text.len, "ENVREQ", 6)) {
		r = eval_init(&e);
		if (r == 0) {
			eval_text(&e, text.s, text.len);
			words = arch_resolve(&e.vars, arch, KIND_SPEC) == 0 ? vars_get(&e.vars, "ENVREQ") : NULL;
			if (words)
				envreq_words(words, out);
			eval_free(&e);
		}
	}
	close_keep(fd);
	buf_free(&text);
	return r;
}
