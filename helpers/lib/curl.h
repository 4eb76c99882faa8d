/* libcurl, loaded when first needed: a fetch of what is in the cache has no use
 * for it, and it takes three milliseconds with what it needs itself. */
#ifndef AOINB_CURL_H
#define AOINB_CURL_H

#include <curl/curl.h>

#define CURL_FUNCTIONS(X) \
	X(easy_cleanup) X(easy_getinfo) X(easy_header) X(easy_init) \
	X(easy_perform) X(easy_reset) \
	X(easy_setopt) X(easy_strerror) X(easy_unescape) X(free) \
	X(global_cleanup) X(global_init) X(multi_add_handle) \
	X(multi_cleanup) X(multi_info_read) X(multi_init) X(multi_perform) \
	X(multi_poll) X(multi_remove_handle) X(multi_setopt) \
	X(slist_append) X(slist_free_all) \
	X(url) X(url_cleanup) X(url_get) X(url_set) X(version_info)

/* curl.easy_init() is curl_easy_init(), and so on: for after curl_load. */
struct curl_functions {
#define X(f) __typeof__(curl_##f) *f;
	CURL_FUNCTIONS(X)
#undef X
};
extern struct curl_functions curl;

/* Returns 0, or -1 with errno ENOTSUP. */
int curl_load(void);

#endif
