/* catalog.h - what there is: streams and tables, custom types, and which query reads and writes what.
 *
 * A source (a stream or a table) is immutable and counted: plans hold the ones that they read, so that a DROP or an
 * ALTER beside a running query changes nothing under it. The catalog itself is not locked; the engine's lock is
 * (engine/service/engine.c).
 *
 * Names are as they count (upper-cased or quoted). What may be dropped while whom reads it is decided here, so that
 * every server that applies the same commands in the same order refuses the same ones.
 */
#pragma once
#include "engine/base/map.h"
#include "engine/serde/serde.h"
#include "parser/tree.h"
#include <stdatomic.h>

enum source_kind { SOURCE_STREAM, SOURCE_TABLE };

struct source {
    struct arena *arena; /* holds the source itself and all that it points to */
    atomic_uint references;
    enum source_kind kind;
    struct text name;
    struct text topic;
    struct schema schema;  /* key, value and header columns; no pseudo columns */
    struct serde_spec key; /* format NONE where there are no key columns */
    struct serde_spec value;
    int32_t timestamp_column;     /* index in the schema, or -1: the record's own time */
    struct text timestamp_format; /* Java's pattern, for a STRING column; NO_TEXT */
    enum tree_window_kind window; /* the key is a windowed one */
    int64_t window_size_ms;       /* TUMBLING, HOPPING */
    bool is_source;               /* CREATE SOURCE: read only */
    struct text created_by;       /* the id of its CREATE ... AS query; NO_TEXT */
    const struct text *reads;     /* the sources that its CREATE ... AS is made from: they are dropped after it */
    uint32_t n_reads;
    struct text sql; /* the statement, canonical, as DESCRIBE EXTENDED shows it */
};

struct source *source_new(void);
struct source *source_retain(struct source *source);
void source_release(struct source *source);

/* "stream" or "table"; "STREAM" or "TABLE". */
const char *source_kind_name(enum source_kind kind);
const char *source_kind_keyword(enum source_kind kind);

/* What a query is to the catalog: who reads and writes what. */
struct query_entry {
    struct text id;
    struct text sink;         /* NO_TEXT for a query without one (CREATE SOURCE TABLE) */
    const struct text *reads; /* names of sources */
    uint32_t n_reads;
};

struct catalog {
    struct map sources; /* name -> struct source * */
    struct map types;   /* name -> struct named_type * */
    struct map queries; /* id -> struct query_entry *, borrowed */
};

struct named_type {
    struct arena *arena;
    struct text name;
    const struct type *type;
};

void catalog_init(struct catalog *catalog);
void catalog_fini(struct catalog *catalog);

/* NULL if there is none. */
struct source *catalog_find(const struct catalog *catalog, struct text name);
const struct type *catalog_find_type(const struct catalog *catalog, struct text name);

/* Fills "there is no stream or table X", with the nearest name as hint ("Did you mean ...", and what to do about
 * quotes). */
bool catalog_no_source(const struct catalog *catalog, struct tree_name name, struct error *error);

/* Fills "there is no query X", with the nearest id as hint. */
bool catalog_no_query(const struct catalog *catalog, struct tree_name id, struct error *error);

/* Whether the source is made from the one of that name, by CREATE ... AS, in one step or several. */
bool catalog_is_made_from(const struct catalog *catalog, const struct source *source, struct text name);

/* Takes the source over (replacing one of the same name). */
void catalog_put(struct catalog *catalog, struct source *source);

/* The next source that is made from this one by CREATE ... AS, in one step; *at is 0 at first. NULL beyond the last. */
const struct source *catalog_next_made_from(const struct catalog *catalog, const struct source *source, uint32_t *at);

/* Whether DROP is allowed: no query reads it, none writes it but the one that created it, no source is made from it. */
MUST_CHECK bool catalog_check_drop(const struct catalog *catalog, const struct source *source, struct span span,
                                   struct error *error);
void catalog_remove(struct catalog *catalog, struct text name);

/* Copies the type. */
void catalog_put_type(struct catalog *catalog, struct text name, const struct type *type);
bool catalog_remove_type(struct catalog *catalog, struct text name);

/* Borrows the entry until catalog_remove_query. */
void catalog_put_query(struct catalog *catalog, struct query_entry *query);
void catalog_remove_query(struct catalog *catalog, struct text id);

/* NULL if there is none. */
const struct query_entry *catalog_find_query(const struct catalog *catalog, struct text id);
/* How many queries write the source; the last of them in *query. */
uint32_t catalog_writers(const struct catalog *catalog, struct text name, const struct query_entry **query);

/* A source other than `except` (which may be NULL) that is over the topic; NULL if there is none. */
const struct source *catalog_find_over(const struct catalog *catalog, struct text topic, const struct source *except);

/* ---- DDL that changes a source (evolution.c) */

/* Whether `next` may take the place of `now` under CREATE OR REPLACE or ALTER: same kind, topic, formats and key; value
 * columns the same in name, type and order, new ones at the end. */
MUST_CHECK bool source_check_upgrade(const struct source *now, const struct source *next, struct span span,
                                     struct error *error);
