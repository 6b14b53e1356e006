/* session.c - scripts: statements one after the other, each with what the ones before it have SET and DEFINEd. */
#include "engine/service/call.h"
#include <stdlib.h>

struct session *session_new(struct engine *engine)
{
    struct session *session = HEAP_MAKE(struct session);
    session->engine = engine;
    session->settings = settings_new(engine->settings);
    return session;
}

static void forget_variable(struct session *session, struct text name)
{
    for (uint32_t i = 0; i < session->variables.n; i++) {
        struct map_entry *entry = &session->variables.entries[i];
        if (!text_equal(entry->key, name)) continue;
        char *key = (char *)entry->key.data;
        free(map_remove(&session->variables, name));
        free(key);
        return;
    }
}

void session_free(struct session *session)
{
    if (!session) return;
    while (session->variables.n) forget_variable(session, session->variables.entries[0].key);
    map_free(&session->variables);
    settings_free(session->settings);
    free(session);
}

struct settings *session_settings(struct session *session)
{
    return session->settings;
}

bool session_define(struct session *session, struct text name, struct text value, struct error *error)
{
    bool ok = name.len > 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        ok &= letter || (i > 0 && c >= '0' && c <= '9');
    }
    if (!ok)
        return error_set(error, ERROR_STATEMENT, NO_SPAN,
                         "'" TEXT_FMT "' is no name for a variable: letters, digits and _", TEXT_ARG(name));
    forget_variable(session, name);
    struct text key = {heap_strndup(name.data, name.len), name.len};
    map_put(&session->variables, key, heap_strndup(value.data, value.len));
    return true;
}

bool session_undefine(struct session *session, struct text name)
{
    bool was = map_get(&session->variables, name) != NULL;
    forget_variable(session, name);
    return was;
}

/* ---- scripts */

static bool execute_next(struct session *session, struct script *script, const struct script_options *options,
                         const struct client *client, bool *more, struct error *error)
{
    struct arena *arena = arena_new();
    struct tree_statement *statement = NULL;
    bool substitutes = settings_bool(session->settings, OPTION_VARIABLES_ENABLED);
    script->options.variables = substitutes ? &session->variables : NULL;
    bool ok = script_next(script, arena, &statement, error);
    *more = ok && statement;
    if (*more && !(options->repeatable && statement_is_there(session, statement, client)))
        ok = session_execute(session, statement, client, error);
    if (!ok) script_locate(script, error);
    arena_free(arena);
    return ok;
}

bool session_run_script(struct session *session, struct text sql, struct script_options options,
                        const struct client *client, struct error *error)
{
    struct script script;
    bool more = true;
    script_init(&script, sql, (struct parse_options){.end_may_lack_semicolon = options.end_may_lack_semicolon});
    while (more)
        if (!execute_next(session, &script, &options, client, &more, error)) return false;
    return true;
}

bool session_execute_script(struct session *session, struct text sql, const struct client *client, struct error *error)
{
    return session_run_script(session, sql, (struct script_options){.end_may_lack_semicolon = true}, client, error);
}
