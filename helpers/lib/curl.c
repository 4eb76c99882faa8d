#include "curl.h"
#include "lazy.h"

struct curl_functions curl;

int
curl_load(void)
{
	static const char *const libraries[] = {
		"libcurl.so.4", "libcurl-gnutls.so.4", NULL,
	};
	static const char *const functions[] = {
#define X(f) "curl_" #f,
		CURL_FUNCTIONS(X)
#undef X
	};

	return lazy_load(libraries, functions,
	    sizeof(functions) / sizeof(*functions), &curl);
}
