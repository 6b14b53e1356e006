/* log.h - a script's view of its topics: records sent, and those that came and were not looked at yet.
 *
 *     partition 0   [seen][seen][waiting][waiting]      taken: 2
 *     partition 1   [waiting]                           taken: 0
 *
 * Kafka keeps no order between partitions, so a record that is expected may be the next one of any of them.
 */
#pragma once
#include "cli/test/place.h"
#include "cli/test/record.h"

struct test_images {
    LIST_OF(struct test_image);
};

struct test_partition {
    struct test_images images; /* all that were read, in order */
    uint32_t taken;            /* that many of them were expected */
    int64_t next_offset;
};

struct test_tail {
    struct text topic;
    int32_t n_partitions;
    struct test_partition *partitions;
};

struct test_log {
    struct test_place *place;
    struct reader *reader; /* NULL until something is read */
    struct writer *writer; /* NULL until something is sent */
    struct {
        LIST_OF(struct test_tail *);
    } tails;
};

/* Sends; readable after test_log_flush. partition -1: by the key. */
MUST_CHECK bool test_log_send(struct test_log *log, struct text topic, const struct test_image *image,
                              int32_t partition, struct error *error);
MUST_CHECK bool test_log_flush(struct test_log *log, struct error *error);

/* Reads the topic to the end that it has now. */
MUST_CHECK bool test_log_read(struct test_log *log, struct text topic, struct test_tail **tail, struct error *error);

/* Records of the tail that nobody expected yet. */
uint32_t test_tail_waiting(const struct test_tail *tail);
/* The i-th of them, and its partition. */
const struct test_image *test_tail_at(const struct test_tail *tail, uint32_t i, int32_t *partition);

void test_log_close(struct test_log *log);
