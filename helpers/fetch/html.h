/* Web pages: portals and servers' errors come as such, in place of a file and
 * with 200 OK. */
#ifndef FETCH_HTML_H
#define FETCH_HTML_H

/* Whether what fd holds begins as a web page does.  Where fd stands is neither
 * heeded nor changed. */
int html_begins(int fd);

#endif
