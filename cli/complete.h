/* complete.h - what a word that was begun may become.
 *
 *     SELECT * FROM vid|       → video_analysis, video_analysis_alerts
 *     cre|                     → create
 *     \d|                      → \d, \d+, \df, \dq
 *
 * Any keyword or name may stand anywhere: no context but the word itself. Case does not count; what is written with
 * small letters is completed with small letters where SQL does not mind.
 */
#pragma once
#include "engine/service/engine.h"

struct completion {
    size_t start;            /* where the word begins in the line */
    struct name_list matches; /* sorted, each once */
};

/* For the line up to the cursor. `names` are those of the catalog; `commands` those of the shell, which count at the
 * line's start. */
void complete_word(struct arena *arena, struct text line, const struct name_list *names,
                   const struct name_list *commands, struct completion *completion);

/* Bytes that all matches begin with alike. */
size_t complete_common(const struct name_list *matches);
