/* json_names.h - which field a name in the data means: the one with exactly that name, else the one whose name is its upper case.
 *
 * The records of a topic look alike, so a name is guessed before it is read. The names that came by are kept as they were
 * spelled, with the field each means (-1: none) and the name that came behind it last time:
 *
 *     (start) -> camera_id" -> start_time" -> end_time" -> note" -> ...
 *                 0             1              -1           2
 *
 * If the bytes at hand are those of the guess, or of the guess behind it (an optional field was left out), the name is known
 * without having been looked at. Else its end is searched and a hash table asked, and the guess corrected.
 *
 * Any number of threads use the same names: spellings are only ever added, under a flag that is not waited for, and the guesses
 * are hints that may be changed at any time. There is room for a few more names than there are fields; a name that found none,
 * or is longer than a spelling, is looked up each time.
 */
#pragma once
#include "engine/serde/json_scan.h"
#include <stdatomic.h>

struct arena;

enum { JSON_SPELLING_BYTES = 54 };

struct json_spelling {
    char bytes[JSON_SPELLING_BYTES]; /* as it came, with the quote behind it; zeros up to the end */
    uint8_t len;                     /* with the quote */
    bool exact;                      /* spelled as the field is */
    int32_t field;
    _Atomic uint16_t next; /* index of the guess for the name behind this one; 0: none */
};

struct json_names {
    const struct text *fields;
    uint32_t n_fields;
    struct json_spelling *spellings; /* [0] is the start of an object */
    uint32_t n_spellings, capacity;  /* changed under `learning` */
    _Atomic uint16_t *slots;         /* hash table: index of a spelling, or 0 */
    uint32_t n_slots;                /* a power of two */
    atomic_flag learning;
};

struct json_name {
    int32_t field; /* -1: no field */
    bool exact;
};

/* For fields of these names, which are borrowed. */
struct json_names *json_names_make(struct arena *arena, const struct text *fields, uint32_t n);

/* The name that starts at `at`, behind its opening quote. `*last` is the spelling before it, 0 at the start of an object, and
 * becomes this one. The position behind the closing quote, or NULL if the name is not well-formed. */
const char *json_names_search(struct json_names *names, uint16_t *last, const char *at, const char *end,
                              struct json_name *name);

static inline bool json_spelling_matches(const struct json_spelling *spelling, const char *at, const char *end)
{
    if ((size_t)(end - at) < spelling->len) return false;
#ifdef JSON_SCAN_SSE2
    if (end - at >= JSON_BLOCK) {
        uint32_t same = json_block_same(json_block_load(at), json_block_load(spelling->bytes));
        if (spelling->len <= JSON_BLOCK) return (~same & ((1u << spelling->len) - 1)) == 0;
        if (same != 0xffff) return false;
    }
#endif
    return memcmp(at, spelling->bytes, spelling->len) == 0;
}

/* The same as json_names_search, by the guess where it is right. */
static inline const char *json_names_match(struct json_names *names, uint16_t *last, const char *at, const char *end,
                                           struct json_name *name)
{
    uint16_t guess = atomic_load_explicit(&names->spellings[*last].next, memory_order_acquire);
    for (int tries = 0; guess && tries < 2; tries++) {
        const struct json_spelling *spelling = &names->spellings[guess];
        if (json_spelling_matches(spelling, at, end)) {
            *last = guess;
            *name = (struct json_name){spelling->field, spelling->exact};
            return at + spelling->len;
        }
        guess = atomic_load_explicit(&spelling->next, memory_order_acquire);
    }
    return json_names_search(names, last, at, end, name);
}
