#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unpack/acl.h"
#include "unpack/arc.h"

struct arc {
	struct archive *a;
	struct ring *r;
	struct entry last;	/* owns the attributes given out */
	int entries;		/* one came out: this is an archive */
	int broken;		/* the stream failed, and r->why tells how */
	char why[256];
};

/* libarchive's words for what just happened.  Returns -1 with errno. */
static int
fail(struct arc *a, const char *why)
{
	int err = archive_errno(a->a);

	if (a->broken)
		why = a->r->why;
	if (!why)
		why = archive_error_string(a->a);
	snprintf(a->why, sizeof(a->why), "%s", why ? why : "corrupt");
	errno = err == ENOMEM || err == EIO ? err : EBADMSG;
	return -1;
}

static la_ssize_t
pull(struct archive *la, void *arg, const void **p)
{
	struct arc *a = arg;
	ssize_t n = ring_pull(a->r, p);

	if (n < 0) {
		a->broken = 1;
		archive_set_error(la, errno, "%s", a->r->why);
	}
	return n;
}

struct arc *
arc_open(struct input *in, struct ring *r)
{
	struct arc *a = calloc(1, sizeof(*a));
	int bad;

	if (!a || !(a->a = archive_read_new()))
		goto fail;
	a->r = r;
	/* By name: mtree, which "all" has, copies in files of the host, and
	 * some of the others are seldom met by anybody but fuzzers. */
	bad = archive_read_support_format_tar(a->a);
	bad |= archive_read_support_format_cpio(a->a);
	if (!r) {
		bad |= archive_read_support_format_zip_seekable(a->a);
		bad |= archive_read_support_format_7zip(a->a);
	}
	if (bad != ARCHIVE_OK)
		goto fail;
	/* A failure to open shows again, with its reason, in arc_next. */
	if (r) {
		archive_read_open(a->a, a, NULL, pull, NULL);
	} else {
		/* Their names are UTF-8 or UTF-16, and cannot be had raw. */
		setlocale(LC_CTYPE, "C.UTF-8");
		lseek(in->fd, 0, SEEK_SET);
		archive_read_open_fd(a->a, in->fd, RING_SIZE);
	}
	return a;
fail:
	if (a)
		archive_read_free(a->a);
	free(a);
	errno = ENOMEM;
	return NULL;
}

/* How many bytes of contents a tar must have for an entry: its size, less the holes
 * that its map names.  libarchive takes less for more holes, and leaves out of the map
 * what makes no sense in it.  -1 for other formats. */
static int64_t
stored(struct arc *a, struct archive_entry *e)
{
	la_int64_t at, len, sum = 0;

	if ((archive_format(a->a) & ARCHIVE_FORMAT_BASE_MASK) != ARCHIVE_FORMAT_TAR)
		return -1;
	if (!archive_entry_sparse_reset(e))
		return archive_entry_size(e);
	while (archive_entry_sparse_next(e, &at, &len) == ARCHIVE_OK)
		sum += len;
	return sum;
}

static char
type_of(struct archive_entry *e)
{
	if (archive_entry_hardlink(e))
		return 'h';
	switch (archive_entry_filetype(e)) {
	case AE_IFREG: return 'f';
	case AE_IFDIR: return 'd';
	case AE_IFLNK: return 'l';
	case AE_IFIFO: return 'p';
	case AE_IFCHR: return 'c';
	case AE_IFBLK: return 'b';
	}
	return '?';
}

/* One of the two ACLs as the attribute the kernel wants it in. */
static int
take_acl(struct archive_entry *from, struct entry *e, int want, const char *name)
{
	int type, perm, tag, id, n = archive_entry_acl_reset(from, want);
	struct acl acl = { 0 };
	const char *who;

	if (n <= 0)
		return 0;
	while (archive_entry_acl_next(from, want, &type, &perm, &tag, &id,
	    &who) == ARCHIVE_OK) {
		switch (tag) {
		case ARCHIVE_ENTRY_ACL_USER_OBJ: tag = ACL_USER_OBJ; break;
		case ARCHIVE_ENTRY_ACL_USER: tag = ACL_USER; break;
		case ARCHIVE_ENTRY_ACL_GROUP_OBJ: tag = ACL_GROUP_OBJ; break;
		case ARCHIVE_ENTRY_ACL_GROUP: tag = ACL_GROUP; break;
		case ARCHIVE_ENTRY_ACL_MASK: tag = ACL_MASK; break;
		case ARCHIVE_ENTRY_ACL_OTHER: tag = ACL_OTHER; break;
		}
		if (acl_add(&acl, tag, perm & 7, id, who) == 0)
			continue;
		if (errno != ENOENT) {
			acl_free(&acl);
			return -1;
		}
		e->stranger = who;
	}
	n = acl.n ? entry_xattr(e, name, acl_sorted(&acl), acl_size(&acl)) : 0;
	acl_free(&acl);
	return n;
}

static int
take_xattrs(struct archive_entry *from, struct entry *e)
{
	const char *name;
	const void *value;
	size_t size;

	archive_entry_xattr_reset(from);
	while (archive_entry_xattr_next(from, &name, &value, &size) == ARCHIVE_OK)
		if (name && entry_xattr(e, name, value, size) < 0)
			return -1;
	if (take_acl(from, e, ARCHIVE_ENTRY_ACL_TYPE_ACCESS,
	    "system.posix_acl_access") < 0)
		return -1;
	return take_acl(from, e, ARCHIVE_ENTRY_ACL_TYPE_DEFAULT,
	    "system.posix_acl_default");
}

/* Behind the last entry: the rest of the stream, so that its checksums are
 * looked at. */
static int
drain(struct arc *a)
{
	const void *p;
	ssize_t n = 1;

	while (a->r && n > 0)
		n = ring_pull(a->r, &p);
	if (n >= 0)
		return 0;
	snprintf(a->why, sizeof(a->why), "%s", a->r->why);
	return -1;
}

/* Names of a pax header are said to be UTF-8.  In a UTF-8 locale libarchive
 * would compose their accents, which makes other names of them; in the C locale
 * it warns of every name that is not ASCII, and hands out its bytes. */
static int
next_header(struct archive *a, struct archive_entry **e)
{
	int r = archive_read_next_header(a, e);
	const char *why = archive_error_string(a);

	return r == ARCHIVE_WARN && why && strstr(why, "can't be converted") ?
	    ARCHIVE_OK : r;
}

int
arc_next(struct arc *a, struct entry *e)
{
	struct archive_entry *from;
	int r;

	entry_xattrs_free(&a->last);
	r = next_header(a->a, &from);
	/* Zeros are the end of a tar, and many a file begins with them. */
	if (r == ARCHIVE_EOF && !a->entries) {
		snprintf(a->why, sizeof(a->why), "not an archive: nothing is in it");
		errno = EBADMSG;
		return -1;
	}
	if (r == ARCHIVE_EOF)
		return drain(a);
	/* libarchive's own "file format" error, which it keeps to itself, is
	 * EILSEQ on Linux. */
	if (r != ARCHIVE_OK)
		return fail(a, a->entries || archive_errno(a->a) != EILSEQ ?
		    NULL : "not an archive");
	a->entries = 1;
	*e = (struct entry){
		.path = archive_entry_pathname(from),
		.type = type_of(from),
		.mode = archive_entry_perm(from),
		.uid = archive_entry_uid(from),
		.gid = archive_entry_gid(from),
		.rdev = archive_entry_rdev(from),
		.size = archive_entry_size(from),
		.stored = stored(a, from),
		.has_mtime = archive_entry_mtime_is_set(from),
		.mtime = { archive_entry_mtime(from),
		    archive_entry_mtime_nsec(from) },
	};
	e->link = e->type == 'h' ? archive_entry_hardlink(from) :
	    e->type == 'l' ? archive_entry_symlink(from) : NULL;
	if (!e->path)
		return fail(a, "an entry without a name");
	if (!e->link && (e->type == 'h' || e->type == 'l'))
		e->link = "";
	a->last.stranger = NULL;
	if (take_xattrs(from, &a->last) < 0) {
		snprintf(a->why, sizeof(a->why), "attributes");
		return -1;
	}
	e->stranger = a->last.stranger;
	e->xattrs = a->last.xattrs;
	e->nxattrs = a->last.nxattrs;
	return 1;
}

int
arc_data(struct arc *a, const void **p, size_t *len, int64_t *at)
{
	la_int64_t where;
	int r = archive_read_data_block(a->a, p, len, &where);

	*at = where;
	if (r == ARCHIVE_EOF)
		return 0;
	return r == ARCHIVE_OK ? 1 : fail(a, NULL);
}

const char *
arc_why(const struct arc *a)
{
	return a->why;
}

void
arc_close(struct arc *a)
{
	entry_xattrs_free(&a->last);
	archive_read_free(a->a);
	free(a);
}

struct feed {
	struct input *in;
	unsigned char buf[RING_SIZE];
};

static la_ssize_t
feed(struct archive *la, void *arg, const void **p)
{
	struct feed *f = arg;
	ssize_t n = input_read(f->in, f->buf, sizeof(f->buf));

	if (n < 0)
		archive_set_error(la, EIO, "%s", strerror(errno));
	*p = f->buf;
	return n;
}

static int
open_raw(struct archive *a, struct feed *f)
{
	/* By name again: some others of "all" start programs. */
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_compress(a);
	archive_read_support_filter_lzma(a);
	archive_read_support_filter_lzip(a);
	archive_read_support_filter_lz4(a);
	archive_read_support_format_raw(a);
	return archive_read_open(a, f, NULL, feed, NULL);
}

void
arc_unfilter(struct input *in, struct ring *r)
{
	struct archive *a = archive_read_new();
	struct feed *f = malloc(sizeof(*f));
	struct archive_entry *e;
	la_ssize_t n = -1;

	if (!a || !f) {
		ring_end(r, ENOMEM, "out of memory");
		goto out;
	}
	f->in = in;
	if (open_raw(a, f) == ARCHIVE_OK &&
	    archive_read_next_header(a, &e) == ARCHIVE_OK)
		while ((n = archive_read_data(a, ring_slot(r), RING_SIZE)) > 0)
			ring_push(r, (size_t)n);
	if (n < 0)
		ring_end(r, archive_errno(a) == EIO ? EIO : EBADMSG,
		    archive_error_string(a));
	else
		ring_end(r, 0, NULL);
out:
	archive_read_free(a);
	free(f);
}
