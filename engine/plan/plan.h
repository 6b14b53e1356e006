/* plan.h - from an analysed query to what runs.
 *
 *     CREATE STREAM OUT AS SELECT id, name FROM in WHERE price > 10 PARTITION BY id
 *
 *     logical     Sink OUT <- Project id, name <- PartitionBy id <- Filter price > 10 <- Source IN
 *     rules       a repartition right before a sink is dropped: the sink topic itself is written by the new key
 *     physical    sub-topology 0:  in -> filter -> rekey -> project -> sink OUT
 *
 *     without that rule (topology.optimization = none)
 *                 sub-topology 0:  in -> filter -> rekey -> sink ..-PartitionBy-repartition
 *                 sub-topology 1:  ..-PartitionBy-repartition -> project -> sink OUT
 *
 * A plan is const once built, lives in its own arena, and is shared by all tasks of the query. A sub-topology runs as
 * one task for each partition number of its inputs. Operators are made from plan_ops by engine/op.
 */
#pragma once
#include "engine/analyze/analyze.h"

/* ---- logical */

enum plan_node_kind { NODE_SOURCE, NODE_FILTER, NODE_PARTITION_BY, NODE_PROJECT, NODE_SINK, NODE_DELIVER };

struct plan_node {
    enum plan_node_kind kind;
    const char *name;              /* "Source", "Filter", ... */
    const struct plan_node *input; /* NULL for a source */
    const struct schema *schema;   /* of what it gives on */
    bool through_topic;            /* PARTITION_BY: rows go through a repartition topic */
};

/* The nodes of the query from its end to its source. */
struct plan_node *logical_build(struct arena *arena, const struct analysis *analysis);

/* Applies the rules (rules.c). */
void logical_optimise(struct plan_node *root, const struct settings *settings);

void logical_print(struct buffer *out, const struct plan_node *root, const struct analysis *analysis);

/* ---- physical */

enum plan_op_kind { PLAN_FILTER, PLAN_REKEY, PLAN_PROJECT, PLAN_SINK, PLAN_DELIVER };

struct plan_projection {
    const struct expr *expr;
    enum column_role role;
};

/* What a sink needs to turn rows into records. */
struct plan_sink {
    struct text topic;
    struct serde_spec key, value;
    const struct schema_column *key_columns, *value_columns;
    const uint32_t *key_sources, *value_sources; /* their indexes in the batch */
    uint32_t n_keys, n_values;
    int32_t timestamp_column; /* index in the batch of the column that gives the record's time, or -1 */
    struct text timestamp_format;
    enum tree_window_kind window;
    bool forwards_key;   /* the record's key is the one that came, byte for byte */
    bool null_key_stays; /* a record that came without a key goes without one */
    bool internal;       /* a repartition topic */
};

struct plan_op {
    enum plan_op_kind kind;
    const struct plan_op *next; /* downstream; NULL at the end */
    struct schema schema;       /* of the batches that it gives on */
    const char *name;
    /* FILTER */
    const struct expr *predicate;
    /* REKEY: column i of what it gives on is input column from[i], or, where negative, key -1 - from[i]. */
    const struct expr **keys;
    uint32_t n_keys;
    const int32_t *from;
    /* PROJECT */
    const struct plan_projection *projections;
    uint32_t n_projections;
    /* SINK */
    struct plan_sink sink;
};

/* A topic that a sub-topology reads. */
struct plan_input {
    struct text topic;
    struct source *definition; /* formats, columns, event time, window; retained by the plan */
    struct schema schema;      /* of the batches: the definition's columns in some order, and pseudo columns */
    const int32_t *layout;     /* for each column of the definition: its index in `schema` */
    const bool *needed;        /* for each column of `schema` */
    bool internal;             /* a repartition topic: read from its beginning, whatever auto.offset.reset says */
    bool drops_tombstones;     /* a push query over a stream shows no rows without a value */
    const struct plan_op *first;
};

struct plan_subtopology {
    const struct plan_input *inputs;
    uint32_t n_inputs;
};

/* A topic that the query needs and that is made with it. */
struct plan_topic {
    struct text name;
    bool compact;
};

struct plan {
    struct arena *arena;
    struct text query_id;
    int64_t origin; /* the command that first created the query: tells its positions from those of another of that id */
    const struct plan_subtopology *subtopologies;
    uint32_t n_subtopologies;
    const struct plan_topic *internal_topics;
    uint32_t n_internal_topics;
    struct schema result;          /* columns of the sink, or of a push query's rows */
    struct text logical, physical; /* for EXPLAIN */
    bool has_limit;                /* push queries */
    int64_t limit;
};

/* Names of internal topics begin with this: _weir_<service id>_<query id>-. `arena` must be the one the analysis was
 * made in: it becomes the plan's, and is freed by plan_free. */
struct plan *plan_build(struct arena *arena, const struct analysis *analysis, struct text query_id,
                        const struct settings *settings);
void plan_free(struct plan *plan);

void plan_print(struct buffer *out, const struct plan *plan);
