#include <string.h>

#include "eval/scan_internal.h"

enum { HEREDOCS = 8 };

struct heredoc {
	const char *word;	/* as written, quotes and all */
	size_t len;
	int dash;
};

/* How far a list of commands has come. */
struct list {
	char open[SCAN_DEPTH];	/* what closes each thing that is open */
	unsigned n;
	int command;		/* the next word is a command's first */
	int more;		/* a newline does not end it here */
	const char *opened;	/* behind the last "(" */
	struct heredoc doc[HEREDOCS];
	unsigned docs;
};

static int
list_open(struct scan *s, struct list *l, char closer)
{
	if (l->n == SCAN_DEPTH)
		return scan_unclosed(s, s->p);
	l->open[l->n++] = closer;
	return 0;
}

static int
list_closes(struct list *l, char closer)
{
	if (!l->n || l->open[l->n - 1] != closer)
		return 0;
	l->n--;
	return 1;
}

static void
heredoc_note(struct scan *s, struct list *l)
{
	struct heredoc d = { 0 };

	s->p += 2;
	d.dash = *s->p == '-';
	s->p += d.dash;
	s->p += strspn(s->p, " \t");
	d.word = s->p;
	if (scan_word(s) < 0 || l->docs == HEREDOCS)
		return;
	d.len = (size_t)(s->p - d.word);
	l->doc[l->docs++] = d;
}

/* Whether line is the document's last: the word with its quotes taken off. */
static int
heredoc_ends(const struct heredoc *d, const char *line, size_t len)
{
	size_t i, k = 0;

	for (i = 0; i < d->len; i++) {
		if (strchr("\"'\\", d->word[i]))
			continue;
		if (k == len || line[k++] != d->word[i])
			return 0;
	}
	return k == len;
}

static void
heredocs_pass(struct scan *s, struct list *l)
{
	const char *line;
	size_t len;
	unsigned i;

	for (i = 0; i < l->docs; i++)
		while (*s->p) {
			if (l->doc[i].dash)
				s->p += strspn(s->p, "\t");
			line = s->p;
			len = strcspn(line, "\n");
			s->p += len + (line[len] == '\n');
			if (heredoc_ends(&l->doc[i], line, len))
				break;
		}
	l->docs = 0;
}

/* A word, which is a reserved one perhaps. */
static int
list_word(struct scan *s, struct list *l)
{
	static const struct {
		const char *word;
		char opens, closes;
		int command;	/* one may follow at once */
	} reserved[] = {
		{ "if", 'f', 0, 1 }, { "then", 0, 0, 1 }, { "else", 0, 0, 1 },
		{ "elif", 0, 0, 1 }, { "fi", 0, 'f', 1 },
		{ "for", 'd', 0, 0 }, { "select", 'd', 0, 0 },
		{ "while", 'd', 0, 1 }, { "until", 'd', 0, 1 },
		{ "do", 0, 0, 1 }, { "done", 0, 'd', 1 },
		{ "case", 'e', 0, 0 }, { "esac", 0, 'e', 1 },
		{ "{", '}', 0, 1 }, { "}", 0, '}', 1 },
		{ "!", 0, 0, 1 }, { "time", 0, 0, 1 },
	};
	const char *at = s->p;
	size_t len, i;
	int first = l->command;

	if (scan_word(s) < 0)
		return -1;
	len = (size_t)(s->p - at);
	l->command = l->more = 0;
	if (!first)
		return 0;
	if (len == 8 && !memcmp(at, "function", 8)) {
		s->p += strspn(s->p, " \t");
		l->command = l->more = 1;
		return scan_word(s);
	}
	for (i = 0; i < sizeof(reserved) / sizeof(*reserved); i++) {
		if (strlen(reserved[i].word) != len ||
		    memcmp(at, reserved[i].word, len))
			continue;
		l->command = reserved[i].command;
		if (reserved[i].closes)
			list_closes(l, reserved[i].closes);
		return reserved[i].opens ? list_open(s, l, reserved[i].opens) : 0;
	}
	return 0;
}

static int
list_paren(struct scan *s, struct list *l)
{
	const char *at = s->p;

	if (*at == '(' && at[1] == '(')
		return scan_parens(s);
	s->p++;
	l->command = 1;
	if (*at == '(') {
		l->opened = s->p;
		return list_open(s, l, ')');
	}
	/* "name()": its body may begin on the next line */
	l->more = at == l->opened;
	list_closes(l, ')');
	return 0;
}

/* An operator.  Returns 1 when it ends the list. */
static int
list_operator(struct scan *s, struct list *l)
{
	char c = *s->p, next = s->p[1];

	switch (c) {
	case '<':
	case '>':
		if (c == '<' && next == '<' && s->p[2] != '<')
			heredoc_note(s, l);
		else
			s->p += next == c || next == '&' ? 2 : 1;
		return 0;
	case '\n':
		s->p++;
		heredocs_pass(s, l);
		l->command = 1;
		return !l->n && !l->more;
	case ';':
		s->p += strspn(s->p, ";&");
		break;
	case '&':
		if (next == '>') {
			s->p += 2;
			return 0;
		}
		/* FALLTHROUGH */
	default:
		s->p += next == c || (c == '|' && next == '&') ? 2 : 1;
		l->more = c == '|' || next == '&';
	}
	l->command = 1;
	return !l->n && !l->more;
}

int
scan_list(struct scan *s, char closer)
{
	const char *open = s->p;
	struct list l = { .command = 1 };
	int got = 0;

	if (closer)
		l.open[l.n++] = closer;
	do {
		s->p += strspn(s->p, " \t");
		if (!*s->p)
			return l.n ? scan_unclosed(s, open) : 0;
		if (s->p[0] == '\\' && s->p[1] == '\n') {
			s->p += 2;
		} else if (*s->p == '#') {
			scan_comment(s);
		} else if (*s->p == '(' || *s->p == ')') {
			got = list_paren(s, &l);
		} else if (strchr("\n;&|<>", *s->p)) {
			if (list_operator(s, &l))
				return 0;
		} else {
			got = list_word(s, &l);
		}
	} while (got == 0 && (l.n || !closer));
	return got;
}

int
scan_command(struct scan *s)
{
	return scan_list(s, '\0');
}
