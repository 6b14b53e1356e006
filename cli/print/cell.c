/* cell.c - values without the quotes that JSON puts around them. */
#include "cli/print/cell.h"
#include "cli/print/display.h"
#include "engine/service/engine.h"

enum { MAX_CELL = 1 << 28 };

void cell_print(struct buffer *out, const struct type *type, const struct value *value)
{
    if (value->is_null) return;
    if (type->kind == TYPE_STRING) {
        buffer_append_text(out, value->text);
        return;
    }
    size_t start = out->len;
    value_print_json(out, type, value);
    bool quoted = !type_is_nested(type) && out->len > start + 1 && out->data[start] == '"';
    if (!quoted) return;
    out->len -= 2;
    memmove(out->data + start, out->data + start + 1, out->len - start);
}

struct cell cell_make(struct arena *arena, const struct type *type, const struct value *value)
{
    if (value->is_null) return (struct cell){TEXT("null"), true};
    if (type->kind == TYPE_STRING && !display_is_odd(value->text))
        return (struct cell){text_copy(arena, value->text), false};
    struct buffer printed = BUFFER(MAX_CELL), shown = BUFFER(MAX_CELL);
    cell_print(&printed, type, value);
    display_escape(&shown, buffer_text(&printed));
    struct cell cell = {text_copy(arena, buffer_text(&shown)), false};
    buffer_free(&printed);
    buffer_free(&shown);
    return cell;
}
