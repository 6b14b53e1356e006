/* json_string.h - the text of a JSON string, and a text as a JSON string.
 *
 *     caf\u00e9 \ud83d\ude00     the bytes between the quotes
 *     café 😀                    the text
 *
 * Reading is strict (RFC 8259): an unknown escape or bytes that are not UTF-8 refuse the string. A \u surrogate without
 * its other half becomes U+FFFD.
 *
 * Writing gives the bytes that the peer's writer gives, because the bytes of a key decide its partition: short escapes
 * where there are some, upper-case \u00XX for other control characters, characters beyond U+FFFF as two escaped
 * surrogates, all else as it is.
 */
#pragma once
#include "engine/serde/json_scan.h"

struct arena;
struct buffer;

/* The text of `raw`, which stood between quotes where json_string_end found `flags`. Borrows where it can, else makes a
 * copy in the arena. */
MUST_CHECK bool json_string_text(struct arena *arena, struct text raw, unsigned flags, struct text *out);

/* Appends the text, which is well-formed UTF-8, between quotes. */
void json_append_string(struct buffer *out, struct text text);

/* The same, but characters beyond U+FFFF stay as they are: for JSON inside a STRING, where the peer's other writer is
 * at work. */
void json_append_string_whole(struct buffer *out, struct text text);
