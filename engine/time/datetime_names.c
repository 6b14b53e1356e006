/* datetime_names.c - the names of months, weekdays, eras, quarters and halves of the day, in English. */
#include "engine/time/datetime_pattern.h"

struct names {
    int64_t first; /* the value of the first name */
    int32_t n;
    const char *const *styles[3];
};

static const char *const short_months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};
static const char *const narrow_months[] = {"J", "F", "M", "A", "M", "J", "J", "A", "S", "O", "N", "D"};
static const char *const short_weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char *const weekdays[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
static const char *const narrow_weekdays[] = {"M", "T", "W", "T", "F", "S", "S"};
static const char *const short_quarters[] = {"Q1", "Q2", "Q3", "Q4"};
static const char *const quarters[] = {"1st quarter", "2nd quarter", "3rd quarter", "4th quarter"};
static const char *const narrow_quarters[] = {"1", "2", "3", "4"};
static const char *const short_eras[] = {"BC", "AD"};
static const char *const eras[] = {"Before Christ", "Anno Domini"};
static const char *const narrow_eras[] = {"B", "A"};
static const char *const halves[] = {"AM", "PM"};

static const struct names *names_of(enum datetime_field field)
{
    static const struct names of_months = {1, 12, {short_months, months, narrow_months}},
                              of_weekdays = {1, 7, {short_weekdays, weekdays, narrow_weekdays}},
                              of_quarters = {1, 4, {short_quarters, quarters, narrow_quarters}},
                              of_eras = {0, 2, {short_eras, eras, narrow_eras}},
                              of_halves = {0, 2, {halves, halves, halves}};
    switch (field) {
    case FIELD_MONTH: return &of_months;
    case FIELD_WEEKDAY: return &of_weekdays;
    case FIELD_QUARTER: return &of_quarters;
    case FIELD_ERA: return &of_eras;
    default: return &of_halves;
    }
}

struct text datetime_name(enum datetime_field field, enum text_style style, int64_t value)
{
    const struct names *names = names_of(field);
    if (value < names->first || value >= names->first + names->n) return NO_TEXT;
    return text_of(names->styles[style][value - names->first]);
}

size_t datetime_name_match(enum datetime_field field, enum text_style style, struct text text, int64_t *value)
{
    const struct names *names = names_of(field);
    size_t longest = 0;
    for (int32_t i = 0; i < names->n; i++) {
        struct text name = text_of(names->styles[style][i]);
        if (name.len < longest || name.len > text.len) continue;
        if (!text_equal_nocase((struct text){text.data, name.len}, name)) continue;
        longest = name.len;
        *value = names->first + i;
    }
    return longest;
}
