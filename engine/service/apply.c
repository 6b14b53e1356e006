/* apply.c - a command of the log carried out: what it changes in the catalog and among the queries.
 *
 * The same on every server: it looks at the commands before it, and at nothing else (no broker, no clock). What has to
 * be done in the world (topics made and deleted) is done by the server that took the statement.
 */
#include "engine/service/engine_inside.h"
#include "parser/parse.h"
#include "parser/print.h"
#include <stdio.h>
#include <stdlib.h>

struct applying {
    struct engine *engine;
    const struct command *command;
    const struct tree_statement *statement;
    struct arena *arena; /* taken over by a query that is made (set to NULL then) */
    struct applied *applied;
};

static void say(struct applying *applying, const char *format, ...) PRINTF_LIKE(2, 3);
static void say(struct applying *applying, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(applying->applied->message, sizeof applying->applied->message, format, arguments);
    va_end(arguments);
}

static struct analyzer analyzer_of(const struct applying *applying)
{
    return (struct analyzer){applying->arena, &applying->engine->catalog, applying->command->meaning};
}

/* ---- queries */

static struct placed_query *find_query(const struct engine *engine, struct text id)
{
    return map_get(&engine->queries, id);
}

/* Takes the query out; the steward stops and frees it. */
static void bury(struct engine *engine, struct placed_query *placed)
{
    map_remove(&engine->queries, placed->query->id);
    catalog_remove_query(&engine->catalog, placed->query->id);
    placed->next = engine->gone;
    engine->gone = placed;
    engine->n_changes++;
}

static struct text query_id(struct applying *applying, const struct analysis *analysis)
{
    const struct command *command = applying->command;
    if (analysis->with.query_id.data) return text_upper(applying->arena, analysis->with.query_id);
    if (analysis->purpose == QUERY_INSERT)
        return text_printf(applying->arena, "INSERTQUERY_%lld", (long long)command->offset + 1);
    struct text name = text_upper(applying->arena, analysis->sink->name);
    return text_printf(applying->arena, "CSAS_" TEXT_FMT "_%lld", TEXT_ARG(name), (long long)command->offset + 1);
}

static const struct start_offset *copy_start(struct arena *arena, const struct command *command)
{
    struct start_offset *start = ARENA_ARRAY(arena, struct start_offset, command->n_start);
    for (uint32_t i = 0; i < command->n_start; i++) {
        start[i] = command->start[i];
        start[i].topic = text_copy(arena, command->start[i].topic);
    }
    return start;
}

/* What the query reads, for the catalog. */
static void fill_entry(struct query *query, const struct analysis *analysis)
{
    struct arena *arena = query->plan->arena;
    struct text *reads = ARENA_MAKE(arena, struct text);
    *reads = text_copy(arena, analysis->from->name);
    query->entry =
        (struct query_entry){query->id, analysis->sink ? text_copy(arena, analysis->sink->name) : NO_TEXT, reads, 1};
}

static void add_query(struct applying *applying, struct analysis *analysis, struct text id,
                      const struct placed_query *before)
{
    struct engine *engine = applying->engine;
    const struct command *command = applying->command;
    struct arena *arena = applying->arena;
    struct plan *plan = plan_build(arena, analysis, id, command->meaning);
    plan->origin = before ? before->query->plan->origin : command->offset;
    struct query *query =
        query_new(QUERY_PERSISTENT, plan, settings_copy(command->overrides), source_retain(analysis->sink));
    query->sql = text_copy(arena, command->statement);
    query->log = engine->log;
    query->start = before ? NULL : copy_start(arena, command);
    query->n_start = before ? 0 : command->n_start;
    fill_entry(query, analysis);
    struct placed_query *placed = HEAP_MAKE(struct placed_query);
    placed->query = query;
    placed->arena = arena_new();
    placed->n_partitions = ARENA_ARRAY(placed->arena, int32_t, plan->n_subtopologies);
    map_put(&engine->queries, query->id, placed);
    catalog_put_query(&engine->catalog, &query->entry);
    engine->n_changes++;
    snprintf(applying->applied->query_id, sizeof applying->applied->query_id, TEXT_FMT, TEXT_ARG(query->id));
    say(applying, "Created query with ID " TEXT_FMT, TEXT_ARG(query->id));
    applying->arena = NULL;
}

static bool exists_already(struct applying *applying, bool *exists)
{
    const struct source *now = catalog_find(&applying->engine->catalog, applying->statement->name.name);
    *exists = now && applying->statement->if_not_exists;
    if (*exists)
        say(applying, "Cannot add %s `" TEXT_FMT "`: it is there already", source_kind_name(now->kind),
            TEXT_ARG(now->name));
    return *exists;
}

static bool create_as(struct applying *applying, struct error *error)
{
    struct analyzer analyzer = analyzer_of(applying);
    struct analysis *analysis;
    struct placed_query *before;
    bool exists;
    if (exists_already(applying, &exists)) return true;
    if (!analyze_persistent(&analyzer, applying->statement, &analysis, error)) return false;
    before = analysis->replaces ? find_query(applying->engine, analysis->replaces->id) : NULL;
    struct text id = before ? text_copy(applying->arena, before->query->id) : query_id(applying, analysis);
    analysis->sink->created_by = text_copy(analysis->sink->arena, id);
    if (before) bury(applying->engine, before);
    catalog_put(&applying->engine->catalog, source_retain(analysis->sink));
    add_query(applying, analysis, id, before);
    return true;
}

static bool insert_select(struct applying *applying, struct error *error)
{
    struct analyzer analyzer = analyzer_of(applying);
    struct analysis *analysis;
    if (!analyze_persistent(&analyzer, applying->statement, &analysis, error)) return false;
    add_query(applying, analysis, query_id(applying, analysis), NULL);
    return true;
}

static bool for_queries(struct applying *applying, void (*change)(struct engine *, struct placed_query *),
                        struct error *error)
{
    struct engine *engine = applying->engine;
    const struct tree_statement *statement = applying->statement;
    struct analyzer analyzer = analyzer_of(applying);
    if (!analyze_query_id(&analyzer, statement, error)) return false;
    if (!statement->all) return change(engine, find_query(engine, statement->name.name)), true;
    uint32_t n = engine->queries.n;
    for (uint32_t i = 0; i < n; i++) { /* a change may take the query out */
        void *item;
        uint32_t at = engine->queries.n == n ? i : 0;
        if (map_at(&engine->queries, at, NULL, &item)) change(engine, item);
    }
    return true;
}

static void pause_query(struct engine *engine, struct placed_query *placed)
{
    placed->query->paused = true;
    engine->n_changes++;
}

static void resume_query(struct engine *engine, struct placed_query *placed)
{
    placed->query->paused = false;
    engine->n_changes++;
}

static bool terminate(struct applying *applying, struct error *error)
{
    say(applying, "Query terminated.");
    return for_queries(applying, bury, error);
}

static bool pause(struct applying *applying, struct error *error)
{
    say(applying, "Query paused.");
    return for_queries(applying, pause_query, error);
}

static bool resume(struct applying *applying, struct error *error)
{
    say(applying, "Query resumed.");
    return for_queries(applying, resume_query, error);
}

/* ---- sources and types */

static bool create(struct applying *applying, struct error *error)
{
    struct analyzer analyzer = analyzer_of(applying);
    struct source *source;
    struct with with;
    bool exists;
    if (exists_already(applying, &exists)) return true;
    if (!analyze_create(&analyzer, applying->statement, &with, &source, error)) return false;
    say(applying, "%s created", source->kind == SOURCE_STREAM ? "Stream" : "Table");
    catalog_put(&applying->engine->catalog, source);
    return true;
}

static bool alter(struct applying *applying, struct error *error)
{
    struct analyzer analyzer = analyzer_of(applying);
    struct source *source;
    if (!analyze_alter(&analyzer, applying->statement, &source, error)) return false;
    say(applying, "%s altered", source->kind == SOURCE_STREAM ? "Stream" : "Table");
    catalog_put(&applying->engine->catalog, source);
    return true;
}

static bool drop(struct applying *applying, struct error *error)
{
    struct engine *engine = applying->engine;
    struct analyzer analyzer = analyzer_of(applying);
    struct source *source;
    if (!analyze_drop(&analyzer, applying->statement, &source, error)) return false;
    if (!source)
        return say(applying, "Source `" TEXT_FMT "` does not exist.", TEXT_ARG(applying->statement->name.name)), true;
    say(applying, "Source `" TEXT_FMT "` (topic: " TEXT_FMT ") was dropped.", TEXT_ARG(source->name),
        TEXT_ARG(source->topic));
    struct placed_query *own = source->created_by.data ? find_query(engine, source->created_by) : NULL;
    if (own) bury(engine, own);
    catalog_remove(&engine->catalog, source->name);
    return true;
}

static bool create_type(struct applying *applying, struct error *error)
{
    struct analyzer analyzer = analyzer_of(applying);
    struct text name = applying->statement->name.name;
    const struct type *type;
    if (!analyze_create_type(&analyzer, applying->statement, &type, error)) return false;
    if (!type) return say(applying, "Cannot add type '" TEXT_FMT "': it is there already", TEXT_ARG(name)), true;
    say(applying, "Registered custom type with name '" TEXT_FMT "' and SQL type " TEXT_FMT, TEXT_ARG(name),
        TEXT_ARG(type_text(applying->arena, type)));
    catalog_put_type(&applying->engine->catalog, name, type);
    return true;
}

static bool drop_type(struct applying *applying, struct error *error)
{
    struct analyzer analyzer = analyzer_of(applying);
    struct text name = applying->statement->name.name;
    bool exists;
    if (!analyze_drop_type(&analyzer, applying->statement, &exists, error)) return false;
    catalog_remove_type(&applying->engine->catalog, name);
    say(applying, exists ? "Dropped type '" TEXT_FMT "'" : "Type '" TEXT_FMT "' does not exist", TEXT_ARG(name));
    return true;
}

/* ---- commands */

static bool (*const appliers[STATEMENT_KINDS])(struct applying *applying, struct error *error) = {
    [STATEMENT_CREATE_STREAM] = create,
    [STATEMENT_CREATE_TABLE] = create,
    [STATEMENT_CREATE_STREAM_AS] = create_as,
    [STATEMENT_INSERT_SELECT] = insert_select,
    [STATEMENT_DROP_STREAM] = drop,
    [STATEMENT_DROP_TABLE] = drop,
    [STATEMENT_ALTER_STREAM] = alter,
    [STATEMENT_ALTER_TABLE] = alter,
    [STATEMENT_CREATE_TYPE] = create_type,
    [STATEMENT_DROP_TYPE] = drop_type,
    [STATEMENT_TERMINATE] = terminate,
    [STATEMENT_PAUSE] = pause,
    [STATEMENT_RESUME] = resume,
};

static bool apply(struct applying *applying, struct error *error)
{
    struct tree_statement *statement;
    if (!parse_statement(applying->arena, text_copy(applying->arena, applying->command->statement), &statement, error))
        return false;
    applying->statement = statement;
    if (appliers[statement->kind]) return appliers[statement->kind](applying, error);
    return error_set(error, ERROR_NOT_SUPPORTED, NO_SPAN, "%s in the command log is not supported yet",
                     tree_statement_name(statement->kind));
}

/* Commands of this engine have someone who waits for them. */
static struct applied *keep_applied(struct engine *engine, const struct command *command)
{
    if (!text_starts_with(command->id, text_of(engine->name))) return NULL;
    struct applied *applied = &engine->applied[engine->n_applied++ % MOST_APPLIED];
    free((char *)applied->id.data);
    return applied;
}

void engine_apply(void *context, const struct command *command)
{
    struct engine *engine = context;
    struct applied not_ours;
    pthread_mutex_lock(&engine->lock);
    struct applied *own = keep_applied(engine, command), *applied = own ? own : &not_ours;
    *applied = (struct applied){.offset = command->offset};
    if (own) applied->id = (struct text){heap_strndup(command->id.data, command->id.len), command->id.len};
    struct applying applying = {.engine = engine, .command = command, .arena = arena_new(), .applied = applied};
    applied->ok = apply(&applying, &applied->error);
    arena_free(applying.arena);
    pthread_mutex_unlock(&engine->lock);
}
