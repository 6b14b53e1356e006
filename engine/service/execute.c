/* execute.c - a statement of a session: found by its kind in a table, checked, and either answered here or written to
 * the command log.
 *
 *     CREATE STREAM out AS SELECT ...
 *
 *     1 analysed against the catalog as it is now       errors are the user's, and nothing has happened yet
 *     2 the sink topic is made (or its shape checked)
 *     3 the command is appended, with the offsets where the query begins
 *     4 the steward carries it out (apply.c), which this waits for
 */
#include "engine/service/call.h"
#include "engine/base/clock.h"
#include "engine/number/number.h"
#include "parser/print.h"
#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- answers */

struct text call_sql(const struct call *call)
{
    struct buffer text = BUFFER(4 << 20);
    print_statement(&text, call->statement);
    buffer_append_char(&text, ';');
    struct text sql = text_copy(call->arena, buffer_text(&text));
    buffer_free(&text);
    return sql;
}

struct entity *call_entity(const struct call *call, const char *type)
{
    struct entity *entity = entity_object(call->arena);
    entity_set_string(entity, "@type", type);
    entity_set_text(entity, "statementText", call->statement->sql.data ? call->statement->sql : call_sql(call));
    return entity;
}

void call_answer(const struct call *call, struct entity *entity)
{
    if (!entity_get(entity, "warnings")) entity_set_list(entity, "warnings");
    if (call->client->entity) call->client->entity(call->client->context, entity);
}

void call_answer_warning(const struct call *call, struct text message)
{
    struct entity *entity = call_entity(call, "warning_entity");
    entity_set_text(entity, "message", message);
    call_answer(call, entity);
}

bool call_cancelled(const struct call *call)
{
    return call->client->cancelled && call->client->cancelled(call->client->context);
}

void call_finished(const struct call *call, const char *how)
{
    if (call->client->finished) call->client->finished(call->client->context, how);
}

static void notice(const struct call *call, struct text text)
{
    if (call->client->notice) call->client->notice(call->client->context, text);
}

struct analyzer call_analyzer(const struct call *call, struct arena *arena)
{
    return (struct analyzer){arena, &call->engine->catalog, call->session->settings};
}

/* ---- topics */

bool topic_is_listed(const struct settings *settings, enum option_id list, struct text topic)
{
    struct text rest = settings_text(settings, list);
    char name[256], pattern[512];
    snprintf(name, sizeof name, TEXT_FMT, TEXT_ARG(topic));
    while (rest.len) {
        const char *comma = memchr(rest.data, ',', rest.len);
        size_t len = comma ? (size_t)(comma - rest.data) : rest.len;
        snprintf(pattern, sizeof pattern, "^(%.*s)$", (int)len, rest.data);
        rest.data += len + (comma != NULL);
        rest.len -= len + (comma != NULL);
        regex_t regex;
        if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB)) continue;
        bool fits = regexec(&regex, name, 0, NULL, 0) == 0;
        regfree(&regex);
        if (fits) return true;
    }
    return false;
}

void call_look_for_servers(const struct call *call)
{
    if (engine_look_for_servers(call->engine)) return;
    notice(call, TEXT("no server runs the queries now; they go on with `weir run`"));
}

bool call_no_topic(const struct call *call, struct tree_name name, struct error *error)
{
    struct topic_list topics = {0};
    struct error ignored;
    struct text nearest = NO_TEXT;
    if (broker_list_topics(call->engine->broker, call->arena, &topics, &ignored)) {
        struct text *names = ARENA_ARRAY(call->arena, struct text, topics.n);
        for (uint32_t i = 0; i < topics.n; i++) names[i] = topics.items[i].name;
        nearest = text_nearest(name.name, names, topics.n);
    }
    error_set(error, ERROR_STATEMENT, name.span, "the topic " TEXT_FMT " does not exist", TEXT_ARG(name.name));
    if (!nearest.data) return error_hint(error, "SHOW TOPICS lists those that do");
    return error_hint(error, "the nearest is " TEXT_FMT "; in quotes, a name keeps its case", TEXT_ARG(nearest));
}

static bool check_writable(const struct call *call, struct text topic, struct span span, struct error *error)
{
    if (!topic_is_listed(call->engine->settings, OPTION_READONLY_TOPICS, topic)) return true;
    return error_set(error, ERROR_STATEMENT, span, "the topic " TEXT_FMT " is read only (ksql.readonly.topics)",
                     TEXT_ARG(topic));
}

/* An error of the broker's has no place of its own: it stands where the topic is named. */
static bool describe_topic(struct call *call, struct text topic, struct span span, struct topic_info *info,
                           struct error *error)
{
    if (broker_describe_topic(call->engine->broker, call->arena, topic, info, error)) return true;
    if (!error->span.end) error->span = span;
    return false;
}

static bool check_shape(const struct with *with, const struct topic_info *info, struct error *error)
{
    if (with->partitions && with->partitions != info->n_partitions)
        return error_set(error, ERROR_STATEMENT, with_span(with, &with->partitions),
                         "the topic " TEXT_FMT " exists, with %d partitions and not %lld", TEXT_ARG(info->name),
                         info->n_partitions, (long long)with->partitions);
    if (with->replicas > 0 && with->replicas != info->replicas)
        return error_set(error, ERROR_STATEMENT, with_span(with, &with->replicas),
                         "the topic " TEXT_FMT " exists, with %d replicas and not %lld", TEXT_ARG(info->name),
                         info->replicas, (long long)with->replicas);
    return true;
}

static bool check_retention(struct call *call, const struct with *with, struct text topic, struct error *error)
{
    struct text value;
    if (!with->retention_ms) return true;
    if (!broker_topic_config(call->engine->broker, call->arena, topic, TEXT("retention.ms"), &value, error))
        return false;
    if (text_equal(value, text_printf(call->arena, "%lld", (long long)with->retention_ms))) return true;
    return error_set(error, ERROR_STATEMENT, with_span(with, &with->retention_ms),
                     "the topic " TEXT_FMT " exists, with another RETENTION_MS (" TEXT_FMT ")", TEXT_ARG(topic),
                     TEXT_ARG(value.data ? value : TEXT("not set")));
}

/* How a new topic is cleaned up, by what it holds; NO_TEXT: as the broker does it (delete). */
static struct text cleanup_policy(const struct source *source)
{
    if (source->kind == SOURCE_STREAM) return NO_TEXT;
    return source->window == WINDOW_NONE ? TEXT("compact") : TEXT("compact,delete");
}

static bool make_topic(struct call *call, const struct with *with, struct topic_info like, struct text cleanup,
                       struct error *error)
{
    struct topic_config configs[2];
    uint32_t n = 0;
    if (cleanup.data) configs[n++] = (struct topic_config){TEXT("cleanup.policy"), cleanup};
    if (with->retention_ms)
        configs[n++] = (struct topic_config){TEXT("retention.ms"),
                                             text_printf(call->arena, "%lld", (long long)with->retention_ms)};
    struct topic_spec spec = {
        .name = like.name,
        .n_partitions = with->partitions ? (int32_t)with->partitions : like.n_partitions,
        .replicas = with->replicas ? (int16_t)with->replicas : like.replicas,
        .configs = configs,
        .n_configs = n,
    };
    if (broker_create_topics(call->engine->broker, &spec, 1, true, error)) return true;
    if (!error->span.end) error->span = with_span(with, &with->topic);
    return false;
}

/* CREATE over a topic: it exists, or PARTITIONS says that it is to be made. */
static bool ensure_topic(struct call *call, const struct source *source, const struct with *with, struct error *error)
{
    struct topic_info info;
    if (!describe_topic(call, source->topic, with_span(with, &with->topic), &info, error)) return false;
    if (info.n_partitions) return check_shape(with, &info, error) && check_retention(call, with, source->topic, error);
    if (!with->partitions) {
        error_set(error, ERROR_STATEMENT, with_span(with, &with->topic), "the topic " TEXT_FMT " does not exist",
                  TEXT_ARG(source->topic));
        return error_hint(error, "to have it made, add PARTITIONS to WITH");
    }
    if (!check_writable(call, source->topic, with_span(with, &with->topic), error)) return false;
    if (with->retention_ms && source->kind == SOURCE_TABLE && source->window == WINDOW_NONE)
        return error_set(error, ERROR_STATEMENT, with_span(with, &with->retention_ms),
                         "a table that is not windowed has no RETENTION_MS");
    struct topic_info like = {.name = source->topic, .replicas = -1};
    return make_topic(call, with, like, cleanup_policy(source), error);
}

/* RETENTION_MS where the statement gives none: the source topic's, if that has one of its own. */
static bool inherit_retention(struct call *call, struct with *with, struct text source, struct error *error)
{
    struct text value;
    int64_t ms;
    if (with->retention_ms) return true;
    if (!broker_topic_config(call->engine->broker, call->arena, source, TEXT("retention.ms"), &value, error))
        return false;
    if (value.data && number_parse_bigint(value, &ms)) with->retention_ms = ms;
    return true;
}

/* The sink topic: as WITH says, else shaped like the source's. `made` so that it can be taken back. */
static bool ensure_sink_topic(struct call *call, const struct analysis *analysis, bool *made, struct error *error)
{
    const struct with *with = &analysis->with;
    struct topic_info sink, source;
    *made = false;
    if (!check_writable(call, analysis->sink->topic, call->statement->name.span, error)) return false;
    if (!describe_topic(call, analysis->from->topic, NO_SPAN, &source, error)) return false;
    if (!source.n_partitions)
        return error_set(error, ERROR_STATEMENT, call->statement->query->from.items[0]->span,
                         "the topic " TEXT_FMT " of " TEXT_FMT " does not exist", TEXT_ARG(analysis->from->topic),
                         TEXT_ARG(analysis->from->name));
    struct span given = with_span(with, &with->topic), span = given.end ? given : call->statement->name.span;
    if (!describe_topic(call, analysis->sink->topic, span, &sink, error)) return false;
    if (sink.n_partitions) return check_shape(with, &sink, error) && check_retention(call, with, sink.name, error);
    bool inherit = settings_bool(call->session->settings, OPTION_INHERIT_REPLICAS);
    struct topic_info like = {
        .name = analysis->sink->topic, .n_partitions = source.n_partitions, .replicas = inherit ? source.replicas : -1};
    struct with shaped = *with;
    if (!inherit_retention(call, &shaped, analysis->from->topic, error)) return false;
    *made = make_topic(call, &shaped, like, cleanup_policy(analysis->sink), error);
    return *made;
}

/* ---- commands */

static void answer_status(const struct call *call, const struct command *command, const struct applied *applied)
{
    struct entity *entity = call_entity(call, "currentStatus");
    entity_set_text(entity, "commandId", command->key);
    struct entity *status = entity_set_object(entity, "commandStatus");
    entity_set_string(status, "status", "SUCCESS");
    entity_set_string(status, "message", applied->message);
    entity_set_text(status, "queryId", applied->query_id[0] ? text_of(applied->query_id) : NO_TEXT);
    entity_set_integer(entity, "commandSequenceNumber", applied->offset);
    call_answer(call, entity);
}

/* "stream/`ORDERS`/create", "terminate/ALL/execute": the name is in quotes where a stream or a table is created. */
static struct text command_key(const struct call *call, const char *type, const char *action)
{
    const struct tree_statement *statement = call->statement;
    struct text name = statement->all ? TEXT("ALL") : statement->name.name;
    bool quoted = !strcmp(action, "create") && strcmp(type, "type") != 0;
    return text_printf(call->arena, quoted ? "%s/`" TEXT_FMT "`/%s" : "%s/" TEXT_FMT "/%s", type, TEXT_ARG(name),
                       action);
}

static bool submit(struct call *call, const char *type, const char *action, struct command *command,
                   struct applied *applied, struct error *error)
{
    const struct tree_statement *statement = call->statement;
    command->key = command_key(call, type, action);
    command->statement = call_sql(call);
    command->overrides = call->session->settings;
    if (engine_submit(call->engine, command, applied, error)) return true;
    error->span = statement->name.span; /* its own is a place in the canonical text */
    return false;
}

static bool submit_simple(struct call *call, const char *type, const char *action, struct error *error)
{
    struct command command = {0};
    struct applied applied;
    if (!submit(call, type, action, &command, &applied, error)) return false;
    answer_status(call, &command, &applied);
    return true;
}

/* "IF NOT EXISTS" of something that exists: said, and nothing done. */
static bool exists_already(struct call *call)
{
    const struct tree_statement *statement = call->statement;
    pthread_mutex_lock(&call->engine->lock);
    const struct source *now = catalog_find(&call->engine->catalog, statement->name.name);
    bool exists = now && statement->if_not_exists;
    const char *kind = now ? source_kind_name(now->kind) : "";
    bool table = statement->kind == STATEMENT_CREATE_TABLE || statement->kind == STATEMENT_CREATE_TABLE_AS;
    pthread_mutex_unlock(&call->engine->lock);
    if (exists)
        call_answer_warning(call, text_printf(call->arena,
                                              "Cannot add %s `" TEXT_FMT "`: A %s with the same name already exists.",
                                              table ? "table" : "stream", TEXT_ARG(statement->name.name), kind));
    return exists;
}

static bool call_create(struct call *call, struct error *error)
{
    struct source *source;
    struct with with;
    if (exists_already(call)) return true;
    pthread_mutex_lock(&call->engine->lock);
    struct analyzer analyzer = call_analyzer(call, call->arena);
    bool ok = analyze_create(&analyzer, call->statement, &with, &source, error);
    pthread_mutex_unlock(&call->engine->lock);
    if (!ok) return false;
    ok = ensure_topic(call, source, &with, error);
    bool stream = source->kind == SOURCE_STREAM;
    source_release(source);
    return ok && submit_simple(call, stream ? "stream" : "table", "create", error);
}

static bool call_alter(struct call *call, struct error *error)
{
    struct source *source;
    pthread_mutex_lock(&call->engine->lock);
    struct analyzer analyzer = call_analyzer(call, call->arena);
    bool ok = analyze_alter(&analyzer, call->statement, &source, error);
    pthread_mutex_unlock(&call->engine->lock);
    if (!ok) return false;
    source_release(source);
    return submit_simple(call, call->statement->kind == STATEMENT_ALTER_STREAM ? "stream" : "table", "alter", error);
}

/* ---- persistent queries */

/* The ends of the source's partitions, where a query begins under auto.offset.reset = latest. */
static bool find_start(struct call *call, struct text topic, struct command *command, struct error *error)
{
    struct topic_info info;
    if (!text_equal_nocase(settings_text(call->session->settings, OPTION_AUTO_OFFSET_RESET), TEXT("latest")))
        return true;
    if (!broker_describe_topic(call->engine->broker, call->arena, topic, &info, error)) return false;
    struct start_offset *start = ARENA_ARRAY(call->arena, struct start_offset, info.n_partitions);
    for (int32_t i = 0; i < info.n_partitions; i++) {
        int64_t first;
        start[i] = (struct start_offset){topic, i, 0};
        if (!broker_offsets(call->engine->broker, topic, i, &first, &start[i].offset, error)) return false;
    }
    command->start = start;
    command->n_start = (uint32_t)info.n_partitions;
    return true;
}

/* A query that takes the place of another is none more. */
static bool check_limit(const struct call *call, const struct analysis *analysis, struct error *error)
{
    if (analysis->replaces) return true;
    int64_t most = settings_int(call->engine->settings, OPTION_QUERY_LIMIT);
    pthread_mutex_lock(&call->engine->lock);
    uint32_t n = call->engine->queries.n;
    pthread_mutex_unlock(&call->engine->lock);
    if (n < most) return true;
    return error_set(error, ERROR_LIMIT, call->statement->span,
                     "no more persistent queries are allowed: there are %u (ksql.query.persistent.active.limit)", n);
}

static bool analyze_locked(struct call *call, struct analysis **analysis, struct error *error)
{
    pthread_mutex_lock(&call->engine->lock);
    struct analyzer analyzer = call_analyzer(call, call->arena);
    bool ok = analyze_persistent(&analyzer, call->statement, analysis, error);
    pthread_mutex_unlock(&call->engine->lock);
    return ok;
}

/* The topic of a sink that did not come to be; unless another server's statement, which came first, is over it now. */
static void take_back_topic(struct call *call, struct text topic, struct error *error)
{
    struct error ignored;
    pthread_mutex_lock(&call->engine->lock);
    bool used = catalog_find_over(&call->engine->catalog, topic, NULL) != NULL;
    pthread_mutex_unlock(&call->engine->lock);
    if (used || broker_delete_topic(call->engine->broker, topic, &ignored)) return;
    error_hint(error, "the topic " TEXT_FMT " was made for it, and could not be taken back", TEXT_ARG(topic));
}

static bool call_persistent(struct call *call, struct error *error)
{
    bool insert = call->statement->kind == STATEMENT_INSERT_SELECT, made = false;
    struct analysis *analysis;
    struct command command = {0};
    struct applied applied;
    if (!insert && exists_already(call)) return true;
    if (!analyze_locked(call, &analysis, error) || !check_limit(call, analysis, error)) return false;
    if (insert && !check_writable(call, analysis->sink->topic, call->statement->name.span, error)) return false;
    if (!insert && !ensure_sink_topic(call, analysis, &made, error)) return false;
    bool ok = find_start(call, analysis->from->topic, &command, error) &&
              submit(call, "stream", "create", &command, &applied, error);
    if (!ok && made && error->code != ERROR_WORLD) take_back_topic(call, analysis->sink->topic, error);
    if (!ok) return false;
    answer_status(call, &command, &applied);
    return call->engine->runs_by_hand || engine_serve(call->engine, error);
}

/* ---- drop, types, queries */

/* What is wrong is said here, where it stands in the statement, and the log is kept clean of it. Whether it has become
 * wrong since is seen when the command is applied. */
static bool look_before_drop(struct call *call, bool *found, struct text *topic, struct error *error)
{
    struct source *source;
    pthread_mutex_lock(&call->engine->lock);
    struct analyzer analyzer = call_analyzer(call, call->arena);
    bool ok = analyze_drop(&analyzer, call->statement, &source, error);
    *found = ok && source;
    *topic = *found ? text_copy(call->arena, source->topic) : NO_TEXT;
    pthread_mutex_unlock(&call->engine->lock);
    return ok;
}

static bool call_drop(struct call *call, struct error *error)
{
    const struct tree_statement *statement = call->statement;
    struct text topic;
    bool found, deletes = statement->delete_topic;
    if (!look_before_drop(call, &found, &topic, error)) return false;
    if (!found) {
        call_answer_warning(
            call, text_printf(call->arena, "Source `" TEXT_FMT "` does not exist.", TEXT_ARG(statement->name.name)));
        return true;
    }
    if (deletes && !check_writable(call, topic, statement->name.span, error)) return false;
    if (!submit_simple(call, statement->kind == STATEMENT_DROP_TABLE ? "table" : "stream", "drop", error)) return false;
    return !deletes || broker_delete_topic(call->engine->broker, topic, error);
}

static bool call_create_type(struct call *call, struct error *error)
{
    const struct type *type;
    pthread_mutex_lock(&call->engine->lock);
    struct analyzer analyzer = call_analyzer(call, call->arena);
    bool ok = analyze_create_type(&analyzer, call->statement, &type, error);
    pthread_mutex_unlock(&call->engine->lock);
    return ok && submit_simple(call, "type", "create", error);
}

static bool call_drop_type(struct call *call, struct error *error)
{
    bool exists;
    pthread_mutex_lock(&call->engine->lock);
    struct analyzer analyzer = call_analyzer(call, call->arena);
    bool ok = analyze_drop_type(&analyzer, call->statement, &exists, error);
    pthread_mutex_unlock(&call->engine->lock);
    return ok && submit_simple(call, "type", "drop", error);
}

/* TERMINATE, PAUSE, RESUME. */
static bool submit_for_query(struct call *call, const char *type, struct error *error)
{
    pthread_mutex_lock(&call->engine->lock);
    struct analyzer analyzer = call_analyzer(call, call->arena);
    bool ok = analyze_query_id(&analyzer, call->statement, error);
    pthread_mutex_unlock(&call->engine->lock);
    return ok && submit_simple(call, type, "execute", error);
}

/* Repartition topics go with the query; collected before it is gone. */
static void internal_topics(struct call *call, struct name_list *names)
{
    const struct tree_statement *statement = call->statement;
    void *item;
    pthread_mutex_lock(&call->engine->lock);
    for (uint32_t i = 0; map_at(&call->engine->queries, i, NULL, &item); i++) {
        const struct query *query = ((struct placed_query *)item)->query;
        if (!statement->all && !text_equal(query->id, statement->name.name)) continue;
        for (uint32_t j = 0; j < query->plan->n_internal_topics; j++)
            LIST_PUSH(call->arena, names, text_copy(call->arena, query->plan->internal_topics[j].name));
    }
    pthread_mutex_unlock(&call->engine->lock);
}

static bool call_terminate(struct call *call, struct error *error)
{
    struct name_list topics = {0};
    internal_topics(call, &topics);
    if (!submit_for_query(call, "terminate", error)) return false;
    for (uint32_t i = 0; i < topics.n; i++) {
        struct error trouble = {0};
        if (!broker_delete_topic(call->engine->broker, topics.items[i], &trouble))
            notice(call, text_printf(call->arena, "the topic " TEXT_FMT " was not deleted: %s",
                                     TEXT_ARG(topics.items[i]), trouble.message));
    }
    return true;
}

static bool call_pause(struct call *call, struct error *error)
{
    return submit_for_query(call, "pause", error);
}

static bool call_resume(struct call *call, struct error *error)
{
    return submit_for_query(call, "resume", error);
}

/* ---- the session's own */

static bool call_set(struct call *call, struct error *error)
{
    const struct tree_statement *statement = call->statement;
    if (text_ends_with(text_trim(statement->text), TEXT("processing.guarantee")) &&
        text_equal_nocase(text_trim(statement->value_text), TEXT("exactly_once_v2")))
        return error_set(error, ERROR_NOT_SUPPORTED, statement->span,
                         "processing.guarantee = exactly_once_v2 is not supported yet");
    if (settings_set(call->session->settings, statement->text, statement->value_text, SETTING_IN_SESSION, error))
        return true;
    error->span = statement->span;
    return false;
}

static bool call_unset(struct call *call, struct error *error)
{
    if (settings_unset(call->session->settings, call->statement->text, error)) return true;
    error->span = call->statement->span;
    return false;
}

bool call_check_variables(const struct call *call, struct error *error)
{
    if (settings_bool(call->session->settings, OPTION_VARIABLES_ENABLED)) return true;
    return error_set(error, ERROR_STATEMENT, call->statement->span,
                     "variables are switched off (ksql.variable.substitution.enable)");
}

static bool call_define(struct call *call, struct error *error)
{
    if (!call_check_variables(call, error)) return false;
    if (session_define(call->session, call->statement->name.name, call->statement->value_text, error)) return true;
    error->span = call->statement->name.span;
    return false;
}

static bool call_undefine(struct call *call, struct error *error)
{
    if (!call_check_variables(call, error)) return false;
    if (!session_undefine(call->session, call->statement->name.name))
        call_answer_warning(call,
                            text_printf(call->arena, "Cannot undefine variable '" TEXT_FMT "' which was never defined",
                                        TEXT_ARG(call->statement->name.name)));
    return true;
}

static bool read_file(struct text path, struct span span, struct buffer *out, struct error *error)
{
    char name[4096];
    snprintf(name, sizeof name, TEXT_FMT, TEXT_ARG(path));
    FILE *file = fopen(name, "rb");
    if (!file) return error_set(error, ERROR_INPUT, span, "cannot read the script %s: %s", name, strerror(errno));
    size_t n;
    char *room;
    while ((room = buffer_reserve(out, 65536)) && (n = fread(room, 1, 65536, file)) > 0) out->len += n;
    bool ok =
        !ferror(file) || error_set(error, ERROR_INPUT, span, "cannot read the script %s: %s", name, strerror(errno));
    fclose(file);
    return ok && (!out->overflow || error_set(error, ERROR_LIMIT, span, "the script %s is too long", name));
}

static bool call_run_script(struct call *call, struct error *error)
{
    struct buffer sql = BUFFER(64 << 20);
    struct session *session = call->session;
    bool ok = session->depth < 10 ||
              error_set(error, ERROR_LIMIT, call->statement->span, "scripts that run scripts: more than 10 deep");
    session->depth++;
    ok = ok && read_file(call->statement->text, call->statement->span, &sql, error);
    if (ok && !session_execute_script(session, buffer_text(&sql), call->client, error)) {
        struct buffer shown = BUFFER(700);
        error_print(error, buffer_text(&sql), &shown);
        ok = error_set(error, error->code, call->statement->span, "in " TEXT_FMT ": " TEXT_FMT,
                       TEXT_ARG(call->statement->text), TEXT_ARG(buffer_text(&shown)));
        buffer_free(&shown);
    }
    session->depth--;
    buffer_free(&sql);
    return ok;
}

/* ---- dispatch */

static call_handler *const handlers[STATEMENT_KINDS] = {
    [STATEMENT_QUERY] = call_select,
    [STATEMENT_CREATE_STREAM] = call_create,
    [STATEMENT_CREATE_TABLE] = call_create,
    [STATEMENT_CREATE_STREAM_AS] = call_persistent,
    [STATEMENT_CREATE_TABLE_AS] = call_persistent,
    [STATEMENT_INSERT_SELECT] = call_persistent,
    [STATEMENT_INSERT_VALUES] = call_insert_values,
    [STATEMENT_DROP_STREAM] = call_drop,
    [STATEMENT_DROP_TABLE] = call_drop,
    [STATEMENT_ALTER_STREAM] = call_alter,
    [STATEMENT_ALTER_TABLE] = call_alter,
    [STATEMENT_CREATE_TYPE] = call_create_type,
    [STATEMENT_DROP_TYPE] = call_drop_type,
    [STATEMENT_TERMINATE] = call_terminate,
    [STATEMENT_PAUSE] = call_pause,
    [STATEMENT_RESUME] = call_resume,
    [STATEMENT_EXPLAIN] = call_explain,
    [STATEMENT_SHOW_TOPICS] = call_show_topics,
    [STATEMENT_SHOW_STREAMS] = call_show_streams,
    [STATEMENT_SHOW_TABLES] = call_show_tables,
    [STATEMENT_SHOW_QUERIES] = call_show_queries,
    [STATEMENT_SHOW_FUNCTIONS] = call_show_functions,
    [STATEMENT_SHOW_TYPES] = call_show_types,
    [STATEMENT_SHOW_VARIABLES] = call_show_variables,
    [STATEMENT_SHOW_PROPERTIES] = call_show_properties,
    [STATEMENT_DESCRIBE] = call_describe,
    [STATEMENT_DESCRIBE_STREAMS] = call_describe_streams,
    [STATEMENT_DESCRIBE_TABLES] = call_describe_tables,
    [STATEMENT_DESCRIBE_FUNCTION] = call_describe_function,
    [STATEMENT_PRINT] = call_print,
    [STATEMENT_SET] = call_set,
    [STATEMENT_UNSET] = call_unset,
    [STATEMENT_DEFINE] = call_define,
    [STATEMENT_UNDEFINE] = call_undefine,
    [STATEMENT_ASSERT_TOPIC] = call_assert_topic,
    [STATEMENT_RUN_SCRIPT] = call_run_script,
};

bool session_execute(struct session *session, const struct tree_statement *statement, const struct client *client,
                     struct error *error)
{
    call_handler *handler = handlers[statement->kind];
    if (!handler)
        return error_set(error, ERROR_NOT_SUPPORTED, statement->span, "%s is not supported yet",
                         tree_statement_name(statement->kind));
    struct arena *arena = arena_new();
    struct call call = {session, session->engine, statement, client, arena};
    bool ok = handler(&call, error);
    arena_free(arena);
    return ok;
}

/* ---- repeatable scripts */

/* A statement of the same words made what it would make: the script was run before. */
bool statement_is_there(struct session *session, const struct tree_statement *statement, const struct client *client)
{
    struct arena *arena = arena_new();
    struct call call = {session, session->engine, statement, client, arena};
    struct text sql = call_sql(&call);
    bool there = false;
    void *item;
    pthread_mutex_lock(&session->engine->lock);
    if (statement->kind >= STATEMENT_CREATE_STREAM && statement->kind <= STATEMENT_CREATE_TABLE_AS) {
        const struct source *source = catalog_find(&session->engine->catalog, statement->name.name);
        there = source && text_equal(source->sql, sql);
    } else if (statement->kind == STATEMENT_CREATE_TYPE) {
        there = catalog_find_type(&session->engine->catalog, statement->name.name) != NULL;
    }
    for (uint32_t i = 0;
         statement->kind == STATEMENT_INSERT_SELECT && !there && map_at(&session->engine->queries, i, NULL, &item); i++)
        there = text_equal(((struct placed_query *)item)->query->sql, sql);
    pthread_mutex_unlock(&session->engine->lock);
    if (there)
        notice(&call, text_printf(arena, "%s " TEXT_FMT " is there already", tree_statement_name(statement->kind),
                                  TEXT_ARG(statement->name.name)));
    arena_free(arena);
    return there;
}
