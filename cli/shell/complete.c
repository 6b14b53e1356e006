/* complete.c - the word before the cursor against the vocabulary. */
#include "cli/shell/complete.h"
#include "parser/parse.h"
#include <ctype.h>
#include <stdlib.h>

/* ---- where the cursor is */

static bool in_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static size_t word_start(struct text line)
{
    size_t start = line.len;
    while (start > 0 && in_word(line.data[start - 1])) start--;
    return start;
}

/* The quote that is open at the end of the line, and where what it quotes begins; 0: none is. */
static char open_quote(struct text line, size_t *start)
{
    char quote = 0;
    for (size_t i = 0; i < line.len; i++) {
        char c = line.data[i];
        if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '\'' || c == '`' || c == '"')
            quote = c, *start = i + 1;
    }
    return quote;
}

/* Whether the word at the end is what PRINT is to print. */
static bool is_print(struct text line)
{
    struct text before = {line.data, word_start(line)};
    return text_equal_nocase(text_trim(before), TEXT("PRINT"));
}

bool complete_wants_strings(struct text line)
{
    size_t start;
    char quote = open_quote(line, &start);
    return quote ? quote == '\'' : is_print(line);
}

/* ---- matches */

struct match {
    struct arena *arena;
    struct text prefix;
    bool small; /* the prefix has letters and none is a capital */
    struct completion *completion;
};

static bool is_small(struct text text)
{
    bool letters = false;
    for (size_t i = 0; i < text.len; i++) {
        if (isupper((unsigned char)text.data[i])) return false;
        letters |= islower((unsigned char)text.data[i]) != 0;
    }
    return letters;
}

static bool begins(const struct match *match, struct text name)
{
    struct text head = {name.data, match->prefix.len};
    return name.len >= match->prefix.len && text_equal_nocase(head, match->prefix);
}

static void add(struct match *match, struct text name)
{
    LIST_PUSH(match->arena, &match->completion->matches, name);
}

static void add_keywords(struct match *match, const struct text *keywords, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (begins(match, keywords[i])) add(match, match->small ? text_lower(match->arena, keywords[i]) : keywords[i]);
}

/* As SQL needs them: in capitals or in quotes where the case counts. */
static void add_names(struct match *match, const struct name_list *names)
{
    for (uint32_t i = 0; i < names->n; i++) {
        struct text name = names->items[i];
        bool plain = parse_is_plain_identifier(name);
        if (!begins(match, name)) continue;
        if (!plain)
            add(match, text_printf(match->arena, "`" TEXT_FMT "`", TEXT_ARG(name)));
        else
            add(match, match->small ? text_lower(match->arena, name) : name);
    }
}

/* As they are, between `quote` and `quote`. */
static void add_quoted(struct match *match, const struct name_list *names, const char *quote)
{
    for (uint32_t i = 0; i < names->n; i++)
        if (begins(match, names->items[i]))
            add(match, text_printf(match->arena, "%s" TEXT_FMT "%s", quote, TEXT_ARG(names->items[i]), quote));
}

static void complete_quoted(struct match *match, char quote, const struct vocabulary *vocabulary)
{
    match->completion->behind = quote == '\'' ? "' " : quote == '`' ? "` " : "\" ";
    if (quote == '\'') {
        add_quoted(match, &vocabulary->strings, "");
        return;
    }
    add_quoted(match, &vocabulary->names.sources, "");
    add_quoted(match, &vocabulary->names.others, "");
}

/* Whether the word before the cursor wants the name of a source behind it. */
static bool names_source(struct text line)
{
    static const struct text words[] = {TEXT("FROM"),     TEXT("JOIN"), TEXT("INTO"),
                                        TEXT("DESCRIBE"), TEXT("d"),    TEXT("d+")};
    struct text before = text_trim(line);
    size_t start = before.len;
    while (start > 0 && before.data[start - 1] > ' ' && before.data[start - 1] != '\\') start--;
    struct text word = {before.data + start, before.len - start};
    bool command = start > 0 && before.data[start - 1] == '\\';
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_equal_nocase(word, words[i]) && command == (words[i].data[0] == 'd')) return true;
    return false;
}

static void complete_plain(struct match *match, struct text line, const struct vocabulary *vocabulary)
{
    size_t n;
    const struct text *keywords = parse_keywords(&n);
    if (is_print(line)) add_quoted(match, &vocabulary->strings, "'");
    if (is_print(line) || (!match->prefix.len && !names_source(line))) return;
    add_names(match, &vocabulary->names.sources);
    if (!match->prefix.len) return;
    add_keywords(match, keywords, n);
    add_keywords(match, vocabulary->keywords.items, vocabulary->keywords.n);
    add_names(match, &vocabulary->names.others);
}

static int compare(const void *a, const void *b)
{
    return text_compare(*(const struct text *)a, *(const struct text *)b);
}

static void sort(struct name_list *matches)
{
    uint32_t kept = 0;
    if (matches->n) qsort(matches->items, matches->n, sizeof *matches->items, compare);
    for (uint32_t i = 0; i < matches->n; i++)
        if (!kept || !text_equal(matches->items[i], matches->items[kept - 1]))
            matches->items[kept++] = matches->items[i];
    matches->n = kept;
}

/* Sets what is completed: the line from `start` on. */
static void begin_at(struct match *match, struct text line, size_t start)
{
    match->completion->start = start;
    match->prefix = (struct text){line.data + start, line.len - start};
    match->small = is_small(match->prefix.len ? match->prefix : line);
}

void complete_word(struct arena *arena, struct text line, const struct vocabulary *vocabulary,
                   struct completion *completion)
{
    struct match match = {.arena = arena, .completion = completion};
    size_t start = 0;
    char quote = open_quote(line, &start);
    *completion = (struct completion){.behind = " "};
    begin_at(&match, line, 0);
    if (line.len) add_quoted(&match, &vocabulary->phrases, "");
    bool command = completion->matches.n && (word_start(line) > 0 || line.data[0] == '\\');
    if (!command) begin_at(&match, line, quote ? start : word_start(line));
    if (!command && quote)
        complete_quoted(&match, quote, vocabulary);
    else if (!command)
        complete_plain(&match, line, vocabulary);
    sort(&completion->matches);
}

size_t complete_common(const struct name_list *matches)
{
    size_t common = matches->n ? matches->items[0].len : 0;
    for (uint32_t i = 1; i < matches->n; i++) {
        struct text name = matches->items[i];
        size_t same = 0;
        while (same < common && same < name.len && name.data[same] == matches->items[0].data[same]) same++;
        common = same;
    }
    return common;
}
