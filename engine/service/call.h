/* call.h - one statement on its way through a session. Private to engine/service. */
#pragma once
#include "engine/service/engine_inside.h"

struct call {
    struct session *session;
    struct engine *engine;
    const struct tree_statement *statement;
    const struct client *client;
    struct arena *arena; /* of this call: answers are made in it */
};

typedef bool call_handler(struct call *call, struct error *error);

/* By kind of statement (execute.c). */
call_handler call_insert_values, call_select, call_print, call_show_streams, call_show_tables, call_show_topics,
    call_show_queries, call_show_functions, call_show_types, call_show_variables, call_show_properties, call_describe,
    call_describe_streams, call_describe_tables, call_describe_function, call_explain, call_assert_topic;

/* An answer with its type and the statement's text. */
struct entity *call_entity(const struct call *call, const char *type);
/* Hands it to the client, with the list of warnings. */
void call_answer(const struct call *call, struct entity *entity);
void call_answer_warning(const struct call *call, struct text message);

bool call_cancelled(const struct call *call);
void call_finished(const struct call *call, const char *how);

/* The statement's words in canonical form, with the semicolon. */
struct text call_sql(const struct call *call);

/* Fills "the topic X does not exist", with the nearest name as hint. */
bool call_no_topic(const struct call *call, struct tree_name name, struct error *error);

/* Whether variables are switched on, which DEFINE, UNDEFINE and SHOW VARIABLES want. */
MUST_CHECK bool call_check_variables(const struct call *call, struct error *error);

/* Says so to the client where no server runs the queries. */
void call_look_for_servers(const struct call *call);

/* What analysis needs; the catalog must be locked while it is used. */
struct analyzer call_analyzer(const struct call *call, struct arena *arena);

/* A query's state: ERROR too while the broker is away, UNRESPONSIVE where no server runs it (engine_look_for_servers). */
const char *describe_state(const struct engine *engine, struct query *query, const struct positions *elsewhere);

/* A query, as EXPLAIN and SHOW QUERIES EXTENDED have it, into the object (describe.c). */
void describe_query(struct entity *object, const struct engine *engine, struct query *query,
                    const struct positions *elsewhere);
void describe_query_ends(const struct entity *object, struct broker *broker);

/* The names of settings lists as extended regular expressions separated by commas: whether one fits the whole topic
 * name. */
bool topic_is_listed(const struct settings *settings, enum option_id list, struct text topic);
