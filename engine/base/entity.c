/* entity.c - building answers and printing them as JSON. */
#include "engine/base/entity.h"

static struct entity *make(struct arena *arena, enum entity_kind kind)
{
    struct entity *entity = ARENA_MAKE(arena, struct entity);
    entity->arena = arena;
    entity->kind = kind;
    return entity;
}

static struct entity *make_text(struct arena *arena, struct text text)
{
    struct entity *entity = make(arena, text.data ? ENTITY_TEXT : ENTITY_NULL);
    entity->text = text_copy(arena, text);
    return entity;
}

static struct entity *make_integer(struct arena *arena, int64_t integer)
{
    struct entity *entity = make(arena, ENTITY_INTEGER);
    entity->integer = integer;
    return entity;
}

struct entity *entity_object(struct arena *arena)
{
    return make(arena, ENTITY_OBJECT);
}

struct entity *entity_list(struct arena *arena)
{
    return make(arena, ENTITY_LIST);
}

void entity_set(struct entity *object, const char *name, struct entity *value)
{
    LIST_PUSH(object->arena, &object->fields, ((struct entity_field){.name = name, .value = value}));
}

void entity_set_text(struct entity *object, const char *name, struct text text)
{
    entity_set(object, name, make_text(object->arena, text));
}

void entity_set_string(struct entity *object, const char *name, const char *string)
{
    entity_set_text(object, name, text_of(string));
}

void entity_set_integer(struct entity *object, const char *name, int64_t integer)
{
    entity_set(object, name, make_integer(object->arena, integer));
}

void entity_set_boolean(struct entity *object, const char *name, bool boolean)
{
    struct entity *entity = make(object->arena, ENTITY_BOOLEAN);
    entity->boolean = boolean;
    entity_set(object, name, entity);
}

struct entity *entity_set_list(struct entity *object, const char *name)
{
    struct entity *list = entity_list(object->arena);
    entity_set(object, name, list);
    return list;
}

struct entity *entity_set_object(struct entity *object, const char *name)
{
    struct entity *inner = entity_object(object->arena);
    entity_set(object, name, inner);
    return inner;
}

void entity_put_text(struct entity *object, struct text name, struct text text)
{
    struct entity_field field = {.dynamic_name = text_copy(object->arena, name),
                                 .value = make_text(object->arena, text)};
    LIST_PUSH(object->arena, &object->fields, field);
}

struct entity *entity_push_object(struct entity *list)
{
    struct entity *object = entity_object(list->arena);
    LIST_PUSH(list->arena, &list->items, object);
    return object;
}

void entity_push_text(struct entity *list, struct text text)
{
    LIST_PUSH(list->arena, &list->items, make_text(list->arena, text));
}

void entity_push_integer(struct entity *list, int64_t integer)
{
    LIST_PUSH(list->arena, &list->items, make_integer(list->arena, integer));
}

const struct entity *entity_get(const struct entity *object, const char *name)
{
    for (uint32_t i = 0; object && i < object->fields.n; i++)
        if (object->fields.items[i].name && !strcmp(object->fields.items[i].name, name))
            return object->fields.items[i].value;
    return NULL;
}

struct text entity_text(const struct entity *object, const char *name)
{
    const struct entity *field = entity_get(object, name);
    return field && field->kind == ENTITY_TEXT ? field->text : NO_TEXT;
}

int64_t entity_integer(const struct entity *object, const char *name)
{
    const struct entity *field = entity_get(object, name);
    return field && field->kind == ENTITY_INTEGER ? field->integer : 0;
}

/* ---- JSON */

void json_print_string(struct buffer *out, struct text text)
{
    static const char shorts[] = "\b\t\n\v\f\r";
    static const char names[] = "btn_fr";
    buffer_append_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == '"' || c == '\\')
            buffer_printf(out, "\\%c", c);
        else if (c >= 0x20)
            buffer_append_char(out, (char)c);
        else if (c >= '\b' && c <= '\r' && c != '\v')
            buffer_printf(out, "\\%c", names[strchr(shorts, c) - shorts]);
        else
            buffer_printf(out, "\\u%04x", c);
    }
    buffer_append_char(out, '"');
}

static void new_line(struct buffer *out, int indent, int depth)
{
    if (!indent) return;
    buffer_append_char(out, '\n');
    for (int i = 0; i < indent * depth; i++) buffer_append_char(out, ' ');
}

static void print(struct buffer *out, const struct entity *entity, int indent, int depth);

static void print_object(struct buffer *out, const struct entity *entity, int indent, int depth)
{
    buffer_append_char(out, '{');
    for (uint32_t i = 0; i < entity->fields.n; i++) {
        const struct entity_field *field = &entity->fields.items[i];
        if (i) buffer_append_char(out, ',');
        new_line(out, indent, depth + 1);
        json_print_string(out, field->name ? text_of(field->name) : field->dynamic_name);
        buffer_append_string(out, indent ? " : " : ":");
        print(out, field->value, indent, depth + 1);
    }
    if (entity->fields.n) new_line(out, indent, depth);
    buffer_append_char(out, '}');
}

static void print_list(struct buffer *out, const struct entity *entity, int indent, int depth)
{
    buffer_append_char(out, '[');
    for (uint32_t i = 0; i < entity->items.n; i++) {
        if (i) buffer_append_char(out, ',');
        new_line(out, indent, depth + 1);
        print(out, entity->items.items[i], indent, depth + 1);
    }
    if (entity->items.n) new_line(out, indent, depth);
    buffer_append_char(out, ']');
}

static void print(struct buffer *out, const struct entity *entity, int indent, int depth)
{
    switch (entity->kind) {
    case ENTITY_NULL: buffer_append_string(out, "null"); return;
    case ENTITY_BOOLEAN: buffer_append_string(out, entity->boolean ? "true" : "false"); return;
    case ENTITY_INTEGER: buffer_printf(out, "%lld", (long long)entity->integer); return;
    case ENTITY_TEXT: json_print_string(out, entity->text); return;
    case ENTITY_LIST: print_list(out, entity, indent, depth); return;
    case ENTITY_OBJECT: print_object(out, entity, indent, depth); return;
    }
}

void entity_print_json(struct buffer *out, const struct entity *entity, int indent)
{
    print(out, entity, indent, 0);
}
