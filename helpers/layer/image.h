/* Layers as one file: a squashfs image with a folder for each, as it lies in layers/. */
#ifndef AOINB_LAYER_IMAGE_H
#define AOINB_LAYER_IMAGE_H

#include "layer/cmd.h"

#define IMAGE_EXT ".squashfs"

/* Runs argv and waits, with a standard output that shows on a terminal only.  Returns its
 * exit code; or 71 having said why. */
int image_run(char *argv[]);

/* The SHA-256 of what fd holds from where it stands; with to >= 0 all of it is copied
 * there.  Returns 0, or -1 with errno set. */
int image_digest(int fd, int to, char hex[DIGEST_HEX]);

/* Checks the layers in the folder sub.dir/layers, which an image brought: that they are a
 * stack, on top of one of c's store where its lowest says so, that nothing else is there,
 * and that each is what its digest says.  stack gets their ids, the base first.  Returns 0;
 * or an exit code having said why, file being what is to blame. */
int image_check(const struct cmd *c, const struct store *sub, const char *file,
    struct ids *stack);

#endif
