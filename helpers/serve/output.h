/* What workers sent: packages, samples, results. */
#ifndef SERVE_OUTPUT_H
#define SERVE_OUTPUT_H

#include "serve/req.h"

void output_list(struct req *r);
void output_get(struct req *r);
void output_samples(struct req *r);
void output_plot(struct req *r);
void output_result(struct req *r);
void output_envelope(struct req *r);

void output_begin(struct req *r);
void output_end(struct req *r);
void output_tell(struct req *r);

#endif
