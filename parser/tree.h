/* tree.h - the syntax tree: what the text says, nothing about what it means.
 *
 * Nodes live in the statement's arena and are not changed after parsing. Names are as they count: unquoted identifiers
 * upper-cased, quoted ones as written, quotes taken off. A span is the bytes of the text that the node came from;
 * parse.h says which text.
 *
 * Expressions are binary where the dialect is, but AND and OR are flattened: `a OR b OR c` is one node with three
 * terms, so that ten thousand of them are wide and not deep. `depth` is the height of the tree under a node; the parser
 * refuses more than TREE_MAX_DEPTH, so every walker may recurse. Parentheses leave no node: printing puts them back
 * where they are needed.
 *
 * Grammar: grammar.y. Text to tree: parse.h. Tree to text: print.h. Walking: walk.h.
 */
#pragma once
#include "engine/base/error.h"
#include "engine/base/list.h"

enum { TREE_MAX_DEPTH = 500 };

/* ---- names and types */

/* A name with the place where it stands. name.data is NULL where the name is absent. */
struct tree_name {
    struct text name;
    struct span span;
};

struct tree_names {
    LIST_OF(struct tree_name);
};

enum tree_type_kind { TREE_TYPE_NAMED, TREE_TYPE_ARRAY, TREE_TYPE_MAP, TREE_TYPE_STRUCT };

struct tree_parameters {
    LIST_OF(int64_t);
};
struct tree_fields {
    LIST_OF(struct tree_field *);
};

/* A type as written. NAMED holds the upper-cased or quoted name and its parameters: DECIMAL(10, 2), VARCHAR(255).
 * `T ARRAY` is ARRAY<T>. */
struct tree_type {
    enum tree_type_kind kind;
    struct span span;
    uint16_t depth;                    /* 1 for a name */
    struct tree_name name;             /* NAMED */
    struct tree_parameters parameters; /* NAMED */
    struct tree_type *key;             /* MAP */
    struct tree_type *element;         /* ARRAY, MAP's value */
    struct tree_fields fields;         /* STRUCT, may be empty */
};

struct tree_field {
    struct tree_name name;
    struct tree_type *type;
};

/* ---- expressions */

enum tree_expr_kind {
    TREE_NULL,
    TREE_BOOLEAN,    /* integer: 0 or 1 */
    TREE_INTEGER,    /* integer; INT if it fits 32 bits, else BIGINT; negative where the text says -5 */
    TREE_DECIMAL,    /* text: digits with a point; with a sign only as a property's value */
    TREE_DOUBLE,     /* text: digits with an exponent; likewise */
    TREE_STRING,     /* text, unquoted */
    TREE_TYPED,      /* name 'text' */
    TREE_COLUMN,     /* [qualifier.]name */
    TREE_FIELD,      /* a->name */
    TREE_SUBSCRIPT,  /* a[b] */
    TREE_NEGATE,     /* -a */
    TREE_PLUS,       /* +a */
    TREE_ARITHMETIC, /* a op b */
    TREE_CONCAT,     /* a || b */
    TREE_COMPARISON, /* a op b */
    TREE_AND,        /* items, 2 or more */
    TREE_OR,         /* items, 2 or more */
    TREE_NOT,        /* NOT a */
    TREE_BETWEEN,    /* a [NOT] BETWEEN b AND c */
    TREE_IN,         /* a [NOT] IN (items) */
    TREE_LIKE,       /* a [NOT] LIKE b [ESCAPE text] */
    TREE_IS_NULL,    /* a IS [NOT] NULL */
    TREE_CASE,       /* CASE [a] WHEN items[0] THEN items[1] ... [ELSE b] END; a, b NULL if absent */
    TREE_CAST,       /* CAST(a AS type) */
    TREE_CALL,       /* name(items), name(*) with `star` */
    TREE_LAMBDA,     /* (names) => a */
    TREE_UNIT,       /* an interval unit as an argument: text is DAYS, HOURS, ... (a bare DAY is a column) */
    TREE_ARRAY,      /* ARRAY[items] */
    TREE_MAP,        /* MAP(items[0] := items[1], ...) */
    TREE_STRUCT,     /* STRUCT(names[0] := items[0], ...) */
    TREE_AT_ZONE,    /* a AT TIME ZONE text */
};

enum tree_operator {
    TREE_ADD,
    TREE_SUBTRACT,
    TREE_MULTIPLY,
    TREE_DIVIDE,
    TREE_MODULO,
    TREE_EQUAL,
    TREE_NOT_EQUAL,
    TREE_LESS,
    TREE_LESS_OR_EQUAL,
    TREE_GREATER,
    TREE_GREATER_OR_EQUAL,
    TREE_IS_DISTINCT,
    TREE_IS_NOT_DISTINCT,
};

struct tree_exprs {
    LIST_OF(struct tree_expr *);
};

struct tree_expr {
    enum tree_expr_kind kind;
    enum tree_operator op; /* ARITHMETIC, COMPARISON */
    struct span span;
    uint16_t depth;             /* 1 for a leaf */
    bool negated;               /* BETWEEN, IN, LIKE, IS_NULL: with NOT */
    bool star;                  /* CALL: f(*) */
    int64_t integer;            /* BOOLEAN, INTEGER */
    struct text text;           /* literals; LIKE's escape character or NO_TEXT; AT_ZONE's zone; UNIT */
    struct tree_name qualifier; /* COLUMN */
    struct tree_name name;      /* COLUMN, FIELD, CALL, TYPED */
    struct tree_expr *a, *b, *c;
    struct tree_type *type; /* CAST */
    struct tree_exprs items;
    struct tree_names names; /* LAMBDA's parameters, STRUCT's fields */
};

/* ---- queries */

enum tree_unit { UNIT_NONE, UNIT_MILLISECONDS, UNIT_SECONDS, UNIT_MINUTES, UNIT_HOURS, UNIT_DAYS };

/* `n unit`; unit UNIT_NONE where the clause is absent. */
struct tree_duration {
    int64_t n;
    enum tree_unit unit;
    struct span span;
};

enum tree_item_kind {
    TREE_ITEM_EXPR,       /* expr [[AS] alias] */
    TREE_ITEM_ALL,        /* * */
    TREE_ITEM_SOURCE_ALL, /* qualifier.* */
    TREE_ITEM_STRUCT_ALL, /* expr->* */
};

struct tree_item {
    enum tree_item_kind kind;
    struct span span;
    struct tree_expr *expr;     /* EXPR, STRUCT_ALL */
    struct tree_name alias;     /* EXPR; absent if not given */
    struct tree_name qualifier; /* SOURCE_ALL */
};

enum tree_join_kind { JOIN_NONE, JOIN_INNER, JOIN_LEFT, JOIN_RIGHT, JOIN_FULL };

/* One source of FROM and how it is joined to those before it (JOIN_NONE for the first). */
struct tree_from {
    struct tree_name source;
    struct tree_name alias; /* absent if not given */
    enum tree_join_kind join;
    struct tree_duration before; /* WITHIN n unit: before and after are equal */
    struct tree_duration after;
    struct tree_duration grace;
    struct tree_expr *on;
    struct span span;
};

enum tree_window_kind { WINDOW_NONE, WINDOW_TUMBLING, WINDOW_HOPPING, WINDOW_SESSION };

struct tree_window {
    enum tree_window_kind kind;
    struct tree_duration size; /* SESSION: the gap */
    struct tree_duration advance;
    struct tree_duration retention;
    struct tree_duration grace;
    struct span span;
};

enum tree_emit { EMIT_NONE, EMIT_CHANGES, EMIT_FINAL };

struct tree_items {
    LIST_OF(struct tree_item *);
};
struct tree_froms {
    LIST_OF(struct tree_from *);
};

struct tree_query {
    struct span span;
    struct tree_items items;
    struct tree_froms from;
    struct tree_window window;
    struct tree_expr *where; /* NULL if absent */
    struct tree_exprs group_by;
    struct tree_exprs partition_by;
    struct tree_expr *having; /* NULL if absent */
    enum tree_emit emit;
    bool has_limit;
    int64_t limit;
    struct span limit_span;
    bool has_partition_by; /* tells `PARTITION BY ()`, which is refused, from none */
    bool has_group_by;
};

/* ---- statements */

/* name = literal in WITH; the value is one of the literal kinds. */
struct tree_property {
    struct tree_name name; /* upper-cased unless written as a string */
    struct tree_expr *value;
};

struct tree_properties {
    LIST_OF(struct tree_property *);
};

enum tree_role { TREE_VALUE, TREE_KEY, TREE_PRIMARY_KEY, TREE_HEADERS, TREE_HEADER };

struct tree_column {
    struct tree_name name;
    struct tree_type *type;
    enum tree_role role;
    struct text header_key; /* TREE_HEADER */
    struct span span;
};

struct tree_columns {
    LIST_OF(struct tree_column *);
};

enum tree_statement_kind {
    STATEMENT_QUERY,         /* query */
    STATEMENT_CREATE_STREAM, /* name columns properties */
    STATEMENT_CREATE_TABLE,
    STATEMENT_CREATE_STREAM_AS, /* name properties query */
    STATEMENT_CREATE_TABLE_AS,
    STATEMENT_INSERT_SELECT, /* name properties query */
    STATEMENT_INSERT_VALUES, /* name names values */
    STATEMENT_DROP_STREAM,   /* name if_exists delete_topic */
    STATEMENT_DROP_TABLE,
    STATEMENT_ALTER_STREAM, /* name columns */
    STATEMENT_ALTER_TABLE,
    STATEMENT_CREATE_TYPE,      /* name type if_not_exists */
    STATEMENT_DROP_TYPE,        /* name if_exists */
    STATEMENT_CREATE_CONNECTOR, /* name properties text=SOURCE|SINK if_not_exists */
    STATEMENT_DROP_CONNECTOR,   /* name if_exists */
    STATEMENT_TERMINATE,        /* name (the query's id), or all */
    STATEMENT_PAUSE,
    STATEMENT_RESUME,
    STATEMENT_EXPLAIN,      /* inner, or name (a query's id) */
    STATEMENT_SHOW_TOPICS,  /* all extended */
    STATEMENT_SHOW_STREAMS, /* extended */
    STATEMENT_SHOW_TABLES,  /* extended */
    STATEMENT_SHOW_QUERIES, /* extended */
    STATEMENT_SHOW_FUNCTIONS,
    STATEMENT_SHOW_TYPES,
    STATEMENT_SHOW_VARIABLES,
    STATEMENT_SHOW_PROPERTIES,
    STATEMENT_SHOW_CONNECTORS, /* text=SOURCE|SINK or NO_TEXT */
    STATEMENT_SHOW_CONNECTOR_PLUGINS,
    STATEMENT_DESCRIBE,           /* name extended */
    STATEMENT_DESCRIBE_STREAMS,   /* extended */
    STATEMENT_DESCRIBE_TABLES,    /* extended */
    STATEMENT_DESCRIBE_FUNCTION,  /* name */
    STATEMENT_DESCRIBE_CONNECTOR, /* name */
    STATEMENT_PRINT,              /* name (the topic) from_beginning interval limit */
    STATEMENT_SET,                /* text=name value_text */
    STATEMENT_UNSET,              /* text=name */
    STATEMENT_ALTER_SYSTEM,       /* text=name value_text */
    STATEMENT_DEFINE,             /* name value_text */
    STATEMENT_UNDEFINE,           /* name */
    STATEMENT_ASSERT_TOPIC,       /* name negated properties timeout */
    STATEMENT_ASSERT_SCHEMA,      /* name (the subject, may be absent) has_id id negated timeout */
    STATEMENT_ASSERT_VALUES,      /* name names values */
    STATEMENT_ASSERT_NULL_VALUES, /* name names values (the key's) */
    STATEMENT_ASSERT_STREAM,      /* name columns properties */
    STATEMENT_ASSERT_TABLE,
    STATEMENT_RUN_SCRIPT, /* text=file */
    STATEMENT_KINDS,
};

/* One statement. The comment beside its kind names the members that it uses; the others are zero. */
struct tree_statement {
    enum tree_statement_kind kind;
    struct span span; /* without the semicolon; see parse.h for the text that spans point into */
    struct text sql;  /* the statement's text, variables substituted; in the arena */
    struct tree_name name;
    bool or_replace, if_not_exists, if_exists, is_source, delete_topic;
    bool all, extended, negated, from_beginning;
    struct tree_columns columns;
    bool has_columns; /* a column list was written */
    struct tree_properties properties;
    struct tree_query *query;
    struct tree_type *type;
    struct tree_names names;
    struct tree_exprs values;
    struct tree_statement *inner;
    struct text text;
    struct text value_text;
    int64_t interval; /* PRINT: each n-th record; 0 if not given */
    bool has_limit;
    int64_t limit;
    bool has_id;
    int64_t id;
    struct tree_duration timeout;
};

/* Milliseconds of a duration; 0 for UNIT_NONE. */
int64_t tree_duration_ms(struct tree_duration duration);

/* "CREATE STREAM", "SHOW TOPICS": the statement's words, for messages. */
const char *tree_statement_name(enum tree_statement_kind kind);
