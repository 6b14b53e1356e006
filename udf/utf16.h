/* utf16.h - places in UTF-8 texts counted as the peer counts them, in UTF-16 units: two for a character beyond U+FFFF.
 *
 * A place inside such a character counts as the one before it: no character is ever cut.
 */
#pragma once
#include "engine/base/text.h"

/* Units of the text. */
size_t utf16_len(struct text text);

/* The byte at which the n-th unit (from 0) begins; text.len at and beyond the end. */
size_t utf16_offset(struct text text, size_t n);

/* The character at a byte: its bytes; its code point in *code if that is not NULL. */
size_t utf16_character(struct text text, size_t at, uint32_t *code);
