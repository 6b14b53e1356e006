/* place.h - where a script runs: an engine with its broker, made for it and swept away after it.
 *
 *     memory   topics in this process, kept when the engine restarts
 *     local    a folder under $TMPDIR, removed in the end
 *     kafka    the Kafka of bootstrap.servers: a service id of its own, and every topic that the script made deleted in
 * the end
 */
#pragma once
#include "engine/service/pipe.h"

enum test_broker { TEST_MEMORY, TEST_LOCAL, TEST_KAFKA };

struct test_topics {
    LIST_OF(struct text);
};

struct test_place {
    struct arena *arena;
    enum test_broker kind;
    char *folder;              /* of the engine's data */
    struct text script_folder; /* where the script lies: ${FOLDER} */
    struct settings *settings; /* of the engine, from its start */
    struct broker *broker;     /* the script's own door to the topics */
    struct engine *engine;     /* NULL until test_place_start */
    struct session *session;
    struct test_topics strangers; /* Kafka: topics that were there before, and are none of ours */
    struct test_topics ours;      /* Kafka: topics to be deleted, but for those with the service's prefix */
    struct test_topics replay;    /* SET, DEFINE and their like, for the session after a restart */
};

/* Settings may be added to place->settings before test_place_start. Close it also where this fails. */
MUST_CHECK bool test_place_open(struct test_place *place, enum test_broker kind, const struct settings *settings,
                                struct error *error);
MUST_CHECK bool test_place_start(struct test_place *place, struct error *error);

/* Ends the engine's work; its log can still be drained. Before a restart, or by itself. */
void test_place_stop(struct test_place *place);

/* The engine is closed and opened again on the same data. */
MUST_CHECK bool test_place_restart(struct test_place *place, struct error *error);

/* To be called before a statement that succeeded is forgotten: keeps what a new session must know. */
void test_place_note(struct test_place *place, struct text sql);

/* False if the topic is not the script's own to write to: it was there before. */
MUST_CHECK bool test_place_claim(struct test_place *place, struct text topic, struct error *error);

void test_place_close(struct test_place *place);
