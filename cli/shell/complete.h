/* complete.h - what a word that was begun may become.
 *
 *     SELECT * FROM vid|           → video_analysis, video_analysis_alerts, view_time   keywords and names
 *     SELECT * FROM |              → the sources
 *     SET 'auto|                   → 'auto.offset.reset'                                what stands in quotes
 *     PRINT ord|                   → 'orders'
 *     SELECT `Mi|                  → `Mixed`                                            names that need quotes
 *     \d|, help sel|              → \d, \d+, \df; help select                       the shell's own
 *
 * Any keyword or name may stand anywhere: no context but the quotes around the word. Case does not count; what is
 * written with small letters is completed with small letters where SQL does not mind.
 */
#pragma once
#include "engine/service/engine.h"

/* What there is to choose from. */
struct vocabulary {
    struct name_list phrases;  /* the shell's commands, as whole lines */
    struct name_list keywords; /* also types and properties of WITH */
    struct engine_names names;
    struct name_list strings; /* what may stand in the quotes: topics, settings, formats */
};

struct completion {
    size_t start;             /* where the word begins in the line */
    struct name_list matches; /* sorted, each once */
    const char *behind;       /* what follows the match if it is the only one */
};

/* True if the line up to the cursor ends in what vocabulary.strings are for: they need not be there else. */
bool complete_wants_strings(struct text line);

/* For the line up to the cursor. */
void complete_word(struct arena *arena, struct text line, const struct vocabulary *vocabulary,
                   struct completion *completion);

/* Bytes that all matches begin with alike. */
size_t complete_common(const struct name_list *matches);
