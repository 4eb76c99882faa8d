/* Who asks, and what he may. */
#ifndef SERVE_AUTH_H
#define SERVE_AUTH_H

#include <stdint.h>

enum scope {
	SCOPE_NONE = 0, SCOPE_READ = 1, SCOPE_SUBMIT = 2, SCOPE_CANCEL = 4, SCOPE_WORK = 8,
	SCOPE_ADMIN = 16, SCOPE_PLACE = 32,
};

struct who {
	int64_t id;		/* of the token; 0: none, or the admin's socket */
	int scopes;
	char name[256];		/* "" for nobody */
	char branches[1024];	/* a JSON list; "" for all */
	char archs[1024];	/* a JSON list */
};

struct req;

/* Finds out who it is.  Returns 0, or -1 having answered.  Who brings no token is nobody,
 * with the scopes that everybody has. */
int auth_who(struct req *r);

/* Takes who the token is of.  Returns 0, or -1 having answered. */
int auth_token(struct req *r, const char *token);

/* Whether who has the scope; else answers 401 or 403. */
int auth_scope(struct req *r, enum scope scope);

/* Whether he may work on this branch; else answers 403. */
int auth_branch(struct req *r, const char *branch);

/* Whether what asks, where it changes something, is a page of this server's, as Origin and
 * Sec-Fetch-Site say; with programs set also who is no browser and sends neither.  Else
 * answers 403. */
int auth_origin(struct req *r, int programs);

/* The secret that the request carries, without the word before it; NULL when it has
 * none.  In a buffer of this thread. */
const char *auth_bearer(struct req *r);

/* A new secret, as 64 hex digits, and its SHA-256.  Returns 0, or -1 with errno set. */
enum { SECRET_HEX = 65 };
int auth_secret(char secret[SECRET_HEX], char sha[SECRET_HEX]);

/* Whether secret has that SHA-256, in a time that does not tell where it differs. */
int auth_is(const char *secret, const char *sha);

/* Counts a wrong secret of the client: waits, and answers 401, or 429 when there were
 * many. */
void auth_wrong(struct req *r, const char *why);

/* Whether the client guessed too often; then waits, and answers 429. */
int auth_guesses(struct req *r);

/* Whether the token may make another task now; else answers 429. */
int auth_rate(struct req *r);

/* Books bytes of an upload to the token, of which [serve] upload_day come back in a day.
 * Returns whether it has any left. */
int auth_bytes(struct req *r, int64_t bytes);

/* The bits of a JSON list of scopes; -1 when one of them is none. */
int auth_scopes(const char *list);

void token_list(struct req *r);
void token_add(struct req *r);
void token_revoke(struct req *r);
void session_begin(struct req *r);
void session_end(struct req *r);

#endif
