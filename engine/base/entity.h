/* entity.h - what a statement answers: a tree of named fields, the same for the shell's tables, for JSON and for the
 * REST API.
 *
 * The names of types and fields are those of ksqlDB's REST API ("streams", "sourceDescription", "currentStatus", ...).
 * An entity lives in the arena of the call that made it.
 *
 *     {"@type": "streams", "statementText": "SHOW STREAMS;", "streams": [{"type": "STREAM", "name": "ORDERS", ...}],
 * "warnings": []}
 */
#pragma once
#include "engine/base/buffer.h"
#include "engine/base/list.h"

enum entity_kind { ENTITY_NULL, ENTITY_BOOLEAN, ENTITY_INTEGER, ENTITY_TEXT, ENTITY_LIST, ENTITY_OBJECT };

struct entity_field;

struct entity {
    struct arena *arena;
    enum entity_kind kind;
    bool boolean;
    int64_t integer;
    struct text text;
    struct {
        LIST_OF(struct entity *);
    } items; /* LIST */
    struct {
        LIST_OF(struct entity_field);
    } fields; /* OBJECT, in the order in which they were set */
};

struct entity_field {
    const char *name;
    struct text dynamic_name; /* where `name` is NULL: a name that is data (a map's key) */
    struct entity *value;
};

struct entity *entity_object(struct arena *arena);
struct entity *entity_list(struct arena *arena);

/* Set a field of an object. Names are borrowed for ever (literals); texts are copied. NO_TEXT gives null. */
void entity_set(struct entity *object, const char *name, struct entity *value);
void entity_set_text(struct entity *object, const char *name, struct text text);
void entity_set_string(struct entity *object, const char *name, const char *string);
void entity_set_integer(struct entity *object, const char *name, int64_t integer);
void entity_set_boolean(struct entity *object, const char *name, bool boolean);
/* A new list or object as a field. */
struct entity *entity_set_list(struct entity *object, const char *name);
struct entity *entity_set_object(struct entity *object, const char *name);
/* A field whose name is data. */
void entity_put_text(struct entity *object, struct text name, struct text text);

/* Append to a list. */
struct entity *entity_push_object(struct entity *list);
void entity_push_text(struct entity *list, struct text text);
void entity_push_integer(struct entity *list, int64_t integer);

/* A field of an object, or NULL. */
const struct entity *entity_get(const struct entity *object, const char *name);
/* Its text, or NO_TEXT. */
struct text entity_text(const struct entity *object, const char *name);
int64_t entity_integer(const struct entity *object, const char *name);

/* As JSON on one line, or, with indent > 0, pretty-printed. */
void entity_print_json(struct buffer *out, const struct entity *entity, int indent);

/* A JSON string: quoted, with ", \ and control characters escaped. */
void json_print_string(struct buffer *out, struct text text);
