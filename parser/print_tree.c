/* print_tree.c - the tree itself, one node a line, for golden files.
 *
 *     CREATE STREAM AS SELECT name=ALERTS
 *       query: SELECT emit=CHANGES
 *         item:
 *           expr: COLUMN name=START_TIME
 *         from: source=VIDEO_ANALYSIS
 *         where: LIKE
 *           a: COLUMN name=STATUS
 *           b: STRING text='%ALARM%'
 *
 * Tables say which members a struct has and of what shape each is; one function prints them all. Members that are
 * absent, zero or empty leave nothing. Spans are left out: they would change with every space.
 */
#include "engine/base/buffer.h"
#include "parser/print.h"
#include "parser/print_part.h"

enum shape {
    END,
    /* on the node's own line */
    FLAG,
    NUMBER,
    TEXT_SHAPE,
    NAME,
    NAMES,
    TYPE,
    DURATION,
    WORD, /* an enum, by `words` */
    /* a line of their own */
    POINTER, /* to a struct, or NULL */
    LIST,    /* of pointers to structs */
};

struct member {
    enum shape shape;
    const char *label;
    size_t offset;
    const void *detail; /* WORD: the words; POINTER, LIST: the struct node */
};

/* How a struct is printed: what it is, then its members. */
struct node {
    void (*title)(struct buffer *out, const void *data); /* NULL if the label says it */
    const struct member *members;
};

static const struct node expr_node, query_node, statement_node;

#define AT(type, member) #member, offsetof(struct type, member)

/* ---- expressions */

static const char *const expr_kinds[] = {
    [TREE_NULL] = "NULL",
    [TREE_BOOLEAN] = "BOOLEAN",
    [TREE_INTEGER] = "INTEGER",
    [TREE_DECIMAL] = "DECIMAL",
    [TREE_DOUBLE] = "DOUBLE",
    [TREE_STRING] = "STRING",
    [TREE_TYPED] = "TYPED",
    [TREE_COLUMN] = "COLUMN",
    [TREE_FIELD] = "FIELD",
    [TREE_SUBSCRIPT] = "SUBSCRIPT",
    [TREE_NEGATE] = "NEGATE",
    [TREE_PLUS] = "PLUS",
    [TREE_ARITHMETIC] = "ARITHMETIC",
    [TREE_CONCAT] = "CONCAT",
    [TREE_COMPARISON] = "COMPARISON",
    [TREE_AND] = "AND",
    [TREE_OR] = "OR",
    [TREE_NOT] = "NOT",
    [TREE_BETWEEN] = "BETWEEN",
    [TREE_IN] = "IN",
    [TREE_LIKE] = "LIKE",
    [TREE_IS_NULL] = "IS NULL",
    [TREE_CASE] = "CASE",
    [TREE_CAST] = "CAST",
    [TREE_CALL] = "CALL",
    [TREE_LAMBDA] = "LAMBDA",
    [TREE_UNIT] = "UNIT",
    [TREE_ARRAY] = "ARRAY",
    [TREE_MAP] = "MAP",
    [TREE_STRUCT] = "STRUCT",
    [TREE_AT_ZONE] = "AT TIME ZONE",
};

static void expr_title(struct buffer *out, const void *data)
{
    const struct tree_expr *expr = data;
    buffer_append_string(out, expr_kinds[expr->kind]);
    if (expr->kind == TREE_ARITHMETIC || expr->kind == TREE_COMPARISON)
        buffer_printf(out, " %s", print_operator(expr->op));
    if (expr->kind == TREE_INTEGER) buffer_printf(out, " %lld", (long long)expr->integer);
    if (expr->kind == TREE_BOOLEAN) buffer_append_string(out, expr->integer ? " TRUE" : " FALSE");
}

static const struct member expr_members[] = {
    {FLAG, AT(tree_expr, negated), NULL},
    {FLAG, AT(tree_expr, star), NULL},
    {NAME, AT(tree_expr, qualifier), NULL},
    {NAME, AT(tree_expr, name), NULL},
    {TEXT_SHAPE, AT(tree_expr, text), NULL},
    {NAMES, AT(tree_expr, names), NULL},
    {TYPE, AT(tree_expr, type), NULL},
    {POINTER, AT(tree_expr, a), &expr_node},
    {LIST, "item", offsetof(struct tree_expr, items), &expr_node},
    {POINTER, AT(tree_expr, b), &expr_node},
    {POINTER, AT(tree_expr, c), &expr_node},
    {END, NULL, 0, NULL},
};
static const struct node expr_node = {expr_title, expr_members};

/* ---- queries */

static const char *const item_words[] = {
    [TREE_ITEM_ALL] = "ALL", [TREE_ITEM_SOURCE_ALL] = "SOURCE ALL", [TREE_ITEM_STRUCT_ALL] = "STRUCT ALL"};
static const struct member item_members[] = {
    {WORD, AT(tree_item, kind), item_words},
    {NAME, AT(tree_item, qualifier), NULL},
    {NAME, AT(tree_item, alias), NULL},
    {POINTER, AT(tree_item, expr), &expr_node},
    {END, NULL, 0, NULL},
};
static const struct node item_node = {NULL, item_members};

static const char *const join_words[] = {
    [JOIN_NONE] = NULL, [JOIN_INNER] = "INNER", [JOIN_LEFT] = "LEFT", [JOIN_RIGHT] = "RIGHT", [JOIN_FULL] = "FULL"};
static const struct member from_members[] = {
    {NAME, AT(tree_from, source), NULL},      {NAME, AT(tree_from, alias), NULL},
    {WORD, AT(tree_from, join), join_words},  {DURATION, AT(tree_from, before), NULL},
    {DURATION, AT(tree_from, after), NULL},   {DURATION, AT(tree_from, grace), NULL},
    {POINTER, AT(tree_from, on), &expr_node}, {END, NULL, 0, NULL},
};
static const struct node from_node = {NULL, from_members};

static const char *const window_words[] = {
    [WINDOW_NONE] = NULL, [WINDOW_TUMBLING] = "TUMBLING", [WINDOW_HOPPING] = "HOPPING", [WINDOW_SESSION] = "SESSION"};
static const char *const emit_words[] = {[EMIT_NONE] = NULL, [EMIT_CHANGES] = "CHANGES", [EMIT_FINAL] = "FINAL"};

static void query_title(struct buffer *out, const void *data)
{
    (void)data;
    buffer_append_string(out, "SELECT");
}

static const struct member query_members[] = {
    {WORD, "window", offsetof(struct tree_query, window.kind), window_words},
    {DURATION, "size", offsetof(struct tree_query, window.size), NULL},
    {DURATION, "advance", offsetof(struct tree_query, window.advance), NULL},
    {DURATION, "retention", offsetof(struct tree_query, window.retention), NULL},
    {DURATION, "grace", offsetof(struct tree_query, window.grace), NULL},
    {WORD, AT(tree_query, emit), emit_words},
    {FLAG, AT(tree_query, has_limit), NULL},
    {NUMBER, AT(tree_query, limit), NULL},
    {LIST, "item", offsetof(struct tree_query, items), &item_node},
    {LIST, "from", offsetof(struct tree_query, from), &from_node},
    {POINTER, AT(tree_query, where), &expr_node},
    {FLAG, AT(tree_query, has_group_by), NULL},
    {LIST, "group by", offsetof(struct tree_query, group_by), &expr_node},
    {FLAG, AT(tree_query, has_partition_by), NULL},
    {LIST, "partition by", offsetof(struct tree_query, partition_by), &expr_node},
    {POINTER, AT(tree_query, having), &expr_node},
    {END, NULL, 0, NULL},
};
static const struct node query_node = {query_title, query_members};

/* ---- statements */

static const char *const role_words[] = {[TREE_VALUE] = NULL,
                                         [TREE_KEY] = "KEY",
                                         [TREE_PRIMARY_KEY] = "PRIMARY KEY",
                                         [TREE_HEADERS] = "HEADERS",
                                         [TREE_HEADER] = "HEADER"};
static const struct member column_members[] = {
    {NAME, AT(tree_column, name), NULL},
    {TYPE, AT(tree_column, type), NULL},
    {WORD, AT(tree_column, role), role_words},
    {TEXT_SHAPE, AT(tree_column, header_key), NULL},
    {END, NULL, 0, NULL},
};
static const struct node column_node = {NULL, column_members};

static const struct member property_members[] = {
    {NAME, AT(tree_property, name), NULL},
    {POINTER, AT(tree_property, value), &expr_node},
    {END, NULL, 0, NULL},
};
static const struct node property_node = {NULL, property_members};

static void statement_title(struct buffer *out, const void *data)
{
    buffer_append_string(out, tree_statement_name(((const struct tree_statement *)data)->kind));
}

static const struct member statement_members[] = {
    {NAME, AT(tree_statement, name), NULL},
    {FLAG, AT(tree_statement, or_replace), NULL},
    {FLAG, AT(tree_statement, if_not_exists), NULL},
    {FLAG, AT(tree_statement, if_exists), NULL},
    {FLAG, AT(tree_statement, is_source), NULL},
    {FLAG, AT(tree_statement, delete_topic), NULL},
    {FLAG, AT(tree_statement, all), NULL},
    {FLAG, AT(tree_statement, extended), NULL},
    {FLAG, AT(tree_statement, negated), NULL},
    {FLAG, AT(tree_statement, from_beginning), NULL},
    {FLAG, AT(tree_statement, has_columns), NULL},
    {NAMES, AT(tree_statement, names), NULL},
    {TYPE, AT(tree_statement, type), NULL},
    {TEXT_SHAPE, AT(tree_statement, text), NULL},
    {TEXT_SHAPE, AT(tree_statement, value_text), NULL},
    {NUMBER, AT(tree_statement, interval), NULL},
    {FLAG, AT(tree_statement, has_limit), NULL},
    {NUMBER, AT(tree_statement, limit), NULL},
    {FLAG, AT(tree_statement, has_id), NULL},
    {NUMBER, AT(tree_statement, id), NULL},
    {DURATION, AT(tree_statement, timeout), NULL},
    {LIST, "column", offsetof(struct tree_statement, columns), &column_node},
    {LIST, "property", offsetof(struct tree_statement, properties), &property_node},
    {LIST, "value", offsetof(struct tree_statement, values), &expr_node},
    {POINTER, AT(tree_statement, query), &query_node},
    {POINTER, AT(tree_statement, inner), &statement_node},
    {END, NULL, 0, NULL},
};
static const struct node statement_node = {statement_title, statement_members};

/* ---- the printer */

/* A pointer to any struct, read as bytes because its type is only known to the table. */
static const void *pointer_at(const void *at)
{
    const void *pointer;
    memcpy(&pointer, at, sizeof pointer);
    return pointer;
}

static void print_attribute_value(struct buffer *out, enum shape shape, const void *at)
{
    switch (shape) {
    case NUMBER: buffer_printf(out, "%lld", (long long)*(const int64_t *)at); break;
    case TEXT_SHAPE: print_string(out, *(const struct text *)at); break;
    case NAME: print_identifier(out, ((const struct tree_name *)at)->name); break;
    case TYPE: print_type(out, pointer_at(at)); break;
    case DURATION: {
        const struct tree_duration *duration = at;
        buffer_printf(out, "%lld %s", (long long)duration->n, print_unit(duration->unit));
        break;
    }
    default:
        buffer_append_char(out, '(');
        print_names(out, at);
        buffer_append_char(out, ')');
    }
}

static bool is_present(enum shape shape, const void *at)
{
    switch (shape) {
    case NUMBER: return *(const int64_t *)at != 0;
    case TEXT_SHAPE: return ((const struct text *)at)->data != NULL;
    case NAME: return ((const struct tree_name *)at)->name.data != NULL;
    case NAMES: return ((const struct tree_names *)at)->n > 0;
    case TYPE: return pointer_at(at) != NULL;
    case DURATION: return ((const struct tree_duration *)at)->unit != UNIT_NONE;
    default: return false;
    }
}

static void print_attribute(struct buffer *out, const struct member *member, const void *at)
{
    if (member->shape == FLAG) {
        if (*(const bool *)at) buffer_printf(out, " %s", member->label);
    } else if (member->shape == WORD) {
        const char *word = ((const char *const *)member->detail)[*(const unsigned *)at];
        if (word) buffer_printf(out, " %s=%s", member->label, word);
    } else if (is_present(member->shape, at)) {
        buffer_printf(out, " %s=", member->label);
        print_attribute_value(out, member->shape, at);
    }
}

static void print_node(struct buffer *out, const struct node *node, const char *label, const void *data,
                       unsigned indent);

static void print_children(struct buffer *out, const struct member *member, const void *at, unsigned indent)
{
    if (member->shape == POINTER && pointer_at(at))
        print_node(out, member->detail, member->label, pointer_at(at), indent);
    if (member->shape != LIST) return;
    struct tree_exprs list; /* all lists of pointers have this layout */
    memcpy(&list, at, sizeof list);
    for (uint32_t i = 0; i < list.n; i++)
        print_node(out, member->detail, member->label, pointer_at((const char *)list.items + i * sizeof(void *)),
                   indent);
}

static void print_node(struct buffer *out, const struct node *node, const char *label, const void *data,
                       unsigned indent)
{
    buffer_printf(out, "%*s%s%s", (int)indent * 2, "", label ? label : "", label ? ":" : "");
    if (label && node->title) buffer_append_char(out, ' ');
    if (node->title) node->title(out, data);
    for (const struct member *member = node->members; member->shape; member++)
        if (member->shape < POINTER) print_attribute(out, member, (const char *)data + member->offset);
    buffer_append_char(out, '\n');
    for (const struct member *member = node->members; member->shape; member++)
        print_children(out, member, (const char *)data + member->offset, indent + 1);
}

void print_tree(struct buffer *out, const struct tree_statement *statement)
{
    print_node(out, &statement_node, NULL, statement, 0);
}
