#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "job/args.h"
#include "job/env.h"

static void
put(struct buf *env, const char *name, const char *value)
{
	const char *p;

	if (!value || !*value)
		return;
	for (p = value; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 127)
			die(EX_USAGE, "%s: holds a control character", name);
	sure(buf_printf(env, "%s=%s\n", name, value));
}

static const char *
epoch(void)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");

	if (!text || !*text)
		return NULL;
	if (text[strspn(text, "0123456789")] || strlen(text) > 18)
		die(EX_USAGE, "SOURCE_DATE_EPOCH: %s: not seconds since 1970", text);
	return text;
}

void
env_begin(struct buf *env, const char *modifiers)
{
	static const char *const proxies[] = {
		"http_proxy", "https_proxy", "all_proxy", "no_proxy",
	};
	size_t i;

	put(env, "ABMODIFIERS", modifiers);
	for (i = 0; i < sizeof(proxies) / sizeof(*proxies); i++)
		put(env, proxies[i], getenv(proxies[i]));
	epoch();
}

void
env_epoch(struct buf *env, int64_t newest)
{
	const char *text = epoch();

	if (text)
		put(env, "SOURCE_DATE_EPOCH", text);
	else
		sure(buf_printf(env, "SOURCE_DATE_EPOCH=%" PRId64 "\n", newest));
}
