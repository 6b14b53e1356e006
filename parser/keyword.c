/* keyword.c - the table of keywords and its hash.
 *
 * A statement asks for every word it holds, so the look-up is an open hash over keywords.def, filled when it is first
 * used.
 */
#include "parser/keyword.h"
#include "grammar.h"
#include "parser/grammar_api.h"
#include "parser/parse.h"
#include <pthread.h>

enum {
    LONGEST = 12, /* MILLISECONDS */
    N_SLOTS = 512,
};

static const struct text words[] = {
#define KEYWORD(word) TEXT(#word),
#include "parser/keywords.def"
#undef KEYWORD
};

static const uint8_t tokens[] = {
#define KEYWORD(word) TOKEN_##word,
#include "parser/keywords.def"
#undef KEYWORD
};

enum { N_WORDS = sizeof words / sizeof *words };

static uint8_t slots[N_SLOTS];           /* index in words + 1, or 0 */
static uint8_t word_of_token[UINT8_MAX]; /* index in words + 1, or 0 */
static bool competes[N_WORDS];
static pthread_once_t filled = PTHREAD_ONCE_INIT;

/* ASCII letters count without their case. */
static unsigned hash(struct text word)
{
    unsigned h = 0;
    for (size_t i = 0; i < word.len; i++) h = h * 37 + ((unsigned char)word.data[i] & 0xdf);
    return (h ^ h >> 9) % N_SLOTS;
}

static void fill(void)
{
    for (unsigned i = 0; i < N_WORDS; i++) {
        unsigned slot = hash(words[i]);
        while (slots[slot]) slot = (slot + 1) % N_SLOTS;
        slots[slot] = (uint8_t)(i + 1);
        word_of_token[tokens[i]] = (uint8_t)(i + 1);
        competes[i] = grammar_competes(tokens[i]);
    }
}

/* The word's index + 1, or 0. */
static unsigned find(struct text word)
{
    pthread_once(&filled, fill);
    if (word.len > LONGEST) return 0;
    for (unsigned slot = hash(word); slots[slot]; slot = (slot + 1) % N_SLOTS)
        if (text_equal_nocase(words[slots[slot] - 1], word)) return slots[slot];
    return 0;
}

int keyword_find(struct text word)
{
    unsigned found = find(word);
    return found ? tokens[found - 1] : 0;
}

struct text keyword_text(int token)
{
    pthread_once(&filled, fill);
    unsigned found = word_of_token[token];
    return found ? words[found - 1] : NO_TEXT;
}

bool keyword_is_reserved(int token)
{
    return grammar_fallback(token) == 0;
}

bool keyword_competes(int token)
{
    pthread_once(&filled, fill);
    return competes[word_of_token[token] - 1];
}

/* True if `a` becomes `b` when two neighbours change places, the commonest slip: FORM for FROM. */
static bool is_swapped(struct text a, struct text b)
{
    if (a.len != b.len) return false;
    size_t i = 0;
    while (i < a.len && (a.data[i] & 0xdf) == (b.data[i] & 0xdf)) i++;
    if (i + 1 >= a.len || (a.data[i] & 0xdf) != (b.data[i + 1] & 0xdf) || (a.data[i + 1] & 0xdf) != (b.data[i] & 0xdf))
        return false;
    return text_equal_nocase((struct text){a.data + i + 2, a.len - i - 2},
                             (struct text){b.data + i + 2, b.len - i - 2});
}

struct text keyword_nearest(struct text word, const bool *wanted)
{
    struct text candidates[N_WORDS];
    size_t n = 0;
    for (unsigned i = 0; i < N_WORDS; i++) {
        if (!wanted[tokens[i]]) continue;
        if (is_swapped(word, words[i])) return words[i];
        candidates[n++] = words[i];
    }
    return text_nearest(word, candidates, n);
}

bool parse_is_reserved(struct text name)
{
    int token = keyword_find(name);
    return token && keyword_is_reserved(token);
}

bool parse_is_plain_identifier(struct text name)
{
    if (!name.len) return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool digit = c >= '0' && c <= '9';
        if (!(c >= 'A' && c <= 'Z') && c != '_' && !(digit && i > 0)) return false;
    }
    int token = keyword_find(name);
    return !token || (!keyword_is_reserved(token) && !keyword_competes(token));
}

const struct text *parse_keywords(size_t *n)
{
    *n = N_WORDS;
    return words;
}
