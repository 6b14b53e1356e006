/* assert_topic.c - ASSERT TOPIC: waits until a topic is there (or is not) and has the configuration that is named.
 *
 *     ASSERT TOPIC 'orders' WITH (PARTITIONS = 4, 'cleanup.policy' = 'delete') TIMEOUT 10 SECONDS;
 *     ASSERT NOT EXISTS TOPIC 'orders';
 *
 * The broker is asked again and again until then; the error is what was wrong last.
 */
#include "engine/service/call.h"
#include "engine/base/clock.h"

enum { LOOK_NS = 50000000 };

static bool config_is(struct call *call, const struct tree_property *property, const struct topic_info *info, bool *is,
                      struct error *error)
{
    const struct tree_expr *value = property->value;
    struct text wanted = value->kind == TREE_INTEGER ? text_printf(call->arena, "%lld", (long long)value->integer)
                                                     : value->text,
                actual;
    struct text name = property->name.name;
    if (text_equal_nocase(name, TEXT("PARTITIONS")))
        actual = text_printf(call->arena, "%d", info->n_partitions);
    else if (text_equal_nocase(name, TEXT("REPLICAS")))
        actual = text_printf(call->arena, "%d", info->replicas);
    else if (!broker_topic_config(call->engine->broker, call->arena, info->name, text_lower(call->arena, name), &actual,
                                  error))
        return false;
    *is = text_equal(wanted, actual);
    if (!*is)
        error_set(error, ERROR_STATEMENT, property->value->span,
                  "the topic " TEXT_FMT " has " TEXT_FMT " = " TEXT_FMT ", not " TEXT_FMT, TEXT_ARG(info->name),
                  TEXT_ARG(name), TEXT_ARG(actual.data ? actual : TEXT("(not set)")), TEXT_ARG(wanted));
    return true;
}

/* True in *holds, or the reason in `error`; false if the broker cannot say. */
static bool assertion_holds(struct call *call, bool *has_topic, bool *holds, struct error *error)
{
    const struct tree_statement *statement = call->statement;
    struct topic_info info;
    if (!broker_describe_topic(call->engine->broker, call->arena, statement->name.name, &info, error)) return false;
    *has_topic = info.n_partitions > 0;
    *holds = *has_topic != statement->negated;
    if (!*holds)
        error_set(error, ERROR_STATEMENT, statement->name.span, "the topic " TEXT_FMT " exists",
                  TEXT_ARG(statement->name.name));
    for (uint32_t i = 0; *holds && !statement->negated && i < statement->properties.n; i++)
        if (!config_is(call, statement->properties.items[i], &info, holds, error)) return false;
    return true;
}

/* One look, in memory of its own: there may be many. */
static bool look(const struct call *call, bool *has_topic, bool *holds, struct error *error)
{
    struct arena *arena = arena_new();
    struct call round = *call;
    round.arena = arena;
    bool ok = assertion_holds(&round, has_topic, holds, error);
    arena_free(arena);
    return ok;
}

bool call_assert_topic(struct call *call, struct error *error)
{
    const struct tree_statement *statement = call->statement;
    int64_t timeout_ms = statement->timeout.unit != UNIT_NONE
                             ? tree_duration_ms(statement->timeout)
                             : settings_int(call->session->settings, OPTION_ASSERT_TOPIC_TIMEOUT_MS);
    int64_t deadline_ms = clock_monotonic_ms() + timeout_ms;
    bool holds = false, has_topic = false;
    for (;;) {
        if (!look(call, &has_topic, &holds, error)) return false;
        if (holds) break;
        if (clock_monotonic_ms() >= deadline_ms || call_cancelled(call))
            return has_topic ? false : call_no_topic(call, statement->name, error);
        struct timespec pause = {.tv_nsec = LOOK_NS};
        nanosleep(&pause, NULL);
    }
    struct entity *entity = call_entity(call, "assert_topic");
    entity_set_text(entity, "topicName", statement->name.name);
    entity_set_boolean(entity, "exists", !statement->negated);
    call_answer(call, entity);
    return true;
}
