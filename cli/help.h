/* help.h - what the shell's help says: the commands, and topics of SQL (help.def). */
#pragma once
#include "engine/base/buffer.h"
#include "engine/base/error.h"

/* An empty topic gives the list of commands, "topics" that of topics; a word finds every topic whose name begins with
 * it. */
MUST_CHECK bool help_print(struct text topic, struct buffer *out, struct error *error);
