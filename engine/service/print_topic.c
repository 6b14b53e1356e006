/* print_topic.c - PRINT topic: its records as lines, whatever they hold.
 *
 *     PRINT orders FROM BEGINNING INTERVAL 10 LIMIT 3;
 *
 *     Key format: KAFKA_STRING
 *     Value format: JSON
 *     rowtime: 2024/01/01 00:00:00.000 Z, key: o-1, value: {"ID":1}, partition: 0
 *
 * The formats are guessed (guess.h), and told again where a record leaves fewer of them. Reads with a reader of its
 * own, in the caller's thread.
 */
#include "engine/service/call.h"
#include "engine/service/guess.h"
#include "engine/time/datetime.h"
#include <stdio.h>

enum { POLL_MS = 50, MOST_LINE = 16 << 20 };

struct printing {
    struct call *call;
    struct reader *reader;
    struct guess key, value;
    uint64_t n_seen, n_printed;
    struct buffer line;
};

static void emit(struct printing *printing)
{
    const struct client *client = printing->call->client;
    if (client->line) client->line(client->context, buffer_text(&printing->line));
    buffer_clear(&printing->line);
}

static void tell_format(struct printing *printing, const char *part, struct guess *guess, struct text bytes)
{
    uint32_t before = guess->possible;
    guess_see(guess, bytes);
    if (guess->possible == before) return;
    buffer_printf(&printing->line, "%s format: ", part);
    guess_print_formats(guess, &printing->line);
    emit(printing);
}

/* 2024/01/01 00:00:00.000 Z */
static void print_time(struct buffer *out, int64_t ms)
{
    struct buffer iso = BUFFER(64);
    timestamp_print(&iso, ms);
    for (size_t i = 0; i < iso.len; i++)
        buffer_append_char(out, iso.data[i] == '-' && i > 0 ? '/' : iso.data[i] == 'T' ? ' ' : iso.data[i]);
    buffer_append_string(out, " Z");
    buffer_free(&iso);
}

static void print_record(struct printing *printing, const struct record *record, int32_t partition)
{
    struct buffer *line = &printing->line;
    tell_format(printing, "Key", &printing->key, record->key);
    tell_format(printing, "Value", &printing->value, record->value);
    buffer_append_string(line, "rowtime: ");
    print_time(line, record->timestamp_ms);
    buffer_append_string(line, ", key: ");
    guess_print_value(&printing->key, record->key, line);
    buffer_append_string(line, ", value: ");
    guess_print_value(&printing->value, record->value, line);
    buffer_printf(line, ", partition: %d", partition);
    emit(printing);
    printing->n_printed++;
}

static bool at_limit(const struct printing *printing)
{
    const struct tree_statement *statement = printing->call->statement;
    return statement->has_limit && printing->n_printed >= (uint64_t)statement->limit;
}

static void print_fetch(struct printing *printing, const struct fetch *fetch)
{
    uint64_t interval = printing->call->statement->interval > 0 ? (uint64_t)printing->call->statement->interval : 1;
    for (uint32_t i = 0; i < fetch->n && !at_limit(printing); i++)
        if (printing->n_seen++ % interval == 0) print_record(printing, &fetch->records[i], fetch->partition);
}

static bool follow(struct printing *printing, struct error *error)
{
    while (!at_limit(printing) && !call_cancelled(printing->call)) {
        struct fetch *fetch;
        struct trouble trouble = {0};
        if (reader_poll(printing->reader, POLL_MS, &fetch, &trouble)) {
            print_fetch(printing, fetch);
            fetch_release(fetch);
        } else if (trouble.kind == TROUBLE_NO_TOPIC) {
            *error = trouble.error;
            return false;
        }
    }
    call_finished(printing->call, at_limit(printing) ? "Limit Reached" : "Topic printing ceased");
    return true;
}

static bool assign(struct printing *printing, const struct topic_info *info, struct error *error)
{
    int64_t offset = printing->call->statement->from_beginning ? OFFSET_BEGINNING : OFFSET_END;
    for (int32_t i = 0; i < info->n_partitions; i++)
        if (!reader_assign(printing->reader, info->name, i, offset, error)) return false;
    return true;
}

static bool check(const struct call *call, const struct topic_info *info, struct error *error)
{
    const struct tree_statement *statement = call->statement;
    if (!info->n_partitions) return call_no_topic(call, statement->name, error);
    if (statement->has_limit && statement->limit < 0)
        return error_set(error, ERROR_STATEMENT, statement->span, "LIMIT must not be negative");
    return true;
}

bool call_print(struct call *call, struct error *error)
{
    struct topic_info info;
    struct printing printing = {.call = call, .key.is_key = true, .line = BUFFER(MOST_LINE)};
    if (!broker_describe_topic(call->engine->broker, call->arena, call->statement->name.name, &info, error))
        return false;
    if (!check(call, &info, error) || !reader_open(call->engine->broker, &printing.reader, error)) return false;
    bool ok = assign(&printing, &info, error) && follow(&printing, error);
    reader_close(printing.reader);
    buffer_free(&printing.line);
    return ok;
}
