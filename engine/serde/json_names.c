/* json_names.c - looking names up, and learning how they are spelled and in what order they come. */
#include "engine/serde/json_names.h"
#include "engine/base/arena.h"
#include "engine/base/hash.h"
#include "engine/serde/json_string.h"

/* Names beyond the fields' own: what a record carries that no one declared. */
enum { SPARE_SPELLINGS = 24, MAX_SPELLINGS = 4096 };

struct json_names *json_names_make(struct arena *arena, const struct text *fields, uint32_t n)
{
    struct json_names *names = ARENA_MAKE(arena, struct json_names);
    names->fields = fields;
    names->n_fields = n;
    names->capacity = n + SPARE_SPELLINGS < MAX_SPELLINGS ? n + SPARE_SPELLINGS : MAX_SPELLINGS;
    names->spellings = ARENA_ARRAY(arena, struct json_spelling, names->capacity);
    names->n_spellings = 1;
    names->n_slots = 64;
    while (names->n_slots < names->capacity * 2) names->n_slots *= 2;
    names->slots = ARENA_ARRAY(arena, _Atomic uint16_t, names->n_slots);
    atomic_flag_clear(&names->learning);
    return names;
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

static struct json_name find_field(const struct json_names *names, struct text name)
{
    for (uint32_t i = 0; i < names->n_fields; i++)
        if (text_equal(names->fields[i], name)) return (struct json_name){(int32_t)i, true};
    for (uint32_t i = 0; i < names->n_fields; i++)
        if (is_upper_case_of(names->fields[i], name)) return (struct json_name){(int32_t)i, false};
    return (struct json_name){-1, false};
}

/* A name with escapes is unescaped for the search, and learned as it is spelled. */
static bool resolve(const struct json_names *names, struct text raw, unsigned flags, struct json_name *name)
{
    if (!flags) {
        *name = find_field(names, raw);
        return true;
    }
    struct arena *arena = arena_new();
    struct text text;
    bool ok = json_string_text(arena, raw, flags, &text);
    if (ok) *name = find_field(names, text);
    arena_free(arena);
    return ok;
}

/* The spelling's index, or 0; `*slot` is where it is or could go. */
static uint16_t find_spelling(const struct json_names *names, struct text quoted, uint32_t *slot)
{
    for (uint32_t i = (uint32_t)hash_bytes(quoted.data, quoted.len);; i++) {
        *slot = i & (names->n_slots - 1);
        uint16_t index = atomic_load_explicit(&names->slots[*slot], memory_order_acquire);
        if (!index) return 0;
        const struct json_spelling *spelling = &names->spellings[index];
        if (spelling->len == quoted.len && memcmp(spelling->bytes, quoted.data, quoted.len) == 0) return index;
    }
}

/* Its index, or 0 if there is no room or another thread is at it. */
static uint16_t learn(struct json_names *names, struct text quoted, struct json_name name)
{
    if (quoted.len > JSON_SPELLING_BYTES || atomic_flag_test_and_set_explicit(&names->learning, memory_order_acquire)) return 0;
    uint32_t slot;
    uint16_t index = find_spelling(names, quoted, &slot);
    if (!index && names->n_spellings < names->capacity) {
        index = (uint16_t)names->n_spellings++;
        struct json_spelling *spelling = &names->spellings[index];
        memcpy(spelling->bytes, quoted.data, quoted.len);
        spelling->len = (uint8_t)quoted.len;
        spelling->exact = name.exact;
        spelling->field = name.field;
        atomic_store_explicit(&names->slots[slot], index, memory_order_release);
    }
    atomic_flag_clear_explicit(&names->learning, memory_order_release);
    return index;
}

const char *json_names_search(struct json_names *names, uint16_t *last, const char *at, const char *end,
                              struct json_name *name)
{
    unsigned flags = 0;
    const char *quote = json_string_end(at, end, &flags);
    if (!quote) return NULL;
    struct text raw = {at, (size_t)(quote - at)}, quoted = {at, raw.len + 1};
    uint32_t slot;
    uint16_t index = find_spelling(names, quoted, &slot);
    if (index) {
        *name = (struct json_name){names->spellings[index].field, names->spellings[index].exact};
    } else {
        if (!resolve(names, raw, flags, name)) return NULL;
        index = learn(names, quoted, *name);
    }
    if (index) {
        atomic_store_explicit(&names->spellings[*last].next, index, memory_order_release);
        *last = index;
    }
    return quote + 1;
}
