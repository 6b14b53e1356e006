/* calendar.c - the arithmetic of the Gregorian calendar.
 *
 * Both ways count in eras of 400 years (146,097 days) and in years that begin on the 1st of March, so that the leap day
 * is the last of its year, and the first day of the m-th month from March is (153 m + 2) / 5.
 */
#include "engine/time/calendar.h"

enum { DAYS_PER_ERA = 146097, DAYS_TO_EPOCH = 719468 /* from 0000-03-01 to 1970-01-01 */ };

int32_t calendar_month_length(int64_t year, int32_t month)
{
    if (month == 2) return 28 + calendar_is_leap(year);
    return 30 + ((month + month / 8) & 1);
}

int64_t calendar_days(int64_t year, int32_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = calendar_floor_div(year, 400), year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_EPOCH;
}

struct calendar_date calendar_date(int64_t days)
{
    days += DAYS_TO_EPOCH;
    int64_t era = calendar_floor_div(days, DAYS_PER_ERA);
    uint32_t day_of_era = (uint32_t)(days - era * DAYS_PER_ERA);
    uint32_t year = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint32_t day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    uint32_t month = (5 * day_of_year + 2) / 153;
    return (struct calendar_date){
        .year = year + era * 400 + (month >= 10),
        .month = (int32_t)(month < 10 ? month + 3 : month - 9),
        .day = (int32_t)(day_of_year - (153 * month + 2) / 5 + 1),
    };
}

int32_t calendar_day_of_year(int64_t days)
{
    return (int32_t)(days - calendar_days(calendar_date(days).year, 1, 1) + 1);
}

int32_t calendar_weekday(int64_t days)
{
    return (int32_t)calendar_floor_mod(days + 3, 7) + 1; /* 1970-01-01 was a Thursday */
}
