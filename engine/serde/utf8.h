/* utf8.h - text from outside, made into UTF-8 that the engine can rely on. */
#pragma once
#include "engine/base/text.h"

struct arena;

enum { UTF8_REPLACEMENT = 0xfffd };

/* Writes a character's 1 to 4 bytes and returns how many. `out` has room for them. */
size_t utf8_put(char *out, uint32_t character);

/* The same text where it is well-formed; else a copy in the arena in which U+FFFD stands for each ill-formed piece, as
 * Java's String(bytes, UTF_8) has it. */
struct text utf8_repair(struct arena *arena, struct text text);
