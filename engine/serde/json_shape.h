/* json_shape.h - which field comes next in an object: what stands between two values is guessed before it is read.
 *
 *     {"camera_id":"cam-17","start_time":1700000000000, "note" : "x"}
 *     {"camera_id":        ,"start_time":             , "note" :            the gaps
 *      field 0               field 1                    no field (-1)
 *
 * The records of a topic look alike. So the gaps that came by are kept as they were, each with the field that its name
 * means and the gap that came behind it last time. If the bytes at hand are those of the guess, or of the guess behind
 * it (an optional field was left out), the field is known and its value found by comparing two blocks of bytes. Else
 * the gap is read as JSON, and the guess corrected.
 *
 * A name means the field with exactly that name, else the one whose name is its upper case.
 *
 * Any number of threads share a shape: gaps are only ever added, under a flag that nobody waits for, and the guesses
 * are hints that may change at any time. There is room for a few more gaps than there are fields; one that found no
 * room, or is longer than JSON_GAP_BYTES, is read each time.
 */
#pragma once
#include "engine/serde/json_scan.h"
#include <stdatomic.h>

struct arena;

enum { JSON_GAP_BYTES = 52 };

struct json_gap {
    char bytes[JSON_GAP_BYTES];
    uint16_t first_block; /* a bit for each of its bytes in the first 16 */
    uint8_t len;
    bool exact;            /* the name is spelled as the field's */
    int32_t field;         /* -1: none that is needed */
    _Atomic uint16_t next; /* index of the guess for the gap behind this one; 0: none */
};

struct json_shape {
    const struct text *fields;
    const bool *needed; /* NULL: all of them */
    uint32_t n_fields;
    struct json_gap *gaps;     /* [0] stands before the object */
    uint32_t n_gaps, capacity; /* n_gaps is changed under `learning` */
    _Atomic uint16_t *slots;   /* hash table: index of a gap, or 0 */
    uint32_t n_slots;          /* a power of two */
    atomic_flag learning;
};

struct json_name {
    int32_t field; /* -1: none that is needed */
    bool exact;
};

/* For fields of these names; both arrays are borrowed. */
struct json_shape *json_shape_make(struct arena *arena, const struct text *fields, const bool *needed, uint32_t n);

/* A gap that was read as JSON. */
struct json_gap_text {
    struct text bytes;
    struct text name; /* between its quotes, where json_string_end found `flags` */
    unsigned flags;
};

/* What the name in the gap means, which is remembered. False if the name is no well-formed string. `*last` is the gap
 * before it, shape->gaps before the object, and becomes this one. */
MUST_CHECK bool json_shape_learn(struct json_shape *shape, struct json_gap **last, const struct json_gap_text *gap,
                                 struct json_name *name);

static inline bool json_gap_is_at(const struct json_gap *gap, const char *at, const char *end)
{
    size_t len = gap->len;
#ifdef JSON_SCAN_SSE2
    if (end - at >= 2 * JSON_BLOCK && len <= 2 * JSON_BLOCK) {
        json_mask same = json_block_same(json_block_load(at), json_block_load(gap->bytes));
        if (gap->first_block & ~same) return false;
        if (len <= JSON_BLOCK) return true;
        size_t rest = len - JSON_BLOCK;
        return json_block_same(json_block_load(at + rest), json_block_load(gap->bytes + rest)) == 0xffff;
    }
#endif
    return (size_t)(end - at) >= len && memcmp(at, gap->bytes, len) == 0;
}

/* The gap at `at`, if it is one that was guessed; else NULL. `last` is the gap before it, shape->gaps before the
 * object. The value stands behind it, or white space and then the value. */
static inline struct json_gap *json_shape_guess(const struct json_shape *shape, struct json_gap *last, const char *at,
                                                const char *end)
{
    for (int tries = 0; tries < 2; tries++) {
        uint16_t guess = atomic_load_explicit(&last->next, memory_order_acquire);
        if (!guess) return NULL;
        last = &shape->gaps[guess];
        if (json_gap_is_at(last, at, end)) return last;
    }
    return NULL;
}
