/* bench.c - setting up an engine for a case, and executing statements on it. */
#include "tests/conformance/bench.h"
#include "parser/parse.h"

static bool set_defaults(struct settings *settings, struct error *error)
{
    return settings_set(settings, TEXT("cache.max.bytes.buffering"), TEXT("0"), SETTING_AT_START, error) &&
           settings_set(settings, TEXT("auto.offset.reset"), TEXT("earliest"), SETTING_AT_START, error);
}

static void set_properties(struct settings *settings, const struct test_json *properties)
{
    for (uint32_t i = 0; properties && i < properties->items.n; i++) {
        const struct test_json *property = properties->items.items[i];
        bool known = settings_set(settings, property->name, test_json_text(property), SETTING_AT_START, NULL);
        (void)known; /* some are the test runner's own, or of engines that have other parts */
    }
}

static bool create_topic(struct bench *bench, struct text name, int64_t n_partitions, int64_t replicas,
                         struct error *error)
{
    struct topic_spec spec = {.name = name, .n_partitions = (int32_t)n_partitions, .replicas = (int16_t)replicas};
    return broker_create_topics(bench->broker, &spec, 1, true, error);
}

static bool create_given_topics(struct bench *bench, const struct test_json *topics, struct error *error)
{
    for (uint32_t i = 0; topics && i < topics->items.n; i++) {
        const struct test_json *topic = topics->items.items[i], *name = test_json_get(topic, "name");
        int64_t n_partitions = case_integer(topic, "partitions", 1), replicas = case_integer(topic, "replicas", 1);
        if (name && !create_topic(bench, test_json_text(name), n_partitions, replicas, error)) return false;
    }
    return true;
}

bool bench_open(struct bench *bench, struct text data, const struct conformance_case *given, struct error *error)
{
    *bench = (struct bench){.arena = arena_new(), .settings = settings_new(NULL), .broker = broker_open_memory()};
    if (!set_defaults(bench->settings, error)) return false;
    set_properties(bench->settings, given->properties);
    struct engine_options options = {.settings = bench->settings, .data = data, .broker = bench->broker};
    if (!engine_open(&options, &bench->engine, error)) return false;
    bench->session = session_new(bench->engine);
    return create_given_topics(bench, given->topics, error);
}

void bench_close(struct bench *bench)
{
    for (uint32_t i = 0; i < bench->sources.n; i++) source_release(bench->sources.items[i]);
    if (bench->session) session_free(bench->session);
    engine_close(bench->engine);
    broker_close(bench->broker);
    settings_free(bench->settings);
    arena_free(bench->arena);
}

/* ---- statements */

static const struct tree_expr *find_property(const struct tree_statement *statement, const char *name)
{
    for (uint32_t i = 0; i < statement->properties.n; i++)
        if (text_equal(statement->properties.items[i]->name.name, text_of(name)))
            return statement->properties.items[i]->value;
    return NULL;
}

static void create_named_topic(struct bench *bench, const struct tree_statement *statement)
{
    if (statement->kind != STATEMENT_CREATE_STREAM && statement->kind != STATEMENT_CREATE_TABLE) return;
    const struct tree_expr *topic = find_property(statement, "KAFKA_TOPIC");
    const struct tree_expr *n_partitions = find_property(statement, "PARTITIONS"),
                           *replicas = find_property(statement, "REPLICAS");
    if (!topic) return;
    bool made = create_topic(bench, topic->text, n_partitions ? n_partitions->integer : 4,
                             replicas ? replicas->integer : 1, NULL);
    (void)made; /* a name or a number that is wrong is the statement's trouble */
}

static void create_named_topics(struct bench *bench, struct text sql)
{
    struct arena *arena = arena_new();
    struct script script;
    struct tree_statement *statement;
    script_init(&script, sql, (struct parse_options){0});
    while (script_next(&script, arena, &statement, NULL) && statement) create_named_topic(bench, statement);
    arena_free(arena);
}

static bool is_noted(const struct bench *bench, const struct source *source)
{
    for (uint32_t i = 0; i < bench->sources.n; i++)
        if (bench->sources.items[i] == source) return true;
    return false;
}

static void note_sources(struct bench *bench)
{
    void *source;
    for (uint32_t i = 0; map_at(&engine_catalog(bench->engine)->sources, i, NULL, &source); i++)
        if (!is_noted(bench, source)) LIST_PUSH(bench->arena, &bench->sources, source_retain(source));
}

bool bench_execute(struct bench *bench, struct text sql, struct error *error)
{
    struct client client = {0};
    create_named_topics(bench, sql);
    bool ok = session_execute_script(bench->session, sql, &client, error);
    note_sources(bench);
    return ok;
}

const struct source *bench_source(const struct bench *bench, struct text topic)
{
    for (uint32_t i = 0; i < bench->sources.n; i++)
        if (text_equal(bench->sources.items[i]->topic, topic)) return bench->sources.items[i];
    return NULL;
}
