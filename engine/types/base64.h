/* base64.h - BYTES as text (RFC 4648, the standard alphabet). */
#pragma once
#include "engine/base/text.h"

struct arena;
struct buffer;

void base64_print(struct buffer *out, struct text bytes);

/* The padding may be left out, but not in part; nothing else may stand in the text. Bytes go into the arena. */
MUST_CHECK bool base64_parse(struct arena *arena, struct text text, struct text *bytes);
