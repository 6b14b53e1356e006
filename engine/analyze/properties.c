/* properties.c - the WITH clause: a table of properties (properties.def), each read by a small function into struct
 * with.
 *
 *     WITH (KAFKA_TOPIC = 'orders', VALUE_FORMAT = 'JSON', PARTITIONS = 4)
 */
#include "engine/analyze/analyze.h"
#include "engine/base/settings.h"
#include "engine/time/datetime.h"
#include "engine/number/number.h"
#include <ctype.h>

struct property_row;
typedef bool property_reader(const struct tree_property *property, void *member, struct error *error);

struct property_row {
    const char *name;
    property_reader *read;
    size_t member;
    int use;
};

static bool bad_value(const struct tree_property *property, const char *wanted, struct error *error)
{
    return error_set(error, ERROR_STATEMENT, property->value->span, TEXT_FMT " must be %s",
                     TEXT_ARG(property->name.name), wanted);
}

static bool read_text(const struct tree_property *property, void *member, struct error *error)
{
    if (property->value->kind != TREE_STRING) return bad_value(property, "a text in single quotes", error);
    *(struct text *)member = property->value->text;
    return true;
}

/* A number, also one in quotes. */
static bool integer_of(const struct tree_property *property, int64_t *n)
{
    const struct tree_expr *value = property->value;
    if (value->kind == TREE_STRING) return number_parse_bigint(text_trim(value->text), n);
    *n = value->integer;
    return value->kind == TREE_INTEGER;
}

static bool read_range(const struct tree_property *property, void *member, int64_t low, int64_t high,
                       const char *wanted, struct error *error)
{
    int64_t n;
    if (!integer_of(property, &n) || n < low || n > high) return bad_value(property, wanted, error);
    *(int64_t *)member = n;
    return true;
}

static bool read_partitions(const struct tree_property *property, void *member, struct error *error)
{
    return read_range(property, member, 1, 100000, "a number of partitions, 1 or more", error);
}

static bool read_replicas(const struct tree_property *property, void *member, struct error *error)
{
    int64_t n = 0;
    if (!integer_of(property, &n) || n < -1 || n == 0 || n > 32767)
        return bad_value(property, "a number of replicas, 1 or more, or -1 for the broker's default", error);
    *(int64_t *)member = n;
    return true;
}

static bool read_retention(const struct tree_property *property, void *member, struct error *error)
{
    return read_range(property, member, 1, INT64_MAX, "a number of milliseconds, 1 or more", error);
}

static bool read_id(const struct tree_property *property, void *member, struct error *error)
{
    return read_range(property, member, 1, INT32_MAX, "a schema's id, 1 or more", error);
}

static bool read_boolean(const struct tree_property *property, void *member, struct error *error)
{
    const struct tree_expr *value = property->value;
    int *flag = member;
    if (value->kind == TREE_BOOLEAN)
        *flag = value->integer != 0;
    else if (value->kind == TREE_STRING && text_equal_nocase(value->text, TEXT("true")))
        *flag = 1;
    else if (value->kind == TREE_STRING && text_equal_nocase(value->text, TEXT("false")))
        *flag = 0;
    else
        return bad_value(property, "true or false", error);
    return true;
}

static bool read_delimiter(const struct tree_property *property, void *member, struct error *error)
{
    struct text text = property->value->text;
    char *delimiter = member;
    if (property->value->kind != TREE_STRING || !text_trim(text).len)
        return bad_value(property, "one character; write 'SPACE' or 'TAB' for those", error);
    if (text_equal_nocase(text, TEXT("SPACE")))
        *delimiter = ' ';
    else if (text_equal_nocase(text, TEXT("TAB")))
        *delimiter = '\t';
    else if (text.len == 1)
        *delimiter = text.data[0];
    else
        return bad_value(property, "one (ASCII) character, or SPACE, or TAB", error);
    return true;
}

static bool read_nullable(const struct tree_property *property, void *member, struct error *error)
{
    if (!read_text(property, member, error)) return false;
    const struct text *text = member;
    if (text_equal_nocase(*text, TEXT("OPTIONAL")) || text_equal_nocase(*text, TEXT("WRAPPER"))) return true;
    return bad_value(property, "'OPTIONAL' or 'WRAPPER'", error);
}

static bool read_window_type(const struct tree_property *property, void *member, struct error *error)
{
    if (!read_text(property, member, error)) return false;
    static const struct text types[] = {TEXT("SESSION"), TEXT("TUMBLING"), TEXT("HOPPING")};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (text_equal_nocase(*(struct text *)member, types[i])) return *(struct text *)member = types[i], true;
    return bad_value(property, "'SESSION', 'TUMBLING' or 'HOPPING'", error);
}

static bool read_query_id(const struct tree_property *property, void *member, struct error *error)
{
    static const struct text taken[] = {TEXT("INSERTQUERY_"), TEXT("CTAS_"), TEXT("CSAS_"), TEXT("CST_")};
    if (!read_text(property, member, error)) return false;
    struct text id = *(struct text *)member;
    for (size_t i = 0; i < id.len; i++)
        if (!isalnum((unsigned char)id.data[i]) && id.data[i] != '_')
            return bad_value(property, "letters, digits and _", error);
    if (!id.len) return bad_value(property, "letters, digits and _", error);
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (id.len >= taken[i].len && text_equal_nocase((struct text){id.data, taken[i].len}, taken[i]))
            return bad_value(property, "a name that begins with none of INSERTQUERY_, CTAS_, CSAS_, CST_", error);
    return true;
}

static bool refuse_cleanup_policy(const struct tree_property *property, void *member, struct error *error)
{
    (void)member;
    return error_set(error, ERROR_STATEMENT, property->name.span,
                     "CLEANUP_POLICY cannot be given: it follows from what is stored (streams delete, tables compact)");
}

static const struct property_row rows[] = {
#define PROPERTY(name, read, member, use) {name, read, offsetof(struct with, member), use},
#include "engine/analyze/properties.def"
#undef PROPERTY
};

enum { ROWS = sizeof rows / sizeof *rows };

_Static_assert(ROWS <= sizeof((struct with *)0)->spans / sizeof(struct span), "struct with has too few spans");

static bool unknown_property(struct tree_name name, enum with_use use, struct error *error)
{
    struct text names[ROWS];
    uint32_t n = 0;
    for (uint32_t i = 0; i < ROWS; i++)
        if (rows[i].use & use) names[n++] = text_of(rows[i].name);
    error_set(error, ERROR_STATEMENT, name.span, "WITH has no property " TEXT_FMT " here", TEXT_ARG(name.name));
    for (uint32_t i = 0; i < ROWS; i++)
        if (text_equal_nocase(name.name, text_of(rows[i].name)))
            return error_hint(error, "it belongs to %s",
                              rows[i].use == WITH_INSERT   ? "INSERT INTO ... SELECT"
                              : rows[i].use == WITH_CREATE ? "CREATE over a topic, without AS"
                                                           : "CREATE");
    struct text nearest = text_nearest(name.name, names, n);
    if (nearest.data) error_hint(error, "did you mean " TEXT_FMT "?", TEXT_ARG(nearest));
    return false;
}

static int32_t find_row(struct text name, enum with_use use)
{
    for (uint32_t i = 0; i < ROWS; i++)
        if (rows[i].use & use && text_equal_nocase(name, text_of(rows[i].name))) return (int32_t)i;
    return -1;
}

bool with_read(const struct analyzer *analyzer, const struct tree_properties *properties, enum with_use use,
               struct with *with, struct error *error)
{
    (void)analyzer;
    *with = (struct with){.wrap_single_value = -1};
    for (uint32_t i = 0; i < properties->n; i++) {
        const struct tree_property *property = properties->items[i];
        int32_t row = find_row(property->name.name, use);
        if (row < 0) return unknown_property(property->name, use, error);
        if (with->spans[row].end)
            return error_set(error, ERROR_STATEMENT, property->name.span, TEXT_FMT " is given twice",
                             TEXT_ARG(property->name.name));
        if (!rows[row].read(property, (char *)with + rows[row].member, error)) return false;
        with->spans[row] = property->value->span;
    }
    return true;
}

struct span with_span(const struct with *with, const void *member)
{
    size_t offset = (size_t)((const char *)member - (const char *)with);
    for (uint32_t i = 0; i < ROWS; i++)
        if (rows[i].member == offset && with->spans[i].end) return with->spans[i];
    return NO_SPAN;
}

/* ---- serde */

static bool find_format(struct text name, struct span span, const struct format **format, struct error *error)
{
    *format = format_find(name);
    if (*format) return true;
    error_set(error, ERROR_STATEMENT, span, "there is no format '" TEXT_FMT "'", TEXT_ARG(name));
    struct buffer names = BUFFER(200);
    for (uint32_t i = 0; format_at(i); i++) buffer_printf(&names, "%s%s", i ? ", " : "", format_at(i)->name);
    error_hint(error, "the formats are " TEXT_FMT, TEXT_ARG(buffer_text(&names)));
    buffer_free(&names);
    return false;
}

/* The format's name as the statement or the settings give it; NO_TEXT to inherit. */
static bool format_name(const struct analyzer *analyzer, const struct with *with, enum serde_part part, bool inherits,
                        struct text *name, struct span *span, struct error *error)
{
    const struct text *own = part == SERDE_KEY ? &with->key_format : &with->value_format;
    if (own->data && with->format.data)
        return error_set(error, ERROR_STATEMENT, with_span(with, own),
                         "FORMAT stands for both KEY_FORMAT and VALUE_FORMAT: give either it or those two");
    *name = own->data ? *own : with->format;
    *span = with_span(with, own->data ? own : &with->format);
    if (name->data || inherits) return true;
    *name =
        settings_text(analyzer->settings, part == SERDE_KEY ? OPTION_DEFAULT_KEY_FORMAT : OPTION_DEFAULT_VALUE_FORMAT);
    if (name->data) return true;
    error_set(error, ERROR_STATEMENT, NO_SPAN, "the statement lacks VALUE_FORMAT");
    return error_hint(error, "add VALUE_FORMAT = 'JSON' to WITH, or set ksql.persistence.default.format.value");
}

/* What only some formats take. */
static bool check_extras(const struct with *with, enum serde_part part, const struct format *format,
                         struct error *error)
{
    bool key = part == SERDE_KEY;
    const char *delimiter = key ? &with->key_delimiter : &with->value_delimiter;
    if (*delimiter && !(format->flags & FORMAT_DELIMITER))
        return error_set(error, ERROR_STATEMENT, with_span(with, delimiter), "the format %s has no delimiter",
                         format->name);
    const struct text *full_name = key ? &with->key_schema_name : &with->value_schema_name;
    if (full_name->data && !(format->flags & FORMAT_FULL_NAME))
        return error_set(error, ERROR_STATEMENT, with_span(with, full_name), "the format %s has no schema name",
                         format->name);
    if (!key && with->value_avro_schema_name.data && !text_equal(text_of(format->name), TEXT("AVRO")))
        return error_set(error, ERROR_STATEMENT, with_span(with, &with->value_avro_schema_name),
                         "VALUE_AVRO_SCHEMA_FULL_NAME is for AVRO, and the format is %s", format->name);
    const int64_t *id = key ? &with->key_schema_id : &with->value_schema_id;
    if (*id && !(format->flags & FORMAT_INFERS))
        return error_set(error, ERROR_STATEMENT, with_span(with, id), "the format %s has no schema in a registry",
                         format->name);
    const struct text *nullable = key ? &with->key_nullable : &with->value_nullable;
    if (nullable->data && !(format->flags & FORMAT_NULLABLE))
        return error_set(error, ERROR_STATEMENT, with_span(with, nullable),
                         "only PROTOBUF formats have a nullable representation");
    return true;
}

static bool check_wrap(const struct with *with, const struct format *format, uint32_t n, struct error *error)
{
    struct span span = with_span(with, &with->wrap_single_value);
    if (with->wrap_single_value < 0) return true;
    if (n > 1)
        return error_set(error, ERROR_STATEMENT, span,
                         "WRAP_SINGLE_VALUE is for a single value column, and there are %u", n);
    if (!(format->flags & (with->wrap_single_value ? FORMAT_WRAPS : FORMAT_UNWRAPS)))
        return error_set(error, ERROR_STATEMENT, span, "the format %s cannot have WRAP_SINGLE_VALUE = %s", format->name,
                         with->wrap_single_value ? "true" : "false");
    return true;
}

/* WRAP_SINGLE_VALUE as given, else the setting where there is one column and the format can do it, else unset. */
static int wrap_of(const struct analyzer *analyzer, const struct with *with, const struct format *format, uint32_t n)
{
    if (with->wrap_single_value >= 0) return with->wrap_single_value;
    if (n != 1 || !settings_text(analyzer->settings, OPTION_WRAP_SINGLE_VALUES).data) return -1;
    int wrap = settings_bool(analyzer->settings, OPTION_WRAP_SINGLE_VALUES);
    return format->flags & (wrap ? FORMAT_WRAPS : FORMAT_UNWRAPS) ? wrap : -1;
}

bool with_serde(const struct analyzer *analyzer, const struct with *with, enum serde_part part,
                const struct serde_spec *inherited, uint32_t n, struct serde_spec *spec, struct error *error)
{
    struct text name;
    struct span span;
    *spec = (struct serde_spec){.part = part};
    if (!format_name(analyzer, with, part, inherited != NULL, &name, &span, error)) return false;
    if (name.data && !find_format(name, span, &spec->format, error)) return false;
    if (!name.data) spec->format = inherited->format;
    if (!check_extras(with, part, spec->format, error)) return false;
    if (part == SERDE_VALUE && !check_wrap(with, spec->format, n, error)) return false;
    bool same_format = inherited && inherited->format == spec->format;
    char delimiter = part == SERDE_KEY ? with->key_delimiter : with->value_delimiter;
    spec->delimiter = delimiter ? delimiter : same_format ? inherited->delimiter : 0;
    spec->schema_name = part == SERDE_KEY ? with->key_schema_name : with->value_schema_name;
    spec->schema_id = (int32_t)(part == SERDE_KEY ? with->key_schema_id : with->value_schema_id);
    int wrap = part == SERDE_KEY ? -1 : wrap_of(analyzer, with, spec->format, n);
    spec->unwrapped = serde_unwrapped(spec->format, part, n, wrap);
    return true;
}

/* ---- TIMESTAMP */

/* The property's text is an identifier: upper-cased unless quoted. */
static struct text identifier_of(struct arena *arena, struct text text)
{
    text = text_trim(text);
    bool quoted =
        text.len >= 2 && (text.data[0] == '`' || text.data[0] == '"') && text.data[text.len - 1] == text.data[0];
    if (quoted) return text_copy(arena, (struct text){text.data + 1, text.len - 2});
    return text_upper(arena, text);
}

bool with_timestamp(const struct with *with, struct source *source, struct error *error)
{
    struct span span = with_span(with, &with->timestamp), format_span = with_span(with, &with->timestamp_format);
    if (with->timestamp_format.data && !with->timestamp.data)
        return error_set(error, ERROR_STATEMENT, format_span,
                         "TIMESTAMP_FORMAT needs TIMESTAMP, the column that it is for");
    if (!with->timestamp.data) return true;
    struct text name = identifier_of(source->arena, with->timestamp);
    source->timestamp_column = schema_find(&source->schema, name);
    if (source->timestamp_column < 0)
        return error_set(error, ERROR_STATEMENT, span, "the TIMESTAMP column " TEXT_FMT " is not among the columns",
                         TEXT_ARG(name));
    enum type_kind kind = source->schema.columns[source->timestamp_column].type->kind;
    if (kind == TYPE_STRING ? !with->timestamp_format.data : kind != TYPE_BIGINT && kind != TYPE_TIMESTAMP)
        return error_set(error, ERROR_STATEMENT, span,
                         "the TIMESTAMP column " TEXT_FMT
                         " must be a BIGINT (milliseconds), a TIMESTAMP, or a STRING with "
                         "TIMESTAMP_FORMAT",
                         TEXT_ARG(name));
    if (kind != TYPE_STRING && with->timestamp_format.data)
        return error_set(error, ERROR_STATEMENT, format_span, "TIMESTAMP_FORMAT is for a STRING column only");
    if (kind != TYPE_STRING) return true;
    const struct datetime_pattern *pattern;
    source->timestamp_format = text_copy(source->arena, with->timestamp_format);
    if (datetime_pattern_compile(source->arena, source->timestamp_format, &pattern, error)) return true;
    error->span = format_span;
    return error_prefix(error, "TIMESTAMP_FORMAT: ");
}
