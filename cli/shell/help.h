/* help.h - what the shell's help says: the commands, and topics of SQL (help.def). */
#pragma once
#include "engine/base/buffer.h"
#include "engine/base/error.h"
#include "engine/service/engine.h"

/* An empty topic gives the list of commands, "topics" that of topics; a word finds every topic whose name begins with
 * it. */
MUST_CHECK bool help_print(struct text topic, struct buffer *out, struct error *error);

/* "help select" and its like, for completion. */
void help_phrases(struct arena *arena, struct name_list *phrases);
