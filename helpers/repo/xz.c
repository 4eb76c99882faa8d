#include <errno.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>

#include "repo/xz.h"
#include "vec.h"

/* Of 5,000 packages level 6 takes nine times as long, and saves a fifth. */
enum { LEVEL = 0 };

static const lzma_check check = LZMA_CHECK_CRC64;

/* Bytes of text in a block.  Where one ends is told by what the last stanza in it is, so
 * that one more package changes but one or two blocks: after one stanza of 64, on the
 * average, once a block is large enough. */
enum { BLOCK_LEAST = 192 << 10, BLOCK_MOST = 1 << 20, END_MASK = 63 };

enum { MEMORY = 64 << 20 };	/* bytes for the list of an old file's blocks */

/* packed ends with padding, and then a check; unpadded is its length without the padding,
 * by which the list of blocks has it. */
struct block {
	struct span text, packed;
	lzma_vli unpadded;
};

struct pack {
	struct buf *out;
	lzma_index *index;
	VEC(struct block) old;
};

/* What liblzma says, as errno. */
static int
done(lzma_ret ret)
{
	if (ret == LZMA_OK)
		return 0;
	errno = ret == LZMA_MEM_ERROR ? ENOMEM : EINVAL;
	return -1;
}

/* Cuts the text of a block off the front. */
static struct span
cut(struct span *text)
{
	struct span stanza, block = { text->s, 0 };

	while (stanza_next(text, &stanza)) {
		block.len = (size_t)(text->s - block.s);
		if (block.len >= BLOCK_MOST || (block.len >= BLOCK_LEAST &&
		    (lzma_crc32((const uint8_t *)stanza.s, stanza.len, 0) & END_MASK) == 0))
			break;
	}
	return block;
}

/* Lists the blocks of old.  Whatever is wrong with it, it has none then. */
static int
find_old(struct pack *p, struct span old, struct span xz)
{
	const uint8_t *s = (const uint8_t *)xz.s;
	uint64_t memory = MEMORY;
	lzma_stream_flags flags;
	lzma_index *index = NULL;
	lzma_index_iter i;
	size_t pos = 0;
	int r = 0;

	if (xz.len < 2 * LZMA_STREAM_HEADER_SIZE || lzma_stream_footer_decode(&flags,
	    s + xz.len - LZMA_STREAM_HEADER_SIZE) != LZMA_OK || flags.check != check ||
	    flags.backward_size > xz.len - 2 * LZMA_STREAM_HEADER_SIZE)
		return 0;
	s += xz.len - LZMA_STREAM_HEADER_SIZE - flags.backward_size;
	if (lzma_index_buffer_decode(&index, &memory, NULL, s, &pos,
	    flags.backward_size) != LZMA_OK)
		return 0;
	lzma_index_iter_init(&i, index);
	if (lzma_index_uncompressed_size(index) == old.len &&
	    lzma_index_file_size(index) == xz.len)
		while (r == 0 && !lzma_index_iter_next(&i, LZMA_INDEX_ITER_BLOCK))
			r = vec_push(&p->old, (struct block){
			    { old.s + i.block.uncompressed_file_offset,
			      i.block.uncompressed_size },
			    { xz.s + i.block.compressed_file_offset,
			      i.block.total_size }, i.block.unpadded_size });
	lzma_index_end(index, NULL);
	return r;
}

/* The old block that holds text, or NULL. */
static const struct block *
recall(const struct pack *p, struct span text)
{
	size_t i;

	for (i = 0; i < p->old.len; i++)
		if (p->old.at[i].text.len == text.len &&
		    !memcmp(p->old.at[i].text.s, text.s, text.len))
			return &p->old.at[i];
	return NULL;
}

static int
compress(struct pack *p, struct span text, lzma_vli *unpadded)
{
	lzma_filter filters[2] = { { .id = LZMA_FILTER_LZMA2 }, { .id = LZMA_VLI_UNKNOWN } };
	lzma_block block = { .check = check, .filters = filters };
	size_t room = lzma_block_buffer_bound(text.len), len = 0;
	uint8_t *s = malloc(room);
	lzma_options_lzma options;
	int r = -1;

	lzma_lzma_preset(&options, LEVEL);
	filters[0].options = &options;
	if (s && done(lzma_block_buffer_encode(&block, NULL, (const uint8_t *)text.s,
	    text.len, s, &len, room)) == 0)
		r = buf_put(p->out, (const char *)s, len);
	*unpadded = lzma_block_unpadded_size(&block);
	free(s);
	return r;
}

static int
put_block(struct pack *p, struct span text)
{
	const struct block *known = recall(p, text);
	lzma_vli unpadded = known ? known->unpadded : 0;

	if ((known ? buf_put(p->out, known->packed.s, known->packed.len) :
	    compress(p, text, &unpadded)) < 0)
		return -1;
	return done(lzma_index_append(p->index, NULL, unpadded, text.len));
}

/* The list of the blocks and the end of the file. */
static int
put_end(struct pack *p, lzma_stream_flags *flags)
{
	size_t size = (size_t)lzma_index_size(p->index), len = 0;
	uint8_t *s = malloc(size + LZMA_STREAM_HEADER_SIZE);
	int r = -1;

	flags->backward_size = size;
	if (s && done(lzma_index_buffer_encode(p->index, s, &len, size)) == 0 &&
	    done(lzma_stream_footer_encode(flags, s + len)) == 0)
		r = buf_put(p->out, (const char *)s, len + LZMA_STREAM_HEADER_SIZE);
	free(s);
	return r;
}

int
xz_pack(struct buf *out, struct span text, struct span old, struct span old_xz)
{
	struct pack p = { .out = out, .index = lzma_index_init(NULL) };
	lzma_stream_flags flags = { .check = check };
	uint8_t head[LZMA_STREAM_HEADER_SIZE];
	struct span block;
	int r = -1;

	errno = ENOMEM;
	if (p.index && find_old(&p, old, old_xz) == 0 &&
	    done(lzma_stream_header_encode(&flags, head)) == 0)
		r = buf_put(out, (const char *)head, sizeof(head));
	while (r == 0 && (block = cut(&text)).len)
		r = put_block(&p, block);
	if (r == 0)
		r = put_end(&p, &flags);
	lzma_index_end(p.index, NULL);
	vec_free(&p.old);
	return r;
}
