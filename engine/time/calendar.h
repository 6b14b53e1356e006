/* calendar.h - the proleptic Gregorian calendar: days since 1970-01-01 to year, month, day and back.
 *
 * Months and days count from 1; weekdays are ISO's: Monday is 1, Sunday 7. Year 0 is 1 BC.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct calendar_date {
    int64_t year;
    int32_t month;
    int32_t day;
};

static inline bool calendar_is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static inline int32_t calendar_year_length(int64_t year)
{
    return 365 + calendar_is_leap(year);
}

int32_t calendar_month_length(int64_t year, int32_t month);

/* The month must be valid; the day may be any number, and counts on from the first of the month. */
int64_t calendar_days(int64_t year, int32_t month, int64_t day);
struct calendar_date calendar_date(int64_t days);

int32_t calendar_day_of_year(int64_t days);
int32_t calendar_weekday(int64_t days);

/* Rounded towards minus infinity, the rest never negative. */
static inline int64_t calendar_floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static inline int64_t calendar_floor_mod(int64_t a, int64_t b)
{
    int64_t rest = a % b;
    return rest < 0 ? rest + b : rest;
}
