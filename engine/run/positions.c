/* positions.c - the records of the tasks topic, printed and read. */
#include "engine/run/positions.h"
#include "engine/base/clock.h"
#include "engine/base/hash.h"
#include "engine/number/number.h"
#include <stdlib.h>

enum { READ_TIMEOUT_MS = 30000, MOST_BYTES = 1 << 20 };

struct position {
    struct text value;
};

int32_t slot_of(struct text topic, int32_t partition, int32_t n_partitions, int32_t n_slots)
{
    int64_t spread = (int64_t)partition * n_slots / (n_partitions > 0 ? n_partitions : 1);
    return (int32_t)((hash_murmur2(topic.data, topic.len) % (uint32_t)n_slots + (uint64_t)spread) % (uint64_t)n_slots);
}

void position_key(struct buffer *out, const struct plan *plan, uint32_t subtopology, int32_t partition)
{
    buffer_printf(out, TEXT_FMT " %lld %u_%d", TEXT_ARG(plan->query_id), (long long)plan->origin, subtopology,
                  partition);
}

void position_print(const struct task *task, struct buffer *key, struct buffer *value)
{
    bool in_error = task->error.code != ERROR_NONE;
    position_key(key, task->plan, task->subtopology, task->partition);
    buffer_append_string(value, in_error ? "1 ERROR " : "1 RUNNING");
    for (const char *c = task->error.message; in_error && *c; c++) buffer_append_char(value, *c == '\n' ? ' ' : *c);
    for (uint32_t i = 0; i < task->n_inputs; i++)
        buffer_printf(value, "\n" TEXT_FMT " %d %lld", TEXT_ARG(task->inputs[i].plan->topic), task->partition,
                      (long long)task->inputs[i].position);
}

void positions_init(struct positions *positions)
{
    *positions = (struct positions){.arena = arena_new()};
}

void positions_fini(struct positions *positions)
{
    map_free(&positions->by_task);
    arena_free(positions->arena);
}

/* ---- reading */

static void keep(struct positions *positions, const struct record *record)
{
    if (!record->key.data) return;
    if (!record->value.data) {
        map_remove(&positions->by_task, record->key);
        return;
    }
    struct position *position = ARENA_MAKE(positions->arena, struct position);
    position->value = text_copy(positions->arena, record->value);
    map_put(&positions->by_task, text_copy(positions->arena, record->key), position);
}

/* Leaves out what holds nothing; returns how many are left. */
static uint32_t drop_empty(struct offset_range *slots, uint32_t n)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++)
        if (slots[i].first < slots[i].end) slots[kept++] = slots[i];
    return kept;
}

/* How many are left to be read; `first` is where a slot is read next. */
static uint32_t move_on(struct offset_range *slots, uint32_t n, int32_t slot, int64_t next)
{
    uint32_t left = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (slots[i].partition == slot) slots[i].first = next;
        left += slots[i].first < slots[i].end;
    }
    return left;
}

static bool read_all(struct positions *positions, struct reader *reader, struct offset_range *slots, uint32_t n,
                     struct error *error)
{
    int64_t deadline_ms = clock_monotonic_ms() + READ_TIMEOUT_MS;
    uint32_t left = n;
    for (uint32_t i = 0; i < n; i++)
        if (!reader_assign(reader, slots[i].topic, slots[i].partition, slots[i].first, error)) return false;
    while (left) {
        struct fetch *fetch;
        struct trouble trouble = {0};
        if (reader_poll(reader, 200, &fetch, &trouble)) {
            for (uint32_t i = 0; i < fetch->n; i++) keep(positions, &fetch->records[i]);
            left = move_on(slots, n, fetch->partition, fetch->next_offset);
            fetch_release(fetch);
        } else if (trouble.kind == TROUBLE_END) {
            left = move_on(slots, n, trouble.partition, INT64_MAX);
        } else if (trouble.kind != TROUBLE_NONE && trouble.kind != TROUBLE_BROKER) {
            *error = trouble.error;
            return false;
        }
        if (left && clock_monotonic_ms() > deadline_ms)
            return error_set(error, ERROR_WORLD, NO_SPAN, "the tasks topic could not be read in %d s",
                             READ_TIMEOUT_MS / 1000);
    }
    return true;
}

bool positions_read(struct positions *positions, struct broker *broker, struct text topic, const int32_t *slots,
                    uint32_t n, struct error *error)
{
    struct reader *reader = NULL;
    struct offset_range *ranges = heap_zalloc(n * sizeof *ranges);
    for (uint32_t i = 0; i < n; i++) ranges[i] = (struct offset_range){.topic = topic, .partition = slots[i]};
    bool ok = broker_offset_ranges(broker, ranges, n, error);
    if (ok) n = drop_empty(ranges, n);
    if (ok && n) ok = reader_open(broker, &reader, error) && read_all(positions, reader, ranges, n, error);
    free(ranges);
    reader_close(reader);
    return ok;
}

/* ---- using */

static const struct position *find(const struct positions *positions, const struct plan *plan, uint32_t subtopology,
                                   int32_t partition)
{
    struct buffer key = BUFFER(MOST_BYTES);
    position_key(&key, plan, subtopology, partition);
    const struct position *position = map_get(&positions->by_task, buffer_text(&key));
    buffer_free(&key);
    return position;
}

static struct text next_line(struct text *rest)
{
    const char *end = rest->len ? memchr(rest->data, '\n', rest->len) : NULL;
    size_t len = end ? (size_t)(end - rest->data) : rest->len;
    struct text line = {rest->data, len};
    rest->data += len + (end != NULL);
    rest->len -= len + (end != NULL);
    return line;
}

/* "topic partition offset" of this input. */
static bool line_offset(struct text line, const struct task_input *input, int64_t *offset)
{
    size_t at = line.len;
    while (at && line.data[at - 1] != ' ') at--;
    if (!at || !number_parse_bigint((struct text){line.data + at, line.len - at}, offset)) return false;
    struct buffer expected = BUFFER(MOST_BYTES);
    buffer_printf(&expected, TEXT_FMT " %d", TEXT_ARG(input->plan->topic), input->task->partition);
    bool same = text_equal((struct text){line.data, at - 1}, buffer_text(&expected));
    buffer_free(&expected);
    return same;
}

bool positions_apply(const struct positions *positions, struct task *task)
{
    const struct position *position = find(positions, task->plan, task->subtopology, task->partition);
    if (!position) return false;
    struct text rest = position->value;
    next_line(&rest);
    for (uint32_t i = 0; i < task->n_inputs; i++) {
        int64_t offset;
        if (!line_offset(next_line(&rest), &task->inputs[i], &offset)) return false;
        task->inputs[i].position = task->inputs[i].committed = offset;
    }
    return true;
}

struct text positions_state(const struct positions *positions, const struct plan *plan, uint32_t subtopology,
                            int32_t partition)
{
    const struct position *position = find(positions, plan, subtopology, partition);
    if (!position) return NO_TEXT;
    struct text rest = position->value, line = next_line(&rest);
    return line.len > 2 ? (struct text){line.data + 2, line.len - 2} : NO_TEXT;
}

struct text positions_trouble(const struct positions *positions, const struct plan *plan)
{
    static const struct text error = TEXT("1 ERROR ");
    struct buffer prefix = BUFFER(MOST_BYTES);
    struct text key, trouble = NO_TEXT;
    void *item;
    buffer_printf(&prefix, TEXT_FMT " %lld ", TEXT_ARG(plan->query_id), (long long)plan->origin);
    for (uint32_t i = 0; !trouble.data && map_at(&positions->by_task, i, &key, &item); i++) {
        struct text rest = ((const struct position *)item)->value, line = next_line(&rest);
        if (!text_starts_with(key, buffer_text(&prefix)) || !text_starts_with(line, error)) continue;
        trouble = (struct text){line.data + error.len, line.len - error.len};
    }
    buffer_free(&prefix);
    return trouble;
}
