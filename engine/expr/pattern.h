/* pattern.h - LIKE's patterns: % is any text, _ is any one character, what follows the escape character stands for
 * itself. */
#pragma once
#include "engine/base/text.h"

struct arena;

enum pattern_kind {
    PATTERN_EQUAL,    /* abc */
    PATTERN_PREFIX,   /* abc% */
    PATTERN_SUFFIX,   /* %abc */
    PATTERN_CONTAINS, /* %abc% */
    PATTERN_GENERAL,
};

struct pattern {
    enum pattern_kind kind;
    struct text text;                   /* the part without wildcards; none for GENERAL */
    const struct pattern_piece *pieces; /* of texts and wildcards, see pattern.c */
    uint32_t n_pieces;
};

/* No escape character stands at the pattern's end, where there is nothing for it to escape. */
bool pattern_is_whole(struct text pattern, struct text escape);

/* Into the arena, with a copy of the text. `escape` is one character, or empty. */
struct pattern pattern_compile(struct arena *arena, struct text text, struct text escape);

/* The whole text matches. */
bool pattern_matches(const struct pattern *pattern, struct text text);

/* `needle` is somewhere in `text`. */
bool pattern_contains(struct text text, struct text needle);
