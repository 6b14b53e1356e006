/* signature.h - what a function takes and gives, from text: "(ARRAY<T>, T) -> BOOLEAN".
 *
 * The language of signatures is described in weir_udf.h. A pattern is a type with holes: a letter is any type (the same
 * wherever the letter stands), ANY is any type, DECIMAL without parameters is any precision.
 */
#pragma once
#include "engine/types/type.h"

enum udf_pattern_kind {
    PATTERN_TYPE,   /* this type; a nested one has patterns inside */
    PATTERN_LETTER, /* T */
    PATTERN_ANY,
    PATTERN_UNIT, /* INTERVALUNIT */
};

struct udf_pattern {
    enum udf_pattern_kind kind;
    enum type_kind type;
    char letter;
    int32_t precision, scale; /* DECIMAL; precision 0: any */
    const struct udf_pattern *key;
    const struct udf_pattern *element;
    const struct udf_field *fields;
    uint32_t n_fields;
};

struct udf_field {
    struct text name;
    const struct udf_pattern *pattern;
};

struct udf_parameter {
    struct text name; /* NO_TEXT if it has none */
    const struct udf_pattern *pattern;
    bool not_null;
    bool constant;
};

struct udf_signature {
    struct text text; /* as it was written */
    const struct udf_parameter *parameters;
    uint32_t n;
    int32_t variadic; /* the parameter that may stand any number of times, or not at all; -1: none */
    const struct udf_pattern *result;
    uint32_t n_letters; /* parameters with a letter somewhere: the fewer, the closer the match */
};

/* Borrows the text. The error says where the signature is wrong; no span. */
MUST_CHECK bool signature_parse(struct arena *arena, struct text text, struct udf_signature *signature,
                                struct error *error);

/* They take the same arguments, whatever the parameters are called and the results are. */
bool signature_takes_same(const struct udf_signature *a, const struct udf_signature *b);

/* One type without holes: "DECIMAL(10, 2)"; NULL if it is none. */
const struct type *signature_type(struct arena *arena, struct text text);

/* Types that the letters stand for; NULL where not known yet. */
struct udf_letters {
    const struct type *types[26];
};

/* True if a value of the type may be given where the pattern stands; fills in the letters. &type_null fits everything.
 * With `casts` the implicit ones are allowed; not inside letters. */
bool signature_accepts(const struct udf_pattern *pattern, const struct type *type, bool casts,
                       struct udf_letters *letters);

/* The type that the pattern becomes; where a DECIMAL has any precision, that of `given` (which may be NULL) counts.
 * NULL if a letter is not known, or the pattern is ANY and nothing is given. */
const struct type *signature_resolve(struct arena *arena, const struct udf_pattern *pattern, const struct type *given,
                                     const struct udf_letters *letters);
