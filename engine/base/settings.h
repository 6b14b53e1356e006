/* settings.h - options with the peer's property names: each is a row in options.def that parses, checks, defaults and
 * documents it.
 *
 *     struct settings *settings = settings_new(NULL);
 *     settings_set(settings, TEXT("commit.interval.ms"), TEXT("500"), SETTING_SERVER, &error);
 *     int64_t ms = settings_int(settings, OPTION_COMMIT_INTERVAL_MS);
 *
 * A child (settings_new(parent)) overrides its parent: a session over the server. `ksql.streams.` in front of a name is
 * taken off; what is not in the table is asked of the client (settings_use_client_check: librdkafka's own names, with
 * or without `producer.`, `consumer.`), and if it does not know it either, is refused with the nearest name there is.
 */
#pragma once
#include "engine/base/error.h"

struct arena;
struct settings;

enum option_type { OPTION_TEXT, OPTION_BOOLEAN, OPTION_INT, OPTION_CHOICE };

enum option_id {
#define OPTION(id, name, type, default_value, low, high, flags, description) OPTION_##id,
#include "engine/base/options.def"
#undef OPTION
    OPTION_COUNT,
};

enum option_flags {
    OPTION_SERVER = 1,  /* read at start only */
    OPTION_SESSION = 2, /* may be SET in a session, for the queries that it starts */
    OPTION_SECRET = 4,  /* shown as [hidden] */
    OPTION_MEANING = 8, /* what a statement makes depends on it: the command log keeps it with each statement */
};

struct option {
    const char *name;
    enum option_type type;
    const char *default_value; /* NULL: not set */
    int64_t low, high;         /* INT: bounds, both included */
    int flags;
    const char *description; /* CHOICE: begins with "a|b|c: " */
};

const struct option *option_at(enum option_id id);

/* `parent` is borrowed and must outlive the child; NULL for the defaults. */
struct settings *settings_new(const struct settings *parent);
void settings_free(struct settings *settings);
/* With the same overrides over the same parent. */
struct settings *settings_copy(const struct settings *settings);

enum setting_level { SETTING_AT_START, SETTING_IN_SESSION };

/* Copies both. The error has a hint with the nearest name where the name is unknown. */
MUST_CHECK bool settings_set(struct settings *settings, struct text name, struct text value, enum setting_level level,
                             struct error *error);
/* The value that it has here, whatever it is above; NO_TEXT: it is not set. Not checked. */
void settings_pin(struct settings *settings, enum option_id id, struct text value);
/* Back to the parent's value. False if the name is unknown. */
MUST_CHECK bool settings_unset(struct settings *settings, struct text name, struct error *error);

/* NO_TEXT where it is not set and has no default. Valid while the settings are not changed. */
struct text settings_text(const struct settings *settings, enum option_id id);
int64_t settings_int(const struct settings *settings, enum option_id id);
bool settings_bool(const struct settings *settings, enum option_id id);

/* By name, also the client's; NO_TEXT where unknown or not set. */
struct text settings_find(const struct settings *settings, struct text name);

/* All that is set here or above and is not in the table: the client's. In order; false beyond the last. */
bool settings_client_at(const struct settings *settings, uint32_t i, struct text *name, struct text *value);

/* What this level sets itself: `i` from 0; false beyond the last. */
bool settings_override_at(const struct settings *settings, uint32_t i, struct text *name, struct text *value);

/* "[hidden]" for secrets (also the client's: names that contain password, secret, sasl.jaas or .key), else the value.
 */
struct text settings_masked(struct text name, struct text value);

/* A file of properties (properties.h). The error names file and line. */
MUST_CHECK bool settings_load(struct settings *settings, const char *file, struct error *error);

/* How the client's names are checked; set once at start. Without it no name outside the table is accepted. Where *known is
 * false, the error's hint may say which of the client's names is the nearest. */
typedef bool settings_client_check(struct text name, struct text value, bool *known, struct error *error);
void settings_use_client_check(settings_client_check *check);
