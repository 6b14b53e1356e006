/* complete.c - the word before the cursor against keywords, names and commands. */
#include "cli/complete.h"
#include "parser/parse.h"
#include <ctype.h>
#include <stdlib.h>

static bool in_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* Topics have these too. */
static bool in_topic(char c)
{
    return in_word(c) || c == '.' || c == '-';
}

static size_t word_start(struct text line, bool (*in)(char))
{
    size_t start = line.len;
    while (start > 0 && in(line.data[start - 1])) start--;
    return start;
}

static bool has_capital(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] >= 'A' && text.data[i] <= 'Z') return true;
    return false;
}

struct match {
    struct arena *arena;
    struct text prefix;
    bool small; /* the prefix has letters and none is a capital */
    struct completion *completion;
};

static void consider(struct match *match, struct text name)
{
    struct text head = {name.data, match->prefix.len};
    if (name.len < match->prefix.len || !text_equal_nocase(head, match->prefix)) return;
    struct name_list *matches = &match->completion->matches;
    bool any_case = parse_is_plain_identifier(name) || parse_is_reserved(name);
    LIST_PUSH(match->arena, matches, match->small && any_case ? text_lower(match->arena, name) : name);
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

static void consider_all(struct match *match, const struct name_list *names)
{
    for (uint32_t i = 0; i < names->n; i++) consider(match, names->items[i]);
}

static void complete_from(struct match *match, struct text line, size_t start, const struct name_list *names)
{
    size_t n;
    const struct text *keywords = parse_keywords(&n);
    match->completion->start = start;
    match->prefix = (struct text){line.data + start, line.len - start};
    match->small = !has_capital(match->prefix);
    if (!match->prefix.len) return;
    for (size_t i = 0; i < n; i++) consider(match, keywords[i]);
    consider_all(match, names);
}

void complete_word(struct arena *arena, struct text line, const struct name_list *names,
                   const struct name_list *commands, struct completion *completion)
{
    struct match match = {.arena = arena, .completion = completion};
    *completion = (struct completion){0};
    size_t word = word_start(line, in_word), topic = word_start(line, in_topic);
    bool command = word == 1 && line.data[0] == '\\';
    if (command || word == 0) {
        match.prefix = line;
        consider_all(&match, commands);
    }
    if (!command && topic < word) complete_from(&match, line, topic, names);
    if (!command && !completion->matches.n) complete_from(&match, line, word, names);
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
