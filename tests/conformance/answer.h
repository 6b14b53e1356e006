/* answer.h - a case's answer as JSON, on one line. */
#pragma once
#include "tests/conformance/bench.h"

/* What a SELECT gave: items of JSON with commas between them. */
struct response {
    struct buffer items;
};

/* A client that writes into the response, to be borrowed as long as the query runs. */
struct client response_client(struct response *response);

/* False if a topic could not be read. */
MUST_CHECK bool answer_print(struct buffer *out, struct bench *bench, const struct response *responses,
                             uint32_t n_responses, struct error *error);

/* `statement` -1: the case itself is at fault. */
void answer_print_rejection(struct buffer *out, int statement, const struct error *error);
