/* serde.h - formats: bytes of a key or a value to columns, and back. One file a format, each exports one const record.
 *
 *     CREATE STREAM s (id INT KEY, name STRING, temp DECIMAL(4,1)) WITH (key_format='KAFKA', value_format='JSON', ...);
 *
 *     struct serde_spec spec = {.format = format_find(TEXT("JSON")), .part = SERDE_VALUE};
 *     serde_check(&spec, columns, n, &error)                       // when the statement is analysed
 *     const struct decoder *decoder = spec.format->decoder(arena, &spec, columns, n, targets);      // once a query
 *     decoder_decode(decoder, record.value, batch, row, why)       // for each record
 *
 * A decoder is compiled from the columns and from the ones that are needed (targets[i] >= 0); it skips the rest. Text
 * and bytes point into the record where they need no unescaping, else into the batch's arena. An encoder writes into a
 * buffer.
 *
 * A null record value never reaches a decoder: the caller makes it a tombstone with null columns. A null key gives null
 * key columns.
 */
#pragma once
#include "engine/base/buffer.h"
#include "engine/types/batch.h"

enum serde_part { SERDE_KEY, SERDE_VALUE };

enum { SERDE_WHY = 256 };

struct format;

/* What a statement's WITH says of one part. */
struct serde_spec {
    const struct format *format;
    enum serde_part part;
    bool unwrapped;          /* a single column stands bare, not as the field of a record */
    char delimiter;          /* DELIMITED; 0 for the default */
    struct text schema_name; /* *_SCHEMA_FULL_NAME */
    int32_t schema_id;       /* *_SCHEMA_ID; 0 if not given */
};

struct decoder;
struct encoder;

enum encoded { ENCODED, ENCODED_NULL, ENCODE_FAILED };

/* Flags of a format. */
enum format_flags {
    FORMAT_INFERS = 1,     /* its schemas may come from the registry */
    FORMAT_WRAPS = 2,      /* can put a single column into a record */
    FORMAT_UNWRAPS = 4,    /* can write a single column bare */
    FORMAT_DELIMITER = 8,  /* takes *_DELIMITER */
    FORMAT_FULL_NAME = 16, /* takes *_SCHEMA_FULL_NAME */
    FORMAT_NULLABLE = 32,  /* takes *_PROTOBUF_NULLABLE_REPRESENTATION */
    FORMAT_LATER = 64,     /* known, and not supported yet */
};

struct format {
    const char *name;
    int flags;
    /* Whether bytes that are there say that there is no value, as JSON's null does; NULL: never. Such a value reaches no
     * decoder. */
    bool (*is_null)(struct text bytes);
    /* Whether the columns can be written in this format; the error says which type or number of columns is in the way. */
    bool (*check)(const struct serde_spec *spec, const struct schema_column *columns, uint32_t n, struct error *error);
    /* Compile. targets[i] is the index in the batch of columns[i], or -1 if it is not needed. */
    struct decoder *(*decoder)(struct arena *arena, const struct serde_spec *spec, const struct schema_column *columns,
                               uint32_t n, const int32_t *targets);
    /* sources[i] is the index in the batch of columns[i]. */
    struct encoder *(*encoder)(struct arena *arena, const struct serde_spec *spec, const struct schema_column *columns,
                               uint32_t n, const uint32_t *sources);
};

/* The first member of every format's own decoder and encoder. Const once made; any number of threads may use them. */
struct decoder {
    /* Fills the row of each target column, null where the data has no value. False with the reason in `why`. */
    bool (*decode)(const struct decoder *decoder, struct text bytes, struct batch *batch, uint32_t row, char *why);
};

struct encoder {
    /* Appends to `out`. ENCODED_NULL: the record's key or value is null, and nothing was appended. */
    enum encoded (*encode)(const struct encoder *encoder, const struct batch *batch, uint32_t row, struct buffer *out,
                           char *why);
};

/* By name in any case; NULL if there is none. */
const struct format *format_find(struct text name);
/* All formats; NULL beyond the last. */
const struct format *format_at(uint32_t i);

/* All that must hold: wrapping fits the format and the number of columns, types fit, settings are for this format. */
MUST_CHECK bool serde_check(const struct serde_spec *spec, const struct schema_column *columns, uint32_t n,
                            struct error *error);

/* Whether a single column stands bare, given WRAP_SINGLE_VALUE (unset: -1, or 0, 1) and the format's own default. What
 * the user asked for and the format or the columns do not allow is given back as asked, and refused by serde_check. */
bool serde_unwrapped(const struct format *format, enum serde_part part, uint32_t n_columns, int wrap);

/* WRAP_SINGLE_VALUE may be given: there is one value column, and the format can do both or just that. serde_check alone
 * does not see WRAP_SINGLE_VALUE=true over several columns. */
MUST_CHECK bool serde_check_wrap(const struct format *format, uint32_t n_columns, int wrap, struct error *error);

/* The text of KEY_DELIMITER or VALUE_DELIMITER: one ASCII character but a quote, or SPACE or TAB. */
MUST_CHECK bool serde_delimiter(struct text text, char *delimiter, struct error *error);

static inline bool decoder_decode(const struct decoder *decoder, struct text bytes, struct batch *batch, uint32_t row,
                                  char *why)
{
    return decoder->decode(decoder, bytes, batch, row, why);
}

static inline enum encoded encoder_encode(const struct encoder *encoder, const struct batch *batch, uint32_t row,
                                          struct buffer *out, char *why)
{
    return encoder->encode(encoder, batch, row, out, why);
}

/* How an encoder ends: ENCODED; or, if the buffer overflowed, what was appended since `start` is taken back. */
enum encoded encoder_finish(struct buffer *out, size_t start, char *why);

/* ---- windowed keys: the key's bytes, then the window's start, or for a session its end and start, each 8 bytes,
 * big-endian */

/* Takes the window off the end of `key`. False if the key is too short. size_ms 0: a session. */
MUST_CHECK bool windowed_key_split(struct text *key, int64_t size_ms, struct window *window);
void windowed_key_append(struct buffer *out, bool session, struct window window);
