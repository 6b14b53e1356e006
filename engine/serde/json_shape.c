/* json_shape.c - what a name means, and learning in what gaps the names come. */
#include "engine/serde/json_shape.h"
#include "engine/base/arena.h"
#include "engine/base/hash.h"
#include "engine/serde/json_string.h"

/* Gaps beyond one a field: names that no one declared, and other spellings and first fields. */
enum { SPARE_GAPS = 24, MAX_GAPS = 4096 };

struct json_shape *json_shape_make(struct arena *arena, const struct text *fields, const bool *needed, uint32_t n)
{
    struct json_shape *shape = ARENA_MAKE(arena, struct json_shape);
    shape->fields = fields;
    shape->needed = needed;
    shape->n_fields = n;
    shape->capacity = n + SPARE_GAPS < MAX_GAPS ? n + SPARE_GAPS : MAX_GAPS;
    shape->gaps = ARENA_ARRAY(arena, struct json_gap, shape->capacity);
    shape->n_gaps = 1;
    shape->n_slots = 64;
    while (shape->n_slots < shape->capacity * 2) shape->n_slots *= 2;
    shape->slots = ARENA_ARRAY(arena, _Atomic uint16_t, shape->n_slots);
    atomic_flag_clear(&shape->learning);
    return shape;
}

static bool is_upper_case_of(struct text field, struct text name)
{
    if (field.len != name.len) return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
        if (c != field.data[i]) return false;
    }
    return true;
}

static struct json_name field_at(const struct json_shape *shape, uint32_t i, bool exact)
{
    bool needed = !shape->needed || shape->needed[i];
    return (struct json_name){needed ? (int32_t)i : -1, exact};
}

static struct json_name find_field(const struct json_shape *shape, struct text name)
{
    for (uint32_t i = 0; i < shape->n_fields; i++)
        if (text_equal(shape->fields[i], name)) return field_at(shape, i, true);
    for (uint32_t i = 0; i < shape->n_fields; i++)
        if (is_upper_case_of(shape->fields[i], name)) return field_at(shape, i, false);
    return (struct json_name){-1, false};
}

static bool resolve(const struct json_shape *shape, const struct json_gap_text *gap, struct json_name *name)
{
    if (!gap->flags) {
        *name = find_field(shape, gap->name);
        return true;
    }
    struct arena *arena = arena_new();
    struct text text;
    bool ok = json_string_text(arena, gap->name, gap->flags, &text);
    if (ok) *name = find_field(shape, text);
    arena_free(arena);
    return ok;
}

/* The gap's index, or 0; `*slot` is where it is or could go. */
static uint16_t find_gap(const struct json_shape *shape, struct text bytes, uint32_t *slot)
{
    for (uint32_t i = (uint32_t)hash_bytes(bytes.data, bytes.len);; i++) {
        *slot = i & (shape->n_slots - 1);
        uint16_t index = atomic_load_explicit(&shape->slots[*slot], memory_order_acquire);
        if (!index) return 0;
        const struct json_gap *gap = &shape->gaps[index];
        if (gap->len == bytes.len && memcmp(gap->bytes, bytes.data, bytes.len) == 0) return index;
    }
}

/* Its index, or 0 if there is no room or another thread is at it. */
static uint16_t add_gap(struct json_shape *shape, struct text bytes, struct json_name name)
{
    if (bytes.len > JSON_GAP_BYTES) return 0;
    if (atomic_flag_test_and_set_explicit(&shape->learning, memory_order_acquire)) return 0;
    uint32_t slot;
    uint16_t index = find_gap(shape, bytes, &slot);
    if (!index && shape->n_gaps < shape->capacity) {
        index = (uint16_t)shape->n_gaps++;
        struct json_gap *gap = &shape->gaps[index];
        memcpy(gap->bytes, bytes.data, bytes.len);
        gap->len = (uint8_t)bytes.len;
        gap->first_block = bytes.len < 16 ? (uint16_t)((1u << bytes.len) - 1) : 0xffff;
        gap->exact = name.exact;
        gap->field = name.field;
        atomic_store_explicit(&shape->slots[slot], index, memory_order_release);
    }
    atomic_flag_clear_explicit(&shape->learning, memory_order_release);
    return index;
}

bool json_shape_learn(struct json_shape *shape, struct json_gap **last, const struct json_gap_text *gap,
                      struct json_name *name)
{
    uint32_t slot;
    uint16_t index = find_gap(shape, gap->bytes, &slot);
    if (index) {
        *name = (struct json_name){shape->gaps[index].field, shape->gaps[index].exact};
    } else {
        if (!resolve(shape, gap, name)) return false;
        index = add_gap(shape, gap->bytes, *name);
    }
    if (!index) return true;
    atomic_store_explicit(&(*last)->next, index, memory_order_release);
    *last = &shape->gaps[index];
    return true;
}
