/* engine.h - the whole engine behind one interface: open it, execute statements, close it.
 *
 *     struct engine *engine;
 *     engine_open(&(struct engine_options){.settings = settings, .data = data}, &engine, &error);
 *     struct session *session = session_new(engine);
 *     session_execute_script(session, TEXT("SHOW STREAMS;"), &client, &error);
 *     session_free(session);
 *     engine_close(engine);
 *
 * Several engines (processes) on one service - one Kafka and service id, or one data folder - follow the same command
 * log: each may run any statement, all see its effect. The slots of persistent queries are spread over those that serve
 * (engine_serve).
 *
 * Threads: an engine may be used from any; a session belongs to one thread at a time. Statements wait until they are
 * carried out.
 */
#pragma once
#include "engine/base/settings.h"
#include "engine/base/entity.h"
#include "engine/types/batch.h"
#include "parser/parse.h"

struct engine;
struct session;
struct broker;

struct engine_options {
    const struct settings *settings; /* borrowed until engine_close */
    struct text data;                /* the data folder: local log, history; made if it is not there */
    struct broker *broker;   /* used instead of opening one by the settings, and not closed; for tests. NULL usually */
    bool (*cancelled)(void); /* asked while a broker is waited for: true ends the wait. NULL: none does */
    bool serve; /* take part in running persistent queries from the start; with a broker of the caller's and
                   without this, queries run only by hand (pipe.h) */
};

/* Opens the broker and catches up with the command log. Without `serve`, persistent queries run here only once a
 * statement of this process creates one, or engine_serve is called. */
MUST_CHECK bool engine_open(const struct engine_options *options, struct engine **engine, struct error *error);

/* From now on this engine takes its share of the persistent queries. */
MUST_CHECK bool engine_serve(struct engine *engine, struct error *error);

/* Whether this engine runs persistent queries, and no other is there to go on with them when it is closed. */
bool engine_runs_alone(struct engine *engine);

/* Commits, leaves, ends push queries, within a second. What can still be asked of it is its log, and to be closed. NULL is
 * allowed; again does nothing. */
void engine_stop(struct engine *engine);

/* Stops it and frees it. NULL is allowed. */
void engine_close(struct engine *engine);

/* What the engine stands on, one line: "local log in /home/me/.weir". */
struct text engine_place(const struct engine *engine, struct arena *arena);

/* All errors that made queries fail since the last call, one line each, into `out`; for a log. */
void engine_drain_log(struct engine *engine, struct buffer *out);

/* Waits until every persistent query that runs here has read its topics to the end that they have now and has
 * committed, or the time is over (false). For tests and scripts. */
MUST_CHECK bool engine_settle(struct engine *engine, int timeout_ms);

/* ---- sessions: SET, DEFINE and what statements are executed in */

struct session *session_new(struct engine *engine);
void session_free(struct session *session);

/* The session's settings: those of the engine with the session's own over them. */
struct settings *session_settings(struct session *session);

/* DEFINE from outside (weir -d name=value). */
MUST_CHECK bool session_define(struct session *session, struct text name, struct text value, struct error *error);

/* Rows of a query's result: values of row i begin at values[i * n_columns]. */
struct result_rows {
    const struct schema *schema;
    uint32_t n_rows;
    const struct value *values;
    const bool *tombstones; /* the row was deleted: key columns have values, the others are null */
};

/* Where answers go. Calls come from the thread that executes; any callback may be NULL. What they are given is theirs
 * until they return. */
struct client {
    void *context;
    /* The answer of one statement (none for SET, INSERT VALUES and their like). */
    void (*entity)(void *context, const struct entity *entity);
    /* A query's columns, before its rows. */
    void (*header)(void *context, struct text query_id, const struct schema *schema);
    void (*rows)(void *context, const struct result_rows *rows);
    /* A line of PRINT. */
    void (*line)(void *context, struct text line);
    /* The end of a query or of PRINT: "Limit Reached", "Query Completed", "Query terminated". */
    void (*finished)(void *context, const char *how);
    /* Something worth saying that is no answer. */
    void (*notice)(void *context, struct text text);
    /* Asked often while a query or PRINT runs: true ends it. */
    bool (*cancelled)(void *context);
};

/* One statement. */
MUST_CHECK bool session_execute(struct session *session, const struct tree_statement *statement,
                                const struct client *client, struct error *error);

/* All statements of a text, one after the other, up to the first that fails. The error's span is its place in the text.
 */
MUST_CHECK bool session_execute_script(struct session *session, struct text sql, const struct client *client,
                                       struct error *error);

/* Parses with the session's variables and executes what it finds, for a caller that splits the text itself: `weir
 * run`'s rule is that a CREATE or INSERT ... SELECT that is already there with the same text is no error
 * (`repeatable`). */
struct script_options {
    bool repeatable;
    bool end_may_lack_semicolon;
};
MUST_CHECK bool session_run_script(struct session *session, struct text sql, struct script_options options,
                                   const struct client *client, struct error *error);

/* ---- for completion and prompts */

/* Names, in the arena. */
struct name_list {
    LIST_OF(struct text);
};
struct engine_names {
    struct name_list sources;
    struct name_list others; /* their columns, types, ids of queries, functions */
};
void engine_names(struct engine *engine, struct arena *arena, struct engine_names *names);
/* The user's topics. Asks the broker; none where it is away. */
void engine_topics(struct engine *engine, struct arena *arena, struct name_list *topics);
