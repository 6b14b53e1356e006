/* vocabulary.h - all that Tab may complete: collected when it is pressed, so that it is what there is now. */
#pragma once
#include "cli/shell/complete.h"

/* For a line up to the cursor, into the arena; with the shell's commands if it is the first of a statement. The broker
 * is asked only where a topic may stand. */
void vocabulary_collect(struct engine *engine, struct arena *arena, struct text line, bool first,
                        struct vocabulary *vocabulary);
