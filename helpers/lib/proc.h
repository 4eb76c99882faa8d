/* Processes: becoming a program, and passing a child's end on. */
#ifndef AOINB_PROC_H
#define AOINB_PROC_H

/* Executes argv by PATH.  Does not return: when it fails, says so and exits
 * 127 (not found) or 126 (anything else), as env(1) and nice(1) do. */
void proc_become(char *argv[]) __attribute__((noreturn));

/* The exit code to pass on for a wait status: the child's own, or 128 + N when
 * signal N killed it.  One of 128 and more is passed on as well, since the child
 * may be one of us that says so of its own child. */
int proc_code(int status);

/* Waits for the child pid, and returns proc_code of it; or -1 with errno set. */
int proc_wait(int pid);

/* From now on we are killed (SIGKILL) when our parent dies.  parent is who that
 * was when the caller last knew it to live: when it has died meanwhile, we end
 * here.  Lasts over exec.  Returns 0, or -1 with errno set. */
int proc_die_with(int parent);

/* Puts signals as a fresh program expects them: all at their default, none
 * blocked.  SIGPIPE and SIGCHLD may be ignored in whoever started us. */
void proc_signals_default(void);

/* argv as one line for sh(1) on stderr or stdout (fd), for -n and -v. */
int proc_show(int fd, char *argv[]);

#endif
