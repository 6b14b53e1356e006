/* record.h - a record as a script writes it.
 *
 *     key=1 {"A": 1} timestamp=5 headers={"from": "here"}
 *
 * What stands alone is the value. Every part may be left out; words and quoted texts are read as bytes.h has it.
 * raw=... and rawkey=... give bytes as they stand, as text or as 0x00ff, whatever the format of the topic is.
 */
#pragma once
#include "cli/test/bytes.h"

struct test_record {
    const struct test_json *key, *value; /* NULL: not written */
    bool key_is_raw, value_is_raw;
    bool has_timestamp, has_partition, has_headers, has_window;
    int64_t timestamp_ms;
    int32_t partition;
    struct headers headers;
    struct window window;
};

/* Bytes and all, as a topic holds it. */
struct test_image {
    struct text key, value;
    int64_t timestamp_ms;
    struct headers headers;
};

MUST_CHECK bool test_record_parse(struct arena *arena, struct text text, struct test_record *record,
                                  struct error *error);

/* `source` (may be NULL) says how to encode. What was not written is null, and now. */
MUST_CHECK bool test_record_encode(struct arena *arena, const struct source *source, const struct test_record *record,
                                   struct test_image *image, struct error *error);

/* Whether the image, which came from a topic, has all that the record says: `expected` is the record, encoded. */
bool test_record_matches(const struct source *source, const struct test_record *record,
                         const struct test_image *expected, const struct test_image *image);

/* As a script would write it. */
void test_record_print(struct buffer *out, const struct source *source, const struct test_image *image);
