/* datetime_compile.c - the letters of java.time.format.DateTimeFormatter into parts.
 *
 *     'text'  literal, '' a quote       [ ]  optional       p before a letter: padded on the left to the number of p
 *     letters: see the table below; any other character but { } # stands for itself
 *
 * How often a letter is repeated says how wide or in which style. Numbers that touch ("yyyyMMddHH") are read so that
 * those of a fixed width get their digits and the first one what is left: `following_width`.
 *
 * Not here: B (periods of the day) and v (zone names without summer time).
 */
#include "engine/time/datetime_pattern.h"
#include "engine/base/arena.h"
#include "engine/base/list.h"

enum { MAX_NESTING = 16, ANY_WIDTH = 19, MAX_PAD = 1000 };

struct compiler {
    struct arena *arena;
    struct text pattern;
    size_t at;
    struct {
        LIST_OF(struct datetime_part);
    } parts;
    int32_t open[MAX_NESTING]; /* the OPTIONAL parts that are not closed yet */
    uint32_t n_open;
    int64_t number; /* the number that a following fixed-width one takes digits from, or -1 */
    int32_t pad_width;
    struct error *error;
};

struct letter;
typedef void add_function(struct compiler *compiler, const struct letter *letter, int32_t count);

/* A letter of the pattern language. */
struct letter {
    char letter;
    enum datetime_field field;
    int32_t max_count;
    add_function *add;
};

static struct datetime_part *add_part(struct compiler *compiler, struct datetime_part part)
{
    part.pad_width = compiler->pad_width;
    compiler->pad_width = 0;
    compiler->number = -1;
    LIST_PUSH(compiler->arena, &compiler->parts, part);
    return &compiler->parts.items[compiler->parts.n - 1];
}

/* A number, which may touch the one before it. One of any width takes all that follow for itself, and leaves nothing
 * reserved in those before it. */
static void add_number_part(struct compiler *compiler, struct datetime_part part)
{
    int64_t first = compiler->number;
    bool fixed = part.min_width == part.max_width && part.sign == SIGN_NEVER;
    bool padded = compiler->pad_width != 0;
    add_part(compiler, part);
    if (padded) return;
    compiler->number = compiler->parts.n - 1;
    if (first < 0) return;
    struct datetime_part *before = &compiler->parts.items[first];
    before->following_width = fixed ? before->following_width + part.max_width : 0;
    if (fixed) compiler->number = first;
}

static void add_number(struct compiler *compiler, enum datetime_field field, int32_t min_width, int32_t max_width,
                       enum sign_style sign)
{
    add_number_part(compiler, (struct datetime_part){
                                  .kind = PART_NUMBER,
                                  .field = field,
                                  .min_width = min_width,
                                  .max_width = max_width,
                                  .sign = sign,
                              });
}

/* One letter: as many digits as there are; two: always two. */
static void add_small_number(struct compiler *compiler, const struct letter *letter, int32_t count)
{
    if (count == 1)
        add_number(compiler, letter->field, 1, ANY_WIDTH, SIGN_NORMAL);
    else
        add_number(compiler, letter->field, count, count, SIGN_NEVER);
}

static void add_fixed_number(struct compiler *compiler, const struct letter *letter, int32_t count)
{
    add_number(compiler, letter->field, count, letter->max_count, SIGN_NEVER);
}

static void add_day_of_year(struct compiler *compiler, const struct letter *letter, int32_t count)
{
    if (count == 1)
        add_number(compiler, letter->field, 1, ANY_WIDTH, SIGN_NORMAL);
    else
        add_number(compiler, letter->field, count, 3, SIGN_NEVER);
}

static void add_long_number(struct compiler *compiler, const struct letter *letter, int32_t count)
{
    add_number(compiler, letter->field, count, ANY_WIDTH, SIGN_NEVER);
}

static void add_signed_number(struct compiler *compiler, const struct letter *letter, int32_t count)
{
    add_number(compiler, letter->field, count, ANY_WIDTH, SIGN_NORMAL);
}

static void add_year(struct compiler *compiler, const struct letter *letter, int32_t count)
{
    if (count != 2) {
        add_number(compiler, letter->field, count, ANY_WIDTH, count < 4 ? SIGN_NORMAL : SIGN_EXCEEDS_PAD);
        return;
    }
    add_number_part(compiler, (struct datetime_part){
                                  .kind = PART_REDUCED,
                                  .field = letter->field,
                                  .min_width = 2,
                                  .max_width = 2,
                                  .sign = SIGN_NEVER,
                              });
}

static void add_fraction(struct compiler *compiler, const struct letter *letter, int32_t count)
{
    add_number_part(compiler, (struct datetime_part){
                                  .kind = PART_FRACTION,
                                  .field = letter->field,
                                  .min_width = count,
                                  .max_width = count,
                                  .sign = SIGN_NEVER,
                              });
}

/* One to three letters: short, four: full, five: narrow. */
static void add_text(struct compiler *compiler, const struct letter *letter, int32_t count)
{
    enum text_style style = count <= 3 ? STYLE_SHORT : count == 4 ? STYLE_FULL : STYLE_NARROW;
    add_part(compiler, (struct datetime_part){.kind = PART_TEXT, .field = letter->field, .style = style});
}

/* One or two letters: a number, more: text. */
static void add_number_or_text(struct compiler *compiler, const struct letter *letter, int32_t count)
{
    if (count <= 2)
        add_small_number(compiler, letter, count);
    else
        add_text(compiler, letter, count);
}

static void add_local_weekday(struct compiler *compiler, const struct letter *letter, int32_t count)
{
    static const struct letter weekday = {.field = FIELD_WEEKDAY};
    if (count <= 2)
        add_number(compiler, letter->field, count, count, SIGN_NEVER);
    else
        add_text(compiler, &weekday, count);
}

static void add_zone_id(struct compiler *compiler, const struct letter *letter, int32_t count)
{
    (void)letter, (void)count;
    add_part(compiler, (struct datetime_part){.kind = PART_ZONE_ID});
}

static void add_zone_name(struct compiler *compiler, const struct letter *letter, int32_t count)
{
    (void)letter;
    add_part(compiler, (struct datetime_part){.kind = PART_ZONE_NAME, .style = count == 4 ? STYLE_FULL : STYLE_SHORT});
}

static void add_localized_offset(struct compiler *compiler, const struct letter *letter, int32_t count)
{
    (void)letter;
    enum text_style style = count == 4 ? STYLE_FULL : STYLE_SHORT;
    add_part(compiler, (struct datetime_part){.kind = PART_LOCALIZED_OFFSET, .field = FIELD_OFFSET, .style = style});
}

/* X, x: +hh[mm], +hhmm, +hh:mm, +hhmm[ss], +hh:mm[:ss]; an offset of 0 is Z, or that many zeros. */
static void add_offset(struct compiler *compiler, const struct letter *letter, int32_t count)
{
    static const struct text zeros[] = {{"+00", 3}, {"+0000", 5}, {"+00:00", 6}, {"+0000", 5}, {"+00:00", 6}};
    struct offset_style style = {
        .colon = count == 3 || count == 5,
        .minutes_always = count > 1,
        .seconds = count > 3,
        .zero = letter->letter == 'X' ? TEXT("Z") : zeros[count - 1],
    };
    add_part(compiler, (struct datetime_part){.kind = PART_OFFSET, .field = FIELD_OFFSET, .offset = style});
}

/* Z: one to three letters are +hhmm, four are GMT+hh:mm, five are +hh:mm[:ss] or Z. */
static void add_zone_offset(struct compiler *compiler, const struct letter *letter, int32_t count)
{
    static const struct letter hours_and_minutes = {.letter = 'x'}, or_z = {.letter = 'X'};
    if (count == 4)
        add_localized_offset(compiler, letter, count);
    else
        add_offset(compiler, count == 5 ? &or_z : &hours_and_minutes, count == 5 ? 5 : 2);
}

static const struct letter letters[] = {
    {'G', FIELD_ERA, 5, add_text},
    {'u', FIELD_YEAR, ANY_WIDTH, add_year},
    {'y', FIELD_YEAR_OF_ERA, ANY_WIDTH, add_year},
    {'Y', FIELD_WEEK_YEAR, ANY_WIDTH, add_year},
    {'Q', FIELD_QUARTER, 5, add_number_or_text},
    {'q', FIELD_QUARTER, 5, add_number_or_text},
    {'M', FIELD_MONTH, 5, add_number_or_text},
    {'L', FIELD_MONTH, 5, add_number_or_text},
    {'w', FIELD_WEEK_OF_YEAR, 2, add_fixed_number},
    {'W', FIELD_WEEK_OF_MONTH, 1, add_fixed_number},
    {'D', FIELD_DAY_OF_YEAR, 3, add_day_of_year},
    {'d', FIELD_DAY, 2, add_small_number},
    {'F', FIELD_ALIGNED_WEEKDAY, 1, add_small_number},
    {'g', FIELD_MODIFIED_JULIAN_DAY, ANY_WIDTH, add_signed_number},
    {'E', FIELD_WEEKDAY, 5, add_text},
    {'e', FIELD_LOCAL_WEEKDAY, 5, add_local_weekday},
    {'c', FIELD_LOCAL_WEEKDAY, 5, add_local_weekday},
    {'a', FIELD_HALF, 1, add_text},
    {'h', FIELD_CLOCK_HOUR_OF_HALF, 2, add_small_number},
    {'H', FIELD_HOUR, 2, add_small_number},
    {'k', FIELD_CLOCK_HOUR, 2, add_small_number},
    {'K', FIELD_HOUR_OF_HALF, 2, add_small_number},
    {'m', FIELD_MINUTE, 2, add_small_number},
    {'s', FIELD_SECOND, 2, add_small_number},
    {'S', FIELD_NANO, 9, add_fraction},
    {'A', FIELD_MILLI_OF_DAY, ANY_WIDTH, add_long_number},
    {'n', FIELD_NANO, ANY_WIDTH, add_long_number},
    {'N', FIELD_NANO_OF_DAY, ANY_WIDTH, add_long_number},
    {'V', FIELD_OFFSET, 2, add_zone_id},
    {'z', FIELD_OFFSET, 4, add_zone_name},
    {'O', FIELD_OFFSET, 4, add_localized_offset},
    {'X', FIELD_OFFSET, 5, add_offset},
    {'x', FIELD_OFFSET, 5, add_offset},
    {'Z', FIELD_OFFSET, 5, add_zone_offset},
};

static const struct letter *find_letter(char c)
{
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (letters[i].letter == c) return &letters[i];
    return NULL;
}

static bool is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool fail(struct compiler *compiler, size_t at, const char *what)
{
    return error_set(compiler->error, ERROR_STATEMENT, NO_SPAN, "%s at character %zu of the pattern '" TEXT_FMT "'",
                     what, at + 1, TEXT_ARG(compiler->pattern));
}

static void add_literal(struct compiler *compiler, struct text literal)
{
    add_part(compiler, (struct datetime_part){.kind = PART_LITERAL, .literal = literal});
}

/* How often the character at `at` is repeated. */
static int32_t count_same(struct compiler *compiler)
{
    size_t start = compiler->at;
    char c = compiler->pattern.data[start];
    while (compiler->at < compiler->pattern.len && compiler->pattern.data[compiler->at] == c) compiler->at++;
    return compiler->at - start > MAX_PAD ? MAX_PAD : (int32_t)(compiler->at - start);
}

static bool compile_padding(struct compiler *compiler)
{
    size_t start = compiler->at;
    compiler->pad_width = count_same(compiler);
    bool letter_follows = compiler->at < compiler->pattern.len && is_letter(compiler->pattern.data[compiler->at]);
    return letter_follows || fail(compiler, start, "no letter to pad behind p");
}

/* Counts that some letters do not take, though they take larger ones. */
static bool count_is_odd(char letter, int32_t count)
{
    return (letter == 'V' && count != 2) || (letter == 'c' && count == 2) ||
           (letter == 'O' && count != 1 && count != 4);
}

static bool compile_letters(struct compiler *compiler)
{
    if (compiler->pattern.data[compiler->at] == 'p' && !compile_padding(compiler)) return false;
    size_t start = compiler->at;
    const struct letter *letter = find_letter(compiler->pattern.data[start]);
    if (!letter) return fail(compiler, start, "unknown letter");
    int32_t count = count_same(compiler);
    if (count > letter->max_count) return fail(compiler, start, "too many letters");
    if (count_is_odd(letter->letter, count))
        return fail(compiler, start, "the letter does not take this number of repetitions");
    letter->add(compiler, letter, count);
    return true;
}

/* 'text', in which '' is a quote; '' alone is one, too. */
static bool compile_quoted(struct compiler *compiler)
{
    size_t start = compiler->at++, len = 0;
    char *literal = arena_alloc(compiler->arena, compiler->pattern.len - start);
    for (;; compiler->at++) {
        if (compiler->at == compiler->pattern.len) return fail(compiler, start, "a quote is not closed");
        char c = compiler->pattern.data[compiler->at];
        bool twice = compiler->at + 1 < compiler->pattern.len && compiler->pattern.data[compiler->at + 1] == '\'';
        if (c == '\'' && !twice) break;
        compiler->at += c == '\'';
        literal[len++] = c;
    }
    compiler->at++;
    if (compiler->at == start + 2) literal[len++] = '\'';
    add_literal(compiler, (struct text){literal, len});
    return true;
}

static bool open_optional(struct compiler *compiler)
{
    if (compiler->n_open == MAX_NESTING) return fail(compiler, compiler->at, "optional sections are nested too deeply");
    add_part(compiler, (struct datetime_part){.kind = PART_OPTIONAL});
    compiler->open[compiler->n_open++] = (int32_t)compiler->parts.n - 1;
    compiler->at++;
    return true;
}

static bool close_optional(struct compiler *compiler)
{
    if (!compiler->n_open) return fail(compiler, compiler->at, "a ] without a [");
    compiler->parts.items[compiler->open[--compiler->n_open]].end = compiler->parts.n;
    compiler->number = -1;
    compiler->at++;
    return true;
}

static bool compile_next(struct compiler *compiler)
{
    char c = compiler->pattern.data[compiler->at];
    if (is_letter(c)) return compile_letters(compiler);
    if (c == '\'') return compile_quoted(compiler);
    if (c == '[') return open_optional(compiler);
    if (c == ']') return close_optional(compiler);
    if (c == '{' || c == '}' || c == '#') return fail(compiler, compiler->at, "a reserved character");
    add_literal(compiler, (struct text){compiler->pattern.data + compiler->at, 1});
    compiler->at++;
    return true;
}

bool datetime_pattern_compile(struct arena *arena, struct text pattern, const struct datetime_pattern **out,
                              struct error *error)
{
    struct compiler compiler = {.arena = arena, .pattern = text_copy(arena, pattern), .number = -1, .error = error};
    while (compiler.at < pattern.len)
        if (!compile_next(&compiler)) return false;
    /* A section that is not closed ends with the pattern. */
    while (compiler.n_open) compiler.parts.items[compiler.open[--compiler.n_open]].end = compiler.parts.n;
    struct datetime_pattern *compiled = ARENA_MAKE(arena, struct datetime_pattern);
    *compiled = (struct datetime_pattern){compiler.parts.items, compiler.parts.n};
    *out = compiled;
    return true;
}
