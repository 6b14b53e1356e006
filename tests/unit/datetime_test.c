/* datetime_test.c - dates and times: ISO text, Java's patterns, time zones. */
#include "tests/unit/test.h"
#include "engine/time/calendar.h"
#include "engine/time/datetime.h"
#include <pthread.h>

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static const struct zone *zone(const char *id)
{
    return id ? zone_find(text_of(id)) : NULL;
}

static struct text kept(struct buffer *out)
{
    struct text text = text_copy(arena, buffer_text(out));
    buffer_free(out);
    return text;
}

/* ---- the calendar */

static void days_and_dates_lead_to_each_other(void **state)
{
    (void)state;
    for (int64_t days = -800000; days < 800000; days += 1) {
        struct calendar_date date = calendar_date(days);
        if (calendar_days(date.year, date.month, date.day) != days) fail_msg("day %lld", (long long)days);
    }
    assert_int_equal(calendar_days(2000, 2, 29), 11016);
    assert_int_equal(calendar_weekday(0), 4);
    assert_int_equal(calendar_weekday(-4), 7);
    assert_int_equal(calendar_day_of_year(calendar_days(2020, 12, 31)), 366);
    assert_int_equal(calendar_month_length(1900, 2), 28);
    assert_int_equal(calendar_month_length(2000, 2), 29);
    assert_int_equal(calendar_month_length(2021, 8) + calendar_month_length(2021, 9), 61);
}

/* ---- ISO text */

static struct text date_text(int32_t days)
{
    struct buffer out = BUFFER(64);
    date_print(&out, days);
    return kept(&out);
}

static struct text time_text(int32_t ms)
{
    struct buffer out = BUFFER(64);
    time_print(&out, ms);
    return kept(&out);
}

static struct text timestamp_text(int64_t ms)
{
    struct buffer out = BUFFER(64);
    timestamp_print(&out, ms);
    return kept(&out);
}

static void dates_and_times_print_as_java_prints_them(void **state)
{
    (void)state;
    assert_text(date_text(0), "1970-01-01");
    assert_text(date_text(-719529), "-0001-12-31");
    assert_text(date_text((int32_t)calendar_days(12345, 6, 7)), "+12345-06-07");
    assert_text(time_text(0), "00:00");
    assert_text(time_text(37230999), "10:20:30");
    assert_text(time_text(37200999), "10:20");
    assert_text(timestamp_text(-1), "1969-12-31T23:59:59.999");
    assert_text(timestamp_text(1651182287943), "2022-04-28T21:44:47.943");
    assert_text(timestamp_text(INT64_MAX), "+292278994-08-17T07:12:55.807");
    assert_text(timestamp_text(INT64_MIN), "+292275056-05-16T16:47:04.192");
}

static int32_t date_of(const char *text)
{
    int32_t days;
    return date_parse(text_of(text), &days) ? days : INT32_MIN;
}

static void dates_read_in_full_or_in_part(void **state)
{
    (void)state;
    assert_int_equal(date_of("1970-01-10"), 9);
    assert_int_equal(date_of("1970-02"), 31);
    assert_int_equal(date_of("1971"), 365);
    assert_int_equal(date_of("-0001-12-31"), -719529);
    assert_int_equal(date_of("2020-02-29"), 18321);
    assert_text(date_text(date_of("+12345-06-07")), "+12345-06-07");
    static const char *const wrong[] = {"",           "foo",      "2021-02-29",  "2021-13-01",
                                        "2021-00-01", "2021-1-1", "21-01-01",    "2021-01-01 ",
                                        "20210101",   "2021-01-", "+2021-01-01", "2021-01-01T10"};
    for (int i = 0; i < 12; i++)
        if (date_of(wrong[i]) != INT32_MIN) fail_msg("'%s' was read", wrong[i]);
}

static int32_t time_of(const char *text)
{
    int32_t ms;
    return time_parse(text_of(text), &ms) ? ms : -1;
}

static void times_read_in_full_or_in_part(void **state)
{
    (void)state;
    assert_int_equal(time_of("10"), 36000000);
    assert_int_equal(time_of("10:20"), 37200000);
    assert_int_equal(time_of("10:20:30"), 37230000);
    assert_int_equal(time_of("10:20:30.1"), 37230100);
    assert_int_equal(time_of("10:20:30.123456789"), 37230123);
    assert_int_equal(time_of("23:59:59.999"), 86399999);
    static const char *const wrong[] = {"",     "24:00",     "10:60",     "10:20:60", "1:20",
                                        "10:2", "10:20:30.", "10:20:30Z", "102030"};
    for (int i = 0; i < 9; i++)
        if (time_of(wrong[i]) != -1) fail_msg("'%s' was read", wrong[i]);
}

static int64_t timestamp_of(const char *text)
{
    int64_t ms;
    return timestamp_parse(text_of(text), &ms) ? ms : INT64_MIN;
}

static void timestamps_read_with_and_without_a_zone(void **state)
{
    (void)state;
    assert_int_equal(timestamp_of("1970-01-01T00:00:00.010"), 10);
    assert_int_equal(timestamp_of("1970-01-01T00:00:01"), 1000);
    assert_int_equal(timestamp_of("2018"), 1514764800000);
    assert_int_equal(timestamp_of("2020-02-10T08:31:44.001+0000"), 1581323504001);
    assert_int_equal(timestamp_of("2019-01-01T00:00:00+0445"), 1546283700000);
    assert_int_equal(timestamp_of("2019-01-01T00:00+04:45"), 1546283700000);
    assert_int_equal(timestamp_of("2022-04-28T21:44:47.943Z"), 1651182287943);
    assert_int_equal(timestamp_of("2022-07-01T12:00:00 Europe/Berlin"), timestamp_of("2022-07-01T10:00"));
    assert_int_equal(timestamp_of("2021-02-31T24:00:00"), timestamp_of("2021-03-01"));
    static const char *const wrong[] = {"foo",
                                        "2020-01-01 10:00",
                                        "2020-01-01T",
                                        "2020-01-01T10:00X",
                                        "2020-01-32T10:00",
                                        "2020-01-01T24:00:01",
                                        "2020-01-01T10:00+25",
                                        "+999999999-01-01"};
    for (int i = 0; i < 8; i++)
        if (timestamp_of(wrong[i]) != INT64_MIN) fail_msg("'%s' was read", wrong[i]);
}

/* ---- zones */

static void offsets_are_zones(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        int32_t seconds;
    } offsets[] = {{"Z", 0},          {"UTC", 0},        {"GMT", 0},      {"+2", 7200},          {"+02:00", 7200},
                   {"-0330", -12600}, {"+18:00", 64800}, {"UTC+1", 3600}, {"GMT-03:00", -10800}, {"+01:02:03", 3723}};
    for (int i = 0; i < 10; i++) {
        assert_non_null(zone(offsets[i].id));
        assert_int_equal(zone_offset_at(zone(offsets[i].id), 0), offsets[i].seconds);
    }
    assert_ptr_equal(zone("+02:00"), zone("+0200"));
    static const char *const wrong[] = {
        "", "+19", "+18:01", "02:00", "+2:00", "utc", "Europe/Atlantis", "../etc/passwd", "zone.tab"};
    for (int i = 0; i < 9; i++)
        if (zone(wrong[i])) fail_msg("'%s' was found", wrong[i]);
}

static int32_t offset(const char *id, const char *instant)
{
    return zone_offset_at(zone(id), timestamp_of(instant));
}

static void a_region_keeps_its_own_time_through_history_and_future(void **state)
{
    (void)state;
    assert_int_equal(offset("Europe/Berlin", "2022-01-01"), 3600);
    assert_int_equal(offset("Europe/Berlin", "2022-07-01"), 7200);
    assert_int_equal(offset("Europe/Berlin", "1880-01-01"), 3208);
    assert_int_equal(offset("Europe/Berlin", "2500-07-01"), 7200);
    assert_int_equal(offset("America/New_York", "2099-12-01"), -18000);
    assert_int_equal(offset("America/New_York", "2222-07-04"), -14400);
    assert_int_equal(offset("Australia/Sydney", "2150-01-15"), 39600);
    assert_int_equal(offset("Asia/Kolkata", "2300-01-01"), 19800);
    assert_int_equal(offset("Europe/Dublin", "2200-01-15"), 0);
}

static int64_t instant(const char *id, const char *local)
{
    return zone_instant_of(zone(id), timestamp_of(local));
}

static void *find_zones(void *unused)
{
    (void)unused;
    static const char *const ids[] = {"Europe/Rome", "+03:15", "Asia/Seoul", "America/Lima", "UTC+4", "Africa/Cairo"};
    intptr_t n_found = 0;
    for (int i = 0; i < 600; i++)
        n_found += zone(ids[i % 6]) && zone_offset_at(zone(ids[i % 6]), i * 1000000000LL) != 1;
    return (void *)n_found;
}

static void zones_may_be_asked_for_by_several_threads(void **state)
{
    (void)state;
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) assert_int_equal(pthread_create(&threads[i], NULL, find_zones, NULL), 0);
    for (int i = 0; i < 4; i++) {
        void *n_found;
        pthread_join(threads[i], &n_found);
        assert_int_equal((intptr_t)n_found, 600);
    }
}

static void a_local_time_in_a_gap_moves_forward_and_in_an_overlap_is_the_earlier(void **state)
{
    (void)state;
    assert_int_equal(instant("Europe/Berlin", "2022-07-01T12:00"), timestamp_of("2022-07-01T10:00"));
    assert_int_equal(instant("Europe/Berlin", "2022-03-27T02:30"), timestamp_of("2022-03-27T01:30"));
    assert_int_equal(instant("Europe/Berlin", "2022-10-30T02:30"), timestamp_of("2022-10-30T00:30"));
    assert_int_equal(instant("Europe/Berlin", "2422-10-30T02:30"), timestamp_of("2422-10-30T00:30"));
    assert_int_equal(instant("America/New_York", "2021-11-07T01:30"), timestamp_of("2021-11-07T05:30"));
    assert_int_equal(instant("Pacific/Apia", "2011-12-30T12:00"), timestamp_of("2011-12-30T22:00"));
    (void)zone_instant_of(zone("America/New_York"), INT64_MAX);
    (void)zone_instant_of(zone("Asia/Tokyo"), INT64_MIN);
}

/* ---- patterns */

static const struct datetime_pattern *compiled(const char *pattern)
{
    const struct datetime_pattern *out;
    struct error error = {0};
    if (!datetime_pattern_compile(arena, text_of(pattern), &out, &error)) fail_msg("%s", error.message);
    return out;
}

static struct text formatted(const char *pattern, const char *when, const char *id)
{
    struct buffer out = BUFFER(1024);
    datetime_pattern_print(&out, compiled(pattern), timestamp_of(when), zone(id));
    return kept(&out);
}

static void the_ends_of_time_are_written(void **state)
{
    (void)state;
    struct buffer out = BUFFER(1024);
    datetime_pattern_print(&out, compiled("uuuu-MM-dd HH:mm:ss.SSS"), INT64_MIN, NULL);
    assert_text(kept(&out), "-292275055-05-16 16:47:04.192");
    out = (struct buffer)BUFFER(1024);
    datetime_pattern_print(&out, compiled("uuuu-MM-dd HH:mm:ss.SSS"), INT64_MAX, NULL);
    assert_text(kept(&out), "+292278994-08-17 07:12:55.807");
}

static void letters_write_a_date(void **state)
{
    (void)state;
    const char *when = "2018-05-11T14:58:33.007";
    assert_text(formatted("yyyy-MM-dd HH:mm:ss.SSS", when, NULL), "2018-05-11 14:58:33.007");
    assert_text(formatted("d.M.yy h:mm a", when, NULL), "11.5.18 2:58 PM");
    assert_text(formatted("EEE EEEE EEEEE e ee c", when, NULL), "Fri Friday F 6 06 6");
    assert_text(formatted("MMM MMMM MMMMM LLL Q QQQ QQQQ", when, NULL), "May May M May 2 Q2 2nd quarter");
    assert_text(formatted("G GGGG u yyyyy D w W F", when, NULL), "AD Anno Domini 2018 02018 131 19 2 4");
    assert_text(formatted("k K S SSSSSS n N A g", when, NULL), "14 2 0 007000 7000000 53913007000000 53913007 58249");
    assert_text(formatted("k K h", "2018-05-11", NULL), "24 0 12");
    assert_text(formatted("'it''s' '' [yyyy]", when, NULL), "it's ' 2018");
    assert_text(formatted("ppppH|ppM", when, NULL), "  14| 5");
}

static void years_before_christ_and_beyond_four_digits(void **state)
{
    (void)state;
    assert_text(formatted("u yyyy G", "-0001-01-01", NULL), "-1 0002 BC");
    assert_text(formatted("yyyy yy", "+12345-01-01", NULL), "+12345 45");
}

static void a_week_belongs_to_the_year_of_its_saturday(void **state)
{
    (void)state;
    assert_text(formatted("YYYY-'W'ww-e", "2019-12-28", NULL), "2019-W52-7");
    assert_text(formatted("YYYY-'W'ww-e", "2019-12-29", NULL), "2020-W01-1");
    assert_text(formatted("YY ww", "2022-01-01", NULL), "22 01");
}

static void letters_write_a_zone(void **state)
{
    (void)state;
    const char *summer = "2018-05-11T21:58:33", *winter = "2018-12-11T21:58:33";
    assert_text(formatted("HH z VV", summer, "America/Los_Angeles"), "14 PDT America/Los_Angeles");
    assert_text(formatted("zzzz", winter, "America/Los_Angeles"), "Pacific Standard Time");
    assert_text(formatted("z|zzzz", summer, "Europe/London"), "BST|British Summer Time");
    assert_text(formatted("z|zzzz", summer, "America/Sao_Paulo"), "BRT|Brasilia Standard Time");
    assert_text(formatted("z", summer, "Etc/GMT-3"), "GMT+03:00");
    assert_text(formatted("z VV", summer, NULL), "Z Z");
    assert_text(formatted("z zzzz", summer, "UTC"), "UTC Coordinated Universal Time");
    assert_text(formatted("X XX XXX x xxx Z ZZZZ ZZZZZ", summer, "Asia/Kolkata"),
                "+0530 +0530 +05:30 +0530 +05:30 +0530 GMT+05:30 +05:30");
    assert_text(formatted("X XXX x xx xxx Z ZZZZ ZZZZZ", summer, "UTC"), "Z Z +00 +0000 +00:00 +0000 GMT Z");
    assert_text(formatted("O OOOO X", winter, "America/New_York"), "GMT-5 GMT-05:00 -05");
    assert_text(formatted("O XXXXX", winter, "+01:02:03"), "GMT+1:02:03 +01:02:03");
}

/* The instant that the text means, or the lowest number where it is not read. */
static int64_t parsed_in(const char *pattern, const char *text, const char *id)
{
    int64_t ms;
    return datetime_pattern_parse(compiled(pattern), text_of(text), zone(id), &ms) ? ms : INT64_MIN;
}

static int64_t parsed(const char *pattern, const char *text)
{
    return parsed_in(pattern, text, NULL);
}

static void assert_refused(const char *pattern, const char *text)
{
    int64_t ms = parsed(pattern, text);
    if (ms != INT64_MIN) fail_msg("%s was read by %s as %lld", text, pattern, (long long)ms);
}

static void a_text_reads_by_its_pattern(void **state)
{
    (void)state;
    assert_int_equal(parsed("yyyy-MM-dd'T'HH:mm:ssX", "2018-05-11T21:58:33Z"), 1526075913000);
    assert_int_equal(parsed("yyyy-MM-dd'T'HH:mm:ss.SX", "2019-08-27T13:31:09.2+0000"), 1566912669200);
    assert_int_equal(parsed("yy-MM-dd HH:mm:ssX", "10-04-19 12:00:17Z"), 1271678417000);
    assert_int_equal(parsed("dd-MMM-yyyy", "01-JAN-2022"), timestamp_of("2022-01-01"));
    assert_int_equal(parsed("EEEE, d MMMM yyyy", "friday, 11 MAY 2018"), timestamp_of("2018-05-11"));
    assert_int_equal(parsed("yyyyMMddHHmmssSSS", "20180511215833007"), timestamp_of("2018-05-11T21:58:33.007"));
    assert_int_equal(parsed("yyyy-DDD", "2020-366"), timestamp_of("2020-12-31"));
    assert_int_equal(parsed("YYYY-'W'ww-e", "2020-W01-1"), timestamp_of("2019-12-29"));
    assert_int_equal(parsed("yyyy G", "0002 bc"), timestamp_of("-0001-01-01"));
    assert_int_equal(parsed("uuuu-MM-dd", "-0001-12-31"), timestamp_of("-0001-12-31"));
    assert_int_equal(parsed("yyyy-MM-dd", "+12345-06-07"), timestamp_of("+12345-06-07"));
    assert_int_equal(parsed("ppd/MM/yyyy", " 1/02/2003"), timestamp_of("2003-02-01"));
}

static void what_is_missing_is_the_first_moment_of_1970(void **state)
{
    (void)state;
    assert_int_equal(parsed("HH:mm", "10:20"), 37200000);
    assert_int_equal(parsed("hh:mm:ss a", "01:00:00 Pm"), 46800000);
    assert_int_equal(parsed("h:mm", "12:30"), 1800000);
    assert_int_equal(parsed("ss.SSS", "07.125"), 7125);
    assert_int_equal(parsed("MMM-yyyy", "JAN-2022"), timestamp_of("2022-01-01"));
    assert_int_equal(parsed("dd", "31"), timestamp_of("1970-01-31"));
    assert_int_equal(parsed("dd/MM", "31/04"), timestamp_of("1970-04-30"));
    assert_int_equal(parsed("DDD", "032"), timestamp_of("1970-02-01"));
    assert_int_equal(parsed("EEE", "Mon"), timestamp_of("1969-12-29"));
    assert_int_equal(parsed("'x'", "X"), 0);
}

static void optional_sections_may_be_missing(void **state)
{
    (void)state;
    const char *pattern = "yyyy-MM-dd['T'HH:mm[:ss[.SSS]]][XXX]";
    assert_int_equal(parsed(pattern, "2020-01-02"), timestamp_of("2020-01-02"));
    assert_int_equal(parsed(pattern, "2020-01-02T10:20"), timestamp_of("2020-01-02T10:20"));
    assert_int_equal(parsed(pattern, "2020-01-02T10:20:30.400+02:00"), timestamp_of("2020-01-02T08:20:30.400"));
    assert_refused(pattern, "2020-01-02T10");
}

static void a_day_is_cut_to_its_month_and_24_hours_are_the_next_day(void **state)
{
    (void)state;
    assert_int_equal(parsed("yyyy-MM-dd", "2021-02-31"), timestamp_of("2021-02-28"));
    assert_int_equal(parsed("yyyy-MM-dd HH:mm", "2021-02-28 24:00"), timestamp_of("2021-03-01"));
    assert_refused("yyyy-MM-dd", "2021-02-32");
    assert_refused("yyyy-MM-dd HH:mm", "2021-02-28 24:01");
}

static void contradictions_and_nonsense_are_refused(void **state)
{
    (void)state;
    assert_refused("EEE dd MMM yyyy", "Mon 11 May 2018");
    assert_refused("yyyy yy", "2018 19");
    assert_refused("HH h a", "13 2 PM");
    assert_refused("yyyy-MM-dd", "2018-13-01");
    assert_refused("yyyy-MM-dd", "2018-5-11");
    assert_refused("yyyy-MM-dd", "2018-05-11 ");
    assert_refused("yyyy-MM-dd", "12018-05-11");
    assert_refused("yyyy-MM-dd", "");
    assert_refused("HH:mm", "10:60");
    assert_refused("hh", "13");
    assert_refused("DDD", "366");
    assert_refused("MMM", "foo");
    assert_refused("X", "+19");
    assert_refused("y", "99999999999999999999");
    assert_refused("N", "99999999999999999999");
}

static void zones_in_a_text_count_more_than_the_one_given(void **state)
{
    (void)state;
    const char *pattern = "yyyy-MM-dd HH:mm z";
    assert_int_equal(parsed_in("yyyy-MM-dd HH:mm", "2018-05-11 12:00", "Europe/Berlin"),
                     timestamp_of("2018-05-11T10:00"));
    assert_int_equal(parsed_in(pattern, "2018-05-11 12:00 PST", "Europe/Berlin"), timestamp_of("2018-05-11T19:00"));
    assert_int_equal(parsed(pattern, "2018-12-11 12:00 cet"), timestamp_of("2018-12-11T11:00"));
    assert_int_equal(parsed(pattern, "2018-12-11 12:00 Asia/Tokyo"), timestamp_of("2018-12-11T03:00"));
    assert_int_equal(parsed("zzzz HH", "india standard time 12"), timestamp_of("1970-01-01T06:30"));
    assert_int_equal(parsed("VV HH", "europe/berlin 12"), timestamp_of("1970-01-01T11:00"));
    assert_int_equal(parsed("VV HH", "UTC+02:00 12"), timestamp_of("1970-01-01T10:00"));
    assert_int_equal(parsed("VV HH", "z 12"), timestamp_of("1970-01-01T12:00"));
    assert_int_equal(parsed("OOOO HH", "GMT-08:00 12"), timestamp_of("1970-01-01T20:00"));
    assert_int_equal(parsed("O HH", "gmt+2 12"), timestamp_of("1970-01-01T10:00"));
    assert_int_equal(parsed("HHZ", "12-0130"), timestamp_of("1970-01-01T13:30"));
    assert_refused("VV", "PST");
    assert_refused("VV", "Atlantis/Capital");
}

static void refused_pattern(const char *pattern, const char *reason)
{
    const struct datetime_pattern *out;
    struct error error = {0};
    if (datetime_pattern_compile(arena, text_of(pattern), &out, &error)) fail_msg("'%s' was compiled", pattern);
    assert_string_equal(error.message, reason);
}

static void a_wrong_pattern_is_refused_with_the_place(void **state)
{
    (void)state;
    refused_pattern("yyyy-bb", "unknown letter at character 6 of the pattern 'yyyy-bb'");
    refused_pattern("HHH", "too many letters at character 1 of the pattern 'HHH'");
    refused_pattern("yyyy 'T", "a quote is not closed at character 6 of the pattern 'yyyy 'T'");
    refused_pattern("yyyy]", "a ] without a [ at character 5 of the pattern 'yyyy]'");
    refused_pattern("{y}", "a reserved character at character 1 of the pattern '{y}'");
    refused_pattern("pp", "no letter to pad behind p at character 1 of the pattern 'pp'");
    refused_pattern("V", "the letter does not take this number of repetitions at character 1 of the pattern 'V'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_and_dates_lead_to_each_other),
        cmocka_unit_test(dates_and_times_print_as_java_prints_them),
        cmocka_unit_test(dates_read_in_full_or_in_part),
        cmocka_unit_test(times_read_in_full_or_in_part),
        cmocka_unit_test(timestamps_read_with_and_without_a_zone),
        cmocka_unit_test(offsets_are_zones),
        cmocka_unit_test(a_region_keeps_its_own_time_through_history_and_future),
        cmocka_unit_test(zones_may_be_asked_for_by_several_threads),
        cmocka_unit_test(a_local_time_in_a_gap_moves_forward_and_in_an_overlap_is_the_earlier),
        cmocka_unit_test(the_ends_of_time_are_written),
        cmocka_unit_test(letters_write_a_date),
        cmocka_unit_test(years_before_christ_and_beyond_four_digits),
        cmocka_unit_test(a_week_belongs_to_the_year_of_its_saturday),
        cmocka_unit_test(letters_write_a_zone),
        cmocka_unit_test(a_text_reads_by_its_pattern),
        cmocka_unit_test(what_is_missing_is_the_first_moment_of_1970),
        cmocka_unit_test(optional_sections_may_be_missing),
        cmocka_unit_test(a_day_is_cut_to_its_month_and_24_hours_are_the_next_day),
        cmocka_unit_test(contradictions_and_nonsense_are_refused),
        cmocka_unit_test(zones_in_a_text_count_more_than_the_one_given),
        cmocka_unit_test(a_wrong_pattern_is_refused_with_the_place),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
