#include <errno.h>
#include <string.h>

#include "base64.h"
#include "json.h"
#include "provenance/envelope.h"

#define TYPE "application/vnd.aoinb.result+json"

/* The member key of an object, decoded by base64. */
static int
bytes(const char *object, size_t len, const char *key, struct buf *out)
{
	struct buf text = { 0 };
	int r = json_get(object, len, key, &text);

	if (r == 0)
		r = base64_get(out, text.s ? text.s : "", text.len);
	if (r < 0 && errno == ENOENT)
		errno = EBADMSG;
	buf_free(&text);
	return r;
}

static int
is_result(const struct buf *envelope)
{
	struct buf type = { 0 };
	int is = json_get(envelope->s, envelope->len, "payloadType", &type) == 0 && type.len &&
	    !strcmp(type.s, TYPE);

	buf_free(&type);
	return is;
}

/* Whether one of the list of signatures is of these bytes. */
static int
is_signed(const struct buf *list, const struct buf *said, const unsigned char key[SIGN_KEY])
{
	const char *at = list->s, *end = list->s + list->len, *one;
	struct buf sig = { 0 };
	size_t len;
	int got, is = 0;

	while (!is && (got = json_next(&at, end, &one, &len)) > 0) {
		sig.len = 0;
		if (bytes(one, len, "sig", &sig) < 0)
			got = -1;
		else if (sig.len == SIGN_LEN)
			is = sign_check(key, said->s, said->len, (unsigned char *)sig.s);
		if (got < 0 || is < 0)
			break;
	}
	buf_free(&sig);
	return is ? is : got < 0 ? -1 : 0;
}

int
envelope_open(const struct buf *envelope, const unsigned char key[SIGN_KEY], struct buf *out)
{
	struct buf list = { 0 }, said = { 0 };
	int r = -1;

	errno = EBADMSG;
	if (envelope->len && is_result(envelope) &&
	    bytes(envelope->s, envelope->len, "payload", out) == 0 && out->len &&
	    json_get(envelope->s, envelope->len, "signatures", &list) == 0 && list.len &&
	    sign_envelope(&said, TYPE, out->s, out->len) == 0)
		r = is_signed(&list, &said, key);
	if (r < 0 && errno == ENOENT)
		errno = EBADMSG;
	buf_free(&list);
	buf_free(&said);
	return r;
}
