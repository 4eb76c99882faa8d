/* What this program itself is, to those in the container. */
#ifndef RUN_SELF_H
#define RUN_SELF_H

/* Starts this program once more: from what nobody can write, a read-only mount of its file
 * that is at no place or, without privileges, a sealed copy in memory; and with little of
 * the caller's environment.  Returns when that has been done already.  Dies when it
 * cannot be done.
 *
 * Otherwise "#!/proc/self/exe" in the container leads to a file of the host, which can be
 * written when nobody executes it any more (CVE-2019-5736). */
void self_enclose(char *argv[]);

/* In pid 1, when nothing has to be read of it any more: its memory, descriptors,
 * environment, command line and file are nobody's to see or change in the container.
 * Returns 0, or -1 with errno set. */
int self_hide(void);

#endif
