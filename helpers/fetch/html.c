#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "fetch/html.h"

static const char space[] = " \t\r\n\f\v";

int
html_begins(int fd)
{
	char head[512], *s = head;
	ssize_t n = pread(fd, head, sizeof(head) - 1, 0);

	if (n <= 0)
		return 0;
	head[n] = '\0';
	if (!strncmp(s, "\xef\xbb\xbf", 3))
		s += 3;
	s += strspn(s, space);
	if (!strncasecmp(s, "<html", 5))
		return 1;
	if (strncasecmp(s, "<!doctype", 9) || !strchr(space, s[9]))
		return 0;
	s += 9 + strspn(s + 9, space);
	return !strncasecmp(s, "html", 4);
}
