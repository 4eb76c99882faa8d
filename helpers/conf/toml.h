/* TOML 1.0, in which the builder of 2020 has its configuration. */
#ifndef AOINB_CONF_TOML_H
#define AOINB_CONF_TOML_H

enum toml_type {
	TOML_STRING,
	TOML_INTEGER,	/* text is decimal, whatever it was written in */
	TOML_BOOLEAN,	/* text is "true" or "false" */
	TOML_OTHER,	/* a float, a date, a time or an array: text is "" */
};

struct toml_value {
	enum toml_type type;
	const char *text;
	int line;	/* of its key */
};

/* Is given each value: key has the names of its tables before its own, with dots
 * between; a name stands in quotes where it needs some.  What is in the third table of
 * an array of tables x has the key "x[2].NAME".  key and v are gone when it returns. */
typedef void toml_take(void *arg, const char *key, const struct toml_value *v);

struct toml_fault {
	int line;
	char why[256];
};

/* Reads text.  Returns 0; or -1 with f set when it is no TOML, in which case take has
 * been given what stands before that.  Ends the program when there is no memory. */
int toml_read(const char *text, toml_take *take, void *arg, struct toml_fault *f);

#endif
