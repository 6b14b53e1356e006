/* place.c - opening, restarting and sweeping away what a script runs on. */
#include "cli/test/place.h"
#include "engine/base/clock.h"
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Quick commits and quick second tries, every change of a table seen, queries that begin where their topics do. */
static const struct {
    struct text name, value;
} defaults[] = {
    {TEXT("auto.offset.reset"), TEXT("earliest")},
    {TEXT("commit.interval.ms"), TEXT("100")},
    {TEXT("cache.max.bytes.buffering"), TEXT("0")},
    {TEXT("ksql.query.retry.backoff.initial.ms"), TEXT("200")},
};

static bool contains(const struct test_topics *topics, struct text name)
{
    for (uint32_t i = 0; i < topics->n; i++)
        if (text_equal(topics->items[i], name)) return true;
    return false;
}

/* ---- opening */

static bool make_folder(struct test_place *place, struct error *error)
{
    const char *root = getenv("TMPDIR");
    place->folder = arena_printf(place->arena, "%s/weir-test-XXXXXX", root ? root : "/tmp");
    if (mkdtemp(place->folder)) return true;
    place->folder = NULL;
    return error_set(error, ERROR_WORLD, NO_SPAN, "no folder can be made in %s: %m", root ? root : "/tmp");
}

/* A service of its own for each script. */
static bool set_service(struct test_place *place, struct error *error)
{
    static unsigned n;
    struct text id = text_printf(place->arena, "test_%d_%llx_%u_", (int)getpid(), (long long)clock_wall_ms(), n++);
    return settings_set(place->settings, TEXT("ksql.service.id"), id, SETTING_AT_START, error);
}

static bool set_up(struct test_place *place, const struct settings *given, struct error *error)
{
    struct text name, value;
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
        if (!settings_set(place->settings, defaults[i].name, defaults[i].value, SETTING_AT_START, error)) return false;
    if (!set_service(place, error)) return false;
    for (uint32_t i = 0; settings_override_at(given, i, &name, &value); i++)
        if (!settings_set(place->settings, name, value, SETTING_AT_START, error)) return false;
    return place->kind == TEST_KAFKA || settings_unset(place->settings, TEXT("bootstrap.servers"), error);
}

static bool note_strangers(struct test_place *place, struct error *error)
{
    struct topic_list topics;
    if (place->kind != TEST_KAFKA) return true;
    if (!broker_list_topics(place->broker, place->arena, &topics, error)) return false;
    for (uint32_t i = 0; i < topics.n; i++) LIST_PUSH(place->arena, &place->strangers, topics.items[i].name);
    return true;
}

bool test_place_open(struct test_place *place, enum test_broker kind, const struct settings *settings,
                     struct error *error)
{
    *place = (struct test_place){.arena = arena_new(), .kind = kind, .settings = settings_new(NULL)};
    if (!make_folder(place, error) || !set_up(place, settings, error)) return false;
    if (kind == TEST_MEMORY)
        place->broker = broker_open_memory();
    else if (!broker_open(place->settings, text_of(place->folder), &place->broker, error))
        return false;
    return note_strangers(place, error);
}

bool test_place_start(struct test_place *place, struct error *error)
{
    struct engine_options options = {
        .settings = place->settings,
        .data = text_of(place->folder),
        .broker = place->kind == TEST_MEMORY ? place->broker : NULL,
        .serve = true,
    };
    if (!engine_open(&options, &place->engine, error)) return false;
    place->session = session_new(place->engine);
    return session_define(place->session, TEXT("FOLDER"), place->script_folder, error);
}

/* ---- restarting */

void test_place_stop(struct test_place *place)
{
    if (place->session) session_free(place->session);
    engine_stop(place->engine);
    place->session = NULL;
}

static void stop(struct test_place *place)
{
    test_place_stop(place);
    engine_close(place->engine);
    place->engine = NULL;
}

static bool starts_with_word(struct text sql, struct text word)
{
    sql = text_trim(sql);
    return sql.len > word.len && (unsigned char)sql.data[word.len] <= ' ' &&
           text_equal_nocase((struct text){sql.data, word.len}, word);
}

void test_place_note(struct test_place *place, struct text sql)
{
    static const struct text words[] = {TEXT("SET"), TEXT("UNSET"), TEXT("DEFINE"), TEXT("UNDEFINE")};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (starts_with_word(sql, words[i])) LIST_PUSH(place->arena, &place->replay, sql);
}

bool test_place_restart(struct test_place *place, struct error *error)
{
    struct client client = {0};
    stop(place);
    if (!test_place_start(place, error)) return false;
    for (uint32_t i = 0; i < place->replay.n; i++)
        if (!session_execute_script(place->session, place->replay.items[i], &client, error)) return false;
    return true;
}

/* ---- sweeping away */

bool test_place_claim(struct test_place *place, struct text topic, struct error *error)
{
    if (place->kind != TEST_KAFKA || contains(&place->ours, topic)) return true;
    if (contains(&place->strangers, topic)) {
        error_set(error, ERROR_INPUT, NO_SPAN, "topic '" TEXT_FMT "' was there before the script", TEXT_ARG(topic));
        return error_hint(error, "scripts write to topics of their own, which are deleted afterwards");
    }
    LIST_PUSH(place->arena, &place->ours, text_copy(place->arena, topic));
    return true;
}

/* Those made by the script, and the engine's own for this service. */
static void delete_topics(struct test_place *place)
{
    struct topic_list topics;
    struct text service = settings_text(place->settings, OPTION_SERVICE_ID);
    struct text prefix = text_printf(place->arena, "_weir_" TEXT_FMT, TEXT_ARG(service));
    if (!broker_list_topics(place->broker, place->arena, &topics, NULL)) return;
    for (uint32_t i = 0; i < topics.n; i++) {
        struct text name = topics.items[i].name;
        if (!contains(&place->ours, name) && !text_starts_with(name, prefix)) continue;
        struct error error;
        if (!broker_delete_topic(place->broker, name, &error))
            fprintf(stderr, "topic " TEXT_FMT " is left behind: %s\n", TEXT_ARG(name), error.message);
    }
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
    (void)info, (void)type, (void)ftw;
    return remove(path);
}

void test_place_close(struct test_place *place)
{
    stop(place);
    if (place->kind == TEST_KAFKA && place->broker) delete_topics(place);
    broker_close(place->broker);
    if (place->folder) nftw(place->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    settings_free(place->settings);
    arena_free(place->arena);
}
