/* settings.c - a table of options (options.def), and levels of overrides over it. */
#include "engine/base/settings.h"
#include "engine/base/arena.h"
#include "engine/base/buffer.h"
#include "engine/base/map.h"
#include "engine/base/properties.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const struct option options[] = {
#define OPTION(id, name, type, default_value, low, high, flags, description)                                           \
    [OPTION_##id] = {name, type, default_value, low, high, flags, description},
#include "engine/base/options.def"
#undef OPTION
};

/* Values by name; a value that was replaced stays in the arena, so that texts handed out stay valid. */
struct settings {
    const struct settings *parent;
    struct arena *arena;
    struct map values; /* name -> struct text *, options' and the client's alike */
};

static settings_client_check *client_check;

void settings_use_client_check(settings_client_check *check)
{
    client_check = check;
}

const struct option *option_at(enum option_id id)
{
    return &options[id];
}

struct settings *settings_new(const struct settings *parent)
{
    struct settings *settings = HEAP_MAKE(struct settings);
    settings->parent = parent;
    settings->arena = arena_new();
    return settings;
}

void settings_free(struct settings *settings)
{
    if (!settings) return;
    map_free(&settings->values);
    arena_free(settings->arena);
    free(settings);
}

static void put(struct settings *settings, struct text name, struct text value)
{
    struct text *kept = ARENA_MAKE(settings->arena, struct text);
    *kept = text_copy(settings->arena, value);
    map_put(&settings->values, text_copy(settings->arena, name), kept);
}

struct settings *settings_copy(const struct settings *settings)
{
    struct settings *copy = settings_new(settings->parent);
    struct text name, value;
    for (uint32_t i = 0; settings_override_at(settings, i, &name, &value); i++) put(copy, name, value);
    return copy;
}

/* The name as the table has it: without the peer's prefix for what it hands to its runtime. */
static struct text bare_name(struct text name)
{
    static const struct text prefix = TEXT("ksql.streams.");
    name = text_trim(name);
    if (text_starts_with(name, prefix)) name.data += prefix.len, name.len -= prefix.len;
    return name;
}

static const struct option *find(struct text name)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (text_equal(text_of(options[i].name), name)) return &options[i];
    return NULL;
}

/* `hint`: the client's, where the table has no name that is near. */
static bool unknown(struct text name, const char *hint, struct error *error)
{
    struct text names[OPTION_COUNT];
    for (size_t i = 0; i < OPTION_COUNT; i++) names[i] = text_of(options[i].name);
    struct text nearest = text_nearest(name, names, OPTION_COUNT);
    error_set(error, ERROR_SETTING, NO_SPAN, "there is no setting '" TEXT_FMT "'", TEXT_ARG(name));
    if (nearest.data) return error_hint(error, "the nearest is '" TEXT_FMT "'", TEXT_ARG(nearest));
    return error_hint(error, "%s", hint[0] ? hint : "SHOW PROPERTIES; lists the settings");
}

static bool check_int(const struct option *option, struct text value, struct error *error)
{
    char digits[32], *end;
    if (value.len == 0 || value.len >= sizeof digits) goto wrong;
    memcpy(digits, value.data, value.len);
    digits[value.len] = 0;
    errno = 0;
    long long n = strtoll(digits, &end, 10);
    if (*end || errno) goto wrong;
    if (n >= option->low && n <= option->high) return true;
wrong:
    return error_set(error, ERROR_SETTING, NO_SPAN, "'%s' wants a whole number from %lld to %lld, not '" TEXT_FMT "'",
                     option->name, (long long)option->low, (long long)option->high, TEXT_ARG(value));
}

/* The words before the colon of a choice's description. */
static bool check_choice(const struct option *option, struct text value, struct error *error)
{
    const char *word = option->description;
    for (;;) {
        size_t len = strcspn(word, "|:");
        if (text_equal_nocase(value, (struct text){word, len})) return true;
        if (word[len] == ':') break;
        word += len + 1;
    }
    return error_set(error, ERROR_SETTING, NO_SPAN, "'%s' is one of %.*s, not '" TEXT_FMT "'", option->name,
                     (int)strcspn(option->description, ":"), option->description, TEXT_ARG(value));
}

static bool check(const struct option *option, struct text value, struct error *error)
{
    switch (option->type) {
    case OPTION_TEXT: return true;
    case OPTION_INT: return check_int(option, value, error);
    case OPTION_CHOICE: return check_choice(option, value, error);
    case OPTION_BOOLEAN: break;
    }
    if (text_equal_nocase(value, TEXT("true")) || text_equal_nocase(value, TEXT("false"))) return true;
    return error_set(error, ERROR_SETTING, NO_SPAN, "'%s' is true or false, not '" TEXT_FMT "'", option->name,
                     TEXT_ARG(value));
}

static bool set_client(struct settings *settings, struct text name, struct text value, enum setting_level level,
                       struct error *error)
{
    bool known = false;
    struct error asked = {0};
    if (client_check && !client_check(name, value, &known, &asked)) {
        if (error) *error = asked;
        return false;
    }
    if (!known) return unknown(name, asked.hint, error);
    if (level == SETTING_IN_SESSION)
        return error_set(error, ERROR_SETTING, NO_SPAN,
                         "'" TEXT_FMT
                         "' is the Kafka client's, which all queries share: it can only be set when weir is "
                         "started",
                         TEXT_ARG(name));
    put(settings, name, value);
    return true;
}

/* Whether a list of names separated by commas has the name. */
static bool is_listed(struct text list, struct text name)
{
    while (list.len) {
        const char *comma = memchr(list.data, ',', list.len);
        struct text one = {list.data, comma ? (size_t)(comma - list.data) : list.len};
        if (text_equal(bare_name(one), name)) return true;
        list.data += one.len + (comma != NULL);
        list.len -= one.len + (comma != NULL);
    }
    return false;
}

static bool check_session(const struct settings *settings, const struct option *option, struct error *error)
{
    struct text name = text_of(option->name);
    if (!(option->flags & OPTION_SESSION))
        return error_set(error, ERROR_SETTING, NO_SPAN, "'%s' can only be set when weir is started", option->name);
    bool allows = text_equal_nocase(settings_text(settings, OPTION_OVERRIDES_MODE), TEXT("allowlist"));
    enum option_id list = allows ? OPTION_OVERRIDES_ALLOWLIST : OPTION_OVERRIDES_DENYLIST;
    if (is_listed(settings_text(settings, list), name) == allows) return true;
    return error_set(error, ERROR_SETTING, NO_SPAN, "'%s' may not be set in a session (%s)", option->name,
                     options[list].name);
}

bool settings_set(struct settings *settings, struct text name, struct text value, enum setting_level level,
                  struct error *error)
{
    name = bare_name(name);
    value = text_trim(value);
    const struct option *option = find(name);
    if (!option) return set_client(settings, name, value, level, error);
    if (level == SETTING_IN_SESSION && !check_session(settings, option, error)) return false;
    if (!check(option, value, error)) return false;
    put(settings, name, value);
    return true;
}

void settings_pin(struct settings *settings, enum option_id id, struct text value)
{
    put(settings, text_of(options[id].name), value);
}

bool settings_unset(struct settings *settings, struct text name, struct error *error)
{
    name = bare_name(name);
    bool known = find(name) || settings_find(settings, name).data;
    if (!known) return unknown(name, "", error);
    map_remove(&settings->values, name);
    return true;
}

struct text settings_find(const struct settings *settings, struct text name)
{
    name = bare_name(name);
    for (const struct settings *level = settings; level; level = level->parent) {
        const struct text *value = map_get(&level->values, name);
        if (value) return *value;
    }
    const struct option *option = find(name);
    return option ? text_of(option->default_value) : NO_TEXT;
}

struct text settings_text(const struct settings *settings, enum option_id id)
{
    return settings_find(settings, text_of(options[id].name));
}

int64_t settings_int(const struct settings *settings, enum option_id id)
{
    struct text value = settings_text(settings, id);
    char digits[32] = "";
    if (value.len < sizeof digits && value.len) memcpy(digits, value.data, value.len);
    return strtoll(digits, NULL, 10);
}

bool settings_bool(const struct settings *settings, enum option_id id)
{
    return text_equal_nocase(settings_text(settings, id), TEXT("true"));
}

bool settings_client_at(const struct settings *settings, uint32_t i, struct text *name, struct text *value)
{
    for (const struct settings *level = settings; level; level = level->parent) {
        void *kept;
        for (uint32_t j = 0; map_at(&level->values, j, name, &kept); j++) {
            if (find(*name)) continue;
            if (i-- > 0) continue;
            *value = settings_find(settings, *name);
            return true;
        }
    }
    return false;
}

bool settings_override_at(const struct settings *settings, uint32_t i, struct text *name, struct text *value)
{
    void *kept;
    if (!map_at(&settings->values, i, name, &kept)) return false;
    *value = *(struct text *)kept;
    return true;
}

struct text settings_masked(struct text name, struct text value)
{
    static const char *const secrets[] = {"password", "secret", "sasl.jaas", ".key", "token", "user.info"};
    const struct option *option = find(bare_name(name));
    bool secret = option && option->flags & OPTION_SECRET;
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets && !option; i++)
        secret |= memmem(name.data, name.len, secrets[i], strlen(secrets[i])) != NULL;
    return secret && value.len ? TEXT("[hidden]") : value;
}

/* ---- files */

static bool read_file(const char *path, struct buffer *content, struct error *error)
{
    enum { STEP = 1 << 16 };
    FILE *file = fopen(path, "r");
    size_t n = file ? 1 : 0;
    while (n > 0) {
        char *end = buffer_reserve(content, STEP);
        n = end ? fread(end, 1, STEP, file) : 0;
        content->len += n;
    }
    bool ok = file && !ferror(file) && !content->overflow;
    if (!ok)
        error_set(error, ERROR_INPUT, NO_SPAN, "cannot read %s: %s", path,
                  strerror(file && content->overflow ? EFBIG : errno));
    if (file) fclose(file);
    return ok;
}

bool settings_load(struct settings *settings, const char *path, struct error *error)
{
    struct buffer content = BUFFER(1 << 20);
    struct arena *arena = arena_new();
    struct text name, value;
    bool ok = read_file(path, &content, error);
    struct properties properties = {.rest = buffer_text(&content)};
    while (ok && properties_next(&properties, arena, &name, &value)) {
        if (value.data)
            ok = settings_set(settings, name, value, SETTING_AT_START, error);
        else
            ok = error_set(error, ERROR_SETTING, NO_SPAN, "expected name=value, found '" TEXT_FMT "'", TEXT_ARG(name));
        if (!ok) error_prefix(error, "%s:%u: ", path, properties.line);
    }
    arena_free(arena);
    buffer_free(&content);
    return ok;
}
