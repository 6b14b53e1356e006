/* analyze.h - statements checked against what there is: names to columns, texts to types, the dialect's rules.
 *
 * Analysis reads the catalog and changes nothing. It gives either a new source (CREATE STREAM, CREATE TABLE, ALTER), a
 * value for each column (INSERT VALUES), or an analysed query, from which engine/plan makes what runs. It does not ask
 * the broker anything: whether topics exist is looked at where the statement is carried out (engine/service/execute.c),
 * so that every server that applies the same command comes to the same result.
 */
#pragma once
#include "engine/catalog/catalog.h"
#include "engine/expr/expr.h"

struct analyzer {
    struct arena *arena; /* for what is made here: the statement's, or the query's where it will run */
    const struct catalog *catalog;
    const struct settings *settings;
};

/* ---- WITH (properties.c) */

enum with_use { WITH_CREATE = 1, WITH_CREATE_AS = 2, WITH_INSERT = 4 };

/* The properties of a WITH clause, read and checked one by one; what belongs together is checked by who uses it. */
struct with {
    struct text topic;
    int64_t partitions;   /* 0: not given */
    int64_t replicas;     /* 0: not given; -1: the broker's default */
    int64_t retention_ms; /* 0: not given */
    struct text key_format, value_format, format;
    struct text timestamp, timestamp_format;
    int wrap_single_value;               /* -1: not given */
    char key_delimiter, value_delimiter; /* 0: not given */
    struct text key_schema_name, value_schema_name, value_avro_schema_name;
    int64_t key_schema_id, value_schema_id; /* 0: not given */
    struct text key_nullable, value_nullable;
    struct text window_type;
    struct text window_size;
    struct text connector, source_connector;
    struct text query_id;
    struct span spans[32]; /* where each property stands, by its row in the table */
};

MUST_CHECK bool with_read(const struct analyzer *analyzer, const struct tree_properties *properties, enum with_use use,
                          struct with *with, struct error *error);

/* Where a property stands, by the address of its member: with_span(&with, &with.topic). */
struct span with_span(const struct with *with, const void *member);

/* The serde of one part. `inherited` is that of the source of a CREATE AS, or NULL; `n` the number of columns of the
 * part. */
MUST_CHECK bool with_serde(const struct analyzer *analyzer, const struct with *with, enum serde_part part,
                           const struct serde_spec *inherited, uint32_t n, struct serde_spec *spec,
                           struct error *error);

/* Finds the TIMESTAMP column and checks its type and format. */
MUST_CHECK bool with_timestamp(const struct with *with, struct source *source, struct error *error);

/* ---- CREATE STREAM, CREATE TABLE, ALTER (create.c) */

/* A source over a topic. The caller owns it (source_release). `with` tells about the topic. */
MUST_CHECK bool analyze_create(const struct analyzer *analyzer, const struct tree_statement *statement,
                               struct with *with, struct source **source, struct error *error);

/* The same source with columns added. */
MUST_CHECK bool analyze_alter(const struct analyzer *analyzer, const struct tree_statement *statement,
                              struct source **source, struct error *error);

/* Names of streams and tables are of letters, digits, _ and -, also in quotes. */
MUST_CHECK bool check_source_name(struct tree_name name, struct error *error);

/* Key and value bytes can be written in the source's formats: types, number of columns, no maps in keys. An error
 * stands at the property that gives the format, else at `span`. */
MUST_CHECK bool check_formats(const struct source *source, const struct with *with, struct span span,
                              struct error *error);

/* ---- by name (named.c) */

/* *source is NULL where it is not there and IF EXISTS says that it need not be. Borrowed from the catalog. */
MUST_CHECK bool analyze_drop(const struct analyzer *analyzer, const struct tree_statement *statement,
                             struct source **source, struct error *error);
/* *type is NULL where there is one of that name and IF NOT EXISTS says that it may stay. */
MUST_CHECK bool analyze_create_type(const struct analyzer *analyzer, const struct tree_statement *statement,
                                    const struct type **type, struct error *error);
MUST_CHECK bool analyze_drop_type(const struct analyzer *analyzer, const struct tree_statement *statement, bool *exists,
                                  struct error *error);
/* TERMINATE, PAUSE, RESUME: the query is there. */
MUST_CHECK bool analyze_query_id(const struct analyzer *analyzer, const struct tree_statement *statement,
                                 struct error *error);

/* ---- queries (query.c, select.c, sink.c) */

enum query_purpose { QUERY_PUSH, QUERY_PULL, QUERY_CREATE_AS, QUERY_INSERT };

/* One column of the result. */
struct output_column {
    struct text name;
    enum column_role role;   /* COLUMN_KEY or COLUMN_VALUE; all COLUMN_VALUE in push and pull queries */
    const struct expr *expr; /* over `rekeyed` if there is one, else over `input` */
    const struct tree_expr *tree;
};

struct output {
    LIST_OF(struct output_column);
};

struct analysis {
    enum query_purpose purpose;
    struct source *from; /* retained by the analysis's arena */
    struct text alias;
    struct schema input;      /* from's columns, then the pseudo columns */
    const struct expr *where; /* NULL if absent; over `input` */
    const struct tree_expr *where_tree;
    bool has_partition_by;
    struct output partition_by; /* the new key columns, over `input`; none for PARTITION BY NULL */
    struct schema
        rekeyed; /* new key columns, then all of `input` that is not one of them; as `input` without PARTITION BY */
    int32_t *rekeyed_from; /* for each column of `rekeyed`: its index in `input`, or -1 - its index in partition_by */
    struct output output;
    bool has_limit;
    int64_t limit;
    /* CREATE AS: the new source, to be retained by whom takes it. INSERT: the target. NULL for push and pull queries.
     */
    struct source *sink;
    struct with with; /* CREATE AS, INSERT */
    /* CREATE OR REPLACE: the query that gives its id and its positions to this one; borrowed from the catalog, or NULL.
     */
    const struct query_entry *replaces;
};

/* The SELECT of a push query. */
MUST_CHECK bool analyze_query(const struct analyzer *analyzer, const struct tree_query *query,
                              enum query_purpose purpose, struct analysis **analysis, struct error *error);

/* CREATE STREAM AS and INSERT INTO ... SELECT: the query and its sink. */
MUST_CHECK bool analyze_persistent(const struct analyzer *analyzer, const struct tree_statement *statement,
                                   struct analysis **analysis, struct error *error);

/* ---- INSERT VALUES (insert.c) */

struct insert_row {
    struct source *target; /* retained by the analyzer's arena */
    struct value *values;  /* one for each column of the target's schema */
    bool has_rowtime;
    int64_t rowtime_ms;
    bool has_key; /* a key column was given a value that is not null */
};

MUST_CHECK bool analyze_insert(const struct analyzer *analyzer, const struct tree_statement *statement,
                               struct insert_row *row, struct error *error);
