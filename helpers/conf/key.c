#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "conf/key.h"
#include "parse.h"
#include "reach.h"

const struct key key_tab[] = {
{ "", "work_dir", KEY_PATH, NULL, "/var/cache/aoinb/work",
  "Where everything happens: layers, refs, jobs, cache and output.\n"
  "It must not lie on an overlay itself." },
{ "", "arch", KEY_WORD, NULL, NULL,
  "Architecture to build for, as AOSC and dpkg name it: amd64, arm64, ...\n"
  "The default is this machine's." },

{ "base", "manifest", KEY_TEXT, NULL, "https://releases.aosc.io/manifest/recipe.json",
  "Release manifest that load-baseos reads when it is given no image.\n"
  "Paths in it are relative to its host." },
{ "base", "variant", KEY_WORD, NULL, "BuildKit",
  "Variant to take from the manifest." },
{ "base", "mount", KEY_BOOL, NULL, "no",
  "Whether images that \"aoinb layer import\" brings are mounted when they are used, where\n"
  "the kernel can, and not unpacked." },

{ "instance", "update", KEY_AGE, NULL, "6h",
  "When a build updates the instance of its branch first: always, never, or\n"
  "when the last update is older than an age such as 6h.  With an age, a build that\n"
  "failed is repeated on what it failed on." },
{ "instance", "max_layers", KEY_NUMBER, NULL, "16",
  "An instance of more layers than this is renewed from the base in one." },

{ "build", "backend", KEY_CHOICE, "native|nspawn", "native",
  "Container: our own, or systemd-nspawn." },
{ "build", "network", KEY_CHOICE, "yes|private|host|no", "yes",
  "Network of a build.  private: one of its own, from which others are reached, but\n"
  "neither this machine's loopback nor its own addresses; host: this machine's; no: none;\n"
  "yes: private where that can be had, else host.  Build dependencies are installed\n"
  "over one in any case, before the build.  Where mirrors or proxies are on the loopback\n"
  "of this machine, it is host in place of yes and private." },
{ "build", "sandbox", KEY_CHOICE, "auto|yes|no", "auto",
  "Whether the build may make user namespaces, for a sandbox of its own (bwrap,\n"
  "unshare --user).  There it has all capabilities, and reaches more of the kernel, as\n"
  "any user of a machine does.  auto: where the build is in a user namespace itself." },
{ "build", "tmp", KEY_SIZE, NULL, "0",
  "/tmp of the build in memory, and how much it holds.  0: on the disk, in the\n"
  "workspace." },
{ "build", "userns", KEY_CHOICE, "auto|yes|no", "auto",
  "Whether root of a container is nobody outside: each has a range of ids of its own,\n"
  "while files keep their owners on the disk.  auto: where the kernel (Linux 5.19)\n"
  "and the file systems can." },
{ "build", "jobs", KEY_NUMBER, NULL, "0",
  "Compile jobs at once; 0 is one a core." },
{ "build", "maintainer", KEY_TEXT, NULL, "",
  "Maintainer: of packages: Name <mail>.  Without one it is that of the base system's\n"
  "autobuild; where that has none, \"Unknown Maintainer <maintainer@localhost>\"." },
{ "build", "branch", KEY_WORD, NULL, "",
  "The branch where a command names none; AOINB_BRANCH goes before it.  Without either it\n"
  "is the only one there is." },
{ "build", "verstamp", KEY_STAMP, NULL, "auto",
  "What versions have behind them.  auto, for packages of a tree that is in git, on a\n"
  "branch other than stable: ~pre and the time of its commit, UTC; where files are\n"
  "changed, ~pre, the time of the build and ~dirty.  no: nothing.  Else this text, of\n"
  "letters, digits and .+~" },
{ "build", "acbs_version", KEY_BOOL, NULL, "yes",
  "Whether packages say in X-AOSC-ACBS-Version which aoinb built them." },

{ "limit", "time", KEY_DURATION, NULL, "0",
  "A build that takes longer is ended: 90s, 15m, 6h, 2d.  0 is no limit." },
{ "limit", "silence", KEY_DURATION, NULL, "2h",
  "What neither prints nor computes for so long is ended: a build, and what goes\n"
  "before it.  0: never." },
{ "limit", "setup_time", KEY_DURATION, NULL, "6h",
  "What goes before a build has containers of its own: an update, the choice and the\n"
  "installation of dependencies, version control.  One that takes longer is ended.\n"
  "0 is no limit." },
{ "limit", "memory", KEY_MEMORY, NULL, "auto",
  "Memory of a container: 512M, 8G; auto is seven eighths of what the machine has.\n"
  "0 is no limit." },
{ "limit", "tasks", KEY_NUMBER, NULL, "16384",
  "Processes and threads of a container.  0 is no limit." },
{ "limit", "log", KEY_SIZE, NULL, "256M",
  "Of a longer log the beginning and the end are kept.  0: all." },
{ "limit", "packages", KEY_NUMBER, NULL, "2000",
  "Packages that one build may make.  0 is no limit." },
{ "limit", "packages_size", KEY_SIZE, NULL, "32G",
  "What the packages of one build may hold together.  0 is no limit." },
{ "limit", "disk_free", KEY_SIZE, NULL, "512M",
  "A build is ended, or not begun, when work_dir has less free space." },

{ "monitor", "interval", KEY_DURATION, NULL, "3s",
  "Time between two samples of CPU, memory and disk." },

{ "fetch", "user", KEY_WORD, NULL, "aoinb-fetch",
  "Whose rights downloads have.  Without such a user: nobody's." },
{ "fetch", "jobs", KEY_NUMBER, NULL, "8",
  "Downloads at once." },
{ "fetch", "per_host", KEY_NUMBER, NULL, "8",
  "Connections to one host." },
{ "fetch", "retries", KEY_NUMBER, NULL, "3",
  "How often a download that broke is tried again." },
{ "fetch", "connect_timeout", KEY_DURATION, NULL, "15s",
  "How long to wait for a server to answer at all." },
{ "fetch", "stall_timeout", KEY_DURATION, NULL, "30s",
  "How long to wait for the next byte." },
{ "fetch", "least_speed", KEY_SIZE, NULL, "1K",
  "What a download has to bring a second, on average over speed_window; of one\n"
  "that brings less the rest is asked for at the next place.  0: any." },
{ "fetch", "speed_window", KEY_DURATION, NULL, "1m",
  "How long it may be slower." },
{ "fetch", "private", KEY_REACH, NULL, "no",
  "Whether sources may come from hosts that have no public address: this machine,\n"
  "its network, link-local ones.  no, yes, or the hosts (build.lan, build.lan:8080)\n"
  "and networks (10.0.0.0/8) that may.  Hosts of the templates below, of the release\n"
  "manifest and of proxies may in any case." },
{ "fetch", "max_size", KEY_SIZE, NULL, "16G",
  "A larger file is refused." },
{ "fetch", "mirror", KEY_LIST, NULL, "",
  "Templates tried before the URL of the spec, in this order; words in braces\n"
  "are replaced: {algo} {hex} {sha256} {scheme} {host} {path} {name}." },
{ "fetch", "fallback", KEY_LIST, NULL, "",
  "Templates tried after it." },
{ "fetch", "pypi", KEY_LIST, NULL, "",
  "Where a source of the type pypi is: a URL in which {name}, {version} and\n"
  "{initial}, the first letter of the name, are replaced." },

{ "cache", "max_size", KEY_SIZE, NULL, "0",
  "What the cache of sources may hold after \"aoinb cache gc\": what was used\n"
  "longest ago goes first.  0 is no limit." },
{ "cache", "max_age", KEY_DURATION, NULL, "0",
  "What was used longer ago goes then: 30d.  0 is no limit." },

{ "tree", "path", KEY_PATH, NULL, "",
  "Tree of packages, for targets that are names: folders category/name, and\n"
  "groups.  Without one, targets are paths." },

{ "group", "slots", KEY_NUMBER, NULL, "0",
  "Builds at once; 0 is what cores and memory allow." },
{ "group", "memory", KEY_SIZE, NULL, "0",
  "Memory that all of them may use together; 0 is what the machine has." },

{ "group", "needs", KEY_LIST, NULL, "",
  "What a build wants of the machine that a server finds for it, where neither its spec\n"
  "says that in ENVREQ nor builds before tell: cores=2 memory=4G disk=20G time=6h, any\n"
  "of these." },

{ "repo", "use", KEY_BOOL, NULL, "yes",
  "Whether a build can install what was built for its branch before; then that\n"
  "goes before what the mirror has." },
{ "repo", "sign", KEY_LIST, NULL, "",
  "Keys that sign the index of a branch's packages: fingerprints or other names\n"
  "by which gpg finds them." },
{ "repo", "also", KEY_LIST, NULL, "",
  "Names of packages that a build may make beside those of its defines, and those\n"
  "with -dbg behind; patterns such as *-examples." },
{ "repo", "keep", KEY_NUMBER, NULL, "0",
  "Versions of a package that stay in the repository; older ones are removed.\n"
  "0: all." },
{ "repo", "valid", KEY_DURATION, NULL, "0",
  "How long an index is good from when it is made: 30d.  After that, apt refuses\n"
  "it.  0: for ever." },

{ "apt", "proxy", KEY_URL, NULL, "",
  "Proxy that apt uses in containers: http://HOST:PORT.  Without one, http_proxy and\n"
  "https_proxy of the environment hold." },
{ "apt", "max_size", KEY_SIZE, NULL, "20G",
  "What the cache of packages that apt downloaded may hold; those used longest ago\n"
  "go first.  0 is no limit." },

{ "deps", "max_size", KEY_SIZE, NULL, "20G",
  "What layers of build dependencies may hold; those used longest ago go first.\n"
  "0 is no limit." },

{ "serve", "dir", KEY_PATH, NULL, "/var/lib/aoinb",
  "Where everything of aoinb-serve lies: queue, bundles, logs, packages, and the\n"
  "repositories in output." },
{ "serve", "listen", KEY_LIST, NULL, "127.0.0.1:8720",
  "Addresses that it listens on: HOST:PORT, [HOST]:PORT, unix:PATH." },
{ "serve", "url", KEY_TEXT, NULL, "",
  "By which others reach it, for what they are told: https://build.example.org.\n"
  "Without one, the name that a request came with." },
{ "serve", "public", KEY_CHOICE, "repo|all|no", "repo",
  "What needs no token: the repositories, all that can be read, or nothing." },
{ "serve", "branches", KEY_LIST, NULL, "",
  "Branches that tasks may be for.  Without any, those that have a source list." },
{ "serve", "engine", KEY_CHOICE, "pull|slurm", "pull",
  "Who builds tasks that do not say: workers that ask, or nodes that Slurm finds." },
{ "serve", "bundle_size", KEY_SIZE, NULL, "64M",
  "What a bundle may hold as it is uploaded." },
{ "serve", "bundle_unpacked", KEY_SIZE, NULL, "512M",
  "What it may hold unpacked." },
{ "serve", "bundle_entries", KEY_NUMBER, NULL, "20000",
  "How many files and folders it may have." },
{ "serve", "bundle_ratio", KEY_NUMBER, NULL, "200",
  "How many times its size it may unpack to, above 1M.  0: any." },
{ "serve", "output_size", KEY_SIZE, NULL, "8G",
  "What one package of a worker may hold." },
{ "serve", "log_size", KEY_SIZE, NULL, "1G",
  "What the log of one attempt may hold." },
{ "serve", "disk_free", KEY_SIZE, NULL, "1G",
  "With less room on its disk nothing is uploaded." },
{ "serve", "lease", KEY_DURATION, NULL, "5m",
  "How long nothing may be heard of a worker before another gets its task." },
{ "serve", "retries", KEY_NUMBER, NULL, "3",
  "How often a task is tried when machines are at fault." },
{ "serve", "rate", KEY_NUMBER, NULL, "60",
  "New tasks a minute by one token; three times that at once.  0: any." },
{ "serve", "uploads", KEY_NUMBER, NULL, "4",
  "Bundles that one token may be uploading at once.  0: any." },
{ "serve", "upload_day", KEY_SIZE, NULL, "20G",
  "What bundles of one token may hold together, a day.  0: any." },
{ "serve", "keep_tasks", KEY_DURATION, NULL, "0",
  "How long a task is kept that has ended, with all its files: 90d.  0: for ever." },
{ "serve", "keep_logs", KEY_DURATION, NULL, "0",
  "The same of its logs alone." },
{ "serve", "cache", KEY_PATH, NULL, "",
  "Cache of sources that workers may read, mostly cache/sources in the work_dir of this\n"
  "machine.  Theirs then have the mirror http://HOST:PORT/cache/{algo}/{hex}." },
{ "serve", "access_log", KEY_BOOL, NULL, "yes",
  "Whether each request is a line on the standard output." },
{ "serve", "webhook", KEY_LIST, NULL, "",
  "URLs that are told when a verdict changes." },
{ "serve", "webhook_secret", KEY_PATH, NULL, "",
  "File with the key that signs what they are told." },
{ "serve", "mail", KEY_LIST, NULL, "",
  "Addresses that get mail then." },
{ "serve", "sendmail", KEY_PATH, NULL, "/usr/sbin/sendmail",
  "The program that mail is given to." },

{ "server", "url", KEY_TEXT, NULL, "",
  "The server that is asked to build, and is told of what was built: http://HOST:PORT,\n"
  "https://HOST or unix:PATH.  Without one, that of this machine, for who may use its\n"
  "admin.sock.  AOINB_SERVER of the environment goes before it." },
{ "server", "token_file", KEY_PATH, NULL, "",
  "File with the token that it gave; AOINB_TOKEN_FILE goes before it." },

{ "work", "server", KEY_URL, NULL, "",
  "URL of the server that \"aoinb work\" builds for: https://build.example.org." },
{ "work", "token_file", KEY_PATH, NULL, "/etc/aoinb/work.token",
  "File with the token of this worker, for root alone." },
{ "work", "key_file", KEY_PATH, NULL, "/etc/aoinb/work.key",
  "File with the key that signs its results; made where it is missing." },
{ "work", "name", KEY_WORD, NULL, "",
  "Its name at the server, that of its token.  The default is the host's." },
{ "work", "slots", KEY_NUMBER, NULL, "1",
  "Tasks at once; each may have that part of cores, memory and disk." },
{ "work", "branches", KEY_LIST, NULL, "",
  "Branches that it builds for.  Without any: all that it has a source list of, and\n"
  "with source_lists all of the server." },
{ "work", "archs", KEY_LIST, NULL, "",
  "Architectures that it builds for.  Without any: arch." },
{ "work", "settings", KEY_LIST, NULL, "limit_time limit_silence",
  "Keys that a task may set for its build, such as limit_time; others stay as they\n"
  "are here." },
{ "work", "source_lists", KEY_BOOL, NULL, "yes",
  "Whether the server's source list is used for a branch that has none here." },
{ "work", "repo", KEY_BOOL, NULL, "yes",
  "Whether a build can install what the server's repository of the branch has.  What\n"
  "comes from there is believed, as the task is." },
{ "work", "base", KEY_TEXT, NULL, "",
  "Base system to load when there is none: auto for the release manifest,\n"
  "debian:SUITE, or the path of an image." },

{ "slurm", "token_file", KEY_PATH, NULL, "/etc/aoinb/place.token",
  "File with the token of aoinb-place, which has Slurm build what the server of [work]\n"
  "wants from it." },
{ "slurm", "command", KEY_LIST, NULL, "aoinb",
  "What starts aoinb on a node: a path, or words such as sudo -n aoinb." },
{ "slurm", "options", KEY_LIST, NULL, "",
  "More options of sbatch: --partition=build --output=/var/log/slurm/aoinb-%j.log." },
{ "slurm", "jobs", KEY_NUMBER, NULL, "200",
  "Jobs in Slurm's queue at most." },
{ "slurm", "poll", KEY_DURATION, NULL, "1m",
  "How often Slurm is asked what it has." },
{ "slurm", "grace", KEY_DURATION, NULL, "30s",
  "How long a job that is cancelled may take to end by itself." },
{ "slurm", "patience", KEY_DURATION, NULL, "1m",
  "How long a program of Slurm may take to answer." },

{ "clean", "keep", KEY_CHOICE, "never|failed|always", "failed",
  "Which workspaces stay after a build, for \"aoinb shell JOB\"." },
{ "clean", "max_age", KEY_DURATION, NULL, "14d",
  "Workspaces of builds that failed longer ago go.  0 is no limit." },
{ "clean", "max_size", KEY_SIZE, NULL, "20G",
  "What jobs with such workspaces may hold together; those that failed longest ago\n"
  "lose theirs first.  0 is no limit." },
{ NULL, NULL, 0, NULL, NULL, NULL },
};

const struct key *
key_find(const char *section, const char *name)
{
	const struct key *k;

	for (k = key_tab; k->name; k++)
		if (!strcmp(k->section, section) && !strcmp(k->name, name))
			return k;
	return NULL;
}

const char *
key_full(const struct key *k)
{
	static char full[128];

	snprintf(full, sizeof(full), "%s%s%s", k->section,
	    *k->section ? "_" : "", k->name);
	return full;
}

const struct key *
key_named(const char *full)
{
	const struct key *k;

	for (k = key_tab; k->name; k++)
		if (!strcmp(key_full(k), full))
			return k;
	return NULL;
}

static int
in_choice(const char *of, const char *value)
{
	size_t len = strlen(value), n;

	for (; *of; of += n + (of[n] == '|')) {
		n = strcspn(of, "|");
		if (n == len && !strncmp(of, value, n))
			return 1;
	}
	return 0;
}

/* It goes into files in which quotes and backslashes have a meaning. */
static int
is_url(const char *s)
{
	const char *behind = strstr(s, "://");

	return behind && behind > s && behind[3] &&
	    s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-._~:/?#[]@!$&()*+,;=%")] == '\0';
}

static const char *
check_characters(const struct key *k, const char *value)
{
	const unsigned char *p;

	for (p = (const unsigned char *)value; *p; p++) {
		if (*p < ' ' || *p == 0x7f)
			return "holds a control character";
		if (k->type == KEY_WORD && !isalnum(*p) && !strchr("_-.+", *p))
			return "holds more than letters, digits and _-.+";
	}
	if (!*value)	/* what is empty by default may be set to that */
		return k->type == KEY_LIST || (k->value && !*k->value) ?
		    NULL : "is empty";
	if (k->type == KEY_URL && !is_url(value))
		return "is not a URL such as http://HOST:PORT";
	if (k->type == KEY_PATH && *value != '/')
		return "is not an absolute path";
	return NULL;
}

const char *
key_plain(const struct key *k, const char *value)
{
	int truth = k->type == KEY_BOOL ||
	    (k->type == KEY_CHOICE && in_choice(k->of, "yes") && in_choice(k->of, "no")), b;

	if (k->type == KEY_STAMP && parse_bool(value, &b) == 0 && !b)
		return "no";
	return truth && parse_bool(value, &b) == 0 ? b ? "yes" : "no" : value;
}

/* A word that means yes is none: what would be behind a version then? */
static const char *
check_stamp(const char *value)
{
	int b;

	if (parse_bool(value, &b) == 0 && !b)
		return NULL;
	return !*value || parse_bool(value, &b) == 0 ||
	    value[strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789.+~")] ? "is neither auto, no, nor letters, digits and .+~" : NULL;
}

static const char *
check_reach(const char *value)
{
	struct reach r = { 0 };
	const char *wrong = reach_add(&r, value);

	reach_free(&r);
	return wrong ? "is neither yes, no, nor hosts and networks such as 10.0.0.0/8" :
	    NULL;
}

const char *
key_check(const struct key *k, const char *value)
{
	uint64_t n;
	int b;

	switch (k->type) {
	case KEY_BOOL:
		return parse_bool(value, &b) < 0 ? "is neither yes nor no" : NULL;
	case KEY_NUMBER:
		return parse_uint(value, 0, INT32_MAX, &n) < 0 ?
		    "is not a whole number" : NULL;
	case KEY_SIZE:
		return parse_size(value, &n) < 0 ?
		    "is not a size such as 512M or 8G" : NULL;
	case KEY_MEMORY:
		return strcmp(value, "auto") && parse_size(value, &n) < 0 ?
		    "is neither auto nor a size such as 512M or 8G" : NULL;
	case KEY_AGE:
		if (!strcmp(value, "always") || !strcmp(value, "never"))
			return NULL;
		/* FALLTHROUGH */
	case KEY_DURATION:
		return parse_duration(value, &n) < 0 ?
		    "is not a time such as 90s, 15m or 6h" : NULL;
	case KEY_REACH:
		return check_reach(value);
	case KEY_STAMP:
		return check_stamp(value);
	case KEY_CHOICE:
		return in_choice(k->of, key_plain(k, value)) ? NULL : "is none of the choices";
	default:
		return check_characters(k, value);
	}
}

int
key_is_list(const struct key *k)
{
	return k->type == KEY_LIST || k->type == KEY_REACH;
}

const char *
key_type_name(const struct key *k)
{
	static const char *const names[] = {
		[KEY_PATH] = "path", [KEY_WORD] = "word", [KEY_TEXT] = "text", [KEY_URL] = "url",
		[KEY_LIST] = "list", [KEY_REACH] = "yes|no|list",
		[KEY_BOOL] = "yes|no", [KEY_STAMP] = "auto|no|text",
		[KEY_NUMBER] = "number", [KEY_SIZE] = "size",
		[KEY_MEMORY] = "auto|size",
		[KEY_DURATION] = "time", [KEY_AGE] = "always|never|time",
	};

	return k->type == KEY_CHOICE ? k->of : names[k->type];
}

const char *
key_machine_arch(void)
{
	static const char *const names[][2] = {
		{ "x86_64", "amd64" }, { "aarch64", "arm64" },
		{ "ppc64le", "ppc64el" }, { "mips64", "loongson3" },
		{ "ppc", "powerpc" }, { "i486", "i486" }, { "i586", "i486" },
		{ "i686", "i486" }, { "armv7l", "armv7hf" },
		{ "armv6l", "armv6hf" }, { "armv4l", "armv4" },
	};
	static struct utsname u;
	size_t i;

	if (uname(&u) < 0)
		return "unknown";
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(u.machine, names[i][0]))
			return names[i][1];
	return u.machine;
}

uint64_t
key_machine_memory(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

	return pages > 0 && size > 0 ?
	    (uint64_t)pages * (uint64_t)size / 1024 / 8 * 7 : 0;
}
