/* scope.h - names to columns, for the clauses of a query. Private to engine/analyze. */
#pragma once
#include "engine/analyze/analyze.h"

/* One schema whose columns may be named, bare or behind the source's name. */
struct query_scope {
    const struct analyzer *analyzer;
    const struct schema *schema;
    struct text alias;  /* what may stand in front of the point */
    const char *clause; /* "WHERE" */
    /* Trees that stand for columns of the schema: the PARTITION BY expressions; the i-th is column i. */
    const struct tree_expr *const *keys;
    uint32_t n_keys;
    const char *hint; /* shown where a name is not found, or NULL */
    struct map names; /* of the schema; made when the first name is looked up */
};

/* The scope as engine/expr wants it; borrows `scope`. */
struct expr_scope scope_of(struct query_scope *scope);
void scope_fini(struct query_scope *scope);

/* Same text in canonical form. */
bool tree_same(const struct tree_expr *a, const struct tree_expr *b);

/* Names for columns that have none: KSQL_COL_0, KSQL_COL_1, and a field's name, with _1, _2 where it is taken. */
struct namer {
    struct arena *arena;
    struct map taken;
    uint32_t next;
};

void namer_init(struct namer *namer, struct arena *arena, const struct schema *schema);
void namer_fini(struct namer *namer);
struct text namer_expression(struct namer *namer);
struct text namer_field(struct namer *namer, struct text field);

/* The name that an expression gives to its column: its own for a column, the field's, or a made one. */
struct text namer_name(struct namer *namer, const struct tree_expr *tree);
