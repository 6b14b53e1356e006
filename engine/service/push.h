/* push.h - push queries: SELECT ... EMIT CHANGES. */
#pragma once
#include "engine/service/engine_inside.h"
#include "engine/run/rows.h"

/* A push query between its opening and its end. */
struct push {
    struct query *query;
    struct rows *rows;
    uint64_t n_given; /* rows the client has had */
};

/* Plans the query; nothing runs yet. */
MUST_CHECK bool push_prepare(struct session *session, const struct tree_statement *statement, struct push *push,
                             struct error *error);
void push_fini(struct push *push);

/* Hands a chunk to the client, no more rows than LIMIT allows. False once the limit is reached. */
bool push_give(struct push *push, const struct client *client, const struct row_chunk *chunk);
bool push_is_at_limit(const struct push *push);
