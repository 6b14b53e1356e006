/* command.h - the command log: every statement that changes what there is, in one order that all servers see.
 *
 *     topic    _weir_<service id>_commands, one partition, kept for ever
 *     key      stream/ORDERS/create
 *     value    {"version": 1, "id": "host-4711-1", "statement": "CREATE STREAM ...;",
 *               "overrides": {"auto.offset.reset": "earliest"},
 *               "meaning": {"ksql.persistence.default.format.value": "JSON"},
 *               "start": [{"topic": "orders", "partition": 0, "offset": 1234}, ...]}
 *
 * `meaning` has the settings that decide what a statement makes (OPTION_MEANING), where they are not the default: a
 * server that is started with others, or another server, still makes the same of it.
 *
 * Whoever takes a statement checks it against what it knows, makes the topics, appends the command, and waits until its
 * own follower has carried it out. Carrying out is the same on every server: it depends on the commands before and on
 * nothing else. Of two servers that append what cannot both be, the one behind fails everywhere alike.
 */
#pragma once
#include "engine/base/settings.h"
#include "engine/run/query.h"

struct command {
    struct text id;                   /* of this append, so that whoever waits for it knows it */
    struct text key;                  /* the REST API's commandId: type/name/action */
    struct text statement;            /* canonical */
    const struct settings *overrides; /* what the session had set */
    const struct settings *meaning; /* the same, with what the statement was given under; of a command that was read */
    const struct start_offset *start;
    uint32_t n_start;
    int64_t offset; /* in the log */
};

struct command_log;

/* Opens the log, which exists, and stands at its beginning. */
MUST_CHECK bool command_log_open(struct broker *broker, struct text topic, struct command_log **log,
                                 struct error *error);
void command_log_close(struct command_log *log);

/* Appends, and returns when it is in the log. From any thread. */
MUST_CHECK bool command_log_append(struct command_log *log, const struct command *command, struct error *error);

/* Called for each command in order. `command` lives until it returns; a record that is no command has an empty
 * statement. */
typedef void command_apply(void *context, const struct command *command);

/* Waits at most timeout_ms for commands and applies them. False if the broker is in trouble. The engine's settings are
 * the parents of the commands' overrides. */
bool command_log_follow(struct command_log *log, int timeout_ms, const struct settings *parent, command_apply *apply,
                        void *context, struct error *trouble);

/* Applies everything up to the end that the log had when it was opened. */
MUST_CHECK bool command_log_catch_up(struct command_log *log, const struct settings *parent, command_apply *apply,
                                     void *context, struct error *error);

/* Ends a follow that waits. */
void command_log_wake(struct command_log *log);
