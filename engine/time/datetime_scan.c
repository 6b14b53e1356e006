/* datetime_scan.c - reads a text by a pattern into fields.
 *
 * Letters count the same in either case. A field that is read twice must have the same value both times. An optional
 * section that does not match leaves no trace. The whole text must be used up.
 */
#include "engine/time/datetime_pattern.h"
#include "engine/time/zone.h"
#include "engine/number/number.h"

struct scanner {
    const char *at;
    const char *end;
    struct datetime_fields *fields;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static struct text rest_of(const struct scanner *scanner)
{
    return (struct text){scanner->at, (size_t)(scanner->end - scanner->at)};
}

static bool set(struct datetime_fields *fields, enum datetime_field field, int64_t value)
{
    if (datetime_has(fields, field)) return fields->values[field] == value;
    fields->present |= (uint32_t)1 << field;
    fields->values[field] = value;
    return true;
}

static bool skip_literal(struct scanner *scanner, struct text literal)
{
    struct text rest = rest_of(scanner);
    if (rest.len < literal.len || !text_equal_nocase((struct text){rest.data, literal.len}, literal)) return false;
    scanner->at += literal.len;
    return true;
}

/* As many digits as there are, up to the part's width; but if numbers of a fixed width follow, so many are left for
 * them. */
static int32_t count_digits(const struct scanner *scanner, const struct datetime_part *part)
{
    int32_t most = part->max_width + part->following_width, n = 0;
    while (n < most && scanner->at + n < scanner->end && is_digit(scanner->at[n])) n++;
    if (n < part->min_width) return -1;
    if (!part->following_width) return n;
    n -= part->following_width;
    return n > part->min_width ? n : part->min_width;
}

/* A year of two digits is one of this century. */
static int64_t expanded(const struct datetime_part *part, int64_t value)
{
    return part->kind == PART_REDUCED ? 2000 + value : value;
}

static bool scan_number(struct scanner *scanner, const struct datetime_part *part)
{
    bool minus = scanner->at < scanner->end && *scanner->at == '-',
         plus = scanner->at < scanner->end && *scanner->at == '+';
    if ((minus && part->sign == SIGN_NEVER) || (plus && part->sign != SIGN_EXCEEDS_PAD)) return false;
    scanner->at += minus || plus;
    int32_t n = count_digits(scanner, part);
    int64_t value;
    if (n < 0 || !number_parse_bigint((struct text){scanner->at, (size_t)n}, &value)) return false;
    scanner->at += n;
    if (minus && value == 0) return false;
    /* A plus belongs to a year that is wider than the pattern, and only to it. */
    if (part->sign == SIGN_EXCEEDS_PAD && !minus && plus != (n > part->min_width)) return false;
    return set(scanner->fields, part->field, minus ? -value : expanded(part, value));
}

static bool scan_fraction(struct scanner *scanner, const struct datetime_part *part)
{
    int32_t n = count_digits(scanner, part);
    int64_t value;
    if (n < 0 || !number_parse_bigint((struct text){scanner->at, (size_t)n}, &value)) return false;
    scanner->at += n;
    for (int32_t i = n; i < 9; i++) value *= 10;
    return set(scanner->fields, part->field, value);
}

static bool scan_text(struct scanner *scanner, const struct datetime_part *part)
{
    int64_t value = 0;
    size_t len = datetime_name_match(part->field, part->style, rest_of(scanner), &value);
    scanner->at += len;
    return len && set(scanner->fields, part->field, value);
}

/* [:]dd, at most `max`, taken only if it is there in full. */
static bool scan_two_digits(struct scanner *scanner, bool colon, int32_t max, int32_t *out)
{
    const char *start = scanner->at;
    *out = 0;
    if (colon && !skip_literal(scanner, TEXT(":"))) return false;
    if (scanner->end - scanner->at >= 2 && is_digit(scanner->at[0]) && is_digit(scanner->at[1])) {
        *out = (scanner->at[0] - '0') * 10 + scanner->at[1] - '0';
        scanner->at += 2;
        if (*out <= max) return true;
    }
    scanner->at = start;
    *out = 0;
    return false;
}

static bool set_offset(struct scanner *scanner, bool minus, int32_t hours, int32_t minutes, int32_t seconds)
{
    int32_t offset = hours * 3600 + minutes * 60 + seconds;
    return set(scanner->fields, FIELD_OFFSET, minus ? -offset : offset);
}

static bool scan_sign(struct scanner *scanner, bool *minus)
{
    if (scanner->at == scanner->end || (*scanner->at != '+' && *scanner->at != '-')) return false;
    *minus = *scanner->at++ == '-';
    return true;
}

static bool scan_offset(struct scanner *scanner, const struct offset_style *style)
{
    bool minus;
    int32_t hours, minutes, seconds = 0;
    if (skip_literal(scanner, style->zero)) return set(scanner->fields, FIELD_OFFSET, 0);
    if (!scan_sign(scanner, &minus) || !scan_two_digits(scanner, false, 23, &hours)) return false;
    bool has_minutes = scan_two_digits(scanner, style->colon, 59, &minutes);
    if (!has_minutes && style->minutes_always) return false;
    if (has_minutes && style->seconds) (void)scan_two_digits(scanner, style->colon, 59, &seconds);
    return set_offset(scanner, minus, hours, minutes, seconds);
}

/* GMT, GMT+2, GMT+02:30, GMT+02:30:15. Whether the figures make sense shows when they are summed up. */
static bool scan_localized_offset(struct scanner *scanner, enum text_style style)
{
    bool minus;
    int32_t hours, minutes = 0, seconds = 0;
    if (!skip_literal(scanner, TEXT("GMT"))) return false;
    if (!scan_sign(scanner, &minus)) return set(scanner->fields, FIELD_OFFSET, 0);
    if (!scan_two_digits(scanner, false, 99, &hours)) {
        if (style == STYLE_FULL || scanner->at == scanner->end || !is_digit(*scanner->at)) return false;
        hours = *scanner->at++ - '0';
    }
    bool has_minutes = scan_two_digits(scanner, true, 99, &minutes);
    if (!has_minutes && style == STYLE_FULL) return false;
    if (has_minutes) (void)scan_two_digits(scanner, true, 99, &seconds);
    return set_offset(scanner, minus, hours, minutes, seconds);
}

static bool scan_zone(struct scanner *scanner, bool with_names)
{
    const struct zone *zone;
    size_t len = zone_match(rest_of(scanner), with_names, &zone);
    scanner->at += len;
    if (len) scanner->fields->zone = zone;
    return len != 0;
}

static bool scan_part(struct scanner *scanner, const struct datetime_part *part)
{
    switch (part->kind) {
    case PART_LITERAL: return skip_literal(scanner, part->literal);
    case PART_NUMBER:
    case PART_REDUCED: return scan_number(scanner, part);
    case PART_FRACTION: return scan_fraction(scanner, part);
    case PART_TEXT: return scan_text(scanner, part);
    case PART_OFFSET: return scan_offset(scanner, &part->offset);
    case PART_LOCALIZED_OFFSET: return scan_localized_offset(scanner, part->style);
    case PART_ZONE_ID: return scan_zone(scanner, false);
    default: return scan_zone(scanner, true);
    }
}

/* Spaces and the part, as many characters as the padding is wide in all. */
static bool scan_padded(struct scanner *scanner, const struct datetime_part *part)
{
    const char *end = scanner->end;
    if (end - scanner->at < part->pad_width) return false;
    scanner->end = scanner->at + part->pad_width;
    while (scanner->at < scanner->end && *scanner->at == ' ') scanner->at++;
    bool done = scan_part(scanner, part) && scanner->at == scanner->end;
    scanner->end = end;
    return done;
}

static bool scan_parts(struct scanner *scanner, const struct datetime_part *parts, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        if (parts[i].kind == PART_OPTIONAL) {
            struct scanner before = *scanner;
            struct datetime_fields fields = *scanner->fields;
            if (!scan_parts(scanner, parts, i + 1, parts[i].end)) {
                *scanner = before;
                *scanner->fields = fields;
            }
            i = parts[i].end - 1;
            continue;
        }
        if (!(parts[i].pad_width ? scan_padded : scan_part)(scanner, &parts[i])) return false;
    }
    return true;
}

bool datetime_scan(const struct datetime_pattern *pattern, struct text text, struct datetime_fields *fields)
{
    fields->present = 0;
    fields->zone = NULL;
    struct scanner scanner = {text.data, text.data + text.len, fields};
    return scan_parts(&scanner, pattern->parts, 0, pattern->n) && scanner.at == scanner.end;
}

bool datetime_pattern_parse(const struct datetime_pattern *pattern, struct text text, const struct zone *zone,
                            int64_t *ms)
{
    struct datetime_fields fields;
    return datetime_scan(pattern, text, &fields) && datetime_resolve(&fields, zone, ms);
}
